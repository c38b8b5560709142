//! The truth: which version of each key is committed, and since when. Databases write it, caches are judged by it; it
//! decides nothing by itself, as an onlooker who sees all nodes at one moment.
//!
//! A key that was never written has version 0. Open addressing with linear probing over a scrambled key; entries never
//! leave. O(1) an operation; 96 bytes a written key. Nothing is kept, and nothing costs, while nobody writes.
//!
//! Left out: more than [`MOST_KEYS`] written keys (those beyond stay at version 0), and the time of commits before the
//! last [`REMEMBERED`] of a key: a read that is further behind is taken to be as old as the oldest of these.

use super::random::scramble;
use super::time::{Nanos, Time};

/// Written keys that are followed.
pub const MOST_KEYS: usize = 1_000_000;

/// Commits of a key whose time is known.
pub const REMEMBERED: usize = 8;

/// The version of a key that was never written.
pub const FIRST: u32 = 0;

/// A version newer than all that were committed: it waits in a cache to be written.
pub const UNWRITTEN: u32 = u32::MAX - 1;

/// What stands for a value where there is none: the key does not exist.
pub const ABSENT: u32 = u32::MAX;

/// See the module's description.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    /// Never full: a power of two places, at most half of them taken.
    places: Vec<Place>,
    /// When each of the last versions of the key in that place was committed, by its number. Apart, so that what every
    /// read looks at is small.
    committed: Vec<[Time; REMEMBERED]>,
    taken: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    key: u64,
    /// 0 in a free place.
    version: u32,
}

impl Truth {
    /// The committed version of a key.
    #[inline]
    pub fn version(&self, key: u64) -> u32 {
        self.find(key).map_or(FIRST, |at| self.places[at].version)
    }

    /// Commits the next version of a key, which is returned.
    pub fn commit(&mut self, now: Time, key: u64) -> u32 {
        if self.places.len() <= 2 * self.taken {
            self.grow();
        }
        let at = self.place_of(key);
        let is_new = self.places[at].version == FIRST;
        if is_new && self.taken == MOST_KEYS {
            return FIRST;
        }
        self.taken += usize::from(is_new);
        let place = &mut self.places[at];
        place.key = key;
        place.version = (place.version + 1).min(UNWRITTEN - 1);
        self.committed[at][place.version as usize % REMEMBERED] = now;
        place.version
    }

    /// For how long a newer version than `version` had been committed; none if that is the newest.
    #[inline]
    pub fn stale_for(&self, now: Time, key: u64, version: u32) -> Option<Nanos> {
        let at = self.find(key)?;
        let newest = self.places[at].version;
        if newest <= version {
            return None;
        }
        let oldest = (newest as usize).saturating_sub(REMEMBERED - 1) as u32;
        let next = (version + 1).max(oldest);
        Some(now.saturating_sub(self.committed[at][next as usize % REMEMBERED]))
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.places.capacity() * (size_of::<Place>() + size_of::<[Time; REMEMBERED]>())
    }

    #[inline]
    fn find(&self, key: u64) -> Option<usize> {
        if self.places.is_empty() {
            return None;
        }
        Some(self.place_of(key)).filter(|at| self.places[*at].version > FIRST)
    }

    /// Where a key stands, or would.
    #[inline]
    fn place_of(&self, key: u64) -> usize {
        let mask = self.places.len() - 1;
        let mut at = scramble(key) as usize & mask;
        while self.places[at].version != FIRST && self.places[at].key != key {
            at = (at + 1) & mask;
        }
        at
    }

    fn grow(&mut self) {
        let larger = (2 * self.places.len()).max(16);
        let old = std::mem::replace(&mut self.places, vec![Place::default(); larger]);
        let committed = std::mem::replace(&mut self.committed, vec![[0; REMEMBERED]; larger]);
        for (place, committed) in old.into_iter().zip(committed).filter(|(place, _)| place.version > FIRST) {
            let at = self.place_of(place.key);
            self.places[at] = place;
            self.committed[at] = committed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        /// The naive twin: the times of all commits of each key.
        #[test]
        fn agrees_with_a_list_of_all_commits(steps in prop::collection::vec((0u64..40, 0u32..12, any::<bool>()), 0..400)) {
            let mut truth = Truth::default();
            let mut commits: BTreeMap<u64, Vec<Time>> = BTreeMap::new();
            for (now, (key, behind, commits_now)) in steps.into_iter().enumerate() {
                let now = now as Time;
                let times = commits.entry(key).or_default();
                if commits_now {
                    times.push(now);
                    prop_assert_eq!(truth.commit(now, key), times.len() as u32);
                }
                let newest = times.len() as u32;
                prop_assert_eq!(truth.version(key), newest);
                let version = newest.saturating_sub(behind);
                // The commit that made it old is the next one, if it is among the last eight.
                let made_old = times.iter().rev().take(REMEMBERED.min((newest - version) as usize)).next_back();
                prop_assert_eq!(truth.stale_for(now, key, version), made_old.map(|time| now - time));
            }
        }
    }
}
