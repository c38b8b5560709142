//! Misses of LRU at every capacity, exactly, in one pass: Mattson, Gecsei, Slutz and Traiger 1970, "Evaluation
//! techniques for storage hierarchies".
//!
//! An LRU cache of n entries holds the n keys used last, so a read hits in all caches from some capacity on: its stack
//! distance, the number of keys used since (itself included). Distances are counted by [`Recency`], which Olken 1981
//! did with a balanced tree.
//!
//! A key that is deleted leaves a hole at its depth, for only the caches that held it gain room. The next miss that
//! reaches a hole fills it.
//!
//! Costs: O(log n) per access, n being the keys alive, at most 2^30; 40 to 80 bytes per key alive and 16 per distance
//! seen.
//!
//! Left out: capacity in bytes and times to live, under which a larger LRU cache need not hold what a smaller one does;
//! replay those ([`Replay`](super::Replay)).

use super::index::{self, Index};
use super::recency::{Owner, Place, Recency};
use super::replay::{Access, Counts, Operation};
use std::collections::BTreeSet;

/// Owner of a hole.
const HOLE: Owner = Owner::MAX;

/// A key that was used and not deleted since.
#[derive(Clone, Copy, Debug)]
struct Key {
    key: u64,
    place: Place,
}

/// Reads of one distance.
#[derive(Clone, Copy, Debug, Default)]
struct Bin {
    reads: u64,
    bytes: u64,
}

/// How often each stack distance occurred.
#[derive(Clone, Debug, Default)]
pub struct StackDistances {
    keys: Vec<Key>,
    free: Vec<Owner>,
    index: Index,
    line: Recency,
    holes: BTreeSet<Place>,
    /// Reads by distance, from 1.
    bins: Vec<Bin>,
    /// What is counted whatever the capacity.
    total: Counts,
}

impl StackDistances {
    /// Nothing read yet.
    pub fn new() -> Self {
        StackDistances::default()
    }

    /// Takes in one access; the capacity from which on it hits, if any does. Times and times to live change nothing.
    pub fn access(&mut self, access: &Access) -> Option<u64> {
        if access.operation == Operation::Delete {
            self.total.deletes += 1;
            self.delete(access.key);
            return None;
        }
        let distance = self.touch(access.key);
        if access.operation == Operation::Write {
            self.total.writes += 1;
            return distance;
        }
        self.total.requests += 1;
        self.total.bytes = self.total.bytes.saturating_add(access.size);
        let at = distance? as usize - 1;
        if at >= self.bins.len() {
            self.bins.resize(at + 1, Bin::default());
        }
        self.bins[at].reads += 1;
        self.bins[at].bytes = self.bins[at].bytes.saturating_add(access.size);
        distance
    }

    /// What an LRU cache of `capacity` entries would have counted. O(capacity); [`StackDistances::curve`] for many.
    pub fn counts(&self, capacity: u64) -> Counts {
        self.curve([capacity]).into_iter().next().unwrap_or_default()
    }

    /// What LRU caches of these capacities, in entries, would have counted; capacities must rise. One pass over the
    /// distances.
    pub fn curve(&self, capacities: impl IntoIterator<Item = u64>) -> Vec<Counts> {
        let mut hits = Bin::default();
        let mut bins = self.bins.iter();
        let mut seen = 0;
        let mut at = |capacity: u64| {
            let more = capacity.saturating_sub(seen);
            for bin in bins.by_ref().take(usize::try_from(more).unwrap_or(usize::MAX)) {
                hits.reads += bin.reads;
                hits.bytes = hits.bytes.saturating_add(bin.bytes);
            }
            seen = seen.max(capacity);
            Counts {
                misses: self.total.requests - hits.reads,
                missed_bytes: self.total.bytes.saturating_sub(hits.bytes),
                ..self.total
            }
        };
        capacities.into_iter().map(&mut at).collect()
    }

