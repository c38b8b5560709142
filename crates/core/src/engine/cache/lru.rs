//! Least recently used: the entry that was neither read nor written for the longest time leaves.
//!
//! Costs: every operation O(1); a hit rewrites up to four neighbours' links. A scan over many keys that are read once
//! pushes everything else out, which is what the later policies were made against.

use super::lists::List;
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

const QUEUE: List = 0;

#[derive(Clone, Debug)]
pub(super) struct Lru;

impl Eviction for Lru {
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
    fn hit(&mut self, store: &mut Store, entry: Handle) {
        store.move_to_back(QUEUE, entry);
    }
}
