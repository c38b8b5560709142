//! What a read of a cache comes to, and what becomes of a value that is put in.
//!
//! - Waiting (request coalescing, as nginx' `proxy_cache_lock` and Varnish's waiting list): of those who miss a key at
//!   one time, one loads it.
//! - Grace (RFC 5861 stale-while-revalidate, Varnish's grace): an entry that has ended is still given out while one
//!   reader loads it; with a node behind the cache that is done in the background.
//! - stale-if-error (RFC 5861, nginx' `proxy_cache_use_stale error timeout`): when loading an entry anew fails, those who
//!   asked for it get the copy there is, if it has ended not too long ago. They are misses all the same: the node behind
//!   was asked.
//! - XFetch (Vattani, Chierichetti, Lowenstein, VLDB 2015): a reader loads early if `-load_time * beta * ln(u)` reaches
//!   what is left of the entry's life.
//! - Refresh-ahead (Caffeine's `refreshAfterWrite`): begun by a read, in the background, one at a time for a key.
//!
//! What is known not to exist is never given out beyond its end. RFC 5861 stays silent on when staleness is measured: here
//! when the answer leaves.
//!
//! Left out: Caffeine and Varnish load in threads that have a limit; here a load begins at once.

use super::{Answer, Cache, Shelf, finish, judge, position, tell_evicted};
use crate::engine::cache::{Entry, Lookup as Found};
use crate::scenario::{OnMiss, RaceGuard};
use crate::sim::call::{Visit, VisitId};
use crate::sim::kernel::Kernel;
use crate::sim::random::unit;
use crate::sim::record::{InstanceIndex, Lookup, NoteKind, Outcome};
use crate::sim::time::{Nanos, Time, seconds};
use crate::sim::truth::{ABSENT, FIRST, UNWRITTEN};

/// A value that is put in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) key: u64,
    pub(super) size: u32,
    pub(super) version: u32,
    /// The request that brought it.
    pub(super) root: u64,
}

impl Value {
    pub(super) fn of(visit: &Visit, version: u32) -> Value {
        Value { key: visit.key, size: visit.size, version, root: visit.root }
    }
}

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Yes,
    /// There is nothing to store, or nobody remembers that.
    Nothing,
    /// The guard against races did not take it.
    Refused,
}

impl Cache {
    #[inline]
    pub(super) fn read(&mut self, kernel: &mut Kernel, visit: &Visit) -> Answer {
        let now = kernel.now();
        if self.spares
            && let Some(answer) = self.read_ended(kernel, visit)
        {
            return answer;
        }
        let Some(shelf) = self.shelves.get_mut(visit.instance) else {
            return Answer::Now(Lookup::Miss, FIRST);
        };
        match shelf.engine.get(now, visit.key) {
            Found::Hit { version, age, .. } if self.plain => hit(kernel, visit, version, age),
            Found::Hit { version, age, .. } => self.hit(kernel, visit, version, age),
            Found::Miss => self.missed(kernel, visit),
            Found::Expired { age } => {
                kernel.note(visit.instance, NoteKind::Expired, visit.key, age);
                self.missed(kernel, visit)
            }
        }
    }

    /// A hit that may have more to it: its entry lives on, or is loaded anew.
    #[inline(never)]
    fn hit(&mut self, kernel: &mut Kernel, visit: &Visit, mark: u64, age: Nanos) -> Answer {
        let now = kernel.now();
        let version = mark as u32;
        if let Some(idle) = self.spec.idle_ttl {
            let end = self.end_of(visit.key, now - age, version).min(now.saturating_add(idle));
            if let Some(shelf) = self.shelves.get_mut(visit.instance) {
                shelf.engine.expire_at(visit.key, end);
            }
        }
        let is_loading = self.is_loading(now, visit);
        if self.spec.refresh_after.is_some_and(|after| age >= after) && !is_loading {
            self.refresh(kernel, visit);
        }
        let waits = self.spec.on_miss == OnMiss::Wait && is_loading;
        if !waits && self.is_early(now, visit, mark) {
            return self.load(kernel, visit);
        }
        hit(kernel, visit, version.into(), age)
    }

    /// Whether this reader loads an entry before its end.
    fn is_early(&self, now: Time, visit: &Visit, mark: u64) -> bool {
        let Some(beta) = self.spec.xfetch_beta else { return false };
        let entry = self.engine(visit.instance).and_then(|engine| engine.peek(visit.key));
        let Some(entry) = entry.filter(|entry| entry.expires_at < Time::MAX) else { return false };
        let lead = -load_time(mark) * beta * libm::log(unit(self.luck.draw(visit.path)));
        lead >= seconds(entry.expires_at.saturating_sub(now))
    }

