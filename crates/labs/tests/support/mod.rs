//! What the tests of the labs share: the facts behind the numbers in their words.
#![allow(dead_code, unreachable_pub, unused_imports, unused_macros, reason = "each test takes what it needs")]

use headroom_core::scenario::{Scenario, TimedAction, Value};
use headroom_core::session::Session;
use headroom_labs::{Lab, Moment, Settings, setup};
use serde::Deserialize;
use std::sync::Arc;

/// One test for each lab of the course, in its order, named by the lab; and one that none is left out.
macro_rules! each_lab {
    ($check:ident) => {
        support::each_lab! {
            $check:
            busy_is_not_full,
            one_in_a_hundred,
            the_narrow_place,
            in_the_door_out_the_door,
            what_a_miss_costs,
            the_last_per_cent,
            who_leaves,
            the_old_value_comes_back,
            write_through,
            write_behind,
            refresh_ahead,
            ttl_event_tag,
            five_levels,
            stampede,
            the_cache_is_gone,
            fair_is_not_equal,
            weights,
            two_choices,
            long_connections,
            hash_and_ring,
            layer_4_or_7,
            near_is_not_always_quick,
            alive,
            one_at_a_time,
            retries_are_not_free,
            it_stays_down,
            timeouts_and_deadlines,
            breaker_bulkhead_fallback,
            hedging,
            say_no_early,
        }
    };
    ($check:ident: $($lab:ident,)*) => {
        $(
            #[test]
            fn $lab() {
                $check(&stringify!($lab).replace('_', "-"));
            }
        )*

        #[test]
        fn every_lab_is_checked() {
            let checked = [$(stringify!($lab)),*].map(|lab| lab.replace('_', "-"));
            let labs: Vec<&str> = headroom_labs::labs().iter().map(|lab| lab.id.as_str()).collect();
            assert_eq!(checked.as_slice(), labs);
        }
    };
}
pub(crate) use each_lab;

/// Where a number in a lab's words comes from: a setting, a measured figure, or a sum done in the text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The number as the words have it, such as `"56 %"`.
    pub text: String,
    /// A step whose start the run has and whose changes it undergoes, by id.
    pub during: Option<String>,
    /// Settings of the run, on top of those.
    #[serde(default)]
    pub settings: Settings,
    /// The setting it repeats.
    pub setting: Option<String>,
    /// That setting's value.
    pub is: Option<serde_json::Value>,
    /// The figure it tells.
    pub metric: Option<String>,
    /// Start of that figure's window, if not the end of warm-up.
    pub from: Option<Moment>,
    /// End of that figure's window, if not the end of the run.
    pub to: Option<Moment>,
    /// Where that figure must lie on each of the five seeds.
    pub between: Option<[f64; 2]>,
    /// The sum or the reason, if it needs no run.
    pub because: Option<String>,
}

/// The facts of a lab.
pub fn facts(lab: &Lab) -> Vec<Fact> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Facts {
        facts: Vec<Fact>,
    }
    let path = format!("{}/content/{}/{}/facts.toml", env!("CARGO_MANIFEST_DIR"), lab.chapter, lab.id);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    toml::from_str::<Facts>(&text).unwrap_or_else(|error| panic!("{path}: {error}")).facts
}

/// How many seeds a statement must hold for.
pub const SEEDS: u64 = 5;

/// A run of a lab as far as `until`: the start of the step `during` with its changes, if one is named, and `settings`
/// on top; the seed is the lab's plus `more`.
pub fn run(
    lab: &Lab,
    during: Option<&str>,
    settings: &Settings,
    until: Option<Moment>,
    more: u64,
) -> Session {
    let step = during.map(|id| lab.step(id).unwrap_or_else(|| panic!("{}: no step {id}", lab.id)));
    let scenario = match step {
        Some(step) => setup::at_step(lab, step, settings),
        None => setup::scenario(lab, settings),
    };
    let scenario = scenario.unwrap_or_else(|problems| panic!("{}: {settings:?}: {problems:?}", lab.id));
    let changes = match step.and_then(|step| step.predict.as_ref()) {
        Some(predict) => setup::actions(&predict.change, predict.at).unwrap(),
        None => Vec::new(),
    };
    play(&scenario, changes, until, more)
}

/// A run of a scenario as far as `until`, with another seed by `more`.
pub fn play(scenario: &Scenario, actions: Vec<TimedAction>, until: Option<Moment>, more: u64) -> Session {
    let seed = Value::Whole((scenario.seed + more) as i64);
    let scenario = scenario.with(&[("seed".to_owned(), seed)]).unwrap();
    let mut session =
        Session::new(Arc::new(scenario), actions).unwrap_or_else(|problems| panic!("{problems:?}"));
    session.advance(until.map_or(u64::MAX, |until| until.0), u64::MAX);
    session
}
