//! Sums that a run could not hold.

use super::super::arrivals::MOST_PER_SECOND;
use super::super::cache::MOST_ENTRIES;
use super::super::read::Step;
use super::super::{Action, NodeSpec, units};
use super::Checker;

const MOST_NODES: usize = 200;
const MOST_INSTANCES: u64 = 2_000;

pub(super) fn check(checker: &Checker<'_>) {
    let scenario = checker.scenario;
    if scenario.warmup >= scenario.duration {
        let [warmup, duration] = [scenario.warmup, scenario.duration].map(units::format_duration);
        let message = format!("{warmup:?}; give less than the duration, {duration:?}");
        checker.reject(&[Step::Key("warmup")], message, None);
    }
    let nodes = checker.names().count();
    if nodes > MOST_NODES {
        checker.reject(&[Step::Key("nodes")], format!("{nodes} nodes; give at most {MOST_NODES}"), None);
    }
    check_sums(checker);
}

fn check_sums(checker: &Checker<'_>) {
    let specs = || checker.scenario.nodes.iter().map(|node| &node.spec);
    let instances: u64 = specs().map(|spec| u64::from(spec.replicas())).sum();
    if instances > MOST_INSTANCES {
        let message = format!("{instances} instances in all; make it at most {MOST_INSTANCES}");
        checker.reject(&[Step::Key("nodes")], message, None);
    }
    let entries: u64 = specs()
        .filter_map(|spec| match spec {
            NodeSpec::Cache(cache) => Some(u64::from(cache.replicas) * cache.capacity.unwrap_or(0)),
            _ => None,
        })
        .sum();
    if entries > MOST_ENTRIES {
        let message = format!("room for {entries} keys in all caches; make it at most {MOST_ENTRIES}");
        checker.reject(&[Step::Key("nodes")], message, None);
    }
    check_arrivals(checker);
}

/// Every spike may hit at the same time as every peak.
fn check_arrivals(checker: &Checker<'_>) {
    let mut total = 0.0;
    for node in &checker.scenario.nodes {
        let NodeSpec::Clients(clients) = &node.spec else { continue };
        let factor = |action: &Action| match action {
            Action::Spike { node: spiked, factor, .. } if *spiked == node.name => Some(*factor),
            _ => None,
        };
        let spikes = checker.scenario.actions.iter().filter_map(|timed| factor(&timed.action));
        total += clients.arrivals.peak() * spikes.fold(1.0, f64::max);
    }
    if total > MOST_PER_SECOND {
        let message =
            format!("up to {total:.0} requests per second in all; make it at most {MOST_PER_SECOND:.0}");
        checker.reject(&[Step::Key("nodes")], message, None);
    }
}
