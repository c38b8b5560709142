//! A balancer: at layer 7 each call, at layer 4 each connection is passed on to one of the instances behind it, chosen by
//! a [`Picker`]. It counts what it has under way at each instance; several balancers know only their own counts.
//!
//! [`chooser`] whom one instance of it knows; [`care`] what it finds out about them by itself; [`tries`] where calls that
//! failed have been tried; [`connections`] which connections end at it.
//!
//! At layer 7 some requests go to servers of their own, by path, header or cookie: [`groups`]. At layer 4 it sees none of them.
//!
//! At layer 7 a call that failed or was refused is tried again at once, with another instance as long as there is one. A
//! time-out of the balancer's own is no answer either, and to its caller an error.
//!
//! As DNS it passes nothing on: it says where a server is, and those who asked remember that for a while, whatever becomes
//! of the server: [`answers`]. Its `service_time` is that of a look-up then; who asks while one is under way waits as long
//! as that one. Over connections that stay open nobody asks. A name whose own servers are all dead is one that nobody
//! finds, not even those who remember.
//!
//! Left out: a wait before a call is tried again, a new cookie for one that is tried elsewhere, routes by host.
//!
//! [`Picker`]: crate::engine::balance::Picker

mod answers;
mod care;
mod chooser;
mod connections;
mod groups;
mod tries;

use super::callers::Callers;
use super::demand;
use super::outlook::{Known, Outlook};
use super::per_instance::PerInstance;
use crate::engine::balance::{Request, User};
use crate::scenario::{Balancer as Spec, Layer};
use crate::sim::call::{EndedCall, NewCall, Visit, VisitId};
use crate::sim::distribution::Distribution;
use crate::sim::kernel::Kernel;
use crate::sim::random::{Purpose, Salt, Stream, child_path, hash_name};
use crate::sim::record::{InstanceIndex, Lookup, Operation, Outcome};
use crate::sim::time::{Nanos, Time};
use answers::{Answer, Answers};
use care::Rules;
use chooser::Chooser;
use connections::{Connections, Passed};
use groups::{ALL, Group, Groups};

/// The step of a call that is passed on.
const PASS_ON: u16 = 0;
/// The step of a health check.
const PROBE: u16 = 1;
/// The step of a call that goes along with its connection.
const PASS_ALONG: u16 = 2;
/// More than there are of these: a step is one of them and, so many times, the number of the group it is about.
const KINDS: u16 = 4;
/// The position of a visit whose caller no longer waits. Before, it is how often its call was tried again.
const GIVEN_UP: u16 = u16::MAX;

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Balancer {
    name: String,
    groups: Groups,
    /// For how long new instances get less than their weight.
    slow_start: Option<Nanos>,
    time: Option<Distribution>,
    layer: Layer,
    /// As DNS: for how long its answers are remembered, and which are.
    ttl: Nanos,
    answers: Answers,
    /// What the first call over each connection takes beside that.
    connection_time: Option<Distribution>,
    connections: PerInstance<Connections>,
    /// How often a call that failed is made again at most, and how long each attempt may take.
    retries: u16,
    per_try_timeout: Option<Nanos>,
    work: Salt,
    callers: Callers,
}

fn slow_start(spec: &Spec) -> Option<Nanos> {
    spec.slow_start.filter(|_| spec.algorithm.goes_by_weight())
}

impl Balancer {
    pub(super) fn new(
        kernel: &Kernel,
        name: &str,
        spec: &Spec,
        links: &[u16],
        callers: Callers,
        paths: &[&str],
    ) -> Balancer {
        Balancer {
            name: name.to_owned(),
            groups: Groups::new(spec, links, paths),
            slow_start: slow_start(spec),
            time: spec.service_time.as_ref().map(demand::distribution),
            layer: spec.layer,
            ttl: spec.ttl,
            answers: Answers::default(),
            connection_time: spec.connection_time.as_ref().map(demand::distribution),
            connections: PerInstance::default(),
            retries: spec.retries.into(),
            per_try_timeout: spec.per_try_timeout,
            work: Salt::new(kernel.seed(), name, Purpose::Work),
            callers,
        }
    }

