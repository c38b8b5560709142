//! Requests counted by how they ended, with their latencies: successes apart from the rest, so that a system which
//! refuses quickly cannot look fast.
//!
//! Adding a request costs one bucket number and a handful of additions. Sums and maxima are exact; percentiles come
//! from [`super::histogram`].

use super::histogram::{Pending, Scratch, Sparse, bucket};
use crate::sim::record::{NodeIndex, Outcome};
use crate::sim::time::Nanos;

/// Number of [`Outcome`]s.
pub const OUTCOMES: usize = 5;

/// The requests of a closed stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many ended in each way, by the number of the [`Outcome`].
    pub outcomes: [u32; OUTCOMES],
    /// Latencies of those that ended well.
    pub ok: Latencies,
    /// Latencies of all others.
    pub failed: Latencies,
}

/// Latencies in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latencies {
    /// Sum.
    pub sum: Nanos,
    /// Largest; 0 of none.
    pub max: Nanos,
    /// Counts by bucket.
    pub histogram: Sparse,
}

impl Latencies {
    #[inline]
    fn count(&mut self, latency: Nanos) {
        // Saturates after 584 simulated years of waiting.
        self.sum = self.sum.saturating_add(latency);
        self.max = self.max.max(latency);
    }

    fn merge(&mut self, later: &Latencies) {
        self.sum = self.sum.saturating_add(later.sum);
        self.max = self.max.max(later.max);
        self.histogram.merge(&later.histogram);
    }
}

impl Tally {
    /// How many ended.
    pub fn ended(&self) -> u64 {
        self.outcomes.iter().map(|count| u64::from(*count)).sum()
    }

    /// How many ended well.
    pub fn succeeded(&self) -> u64 {
        u64::from(self.outcomes[Outcome::Ok as usize])
    }

    /// Adds a request that ended long after this stretch closed.
    pub fn add_late(&mut self, outcome: Outcome, latency: Nanos) {
        let latencies = self.count(outcome, latency);
        latencies.histogram.add(bucket(latency), 1);
    }

    /// Adds the requests of the stretch that follows.
    pub fn merge(&mut self, later: &Tally) {
        for (mine, theirs) in self.outcomes.iter_mut().zip(later.outcomes) {
            *mine = mine.saturating_add(theirs);
        }
        self.ok.merge(&later.ok);
        self.failed.merge(&later.failed);
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.ok.histogram.bytes() + self.failed.histogram.bytes()
    }

    /// All but the histogram.
    #[inline]
    fn count(&mut self, outcome: Outcome, latency: Nanos) -> &mut Latencies {
        self.outcomes[outcome as usize] += 1;
        let latencies = if outcome == Outcome::Ok { &mut self.ok } else { &mut self.failed };
        latencies.count(latency);
        latencies
    }
}

/// The requests of a stretch that still gains many.
#[derive(Clone, Debug, Default)]
pub struct OpenTally {
    counted: Tally,
    ok: Pending,
    failed: Pending,
}

impl OpenTally {
    /// Adds a request whose latency lies in `bucket`.
    #[inline]
    pub fn add(&mut self, outcome: Outcome, latency: Nanos, bucket: u16) {
        self.counted.count(outcome, latency);
        if outcome == Outcome::Ok { self.ok.add(bucket) } else { self.failed.add(bucket) }
    }

    /// What was counted, without the histograms.
    pub fn counted(&self) -> &Tally {
        &self.counted
    }

    /// Bucket numbers of successes.
    pub fn ok(&self) -> &Pending {
        &self.ok
    }

    /// Bucket numbers of all others.
    pub fn failed(&self) -> &Pending {
        &self.failed
    }

    /// Closes the stretch and starts an empty one, keeping the room it used.
    pub fn close(&mut self, scratch: &mut Scratch) -> Tally {
        let mut tally = std::mem::take(&mut self.counted);
        self.ok.drain_into(&mut tally.ok.histogram, scratch);
        self.failed.drain_into(&mut tally.failed.histogram, scratch);
        tally
    }
}

/// The requests of one clients node in the window that is open.
#[derive(Clone, Debug)]
pub struct OriginTally {
    /// Where they come from.
    pub node: NodeIndex,
    /// Those sent in it, of those that have ended.
    pub within: OpenTally,
    /// Those sent in the window before that ended in this one.
    pub carried: OpenTally,
}

impl OriginTally {
    /// None yet.
    pub fn new(node: NodeIndex) -> OriginTally {
        OriginTally { node, within: OpenTally::default(), carried: OpenTally::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_open_and_merged_requests_count_the_same() {
        let requests: Vec<(Outcome, Nanos)> = (0..500u64)
            .map(|i| (if i % 7 == 0 { Outcome::TimedOut } else { Outcome::Ok }, i * i * 1000))
            .collect();
        let mut scratch = Scratch::default();
        let mut open = OpenTally::default();
        let mut late = Tally::default();
        for &(outcome, latency) in &requests {
            open.add(outcome, latency, bucket(latency));
            late.add_late(outcome, latency);
        }
        let whole = open.close(&mut scratch);
        assert_eq!(whole, late);
        assert_eq!(open.close(&mut scratch), Tally::default());

        let mut merged = Tally::default();
        for part in requests.chunks(90) {
            part.iter().for_each(|&(outcome, latency)| open.add(outcome, latency, bucket(latency)));
            merged.merge(&open.close(&mut scratch));
        }
        assert_eq!(merged, whole);
        assert_eq!((whole.ended(), whole.succeeded()), (500, 428));
    }
}
