//! Most recently used: the entry read or written last leaves.
//!
//! The best there is for a loop over more keys than fit, where whatever was just used is used again last (Chou and
//! DeWitt, VLDB 1985, on scans of a database), and a bad choice for almost everything else. Costs: every operation O(1).

use super::lists::List;
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

const QUEUE: List = 0;

#[derive(Clone, Debug)]
pub(super) struct Mru;

impl Eviction for Mru {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        let victim = store.back(QUEUE)?;
        store.unlink(QUEUE, victim);
        Some(victim)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, _from: List) {
        store.push_back(QUEUE, entry);
    }

    fn hit(&mut self, store: &mut Store, entry: Handle) {
        store.move_to_back(QUEUE, entry);
    }

    fn in_order(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        store.visit_back(QUEUE, limit, visit);
    }

    fn in_reverse(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        store.visit(QUEUE, limit, visit);
    }
}
