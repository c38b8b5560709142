//! CLOCK (Corbató 1968), also called second chance: first in, first out, with one mark per entry that a hit sets.
//!
//! The hand goes round the entries, oldest first. Marked: it clears the mark and goes on. Unmarked: that entry leaves,
//! and the newcomer takes its place, where the hand comes by last. Here the hand is where the ring of entries begins.
//!
//! Costs: a hit O(1), one bit; an eviction O(1) over time, each step of the hand paid by the hit that set the mark.

use super::lists::List;
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

const RING: List = 0;

#[derive(Clone, Debug)]
pub(super) struct Clock;

impl Eviction for Clock {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        loop {
            let hand = store.front(RING)?;
            let mark = &mut store.slots[hand as usize].mark;
            if *mark == 0 {
                store.unlink(RING, hand);
                return Some(hand);
            }
            *mark = 0;
            store.tell_spared(hand);
            store.rotate(RING);
        }
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, _from: List) {
        store.slots[entry as usize].mark = 0;
        store.push_back(RING, entry);
    }

    #[inline]
    fn hit(&mut self, store: &mut Store, entry: Handle) {
        store.slots[entry as usize].mark = 1;
        store.tell_counted(entry);
    }

    /// The unmarked ones, which the hand takes in its first round, then the others.
    fn in_order(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        store.visit_rounds(RING, store.front(RING), limit, visit);
    }

    fn in_reverse(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        store.visit_rounds_back(RING, store.front(RING), limit, visit);
    }
}
