//! Requests that are kept apart: those for each path, and those of each clients node where there are several. What is quick
//! for most may be slow for all of one part.
//!
//! O(1) for each request that ended, beside what all requests cost; two histograms for each part and window.

use super::figures::LatencyFigures;
use super::tally::{OUTCOMES, OpenTally, Tally};
use crate::sim::record::Outcome;

/// What ended in the open window of the requests of one part, by when it was sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// In it.
    pub(super) within: OpenTally,
    /// In the window before.
    pub(super) carried: OpenTally,
    /// Earlier still: for charts, which go by when requests ended.
    pub(super) late: OpenTally,
}

/// Requests of one part that were sent in a stretch.
#[derive(Clone, Debug, Default)]
pub struct PartFigures {
    /// By how they ended.
    pub outcomes: [u64; OUTCOMES],
    /// Latencies of those that ended well.
    pub ok: LatencyFigures,
    /// Latencies of all others that ended.
    pub failed: LatencyFigures,
}

impl PartFigures {
    /// Those that have ended.
    pub fn requests_ended(&self) -> u64 {
        self.outcomes.iter().sum()
    }

    /// Those that ended well.
    pub fn requests_ok(&self) -> u64 {
        self.outcomes[Outcome::Ok as usize]
    }

    pub(super) fn add(&mut self, tally: &Tally) {
        self.add_sent(tally);
        self.ok.counts.add_sparse(&tally.ok.histogram);
        self.failed.counts.add_sparse(&tally.failed.histogram);
    }

    pub(super) fn add_open(&mut self, tally: &OpenTally) {
        self.add_sent(tally.counted());
        self.ok.counts.add_pending(tally.ok());
        self.failed.counts.add_pending(tally.failed());
    }

    fn add_sent(&mut self, tally: &Tally) {
        add_sent((&mut self.outcomes, &mut self.ok, &mut self.failed), tally);
    }
}

/// Adds all but the histograms.
pub(super) fn add_sent(
    (outcomes, ok, failed): (&mut [u64; OUTCOMES], &mut LatencyFigures, &mut LatencyFigures),
    tally: &Tally,
) {
    for (sum, count) in outcomes.iter_mut().zip(tally.outcomes) {
        *sum += u64::from(count);
    }
    for (sum, part) in [(ok, &tally.ok), (failed, &tally.failed)] {
        sum.sum += u128::from(part.sum);
        sum.max = sum.max.max(part.max);
    }
}
