//! Our side: a scenario run to its end with everything on that the page has on.

use std::sync::Arc;

use headroom_core::metrics::Report;
use headroom_core::scenario::Scenario;
use headroom_core::session::{Ended, Session};

use crate::queue::{self, Served};

/// The M/M/1 queue.
pub(crate) const QUEUE: &str = include_str!("../scenarios/queue.toml");
/// A system of several nodes.
pub(crate) const CACHE_LAB: &str = include_str!("../scenarios/cache-lab.toml");

/// Runs a scenario and counts the calls that ended in it.
pub(crate) fn run(scenario: &str) -> Result<u64, String> {
    let scenario = Scenario::read(scenario).map_err(|problems| format!("{problems:?}"))?;
    let mut session =
        Session::new(Arc::new(scenario), Vec::new()).map_err(|problems| format!("{problems:?}"))?;
    while session.advance(session.duration(), u64::MAX).ended == Ended::No {}
    let report = session.report();
    if session.scenario().nodes.len() == 2 {
        check_queue(&report)?;
    }
    Ok(report.nodes.values().filter_map(|node| node.calls).sum())
}

fn check_queue(report: &Report) -> Result<(), String> {
    let mean_s = report.latency_s.mean.unwrap_or(f64::NAN);
    queue::check(Served { requests: report.requests.sent, mean_s })
}
