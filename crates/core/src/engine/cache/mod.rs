//! A cache: what stays when there is no room for all.
//!
//! An entry store (slab and hash index of our own) under one of several eviction policies, each in its own file
//! behind [`Policy`]; capacity in entries or bytes; time to live per entry, checked at lookup.
//!
//! Beside it what measures caches: [`Replay`] feeds a recorded stream of accesses to one, [`Belady`] is the optimum to
//! compare with, [`StackDistances`] gives the misses of LRU at every capacity in one pass, [`Shards`] from a sample.
//!
//! - An entry is served while `now < stored + ttl` (RFC 9111 calls a response fresh while its lifetime is *greater*
//!   than its age). Expired entries are found at lookup, as in memcached and Redis without its background sweep: until
//!   then they take up room and are evicted like any other.
//! - Replacing the value of a stored key counts as a use. A value larger than the whole cache is not stored, and an
//!   older value under its key goes too, as in memcached: serving it would be serving stale data.
//!
//! - Policies with a memory keep keys whose values have left (ghosts). They take up no room, and no more of them are kept
//!   than the policy's description says.
//! - Chance, where a policy has it, comes from a seed and belongs to the cache.
//!
//! Costs: every operation O(1) (O(log entries) for GDSF, LFUDA and LRU-K), plus O(evicted) when larger values need more
//! room; no allocation on a hit, none at all once the cache and its ghosts have been full. 80 to 96 bytes per entry or
//! ghost, which is also what a clone copies. (Sharing pages between clones was tried: it slows every request by a third,
//! and as requests fall all over the store, no page stays shared for long.)
//!
//! Left out: memory overhead per entry of a real product, slab classes.

mod arc;
mod belady;
mod clock;
mod expiry;
mod fifo;
mod gdsf;
mod heap;
pub(in crate::engine) mod index;
mod lfu;
mod lirs;
mod lists;
mod lru;
mod lru_k;
mod luck;
#[cfg(test)]
mod measuring_tests;
mod mru;
mod policy;
mod queues;
mod random;
mod recency;
mod redis;
mod replay;
mod s3_fifo;
mod shards;
mod sieve;
mod sketch;
mod slru;
mod stack_distance;
mod steps;
mod store;
#[cfg(test)]
mod tests;
mod two_q;
mod w_tiny_lfu;

pub use belady::{Belady, Future, LONGEST_FUTURE, TooLong};
pub use policy::Policy;
pub use queues::Queue;
pub use replay::{Access, Counts, MOST_WINDOWS, Operation, Replay, Window};
pub use shards::{Sample, Shards};
pub use stack_distance::StackDistances;
pub use steps::{MOST_STEPS, Place, Step};
pub use store::Entry;

use super::{Nanos, Time};
use lists::NOWHERE;
use policy::{Arrival, Eviction, Handle, State};
use store::Store;

/// Most entries a cache holds, whatever its capacity in bytes: beyond it the policy evicts. Keeps a scenario with
/// tiny values from filling the machine.
pub const MOST_ENTRIES: u64 = 4_000_000;

/// Most bytes a cache holds, so that sums of sizes never overflow: 4 EiB.
const MOST_BYTES: u64 = 1 << 62;

/// How large a cache is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// At most so many entries, whatever their size.
    Entries(u64),
    /// At most so many bytes of values, however many.
    Bytes(u64),
}

/// What can be set on a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which entry leaves when the cache is full.
    pub policy: Policy,
    /// How large the cache is. Of capacity 0 it stores nothing.
    pub capacity: Capacity,
    /// How long an entry is served, in ns; `None` for ever. Of 0 it is never served.
    pub ttl: Option<Nanos>,
}

/// What a lookup found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The key is stored and fresh.
    Hit {
        /// Which version of the value.
        version: u64,
        /// Its size in bytes.
        size: u64,
        /// Time since it was stored, in ns.
        age: Nanos,
    },
    /// The key is not stored.
    Miss,
    /// The key was stored, too long ago; it has been removed.
    Expired {
        /// Time since it was stored, in ns.
        age: Nanos,
    },
}

/// What became of a value to store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// Stored under a key that was not there, or had expired.
    Stored,
    /// Stored in place of an older value.
    Replaced,
    /// Not stored: larger than the whole cache. An older value under the key was removed.
    TooLarge,
    /// Not stored: the policy would rather keep what it has.
    Refused,
}

/// A cache of values by key. Values themselves are not kept, only their size and version.
#[derive(Clone, Debug)]
pub struct Cache {
    settings: Settings,
    seed: u64,
    store: Store,
    state: State,
}

impl Cache {
    /// An empty cache.
    pub fn new(settings: Settings) -> Self {
        Cache::with_seed(settings, 0)
    }

