//! LRU-K with K = 2 (O'Neil, O'Neil, Weikum, SIGMOD 1993): the entry whose second-last use is longest ago leaves. One
//! that was used only once has none; of those the one used longest ago leaves first, before all others.
//!
//! Time is counted in uses. The last use of a key that left is remembered while its ghost is, for as many keys (or bytes)
//! as the cache has room for: the paper's retained information period, by number. Its correlated reference period, within
//! which uses count as one, is 0.
//!
//! Costs: O(log entries); 24 bytes per entry and 64 per ghost. Entries are shown roughly in the order of leaving, the next
//! one first.

use super::heap::Heap;
use super::lists::{List, NOWHERE};
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

pub(super) const GHOSTS: List = 0;
const NEVER: u64 = 0;

#[derive(Clone, Debug, Default)]
pub(super) struct LruK {
    /// By second-last and last use.
    heap: Heap,
    uses: u64,
}

impl Eviction for LruK {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        let ((_, last), victim) = self.heap.least()?;
        self.heap.remove(store, victim);
        store.haunt(GHOSTS, victim, store.room());
        // The links of the other kind, on which a note is kept, are free.
        store.set_note(victim, last);
        Some(victim)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, from: List) {
        self.uses += 1;
        let before = if from == NOWHERE { NEVER } else { store.note(entry) };
        self.heap.insert(store, entry, (before, self.uses));
    }

    fn hit(&mut self, store: &mut Store, entry: Handle) {
        self.uses += 1;
        let (_, last) = self.heap.rank(store, entry);
        self.heap.change(store, entry, (last, self.uses));
    }

    fn remove(&mut self, store: &mut Store, entry: Handle) {
        self.heap.remove(store, entry);
    }

    fn resize(&mut self, store: &mut Store) {
        store.drop_ghosts(GHOSTS, store.room());
    }

    fn in_order(&self, _store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        self.heap.entries().take(limit).for_each(visit);
    }

    fn in_reverse(&self, _store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        self.heap.entries().rev().take(limit).for_each(visit);
    }

    fn memory(&self) -> u64 {
        self.heap.memory()
    }

    fn validate(&self, store: &Store) -> Result<(), String> {
        self.heap.validate(store)
    }
}