    /// An entry that has ended and may still be given out: at once in its grace, else only if loading it fails.
    fn read_ended(&mut self, kernel: &mut Kernel, visit: &Visit) -> Option<Answer> {
        let now = kernel.now();
        let entry = self.engine(visit.instance)?.peek(visit.key)?;
        let late = now.checked_sub(entry.expires_at)?;
        // What is known not to exist is asked for again at once.
        if entry.version as u32 == ABSENT {
            return None;
        }
        let in_grace = self.spec.grace.is_some_and(|grace| late < grace);
        if !in_grace && self.spec.stale_if_error.is_none_or(|longest| late > longest) {
            return None;
        }
        let age = now - entry.stored_at;
        let is_loading = self.is_loading(now, visit);
        if !is_loading {
            kernel.note(visit.instance, NoteKind::Expired, visit.key, age);
        }
        if !in_grace {
            return Some(self.missed(kernel, visit));
        }
        if !is_loading {
            if self.link.is_none() {
                return Some(self.load(kernel, visit));
            }
            self.refresh(kernel, visit);
        }
        Some(hit(kernel, visit, entry.version, age))
    }

    /// Ends a visit whose load has failed: with the copy there is, if that may be given out, else with an error.
    pub(super) fn finish_failed(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit(id).copied() else { return };
        let Some((version, late)) = self.spared(kernel.now(), &visit) else {
            return finish(kernel, id, Outcome::Error);
        };
        judge(kernel, &visit, version);
        kernel.note(visit.instance, NoteKind::ServedOnError, visit.key, late);
        if let Some(visit) = kernel.visit_mut(id) {
            (visit.lookup, visit.version) = (Lookup::Miss, version);
        }
        finish(kernel, id, Outcome::Ok);
    }

    /// The version to give out where loading failed, and for how long it has ended.
    fn spared(&self, now: Time, visit: &Visit) -> Option<(u32, Nanos)> {
        let longest = self.spec.stale_if_error?;
        let entry = self.engine(visit.instance)?.peek(visit.key)?;
        let (version, late) = (entry.version as u32, now.saturating_sub(entry.expires_at));
        (late <= longest && version != ABSENT).then_some((version, late))
    }

    fn is_loading(&mut self, now: Time, visit: &Visit) -> bool {
        let shelf = self.shelves.get_mut(visit.instance);
        shelf.is_some_and(|shelf| shelf.loads.since(now, visit.key).is_some())
    }

    #[inline]
    fn missed(&mut self, kernel: &mut Kernel, visit: &Visit) -> Answer {
        if self.plain && !self.follows_loads {
            return Answer::Now(Lookup::Miss, FIRST);
        }
        let now = kernel.now();
        if let Some(shelf) = self.shelves.get(visit.instance)
            && shelf.buffer.holds(visit.key)
        {
            return Answer::Now(Lookup::Hit, UNWRITTEN);
        }
        if self.spec.on_miss == OnMiss::Wait && self.is_loading(now, visit) {
            return Answer::Wait;
        }
        self.load(kernel, visit)
    }

    /// This reader loads the key.
    fn load(&mut self, kernel: &Kernel, visit: &Visit) -> Answer {
        let now = kernel.now();
        let Some(shelf) = self.shelves.get_mut(visit.instance) else {
            return Answer::Now(Lookup::Miss, FIRST);
        };
        shelf.guard.missed(now, visit.key, visit.root);
        shelf.loads.begin(now, visit.key);
        if self.link.is_some() { Answer::Ask } else { Answer::Now(Lookup::Miss, FIRST) }
    }

    /// Whoever waited for somebody else's load loads the key itself.
    /// Whether it still waited.
    pub(super) fn load_instead(&mut self, kernel: &mut Kernel, id: VisitId) -> bool {
        let waits = |visit: &&Visit| visit.position == position::WAITING;
        let Some(visit) = kernel.visit(id).filter(waits).copied() else { return false };
        let Some(shelf) = self.shelves.get_mut(visit.instance) else { return false };
        shelf.loads.begin_anew(kernel.now(), visit.key);
        let answer = self.load_again(kernel, &visit);
        if let Some(visit) = kernel.visit_mut(id) {
            visit.lookup = Lookup::Miss;
            visit.version = FIRST;
        }
        if answer == Answer::Ask {
            self.ask(kernel, id);
        } else {
            finish(kernel, id, Outcome::Ok);
        }
        true
    }

    fn load_again(&mut self, kernel: &Kernel, visit: &Visit) -> Answer {
        if let Some(shelf) = self.shelves.get_mut(visit.instance) {
            shelf.guard.missed(kernel.now(), visit.key, visit.root);
        }
        if self.link.is_some() { Answer::Ask } else { Answer::Now(Lookup::Miss, FIRST) }
    }

    /// A value comes from somebody who missed, or who wrote it.
    pub(super) fn filled(&mut self, kernel: &mut Kernel, visit: &Visit) {
        let value = Value::of(visit, visit.version);
        if self.follows_loads {
            self.load_done(kernel, visit.instance, value, true);
        } else {
            self.store(kernel, visit.instance, value);
        }
    }

