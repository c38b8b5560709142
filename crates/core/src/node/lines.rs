//! Lines of visits, one for each key that any wait for, in the order they came. O(1) to join, and to take the first.
//!
//! The lines are linked through one list; where each begins and ends stands in a [`Map`], which is a cache of the engine
//! that never evicts: what has been compiled already need not be downloaded again in another form.

use crate::engine::cache::{Cache as Engine, Capacity, Policy, Settings};
use crate::sim::call::VisitId;

/// Numbers by key, at most 4 million.
#[derive(Clone, Debug)]
pub(super) struct Map {
    engine: Engine,
    left: Vec<u64>,
}

impl Default for Map {
    fn default() -> Self {
        let settings = Settings { policy: Policy::Fifo, capacity: Capacity::Entries(u64::MAX), ttl: None };
        Map { engine: Engine::new(settings), left: Vec::new() }
    }
}

impl Map {
    pub(super) fn get(&self, key: u64) -> Option<u64> {
        self.engine.peek(key).map(|entry| entry.version)
    }

    pub(super) fn set(&mut self, key: u64, number: u64) {
        self.engine.put(0, key, 1, number, &mut self.left);
        self.left.clear();
    }

    pub(super) fn remove(&mut self, key: u64) {
        self.engine.delete(key);
    }

    /// All keys with their numbers. O(keys).
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.engine.in_eviction_order(usize::MAX).filter_map(|key| Some((key, self.get(key)?)))
    }
}

const NONE: u32 = u32::MAX;

/// See the module's description.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    /// By key: the places of the last (above) and of the first.
    ends: Map,
    places: Vec<Place>,
    free: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    visit: VisitId,
    next: u32,
}

impl Lines {
    /// Whether nobody waits for anything.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.free.len() == self.places.len()
    }

    /// Joins the line of a key, or begins it. Whether there was one.
    pub(super) fn join(&mut self, key: u64, visit: VisitId) -> bool {
        let place = Place { visit, next: NONE };
        let at = match self.free.pop() {
            Some(at) => {
                self.places[at as usize] = place;
                at
            }
            None => {
                self.places.push(place);
                self.places.len() as u32 - 1
            }
        };
        let ends = self.ends.get(key);
        let first = match ends {
            Some(ends) => {
                self.places[(ends >> 32) as usize].next = at;
                ends as u32
            }
            None => at,
        };
        self.ends.set(key, u64::from(at) << 32 | u64::from(first));
        ends.is_some()
    }

    /// Who is first in the line of a key.
    pub(super) fn first(&self, key: u64) -> Option<VisitId> {
        self.ends.get(key).map(|ends| self.places[ends as u32 as usize].visit)
    }

    /// Takes the first out.
    pub(super) fn take(&mut self, key: u64) -> Option<VisitId> {
        let ends = self.ends.get(key)?;
        let at = ends as u32;
        let Place { visit, next } = self.places[at as usize];
        self.free.push(at);
        if next == NONE {
            self.ends.remove(key);
        } else {
            self.ends.set(key, ends >> 32 << 32 | u64::from(next));
        }
        Some(visit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, VecDeque};

    proptest! {
        /// The naive twin: a queue for each key.
        #[test]
        fn agrees_with_queues(steps in prop::collection::vec((0u64..5, any::<bool>()), 0..300)) {
            let mut lines = Lines::default();
            let mut twin: BTreeMap<u64, VecDeque<VisitId>> = BTreeMap::new();
            for (number, (key, joins)) in steps.into_iter().enumerate() {
                let line = twin.entry(key).or_default();
                if joins {
                    let visit = VisitId::from_word(number as u64);
                    prop_assert_eq!(lines.join(key, visit), !line.is_empty());
                    line.push_back(visit);
                } else {
                    prop_assert_eq!(lines.take(key), line.pop_front());
                }
                prop_assert_eq!(lines.first(key), line.front().copied());
                prop_assert_eq!(lines.is_empty(), twin.values().all(VecDeque::is_empty));
                let mut keys: Vec<u64> = lines.ends.iter().map(|(key, _)| key).collect();
                keys.sort_unstable();
                let waited: Vec<u64> = twin.iter().filter(|(_, line)| !line.is_empty()).map(|(key, _)| *key).collect();
                prop_assert_eq!(keys, waited);
            }
        }
    }
}
