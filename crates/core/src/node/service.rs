//! A service: a visit gets a worker, walks its plan (see [`super::plan`]) and answers. Also a database, which is a
//! service that only computes and counts connections.

use super::admission::Admission;
use super::later::Later;
use super::lines::Lines;
use super::per_instance::PerInstance;
pub(super) use super::plan::ServiceLinks;
use super::plan::{Plans, Step};
use crate::sim::call::{EndedCall, NewCall, Visit, VisitId};
use crate::sim::distribution::Distribution;
use crate::sim::door::Door;
use crate::sim::instance::UNLIMITED;
use crate::sim::kernel::Kernel;
use crate::sim::random::{Salt, child_path, combine, happens};
use crate::sim::record::{InstanceIndex, Lookup, NoteKind, Operation, Outcome};
use crate::sim::time::Nanos;
use crate::sim::truth::{ABSENT, FIRST};

mod flights;
mod settings;

pub(super) use settings::{instance_of_database, instance_of_service};

/// Behind the last step of every plan, where the answer stands.
const BEHIND: u16 = u16::MAX - 1;

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Service {
    plans: Plans,
    /// Core time of a read, and of a write.
    read_time: Distribution,
    write_time: Distribution,
    /// Core time by the number of the path, for paths that have one of their own; nothing if none has.
    path_times: Vec<Option<Distribution>>,
    work: Salt,
    hold: bool,
    timeout: Option<Nanos>,
    stop_on_cancel: bool,
    /// It keeps the truth, and callers without a pool count as connections too.
    is_database: bool,
    later: Later,
    /// Loads that requests of one instance share: by key, who asks, and behind it who waits for what comes of that.
    flights: PerInstance<Lines>,
    single_flight: bool,
    /// Some may be under way: requests share loads, or did before.
    has_flights: bool,
    versioned_keys: bool,
    /// Share of its keys that do not exist until written, as a threshold.
    missing: u64,
    keys: Salt,
    /// Luck of the news of its writes.
    news: Salt,
    /// Who is let in; none: all are.
    admission: Option<Box<Admission>>,
    /// Whether it answers without the node that fails it.
    fallback: bool,
    /// Share of its requests that fail, as a threshold: as set, and for a while.
    errors: u64,
    failing: Option<u64>,
    failure: Salt,
}

impl Service {
    pub(super) fn arrived(&mut self, kernel: &mut Kernel, id: VisitId) {
        if self.is_database && self.is_one_too_many(kernel, id) {
            kernel.finish(id, Outcome::Refused, Lookup::None);
            return;
        }
        if let Some(admission) = &mut self.admission
            && let Some(visit) = kernel.visit(id).copied()
            && !admission.admits(kernel, &visit)
        {
            kernel.finish(id, Outcome::Refused, Lookup::None);
            kernel.let_go_if_empty(visit.instance);
            return;
        }
        match kernel.knock(id) {
            Door::In => self.go_on(kernel, id),
            Door::Waiting => self.draw_ahead(kernel, id),
            Door::TurnedAway => {}
        }
    }

    /// Draws the work that a visit waits for, while nothing depends on it.
    #[inline]
    fn draw_ahead(&self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit_mut(id) else { return };
        if self.plans.step(visit.operation, visit.position) == Step::Work {
            visit.ahead = self.draw(visit, visit.position);
            visit.ahead_of = visit.position + 1;
        }
    }

    /// The work of a step.
    #[inline]
    fn draw(&self, visit: &Visit, step: u16) -> Nanos {
        let time = match self.path_times.get(usize::from(visit.endpoint)) {
            Some(Some(of_path)) => of_path,
            _ if visit.operation == Operation::Write => &self.write_time,
            _ => &self.read_time,
        };
        time.draw(self.work.draw(visit.path.wrapping_add(u64::from(step))))
    }

    /// A job is done: the next step.
    pub(super) fn worked(&mut self, kernel: &mut Kernel, id: VisitId) {
        self.go_on(kernel, id);
    }

