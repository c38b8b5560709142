//! One request in full: the spans of all calls and visits it caused.
//!
//! Spans are not kept; a replay from the keyframe before the request finds them. It costs what a seek costs.

use super::Session;
use super::run::{Pause, Run};
use super::watch::Watch;
use crate::sim::record::{BACKGROUND, CallSpan, Direction, Hop, Record, VisitSpan};
use crate::sim::time::Time;

/// Work a search may do before it gives up.
const WORK: u64 = 50_000_000;

/// The same where the run has not come so far yet: about a second.
const WORK_AHEAD: u64 = 8_000_000;

/// Events in which the next request is looked for.
const STEPS_AHEAD: u32 = 200_000;

/// The spans of one request, in the order they ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The request.
    pub root: u64,
    /// Its calls, the client's own last unless work went on after it.
    pub calls: Vec<CallSpan>,
    /// Its visits.
    pub visits: Vec<VisitSpan>,
    /// Whether it was still under way: spans that had not ended are cut at the present moment.
    pub open: bool,
}

impl Session {
    /// The spans of the request `root`, if it was sent by now. `near` is a time at which it was under way: with it the
    /// search is short, without it the whole run is replayed.
    pub fn trace(&self, root: u64, near: Option<Time>) -> Option<Trace> {
        self.trace_until(root, near, self.reached(), WORK)
    }

    /// The same to the request's end, though the run has not come so far: what will be if nobody acts.
    pub fn trace_ahead(&self, root: u64, near: Option<Time>) -> Option<Trace> {
        self.trace_until(root, near, self.duration(), WORK_AHEAD)
    }

    /// The next request that a client will send, if nobody acts.
    pub fn next_request(&self) -> Option<u64> {
        let mut run = self.run.clone();
        self.keyframes.prepare(&mut run);
        run.simulator.set_hops(Some(0));
        let mut watch = Watch::listening();
        for _ in 0..STEPS_AHEAD {
            if !run.step(self.duration(), &mut watch).happened {
                return None;
            }
            let sent = |hop: &Hop| {
                let from = run.simulator.instances().nth(hop.from as usize)?;
                let clients = self.origin.nodes.get(usize::from(from.node))?.spec.kind() == "clients";
                (clients && hop.direction == Direction::Request).then_some(hop.root)
            };
            if let Some(root) = watch.take_hops().0.iter().find_map(sent) {
                return Some(root);
            }
        }
        None
    }

    fn trace_until(&self, root: u64, near: Option<Time>, end: Time, work: u64) -> Option<Trace> {
        let known = self.notable().find(|request| request.root == root);
        let near = known.map(|request| request.started).or(near).unwrap_or(0);
        let found = self.search(root, near, end, work);
        match found {
            // It began before the keyframe, so earlier spans may be missing: once more from its start.
            Some(trace) if trace.started() < self.keyframes.at_or_before(near).simulator.now() => {
                self.search(root, trace.started(), end, work)
            }
            None if near > 0 => self.search(root, 0, end, work),
            found => found,
        }
    }

    fn search(&self, root: u64, from: Time, end: Time, work: u64) -> Option<Trace> {
        let mut run: Run = self.keyframes.before(from).clone();
        self.keyframes.prepare(&mut run);
        let mut watch = Watch::for_trace(root);
        let mut budget = work;
        loop {
            let until = watch.trace_end().unwrap_or(end).min(end);
            if run.simulator.now() >= until {
                break;
            }
            match run.advance(until, &mut budget, &mut watch) {
                Pause::Window | Pause::Reached => {}
                Pause::Budget | Pause::Overloaded => break,
            }
        }
        let open = watch.trace_end().is_none();
        run.simulator.close();
        watch.trace(run.simulator.records());
        watch.into_trace().filter(|trace| !trace.calls.is_empty()).map(|trace| Trace { open, ..trace })
    }
}

impl Trace {
    /// When the client sent the request.
    pub fn started(&self) -> Time {
        self.calls.iter().map(|call| call.started).min().unwrap_or(0)
    }

    /// A trace without spans.
    pub(super) fn new(root: u64) -> Trace {
        Trace { root, calls: Vec::new(), visits: Vec::new(), open: true }
    }

    /// Takes a span if it belongs to the request.
    pub(super) fn add(&mut self, record: &Record) {
        match record {
            Record::Call(span) if span.root == self.root => self.calls.push(*span),
            Record::Visit(span) if span.root == self.root => self.visits.push(*span),
            _ => {}
        }
    }

    /// When the client's own call ended; then its time again, for work that went on without it.
    pub(super) fn end(&self) -> Option<Time> {
        let own = self.calls.iter().find(|call| matches!(call.parent, 0 | BACKGROUND))?;
        Some(own.ended.saturating_add(own.ended - own.started))
    }
}
