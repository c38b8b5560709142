//! A balancer at layer 7: each call is passed on to one of the ready instances behind it, chosen by a
//! [`Picker`]. It counts the calls it has under way at each instance; several balancers know only their own counts.
//!
//! Left out: connections (layer 4), health checks, retries.

use super::callers::Callers;
use super::demand;
use super::per_instance::PerInstance;
use crate::engine::balance::{Candidate, Picker, Request};
use crate::scenario::Balancer as Spec;
use crate::sim::call::{EndedCall, NewCall, VisitId};
use crate::sim::distribution::Distribution;
use crate::sim::kernel::Kernel;
use crate::sim::random::{Purpose, Salt, Stream, child_path, combine, hash_name};
use crate::sim::record::{InstanceIndex, Lookup, Outcome};
use crate::sim::time::{Nanos, Time};

/// No sum of versions.
const UNKNOWN: u64 = u64::MAX;

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Balancer {
    name: String,
    /// Links to the nodes behind it.
    links: Vec<u16>,
    /// What an instance of each of them counts; nothing: all alike.
    weights: Vec<u32>,
    /// For how long new instances get less than that.
    slow_start: Option<Nanos>,
    time: Option<Distribution>,
    work: Salt,
    callers: Callers,
    /// The names of the nodes behind it as numbers.
    identities: Vec<u64>,
    choosers: PerInstance<Chooser>,
}

/// What one instance of a balancer knows.
#[derive(Clone, Debug)]
struct Chooser {
    picker: Picker,
    luck: Stream,
    candidates: Vec<Candidate>,
    /// The link to each candidate.
    links: Vec<u16>,
    /// Sum of the versions of the nodes behind it when the candidates were listed.
    version: u64,
    /// When weights are looked at again because of instances that start slowly.
    look_again: Time,
    /// The candidates' weights once they have started.
    whole: Vec<u32>,
}