    pub(super) fn add(&mut self, kernel: &Kernel, instance: InstanceIndex, spec: &Spec) {
        for (number, group) in (ALL..).zip(self.groups.iter_mut()) {
            let chooser = chooser(kernel, instance, (&self.name, number), spec, group.in_use);
            group.choosers.insert(instance, chooser);
        }
    }

    pub(super) fn remove(&mut self, instance: InstanceIndex) {
        self.groups.iter_mut().for_each(|group| group.choosers.remove(instance));
        self.connections.remove(instance);
    }

    pub(super) fn reconfigure(&mut self, kernel: &mut Kernel, spec: &Spec, paths: &[&str]) {
        self.time = spec.service_time.as_ref().map(demand::distribution);
        self.connection_time = spec.connection_time.as_ref().map(demand::distribution);
        if std::mem::replace(&mut self.layer, spec.layer) != spec.layer {
            self.forget_connections();
            self.answers = Answers::default();
        }
        self.ttl = spec.ttl;
        self.groups.follow(spec, paths);
        self.slow_start = slow_start(spec);
        self.retries = spec.retries.into();
        self.per_try_timeout = spec.per_try_timeout;
        let instances = self.groups.instances();
        for (number, group) in (ALL..).zip(self.groups.iter_mut()) {
            for instance in &instances {
                match group.choosers.get_mut(*instance) {
                    Some(chooser) => {
                        chooser.reconfigure(kernel, *instance, spec.settings(), rules(spec, group.in_use));
                    }
                    None => {
                        let chooser = chooser(kernel, *instance, (&self.name, number), spec, group.in_use);
                        group.choosers.insert(*instance, chooser);
                    }
                }
            }
        }
        self.look_around(kernel);
    }

    /// Those that find out by themselves who is well notice now who has come; the others do when they choose.
    pub(super) fn look_around(&mut self, kernel: &mut Kernel) {
        for Group { behind, choosers, .. } in self.groups.iter_mut() {
            for (instance, chooser) in choosers.iter_mut().filter(|(_, chooser)| chooser.cares()) {
                chooser.refresh(kernel, instance, behind);
            }
        }
    }

    /// Other users, or at other addresses.
    pub(super) fn set_callers(&mut self, callers: &Callers) {
        self.callers = callers.clone();
    }

    pub(super) fn arrived(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit(id) else { return };
        if self.connection_time.is_none() && self.layer != Layer::Dns {
            match &self.time {
                Some(time) => kernel.delay_alone(id, time.draw(self.work.draw(visit.path))),
                None => self.pass_on(kernel, id),
            }
            return;
        }
        let visit = *visit;
        match self.time_for(kernel, &visit) {
            0 => self.pass_on(kernel, id),
            time => kernel.delay_alone(id, time),
        }
    }

    /// How long a call takes here, with what its connection takes if it is the first over it.
    #[inline(never)]
    fn time_for(&self, kernel: &Kernel, visit: &Visit) -> Nanos {
        let known = || {
            let connections = self.connections.get(visit.instance)?;
            Some(connections.knows(visit.pool, visit.connection?))
        };
        let asks =
            self.time.as_ref().filter(|_| self.layer != Layer::Dns || !self.is_answered(kernel, visit));
        let time = asks.map_or(0, |time| time.draw(self.work.draw(visit.path)));
        let first = || self.work.draw(visit.path.wrapping_add(1));
        let of_connection = self.connection_time.as_ref().filter(|_| known() != Some(true));
        time.saturating_add(of_connection.map_or(0, |time| time.draw(first())))
    }

