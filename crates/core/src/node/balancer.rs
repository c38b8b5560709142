//! A balancer at layer 7: each call is passed on to one of the ready instances behind it, chosen by a
//! [`Picker`]. It counts the calls it has under way at each instance; several balancers know only their own counts.
//!
//! Left out: connections (layer 4), health checks, retries.

use super::demand;
use super::per_instance::PerInstance;
use crate::engine::balance::{Candidate, Picker};
use crate::scenario::Balancer as Spec;
use crate::sim::call::{EndedCall, NewCall, VisitId};
use crate::sim::distribution::Distribution;
use crate::sim::kernel::Kernel;
use crate::sim::random::{Purpose, Salt, Stream, child_path};
use crate::sim::record::{InstanceIndex, Lookup, Outcome};

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Balancer {
    name: String,
    /// Links to the nodes behind it.
    links: Vec<u16>,
    time: Option<Distribution>,
    work: Salt,
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
}

impl Balancer {
    pub(super) fn new(kernel: &Kernel, name: &str, spec: &Spec, links: Vec<u16>) -> Balancer {
        Balancer {
            name: name.to_owned(),
            links,
            time: spec.service_time.as_ref().map(demand::distribution),
            work: Salt::new(kernel.seed(), name, Purpose::Work),
            choosers: PerInstance::default(),
        }
    }

    pub(super) fn add(&mut self, kernel: &Kernel, instance: InstanceIndex, spec: &Spec) {
        let slot = kernel.instance(instance).slot;
        self.choosers.insert(
            instance,
            Chooser {
                picker: Picker::new(spec.algorithm),
                luck: Stream::new(kernel.seed(), &self.name, Purpose::Choice, slot),
                candidates: Vec::new(),
                links: Vec::new(),
                version: u64::MAX,
            },
        );
    }

    pub(super) fn remove(&mut self, instance: InstanceIndex) {
        self.choosers.remove(instance);
    }

    pub(super) fn reconfigure(&mut self, spec: &Spec) {
        self.time = spec.service_time.as_ref().map(demand::distribution);
        for (_, chooser) in self.choosers.iter_mut() {
            chooser.picker.reconfigure(spec.algorithm);
        }
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
        chooser.refresh(kernel, &self.links);
        let picked = chooser.picker.pick(&chooser.candidates, visit.key, chooser.luck.generator());
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
            chooser.release(ended.token);
        }
        if let Some(visit) = kernel.visit_mut(ended.caller) {
            visit.version = ended.version;
        }
        kernel.finish(ended.caller, ended.outcome, ended.lookup);
        kernel.let_go_if_empty(ended.from);
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
    fn refresh(&mut self, kernel: &Kernel, links: &[u16]) {
        let node_of = |link: &u16| kernel.links()[usize::from(*link)].to;
        let version = links.iter().map(|link| kernel.members(node_of(link)).version).sum();
        if self.version == version {
            return;
        }
        self.version = version;
        let before = std::mem::take(&mut self.candidates);
        self.links.clear();
        for link in links {
            for instance in &kernel.members(node_of(link)).ready {
                let known = before.iter().find(|candidate| candidate.instance == *instance);
                let in_flight = known.map_or(0, |candidate| candidate.in_flight);
                self.candidates.push(Candidate { instance: *instance, in_flight, weight: 1 });
                self.links.push(*link);
            }
        }
    }

    fn release(&mut self, instance: InstanceIndex) {
        // The list is in rising order of instance only within a node, so look at the likely place first.
        if let Some(candidate) = self.candidates.iter_mut().find(|candidate| candidate.instance == instance) {
            candidate.in_flight = candidate.in_flight.saturating_sub(1);
        }
    }
}
