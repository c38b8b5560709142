//! Belady's optimum: the entry that is read again latest leaves. It knows the future, so it is a yardstick and no
//! policy: no cache of the same capacity that stores all it reads misses less often (Belady 1966, "A study of replacement algorithms for a
//! virtual-storage computer"; Mattson et al. 1970 prove it).
//!
//! Two passes: [`Future`] keeps the trace and finds for each access when its key is read next; [`Belady`] then replays.
//!
//! - Every value read is stored, as in the caches here. One that may leave a value out can miss less often still.
//! - Entries that are not read again before they are written or deleted leave first, of these the one whose key was
//!   first seen last. Which of them goes changes no count.
//! - For values of one size and reads alone it is the optimum. Of values of different sizes it is not: finding that is
//!   NP-hard (Chrobak, Woeginger, Makino and Xu 2012, "Caching is hard, even in the fault model"). Nor with writes,
//!   which it is told of and cannot decline.
//!
//! Costs: O(log n) per access, n being the entries stored. The future holds 8 bytes per access (17 with sizes and
//! operations) and 28 to 44 per key while it is read; each replay 4 bytes per key and 8 to 16 per entry.
//!
//! Left out: times to live.

use super::index::{self, Index};
use super::replay::{Access, Counts, Operation};
use super::{Capacity, MOST_BYTES};
use std::collections::BinaryHeap;
use std::fmt;

/// Most accesses a future has.
pub const LONGEST_FUTURE: usize = u32::MAX as usize - 1;

/// Not read again.
const NEVER: u32 = u32::MAX;

/// Not stored. No access is next read at 0, the first one.
const ABSENT: u32 = 0;

/// The trace is longer than can be looked ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Belady's optimum looks ahead over at most {LONGEST_FUTURE} accesses; give it a part of the trace"
        )
    }
}

impl std::error::Error for TooLong {}

/// A whole trace, and for each access when its key is read next.
#[derive(Clone, Debug, Default)]
pub struct Future {
    /// The keys, by the order of their first access.
    keys: Vec<u64>,
    index: Index,
    /// Which key each access is about.
    ids: Vec<u32>,
    /// When that is read next; filled in by `close`.
    next: Vec<u32>,
    /// Empty while all are 1.
    sizes: Vec<u64>,
    /// Empty while all are reads.
    operations: Vec<Operation>,
}

impl Future {
    /// No access yet.
    pub fn new() -> Self {
        Future::default()
    }

    /// Takes in one access.
    ///
    /// # Errors
    /// The trace is too long; what was taken in before stays.
    pub fn push(&mut self, access: &Access) -> Result<(), TooLong> {
        let at = self.ids.len();
        if at == LONGEST_FUTURE {
            return Err(TooLong);
        }
        if access.size != 1 && self.sizes.is_empty() {
            self.sizes.resize(at, 1);
        }
        if access.operation != Operation::Read && self.operations.is_empty() {
            self.operations.resize(at, Operation::Read);
        }
        if access.size != 1 || !self.sizes.is_empty() {
            self.sizes.push(access.size);
        }
        if access.operation != Operation::Read || !self.operations.is_empty() {
            self.operations.push(access.operation);
        }
        let id = self.id(access.key);
        self.ids.push(id);
        Ok(())
    }

    /// Accesses taken in.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Distinct keys among them.
    pub fn keys(&self) -> usize {
        self.keys.len()
    }

    /// The access at a place below [`Future::len`]; its time is its place.
    #[inline]
    pub fn access(&self, at: usize) -> Access {
        let key = self.keys[self.ids[at] as usize];
        Access { time: at as u64, key, size: self.size(at), ttl: None, operation: self.operation(at) }
    }

    /// Which key the access at a place is about: a number below [`Future::keys`], by the order of first accesses.
    #[inline]
    pub fn key_number(&self, at: usize) -> u32 {
        self.ids[at]
    }

    /// When the key of an access is read next, if it is before it is written or deleted; known once closed.
    pub fn next_read(&self, at: usize) -> Option<u64> {
        self.next.get(at).filter(|next| **next != NEVER).map(|next| (*next).into())
    }