    /// Whether a call's caller need not ask DNS: its connection is open, or it remembers an answer.
    fn is_answered(&self, kernel: &Kernel, visit: &Visit) -> bool {
        let passed = |connection| self.connections.get(visit.instance)?.passed(visit.pool, connection);
        visit.connection.and_then(passed).is_some()
            || self.answers.fresh(kernel.now(), self.callers.resolver(kernel, visit)).is_some()
    }

    /// Chooses, and passes the call on.
    pub(super) fn pass_on(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit(id).copied() else { return };
        if visit.operation == Operation::Probe {
            return finish(kernel, id, visit.instance, Outcome::Ok);
        }
        let whole = self.layer != Layer::L7 && visit.connection.is_some();
        if whole && self.goes_along(kernel, id, &visit) {
            return;
        }
        let carries = |text| self.callers.carries(kernel, &visit, text);
        let number = self.groups.number(visit.endpoint, carries);
        let Some(Group { behind, choosers, .. }) = self.groups.get_mut(number) else { return };
        let Some(chooser) = choosers.get_mut(visit.instance) else { return };
        chooser.refresh(kernel, visit.instance, behind);
        if let Some(window) = self.slow_start {
            chooser.let_start_slowly(kernel.now(), window);
        }
        let (address, user) =
            if chooser.asks_who() { self.callers.of_visit(kernel, &visit) } else { (0, None) };
        let request = match self.layer {
            Layer::L7 => Request { key: visit.key, address, user },
            // It sees ports, not what is asked for, nor cookies.
            Layer::L4 | Layer::Dns => Request { key: visit.path, address, user: None },
        };
        // None if its caller gave up before it was passed on.
        let attempt = if visit.position == GIVEN_UP { 0 } else { visit.position as u8 };
        let picked = if self.layer == Layer::Dns {
            let who = self.callers.resolver(kernel, &visit);
            look_up(chooser, (&mut self.answers, self.ttl), who, kernel.now())
        } else if attempt == 0 {
            chooser.pick(kernel.now(), &request)
        } else {
            chooser.pick_another(kernel.now(), &request, id)
        };
        let Some((to, link)) = picked else {
            chooser.forget(id);
            return finish(kernel, id, visit.instance, Outcome::Refused);
        };
        // Where DNS is not asked again in time, nobody may be there to open a connection to.
        let whole = whole && (self.layer == Layer::L4 || kernel.instance(to).life.is_working());
        if whole || self.connection_time.is_some() {
            self.open_connection(kernel, &visit, Passed { instance: to, link });
        }
        let (kind, timeout) = if whole { (PASS_ALONG, None) } else { (PASS_ON, self.per_try_timeout) };
        let step = kind + number * KINDS;
        pass_to(kernel, id, &visit, Passed { instance: to, link }, (step, attempt, timeout));
    }

    /// A call over a connection that is passed on as a whole goes where those before it went. Whether it did, or was
    /// refused because its server is no more.
    #[inline(never)]
    fn goes_along(&mut self, kernel: &mut Kernel, id: VisitId, visit: &Visit) -> bool {
        let (Some(connections), Some(connection)) =
            (self.connections.get_mut(visit.instance), visit.connection)
        else {
            return false;
        };
        let Some(passed) = connections.passed(visit.pool, connection) else { return false };
        if kernel.instance(passed.instance).life.is_working() {
            if let Some(chooser) = chooser_of_all(&mut self.groups, visit.instance) {
                chooser.goes_along(passed.instance);
            }
            pass_to(kernel, id, visit, passed, (PASS_ALONG, 0, None));
            return true;
        }
        self.reset(kernel, id, passed.instance);
        finish(kernel, id, visit.instance, Outcome::Refused);
        true
    }

