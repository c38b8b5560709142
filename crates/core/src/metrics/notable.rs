//! The requests of a window that are worth looking at: the slowest 20, and the first 20 that failed.
//!
//! A request that cannot be among the slowest costs a comparison. The others gather and are sorted out four times 20
//! at a time, by selection from their latencies and not by sorting: O(1) a request.

use crate::sim::record::{CallSpan, Outcome};
use crate::sim::time::{Nanos, Time};
use std::sync::Arc;

/// How many of each kind are remembered.
pub(super) const REMEMBERED: usize = 20;

/// How many candidates come together before they are sorted out.
const CANDIDATES: usize = 4 * REMEMBERED;

/// A request worth looking at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notable {
    /// Its root path.
    pub root: u64,
    /// When it was sent.
    pub started: Time,
    /// When it ended.
    pub ended: Time,
    /// How it ended.
    pub outcome: Outcome,
}

impl Notable {
    /// How long it took.
    pub fn latency(&self) -> Nanos {
        self.ended - self.started
    }
}

/// The notable requests of the open window.
#[derive(Clone, Debug, Default)]
pub(super) struct NotableRequests {
    /// The slowest so far, and others that came since these were last sorted out.
    slowest: Vec<Notable>,
    failed: Vec<Notable>,
    /// What is not slower than this is not among the slowest.
    floor: Nanos,
    /// Room for sorting out.
    latencies: Vec<Nanos>,
}

impl NotableRequests {
    /// Remembers a request that has ended if it is notable.
    #[inline]
    pub(super) fn offer(&mut self, span: &CallSpan, latency: Nanos) {
        if latency > self.floor || self.slowest.len() < REMEMBERED {
            self.slowest.push(notable(span));
            if self.slowest.len() == CANDIDATES {
                self.sort_out();
            }
        }
        if span.outcome != Outcome::Ok && self.failed.len() < REMEMBERED {
            self.failed.push(notable(span));
        }
    }

    /// Those remembered so far, and candidates.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Notable> {
        self.slowest.iter().chain(&self.failed)
    }

    /// The notable requests in the order they ended; a new window begins.
    pub(super) fn take(&mut self) -> Arc<[Notable]> {
        self.sort_out();
        self.floor = 0;
        // The slowest take no more room than this, so the list grows once at most.
        self.slowest.append(&mut self.failed);
        self.slowest.sort_unstable_by_key(|request| (request.ended, request.root));
        self.slowest.dedup();
        let taken = self.slowest.as_slice().into();
        self.slowest.clear();
        taken
    }

    /// Keeps the slowest; of equals those that ended first, so that batches make no difference.
    #[inline(never)]
    fn sort_out(&mut self) {
        let Some(others) = self.slowest.len().checked_sub(REMEMBERED).filter(|others| *others > 0) else {
            return;
        };
        // Latencies alone are selected from quickly.
        self.latencies.clear();
        self.latencies.extend(self.slowest.iter().map(Notable::latency));
        let (_, floor, slower) = self.latencies.select_nth_unstable(others);
        let floor = *floor;
        let mut equals = REMEMBERED - slower.iter().filter(|latency| **latency > floor).count();
        self.slowest.retain(|request| {
            let latency = request.latency();
            let kept = latency > floor || latency == floor && equals > 0;
            equals -= usize::from(kept && latency == floor);
            kept
        });
        self.floor = floor;
    }
}

fn notable(span: &CallSpan) -> Notable {
    Notable { root: span.root, started: span.started, ended: span.ended, outcome: span.outcome }
}
