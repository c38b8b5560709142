//! A short outage that leaves a database down when it is over, and what brings it back (Bronson and others, "Metastable
//! Failures in Distributed Systems", HotOS 2021).
//!
//! The database answers exactly 300 requests a second. For 10 s it answers none, while what is sent to it waits: as when
//! lost packets are sent again and arrive together. Clients wait a second and try once more.

use std::sync::Arc;

use headroom_core::metrics::Row;
use headroom_core::scenario::Scenario;
use headroom_core::session::{Ended, Session};
use headroom_core::sim::time::SECOND;

/// Seconds of the run, and when the outage begins.
const SECONDS: usize = 3_060;
const OUTAGE: usize = 30;

fn scenario(case: &Case, seed: u64) -> String {
    let rate = case.rate;
    let database = if case.drops { "drop_expired = true" } else { "" };
    let budget = case.budget.map_or(String::new(), |share| format!(", budget = {share}"));
    let retry = format!(r#"retry = {{ most = 1, backoff = "fixed", base = "0s"{budget} }}"#);
    let policy = if case.retries { &retry } else { "" };
    format!(
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
at = "{OUTAGE}s"
do = "slow"
node = "db"
factor = 1000
for = "10s"
"#
    )
}

/// Windows of ten seconds, four a second, until 95 of 100 requests in one succeed: whether they do.
fn is_well(ok: u64, failed: u64) -> bool {
    ok as f64 >= 0.95 * (ok + failed) as f64
}

/// Seconds after the outage until requests succeed again; none if that is never.
fn back_after(case: &Case, seed: u64) -> Option<usize> {
    let scenario = Scenario::read(&scenario(case, seed)).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut session = Session::new(Arc::new(scenario), Vec::new()).expect("a run");
    let over = (OUTAGE + 10) as f64;
    for minute in 1.. {
        let ended = session.advance(session.duration().min(minute * 60 * SECOND), u64::MAX).ended;
        let rows: Vec<_> = session.rows(0, 1).rows.into_iter().filter(|row| row.to_s > over).collect();
        let sum = |rows: &[Row], of: fn(&Row) -> u64| rows.iter().map(of).sum::<u64>();
        let well = |rows: &[Row]| is_well(sum(rows, |row| row.ok), sum(rows, |row| row.failed));
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

/// The same in sixty plain lines: one line of people, one clerk. Its budget is a bucket of ten, empty at first.
mod plain {
    use super::{Case, OUTAGE, SECONDS, is_well};
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    const WORK: u64 = 1_000_000_000 / 300;
    const PATIENCE: u64 = 1_000_000_000;

    pub(super) fn back_after(case: &Case, seed: u64) -> Option<usize> {
        let mut luck = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut draw = || {
            luck ^= luck << 13;
            luck ^= luck >> 7;
            luck ^= luck << 17;
            (luck >> 11) as f64 / (1u64 << 53) as f64
        };
        // (time, in order, retry, gives up): somebody comes, or has waited long enough.
        let mut events = BinaryHeap::new();
        let (mut now, mut number) = (0.0, 0u64);
        let mut next = move || {
            now -= (1.0 - draw()).ln() / f64::from(case.rate);
            (now * 1e9) as u64
        };
        events.push(Reverse((next(), number, false, false)));
        let outage = (OUTAGE as u64 * 1_000_000_000, (OUTAGE as u64 + 10) * 1_000_000_000);
        let (mut free, mut tokens) = (0u64, 0.0_f64);
        let mut quarters = vec![(0u64, 0u64); SECONDS * 4 + 8];
        let mut looked_at = (OUTAGE + 10) * 4 + 40;
        while let Some(Reverse((time, _, retry, gives_up))) = events.pop() {
            number += 1;
            // Nothing that comes counts for a quarter of a second that is over.
            while looked_at <= quarter_of(time) {
                let (ok, failed) = quarters[looked_at - 40..looked_at]
                    .iter()
                    .fold((0, 0), |sum, each| (sum.0 + each.0, sum.1 + each.1));
                if is_well(ok, failed) {
                    return Some(looked_at / 4 - 10 - (OUTAGE + 10));
                }
                if looked_at == SECONDS * 4 {
                    return None;
                }
                looked_at += 1;
            }
            let mut count = |time: u64, ok: bool| {
                let (good, bad) = &mut quarters[quarter_of(time)];
                if ok { *good += 1 } else { *bad += 1 }
            };
            if gives_up {
                let again = !retry && case.retries && case.budget.is_none_or(|_| tokens >= 1.0);
                if again {
                    tokens -= 1.0;
                    events.push(Reverse((time, number, true, false)));
                } else {
                    count(time, false);
                }
                continue;
            }
            if !retry {
                events.push(Reverse((next(), number, false, false)));
                number += 1;
                if let Some(share) = case.budget {
                    tokens = (tokens + share).min(10.0);
                }
            }
            let mut start = time.max(free);
            if start >= outage.0 && start < outage.1 {
                start = outage.1;
            }
            let late = case.drops && start >= time + PATIENCE;
            let done = if late { start } else { start + WORK };
            free = done;
            if !late && done <= time + PATIENCE {
                count(done, true);
            } else {
                events.push(Reverse((time + PATIENCE, number, retry, true)));
            }
        }
        None
    }

    fn quarter_of(time: u64) -> usize {
        (time / 250_000_000) as usize
    }
}

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
        let ours: Vec<_> = (1..=seeds).map(|seed| back_after(case, seed)).collect();
        let Some(published) = case.published else {
            let plain: Vec<_> = (1..=seeds).map(|seed| plain::back_after(case, seed)).collect();
            assert!(ours.iter().chain(&plain).all(Option::is_none), "{what}: {ours:?}, plain {plain:?}");
            println!("{what}: never");
            continue;
        };
        let plain: Vec<_> = (1..=RUNS).map(|seed| plain::back_after(case, seed)).collect();
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
