//! A cache node: looks keys up, stores and forgets them in the [`engine`](crate::engine::cache), and answers after
//! its latency. What it does to its entries happens when the request arrives.
//!
//! [`reading`] what a read comes to; [`loads`] who loads which key and who waits for that; [`guard`] against old values
//! that come back; [`upstream`] what it asks of the node behind it; [`behind`] writes that wait to be written.

mod behind;
mod guard;
mod loads;
mod reading;
mod upstream;

use super::per_instance::PerInstance;
use crate::engine::cache::{Cache as Engine, Capacity, Settings};
use crate::scenario::{Cache as Spec, Expiry, OnMiss, RaceGuard, Removal, Writes};
use crate::sim::call::{Visit, VisitId};
use crate::sim::kernel::Kernel;
use crate::sim::random::{Purpose, Salt, below, combine, unit};
use crate::sim::record::{InstanceIndex, Lookup, NoteKind, Operation, Outcome};
use crate::sim::time::{MILLISECOND, Nanos, Time};
use crate::sim::truth::{ABSENT, FIRST, UNWRITTEN};
use behind::Buffer;
use guard::Guard;
use loads::Loads;
use upstream::Errands;

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    spec: Box<Spec>,
    /// A read comes to nothing but a hit or a miss.
    plain: bool,
    /// What has ended may still be given out.
    spares: bool,
    /// Loads are followed: entries end, so that many may load one key at a time.
    follows_loads: bool,
    /// The link to the node behind it.
    link: Option<u16>,
    luck: Salt,
    /// What an instance's engine draws from, by its slot.
    evictions: Salt,
    /// How many times longer it takes, in millionths: 1,000,000 at full speed.
    slow_down: u64,
    shelves: PerInstance<Shelf>,
    evicted: Vec<u64>,
    ended: Vec<(u64, Time)>,
    /// Tells timers of the present settings from earlier ones.
    plan: u32,
}

/// What one instance keeps.
#[derive(Clone, Debug)]
struct Shelf {
    engine: Engine,
    guard: Guard,
    loads: Loads,
    buffer: Buffer,
    errands: Errands,
}

/// What a request comes to when it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// An answer with a version.
    Now(Lookup, u32),
    /// The node behind is asked.
    Ask,
    /// It waits for a load that somebody else began.
    Wait,
}

/// Where a visit is, in [`Visit::position`].
mod position {
    /// It is answered after the latency.
    pub(super) const ANSWERED: u16 = 0;
    /// The node behind is asked after the latency.
    pub(super) const TO_ASK: u16 = 1;
    /// The node behind has been asked.
    pub(super) const ASKED: u16 = 2;
    /// It waits for somebody else's load.
    pub(super) const WAITING: u16 = 3;
}

const FULL: u64 = 1_000_000;

/// Timers of a cache, by their token.
const FLUSH: u32 = 0;
const SWEEP: u32 = 1;

/// Ten times a second, as Redis' `hz`.
const SWEEP_INTERVAL: Nanos = 100 * MILLISECOND;

impl Cache {
    pub(super) fn new(kernel: &Kernel, name: &str, spec: &Spec, link: Option<u16>) -> Cache {
        Cache {
            plain: is_plain(spec),
            spares: longest_spared(spec).is_some(),
            follows_loads: spec.follows_loads(),
            spec: Box::new(spec.clone()),
            link,
            luck: Salt::new(kernel.seed(), name, Purpose::Refresh),
            evictions: Salt::new(kernel.seed(), name, Purpose::Eviction),
            slow_down: FULL,
            shelves: PerInstance::default(),
            evicted: Vec::new(),
            ended: Vec::new(),
            plan: 0,
        }
    }

