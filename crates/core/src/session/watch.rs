//! What a viewer wants to hear of while a run goes on: hops to draw, notes to announce. Kept until it is taken,
//! up to a limit, and never part of a keyframe.

use super::trace::Trace;
use crate::sim::record::{Hop, Note, NoteKind, Record};
use crate::sim::time::Time;

/// Hops kept for a viewer that does not take them; later ones are counted and dropped.
const HOPS: usize = 65_536;

/// Hops of failures outside the sample that are kept. A viewer draws no more of them.
const FAILURES: usize = 50;

/// Notes kept in the same way.
const NOTES: usize = 1_024;

/// Collects what a viewer takes.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    /// Whether anything is kept. Off while a run is replayed to where it was.
    pub(super) on: bool,
    /// Bits that are 0 in the roots of sampled requests.
    pub(super) mask: u64,
    hops: Vec<Hop>,
    failures: usize,
    notes: Vec<Note>,
    dropped: u64,
    requests_ended: u64,
    trace: Option<Trace>,
}

impl Watch {
    /// Keeps what a viewer takes.
    pub(super) fn listening() -> Watch {
        Watch { on: true, ..Watch::default() }
    }

    /// Collects the spans of one request and nothing else.
    pub(super) fn for_trace(root: u64) -> Watch {
        Watch { trace: Some(Trace::new(root)), ..Watch::default() }
    }

    pub(super) fn observe(&mut self, records: &[Record]) {
        records.iter().for_each(|record| self.add(record));
    }

    /// Takes one record.
    #[inline]
    pub(super) fn add(&mut self, record: &Record) {
        if let Some(trace) = &mut self.trace {
            trace.add(record);
        }
        if !self.on {
            return;
        }
        match record {
            Record::Hop(hop) if hop.root & self.mask != 0 => {
                if self.failures < FAILURES {
                    self.failures += 1;
                    self.hops.push(*hop);
                }
            }
            Record::Hop(hop) if self.hops.len() < HOPS => self.hops.push(*hop),
            Record::Hop(_) => self.dropped += 1,
            Record::Note(note) if is_news(note.kind) && self.notes.len() < NOTES => self.notes.push(*note),
            Record::Call(span) if span.parent == 0 => self.requests_ended += 1,
            Record::Call(_) | Record::Visit(_) | Record::Note(_) => {}
        }
    }

    pub(super) fn requests_ended(&self) -> u64 {
        self.requests_ended
    }

    /// Until when a traced request is worth following; none while it is under way.
    pub(super) fn trace_end(&self) -> Option<Time> {
        self.trace.as_ref()?.end()
    }

    pub(super) fn into_trace(self) -> Option<Trace> {
        self.trace
    }

    /// The hops since the last time, and how many did not fit.
    pub(super) fn take_hops(&mut self) -> (Vec<Hop>, u64) {
        self.failures = 0;
        (std::mem::take(&mut self.hops), std::mem::take(&mut self.dropped))
    }

    pub(super) fn take_notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }

    pub(super) fn clear(&mut self) {
        self.hops.clear();
        self.notes.clear();
        self.failures = 0;
        self.dropped = 0;
    }
}

/// Whether a note is worth announcing: it says that the system changed, not that it works as it always does.
fn is_news(kind: NoteKind) -> bool {
    match kind {
        NoteKind::Evicted | NoteKind::Expired | NoteKind::Connected | NoteKind::Disconnected => false,
        NoteKind::Flushed
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
        | NoteKind::Overloaded => true,
    }
}