/// A weight of 1, where instances start slowly: theirs is a part of it.
const WHOLE: u32 = 100;
/// Where a slow start begins: Envoy's.
const FIRST: u32 = 10;

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
            links,
            weights: spec.weights.clone(),
            slow_start: slow_start(spec),
            time: spec.service_time.as_ref().map(demand::distribution),
            work: Salt::new(kernel.seed(), name, Purpose::Work),
            callers,
            identities: spec.to.iter().map(|name| hash_name(name)).collect(),
            choosers: PerInstance::default(),
        }
    }

    pub(super) fn add(&mut self, kernel: &Kernel, instance: InstanceIndex, spec: &Spec) {
        let slot = kernel.instance(instance).slot;
        self.choosers.insert(
            instance,
            Chooser {
                picker: Picker::new(spec.settings()),
                luck: Stream::new(kernel.seed(), &self.name, Purpose::Choice, slot),
                candidates: Vec::new(),
                links: Vec::new(),
                version: UNKNOWN,
                look_again: Time::MAX,
                whole: Vec::new(),
            },
        );
    }

    pub(super) fn remove(&mut self, instance: InstanceIndex) {
        self.choosers.remove(instance);
    }

    pub(super) fn reconfigure(&mut self, kernel: &Kernel, spec: &Spec) {
        self.time = spec.service_time.as_ref().map(demand::distribution);
        self.weights.clone_from(&spec.weights);
        self.slow_start = slow_start(spec);
        for (_, chooser) in self.choosers.iter_mut() {
            chooser.picker.reconfigure(kernel.now(), spec.settings(), &chooser.candidates);
            chooser.version = UNKNOWN;
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
        let Some(chooser) = self.choosers.get_mut(visit.instance) else { return };
        chooser.refresh(kernel, &self.links, &self.identities, &self.weights);
        if let Some(window) = self.slow_start {
            chooser.let_start_slowly(kernel, window);
        }
        let asks_who = chooser.picker.settings().algorithm.asks_who();
        let (address, user) = if asks_who { self.callers.of_visit(kernel, &visit) } else { (0, None) };
        let request = Request { key: visit.key, address, user };
        let luck = chooser.luck.generator();
        let picked = chooser.picker.pick(kernel.now(), &chooser.candidates, &request, luck);
        let Some(place) = picked else {
            kernel.finish(id, Outcome::Refused, Lookup::None);
            kernel.let_go_if_empty(visit.instance);
            return;
        };
        chooser.candidates[place].in_flight += 1;
        let to = chooser.candidates[place].instance;
        let call = kernel.call(&NewCall {
            from: visit.instance,
            caller: id,
            link: chooser.links[place],
            to: Some(to),
            path: child_path(visit.path, 0, 0),
            root: visit.root,
            parent: visit.path,
            key: visit.key,
            size: visit.size,
            version: visit.version,
            operation: visit.operation,
            attempt: 0,
            step: 0,
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
            chooser.answered(kernel.now(), ended);
        }
        if let Some(visit) = kernel.visit_mut(ended.caller) {
            visit.version = ended.version;
        }
        kernel.finish(ended.caller, ended.outcome, ended.lookup);
        kernel.let_go_if_empty(ended.from);
    }

    /// Recounts what its pickers keep.
    ///
    /// # Panics
    /// If that does not add up.
    pub(super) fn validate(&self) {
        for (instance, chooser) in self.choosers.iter() {
            let found = chooser.picker.validate();
            assert_eq!(found, Ok(()), "the picker of instance {instance} of {}", self.name);
        }
    }

    /// Calls under way at each candidate, as one instance of the balancer counts them.
    pub(super) fn in_flight(&self, instance: InstanceIndex) -> Vec<(InstanceIndex, u32)> {
        let chooser = self.choosers.get(instance);
        chooser.map_or(Vec::new(), |chooser| {
            chooser.candidates.iter().map(|candidate| (candidate.instance, candidate.in_flight)).collect()
        })
    }
}

impl Chooser {
    /// Lists the ready instances anew if they have changed; counts of those that stay are kept.
    fn refresh(&mut self, kernel: &Kernel, links: &[u16], names: &[u64], weights: &[u32]) {
        let node_of = |link: &u16| kernel.links()[usize::from(*link)].to;
        let version = links.iter().map(|link| kernel.members(node_of(link)).version).sum();
        if self.version == version {
            return;
        }
        self.version = version;
        let before = std::mem::take(&mut self.candidates);
        self.links.clear();
        for (at, link) in links.iter().enumerate() {
            let weight = weights.get(at).copied().unwrap_or(1);
            let name = names.get(at).copied().unwrap_or_default();
            for instance in &kernel.members(node_of(link)).ready {
                let known = before.iter().find(|candidate| candidate.instance == *instance);
                let in_flight = known.map_or(0, |candidate| candidate.in_flight);
                let identity = combine(name, kernel.instance(*instance).slot.into());
                let distance = kernel.links()[usize::from(*link)].settings.latency;
                let candidate = Candidate { instance: *instance, identity, in_flight, weight, distance };
                self.candidates.push(candidate);
                self.links.push(*link);
            }
        }
        self.look_again = 0;
        self.picker.follow(kernel.now(), &self.candidates);
    }

    /// Gives those that became ready after the start of the run a weight that grows with time, by hundredths.
    fn let_start_slowly(&mut self, kernel: &Kernel, window: Nanos) {
        let now = kernel.now();
        if now < self.look_again {
            return;
        }
        if self.look_again == 0 {
            self.candidates.iter_mut().for_each(|candidate| candidate.weight *= WHOLE);
            self.whole.clear();
            self.whole.extend(self.candidates.iter().map(|candidate| candidate.weight));
        }
        let mut starting = false;
        for (candidate, whole) in self.candidates.iter_mut().zip(&self.whole) {
            let since = kernel.instance(candidate.instance).since;
            let age = now - since;
            let part = if since == 0 || age >= window {
                WHOLE
            } else {
                starting = true;
                FIRST.max((u128::from(age) * u128::from(WHOLE) / u128::from(window)) as u32)
            };
            candidate.weight = whole / WHOLE * part;
        }
        self.look_again = if starting { now + window / u64::from(WHOLE) } else { Time::MAX };
        self.picker.follow(now, &self.candidates);
    }

    fn answered(&mut self, now: Time, ended: &EndedCall) {
        let Some(place) = self.place(ended.token) else { return };
        let candidate = &mut self.candidates[place];
        candidate.in_flight = candidate.in_flight.saturating_sub(1);
        self.picker.answered(now, place, candidate, now - ended.started);
    }

    /// Where a candidate stands.
    #[inline]
    fn place(&self, instance: InstanceIndex) -> Option<usize> {
        // Those of one node that were made together follow each other.
        let first = self.candidates.first()?.instance;
        let likely = instance.wrapping_sub(first) as usize;
        let is_it = |candidate: &Candidate| candidate.instance == instance;
        if self.candidates.get(likely).is_some_and(is_it) {
            return Some(likely);
        }
        self.candidates.iter().position(is_it)
    }
}
