//! Redis' `allkeys-lru` and `allkeys-lfu`: no list is kept in order; when room is needed, five random entries are looked
//! at, and a pool of the sixteen best victims found so far says who leaves (`evict.c` of Redis 7).
//!
//! LRU: each entry keeps the second of its last use in 24 bits; idle longest leaves. LFU: each keeps the minute in 16 bits
//! and a counter in 8 that starts at 5, rises with chance 1 in ((counter - 5)·10 + 1) and falls by one for every minute
//! without a use; the lowest leaves. In the pool an entry stands by what it was when it was drawn: it may have been used
//! since and leaves all the same, as there.
//!
//! Unlike Redis: each of the five is drawn on its own (Redis walks on from one random place of its table); an entry that
//! is in the pool already is not put there twice; one that is deleted leaves the pool. Redis' clock ticks once a second
//! here too, so what was used within one second counts as used at once.
//!
//! Costs: a hit O(1), and one draw for LFU; an eviction five draws and the pool. The order in which entries are shown is
//! the pool's, then that of the row they are drawn from.

use super::lists::List;
use super::luck::{Luck, Row};
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;
use crate::engine::{Nanos, Time};

const SAMPLES: usize = 5;
const POOL: usize = 16;
const SECOND: Nanos = 1_000_000_000;
const LRU_CLOCK: u64 = 1 << 24;
const LFU_CLOCK: u64 = 1 << 16;
const FIRST_COUNT: u64 = 5;
const MOST_COUNTED: u64 = 255;
const LOG_FACTOR: u32 = 10;

#[derive(Clone, Copy, Debug)]
struct Candidate {
    entry: Handle,
    /// How much it deserves to leave.
    idle: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Redis {
    row: Row,
    luck: Luck,
    /// The best victim last.
    pool: Vec<Candidate>,
    by_frequency: bool,
}

impl Redis {
    pub(super) fn new(by_frequency: bool, seed: u64) -> Self {
        Redis { row: Row::default(), luck: Luck::new(seed), pool: Vec::with_capacity(POOL), by_frequency }
    }

    /// What an entry that is used now keeps: the second, or the minute and a counter.
    fn used(&self, now: Time, counter: u64) -> u64 {
        if self.by_frequency { minute(now) << 8 | counter } else { second(now) }
    }

    fn idle(&self, store: &Store, entry: Handle) -> u64 {
        let kept = store.note(entry);
        if self.by_frequency {
            MOST_COUNTED - aged(store.now, kept)
        } else {
            (second(store.now) + LRU_CLOCK - kept) % LRU_CLOCK
        }
    }

    /// Draws five entries; those that deserve to leave more than what is in the pool come in.
    fn fill_pool(&mut self, store: &Store) {
        for _ in 0..SAMPLES {
            let Some(entry) = self.row.draw(&mut self.luck) else { return };
            if self.pool.iter().any(|candidate| candidate.entry == entry) {
                continue;
            }
            let idle = self.idle(store, entry);
            let place = self.pool.iter().take_while(|candidate| candidate.idle < idle).count();
            if self.pool.len() < POOL {
                self.pool.insert(place, Candidate { entry, idle });
            } else if place > 0 {
                self.pool.remove(0);
                self.pool.insert(place - 1, Candidate { entry, idle });
            }
        }
    }

    fn is_in_pool(&self, entry: Handle) -> bool {
        self.pool.iter().any(|candidate| candidate.entry == entry)
    }

    fn others(&self) -> impl DoubleEndedIterator<Item = Handle> {
        self.row.entries.iter().copied().filter(|&entry| !self.is_in_pool(entry))
    }
}

fn second(now: Time) -> u64 {
    now / SECOND % LRU_CLOCK
}

fn minute(now: Time) -> u64 {
    now / (60 * SECOND) % LFU_CLOCK
}

/// The counter now, one less for every minute since.
fn aged(now: Time, kept: u64) -> u64 {
    let idle_minutes = (minute(now) + LFU_CLOCK - (kept >> 8)) % LFU_CLOCK;
    (kept & 255).saturating_sub(idle_minutes)
}

impl Eviction for Redis {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        self.fill_pool(store);
        let victim = self.pool.pop()?.entry;
        self.row.remove(store, victim);
        Some(victim)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, _from: List) {
        self.row.insert(store, entry);
        store.set_note(entry, self.used(store.now, FIRST_COUNT));
    }

    fn hit(&mut self, store: &mut Store, entry: Handle) {
        let mut counter = 0;
        if self.by_frequency {
            counter = aged(store.now, store.note(entry));
            let above = counter.saturating_sub(FIRST_COUNT) as u32;
            if counter < MOST_COUNTED && self.luck.below(above * LOG_FACTOR + 1) == 0 {
                counter += 1;
            }
        }
        store.set_note(entry, self.used(store.now, counter));
    }

    fn remove(&mut self, store: &mut Store, entry: Handle) {
        self.row.remove(store, entry);
        self.pool.retain(|candidate| candidate.entry != entry);
    }

    fn in_order(&self, _store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        let pool = self.pool.iter().rev().map(|candidate| candidate.entry);
        pool.chain(self.others()).take(limit).for_each(visit);
    }

    fn in_reverse(&self, _store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        let pool = self.pool.iter().map(|candidate| candidate.entry);
        self.others().rev().chain(pool).take(limit).for_each(visit);
    }

    fn memory(&self) -> u64 {
        self.row.memory() + (self.pool.capacity() * size_of::<Candidate>()) as u64
    }

    fn validate(&self, store: &Store) -> Result<(), String> {
        if !self.pool.is_sorted_by_key(|candidate| candidate.idle) || self.pool.len() > POOL {
            return Err(format!("pool of {} out of order", self.pool.len()));
        }
        self.row.validate(store)
    }
}