    #[inline(never)]
    pub(super) fn answered(&mut self, kernel: &mut Kernel, ended: &EndedCall) {
        let id = ended.caller;
        let Some(visit) = kernel.visit_mut(id) else { return };
        let (instance, key) = (visit.instance, visit.key);
        match self.plans.step(visit.operation, ended.step) {
            Step::Call { .. } if ended.outcome == Outcome::Ok => visit.version = ended.version,
            Step::Call { .. } if self.fallback => {
                self.fall_back(kernel, id);
                self.land(kernel, id, (instance, key), None);
            }
            Step::Call { .. } => {
                self.fail(kernel, id);
                self.land(kernel, id, (instance, key), None);
                self.let_others_in(kernel, instance);
                return;
            }
            Step::Lookup { found, .. } => {
                visit.lookup = if ended.lookup == Lookup::Hit { Lookup::Hit } else { Lookup::Miss };
                if visit.lookup == Lookup::Hit {
                    visit.version = ended.version;
                    visit.position = found;
                } else if self.single_flight && self.joins(instance, key, id) {
                    return;
                }
            }
            Step::Fill { .. } if self.has_flights => {
                let version = visit.version;
                self.land(kernel, id, (instance, key), Some(version));
            }
            _ => {}
        }
        self.resume(kernel, id);
    }

    /// Goes on with a visit that has an answer, once it has its worker again.
    #[inline(always)]
    fn resume(&mut self, kernel: &mut Kernel, id: VisitId) {
        if !self.hold {
            let Some(visit) = kernel.visit_mut(id) else { return };
            visit.resumed = true;
            let (instance, key) = (visit.instance, visit.key);
            match kernel.knock_again(id) {
                Door::In => {}
                Door::Waiting => return,
                // Whoever waited for what it loads is refused with it.
                Door::TurnedAway => return self.land(kernel, id, (instance, key), None),
            }
        }
        self.go_on(kernel, id);
    }

    /// A visit goes on to its answer, without what it has asked for.
    fn fall_back(&self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit_mut(id) else { return };
        visit.position = BEHIND;
        let (instance, key) = (visit.instance, visit.key);
        kernel.note(instance, NoteKind::FellBack, key, 0);
    }

    fn fail(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit(id) else { return };
        let lookup = visit.lookup;
        self.tell_limit(kernel, id, Outcome::Error);
        kernel.finish(id, Outcome::Error, lookup);
    }

    /// The limit that finds itself learns how a visit is about to end.
    #[inline]
    fn tell_limit(&mut self, kernel: &Kernel, id: VisitId, outcome: Outcome) {
        if let Some(admission) = &mut self.admission {
            admission.ends(kernel, id, outcome);
        }
    }

    /// For a while, or no longer, so large a share of its requests fails.
    pub(super) fn set_failing(&mut self, failing: Option<u64>) {
        self.failing = failing;
    }

    /// Whether a visit that has done its work fails.
    #[inline]
    fn errs(&self, path: u64) -> bool {
        let errors = self.failing.unwrap_or(self.errors);
        errors > 0 && happens(self.failure.draw(path), errors)
    }

    /// So many may be in an instance now; none: any number.
    pub(super) fn limit(&self, instance: InstanceIndex) -> Option<u32> {
        self.admission.as_ref()?.limit(instance)
    }

    /// Recounts what is kept of those who are let in.
    ///
    /// # Panics
    /// If that does not add up.
    pub(super) fn validate(&self) {
        if let Some(admission) = &self.admission {
            admission.validate();
        }
    }

    /// Forgets an instance that is no more.
    pub(super) fn remove(&mut self, instance: InstanceIndex) {
        self.flights.remove(instance);
        if let Some(admission) = &mut self.admission {
            admission.remove(instance);
        }
    }

    /// A removal is due.
    pub(super) fn timer(&mut self, kernel: &mut Kernel, token: u32) {
        self.later.send(kernel, token, self.news);
    }

    pub(super) fn cancelled(&mut self, kernel: &mut Kernel, id: VisitId) {
        if self.stop_on_cancel {
            let Some(visit) = kernel.visit(id).copied() else { return };
            kernel.cancel(visit.open_call);
            self.tell_limit(kernel, id, Outcome::Cancelled);
            kernel.abandon(id);
            // Whoever waited for what it loads fails with it.
            self.land(kernel, id, (visit.instance, visit.key), None);
            self.let_others_in(kernel, visit.instance);
        }
    }

    /// Lets in those for whom there is room now.
    pub(super) fn let_others_in(&mut self, kernel: &mut Kernel, instance: InstanceIndex) {
        while let Some(next) = kernel.let_next_in(instance) {
            self.walk(kernel, next);
        }
        // Whoever waited for what one of them loads is refused with it.
        while let Some((late, instance, key)) = kernel.next_refused() {
            self.land(kernel, late, (instance, key), None);
        }
        kernel.let_go_if_empty(instance);
    }

    /// Goes on with a visit, and with those that wait for its worker if it gives that back.
    #[inline]
    fn go_on(&mut self, kernel: &mut Kernel, id: VisitId) {
        if let Some(instance) = self.walk(kernel, id) {
            self.let_others_in(kernel, instance);
        }
    }

