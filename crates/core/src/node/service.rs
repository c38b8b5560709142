//! A service: a visit gets a worker, walks its plan (see [`super::plan`]) and answers. Also a database, which is a
//! service that only computes and counts connections.

use super::demand;
use super::plan::{Plans, Step};
use crate::scenario::{Database, Discipline, OnCancel, QueueLimit, Service as Spec};
use crate::sim::call::{EndedCall, NewCall, VisitId};
use crate::sim::distribution::Distribution;
use crate::sim::door::Door;
use crate::sim::instance::{InstanceSettings, UNLIMITED};
use crate::sim::kernel::Kernel;
use crate::sim::processor::Order;
use crate::sim::random::{Purpose, Salt, child_path};
use crate::sim::record::{InstanceIndex, Lookup, Operation, Outcome};
use crate::sim::time::Nanos;

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Service {
    plans: Plans,
    /// Core time of a read, and of a write.
    read_time: Distribution,
    write_time: Distribution,
    work: Salt,
    hold: bool,
    timeout: Option<Nanos>,
    stop_on_cancel: bool,
    /// Callers without a pool count as connections too.
    counts_connections: bool,
}

impl Service {
    pub(super) fn new(
        kernel: &Kernel,
        name: &str,
        spec: &Spec,
        cache: Option<u16>,
        to: Option<u16>,
    ) -> Service {
        let time = demand::distribution(&spec.service_time);
        Service {
            plans: Plans::of(spec, cache, to),
            read_time: time,
            write_time: time,
            work: Salt::new(kernel.seed(), name, Purpose::Work),
            hold: spec.hold,
            timeout: spec.timeout,
            stop_on_cancel: spec.on_cancel == OnCancel::Stop,
            counts_connections: false,
        }
    }

    pub(super) fn database(kernel: &Kernel, name: &str, spec: &Database) -> Service {
        let steps = vec![Step::Work, Step::Reply];
        Service {
            plans: Plans { read: steps.clone(), write: steps },
            read_time: demand::distribution(&spec.service_time),
            write_time: demand::distribution(&spec.write_time()),
            work: Salt::new(kernel.seed(), name, Purpose::Work),
            hold: true,
            timeout: None,
            stop_on_cancel: false,
            counts_connections: true,
        }
    }

    /// New settings: work from the next draw on, plans for visits that reach their next step.
    pub(super) fn reconfigure(&mut self, new: Service) {
        *self = new;
    }

    pub(super) fn arrived(&mut self, kernel: &mut Kernel, id: VisitId) {
        if self.counts_connections && self.is_one_too_many(kernel, id) {
            kernel.finish(id, Outcome::Refused, Lookup::None);
            return;
        }
        if kernel.knock(id) == Door::In {
            self.go_on(kernel, id);
        }
    }

    /// A job is done: the next step.
    pub(super) fn worked(&mut self, kernel: &mut Kernel, id: VisitId) {
        self.go_on(kernel, id);
    }

    pub(super) fn answered(&mut self, kernel: &mut Kernel, ended: &EndedCall) {
        let id = ended.call.caller;
        let Some(visit) = kernel.visit_mut(id) else { return };
        let (instance, is_write) = (visit.instance, visit.operation == Operation::Write);
        let steps = if is_write { &self.plans.write } else { &self.plans.read };
        match steps.get(usize::from(ended.call.step)) {
            Some(Step::Call { .. }) if ended.outcome != Outcome::Ok => {
                self.leave(kernel, id, instance, Outcome::Error);
                return;
            }
            Some(Step::Lookup { found, .. }) => {
                visit.lookup = if ended.call.lookup == Lookup::Hit { Lookup::Hit } else { Lookup::Miss };
                if visit.lookup == Lookup::Hit {
                    visit.position = *found;
                }
            }
            _ => {}
        }
        if self.hold {
            self.go_on(kernel, id);
        } else {
            visit.resumed = true;
            if kernel.knock(id) == Door::In {
                self.go_on(kernel, id);
            }
        }
    }

    pub(super) fn cancelled(&mut self, kernel: &mut Kernel, id: VisitId) {
        if self.stop_on_cancel {
            let Some(visit) = kernel.visit(id).copied() else { return };
            kernel.give_up(visit.open_call, Outcome::Cancelled);
            kernel.abandon(id);
            self.let_others_in(kernel, visit.instance);
        }
    }

