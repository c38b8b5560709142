//! A balancer at layer 7: each call is passed on to one of the instances behind it, chosen by a [`Picker`]. It counts
//! the calls it has under way at each instance; several balancers know only their own counts.
//!
//! [`chooser`] whom one instance of it knows; [`care`] what it finds out about them by itself; [`tries`] where calls that
//! failed have been tried.
//!
//! A call that failed or was refused is tried again at once, with another instance as long as there is one. A time-out of
//! the balancer's own is no answer either, and to its caller an error.
//!
//! Left out: connections (layer 4), a wait before a call is tried again, a new cookie for one that is tried elsewhere.
//!
//! [`Picker`]: crate::engine::balance::Picker

mod care;
mod chooser;
mod tries;

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
/// The position of a visit whose caller no longer waits. Before, it is how often its call was tried again.
const GIVEN_UP: u16 = u16::MAX;

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Balancer {
    name: String,
    behind: Behind,
    /// For how long new instances get less than their weight.
    slow_start: Option<Nanos>,
    time: Option<Distribution>,
    /// How often a call that failed is made again at most, and how long each attempt may take.
    retries: u16,
    per_try_timeout: Option<Nanos>,
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
            retries: spec.retries.into(),
            per_try_timeout: spec.per_try_timeout,
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
        self.retries = spec.retries.into();
        self.per_try_timeout = spec.per_try_timeout;
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
        // None if its caller gave up before it was passed on.
        let attempt = if visit.position == GIVEN_UP { 0 } else { visit.position as u8 };
        let picked = if attempt == 0 {
            chooser.pick(kernel.now(), &request)
        } else {
            chooser.pick_another(kernel.now(), &request, id)
        };
        let Some((to, link)) = picked else {
            chooser.forget(id);
            return finish(kernel, id, visit.instance, Outcome::Refused);
        };
        let call = kernel.call(&NewCall {
            from: visit.instance,
            caller: id,
            link,
            to: Some(to),
            path: child_path(visit.path, PASS_ON, attempt),
            root: visit.root,
            parent: visit.path,
            key: visit.key,
            size: visit.size,
            version: visit.version,
            operation: visit.operation,
            attempt,
            step: PASS_ON,
            token: to,
            timeout: self.per_try_timeout,
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
        if ended.outcome != Outcome::Ok && self.tries_again(kernel, ended) {
            return self.pass_on(kernel, ended.caller);
        }
        if let Some(visit) = kernel.visit_mut(ended.caller) {
            visit.version = ended.version;
            if visit.position > 0
                && let Some(chooser) = self.choosers.get_mut(ended.from)
            {
                chooser.forget(ended.caller);
            }
        }
        let outcome = if ended.outcome == Outcome::TimedOut { Outcome::Error } else { ended.outcome };
        kernel.finish(ended.caller, outcome, ended.lookup);
        kernel.let_go_if_empty(ended.from);
    }

    /// Whether a call that failed is made again, which is noted.
    fn tries_again(&mut self, kernel: &mut Kernel, ended: &EndedCall) -> bool {
        let now = kernel.now();
        let Some(chooser) = self.choosers.get_mut(ended.from) else { return false };
        let Some(visit) = kernel.visit_mut(ended.caller) else { return false };
        let again =
            visit.position < self.retries && visit.deadline > now && ended.outcome != Outcome::Cancelled;
        if again {
            visit.position += 1;
            chooser.tried(ended.caller, ended.token);
        }
        again
    }

    /// The caller of a visit no longer waits: its call is not made again.
    pub(super) fn cancelled(&mut self, kernel: &mut Kernel, id: VisitId) {
        if let Some(visit) = kernel.visit_mut(id) {
            visit.position = GIVEN_UP;
        }
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
