//! What happened to a system that is worth telling: instances that come and go, settings that change, waits that fail.
//!
//! Waits for a connection that end without one, in the same place within a second, are one entry with a count: a pool
//! that lets a thousand requests down says so once. At least the latest [`ENTRIES`] are kept, at most twice as many, so
//! that copies stay small; adding looks through as many.

use crate::sim::record::{Note, NoteKind};
use crate::sim::time::{SECOND, Time};

/// How many entries are kept.
const ENTRIES: usize = 200;

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The first of them.
    pub note: Note,
    /// How many there were.
    pub count: u32,
    /// When the last of them was.
    pub last: Time,
}

/// The news of a run.
#[derive(Clone, Debug, Default)]
pub struct Log {
    entries: Vec<Entry>,
}

impl Log {
    /// Adds a note, if it is news.
    pub(super) fn add(&mut self, note: &Note) {
        if !is_news(note.kind) {
            return;
        }
        let same = |entry: &&mut Entry| {
            entry.note.kind == note.kind
                && entry.note.instance == note.instance
                && note.time <= entry.last + SECOND
        };
        if note.kind == NoteKind::PoolTimedOut
            && let Some(entry) = self.entries.iter_mut().rev().find(same)
        {
            entry.count += 1;
            entry.last = note.time;
            return;
        }
        if self.entries.len() >= 2 * ENTRIES {
            self.entries.drain(..ENTRIES);
        }
        self.entries.push(Entry { note: *note, count: 1, last: note.time });
    }

    /// The entries in order of time.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

/// Whether a note says that the system changed, not that it works as it always does.
pub fn is_news(kind: NoteKind) -> bool {
    match kind {
        NoteKind::Evicted
        | NoteKind::Expired
        | NoteKind::Connected
        | NoteKind::Disconnected
        | NoteKind::StaleRead
        | NoteKind::FillRefused
        | NoteKind::Loaded
        | NoteKind::DuplicateLoad
        | NoteKind::Coalesced
        | NoteKind::Refreshed
        | NoteKind::Buffered
        | NoteKind::WritesFlushed
        | NoteKind::ServedOnError
        | NoteKind::RetryDenied
        | NoteKind::RateLimited
        | NoteKind::Shed
        | NoteKind::FellBack => false,
        NoteKind::Flushed
        | NoteKind::Purged
        | NoteKind::MarkedStale
        | NoteKind::WritesLost
        | NoteKind::Starting
        | NoteKind::Ready
        | NoteKind::Draining
        | NoteKind::Gone
        | NoteKind::Died
        | NoteKind::Slowed
        | NoteKind::PoolTimedOut
        | NoteKind::Reconfigured
        | NoteKind::Disturbed
        | NoteKind::Restored
        | NoteKind::BreakerOpened
        | NoteKind::BreakerHalfOpened
        | NoteKind::BreakerClosed
        | NoteKind::InstanceUnhealthy
        | NoteKind::InstanceHealthy
        | NoteKind::InstanceEjected
        | NoteKind::InstanceReturned
        | NoteKind::PanicBegan
        | NoteKind::PanicEnded
        | NoteKind::KeysMoved
        | NoteKind::Overloaded => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_that_repeats_is_one_entry_and_old_entries_go() {
        let note = |time, kind, instance| Note { time, instance, kind, a: 0, b: 0 };
        let mut log = Log::default();
        for time in 0..1_000 {
            log.add(&note(time * 1_000_000, NoteKind::PoolTimedOut, 1 + (time % 2) as u32));
            log.add(&note(time, NoteKind::Evicted, 1));
        }
        log.add(&note(10 * SECOND, NoteKind::PoolTimedOut, 1));
        // As many pools as there may be instances of a node, in turns.
        let mut many = Log::default();
        for time in 0..2_000 {
            many.add(&note(time * 1_000_000, NoteKind::PoolTimedOut, (time % 200) as u32));
        }
        assert!(many.entries().len() == 200 && many.entries().iter().all(|entry| entry.count == 10));
        let told: Vec<_> = log.entries().iter().map(|entry| (entry.note.instance, entry.count)).collect();
        assert_eq!(told, [(1, 500), (2, 500), (1, 1)]);
        for time in 0..1_000 {
            log.add(&note(time, NoteKind::Flushed, 0));
        }
        assert!(log.entries().len() <= 2 * ENTRIES);
        assert_eq!(log.entries().last().map(|entry| entry.note.time), Some(999));
    }
}
