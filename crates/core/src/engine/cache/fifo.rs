//! First in, first out: the entry stored longest ago leaves.
//!
//! The oldest policy and the cheapest: a hit touches nothing. Costs: every operation O(1). Replacing the value of an
//! entry that is still fresh keeps its place; an expired one that is stored again counts as new.

use super::lists::List;
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

const QUEUE: List = 0;

#[derive(Clone, Debug)]
pub(super) struct Fifo;

impl Eviction for Fifo {
    #[inline]
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        let victim = store.front(QUEUE)?;
        store.unlink(QUEUE, victim);
        Some(victim)
    }

    #[inline]
    fn insert(&mut self, store: &mut Store, entry: Handle, _from: List) {
        store.push_back(QUEUE, entry);
    }

    #[inline]
    fn hit(&mut self, _store: &mut Store, _entry: Handle) {}
}