    /// The server at the end of a call's connection is no more: the next call over it finds another.
    fn reset(&mut self, kernel: &Kernel, id: VisitId, server: InstanceIndex) {
        let Some(visit) = kernel.visit(id) else { return };
        let Some((connections, connection)) = self.connections.get_mut(visit.instance).zip(visit.connection)
        else {
            return;
        };
        if connections.passed(visit.pool, connection).is_some_and(|passed| passed.instance == server) {
            connections.cut(visit.pool, connection);
            if let Some(chooser) = chooser_of_all(&mut self.groups, visit.instance) {
                chooser.release(server);
            }
        }
    }

    /// Remembers a connection over which a call has come for the first time.
    #[inline(never)]
    fn open_connection(&mut self, kernel: &Kernel, visit: &Visit, to: Passed) {
        let Some(connection) = visit.connection else { return };
        let connections = self.connections.get_or_insert(visit.instance);
        if connections.knows(visit.pool, connection) {
            return;
        }
        let Some(chooser) = chooser_of_all(&mut self.groups, visit.instance) else { return };
        let to = (self.layer != Layer::L7 && kernel.instance(to.instance).life.is_working()).then_some(to);
        connections.open(kernel, (visit.pool, connection), to, |instance| chooser.release(instance));
    }

    /// Each connection is looked at anew.
    fn forget_connections(&mut self) {
        for (instance, connections) in self.connections.iter_mut() {
            if let Some(chooser) = chooser_of_all(&mut self.groups, instance) {
                connections.clear(|of| chooser.release(of));
            }
        }
    }