    /// Lets in those for whom there is room now.
    pub(super) fn let_others_in(&mut self, kernel: &mut Kernel, instance: InstanceIndex) {
        while let Some(next) = kernel.let_next_in(instance) {
            self.go_on(kernel, next);
        }
        kernel.let_go_if_empty(instance);
    }

    /// Walks the plan until the visit has to wait for something.
    fn go_on(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit_mut(id) else { return };
        let is_write = visit.operation == Operation::Write;
        let steps = if is_write { &self.plans.write } else { &self.plans.read };
        let (position, path, instance) = (visit.position, visit.path, visit.instance);
        visit.position += 1;
        match steps.get(usize::from(position)).copied().unwrap_or(Step::Reply) {
            Step::Work => {
                let time = if is_write { &self.write_time } else { &self.read_time };
                kernel.work(id, time.draw(self.work.draw(path.wrapping_add(u64::from(position)))));
            }
            Step::Lookup { link, .. } => self.call(kernel, id, link, position, Some(Operation::Read)),
            Step::Call { link } => self.call(kernel, id, link, position, None),
            Step::Fill { link } => self.call(kernel, id, link, position, Some(Operation::Fill)),
            Step::Delete { link } => self.call(kernel, id, link, position, Some(Operation::Delete)),
            Step::Reply => self.leave(kernel, id, instance, Outcome::Ok),
        }
    }

    /// Calls another node, with the visit's own operation unless another is given.
    fn call(&mut self, kernel: &mut Kernel, id: VisitId, link: u16, step: u16, other: Option<Operation>) {
        let Some(visit) = kernel.visit(id).copied() else { return };
        let call = kernel.call(NewCall {
            from: visit.instance,
            caller: id,
            link,
            to: None,
            path: child_path(visit.path, step, 0),
            root: visit.root,
            parent: visit.path,
            key: visit.key,
            size: visit.size,
            operation: other.unwrap_or(visit.operation),
            attempt: 0,
            step,
            token: 0,
            timeout: self.timeout,
            deadline: visit.deadline,
            depth: visit.depth + 1,
        });
        if let Some(visit) = kernel.visit_mut(id) {
            visit.open_call = call;
        }
        if !self.hold {
            kernel.step_out(id);
            self.let_others_in(kernel, visit.instance);
        }
    }

    fn leave(&mut self, kernel: &mut Kernel, id: VisitId, instance: InstanceIndex, outcome: Outcome) {
        let lookup = kernel.visit(id).map_or(Lookup::None, |visit| visit.lookup);
        kernel.step_out(id);
        kernel.finish(id, outcome, lookup);
        self.let_others_in(kernel, instance);
    }

    fn is_one_too_many(&self, kernel: &Kernel, id: VisitId) -> bool {
        let Some(visit) = kernel.visit(id) else { return false };
        if visit.connection.is_some() {
            return false;
        }
        let instance = kernel.instance(visit.instance);
        let limit = instance.settings.max_connections;
        // Visits over pooled connections are among `connections`; without any pool, visits are all there is.
        limit != UNLIMITED && instance.connections.max(instance.visits) > limit
    }
}

/// What an instance of a service is made of.
pub(super) fn instance_of_service(spec: &Spec) -> InstanceSettings {
    InstanceSettings {
        workers: spec.worker_limit(),
        queue: queue_limit(spec.queue),
        order: match spec.discipline {
            Discipline::Fifo => Order::Fifo,
            Discipline::Lifo => Order::Lifo,
            Discipline::ProcessorSharing => Order::Sharing,
        },
        cores: spec.cores,
        max_connections: UNLIMITED,
        drop_expired: spec.drop_expired,
    }
}

/// What a database is made of.
pub(super) fn instance_of_database(spec: &Database) -> InstanceSettings {
    InstanceSettings {
        workers: spec.cores(),
        queue: queue_limit(spec.queue),
        cores: spec.cores(),
        max_connections: spec.max_connections,
        ..InstanceSettings::default()
    }
}

fn queue_limit(limit: QueueLimit) -> u32 {
    match limit {
        QueueLimit::Unlimited => UNLIMITED,
        QueueLimit::Limited(limit) => limit,
    }
}
