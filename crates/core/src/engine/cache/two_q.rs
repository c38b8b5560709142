//! 2Q, the full version (Johnson and Shasha, VLDB 1994): newcomers wait in a first-in-first-out queue, A1in; who leaves
//! it is remembered by key in A1out; who is asked for again while remembered enters the main LRU queue, Am.
//!
//! A1in gets a quarter of the room, A1out remembers half of it, as the paper advises. A hit in A1in moves nothing, since
//! uses shortly after the first say little. While A1in is over its share its oldest leaves, else the oldest of Am.
//!
//! Costs: every operation O(1); A1out takes 64 bytes per key remembered.

use super::lists::{List, NOWHERE};
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

pub(super) const A1_IN: List = 0;
pub(super) const AM: List = 1;
pub(super) const A1_OUT: List = 2;

#[derive(Clone, Debug)]
pub(super) struct TwoQ;

fn remembered(store: &Store) -> u64 {
    store.room() / 2
}

impl Eviction for TwoQ {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        let in_main = store.front(AM);
        if let Some(oldest) = in_main
            && store.weight_of(A1_IN) <= store.room() / 4
        {
            store.unlink(AM, oldest);
            return Some(oldest);
        }
        let oldest = store.front(A1_IN)?;
        store.unlink(A1_IN, oldest);
        store.haunt(A1_OUT, oldest, remembered(store));
        Some(oldest)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, from: List) {
        store.push_back(if from == NOWHERE { A1_IN } else { AM }, entry);
    }

    fn hit(&mut self, store: &mut Store, entry: Handle) {
        if store.is_on(AM, entry) {
            store.move_to_back(AM, entry);
        }
    }

    fn resize(&mut self, store: &mut Store) {
        store.drop_ghosts(A1_OUT, remembered(store));
    }

    fn lists(&self) -> &'static [List] {
        &[A1_IN, AM]
    }
}