    pub(super) fn add(&mut self, kernel: &mut Kernel, instance: InstanceIndex) {
        let seed = self.evictions.draw(kernel.instance(instance).slot.into());
        self.shelves.insert(
            instance,
            Shelf {
                engine: Engine::with_seed(settings(&self.spec), seed),
                guard: Guard::new(self.spec.race_guard),
                loads: Loads::new(self.spec.wait_timeout),
                buffer: Buffer::default(),
                errands: Errands::default(),
            },
        );
        self.set_timers(kernel, instance);
    }

    /// Forgets an instance; what it had not written is lost.
    pub(super) fn remove(&mut self, kernel: &mut Kernel, instance: InstanceIndex) {
        let lost = self.shelves.get(instance).map_or(0, |shelf| shelf.buffer.writes());
        if lost > 0 {
            kernel.note(instance, NoteKind::WritesLost, lost, 0);
        }
        self.shelves.remove(instance);
    }

    pub(super) fn engine(&self, instance: InstanceIndex) -> Option<&Engine> {
        self.shelves.get(instance).map(|shelf| &shelf.engine)
    }

    /// Writes of an instance that were answered and not yet written.
    pub(super) fn buffered(&self, instance: InstanceIndex) -> u64 {
        self.shelves.get(instance).map_or(0, |shelf| shelf.buffer.writes())
    }

    /// Room in entries or bytes, as set.
    pub(super) fn room(&self) -> u64 {
        match self.spec.room() {
            Capacity::Entries(most) | Capacity::Bytes(most) => most,
        }
    }

    /// The keys that stay longest first, at most `limit`.
    pub(super) fn keys_to_keep(&self, instance: InstanceIndex, limit: usize) -> Vec<u64> {
        self.engine(instance).map_or(Vec::new(), |engine| engine.in_keeping_order(limit).collect())
    }

    /// So many times slower from now on; 1 is full speed.
    pub(super) fn slow(&mut self, factor: f64) {
        self.slow_down = (factor * FULL as f64 + 0.5) as u64;
    }

    pub(super) fn reconfigure(&mut self, kernel: &mut Kernel, spec: &Spec) {
        let old = std::mem::replace(&mut *self.spec, spec.clone());
        self.plain = is_plain(spec);
        self.spares = longest_spared(spec).is_some();
        self.follows_loads = spec.follows_loads();
        self.plan = self.plan.wrapping_add(1);
        let changed = settings(&old) != settings(spec);
        let mut instances = Vec::new();
        for (instance, shelf) in self.shelves.iter_mut() {
            shelf.guard.set_kind(spec.race_guard);
            shelf.loads.set_timeout(spec.wait_timeout);
            if changed {
                shelf.engine.reconfigure(settings(spec), &mut self.evicted);
                tell_evicted(kernel, instance, &mut self.evicted);
            }
            instances.push(instance);
        }
        for instance in instances {
            self.set_timers(kernel, instance);
        }
    }

    pub(super) fn flush(&mut self, kernel: &mut Kernel, instance: InstanceIndex) {
        if let Some(shelf) = self.shelves.get_mut(instance) {
            let count = shelf.engine.flush();
            kernel.note(instance, NoteKind::Flushed, count, 0);
        }
    }

    /// Removes all entries that carry a tag, or ends them, which leaves them to be given out in their grace or when loading
    /// them fails. A value that somebody asked for before is not wanted any more either way. O(entries).
    pub(super) fn purge(&mut self, kernel: &mut Kernel, instance: InstanceIndex, tag: u64, soft: bool) {
        let (Some(tags), Some(shelf)) = (self.spec.tags, self.shelves.get_mut(instance)) else { return };
        let now = kernel.now();
        let tagged: Vec<u64> =
            shelf.engine.in_eviction_order(usize::MAX).filter(|key| key % tags == tag).collect();
        let mut count = 0;
        for key in tagged {
            count += u64::from(if soft { shelf.engine.end(now, key) } else { shelf.engine.delete(key) });
            shelf.guard.removed(now, key, kernel.truth().version(key));
        }
        let kind = if soft { NoteKind::MarkedStale } else { NoteKind::Purged };
        kernel.note(instance, kind, count, tag);
    }

