//! Our side: a scenario run to its end with everything on that the page has on, and seeks in it.

use std::sync::Arc;

use headroom_core::metrics::Report;
use headroom_core::scenario::Scenario;
use headroom_core::session::{Ended, Session};
use headroom_core::sim::time::{MILLISECOND, Time};

use crate::queue::{self, Served};
use crate::timing::timed;

/// The M/M/1 queue.
pub(crate) const QUEUE: &str = include_str!("../scenarios/queue.toml");
/// A system of several nodes.
pub(crate) const CACHE_LAB: &str = include_str!("../scenarios/cache-lab.toml");
/// How many times are sought.
pub(crate) const SEEKS: u64 = 30;

/// Runs a scenario and counts the calls that ended in it.
pub(crate) fn run(scenario: &str) -> Result<u64, String> {
    let session = to_its_end(scenario)?;
    let report = session.report();
    if session.scenario().nodes.len() == 2 {
        check_queue(&report)?;
    }
    Ok(report.nodes.values().filter_map(|node| node.calls).sum())
}

/// The first cache lab with as many calls in its minute as a seek must cope with: 3 million.
pub(crate) fn seek_scenario() -> String {
    CACHE_LAB.replace("rate = 20_000", "rate = 14_000")
}

/// Seeks times all over a run that was simulated to its end. The longest seek, in milliseconds.
pub(crate) fn longest_seek_ms(scenario: &str) -> Result<f64, String> {
    let mut session = to_its_end(scenario)?;
    let mut longest = 0.0_f64;
    for n in 0..SEEKS {
        // To and fro, so that no seek profits from the one before.
        let at = session.duration() * (n * 7 % SEEKS) / SEEKS + 240 * MILLISECOND;
        let ((), time) = timed(|| seek(&mut session, at));
        longest = longest.max(time.as_secs_f64() * 1e3);
    }
    Ok(longest)
}

fn seek(session: &mut Session, at: Time) {
    session.seek(at);
    while session.now() != at && session.advance(at, u64::MAX).ended == Ended::No {}
}

fn to_its_end(scenario: &str) -> Result<Session, String> {
    let scenario = Scenario::read(scenario).map_err(|problems| format!("{problems:?}"))?;
    let mut session =
        Session::new(Arc::new(scenario), Vec::new()).map_err(|problems| format!("{problems:?}"))?;
    while session.advance(session.duration(), u64::MAX).ended == Ended::No {}
    Ok(session)
}

fn check_queue(report: &Report) -> Result<(), String> {
    let mean_s = report.latency_s.mean.unwrap_or(f64::NAN);
    queue::check(Served { requests: report.requests.sent, mean_s })
}