    /// The number of a key, if it is accessed at all.
    #[inline]
    pub fn number_of(&self, key: u64) -> Option<u32> {
        self.index.find(index::hash(key), |id| self.keys[id as usize] == key)
    }

    /// Whether values have sizes of their own.
    pub fn has_sizes(&self) -> bool {
        !self.sizes.is_empty()
    }

    /// Finds the next reads, from the end. To be called once, when all are taken in.
    pub fn close(&mut self) {
        let mut next_read = vec![NEVER; self.keys.len()];
        self.next = vec![NEVER; self.ids.len()];
        for at in (0..self.ids.len()).rev() {
            let soonest = &mut next_read[self.ids[at] as usize];
            self.next[at] = *soonest;
            // What is stored now is of no use once it is written or deleted.
            *soonest = if self.operation(at) == Operation::Read { at as u32 } else { NEVER };
        }
    }

    /// Bytes this occupies.
    pub fn memory(&self) -> u64 {
        let numbers = (self.keys.capacity() + self.sizes.capacity()) * size_of::<u64>()
            + (self.ids.capacity() + self.next.capacity()) * size_of::<u32>()
            + self.operations.capacity();
        numbers as u64 + self.index.memory()
    }

    #[inline]
    fn id(&mut self, key: u64) -> u32 {
        let (keys, hash) = (&self.keys, index::hash(key));
        let found = self.index.find(hash, |id| keys[id as usize] == key);
        found.unwrap_or_else(|| {
            let id = self.keys.len() as u32;
            self.keys.push(key);
            self.index.insert(hash, id);
            id
        })
    }

    #[inline]
    fn operation(&self, at: usize) -> Operation {
        self.operations.get(at).copied().unwrap_or_default()
    }

    #[inline]
    fn size(&self, at: usize) -> u64 {
        self.sizes.get(at).copied().unwrap_or(1)
    }
}

/// A cache that knows the future.
#[derive(Clone, Debug)]
pub struct Belady {
    most_entries: u64,
    most_bytes: u64,
    /// By key: when it is read next, or [`ABSENT`].
    next: Vec<u32>,
    /// By key, its size as it is stored; empty if all are 1.
    sizes: Vec<u64>,
    /// Who is read again latest on top. Holds also what was true once: reads that are past, below all others.
    latest: BinaryHeap<(u32, u32)>,
    entries: u64,
    bytes: u64,
    /// The access that comes next.
    at: usize,
    counts: Counts,
    /// The key that left last to make room, and when it would have been read again.
    victim: Option<(u32, u32)>,
}

impl Belady {
    /// An empty cache at the start of `future`, which is closed.
    pub fn new(capacity: Capacity, future: &Future) -> Self {
        let (most_entries, most_bytes) = match capacity {
            Capacity::Entries(most) => (most, MOST_BYTES),
            Capacity::Bytes(most) => (u64::MAX, most.min(MOST_BYTES)),
        };
        Belady {
            most_entries,
            most_bytes,
            next: vec![ABSENT; future.keys()],
            sizes: if future.sizes.is_empty() { Vec::new() } else { vec![0; future.keys()] },
            latest: BinaryHeap::new(),
            entries: 0,
            bytes: 0,
            at: 0,
            counts: Counts::default(),
            victim: None,
        }
    }

    /// Goes through at most `limit` more accesses of the same future; whether there are any left.
    pub fn advance(&mut self, future: &Future, limit: usize) -> bool {
        let end = future.len().min(self.at.saturating_add(limit));
        while self.at < end {
            self.access(future);
            self.at += 1;
        }
        self.at < future.len()
    }

    /// The key that left last to make room since this was asked last, and when it would have been read again, if ever.
    pub fn take_victim(&mut self, future: &Future) -> Option<(u64, Option<u64>)> {
        let (id, next) = self.victim.take()?;
        Some((future.keys[id as usize], (next != NEVER).then_some(next.into())))
    }