    /// The capacity in entries beyond which nothing more is gained.
    pub fn largest(&self) -> u64 {
        self.bins.len() as u64
    }

    /// Keys that were used and not deleted since.
    pub fn keys(&self) -> u64 {
        u64::from(self.index.len())
    }

    /// Bytes this occupies.
    pub fn memory(&self) -> u64 {
        let lists = self.keys.capacity() * size_of::<Key>()
            + self.free.capacity() * size_of::<Owner>()
            + self.bins.capacity() * size_of::<Bin>()
            + self.holes.len() * 2 * size_of::<Place>();
        lists as u64 + self.index.memory() + self.line.memory()
    }

    /// Recounts everything from scratch.
    ///
    /// # Errors
    /// The first thing that does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        self.index.validate()?;
        self.line.validate()?;
        let (holes, owned): (Vec<_>, Vec<_>) = self.line.in_order().partition(|(owner, _)| *owner == HOLE);
        if !holes.iter().map(|(_, place)| place).eq(&self.holes) {
            return Err(format!("holes {:?}, in the line {holes:?}", self.holes));
        }
        if owned.len() as u64 != self.keys() || owned.len() + self.free.len() != self.keys.len() {
            return Err(format!(
                "{} in the line, {} indexed, {} free",
                owned.len(),
                self.keys(),
                self.free.len()
            ));
        }
        if let Some((owner, place)) =
            owned.iter().find(|(owner, place)| self.keys[*owner as usize].place != *place)
        {
            return Err(format!("place {place} belongs to {:?}", self.keys[*owner as usize]));
        }
        let hits = self.bins.iter().map(|bin| bin.reads).sum::<u64>();
        if hits > self.total.requests {
            return Err(format!("{hits} reads by distance, {} in all", self.total.requests));
        }
        Ok(())
    }

    fn find(&self, key: u64) -> Option<Owner> {
        let keys = &self.keys;
        self.index.find(index::hash(key), |owner| keys[owner as usize].key == key)
    }

    /// Puts `key` on top; its depth before, if it was there.
    #[inline]
    fn touch(&mut self, key: u64) -> Option<u64> {
        if self.line.is_full() {
            self.compact();
        }
        let Some(owner) = self.find(key) else {
            self.fill_hole(0);
            self.insert(key);
            return None;
        };
        let place = self.keys[owner as usize].place;
        let depth = self.line.depth(place);
        if self.fill_hole(place) {
            self.line.hand_over(place, HOLE);
            self.holes.insert(place);
        } else {
            self.line.remove(place);
        }
        self.keys[owner as usize].place = self.line.push(owner);
        Some(u64::from(depth))
    }

    /// Removes the hole of least depth if it lies above `place`; whether there was one.
    #[inline]
    fn fill_hole(&mut self, place: Place) -> bool {
        let Some(&hole) = self.holes.last() else { return false };
        let above = hole >= place;
        if above {
            self.holes.remove(&hole);
            self.line.remove(hole);
        }
        above
    }

    fn insert(&mut self, key: u64) {
        let owner = self.free.pop().unwrap_or(self.keys.len() as Owner);
        let key = Key { key, place: self.line.push(owner) };
        match self.keys.get_mut(owner as usize) {
            Some(free) => *free = key,
            None => self.keys.push(key),
        }
        self.index.insert(index::hash(key.key), owner);
    }

    fn delete(&mut self, key: u64) {
        let Some(owner) = self.find(key) else { return };
        let place = self.keys[owner as usize].place;
        self.index.remove(index::hash(key), owner);
        self.free.push(owner);
        self.line.hand_over(place, HOLE);
        self.holes.insert(place);
    }

    /// The line is used up: everybody gets a new place.
    #[cold]
    fn compact(&mut self) {
        let (keys, holes) = (&mut self.keys, &mut self.holes);
        holes.clear();
        self.line.compact(|owner, place| {
            if owner == HOLE {
                holes.insert(place);
            } else {
                keys[owner as usize].place = place;
            }
        });
    }
}