    /// Stores a value, unless the guard against races refuses it.
    pub(super) fn store(&mut self, kernel: &mut Kernel, instance: InstanceIndex, value: Value) -> Stored {
        let (now, Value { key, size, version, root }) = (kernel.now(), value);
        let end = if self.plain { Time::MAX } else { self.first_end_of(key, now, version) };
        let Some(shelf) = self.shelves.get_mut(instance) else { return Stored::Nothing };
        if version == ABSENT && self.spec.negative_ttl.is_none() {
            return Stored::Nothing;
        }
        if self.spec.race_guard != RaceGuard::None && !shelf.takes(now, key, root, version) {
            kernel.note(instance, NoteKind::FillRefused, key, u64::from(version));
            return Stored::Refused;
        }
        let took = if self.plain { 0 } else { shelf.load_time(now, key) };
        shelf.engine.put(now, key, u64::from(size), mark(version, took), &mut self.evicted);
        if !self.plain {
            shelf.engine.expire_at(key, end);
        }
        tell_evicted(kernel, instance, &mut self.evicted);
        Stored::Yes
    }

    /// When a value ends that is stored now and not read.
    fn first_end_of(&self, key: u64, now: Time, version: u32) -> Time {
        let idle = self.spec.idle_ttl.map_or(Time::MAX, |idle| now.saturating_add(idle));
        self.end_of(key, now, version).min(idle)
    }

    /// A load is over: those who wait for it are answered, or one of them loads if its value was refused.
    pub(super) fn loaded(
        &mut self,
        kernel: &mut Kernel,
        instance: InstanceIndex,
        value: Value,
        stored: Stored,
    ) {
        let Some(shelf) = self.shelves.get_mut(instance) else { return };
        shelf.loads.end(value.key);
        if stored == Stored::Refused {
            while let Some(next) = self.next_waiting(instance, value.key) {
                if self.load_instead(kernel, next) {
                    return;
                }
            }
            return;
        }
        while let Some(waiting) = self.next_waiting(instance, value.key) {
            let waits = |visit: &&mut Visit| visit.position == position::WAITING;
            let Some(visit) = kernel.visit_mut(waiting).filter(waits) else { continue };
            visit.lookup = Lookup::Hit;
            visit.version = value.version;
            let (visit, waited) = (*visit, kernel.now());
            judge(kernel, &visit, value.version);
            kernel.note(instance, NoteKind::Coalesced, value.key, waited - visit.arrived);
            finish(kernel, waiting, Outcome::Ok);
        }
    }

    pub(super) fn next_waiting(&mut self, instance: InstanceIndex, key: u64) -> Option<VisitId> {
        self.shelves.get_mut(instance)?.loads.next_waiting(key)
    }
}

impl Shelf {
    /// How long the load took that is over now; of one that somebody else was quicker with, what theirs took.
    fn load_time(&mut self, now: Time, key: u64) -> Nanos {
        let former = |entry: Entry| (entry.version >> 32) * 1_000;
        self.loads.since(now, key).or_else(|| self.engine.peek(key).map(former)).unwrap_or(0)
    }

    /// Counts a load that is over. One that brings what is there already came second; one that is not awaited and
    /// brings a newer value is a write.
    pub(super) fn count_load(&mut self, kernel: &mut Kernel, instance: InstanceIndex, value: &Value) {
        if let Some(took) = self.loads.since(kernel.now(), value.key) {
            kernel.note(instance, NoteKind::Loaded, value.key, took);
        } else if self.engine.peek(value.key).is_some_and(|entry| entry.version as u32 == value.version) {
            kernel.note(instance, NoteKind::DuplicateLoad, value.key, 0);
        }
    }

    fn takes(&mut self, now: Time, key: u64, root: u64, version: u32) -> bool {
        let known = |version: u32| if version == ABSENT { FIRST } else { version };
        let stored = self.engine.peek(key).map(|entry| u64::from(known(entry.version as u32)));
        self.guard.takes(now, key, root, known(version), stored)
    }
}

/// A hit that is answered with what is stored.
#[inline]
fn hit(kernel: &mut Kernel, visit: &Visit, mark: u64, _age: Nanos) -> Answer {
    let version = mark as u32;
    judge(kernel, visit, version);
    Answer::Now(Lookup::Hit, version)
}

/// What the engine keeps as the version: ours, and above it how long the load took, in microseconds.
fn mark(version: u32, took: Nanos) -> u64 {
    let micros = u32::try_from(took / 1_000).unwrap_or(u32::MAX);
    u64::from(micros) << 32 | u64::from(version)
}

/// How long the load of an entry took, in seconds.
fn load_time(mark: u64) -> f64 {
    (mark >> 32) as f64 / 1e6
}
