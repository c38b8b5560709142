//! S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi, SOSP 2023): three first-in-first-out queues. Most keys are asked for once; a
//! small queue lets them leave quickly, and only who proves itself there comes to the main one.
//!
//! The small queue gets a tenth of the room, the main one the rest, the queue of ghosts remembers nine tenths. A counter
//! of two bits counts uses. From the small queue's end an entry moves to the main one if it was used at least
//! [`USES_TO_STAY`] times, its counter cleared; else it leaves and becomes a ghost. From the main queue's end it leaves
//! if its counter is 0, else it goes round once more with one less. A ghost that is asked for enters the main queue.
//!
//! As in libCacheSim: two uses are asked for (the paper says more than one; many ports take one), and newcomers that
//! find the small queue full before the cache first is go to the main queue.
//!
//! Costs: a hit O(1), one counter; an eviction O(1) over time; ghosts take 64 bytes each.

use super::lists::{List, NOWHERE};
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

pub(super) const SMALL: List = 0;
pub(super) const MAIN: List = 1;
pub(super) const GHOSTS: List = 2;

/// Uses in the small queue that earn a place in the main one.
const USES_TO_STAY: u32 = 2;
const MOST_COUNTED: u32 = 3;

#[derive(Clone, Debug, Default)]
pub(super) struct S3Fifo {
    /// Whether an entry has had to leave yet.
    has_evicted: bool,
}

fn small_share(store: &Store) -> u64 {
    (store.room() / 10).max(1)
}

fn remembered(store: &Store) -> u64 {
    let room = store.room();
    room - room.div_ceil(10)
}

/// The first of the small queue that was not used enough; those before it move to the main one.
fn evict_small(store: &mut Store) -> Option<Handle> {
    loop {
        let oldest = store.front(SMALL)?;
        let uses = &mut store.slots[oldest as usize].mark;
        if *uses < USES_TO_STAY {
            store.unlink(SMALL, oldest);
            store.haunt(GHOSTS, oldest, remembered(store));
            return Some(oldest);
        }
        *uses = 0;
        store.transfer(SMALL, MAIN, oldest);
    }
}

/// The first of the main queue that was not used since it came by.
fn evict_main(store: &mut Store) -> Option<Handle> {
    loop {
        let oldest = store.front(MAIN)?;
        let uses = &mut store.slots[oldest as usize].mark;
        if *uses == 0 {
            store.unlink(MAIN, oldest);
            return Some(oldest);
        }
        *uses -= 1;
        store.tell_spared(oldest);
        // It stands in front, so this is where it goes to the back.
        store.rotate(MAIN);
    }
}

impl Eviction for S3Fifo {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        self.has_evicted = true;
        if store.weight_of(MAIN) > store.room() - small_share(store).min(store.room()) {
            return evict_main(store);
        }
        match evict_small(store) {
            Some(victim) => Some(victim),
            None => evict_main(store),
        }
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, from: List) {
        let is_full = store.weight_of(SMALL) >= small_share(store);
        let to_main = from != NOWHERE || (is_full && !self.has_evicted);
        store.slots[entry as usize].mark = 0;
        store.push_back(if to_main { MAIN } else { SMALL }, entry);
    }

    #[inline]
    fn hit(&mut self, store: &mut Store, entry: Handle) {
        let uses = &mut store.slots[entry as usize].mark;
        *uses = (*uses + 1).min(MOST_COUNTED);
        store.tell_counted(entry);
    }

    fn resize(&mut self, store: &mut Store) {
        store.drop_ghosts(GHOSTS, remembered(store));
    }

    fn lists(&self) -> &'static [List] {
        &[SMALL, MAIN]
    }
}
