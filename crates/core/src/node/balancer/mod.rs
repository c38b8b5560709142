//! A balancer at layer 7: each call is passed on to one of the instances behind it, chosen by a [`Picker`]. It counts
//! the calls it has under way at each instance; several balancers know only their own counts.
//!
//! [`chooser`] whom one instance of it knows; [`care`] what it finds out about them by itself.
//!
//! Left out: connections (layer 4).
//!
//! [`Picker`]: crate::engine::balance::Picker

mod care;
mod chooser;

use super::callers::Callers;
use super::demand;
use super::gauge::Known;
use super::per_instance::PerInstance;
use crate::engine::balance::Request;
use crate::scenario::Balancer as Spec;
use crate::sim::call::{EndedCall, NewCall, VisitId};
use crate::sim::distribution::Distribution;
use crate::sim::kernel::Kernel;
use crate::sim::random::{Purpose, Salt, Stream, child_path, hash_name};
use crate::sim::record::{InstanceIndex, Lookup, Operation, Outcome};
use crate::sim::time::{Nanos, Time};
use care::Rules;
use chooser::{Behind, Chooser};

/// The step of a call that is passed on.
const PASS_ON: u16 = 0;
/// The step of a health check.
const PROBE: u16 = 1;

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Balancer {
    name: String,
    behind: Behind,
    /// For how long new instances get less than their weight.
    slow_start: Option<Nanos>,
    time: Option<Distribution>,
    work: Salt,
    callers: Callers,
    choosers: PerInstance<Chooser>,
}

fn slow_start(spec: &Spec) -> Option<Nanos> {
    spec.slow_start.filter(|_| spec.algorithm.goes_by_weight())
}

impl Balancer {
    pub(super) fn new(
        kernel: &Kernel,
        name: &str,
        spec: &Spec,
        links: Vec<u16>,
        callers: Callers,
    ) -> Balancer {
        Balancer {
            name: name.to_owned(),
            behind: Behind {
                links,
                weights: spec.weights.clone(),
                names: spec.to.iter().map(|name| hash_name(name)).collect(),
            },
            slow_start: slow_start(spec),
            time: spec.service_time.as_ref().map(demand::distribution),
            work: Salt::new(kernel.seed(), name, Purpose::Work),
            callers,
            choosers: PerInstance::default(),
        }
    }

    pub(super) fn add(&mut self, kernel: &Kernel, instance: InstanceIndex, spec: &Spec) {
        let slot = kernel.instance(instance).slot;
        let luck = Stream::new(kernel.seed(), &self.name, Purpose::Choice, slot);
        let chooser =
            Chooser::new(kernel.now(), spec.settings(), luck, Rules::of(spec), hash_name(&self.name));
        self.choosers.insert(instance, chooser);
    }

    pub(super) fn remove(&mut self, instance: InstanceIndex) {
        self.choosers.remove(instance);
    }

    pub(super) fn reconfigure(&mut self, kernel: &mut Kernel, spec: &Spec) {
        self.time = spec.service_time.as_ref().map(demand::distribution);
        self.behind.weights.clone_from(&spec.weights);
        self.slow_start = slow_start(spec);
        for (_, chooser) in self.choosers.iter_mut() {
            chooser.reconfigure(kernel.now(), spec.settings(), Rules::of(spec));
        }
        self.look_around(kernel);
    }

    /// Those that find out by themselves who is well notice now who has come; the others do when they choose.
    pub(super) fn look_around(&mut self, kernel: &mut Kernel) {
        for (instance, chooser) in self.choosers.iter_mut().filter(|(_, chooser)| chooser.cares()) {
            chooser.refresh(kernel, instance, &self.behind);
        }
    }

    /// Other users, or at other addresses.
    pub(super) fn set_callers(&mut self, callers: &Callers) {
        self.callers = callers.clone();
    }

    pub(super) fn arrived(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit(id) else { return };
        match &self.time {
            Some(time) => kernel.delay_alone(id, time.draw(self.work.draw(visit.path))),
            None => self.pass_on(kernel, id),
        }
    }

    /// Chooses, and passes the call on.
    pub(super) fn pass_on(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit(id).copied() else { return };
        if visit.operation == Operation::Probe {
            return finish(kernel, id, visit.instance, Outcome::Ok);
        }
        let Some(chooser) = self.choosers.get_mut(visit.instance) else { return };
        chooser.refresh(kernel, visit.instance, &self.behind);
        if let Some(window) = self.slow_start {
            chooser.let_start_slowly(kernel.now(), window);
        }
        let (address, user) =
            if chooser.asks_who() { self.callers.of_visit(kernel, &visit) } else { (0, None) };
        let request = Request { key: visit.key, address, user };
        let Some((to, link)) = chooser.pick(kernel.now(), &request) else {
            return finish(kernel, id, visit.instance, Outcome::Refused);
        };
        let call = kernel.call(&NewCall {
            from: visit.instance,
            caller: id,
            link,
            to: Some(to),
            path: child_path(visit.path, PASS_ON, 0),
            root: visit.root,
            parent: visit.path,
            key: visit.key,
            size: visit.size,
            version: visit.version,
            operation: visit.operation,
            attempt: 0,
            step: PASS_ON,
            token: to,
            timeout: None,
            deadline: visit.deadline,
            depth: visit.depth + 1,
        });
        if let Some(visit) = kernel.visit_mut(id) {
            visit.open_call = call;
        }
    }

    #[inline(never)]
    pub(super) fn answered(&mut self, kernel: &mut Kernel, ended: &EndedCall) {
        if let Some(chooser) = self.choosers.get_mut(ended.from) {
            if ended.step == PROBE {
                return chooser.probed(kernel, ended, &self.behind);
            }
            chooser.answered(kernel, ended, &self.behind);
        }
        if let Some(visit) = kernel.visit_mut(ended.caller) {
            visit.version = ended.version;
        }
        kernel.finish(ended.caller, ended.outcome, ended.lookup);
        kernel.let_go_if_empty(ended.from);
    }

    /// It is time for a health check, or to see who is ejected.
    pub(super) fn timer(&mut self, kernel: &mut Kernel, instance: InstanceIndex, token: u32, number: u32) {
        if let Some(chooser) = self.choosers.get_mut(instance) {
            chooser.timer(kernel, instance, (token, number), &self.behind);
        }
    }

    /// Recounts what its pickers keep.
    ///
    /// # Panics
    /// If that does not add up.
    pub(super) fn validate(&self) {
        for (instance, chooser) in self.choosers.iter() {
            let found = chooser.validate();
            assert_eq!(found, Ok(()), "the picker of instance {instance} of {}", self.name);
        }
    }

    /// Whom one instance of the balancer knows, at most `limit`, and whether it calls all of them because it panics.
    pub(super) fn known(&self, now: Time, instance: InstanceIndex, limit: usize) -> (Vec<Known>, bool) {
        let Some(chooser) = self.choosers.get(instance) else { return (Vec::new(), false) };
        let mut known = chooser.known(now, self.slow_start);
        known.truncate(limit);
        (known, chooser.panics())
    }

    /// Calls under way, as one instance of the balancer counts them.
    pub(super) fn in_flight(&self, instance: InstanceIndex) -> u32 {
        self.choosers.get(instance).map_or(0, Chooser::in_flight)
    }
}

/// Answers a visit that was not passed on.
fn finish(kernel: &mut Kernel, id: VisitId, instance: InstanceIndex, outcome: Outcome) {
    kernel.finish(id, outcome, Lookup::None);
    kernel.let_go_if_empty(instance);
}