    /// An empty cache whose chance, if its policy has any, begins with `seed`.
    pub fn with_seed(settings: Settings, seed: u64) -> Self {
        let (by_size, room) = room(settings.capacity);
        Cache { settings, seed, store: Store::new(by_size, room), state: State::new(settings.policy, seed) }
    }

    /// The settings in force.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Entries stored, expired ones that nobody has looked up included.
    pub fn len(&self) -> u64 {
        u64::from(self.store.len())
    }

    /// Whether nothing is stored.
    pub fn is_empty(&self) -> bool {
        self.store.len() == 0
    }

    /// Sum of the sizes of the stored values, in bytes.
    pub fn bytes(&self) -> u64 {
        self.store.bytes()
    }

    /// Looks `key` up: a hit counts as a use, an expired entry is removed.
    #[inline]
    pub fn get(&mut self, now: Time, key: u64) -> Lookup {
        let Some(handle) = self.find(key) else { return Lookup::Miss };
        let &Entry { version, size, stored_at, expires_at, .. } = self.store.get(handle);
        let age = now.saturating_sub(stored_at);
        if now >= expires_at {
            self.remove(handle);
            return Lookup::Expired { age };
        }
        self.store.now = now;
        self.state.hit(&mut self.store, handle);
        Lookup::Hit { version, size, age }
    }

    /// What is stored under `key`, expired or not; changes nothing and counts as no use.
    pub fn peek(&self, key: u64) -> Option<Entry> {
        let handle = self.find(key)?;
        Some(*self.store.get(handle))
    }

    /// Stores a value of `size` bytes under `key`; appends the keys that had to leave to `evicted`, first out first.
    ///
    /// If a replaced value has grown, its own entry may be among them.
    pub fn put(&mut self, now: Time, key: u64, size: u64, version: u64, evicted: &mut Vec<u64>) -> Put {
        let expires_at = self.settings.ttl.map_or(Time::MAX, |ttl| now.saturating_add(ttl));
        self.put_until(now, expires_at, key, size, version, evicted)
    }

    /// [`Cache::put`] for a value that has a lifetime of its own: served while `now < expires_at`.
    pub fn put_until(
        &mut self,
        now: Time,
        expires_at: Time,
        key: u64,
        size: u64,
        version: u64,
        evicted: &mut Vec<u64>,
    ) -> Put {
        self.store.now = now;
        let entry = Entry { key, version, size, stored_at: now, expires_at };
        let mut found = self.store.find(key);
        if let Some(handle) = found
            && self.store.is_resident(handle)
        {
            if now < self.store.get(handle).expires_at && self.fits(1, size) {
                self.store.replace(handle, entry);
                self.state.hit(&mut self.store, handle);
                self.shrink(evicted);
                return Put::Replaced;
            }
            self.remove(handle);
            found = None;
        }
        if !self.fits(1, size) {
            return Put::TooLarge;
        }
        self.put_new(entry, found, evicted)
    }

    /// Stores `entry`, whose key is not stored but may have a ghost.
    fn put_new(&mut self, entry: Entry, ghost: Option<Handle>, evicted: &mut Vec<u64>) -> Put {
        let from = ghost.map_or(NOWHERE, |ghost| self.store.list(ghost));
        let arrival = Arrival { key: entry.key, weight: self.store.weigh(entry.size), from };
        let key = entry.key;
        if ghost.is_some() {
            self.store.tell(|store| Step::Returned { key, from: store.place(from) });
        }
        self.state.arrive(&mut self.store, &arrival);
        if let Some(ghost) = ghost {
            self.store.unlink_all(ghost);
        }
        while !self.fits(self.len() + 1, self.bytes().saturating_add(entry.size)) {
            if !self.evict(Some(&arrival), evicted) {
                if let Some(ghost) = ghost {
                    self.store.forget(ghost);
                }
                self.store.tell(|_| Step::Refused { key });
                return Put::Refused;
            }
        }
        let handle = match ghost {
            Some(ghost) => self.store.revive(ghost, entry),
            None => self.store.insert(entry),
        };
        let told = self.store.told();
        self.state.insert(&mut self.store, handle, from);
        self.store.tell_entered(told, handle);
        Put::Stored
    }

    /// Removes `key`; whether it was stored (expired or not).
    pub fn delete(&mut self, key: u64) -> bool {
        let found = self.find(key);
        if let Some(handle) = found {
            self.remove(handle);
        }
        found.is_some()
    }

    /// Removes everything, ghosts too; how many entries that were.
    pub fn flush(&mut self) -> u64 {
        let count = self.len();
        let steps = self.store.steps.take();
        *self = Cache::with_seed(self.settings, self.seed);
        self.store.steps = steps;
        count
    }

