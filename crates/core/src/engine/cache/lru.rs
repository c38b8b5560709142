//! Least recently used: the entry that was neither read nor written for the longest time leaves.
//!
//! Costs: every operation O(1); a hit rewrites up to four neighbours' links. A scan over many keys that are read once
//! pushes everything else out, which is what the later policies were made against.

use super::policy::{Eviction, Handle};
use super::queue::Queue;

#[derive(Clone, Debug, Default)]
pub(super) struct Lru {
    queue: Queue,
}

impl Eviction for Lru {
    #[inline]
    fn insert(&mut self, entry: Handle) {
        self.queue.push_back(entry);
    }

    #[inline]
    fn hit(&mut self, entry: Handle) {
        self.queue.move_to_back(entry);
    }

    #[inline]
    fn remove(&mut self, entry: Handle) {
        self.queue.remove(entry);
    }

    #[inline]
    fn victim(&mut self) -> Option<Handle> {
        self.queue.front()
    }

    fn in_order(&self, limit: usize, visit: &mut dyn FnMut(Handle)) {
        self.queue.visit(limit, visit);
    }

    fn in_reverse(&self, limit: usize, visit: &mut dyn FnMut(Handle)) {
        self.queue.visit_back(limit, visit);
    }

    fn memory(&self) -> u64 {
        self.queue.memory()
    }

    fn validate(&self) -> Result<(), String> {
        self.queue.validate()
    }
}