    pub(super) fn arrived(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit(id).copied() else { return };
        let answer = match visit.operation {
            Operation::Read => self.read(kernel, &visit),
            Operation::Fill => {
                self.filled(kernel, &visit);
                Answer::Now(Lookup::None, visit.version)
            }
            Operation::Write => self.write(kernel, &visit),
            Operation::Delete => {
                self.delete(kernel, visit.instance, visit.key, visit.version);
                Answer::Now(Lookup::None, visit.version)
            }
            Operation::Probe => Answer::Now(Lookup::None, visit.version),
        };
        self.settle(kernel, id, answer);
    }

    fn delete(&mut self, kernel: &mut Kernel, instance: InstanceIndex, key: u64, version: u32) {
        if self.spec.removes == Removal::Tag
            && let Some(tags) = self.spec.tags
        {
            self.purge(kernel, instance, key % tags, false);
        }
        if let Some(shelf) = self.shelves.get_mut(instance) {
            shelf.engine.delete(key);
            shelf.guard.removed(kernel.now(), key, version);
        }
    }

    #[inline]
    fn settle(&mut self, kernel: &mut Kernel, id: VisitId, answer: Answer) {
        let Some(visit) = kernel.visit_mut(id) else { return };
        match answer {
            Answer::Now(lookup, version) => (visit.lookup, visit.version) = (lookup, version),
            Answer::Ask => visit.position = position::TO_ASK,
            Answer::Wait => {
                visit.position = position::WAITING;
                let (key, instance) = (visit.key, visit.instance);
                if let Some(shelf) = self.shelves.get_mut(instance) {
                    shelf.loads.wait(key, id);
                }
                return kernel.delay(id, self.spec.wait_timeout);
            }
        }
        match self.delay() {
            0 => self.delayed(kernel, id),
            delay => kernel.delay(id, delay),
        }
    }

    /// A visit's latency is over, or it has waited long enough for somebody else's load.
    pub(super) fn delayed(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit(id) else { return };
        match visit.position {
            position::ANSWERED => {
                let (instance, lookup) = (visit.instance, visit.lookup);
                kernel.finish(id, Outcome::Ok, lookup);
                kernel.let_go_if_empty(instance);
            }
            position::TO_ASK => self.ask(kernel, id),
            position::WAITING => {
                let (key, instance) = (visit.key, visit.instance);
                if let Some(shelf) = self.shelves.get_mut(instance) {
                    shelf.loads.leave(key, id);
                }
                self.load_instead(kernel, id);
            }
            // The delay of a time when it waited; it was answered, or asks by now.
            _ => {}
        }
    }

    pub(super) fn timer(&mut self, kernel: &mut Kernel, instance: InstanceIndex, token: u32, number: u32) {
        if number != self.plan || self.shelves.get(instance).is_none() {
            return;
        }
        if token == FLUSH {
            self.flush_buffer(kernel, instance);
        } else {
            self.sweep(kernel, instance);
        }
        self.set_timer(kernel, instance, token);
    }

    fn set_timers(&self, kernel: &mut Kernel, instance: InstanceIndex) {
        self.set_timer(kernel, instance, FLUSH);
        self.set_timer(kernel, instance, SWEEP);
    }

    /// Asks for the next time of something that is done again and again.
    fn set_timer(&self, kernel: &mut Kernel, instance: InstanceIndex, token: u32) {
        let interval = if token == FLUSH {
            // Another way of writing may be set while writes still wait.
            let waits = self.shelves.get(instance).is_some_and(|shelf| shelf.buffer.writes() > 0);
            (self.writes_behind() || waits).then_some(self.spec.buffer.flush_interval)
        } else {
            (self.spec.expiry == Expiry::Active).then_some(SWEEP_INTERVAL)
        };
        if let Some(interval) = interval {
            kernel.set_timer(kernel.now().saturating_add(interval), instance, token, self.plan);
        }
    }

