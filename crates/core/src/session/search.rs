//! Searching a run for what happens next: the next eviction, the next failed request, the next instance that dies.
//!
//! A search goes on with the run as fast as it can, without a viewer; where it finds something it says when, and whoever
//! asked seeks there. It costs what running to there costs. Left out: notes of the past, which are found by seeking
//! back first.

use super::Session;
use super::run::Pause;
use super::watch::Watch;
use crate::sim::record::{InstanceIndex, NoteKind, Outcome, Record};
use crate::sim::time::Time;

/// Requests waiting in one place before a queue is spoken of.
const QUEUE: u32 = 10;

/// Events between two looks at the queues.
const BATCH: u64 = 64;

/// What may be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// Ten or more wait at an instance where fewer did.
    Queue,
    /// A client's request ends otherwise than well.
    Failure,
    /// A wait for a connection ends without one.
    PoolTimeout,
    /// A cache puts an entry out to make room.
    Eviction,
    /// A cache finds an entry too old.
    Expiry,
    /// An instance dies or leaves.
    Down,
    /// An instance becomes ready.
    Up,
    /// Something is done to the system, by the scenario or the learner, or ends.
    Action,
}

/// What a search came to, as far as it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// It has found what it looked for.
    Found {
        /// When that happened.
        at: Time,
        /// Where; nowhere if it was done to the whole.
        instance: Option<InstanceIndex>,
    },
    /// There is more of the run to search.
    GoesOn,
    /// The run is over without it.
    Over,
}

impl Session {
    /// Goes on for about `max_events` or until it finds what is sought. The run then stands somewhere near; a seek brings
    /// it to the moment itself.
    pub fn look_ahead(&mut self, sought: Sought, max_events: u64) -> Search {
        self.target = None;
        self.run.simulator.set_hops(None);
        let mut watch = Watch::for_search(sought);
        let mut waiting = self.crowded(sought);
        let mut left = max_events;
        while left > 0 {
            let mut budget = if sought == Sought::Queue { BATCH.min(left) } else { left };
            let before = budget;
            let pause = self.run.advance(self.origin.duration, &mut budget, &mut watch);
            left -= before - budget;
            if pause == Pause::Window {
                self.keyframes.offer(&self.run);
            }
            if let Some((at, instance)) = watch.found() {
                return Search::Found { at, instance };
            }
            let crowded = self.crowded(sought);
            let new = crowded.iter().find(|instance| !waiting.contains(instance));
            if let Some(instance) = new {
                return Search::Found { at: self.now(), instance: Some(*instance) };
            }
            waiting = crowded;
            if pause == Pause::Overloaded || pause == Pause::Reached {
                return Search::Over;
            }
        }
        Search::GoesOn
    }

    /// Instances at which a queue stands now, if one is sought.
    fn crowded(&self, sought: Sought) -> Vec<InstanceIndex> {
        if sought != Sought::Queue {
            return Vec::new();
        }
        let waits = |(index, view): (usize, super::InstanceView)| {
            let waiting = view.gauge.queue + view.gauge.pool.map_or(0, |pool| pool.waiting);
            (waiting >= QUEUE).then_some(index as InstanceIndex)
        };
        self.instances().into_iter().enumerate().filter_map(waits).collect()
    }
}

/// The first record that is what a search looks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looking {
    sought: Sought,
    found: Option<(Time, Option<InstanceIndex>)>,
}

impl Looking {
    pub(super) fn new(sought: Sought) -> Looking {
        Looking { sought, found: None }
    }

    pub(super) fn found(&self) -> Option<(Time, Option<InstanceIndex>)> {
        self.found
    }

    pub(super) fn look(&mut self, records: &[Record]) {
        if self.found.is_none() {
            self.found = records.iter().find_map(|record| self.matching(record));
        }
    }

    fn matching(&self, record: &Record) -> Option<(Time, Option<InstanceIndex>)> {
        match record {
            Record::Call(span) => {
                let failed = span.parent == 0 && span.outcome != Outcome::Ok;
                (self.sought == Sought::Failure && failed).then_some((span.ended, None))
            }
            Record::Note(note) => (self.sought == of(note.kind)?).then(|| {
                let whole = self.sought == Sought::Action;
                (note.time, (!whole).then_some(note.instance))
            }),
            Record::Visit(_) | Record::Hop(_) => None,
        }
    }
}

/// What a note is searched for as.
fn of(kind: NoteKind) -> Option<Sought> {
    match kind {
        NoteKind::Evicted => Some(Sought::Eviction),
        NoteKind::Expired => Some(Sought::Expiry),
        NoteKind::PoolTimedOut => Some(Sought::PoolTimeout),
        NoteKind::Died | NoteKind::Gone => Some(Sought::Down),
        NoteKind::Ready => Some(Sought::Up),
        NoteKind::Reconfigured
        | NoteKind::Disturbed
        | NoteKind::Restored
        | NoteKind::Flushed
        | NoteKind::Purged
        | NoteKind::MarkedStale => Some(Sought::Action),
        NoteKind::Starting
        | NoteKind::Draining
        | NoteKind::Slowed
        | NoteKind::Connected
        | NoteKind::Disconnected
        | NoteKind::Overloaded
        | NoteKind::StaleRead
        | NoteKind::FillRefused
        | NoteKind::Loaded
        | NoteKind::DuplicateLoad
        | NoteKind::Coalesced
        | NoteKind::Refreshed
        | NoteKind::Buffered
        | NoteKind::WritesFlushed
        | NoteKind::WritesLost
        | NoteKind::ServedOnError
        | NoteKind::BreakerOpened
        | NoteKind::BreakerHalfOpened
        | NoteKind::BreakerClosed
        | NoteKind::RetryDenied
        | NoteKind::RateLimited
        | NoteKind::Shed
        | NoteKind::FellBack
        | NoteKind::InstanceUnhealthy
        | NoteKind::InstanceHealthy
        | NoteKind::InstanceEjected
        | NoteKind::InstanceReturned
        | NoteKind::PanicBegan
        | NoteKind::PanicEnded
        | NoteKind::KeysMoved => None,
    }
}
