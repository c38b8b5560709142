//! The requests of a window that are worth looking at: the slowest 20, and the first 20 that failed.
//!
//! Each request is written down behind the candidates, and is one if it can be among the slowest: about every second
//! can, so a branch on it would be mispredicted as often as not. Candidates gather and are sorted out four times 20 at a
//! time, by selection from their latencies and not by sorting: O(1) a request.

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
    /// The slowest so far, and others that came since these were last sorted out; behind them room.
    candidates: Vec<Notable>,
    /// How many of them there are, fewer than [`CANDIDATES`].
    count: usize,
    failed: Vec<Notable>,
    /// What is quicker than this is not among the slowest.
    least: Nanos,
    /// Room for sorting out.
    latencies: Vec<Nanos>,
}

impl NotableRequests {
    /// Remembers a request that has ended if it is notable.
    #[inline]
    pub(super) fn offer(&mut self, span: &CallSpan, latency: Nanos) {
        match self.candidates.get_mut(self.count) {
            Some(place) => *place = notable(span),
            None => self.make_room(span),
        }
        self.count += usize::from(latency >= self.least);
        if self.count == CANDIDATES {
            self.sort_out();
        }
        if span.outcome != Outcome::Ok && self.failed.len() < REMEMBERED {
            self.failed.push(notable(span));
        }
    }

    /// Room for candidates, all taken by the first request so that there is none without a value.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self, span: &CallSpan) {
        self.candidates.resize(CANDIDATES, notable(span));
    }

    /// Those remembered so far, and candidates.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Notable> {
        self.candidates.iter().take(self.count).chain(&self.failed)
    }

    /// The notable requests in the order they ended; a new window begins.
    pub(super) fn take(&mut self) -> Arc<[Notable]> {
        self.sort_out();
        // Beside the failed ones, where their room is kept from window to window.
        let taken = &mut self.failed;
        taken.extend_from_slice(&self.candidates[..self.count]);
        taken.sort_unstable_by_key(|request| (request.ended, request.root));
        taken.dedup();
        let shared = taken.as_slice().into();
        taken.clear();
        self.count = 0;
        self.least = 0;
        shared
    }

    /// Keeps the slowest; of equals those that ended first, so that batches make no difference.
    #[inline(never)]
    fn sort_out(&mut self) {
        let Some(others) = self.count.checked_sub(REMEMBERED).filter(|others| *others > 0) else { return };
        // Latencies alone are selected from quickly.
        self.latencies.clear();
        self.latencies.extend(self.candidates[..self.count].iter().map(Notable::latency));
        let (_, floor, slower) = self.latencies.select_nth_unstable(others);
        let floor = *floor;
        let mut equals = REMEMBERED - slower.iter().filter(|latency| **latency > floor).count();
        let mut kept = 0;
        for place in 0..self.count {
            let request = self.candidates[place];
            let equal = request.latency() == floor && equals > 0;
            equals -= usize::from(equal);
            self.candidates[kept] = request;
            kept += usize::from(equal || request.latency() > floor);
        }
        self.count = kept;
        self.least = floor + 1;
    }
}

fn notable(span: &CallSpan) -> Notable {
    Notable { root: span.root, started: span.started, ended: span.ended, outcome: span.outcome }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::record::{Lookup, NO_INSTANCE, Operation};
    use proptest::prelude::*;

    fn call(root: u64, latency: Nanos, outcome: Outcome) -> CallSpan {
        CallSpan {
            path: root,
            root,
            parent: 0,
            from: NO_INSTANCE,
            to: 0,
            node: 0,
            started: 1000 + root - latency,
            sent: 1000 + root - latency,
            ended: 1000 + root,
            outcome,
            operation: Operation::Read,
            endpoint: 0,
            lookup: Lookup::None,
            attempt: 0,
            key: 0,
        }
    }

    proptest! {
        /// The naive twin: all requests sorted, the slowest first; of equals those that ended first.
        #[test]
        fn agrees_with_sorting_them_all(
            windows in prop::collection::vec((prop::collection::vec((0u64..400, 0u8..9), 0..500), 1u64..400), 1..4),
        ) {
            let mut requests = NotableRequests::default();
            for (window, most) in windows {
                let calls: Vec<CallSpan> = window
                    .into_iter()
                    .enumerate()
                    .map(|(root, (latency, luck))| {
                        let outcome = if luck == 0 { Outcome::Refused } else { Outcome::Ok };
                        call(root as u64 + 1, latency % most, outcome)
                    })
                    .collect();
                calls.iter().for_each(|span| requests.offer(span, span.ended - span.started));
                let mut all: Vec<Notable> = calls.iter().map(notable).collect();
                let failed = all.iter().copied().filter(|request| request.outcome != Outcome::Ok).take(REMEMBERED);
                let failed: Vec<Notable> = failed.collect();
                all.sort_by_key(|request| std::cmp::Reverse(request.latency()));
                all.truncate(REMEMBERED);
                all.extend(failed);
                all.sort_by_key(|request| request.root);
                all.dedup();
                prop_assert_eq!(requests.take().to_vec(), all);
            }
        }
    }
}
