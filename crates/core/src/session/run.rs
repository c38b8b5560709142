//! A simulator and the observers that belong to its future: what a keyframe holds.

use super::watch::Watch;
use crate::engine::resilience::breaker::BreakerState;
use crate::metrics::{Digest, Reading, Recorder};
use crate::node::{Gauge, Simulator};
use crate::scenario::{Node, NodeSpec, Problem, Scenario, TimedAction};
use crate::sim::instance::Life;
use crate::sim::kernel::Overload;
use crate::sim::record::{InstanceIndex, NodeIndex, Record};
use crate::sim::simulation::Stop;
use crate::sim::time::Time;
use std::sync::Arc;

/// Events between two looks at the records: few enough that these stay in the processor's nearest cache.
const BATCH: u64 = 256;

/// A run at some moment, with all that was observed up to it.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) simulator: Simulator,
    pub(super) recorder: Recorder,
    pub(super) digest: Digest,
    /// Work done so far, about one for each event.
    pub(super) work: u64,
    pub(super) overload: Option<Overload>,
    /// The node of each instance.
    nodes: Vec<NodeIndex>,
}

/// Why [`Run::advance`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// A window was closed.
    Window,
    /// The time asked for is reached, and everything at it has happened.
    Reached,
    /// The work asked for is done.
    Budget,
    /// A limit was reached; nothing more will happen.
    Overloaded,
}

impl Run {
    /// A run at its start.
    pub(super) fn new(scenario: &Arc<Scenario>, actions: &[TimedAction]) -> Result<Run, Vec<Problem>> {
        let simulator = Simulator::new(scenario, actions)?;
        Ok(Run {
            simulator,
            recorder: Recorder::new(scenario.nodes.len(), scenario.paths().len(), origins(scenario)),
            digest: Digest::new(),
            work: 0,
            overload: None,
            nodes: Vec::new(),
        })
    }

    /// Goes on to `until`, or to the end of the window before it, or until `budget` is used up.
    pub(super) fn advance(&mut self, until: Time, budget: &mut u64, watch: &mut Watch) -> Pause {
        loop {
            if self.overload.is_some() {
                return Pause::Overloaded;
            }
            if *budget == 0 {
                return Pause::Budget;
            }
            let window_end = self.recorder.window_end();
            let stop_at = until.min(window_end);
            let batch = BATCH.min(*budget);
            let stop = self.simulator.run_until(stop_at, batch);
            // The simulator does not count events; two records come of about three of them.
            let work = if stop == Stop::Budget {
                batch
            } else {
                (self.simulator.records().len() as u64).clamp(1, batch)
            };
            *budget -= work;
            self.work += work;
            self.observe(watch);
            match stop {
                Stop::Budget => {}
                Stop::Overloaded(overload) => self.overload = Some(overload),
                Stop::Reached if stop_at == window_end => {
                    self.close_window();
                    return Pause::Window;
                }
                Stop::Reached => return Pause::Reached,
            }
        }
    }

    /// Lets exactly one event happen, if one comes by `until`. Whether one did, and whether a client's request ended.
    pub(super) fn step(&mut self, until: Time, watch: &mut Watch) -> Step {
        loop {
            let next = self.simulator.next_event().filter(|time| *time <= until && self.overload.is_none());
            match next {
                None => return Step { happened: false, request_ended: false },
                Some(time) if time > self.recorder.window_end() => {
                    let window_end = self.recorder.window_end();
                    let mut budget = u64::MAX;
                    self.advance(window_end, &mut budget, watch);
                }
                Some(_) => {
                    self.simulator.step();
                    self.work += 1;
                    let before = self.recorder.requests_ended();
                    self.observe(watch);
                    return Step { happened: true, request_ended: self.recorder.requests_ended() > before };
                }
            }
        }
    }

    /// Hands the new records to the observers.
    fn observe(&mut self, watch: &mut Watch) {
        let records = self.simulator.records();
        let known = self.nodes.len();
        self.nodes.extend(self.simulator.instances().skip(known).map(|instance| instance.node));
        let node_of = |instance: InstanceIndex| self.nodes.get(instance as usize).copied();
        // One pass for all observers: what a record is need be found out only once.
        for record in records {
            match record {
                Record::Call(span) => {
                    self.digest.call(span);
                    self.recorder.call(span, node_of);
                }
                Record::Visit(span) => {
                    self.digest.visit(span);
                    self.recorder.visit(span, node_of(span.instance));
                }
                Record::Note(note) => {
                    self.digest.note(note);
                    self.recorder.note(note, node_of(note.instance));
                    watch.note(note);
                }
                Record::Hop(hop) => watch.hop(hop),
            }
        }
        watch.trace(records);
        self.simulator.clear_records();
    }

    fn close_window(&mut self) {
        let simulator = &self.simulator;
        let has_breakers = simulator.has_breakers();
        let readings = simulator.instances().zip(0..).map(|(instance, index)| {
            let reading = reading(instance.node, instance.life == Life::Ready, &simulator.gauge(index));
            let breakers = simulator.breakers(index).filter(|_| has_breakers);
            Reading { breaker: breakers.flatten().map(severity).max().unwrap_or(0), ..reading }
        });
        self.recorder.close_window(readings);
    }
}

/// The clients, if there are several.
fn origins(scenario: &Scenario) -> impl Iterator<Item = NodeIndex> {
    let clients = |(_, node): &(NodeIndex, &Node)| matches!(node.spec, NodeSpec::Clients(_));
    let all = (0..).zip(&scenario.nodes).filter(clients).map(|(index, _)| index);
    let several = all.clone().nth(1).is_some();
    all.filter(move |_| several)
}

/// What [`Run::step`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) happened: bool,
    pub(super) request_ended: bool,
}

fn reading(node: NodeIndex, ready: bool, gauge: &Gauge) -> Reading {
    let pool = gauge.pool.unwrap_or_default();
    Reading {
        node,
        ready,
        cores: gauge.cores,
        busy_time: gauge.busy_time,
        ready_time: gauge.ready_time,
        inside: gauge.visits,
        queue: gauge.queue,
        sent: gauge.sent,
        arrived: gauge.arrived,
        connections: gauge.connections,
        pool_in_use: pool.in_use,
        pool_waiting: pool.waiting,
        entries: gauge.entries,
        entries_limit: gauge.capacity,
        buffered: gauge.buffered,
        breaker: 0,
    }
}

/// See [`Reading::breaker`].
fn severity(state: BreakerState) -> u8 {
    match state {
        BreakerState::Closed => 1,
        BreakerState::HalfOpen => 2,
        BreakerState::Open => 3,
    }
}
