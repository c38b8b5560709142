//! A short outage that leaves a database down when it is over, and what brings it back (Bronson and others, "Metastable
//! Failures in Distributed Systems", HotOS 2021).
//!
//! The database answers exactly 300 requests a second. For 10 s it answers none, while what is sent to it waits: as when
//! lost packets are sent again and arrive together. Clients wait a second and try once more.

use std::sync::Arc;

mod plain;
mod published;

use headroom_core::metrics::Row;
use headroom_core::scenario::Scenario;
use headroom_core::session::{Ended, Session};
use headroom_core::sim::time::SECOND;

/// Seconds of the run, and when the outage begins.
const SECONDS: usize = 3_060;
const OUTAGE: usize = 30;

/// The case as a scenario.
fn scenario(case: &Case, seed: u64, outage: usize) -> Scenario {
    let rate = case.rate;
    let database = if case.drops { "drop_expired = true" } else { "" };
    let budget = case.budget.map_or(String::new(), |share| format!(", budget = {share}"));
    let retry = format!(r#"retry = {{ most = 1, backoff = "fixed", base = "0s"{budget} }}"#);
    let policy = if case.retries { &retry } else { "" };
    let text = format!(
        r#"
title = "Metastable"
duration = "{SECONDS}s"
seed = {seed}

[nodes.clients]
kind = "clients"
to = "db"
arrivals = {{ process = "poisson", rate = {rate} }}
timeout = "1s"

[nodes.db]
kind = "service"
cores = 1
queue = "unlimited"
service_time = {{ distribution = "fixed", value = "3.333333ms" }}
{database}

[links."clients -> db"]
{policy}

[[actions]]
at = "{outage}s"
do = "slow"
node = "db"
factor = 1000
for = "10s"
"#
    );
    Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Windows of ten seconds, four a second, until as many succeed in one as 95 of 100 that come in it: whether they do.
fn is_well(ok: u64, sent: u64) -> bool {
    ok as f64 >= 0.95 * sent as f64
}

/// Seconds after the outage until requests succeed again; none if that is never.
fn back_after(scenario: Scenario, outage: usize) -> Option<usize> {
    let mut session = Session::new(Arc::new(scenario), Vec::new()).expect("a run");
    let over = (outage + 10) as f64;
    for minute in 1.. {
        let ended = session.advance(session.duration().min(minute * 60 * SECOND), u64::MAX).ended;
        let rows: Vec<_> = session.rows(0, 1).rows.into_iter().filter(|row| row.to_s > over).collect();
        let sum = |rows: &[Row], of: fn(&Row) -> u64| rows.iter().map(of).sum::<u64>();
        let well = |rows: &[Row]| is_well(sum(rows, |row| row.ok), sum(rows, |row| row.sent));
        let found = rows.windows(40).position(well);
        if found.is_some() || ended != Ended::No {
            return found.map(|window| window / 4);
        }
    }
    None
}

/// What callers and the database do, at which load, and when the system was back in one run of the facts' own simulation.
struct Case {
    rate: u32,
    retries: bool,
    budget: Option<f64>,
    drops: bool,
    published: Option<usize>,
}

const fn case(rate: u32, retries: bool, budget: Option<f64>, drops: bool, published: Option<usize>) -> Case {
    Case { rate, retries, budget, drops, published }
}

/// `facts/papers.md`, row 1'.
const CASES: [Case; 10] = [
    case(280, false, None, false, Some(117)),
    case(280, true, None, false, None),
    case(155, true, None, false, None),
    case(250, true, Some(0.10), false, Some(93)),
    case(280, true, Some(0.10), false, None),
    case(280, true, Some(0.07), false, None),
    case(280, true, Some(0.05), false, Some(398)),
    case(280, true, Some(0.03), false, Some(187)),
    case(250, true, None, true, Some(2)),
    case(280, true, None, true, Some(84)),
];

/// Runs in plain words of each case. When a backlog is gone is a time of first passage, which varies much from run to run:
/// what one run has published is compared with what single runs do.
const RUNS: u64 = 400;

fn median(of: &mut [usize]) -> usize {
    of.sort_unstable();
    (of[(of.len() - 1) / 2] + of[of.len() / 2]) / 2
}

/// Slow: ten cases over several runs of up to 50 minutes each.
#[test]
fn the_popular_budget_saves_at_250_and_not_at_280() {
    for case in &CASES {
        let what = format!(
            "{} a second, retries {}, budget {:?}, late ones dropped {}",
            case.rate, case.retries, case.budget, case.drops
        );
        let seeds = match case.published {
            None => 3,
            Some(_) if case.drops => 100,
            Some(_) => 20,
        };
        let ours: Vec<_> = (1..=seeds).map(|seed| back_after(scenario(case, seed, OUTAGE), OUTAGE)).collect();
        let Some(published) = case.published else {
            let plain: Vec<_> =
                (1..=seeds).map(|seed| plain::back_after(case, OUTAGE, plain::lots(seed))).collect();
            assert!(ours.iter().chain(&plain).all(Option::is_none), "{what}: {ours:?}, plain {plain:?}");
            println!("{what}: never");
            continue;
        };
        let plain: Vec<_> =
            (1..=RUNS).map(|seed| plain::back_after(case, OUTAGE, plain::lots(seed))).collect();
        let back = |of: &[Option<usize>]| -> Vec<usize> { of.iter().map(|of| of.expect("back")).collect() };
        let (ours, plain) = (median(&mut back(&ours)), &mut back(&plain));
        let typical = median(plain);
        let (quickest, slowest) =
            (plain[RUNS as usize / 200], plain[RUNS as usize - 1 - RUNS as usize / 200]);
        println!(
            "{what}: back after {ours} s; in plain words after {typical} s, 99 of 100 within {quickest} to {slowest} s; \
             published {published} s, one run"
        );
        let off = ours.abs_diff(typical) as f64;
        assert!(off <= 0.2 * typical as f64 + 2.0, "{what}: {ours} and {typical}");
        assert!((quickest..=slowest).contains(&published), "{what}: {published} is not among {plain:?}");
    }
}
