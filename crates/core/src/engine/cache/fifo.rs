//! First in, first out: the entry stored longest ago leaves.
//!
//! The oldest policy and the cheapest: a hit touches nothing. Costs: every operation O(1). Replacing the value of an
//! entry that is still fresh keeps its place; an expired one that is stored again counts as new.

use super::policy::{Eviction, Handle};
use super::queue::Queue;

#[derive(Clone, Debug, Default)]
pub(super) struct Fifo {
    queue: Queue,
}

impl Eviction for Fifo {
    #[inline]
    fn insert(&mut self, entry: Handle) {
        self.queue.push_back(entry);
    }

    #[inline]
    fn hit(&mut self, _entry: Handle) {}

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
