//! Writes that were answered and wait to be written (write-behind): what keeps them, in the order they came.
//!
//! A write to a key that waits already joins it if writes are coalesced. What waits, or is on its way without an answer,
//! is lost with the instance: exactly what was acknowledged less what the store has acknowledged. A flush whose answer
//! is lost with the instance counts as lost too, although the store may have it. O(1) a write.

use super::super::lines::Map;
use crate::sim::call::Visit;
use crate::sim::time::Time;
use std::collections::VecDeque;

/// What waits in one instance.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffer {
    queue: VecDeque<Waiting>,
    /// Number of the first in the queue; below it there is room for those that come back.
    first: u64,
    /// By key: the number of the last in the queue.
    queued: Map,
    /// By key: writes that the store has not acknowledged.
    unwritten: Map,
    /// Their sum.
    writes: u64,
}

/// One or more writes to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) key: u64,
    pub(super) size: u32,
    /// The request of the last one.
    pub(super) root: u64,
    pub(super) parent: u64,
    /// How many they are.
    pub(super) writes: u64,
    /// When the first was answered.
    pub(super) since: Time,
    /// How often it was sent.
    pub(super) attempt: u8,
}

impl Buffer {
    /// Writes acknowledged and not written.
    pub(super) fn writes(&self) -> u64 {
        self.writes
    }

    /// Whether the value of a key is not written yet.
    pub(super) fn holds(&self, key: u64) -> bool {
        self.unwritten.get(key).is_some()
    }

    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Takes a write if there is room. Whether there was.
    pub(super) fn add(&mut self, now: Time, visit: &Visit, capacity: u32, coalesce: bool) -> bool {
        let (key, size, root, parent) = (visit.key, visit.size, visit.root, visit.path);
        match self.queued.get(key).filter(|_| coalesce) {
            Some(number) => {
                let waiting = &mut self.queue[(number - self.first) as usize];
                *waiting = Waiting { size, root, parent, writes: waiting.writes + 1, ..*waiting };
            }
            None if self.queue.len() >= capacity as usize => return false,
            None => {
                if self.queue.is_empty() {
                    self.first = 1 << 62;
                }
                self.queued.set(key, self.first + self.queue.len() as u64);
                self.queue.push_back(Waiting { key, size, root, parent, writes: 1, since: now, attempt: 0 });
            }
        }
        self.unwritten.set(key, self.unwritten.get(key).unwrap_or(0) + 1);
        self.writes += 1;
        true
    }

    /// Takes the oldest out, to be sent.
    pub(super) fn take(&mut self) -> Option<Waiting> {
        let waiting = self.queue.pop_front()?;
        if self.queued.get(waiting.key) == Some(self.first) {
            self.queued.remove(waiting.key);
        }
        self.first += 1;
        Some(waiting)
    }

    /// It was sent and failed: it is the next to be sent again.
    pub(super) fn put_back(&mut self, waiting: Waiting) {
        if self.queue.is_empty() {
            self.first = 1 << 62;
        }
        self.first -= 1;
        if self.queued.get(waiting.key).is_none() {
            self.queued.set(waiting.key, self.first);
        }
        self.queue.push_front(Waiting { attempt: waiting.attempt.saturating_add(1), ..waiting });
    }

    /// The store has it.
    pub(super) fn written(&mut self, waiting: &Waiting) {
        self.writes -= waiting.writes;
        match self.unwritten.get(waiting.key).unwrap_or(0).saturating_sub(waiting.writes) {
            0 => self.unwritten.remove(waiting.key),
            left => self.unwritten.set(waiting.key, left),
        }
    }

    /// Recounts; `sent` are those on their way.
    pub(super) fn validate(&self, sent: impl Iterator<Item = Waiting>) {
        let writes: u64 = self.queue.iter().copied().chain(sent).map(|waiting| waiting.writes).sum();
        assert_eq!(writes, self.writes, "writes that wait or are on their way");
        assert_eq!(
            self.unwritten.iter().map(|(_, writes)| writes).sum::<u64>(),
            self.writes,
            "writes by key"
        );
        for (key, number) in self.queued.iter() {
            assert_eq!(self.queue[(number - self.first) as usize].key, key, "where a key waits");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is added, sent, fails and succeeds: the sums hold, and nothing is lost.
        #[test]
        fn every_write_is_counted_once(
            steps in prop::collection::vec((0u64..6, 0u8..6), 0..300),
            capacity in 1u32..8,
            coalesce in any::<bool>(),
        ) {
            let mut buffer = Buffer::default();
            let mut sent: Vec<Waiting> = Vec::new();
            let (mut acknowledged, mut written) = (0, 0);
            for (now, (key, step)) in steps.into_iter().enumerate() {
                match step {
                    0..3 => {
                        let visit = Visit { key, ..Visit::default() };
                        acknowledged += u64::from(buffer.add(now as Time, &visit, capacity, coalesce));
                    }
                    3 => sent.extend(buffer.take()),
                    4 if !sent.is_empty() => buffer.put_back(sent.remove(0)),
                    5 if !sent.is_empty() => {
                        let done = sent.remove(0);
                        buffer.written(&done);
                        written += done.writes;
                    }
                    _ => {}
                }
                buffer.validate(sent.iter().copied());
                prop_assert_eq!(buffer.writes(), acknowledged - written);
                prop_assert_eq!(buffer.is_empty() && sent.is_empty(), buffer.writes() == 0);
            }
        }
    }
}
