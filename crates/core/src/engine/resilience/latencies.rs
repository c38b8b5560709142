//! A percentile of the latencies of the last half minute, in little memory.
//!
//! Three histograms of ten seconds, the latest still filling. Buckets are as in HdrHistogram: each power of two is cut into
//! 32, and within a bucket latencies are taken as evenly spread, so a percentile is at most 3.2 % off; up to 63 ns it is
//! exact, and beyond 137 s all counts as that. Costs: O(1) a latency, O(buckets) a percentile; 13 KB.

use super::Share;
use crate::engine::{Nanos, Time};

const SLOTS: usize = 3;
const WIDTH: Nanos = 10_000_000_000;
/// Binary digits of a latency that matter, and the highest of them.
const DIGITS: u32 = 5;
const HIGHEST: u32 = 36;
const BUCKETS: usize = ((HIGHEST - DIGITS + 2) as usize) << DIGITS;

#[derive(Clone, Debug)]
pub(super) struct Latencies {
    /// One histogram after the other.
    counts: Box<[u32]>,
    /// Number of the latest slot since time 0.
    latest: u64,
}

fn bucket(latency: Nanos) -> usize {
    let latency = latency.min((2 << HIGHEST) - 1);
    let shift = (u64::BITS - latency.leading_zeros()).saturating_sub(DIGITS + 1);
    ((shift as usize) << DIGITS) + (latency >> shift) as usize
}

/// The longest latency that falls into a bucket.
fn longest(bucket: usize) -> Nanos {
    let shift = (bucket >> DIGITS).saturating_sub(1);
    (((bucket - (shift << DIGITS)) as Nanos + 1) << shift) - 1
}

/// How many latencies fall into a bucket.
fn width(bucket: usize) -> Nanos {
    1 << (bucket >> DIGITS).saturating_sub(1)
}

impl Latencies {
    pub(super) fn new() -> Self {
        Latencies { counts: vec![0; BUCKETS * SLOTS].into_boxed_slice(), latest: 0 }
    }

    fn forget(&mut self, now: Time) {
        let slot = now / WIDTH;
        for passed in 0..slot.saturating_sub(self.latest).min(SLOTS as u64) {
            let place = ((slot - passed) % SLOTS as u64) as usize;
            self.counts[place * BUCKETS..][..BUCKETS].fill(0);
        }
        self.latest = self.latest.max(slot);
    }

    pub(super) fn record(&mut self, now: Time, latency: Nanos) {
        self.forget(now);
        let place = (self.latest % SLOTS as u64) as usize;
        let count = &mut self.counts[place * BUCKETS + bucket(latency)];
        *count = count.saturating_add(1);
    }

    /// The latency that this share of all does not exceed; none if nothing is known.
    pub(super) fn percentile(&mut self, now: Time, share: Share) -> Option<Nanos> {
        self.forget(now);
        let all: u64 = self.counts.iter().map(|count| u64::from(*count)).sum();
        let rank = all
            .saturating_mul(share.in_millionths().into())
            .div_ceil(Share::WHOLE.into())
            .clamp(1, all.max(1));
        let mut reached = 0;
        (0..BUCKETS).find_map(|bucket| {
            let here = self.counts.iter().skip(bucket).step_by(BUCKETS);
            let here: u64 = here.map(|count| u64::from(*count)).sum();
            reached += here;
            let beyond = reached.checked_sub(rank)?;
            Some(longest(bucket) - width(bucket) * beyond / here)
        })
    }

    pub(super) fn memory(&self) -> u64 {
        size_of_val(&*self.counts) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn buckets_follow_each_other() {
        assert_eq!(bucket(Nanos::MAX), BUCKETS - 1);
        for at in 0..BUCKETS {
            assert_eq!(bucket(longest(at)), at);
            assert_eq!(bucket(longest(at) + 1), (at + 1).min(BUCKETS - 1));
            assert_eq!(bucket(longest(at) + 1 - width(at)), at);
        }
    }

    proptest! {
        /// Beside a sorted list of all latencies of the last slots.
        #[test]
        fn percentiles_are_close(
            steps in prop::collection::vec((0..4_000_000_000u64, 0..36u32, any::<u64>()), 1..60),
            percent in 0..101u32,
        ) {
            let (mut latencies, mut all, mut now) = (Latencies::new(), Vec::new(), 0);
            for (after, digits, word) in steps {
                now += if word % 23 == 0 { after * 9 } else { after };
                let latency = word >> (63 - digits);
                latencies.record(now, latency);
                all.push((now / WIDTH, latency));
                let inside = all.iter().filter(|(slot, _)| slot + SLOTS as u64 > now / WIDTH);
                let mut inside: Vec<Nanos> = inside.map(|(_, latency)| *latency).collect();
                inside.sort_unstable();
                let rank = (inside.len() * percent as usize).div_ceil(100).max(1);
                let (exact, found) = (inside[rank - 1], latencies.percentile(now, Share::percent(percent)).unwrap());
                prop_assert!((found as f64 - exact as f64).abs() <= exact as f64 * 0.032, "{} for {}", found, exact);
            }
            prop_assert_eq!(latencies.percentile(now + 60_000_000_000, Share::percent(50)), None);
        }
    }
}
