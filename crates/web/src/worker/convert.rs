//! From the engines' types to those on the wire and back. Times go as microseconds, identities in hexadecimal.

use crate::protocol::{self, Act, InFlight, Inside, InsidePart, Micros, TimedAct, frame};
use headroom_core::metrics;
use headroom_core::scenario::{Action, Problem, Target, TimedAction, Value};
use headroom_core::session::Session;
use headroom_core::sim::instance::Life;
use headroom_core::sim::time::Time;

/// Most requests of a kind that are named in an inside.
const REQUESTS: usize = 32;
/// Most keys.
const KEYS: usize = 64;

pub(super) fn micros(time: Time) -> Micros {
    time as f64 / 1e3
}

/// The nearest nanosecond; what is no time is 0.
pub(super) fn time(us: Micros) -> Time {
    (us * 1e3 + 0.5) as Time
}

pub(super) fn problem(path: &str, message: String) -> Problem {
    Problem { path: path.to_owned(), span: None, message, help: None }
}

pub(super) fn problems(problems: Vec<Problem>) -> Vec<protocol::Problem> {
    let place = |span: std::ops::Range<usize>| (span.start as u32, span.end as u32);
    let convert = |problem: Problem| protocol::Problem {
        path: problem.path,
        span: problem.span.map(place),
        message: problem.message,
        help: problem.help,
    };
    problems.into_iter().map(convert).collect()
}

pub(super) fn value(path: &str, value: &serde_json::Value) -> Result<Value, Vec<Problem>> {
    Value::try_from(value).map_err(|message| vec![problem(path, message)])
}

/// The learner's list as a run takes it.
pub(super) fn actions(acts: &[TimedAct]) -> Result<Vec<TimedAction>, Vec<Problem>> {
    acts.iter().map(|act| Ok(TimedAction { at: time(act.at_us), action: action(&act.act)? })).collect()
}

fn action(act: &Act) -> Result<Action, Vec<Problem>> {
    let target = |node: &String, slot: Option<u16>| Target { node: node.clone(), slot: slot.map(u32::from) };
    Ok(match act {
        Act::Set { path, value: wanted } => Action::Set { path: path.clone(), value: value(path, wanted)? },
        Act::Kill { node, slot } => Action::Kill { node: target(node, *slot), lasting: None },
        Act::Start { node, slot } => Action::Start { node: target(node, *slot) },
        Act::Drain { node, slot } => Action::Drain { node: target(node, *slot) },
        Act::Flush { node } => Action::Flush { node: target(node, None) },
        Act::Purge { node, tag, soft } => {
            Action::Purge { node: target(node, None), tag: u64::from(*tag), soft: *soft }
        }
        Act::Slow { node, factor, for_us } => {
            Action::Slow { node: target(node, None), factor: *factor, lasting: time(*for_us) }
        }
        Act::Partition { between, for_us } => {
            Action::Partition { between: between.clone(), lasting: time(*for_us) }
        }
        Act::Spike { node, factor, for_us } => {
            Action::Spike { node: node.clone(), factor: *factor, lasting: time(*for_us) }
        }
        Act::Pause { node, slot, for_us } => {
            Action::Pause { node: target(node, *slot), lasting: time(*for_us) }
        }
        Act::Fail { node, ratio, for_us } => {
            Action::Fail { node: node.clone(), ratio: *ratio, lasting: time(*for_us) }
        }
        Act::Lose { between, ratio, for_us } => {
            Action::Lose { between: between.clone(), ratio: *ratio, lasting: time(*for_us) }
        }
        Act::Outage { place, for_us } => Action::Outage {
            zone: named("zone", &place.zone, "is no zone; give one from \"a\" to \"f\"")?,
            region: (place.region.as_deref())
                .map(|region| named("region", region, "is no region of the list"))
                .transpose()?,
            lasting: time(*for_us),
        },
    })
}

/// What a word of scenario files means.
fn named<T: serde::de::DeserializeOwned>(path: &str, word: &str, wrong: &str) -> Result<T, Vec<Problem>> {
    serde_json::from_value(word.into()).map_err(|_| vec![problem(path, format!("{word:?} {wrong}"))])
}

pub(super) fn life(life: Life) -> frame::Life {
    match life {
        Life::Starting => frame::Life::Starting,
        Life::Ready => frame::Life::Ready,
        Life::Draining => frame::Life::Draining,
        Life::Gone => frame::Life::Gone,
        Life::Dead => frame::Life::Dead,
    }
}

pub(super) fn row(row: &metrics::Row) -> protocol::Row {
    let us = |seconds: Option<f64>| seconds.map(|seconds| seconds * 1e6);
    let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    protocol::Row {
        sent: count(row.sent),
        ok: count(row.ok),
        failed: count(row.failed),
        mean: us(row.latency_s.mean),
        p50: us(row.latency_s.p50),
        p95: us(row.latency_s.p95),
        p99: us(row.latency_s.p99),
        inside: row.open,
        hit_ratio: row.nodes.iter().map(|node| node.hit_ratio).collect(),
        utilisation: row.nodes.iter().map(|node| node.utilisation).collect(),
        nodes: row.nodes.iter().map(node_row).collect(),
        places: row.origins_p95_s.iter().map(|p95| us(*p95)).collect(),
        paths: row.paths_p99_s.iter().map(|p99| us(*p99)).collect(),
    }
}

fn node_row(node: &metrics::NodeRow) -> protocol::NodeRow {
    let us = |seconds: Option<f64>| seconds.map(|seconds| seconds * 1e6);
    protocol::NodeRow {
        rate: node.calls_per_s,
        queue: node.queue as f64,
        took: us(node.mean_call_s),
        connection_wait: us(node.mean_connection_wait_s),
        cache: node.cache.map(|cache| protocol::CacheRow {
            stale: node.stale_reads_per_s,
            on_error: cache.stale_on_error_per_s,
            coalesced: cache.coalesced_per_s,
            buffered: cache.buffered_writes as f64,
            combined: cache.combined_hit_ratio,
            oldest: cache.oldest_read_s * 1e6,
        }),
        breaker: node.breaker.map(f64::from),
    }
}

/// What is inside an instance; nothing if there is no such instance.
pub(super) fn inside(session: &Session, instance: u32) -> Option<Inside> {
    let instances = session.instances();
    let view = instances.get(instance as usize)?;
    let gauge = &view.gauge;
    let now = session.now();
    let held = session.inside(instance, KEYS);
    let in_flight = |root: u64, since: Time, left: Option<u64>, priority: Option<u8>| InFlight {
        root: hexadecimal(root),
        age_us: micros(now.saturating_sub(since)),
        left_us: left.map(micros),
        priority,
    };
    let mut parts = Vec::new();
    if gauge.cores > 0 {
        let running = held.serving.iter().take(REQUESTS);
        let requests =
            running.map(|visit| in_flight(visit.root, visit.since, visit.remaining, None)).collect();
        parts.push(InsidePart::Running { requests });
        let waiting = held.waiting.iter().take(REQUESTS);
        let requests =
            waiting.map(|visit| in_flight(visit.root, visit.since, None, visit.priority)).collect();
        parts.push(InsidePart::Waiting { requests, total: gauge.queue });
    }
    if gauge.capacity > 0 {
        let total = u32::try_from(gauge.entries).unwrap_or(u32::MAX);
        parts.push(InsidePart::Entries { keys: held.entries, total });
    }
    Some(Inside { instance, at_us: micros(now), parts, log: super::log::of(session, instance) })
}

pub(super) fn hexadecimal(root: u64) -> String {
    format!("{root:016x}")
}