    /// Entries that are stored.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Keys that are stored now, who is read again soonest first.
    pub fn in_keeping_order(&self, future: &Future) -> Vec<u64> {
        let mut stored: Vec<(u32, u32)> = (0..).zip(&self.next).map(|(id, next)| (*next, id)).collect();
        stored.retain(|(next, _)| *next != ABSENT);
        stored.sort_unstable();
        stored.iter().map(|(_, id)| future.keys[*id as usize]).collect()
    }

    /// Keys that are stored now.
    pub fn stored<'a>(&'a self, future: &'a Future) -> impl Iterator<Item = u64> + 'a {
        future.keys.iter().zip(&self.next).filter(|(_, next)| **next != ABSENT).map(|(key, _)| *key)
    }

    /// Bytes this occupies.
    pub fn memory(&self) -> u64 {
        (self.next.capacity() * size_of::<u32>()
            + self.sizes.capacity() * size_of::<u64>()
            + self.latest.capacity() * size_of::<(u32, u32)>()) as u64
    }

    /// Recounts everything from scratch.
    ///
    /// # Errors
    /// The first thing that does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        let stored = |(_, next): &(u32, &u32)| **next != ABSENT;
        let ids: Vec<u32> = (0..).zip(&self.next).filter(stored).map(|(id, _)| id).collect();
        let bytes: u64 = ids.iter().map(|id| self.stored_size(*id)).sum();
        if (ids.len() as u64, bytes) != (self.entries, self.bytes) {
            let (entries, counted) = (self.entries, self.bytes);
            return Err(format!("{} entries, {bytes} bytes, counted {entries} and {counted}", ids.len()));
        }
        if self.entries > self.most_entries || self.bytes > self.most_bytes {
            return Err(format!("{} entries, {bytes} bytes are too many", self.entries));
        }
        let mut known: Vec<u32> = self
            .latest
            .iter()
            .filter(|(next, id)| self.next[*id as usize] == *next)
            .map(|(_, id)| *id)
            .collect();
        known.sort_unstable();
        known.dedup();
        if known != ids {
            return Err(format!("{} entries stored, {} may be evicted", ids.len(), known.len()));
        }
        Ok(())
    }

    #[inline]
    fn access(&mut self, future: &Future) {
        let (id, size, operation) = (future.ids[self.at], future.size(self.at), future.operation(self.at));
        let access = Access { time: 0, key: 0, size, ttl: None, operation };
        let is_stored = self.next[id as usize] != ABSENT;
        self.counts.count(&access, !is_stored);
        if operation == Operation::Read && is_stored {
            self.expect(id, future.next[self.at]);
            return;
        }
        if is_stored {
            self.remove(id);
        }
        if operation != Operation::Delete {
            self.store(id, size, future.next[self.at]);
        }
    }

    fn store(&mut self, id: u32, size: u64, next: u32) {
        if self.most_entries == 0 || size > self.most_bytes {
            return;
        }
        while self.entries >= self.most_entries || self.bytes + size > self.most_bytes {
            let Some((latest, victim)) = self.latest.pop() else { break };
            if self.next[victim as usize] == latest {
                self.victim = Some((victim, latest));
                self.remove(victim);
            }
        }
        if let Some(stored) = self.sizes.get_mut(id as usize) {
            *stored = size;
        }
        self.entries += 1;
        self.bytes += size;
        self.expect(id, next);
    }

    fn remove(&mut self, id: u32) {
        self.next[id as usize] = ABSENT;
        self.entries -= 1;
        self.bytes -= self.stored_size(id);
    }

    /// `id` is stored and read next at `next`.
    #[inline]
    fn expect(&mut self, id: u32, next: u32) {
        self.next[id as usize] = next;
        if self.latest.len() as u64 >= 2 * self.entries + 64 {
            self.forget_the_past();
        }
        self.latest.push((next, id));
    }

    /// Keeps one item of each entry that is stored.
    #[cold]
    fn forget_the_past(&mut self) {
        let mut latest = std::mem::take(&mut self.latest).into_vec();
        latest.retain(|(next, id)| self.next[*id as usize] == *next);
        latest.sort_unstable();
        latest.dedup();
        self.latest = latest.into();
    }

    #[inline]
    fn stored_size(&self, id: u32) -> u64 {
        self.sizes.get(id as usize).copied().unwrap_or(1)
    }
}
