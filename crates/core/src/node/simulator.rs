//! A whole system that runs: built from a scenario and the actions on it, moved on event by event. A clone is a
//! keyframe: it goes on exactly as the original would.

use super::actions::plan;
use super::build::build;
use super::{NodeState, Nodes};
use crate::scenario::{Problem, Scenario, TimedAction};
use crate::sim::kernel::Handler;
use crate::sim::record::Record;
use crate::sim::simulation::{Simulation, Stop};
use crate::sim::time::Time;
use crate::sort;
use std::sync::Arc;

/// See the module's description.
#[derive(Clone, Debug)]
pub struct Simulator {
    pub(super) simulation: Simulation<Nodes>,
    /// How many actions have been carried out. They wait here and not among the events, so that those still to come
    /// can be replaced without a trace.
    done: u32,
}

impl Simulator {
    /// A system at time 0. `actions` are the learner's; those of the scenario come first at equal times.
    ///
    /// # Errors
    /// All problems of an action that cannot be applied.
    pub fn new(scenario: &Arc<Scenario>, actions: &[TimedAction]) -> Result<Simulator, Vec<Problem>> {
        scenario.check_actions(actions)?;
        let own = scenario.actions.iter().cloned().chain(scenario.breakages());
        let mut all: Vec<TimedAction> = own.chain(actions.iter().cloned()).collect();
        sort::by_key(&mut all, |action| action.at);
        let planned = plan(scenario, &all, actions)?;
        Ok(Simulator { simulation: build(scenario, planned), done: 0 })
    }

    /// The scenario as it stands now, after the settings changed so far.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.simulation.handler.scenario
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.simulation.kernel.now()
    }

    /// The time of the next event.
    pub fn next_event(&self) -> Option<Time> {
        self.simulation.kernel.next_event().into_iter().chain(self.next_action()).min()
    }

    /// Takes over the actions still to come from another simulator of the same scenario. Those up to the present
    /// moment must be the same for both. O(1).
    pub fn adopt_actions(&mut self, of: &Simulator) {
        self.simulation.handler.actions = Arc::clone(&of.simulation.handler.actions);
    }

    /// Runs to a time, events at it included, or for so many events, whichever comes first. What it emits is added to
    /// [`Simulator::records`].
    pub fn run_until(&mut self, until: Time, max_events: u64) -> Stop {
        let mut left = max_events;
        while let Some(at) = self.next_action().filter(|at| *at <= until) {
            // What comes before the action; at time 0 nothing does.
            if let Some(before) = at.checked_sub(1).filter(|before| *before >= self.now()) {
                let stop = self.simulation.run_until(before, left);
                if stop != Stop::Reached {
                    return stop;
                }
            }
            if left == 0 {
                return Stop::Budget;
            }
            left -= 1;
            self.act(at);
        }
        self.simulation.run_until(until, left)
    }

    /// Lets exactly one event happen; its time, or nothing if none will ever come.
    pub fn step(&mut self) -> Option<Time> {
        match (self.next_action(), self.simulation.kernel.next_event()) {
            (Some(action), event) if event.is_none_or(|event| action <= event) => {
                self.act(action);
                Some(action)
            }
            _ => self.simulation.step_until(Time::MAX).then(|| self.now()),
        }
    }

    /// When the next action comes.
    fn next_action(&self) -> Option<Time> {
        self.simulation.handler.actions.get(self.done as usize).map(|action| action.at)
    }

    /// Carries out the next action.
    fn act(&mut self, at: Time) {
        let Simulation { kernel, handler } = &mut self.simulation;
        kernel.wait_until(at);
        handler.act(kernel, self.done, true);
        self.done += 1;
    }

    /// What the run has emitted since the last [`Simulator::clear_records`], in event order.
    pub fn records(&self) -> &[Record] {
        self.simulation.kernel.records()
    }

    /// Empties [`Simulator::records`], keeping its room.
    pub fn clear_records(&mut self) {
        self.simulation.kernel.clear_records();
    }

    /// Whether anything is emitted. Makes no difference to what happens.
    pub fn set_recording(&mut self, on: bool) {
        self.simulation.kernel.set_recording(on);
    }

    /// Emits messages for drawing, of requests whose root has no bit of the mask; `None` for none. Makes no
    /// difference to what happens, nor to any other record.
    pub fn set_hops(&mut self, mask: Option<u64>) {
        self.simulation.kernel.set_hops(mask);
    }

    /// Emits the messages of one request with those, whatever their mask; 0 for none.
    pub fn set_followed(&mut self, root: u64) {
        self.simulation.kernel.set_followed(root);
    }

    /// How many calls and how many visits are alive.
    pub fn alive(&self) -> (u32, u32) {
        self.simulation.kernel.alive()
    }

    /// Ends the run: emits what is still open, as it stands, in slab order.
    pub fn close(&mut self) {
        self.simulation.kernel.close();
    }

    /// About how many bytes a clone takes beyond what it shares.
    pub fn bytes(&self) -> usize {
        self.simulation.kernel.bytes()
    }

    /// Asserts what must always hold, recounting from scratch. For tests.
    pub fn validate(&self) {
        self.simulation.validate();
        for node in &self.simulation.handler.list {
            match node {
                NodeState::Cache(cache) => cache.validate(),
                NodeState::Balancer(balancer) => balancer.validate(),
                NodeState::Service(service) => service.validate(),
                NodeState::Clients(_) | NodeState::Database(_) => {}
            }
        }
    }
}
