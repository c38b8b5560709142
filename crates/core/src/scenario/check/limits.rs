//! Sums that a run could not hold.

use super::super::arrivals::MOST_PER_SECOND;
use super::super::cache::MOST_ENTRIES;
use super::super::chaos::MOST_BREAKAGES;
use super::super::read::Step;
use super::super::{Action, Cache, Capacity, NodeSpec, units};
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
    check_entries(checker);
    check_growth(checker);
}

/// Whether there are not too many nodes.
pub(super) fn check_count(checker: &Checker<'_>) -> bool {
    let nodes = checker.names().count();
    if nodes > MOST_NODES {
        checker.reject(&[Step::Key("nodes")], format!("{nodes} nodes; give at most {MOST_NODES}"), None);
    }
    nodes <= MOST_NODES
}

fn check_entries(checker: &Checker<'_>) {
    let caches = checker.scenario.nodes.iter().filter_map(|node| match &node.spec {
        NodeSpec::Cache(cache) => Some(cache),
        _ => None,
    });
    let smallest = smallest_value(checker);
    let room = |cache: &Cache| match cache.room() {
        Capacity::Entries(keys) => keys,
        Capacity::Bytes(bytes) => bytes / smallest,
    };
    let entries: u64 = caches.map(|cache| u64::from(cache.replicas) * room(cache)).sum();
    if entries > MOST_ENTRIES {
        let message = format!("room for {entries} keys in all caches; make it at most {MOST_ENTRIES}");
        checker.reject(&[Step::Key("nodes")], message, None);
    }
}

/// Bytes of the smallest value that any clients ask for.
fn smallest_value(checker: &Checker<'_>) -> u64 {
    let sizes = checker.scenario.nodes.iter().filter_map(|node| match &node.spec {
        NodeSpec::Clients(clients) => Some(clients.size),
        _ => None,
    });
    sizes.min().unwrap_or(1).max(1)
}

/// Sums that actions add to.
pub(super) fn check_growth(checker: &Checker<'_>) {
    let replicas = checker.scenario.nodes.iter().map(|node| u64::from(node.spec.replicas()));
    let starts =
        |action: &&Action| matches!(action, Action::Start { .. } | Action::Kill { lasting: Some(_), .. });
    let started = checker.actions().filter(starts).count() as u64;
    let chaos = checker.scenario.chaos.as_ref().map_or(0, |chaos| checker.scenario.duration / chaos.every);
    let instances = replicas.sum::<u64>() + started + chaos.min(MOST_BREAKAGES);
    if instances > MOST_INSTANCES {
        let message = format!("{instances} instances in all; make it at most {MOST_INSTANCES}");
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
        let spikes = checker.actions().filter_map(factor);
        total += clients.arrivals.peak() * spikes.fold(1.0, f64::max);
    }
    if total > MOST_PER_SECOND {
        let message =
            format!("up to {total:.0} requests per second in all; make it at most {MOST_PER_SECOND:.0}");
        checker.reject(&[Step::Key("nodes")], message, None);
    }
}
