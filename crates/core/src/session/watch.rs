//! What a viewer wants to hear of while a run goes on: hops to draw, notes to announce. Kept until it is taken,
//! up to a limit, and never part of a keyframe.

use super::search::{Looking, Sought};
use super::trace::Trace;
use crate::metrics::log::is_news;
use crate::sim::record::{Hop, InstanceIndex, Note, Record};
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
    /// A request whose hops are kept, sampled or not; 0 for none.
    pub(super) followed: u64,
    hops: Vec<Hop>,
    failures: usize,
    notes: Vec<Note>,
    dropped: u64,
    trace: Option<Trace>,
    looking: Option<Looking>,
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

    /// Looks for one thing and nothing else.
    pub(super) fn for_search(sought: Sought) -> Watch {
        Watch { looking: Some(Looking::new(sought)), ..Watch::default() }
    }

    /// When and where that was, once it was found.
    pub(super) fn found(&self) -> Option<(Time, Option<InstanceIndex>)> {
        self.looking.as_ref()?.found()
    }

    /// Keeps a hop to draw.
    pub(super) fn hop(&mut self, hop: &Hop) {
        if !self.on {
            return;
        }
        if hop.root & self.mask != 0 && hop.root != self.followed {
            if self.failures < FAILURES {
                self.failures += 1;
                self.hops.push(*hop);
            }
        } else if self.hops.len() < HOPS {
            self.hops.push(*hop);
        } else {
            self.dropped += 1;
        }
    }

    /// Keeps a note that is news.
    pub(super) fn note(&mut self, note: &Note) {
        if self.on && is_news(note.kind) && self.notes.len() < NOTES {
            self.notes.push(*note);
        }
    }

    /// Looks for spans of the request that is traced, or for what is sought, if anything is.
    pub(super) fn trace(&mut self, records: &[Record]) {
        if let Some(trace) = &mut self.trace {
            records.iter().for_each(|record| trace.add(record));
        }
        if let Some(looking) = &mut self.looking {
            looking.look(records);
        }
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
