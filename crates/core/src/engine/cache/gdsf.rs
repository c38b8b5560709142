//! Greedy dual size frequency (Cherkasova 1998), a policy of Squid: an entry's priority is the age of the cache when it
//! was last used, plus its uses divided by its size; the lowest leaves, and the cache's age becomes its priority, so that
//! what was popular long ago sinks. Among equals the one used longest ago leaves.
//!
//! LFUDA, LFU with dynamic ageing (Arlitt, Cherkasova, Dilley, Friedrich, Jin 1999), is the same without the size. Where
//! the room counts entries all weigh 1, and the two are one. The cost of fetching a value, which GDSF may divide too, is
//! taken as 1; the paper's refusal of newcomers that rank below all others is left out, as in Squid.
//!
//! Costs: O(log entries); 24 bytes per entry. Entries are shown roughly in the order of leaving, the next one first.

use super::heap::{Heap, Rank};
use super::lists::List;
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

#[derive(Clone, Debug)]
pub(super) struct Gdsf {
    heap: Heap,
    by_size: bool,
    age: f64,
    uses_in_all: u64,
}

impl Gdsf {
    pub(super) fn new(by_size: bool) -> Self {
        Gdsf { heap: Heap::default(), by_size, age: 0.0, uses_in_all: 0 }
    }

    fn rank(&mut self, store: &Store, entry: Handle) -> Rank {
        let size = if self.by_size { store.weight(entry) } else { 1 };
        let priority = self.age + store.note(entry) as f64 / size as f64;
        self.uses_in_all += 1;
        // Floats that are not negative are ordered as their bits are.
        (priority.to_bits(), self.uses_in_all)
    }
}

impl Eviction for Gdsf {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        let ((priority, _), victim) = self.heap.least()?;
        self.age = f64::from_bits(priority);
        self.heap.remove(store, victim);
        Some(victim)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, _from: List) {
        store.set_note(entry, 1);
        let rank = self.rank(store, entry);
        self.heap.insert(store, entry, rank);
    }

    fn hit(&mut self, store: &mut Store, entry: Handle) {
        store.set_note(entry, store.note(entry) + 1);
        let rank = self.rank(store, entry);
        self.heap.change(store, entry, rank);
    }

    fn remove(&mut self, store: &mut Store, entry: Handle) {
        self.heap.remove(store, entry);
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
