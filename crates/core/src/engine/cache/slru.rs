//! Segmented LRU (Karedla, Love, Wherry 1994): LRU queues one above the other; a hit lifts an entry by one.
//!
//! Four segments of a quarter of the room each, as in libCacheSim (the paper has two, probation and protection). A
//! newcomer enters the lowest segment with room, which once the cache has been full is the lowest of all; who has to
//! leave is the oldest of the lowest that is not empty. A segment that has grown over its share hands its oldest down.
//!
//! Costs: every operation O(1); with values of different size, O(values handed down).

use super::lists::List;
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

const SEGMENTS: usize = 4;

#[derive(Clone, Debug)]
pub(super) struct Slru;

/// What may be in a segment; the highest gets what does not divide.
fn share(store: &Store, segment: List) -> u64 {
    let quarter = store.room() / SEGMENTS as u64;
    if segment == SEGMENTS - 1 { store.room() - quarter * (SEGMENTS as u64 - 1) } else { quarter }
}

/// Hands down what is over its share, from `segment` on.
fn hand_down(store: &mut Store, segment: List) {
    for above in (1..=segment).rev() {
        while store.weight_of(above) > share(store, above)
            && let Some(oldest) = store.front(above)
        {
            store.transfer(above, above - 1, oldest);
        }
    }
}

impl Eviction for Slru {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        let (segment, victim) =
            (0..SEGMENTS).find_map(|segment| store.front(segment).map(|front| (segment, front)))?;
        store.unlink(segment, victim);
        Some(victim)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, _from: List) {
        let weight = store.weight(entry);
        let has_room = |&segment: &List| store.weight_of(segment) + weight <= share(store, segment);
        let segment = (0..SEGMENTS).find(has_room).unwrap_or(0);
        store.push_back(segment, entry);
    }

    fn hit(&mut self, store: &mut Store, entry: Handle) {
        let segment = store.list(entry);
        if segment == SEGMENTS - 1 {
            store.move_to_back(segment, entry);
        } else {
            store.transfer(segment, segment + 1, entry);
        }
        // Not before: a value that was replaced by a larger one may have pushed its segment over.
        hand_down(store, SEGMENTS - 1);
    }

    fn resize(&mut self, store: &mut Store) {
        hand_down(store, SEGMENTS - 1);
    }

    fn lists(&self) -> &'static [List] {
        &[0, 1, 2, 3]
    }
}
