//! From the engines' types to those on the wire and back. Times go as microseconds, identities in hexadecimal.

use super::view::instance_label;
use crate::protocol::{
    self, Act, Answer, InFlight, Inside, InsidePart, Micros, RunId, TimedAct, TraceSpan, frame,
};
use headroom_core::metrics;
use headroom_core::scenario::{Action, Problem, Target, TimedAction, Value};
use headroom_core::session::{Session, Trace};
use headroom_core::sim::instance::Life;
use headroom_core::sim::record::{CallSpan, Lookup, Operation, Outcome};
use headroom_core::sim::time::Time;
use headroom_core::sort;

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
        Act::Kill { node, slot } => Action::Kill { node: target(node, *slot) },
        Act::Start { node, slot } => Action::Start { node: target(node, *slot) },
        Act::Drain { node, slot } => Action::Drain { node: target(node, *slot) },
        Act::Flush { node } => Action::Flush { node: target(node, None) },
        Act::Slow { node, factor, for_us } => {
            Action::Slow { node: target(node, None), factor: *factor, lasting: time(*for_us) }
        }
        Act::Partition { between, for_us } => {
            Action::Partition { between: between.clone(), lasting: time(*for_us) }
        }
        Act::Spike { node, factor, for_us } => {
            Action::Spike { node: node.clone(), factor: *factor, lasting: time(*for_us) }
        }
    })
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
    }
}

/// What is inside an instance; nothing if there is no such instance.
pub(super) fn inside(session: &Session, instance: u32) -> Option<Inside> {
    let instances = session.instances();
    let view = instances.get(instance as usize)?;
    let gauge = &view.gauge;
    let now = session.now();
    let held = session.inside(instance, KEYS);
    let mut figures = Vec::new();
    let mut figure =
        |name: &str, value: f64, unit: &str| figures.push((name.to_owned(), value, unit.to_owned()));
    if gauge.cores > 0 {
        figure("cores-busy", f64::from(gauge.busy), "");
        figure("cores", f64::from(gauge.cores), "");
        figure("inside", f64::from(gauge.inside), "");
        figure("waiting", f64::from(gauge.queue), "");
    }
    if let Some(pool) = gauge.pool {
        figure("pool-in-use", f64::from(pool.in_use), "");
        figure("pool-waiting", f64::from(pool.waiting), "");
    }
    if gauge.connections_limit.is_some() {
        figure("connections", f64::from(gauge.connections), "");
    }
    if gauge.capacity > 0 {
        figure("keys", gauge.entries as f64, "");
    }
    let in_flight = |root: u64, since: Time, left: Option<u64>| InFlight {
        root: hexadecimal(root),
        age_us: micros(now.saturating_sub(since)),
        left_us: left.map(micros),
    };
    let mut parts = Vec::new();
    if gauge.cores > 0 {
        let running = held.serving.iter().take(REQUESTS);
        let requests = running.map(|visit| in_flight(visit.root, visit.since, visit.remaining)).collect();
        parts.push(InsidePart::Running { requests });
        let waiting = held.waiting.iter().take(REQUESTS);
        let requests = waiting.map(|visit| in_flight(visit.root, visit.since, None)).collect();
        parts.push(InsidePart::Waiting { requests, total: gauge.queue });
    }
    if gauge.capacity > 0 {
        let total = u32::try_from(gauge.entries).unwrap_or(u32::MAX);
        parts.push(InsidePart::Entries { keys: held.entries, total });
    }
    Some(Inside { instance, at_us: micros(now), figures, parts })
}

/// The trace of a request named by its identity, or as the n-th slowest of those kept.
pub(super) fn trace(run: RunId, session: &Session, wanted: &str) -> Answer {
    let root = match wanted.strip_prefix("slowest:") {
        Some(place) => {
            let mut known: Vec<_> =
                session.notable().map(|request| (request.latency(), request.root)).collect();
            sort::by_key(&mut known, |request| std::cmp::Reverse(*request));
            known.dedup();
            place.parse::<usize>().ok().and_then(|place| known.get(place)).map(|(_, root)| *root)
        }
        None => u64::from_str_radix(wanted, 16).ok(),
    };
    let near = session.now().saturating_sub(5_000_000_000);
    let found = root.and_then(|root| session.trace(root, Some(near)));
    let spans = found.as_ref().map_or(Vec::new(), |trace| spans(session, trace));
    Answer::Trace { run, root: root.map_or_else(|| wanted.to_owned(), hexadecimal), spans }
}

/// Calls of a trace, parents before children, each with the visit it caused.
fn spans(session: &Session, trace: &Trace) -> Vec<TraceSpan> {
    let mut spans = Vec::new();
    add_children(session, trace, 0, 0, &mut spans);
    spans
}

fn add_children(session: &Session, trace: &Trace, parent: u64, depth: u32, spans: &mut Vec<TraceSpan>) {
    let mut calls: Vec<&CallSpan> = trace.calls.iter().filter(|call| call.parent == parent).collect();
    sort::by_key(&mut calls, |call| (call.started, call.path));
    for call in calls {
        spans.push(span(session, trace, call, depth));
        // A call's path is never 0, and depth is bounded by the engine.
        add_children(session, trace, call.path, depth + 1, spans);
    }
}

fn span(session: &Session, trace: &Trace, call: &CallSpan, depth: u32) -> TraceSpan {
    let visit = trace.visits.iter().find(|visit| visit.path == call.path);
    let open = trace.open && call.parent == 0;
    TraceSpan {
        depth,
        label: instance_label(session, call.to, call.node),
        operation: operation(call.operation).to_owned(),
        outcome: if open { "open" } else { outcome(call.outcome) }.to_owned(),
        lookup: lookup(call.lookup).map(str::to_owned),
        started_us: micros(call.started),
        sent_us: micros(call.sent),
        arrived_us: visit.map(|visit| micros(visit.arrived)),
        let_in_us: visit.map(|visit| micros(visit.started)),
        done_us: visit.map(|visit| micros(visit.ended)),
        worked_us: visit.map_or(0.0, |visit| micros(visit.worked)),
        ended_us: (!open).then(|| micros(call.ended)),
    }
}

fn hexadecimal(root: u64) -> String {
    format!("{root:016x}")
}

fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Read => "read",
        Operation::Write => "write",
        Operation::Fill => "fill",
        Operation::Delete => "delete",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "ok",
        Outcome::Error => "error",
        Outcome::Refused => "refused",
        Outcome::TimedOut => "timed-out",
        Outcome::Cancelled => "cancelled",
    }
}

fn lookup(lookup: Lookup) -> Option<&'static str> {
    match lookup {
        Lookup::None => None,
        Lookup::Hit => Some("hit"),
        Lookup::Miss => Some("miss"),
    }
}
