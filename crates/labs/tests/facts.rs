//! The facts behind the numbers: settings are read from the scenarios, figures are measured on five seeds.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

mod support;

use headroom_core::scenario::Value;
use headroom_labs::{Lab, measure};
use support::{Fact, SEEDS, facts, run};

fn lab(id: &str) -> &'static Lab {
    headroom_labs::lab(id).unwrap()
}

fn check(lab: &Lab) {
    let mut wrong = Vec::new();
    for fact in facts(lab) {
        wrong.extend(check_setting(lab, &fact).or_else(|| check_figure(lab, &fact)));
    }
    assert!(wrong.is_empty(), "{}:\n{}", lab.id, wrong.join("\n"));
}

fn check_setting(lab: &Lab, fact: &Fact) -> Option<String> {
    let (path, told) = (fact.setting.as_ref()?, fact.is.clone()?);
    let scenario = match fact.during.as_ref().and_then(|id| lab.step(id)) {
        Some(step) => headroom_labs::setup::at_step(lab, step, &fact.settings),
        None => headroom_labs::setup::scenario(lab, &fact.settings),
    };
    let found = scenario.unwrap().get(path);
    let told: Value = serde_json::from_value(told).unwrap();
    (found.as_ref() != Some(&told)).then(|| format!("{}: {path} is {found:?}, told {told:?}", fact.text))
}

fn check_figure(lab: &Lab, fact: &Fact) -> Option<String> {
    let (metric, [low, high]) = (fact.metric.as_ref()?, fact.between?);
    let figures: Vec<f64> = (0..SEEDS)
        .map(|more| {
            let session = run(lab, fact.during.as_deref(), &fact.settings, fact.to, more);
            measure::figure(&session, metric, fact.from, fact.to).unwrap_or(f64::NAN)
        })
        .collect();
    println!("{}: {}: {metric} {figures:.4?} in {low}..{high}", lab.id, fact.text);
    let holds = figures.iter().all(|figure| (low..=high).contains(figure));
    (!holds).then(|| format!("{}: {metric} {figures:?} is not within {low} to {high}", fact.text))
}

#[test]
fn busy_is_not_full() {
    check(lab("busy-is-not-full"));
}

#[test]
fn one_in_a_hundred() {
    check(lab("one-in-a-hundred"));
}

#[test]
fn the_narrow_place() {
    check(lab("the-narrow-place"));
}

#[test]
fn in_the_door_out_the_door() {
    check(lab("in-the-door-out-the-door"));
}

#[test]
fn what_a_miss_costs() {
    check(lab("what-a-miss-costs"));
}

#[test]
fn the_last_per_cent() {
    check(lab("the-last-per-cent"));
}

#[test]
fn who_leaves() {
    check(lab("who-leaves"));
}

#[test]
fn the_old_value_comes_back() {
    check(lab("the-old-value-comes-back"));
}

#[test]
fn write_through() {
    check(lab("write-through"));
}

#[test]
fn refresh_ahead() {
    check(lab("refresh-ahead"));
}

#[test]
fn write_behind() {
    check(lab("write-behind"));
}

#[test]
fn ttl_event_tag() {
    check(lab("ttl-event-tag"));
}

#[test]
fn five_levels() {
    check(lab("five-levels"));
}

#[test]
fn stampede() {
    check(lab("stampede"));
}

#[test]
fn the_cache_is_gone() {
    check(lab("the-cache-is-gone"));
}

#[test]
fn weights() {
    check(lab("weights"));
}

#[test]
fn two_choices() {
    check(lab("two-choices"));
}

#[test]
fn long_connections() {
    check(lab("long-connections"));
}

#[test]
fn fair_is_not_equal() {
    check(lab("fair-is-not-equal"));
}

#[test]
fn alive() {
    check(lab("alive"));
}

#[test]
fn retries_are_not_free() {
    check(lab("retries-are-not-free"));
}

#[test]
fn it_stays_down() {
    check(lab("it-stays-down"));
}

#[test]
fn timeouts_and_deadlines() {
    check(lab("timeouts-and-deadlines"));
}

#[test]
fn hedging() {
    check(lab("hedging"));
}

#[test]
fn breaker_bulkhead_fallback() {
    check(lab("breaker-bulkhead-fallback"));
}

#[test]
fn say_no_early() {
    check(lab("say-no-early"));
}