    #[inline(never)]
    pub(super) fn answered(&mut self, kernel: &mut Kernel, ended: &EndedCall) {
        let kind = ended.step % KINDS;
        if let Some(Group { behind, choosers, .. }) = self.groups.get_mut(ended.step / KINDS)
            && let Some(chooser) = choosers.get_mut(ended.from)
        {
            if kind == PROBE {
                return chooser.probed(kernel, ended, behind);
            }
            chooser.answered(kernel, ended, behind);
        }
        if kind == PASS_ALONG && !kernel.instance(ended.token).life.is_working() {
            self.reset(kernel, ended.caller, ended.token);
        }
        if ended.outcome != Outcome::Ok && self.tries_again(kernel, ended) {
            return self.pass_on(kernel, ended.caller);
        }
        if let Some(visit) = kernel.visit_mut(ended.caller) {
            visit.version = ended.version;
            if visit.position > 0
                && let Some(chooser) = chooser_of(&mut self.groups, ended)
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
        let Some(chooser) = chooser_of(&mut self.groups, ended) else { return false };
        let Some(visit) = kernel.visit_mut(ended.caller) else { return false };
        let again = self.layer == Layer::L7
            && visit.position < self.retries
            && visit.deadline > now
            && ended.outcome != Outcome::Cancelled;
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
        for Group { behind, choosers, .. } in self.groups.iter_mut() {
            if let Some(chooser) = choosers.get_mut(instance) {
                chooser.timer(kernel, instance, (token, number), behind);
            }
        }
    }

    /// Recounts what its pickers keep.
    ///
    /// # Panics
    /// If that does not add up.
    pub(super) fn validate(&self) {
        for instance in self.groups.instances() {
            for chooser in self.groups.choosers(instance) {
                let found = chooser.validate();
                assert_eq!(found, Ok(()), "the picker of instance {instance} of {}", self.name);
            }
            let Some(chooser) = self.groups.choosers(instance).next() else { continue };
            let Some(connections) = self.connections.get(instance) else { continue };
            for (candidate, in_flight) in chooser.counts() {
                let connections = connections.count(candidate);
                assert!(connections <= in_flight as usize, "{connections} connections to {candidate}");
            }
        }
    }

    /// What one instance of the balancer sees; keys are those of what takes no route of its own.
    pub(super) fn outlook(&self, kernel: &Kernel, instance: InstanceIndex, places: usize) -> Option<Outlook> {
        let in_use = || self.groups.iter().filter(|group| group.in_use);
        let seen = || in_use().filter_map(|group| Some((group, group.choosers.get(instance)?)));
        let mut known: Vec<Known> = Vec::new();
        for (group, chooser) in seen() {
            let newcomers = chooser.not_listed(kernel, &group.behind);
            for of in chooser.known(kernel.now(), self.slow_start).into_iter().chain(newcomers) {
                // One that is in several groups gets the calls of all.
                match known.iter_mut().find(|known| known.instance == of.instance) {
                    Some(known) => {
                        known.in_flight += of.in_flight;
                        known.given += of.given;
                    }
                    None => known.push(of),
                }
            }
        }
        let owners = seen().next()?.1.owners(places);
        Some(Outlook { known, panics: seen().any(|(_, chooser)| chooser.panics()), owners })
    }

    /// Calls under way, as one instance of the balancer counts them.
    pub(super) fn in_flight(&self, instance: InstanceIndex) -> u32 {
        self.groups.choosers(instance).map(Chooser::in_flight).sum()
    }
}

/// Where a call goes whose caller asks DNS, or remembers what that said.
#[inline(never)]
fn look_up(
    chooser: &mut Chooser,
    (answers, ttl): (&mut Answers, Nanos),
    who: User,
    now: Time,
) -> Option<(InstanceIndex, u16)> {
    if let Some(Answer { address, to, .. }) = answers.fresh(now, who) {
        return Some(chooser.at(address, to.instance).unwrap_or((to.instance, to.link)));
    }
    let (address, (instance, link)) = chooser.answer(now)?;
    let until = now.saturating_add(ttl);
    answers.remember(who, Answer { address, to: Passed { instance, link }, until });
    Some((instance, link))
}

/// What a new instance knows of a group.
fn chooser(
    kernel: &Kernel,
    instance: InstanceIndex,
    (name, group): (&str, u16),
    spec: &Spec,
    in_use: bool,
) -> Chooser {
    let slot = kernel.instance(instance).slot | u32::from(group) << 16;
    let luck = Stream::new(kernel.seed(), name, Purpose::Choice, slot);
    Chooser::new(kernel.now(), spec.settings(), luck, rules(spec, in_use), (hash_name(name), group))
}

/// By what a group is judged: one that gets no requests is not.
fn rules(spec: &Spec, in_use: bool) -> Option<Rules> {
    if in_use { Rules::of(spec) } else { None }
}

/// What counts connections: where they are passed on as a whole, there are no routes.
fn chooser_of_all(groups: &mut Groups, instance: InstanceIndex) -> Option<&mut Chooser> {
    groups.get_mut(ALL)?.choosers.get_mut(instance)
}

/// What chose the server of a call that has ended.
fn chooser_of<'a>(groups: &'a mut Groups, ended: &EndedCall) -> Option<&'a mut Chooser> {
    groups.get_mut(ended.step / KINDS)?.choosers.get_mut(ended.from)
}

/// Passes a call on.
#[inline]
fn pass_to(
    kernel: &mut Kernel,
    id: VisitId,
    visit: &Visit,
    to: Passed,
    (step, attempt, timeout): (u16, u8, Option<Nanos>),
) {
    let call = kernel.call(&NewCall {
        from: visit.instance,
        caller: id,
        link: to.link,
        to: Some(to.instance),
        path: child_path(visit.path, PASS_ON, attempt),
        root: visit.root,
        parent: visit.path,
        key: visit.key,
        size: visit.size,
        version: visit.version,
        operation: visit.operation,
        endpoint: visit.endpoint,
        priority: visit.priority,
        attempt,
        step,
        token: to.instance,
        timeout,
        deadline: visit.deadline,
        depth: visit.depth + 1,
    });
    if let Some(visit) = kernel.visit_mut(id) {
        visit.open_call = call;
    }
}

/// Answers a visit that was not passed on.
fn finish(kernel: &mut Kernel, id: VisitId, instance: InstanceIndex, outcome: Outcome) {
    kernel.finish(id, outcome, Lookup::None);
    kernel.let_go_if_empty(instance);
}