    /// Changes the settings under load; appends the keys that had to leave to `evicted`, first out first.
    ///
    /// A smaller capacity evicts at once, by the old policy if that changes too. A new policy is given the entries
    /// from the old one's next victim to its last, as if they were stored in that order, and knows nothing of their past
    /// uses nor of keys that left before. So does the old one when the capacity is given in another unit, of keys that left. A time to live applies to entries stored from now on.
    pub fn reconfigure(&mut self, settings: Settings, evicted: &mut Vec<u64>) {
        let old = std::mem::replace(&mut self.settings, settings);
        if settings.capacity != old.capacity {
            let (by_size, room) = room(settings.capacity);
            if by_size != self.store.by_size() {
                // What they weigh in the other unit may be beyond all measure.
                self.store.drop_all_ghosts();
            }
            self.store.resize(by_size, room);
            self.shrink(evicted);
            self.state.resize(&mut self.store);
        }
        if settings.policy != old.policy {
            let handles = self.handles(usize::MAX);
            self.store.drop_all_ghosts();
            self.state = State::new(settings.policy, self.seed);
            self.rename_steps();
            handles.iter().for_each(|&handle| self.store.unlink_all(handle));
            for handle in handles {
                self.state.insert(&mut self.store, handle, NOWHERE);
            }
        }
    }

    /// At most `limit` keys, the next victim first, as the policy's queues stand now. Where a policy spares what was used,
    /// or decides by chance, who leaves next may stand further back: its description says. O(limit).
    pub fn in_eviction_order(&self, limit: usize) -> impl Iterator<Item = u64> + '_ {
        self.handles(limit).into_iter().map(|handle| self.store.get(handle).key)
    }

    /// At most `limit` keys, the last victim first: [`Cache::in_eviction_order`] from its other end. O(limit).
    pub fn in_keeping_order(&self, limit: usize) -> impl Iterator<Item = u64> + '_ {
        let mut handles = Vec::with_capacity(limit.min(self.store.len() as usize));
        self.state.in_reverse(&self.store, limit, &mut |handle| handles.push(handle));
        handles.into_iter().map(|handle| self.store.get(handle).key)
    }

    /// Bytes the cache occupies here, shared pages in full.
    pub fn memory(&self) -> u64 {
        self.store.memory() + self.state.memory()
    }

    /// Recounts everything from scratch.
    ///
    /// # Errors
    /// The first thing that does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        self.state.validate(&self.store)?;
        self.store.validate(&self.handles(usize::MAX))?;
        if !self.fits(self.len(), self.bytes()) {
            return Err(format!(
                "{} entries, {} bytes: over {:?}",
                self.len(),
                self.bytes(),
                self.settings.capacity
            ));
        }
        Ok(())
    }

    fn handles(&self, limit: usize) -> Vec<Handle> {
        let mut handles = Vec::with_capacity(limit.min(self.store.len() as usize));
        self.state.in_order(&self.store, limit, &mut |handle| handles.push(handle));
        handles
    }

    /// Whether so many entries of so many bytes in all are within the capacity.
    #[inline]
    fn fits(&self, entries: u64, bytes: u64) -> bool {
        let (most_entries, most_bytes) = match self.settings.capacity {
            Capacity::Entries(most) => (most.min(MOST_ENTRIES), MOST_BYTES),
            Capacity::Bytes(most) => (MOST_ENTRIES, most.min(MOST_BYTES)),
        };
        entries <= most_entries && bytes <= most_bytes
    }

    fn shrink(&mut self, evicted: &mut Vec<u64>) {
        while !self.fits(self.len(), self.bytes()) && self.evict(None, evicted) {}
    }

    /// Whether somebody had to leave; else the arrival shall not be stored.
    #[inline]
    fn evict(&mut self, arrival: Option<&Arrival>, evicted: &mut Vec<u64>) -> bool {
        let victim = self.state.evict(&mut self.store, arrival);
        if let Some(handle) = victim {
            evicted.push(self.store.get(handle).key);
            self.store.tell_left(handle);
            self.store.leave(handle);
        }
        victim.is_some()
    }

    fn remove(&mut self, handle: Handle) {
        self.state.remove(&mut self.store, handle);
        self.store.leave(handle);
    }

    /// The value of `key`; not its ghost.
    #[inline]
    fn find(&self, key: u64) -> Option<Handle> {
        self.store.find(key).filter(|&handle| self.store.is_resident(handle))
    }
}

/// Whether entries weigh their size, and how much there is room for.
fn room(capacity: Capacity) -> (bool, u64) {
    match capacity {
        Capacity::Entries(most) => (false, most.min(MOST_ENTRIES)),
        Capacity::Bytes(most) => (true, most.min(MOST_BYTES)),
    }
}
