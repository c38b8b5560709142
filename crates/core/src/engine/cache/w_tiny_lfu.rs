//! W-TinyLFU (Einziger, Friedman, Manes 2017), the policy of Caffeine: a small LRU window for newcomers before a main
//! part that lets in only who was asked for more often than who would have to leave.
//!
//! The window gets a hundredth of the room, at least one entry; the rest is a segmented LRU with four fifths for the
//! protected segment. A newcomer enters the window. Who is pushed out of a full window is compared with the main part's
//! next victim by a [`Sketch`] of recent use: more uses win, and of equals the one that is there already stays. A value
//! that is larger than the window asks for admission at once, and may be refused.
//!
//! Left out, of Caffeine: the climber that resizes the window by the hit ratio, and the chance of one in 128 for a
//! rejected candidate (a defence against chosen keys); of the paper, the doorkeeper before the sketch. Costs: every operation O(1); the sketch 8 to 16 bytes per entry.

use super::lists::{List, NOWHERE};
use super::policy::{Arrival, Eviction, Handle};
use super::sketch::Sketch;
use super::steps::Step;
use super::store::Store;

pub(super) const WINDOW: List = 0;
pub(super) const PROBATION: List = 1;
pub(super) const PROTECTED: List = 2;

#[derive(Clone, Debug, Default)]
pub(super) struct WTinyLfu {
    sketch: Sketch,
}

fn window_share(store: &Store) -> u64 {
    (store.room() / 100).max(1)
}

fn main_share(store: &Store) -> u64 {
    store.room().saturating_sub(window_share(store))
}

fn main_weight(store: &Store) -> u64 {
    store.weight_of(PROBATION) + store.weight_of(PROTECTED)
}

/// Moves what is over the window's share on, and what is over the protected share back to probation.
fn rebalance(store: &mut Store) {
    while store.weight_of(WINDOW) > window_share(store)
        && let Some(oldest) = store.front(WINDOW)
    {
        store.transfer(WINDOW, PROBATION, oldest);
    }
    let protected_share = main_share(store) - main_share(store) / 5;
    while store.weight_of(PROTECTED) > protected_share
        && let Some(oldest) = store.front(PROTECTED)
    {
        store.transfer(PROTECTED, PROBATION, oldest);
    }
}

/// The main part's next victim and its list.
fn main_victim(store: &Store) -> Option<(List, Handle)> {
    [PROBATION, PROTECTED].into_iter().find_map(|list| store.front(list).map(|front| (list, front)))
}

impl WTinyLfu {
    /// Whether who has `key` may take the place of `victim`.
    fn admits(&self, store: &mut Store, key: u64, victim: Handle) -> bool {
        let victim = store.get(victim).key;
        let (uses, victim_uses) = (self.sketch.estimate(key), self.sketch.estimate(victim));
        store.tell(|_| Step::Compared { key, uses, victim, victim_uses });
        uses > victim_uses
    }

    fn count(&mut self, store: &Store, key: u64) {
        let stored = u64::from(store.len());
        let entries = if store.by_size() { stored } else { store.room() };
        self.sketch.serve(entries, stored);
        self.sketch.add(key);
    }
}

impl Eviction for WTinyLfu {
    fn arrive(&mut self, store: &mut Store, arrival: &Arrival) {
        self.count(store, arrival.key);
    }

    fn evict(&mut self, store: &mut Store, arrival: Option<&Arrival>) -> Option<Handle> {
        let mut candidate = store.front(WINDOW);
        let (list, victim) = loop {
            let Some((list, victim)) = main_victim(store) else {
                let oldest = candidate?;
                store.unlink(WINDOW, oldest);
                return Some(oldest);
            };
            if main_weight(store) > main_share(store) {
                break (list, victim);
            }
            if let Some(arrival) = arrival
                && arrival.weight > window_share(store)
            {
                if self.admits(store, arrival.key, victim) {
                    break (list, victim);
                }
                return None;
            }
            let Some(oldest) = candidate else { break (list, victim) };
            if main_weight(store) + store.weight(oldest) <= main_share(store) {
                store.transfer(WINDOW, PROBATION, oldest);
                candidate = store.front(WINDOW);
                continue;
            }
            let key = store.get(oldest).key;
            if self.admits(store, key, victim) {
                store.transfer(WINDOW, PROBATION, oldest);
                break (list, victim);
            }
            break (WINDOW, oldest);
        };
        store.unlink(list, victim);
        Some(victim)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, _from: List) {
        // As in Caffeine, what is larger than the window does not push all others out of it.
        let into = if store.weight(entry) > window_share(store) { PROBATION } else { WINDOW };
        store.push_back(into, entry);
        rebalance(store);
    }

    fn hit(&mut self, store: &mut Store, entry: Handle) {
        self.count(store, store.get(entry).key);
        match store.list(entry) {
            PROBATION => store.transfer(PROBATION, PROTECTED, entry),
            NOWHERE => {}
            list => store.move_to_back(list, entry),
        }
        rebalance(store);
    }

    fn resize(&mut self, store: &mut Store) {
        rebalance(store);
    }

    fn lists(&self) -> &'static [List] {
        &[WINDOW, PROBATION, PROTECTED]
    }

    fn memory(&self) -> u64 {
        self.sketch.memory()
    }
}
