//! One request as the page draws it: found by what is asked for, with what stood around each of its calls.

use super::convert::{hexadecimal, micros};
use super::log;
use super::view::instance_label;
use crate::protocol::{Answer, RunId, TraceSpan};
use headroom_core::metrics::Notable;
use headroom_core::scenario::Scenario;
use headroom_core::session::{InstanceView, Session, Trace};
use headroom_core::sim::record::{
    BACKGROUND, CallSpan, Lookup, NO_INSTANCE, NO_NODE, NoteKind, Operation, Outcome,
};
use headroom_core::sim::time::{SECOND, Time};
use headroom_core::sort;
use std::sync::Arc;

/// The trace of the request that `wanted` names, to its end: where the run has not come so far, what will be if
/// nobody acts.
///
/// `wanted` is an identity of 16 hexadecimal digits, or one of: `next`, the next that a client sends; `slowest:N`, the
/// N-th slowest of those kept; `slower:US:FROM:TO`, of those that ended then, the fastest of the kept that took
/// longer; `failed:N:FROM:TO`, the N-th that failed then. Times are in microseconds.
pub(super) fn trace(run: RunId, session: &Session, wanted: &str) -> (Option<u64>, Answer) {
    let root = find(session, wanted);
    let near = session.now().saturating_sub(5 * SECOND);
    let found = root.and_then(|root| session.trace_ahead(root, Some(near)));
    let spans = found.as_ref().map_or(Vec::new(), |trace| Around::new(session, trace).spans());
    (root, Answer::Trace { run, root: root.map_or_else(|| wanted.to_owned(), hexadecimal), spans })
}

fn find(session: &Session, wanted: &str) -> Option<u64> {
    let mut parts = wanted.split(':');
    let kind = parts.next()?;
    let mut number = || headroom_core::decimal::read(parts.next()?);
    let nanos = |us: f64| (us * 1e3) as Time;
    match kind {
        "next" => session.next_request(),
        "slowest" => nth(session, number()?, &|_| true, slowest_first),
        "slower" => {
            let (least, from, to) = (nanos(number()?), nanos(number()?), nanos(number()?));
            let then = |request: &Notable| request.ended > from && request.ended <= to;
            let slower = |request: &Notable| then(request) && request.latency() >= least;
            // Where a limit is given to a whole window, all that is kept may be a little faster.
            nth(session, 0.0, &slower, Notable::latency).or_else(|| nth(session, 0.0, &then, slowest_first))
        }
        "failed" => {
            let (place, from, to) = (number()?, nanos(number()?), nanos(number()?));
            let failed = |request: &Notable| {
                request.outcome != Outcome::Ok && request.ended > from && request.ended <= to
            };
            nth(session, place, &failed, |request| request.ended)
        }
        root => u64::from_str_radix(root, 16).ok(),
    }
}

fn slowest_first(request: &Notable) -> u64 {
    u64::MAX - request.latency()
}

/// The request at `place` of the kept ones that are `wanted`, in this order.
fn nth(
    session: &Session,
    place: f64,
    wanted: &dyn Fn(&Notable) -> bool,
    order: fn(&Notable) -> u64,
) -> Option<u64> {
    let mut known: Vec<(u64, u64)> =
        session.notable().filter(|request| wanted(request)).map(|each| (order(each), each.root)).collect();
    sort::by_key(&mut known, |request| *request);
    known.dedup();
    known.get(place as usize).map(|(_, root)| *root)
}

/// A trace, with the system around it as it was then.
struct Around<'a> {
    session: &'a Session,
    trace: &'a Trace,
    scenario: Arc<Scenario>,
    instances: Vec<InstanceView>,
}

impl<'a> Around<'a> {
    fn new(session: &'a Session, trace: &'a Trace) -> Around<'a> {
        let scenario = session.scenario_at(trace.started());
        Around { session, trace, scenario, instances: session.instances() }
    }

    /// Calls of the trace, parents before children, each with the visit it caused.
    fn spans(&self) -> Vec<TraceSpan> {
        let mut spans = Vec::new();
        // What a client or a node has begun of its own accord.
        self.add_children((0, 0), &mut spans);
        self.add_children((BACKGROUND, 0), &mut spans);
        spans
    }

    fn add_children(&self, (parent, depth): (u64, u32), spans: &mut Vec<TraceSpan>) {
        let calls = self.trace.calls.iter().filter(|call| call.parent == parent);
        let mut calls: Vec<&CallSpan> = calls.collect();
        sort::by_key(&mut calls, |call| (call.started, call.path));
        for call in calls {
            spans.push(self.span(call, depth));
            // A call's path is never 0, and depth is bounded by the engine.
            self.add_children((call.path, depth + 1), spans);
        }
    }

    fn span(&self, call: &CallSpan, depth: u32) -> TraceSpan {
        let visit = self.trace.visits.iter().find(|visit| visit.path == call.path);
        let open = self.trace.open && matches!(call.parent, 0 | BACKGROUND);
        let gauge = self.instances.get(call.to as usize).map(|instance| instance.gauge).unwrap_or_default();
        // Whose work takes longer than it should is not waiting for a core.
        let slowed = visit.is_some_and(|visit| self.slowed(call.to, visit.started, visit.ended));
        TraceSpan {
            depth,
            label: self.label(call),
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
            instance: (call.to != NO_INSTANCE).then_some(call.to),
            cores: gauge.cores,
            slowed,
            places: gauge.workers.unwrap_or(0),
            pool: self.pool(call),
        }
    }

    /// Whom it calls. Of a call that may take several attempts these are numbered, and it has the name of the first.
    fn label(&self, call: &CallSpan) -> String {
        if call.node == NO_NODE {
            let attempt = self.trace.calls.iter().find(|other| other.parent == call.path);
            return attempt
                .map_or_else(String::new, |attempt| instance_label(self.session, NO_INSTANCE, attempt.node));
        }
        let label = instance_label(self.session, call.to, call.node);
        let of_whole = |other: &CallSpan| other.path == call.parent && other.node == NO_NODE;
        // A balancer's further attempts stand beside the first.
        let again = |other: &CallSpan| {
            (other.parent, other.from, other.operation) == (call.parent, call.from, call.operation)
                && other.attempt > 0
        };
        if self.trace.calls.iter().any(|other| of_whole(other) || again(other)) {
            format!("{label} #{}", call.attempt + 1)
        } else {
            label
        }
    }

    /// Whether an instance was slowed at any time between two, as far as the run has come.
    fn slowed(&self, instance: u32, from: Time, to: Time) -> bool {
        let mut slow = false;
        for entry in self.session.log() {
            let note = &entry.note;
            if note.kind == NoteKind::Slowed && note.instance == instance && note.time < to {
                if slow && note.time > from {
                    return true;
                }
                slow = !log::recovers(note);
            }
        }
        slow
    }

    /// The most connections that the caller's pool could have; 0 without a pool.
    fn pool(&self, call: &CallSpan) -> u32 {
        let scenario = &self.scenario;
        let name = |node: u16| scenario.nodes.get(usize::from(node)).map(|node| node.name.as_str());
        let from = self.instances.get(call.from as usize).and_then(|instance| name(instance.node));
        let to = name(call.node);
        let link = scenario.links.iter().find(|link| Some(&*link.from) == from && Some(&*link.to) == to);
        link.and_then(|link| link.pool.as_ref())
            .map_or(0, |pool| pool.pool_size.saturating_add(pool.max_overflow))
    }
}

fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Read => "read",
        Operation::Write => "write",
        Operation::Fill => "fill",
        Operation::Delete => "delete",
        Operation::Probe => "probe",
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