    fn writes_behind(&self) -> bool {
        self.link.is_some() && self.spec.writes == Writes::Behind
    }

    fn sweep(&mut self, kernel: &mut Kernel, instance: InstanceIndex) {
        let Some(shelf) = self.shelves.get_mut(instance) else { return };
        let (now, luck) = (kernel.now(), self.luck);
        // What may still be given out is not over.
        let Some(over) = now.checked_sub(longest_spared(&self.spec).unwrap_or(0)) else { return };
        let mut drawn = 0;
        let mut draw = |bound| {
            drawn += 1;
            below(luck.draw(combine(now, drawn)), bound)
        };
        shelf.engine.sweep(over, &mut draw, &mut self.ended);
        for (key, age) in self.ended.drain(..) {
            kernel.note(instance, NoteKind::Expired, key, age);
        }
    }

    fn delay(&self) -> Nanos {
        if self.slow_down == FULL {
            return self.spec.latency;
        }
        (u128::from(self.spec.latency) * u128::from(self.slow_down) / u128::from(FULL)) as Nanos
    }

    /// When a value that was stored at a time ends, however often it is read.
    fn end_of(&self, key: u64, stored_at: Time, version: u32) -> Time {
        let ttl = if version == ABSENT { self.spec.negative_ttl } else { self.spec.ttl };
        let Some(ttl) = ttl else { return Time::MAX };
        let moved = if self.spec.ttl_jitter > 0.0 {
            let luck = 2.0 * unit(self.luck.draw(combine(key, stored_at))) - 1.0;
            (ttl as f64 * (1.0 + self.spec.ttl_jitter * luck)) as Nanos
        } else {
            ttl
        };
        stored_at.saturating_add(moved)
    }

    /// Recounts what is stored and what waits to be written.
    pub(super) fn validate(&self) {
        for (_, shelf) in self.shelves.iter() {
            assert_eq!(shelf.engine.validate(), Ok(()));
            shelf.buffer.validate(shelf.errands.flushes());
        }
    }
}

/// Whether reads come to nothing but a hit or a miss, and stored values need no thought.
fn is_plain(spec: &Spec) -> bool {
    spec.to.is_none()
        && spec.on_miss == OnMiss::Load
        && spec.ttl_jitter == 0.0
        && [spec.idle_ttl, spec.negative_ttl, longest_spared(spec), spec.refresh_after]
            .iter()
            .all(Option::is_none)
        && spec.xfetch_beta.is_none()
        && spec.race_guard == RaceGuard::None
}

/// For how long beyond its end an entry may be given out, if it may: in its grace, or when loading it fails.
fn longest_spared(spec: &Spec) -> Option<Nanos> {
    spec.grace.max(spec.stale_if_error)
}

fn settings(spec: &Spec) -> Settings {
    Settings { policy: spec.policy, capacity: spec.room(), ttl: spec.ttl }
}

fn tell_evicted(kernel: &mut Kernel, instance: InstanceIndex, evicted: &mut Vec<u64>) {
    for key in evicted.drain(..) {
        kernel.note(instance, NoteKind::Evicted, key, 0);
    }
}

/// Answers a visit with what it has found so far.
#[inline(never)]
fn finish(kernel: &mut Kernel, id: VisitId, outcome: Outcome) {
    let Some(visit) = kernel.visit(id) else { return };
    let (instance, lookup) = (visit.instance, visit.lookup);
    kernel.finish(id, outcome, lookup);
    kernel.let_go_if_empty(instance);
}

/// Tells of a read that is answered with a value older than the committed one.
#[inline]
fn judge(kernel: &mut Kernel, visit: &Visit, version: u32) {
    let version = if version == ABSENT { FIRST } else { version };
    if version != UNWRITTEN
        && let Some(age) = kernel.truth().stale_for(kernel.now(), visit.key, version)
    {
        kernel.note(visit.instance, NoteKind::StaleRead, visit.key, age);
    }
}
