//! SIEVE (Zhang, Yang, Yue, Vigfusson, Rashmi, NSDI 2024): one queue, one mark per entry, and a hand that stays where
//! it was.
//!
//! Newcomers enter at the head. The hand goes from the tail to the head: a marked entry loses its mark and stays where
//! it stands, the first unmarked one leaves, and the hand rests on its neighbour nearer the head; past the head it
//! begins at the tail again. Unlike CLOCK, survivors are not mixed with newcomers, so most newcomers leave quickly.
//! Here the queue's front is the tail.
//!
//! Costs: a hit O(1), one bit; an eviction O(1) over time.

use super::lists::{List, NONE};
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

const QUEUE: List = 0;

#[derive(Clone, Debug)]
pub(super) struct Sieve {
    /// Who is looked at next; none for the tail.
    hand: Handle,
}

impl Default for Sieve {
    fn default() -> Self {
        Sieve { hand: NONE }
    }
}

impl Sieve {
    fn start(&self, store: &Store) -> Option<Handle> {
        if self.hand == NONE { store.front(QUEUE) } else { Some(self.hand) }
    }

    /// Where the hand rests when `entry` leaves from under it.
    fn nearer_the_head(store: &Store, entry: Handle) -> Handle {
        if store.back(QUEUE) == Some(entry) { NONE } else { store.after(QUEUE, entry) }
    }
}

impl Eviction for Sieve {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        let mut at = self.start(store)?;
        while store.slots[at as usize].mark != 0 {
            store.slots[at as usize].mark = 0;
            store.tell_spared(at);
            at = store.after(QUEUE, at);
        }
        self.hand = Sieve::nearer_the_head(store, at);
        store.unlink(QUEUE, at);
        Some(at)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, _from: List) {
        store.slots[entry as usize].mark = 0;
        store.push_back(QUEUE, entry);
    }

    #[inline]
    fn hit(&mut self, store: &mut Store, entry: Handle) {
        store.slots[entry as usize].mark = 1;
        store.tell_counted(entry);
    }

    fn remove(&mut self, store: &mut Store, entry: Handle) {
        if self.hand == entry {
            self.hand = Sieve::nearer_the_head(store, entry);
        }
        store.unlink(QUEUE, entry);
    }

    /// From the hand round to it: the unmarked ones, then the others.
    fn in_order(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        store.visit_rounds(QUEUE, self.start(store), limit, visit);
    }

    fn in_reverse(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        store.visit_rounds_back(QUEUE, self.start(store), limit, visit);
    }

    fn hand(&self, store: &Store) -> Option<Handle> {
        self.start(store)
    }

    fn validate(&self, store: &Store) -> Result<(), String> {
        if self.hand != NONE && !store.is_on(QUEUE, self.hand) {
            return Err(format!("the hand is on {}, which is not in the queue", self.hand));
        }
        Ok(())
    }
}
