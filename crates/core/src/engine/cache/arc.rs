//! ARC (Megiddo and Modha, FAST 2003): two LRU lists, T1 of keys seen once of late and T2 of keys seen again, and the
//! ghosts of each, B1 and B2. What is asked for among the ghosts says which of the two deserves more room.
//!
//! The target `p` of T1 starts at 0, rises when a ghost of B1 is asked for and falls for one of B2, by the ratio of the
//! other ghosts to these, at least by one: times the arrival's weight where entries count by size, of which the paper does
//! not speak. T1 and B1 together hold at most the room, all four lists twice of it; ghosts go until a newcomer is within
//! those limits.
//!
//! Costs: every operation O(1); ghosts take 64 bytes each, and are as many as entries.

use super::lists::{List, NOWHERE};
use super::policy::{Arrival, Eviction, Handle};
use super::steps::Step;
use super::store::Store;

pub(super) const T1: List = 0;
pub(super) const T2: List = 1;
pub(super) const B1: List = 2;
pub(super) const B2: List = 3;

#[derive(Clone, Debug, Default)]
pub(super) struct Arc {
    /// How much of the room T1 is meant to have.
    target: f64,
}

impl Arc {
    /// The paper's REPLACE: the oldest of T1 or T2 becomes a ghost.
    fn replace(&self, store: &mut Store, is_from_b2: bool) -> Option<Handle> {
        let weight = store.weight_of(T1) as f64;
        let over = weight > self.target || (weight == self.target && is_from_b2);
        let (list, ghosts, oldest) = match (store.front(T1), store.front(T2)) {
            (Some(oldest), other) if over || other.is_none() => (T1, B1, oldest),
            (_, Some(oldest)) => (T2, B2, oldest),
            (Some(oldest), None) => (T1, B1, oldest),
            (None, None) => return None,
        };
        store.unlink(list, oldest);
        store.push_back(ghosts, oldest);
        Some(oldest)
    }
}

/// Drops ghosts until there are few enough with a newcomer of `weight` in T1.
fn limit_ghosts(store: &mut Store, weight: u64) {
    let room = store.room();
    let left = room.saturating_sub(store.weight_of(T1) + weight);
    store.drop_ghosts(B1, left);
    let others = store.weight_of(T1) + store.weight_of(T2) + store.weight_of(B1) + weight;
    store.drop_ghosts(B2, (2 * room).saturating_sub(others));
}

impl Eviction for Arc {
    fn arrive(&mut self, store: &mut Store, arrival: &Arrival) {
        let (seen_once, seen_again) = (store.weight_of(B1) as f64, store.weight_of(B2) as f64);
        let weight = arrival.weight as f64;
        let before = self.target;
        match arrival.from {
            B1 => {
                self.target =
                    (self.target + weight * (seen_again / seen_once).max(1.0)).min(store.room() as f64)
            }
            B2 => self.target = (self.target - weight * (seen_once / seen_again).max(1.0)).max(0.0),
            _ => return,
        }
        let now = self.target;
        store.tell(|_| Step::Target { from: before, to: now });
    }

    fn evict(&mut self, store: &mut Store, arrival: Option<&Arrival>) -> Option<Handle> {
        let Some(arrival) = arrival else {
            limit_ghosts(store, 0);
            return self.replace(store, false);
        };
        if arrival.from != NOWHERE {
            return self.replace(store, arrival.from == B2);
        }
        limit_ghosts(store, arrival.weight);
        if store.weight_of(T1) + arrival.weight > store.room() {
            // T1 alone fills the cache: there is no room for its ghosts.
            let oldest = store.front(T1)?;
            store.unlink(T1, oldest);
            return Some(oldest);
        }
        self.replace(store, false)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, from: List) {
        if from == NOWHERE {
            store.push_back(T1, entry);
        } else {
            store.push_back(T2, entry);
            // It may have grown since it was a ghost.
            limit_ghosts(store, 0);
        }
    }

    fn hit(&mut self, store: &mut Store, entry: Handle) {
        if store.is_on(T1, entry) {
            store.transfer(T1, T2, entry);
        } else {
            store.move_to_back(T2, entry);
        }
    }

    fn resize(&mut self, store: &mut Store) {
        self.target = self.target.min(store.room() as f64);
        limit_ghosts(store, 0);
    }

    fn lists(&self) -> &'static [List] {
        &[T1, T2]
    }
}