    /// Walks the plan until the visit has to wait for something. The instance, if there is room in it now.
    #[inline(always)]
    fn walk(&mut self, kernel: &mut Kernel, id: VisitId) -> Option<InstanceIndex> {
        let visit = kernel.visit_mut(id)?;
        let (position, instance) = (visit.position, visit.instance);
        visit.position += 1;
        let other = match self.plans.step(visit.operation, position) {
            Step::Work => {
                let work =
                    if visit.ahead_of == visit.position { visit.ahead } else { self.draw(visit, position) };
                visit.worked += work;
                if self.is_database {
                    self.begin_query(kernel, id);
                }
                kernel.work(id, instance, work);
                return None;
            }
            Step::Probe => {
                kernel.work(id, instance, 0);
                return None;
            }
            Step::Reply => {
                let (lookup, path) = (visit.lookup, visit.path);
                let outcome = if self.errs(path) { Outcome::Error } else { Outcome::Ok };
                if self.is_database && outcome == Outcome::Ok {
                    commit(kernel, id);
                }
                self.tell_limit(kernel, id, outcome);
                kernel.finish(id, outcome, lookup);
                return Some(instance);
            }
            Step::ReplyAndRemove => {
                self.reply_and_remove(kernel, id, position);
                return Some(instance);
            }
            Step::Call { link } => (link, None),
            Step::Lookup { link, .. } => (link, Some(Operation::Read)),
            Step::Fill { link } => (link, Some(Operation::Fill)),
            Step::Delete { link } => (link, Some(Operation::Delete)),
        };
        self.call(kernel, id, position, other);
        (!self.hold).then_some(instance)
    }

    /// A query sees what was committed when it began, or that the key does not exist.
    #[inline(never)]
    fn begin_query(&self, kernel: &mut Kernel, id: VisitId) {
        let Some(key) = kernel.visit(id).map(|visit| visit.key) else { return };
        let version = kernel.truth().version(key);
        let is_missing = self.missing > 0 && version == FIRST && happens(self.keys.draw(key), self.missing);
        if let Some(visit) = kernel.visit_mut(id) {
            visit.version = if is_missing { ABSENT } else { version };
        }
    }

    #[inline(never)]
    fn reply_and_remove(&mut self, kernel: &mut Kernel, id: VisitId, step: u16) {
        let Some(visit) = kernel.visit(id).copied() else { return };
        self.tell_limit(kernel, id, Outcome::Ok);
        if let Some(removal) = self.plans.removal {
            self.later.plan(kernel, &visit, step, removal);
        }
        kernel.finish(id, Outcome::Ok, visit.lookup);
    }

    /// Calls another node, with the visit's own operation unless another is given.
    #[inline(never)]
    fn call(&self, kernel: &mut Kernel, id: VisitId, step: u16, (link, other): (u16, Option<Operation>)) {
        let Some(visit) = kernel.visit(id) else { return };
        let new = NewCall {
            from: visit.instance,
            caller: id,
            link,
            to: None,
            path: child_path(visit.path, step, 0),
            root: visit.root,
            parent: visit.path,
            key: self.key(kernel, visit, other),
            size: visit.size,
            version: visit.version,
            operation: other.unwrap_or(visit.operation),
            endpoint: visit.endpoint,
            priority: visit.priority,
            attempt: 0,
            step,
            token: 0,
            timeout: self.timeout,
            deadline: visit.deadline,
            depth: visit.depth + 1,
        };
        let call = kernel.call(&new);
        if let Some(visit) = kernel.visit_mut(id) {
            visit.open_call = call;
        }
        if !self.hold {
            kernel.step_out(id);
        }
    }

    /// What a call asks for: for the cache, the key with the version that the caller knows or brings.
    #[inline]
    fn key(&self, kernel: &Kernel, visit: &Visit, other: Option<Operation>) -> u64 {
        match other {
            Some(Operation::Fill) if self.versioned_keys => combine(visit.key, visit.version.into()),
            Some(_) if self.versioned_keys => combine(visit.key, kernel.truth().version(visit.key).into()),
            _ => visit.key,
        }
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

/// A write to a database is done.
#[inline(never)]
fn commit(kernel: &mut Kernel, id: VisitId) {
    let Some(visit) = kernel.visit(id) else { return };
    if visit.operation != Operation::Write {
        return;
    }
    let version = kernel.commit(visit.key);
    if let Some(visit) = kernel.visit_mut(id) {
        visit.version = version;
    }
}
