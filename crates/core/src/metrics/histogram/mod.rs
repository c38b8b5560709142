//! Latencies counted in buckets: the layout of HdrHistogram with two significant digits (Tene, <https://hdrhistogram.org>).
//!
//! Values up to 255 ns have a bucket each; above, every power of two is cut into 128, so that a bucket is at most
//! 1/128 of its values wide and its middle is off by less than 0.4 %. A bucket's number is two shifts away from a
//! value. Counts live in three shapes: [`Sparse`] for the thousands of closed windows (4 bytes for each bucket in
//! use), [`Pending`] for the open one (2 bytes a request), and [`Counts`] to add windows up and ask for percentiles.
//! The crate `hdrhistogram` is the twin in the tests; a closed window there would be a 20 KB array.
//!
//! Values above 2^45 ns (9.7 hours) share the last bucket; sums and maxima are kept exactly elsewhere.

mod pending;
mod sparse;

pub use pending::{Pending, Scratch};
pub use sparse::Sparse;

/// Number of buckets.
pub const BUCKETS: usize = 4992;

/// Percentiles need this many samples beyond them to be worth showing.
pub const SAMPLES_BEYOND: u64 = 10;

const LARGEST: u64 = (1 << 45) - 1;

/// A bucket's number; ever larger values never have smaller ones.
#[inline]
pub fn bucket(value: u64) -> u16 {
    let value = value.min(LARGEST);
    // Bits beyond the eight that a bucket tells apart; none for values below 256.
    let shift = (63 - (value | 0xff).leading_zeros()) - 7;
    // At most 37 * 128 + 255, which is below 2^13.
    (shift as u16) * 128 + (value >> shift) as u16
}

/// The middle of a bucket.
pub fn middle(bucket: u16) -> u64 {
    let (low, width) = span(bucket);
    low + (width - 1) / 2
}

/// Smallest value and number of values of a bucket.
fn span(bucket: u16) -> (u64, u64) {
    let bucket = u64::from(bucket);
    if bucket < 256 {
        return (bucket, 1);
    }
    let shift = bucket / 128 - 1;
    ((bucket - shift * 128) << shift, 1 << shift)
}

/// Windows added up, to ask for percentiles. Takes no room until the first value. Asking and forgetting cost a step for
/// each bucket between the least and the largest in use.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    counts: Vec<u64>,
    /// No bucket before `first`, nor from `end` on, is in use.
    first: usize,
    end: usize,
    total: u64,
}

impl Counts {
    /// Forgets all, keeping the room.
    pub fn clear(&mut self) {
        if let Some(used) = self.counts.get_mut(self.first..self.end) {
            used.fill(0);
        }
        (self.first, self.end, self.total) = (0, 0, 0);
    }

    /// Adds a closed window.
    pub fn add_sparse(&mut self, sparse: &Sparse) {
        for (bucket, count) in sparse.iter() {
            self.add(bucket, u64::from(count));
        }
    }

    /// Adds an open window.
    pub fn add_pending(&mut self, pending: &Pending) {
        for bucket in pending.iter() {
            self.add(bucket, 1);
        }
    }

    /// Adds to one bucket.
    pub fn add(&mut self, bucket: u16, count: u64) {
        let bucket = usize::from(bucket);
        self.use_buckets(bucket, bucket + 1);
        self.counts[bucket] += count;
        self.total += count;
    }

    /// Adds all of another one.
    pub fn merge(&mut self, other: &Counts) {
        if other.total > 0 {
            self.use_buckets(other.first, other.end);
            for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
                *mine += theirs;
            }
            self.total += other.total;
        }
    }

    fn use_buckets(&mut self, first: usize, end: usize) {
        if self.counts.is_empty() {
            self.counts.resize(BUCKETS, 0);
        }
        (self.first, self.end) =
            if self.end == 0 { (first, end) } else { (self.first.min(first), self.end.max(end)) };
    }

    /// How many values were counted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The value that `per_mille` of all do not exceed (990 is the 99th percentile), within 0.4 %; none of nothing.
    pub fn percentile(&self, per_mille: u32) -> Option<u64> {
        let [value] = self.percentiles([per_mille]);
        value
    }

    /// Several percentiles by one walk, ever larger ones.
    pub fn percentiles<const N: usize>(&self, per_mille: [u32; N]) -> [Option<u64>; N] {
        let (mut next, mut below) = (self.first, 0);
        per_mille.map(|per_mille| {
            // The rank of the wanted value: at least that share of all lies at or below it.
            let rank = (u128::from(self.total) * u128::from(per_mille)).div_ceil(1000).max(1);
            let rank = u64::try_from(rank).unwrap_or(u64::MAX);
            while below < rank && next < self.end {
                below += self.counts[next];
                next += 1;
            }
            (below >= rank).then(|| middle(next as u16 - 1))
        })
    }

    /// Share of all values above `value`, those in its bucket (within 0.8 %) not counted; none of nothing.
    pub fn share_above(&self, value: u64) -> Option<f64> {
        let above = self.counts.get(usize::from(bucket(value)) + 1..self.end).unwrap_or_default();
        (self.total > 0).then(|| above.iter().sum::<u64>() as f64 / self.total as f64)
    }

    /// Whether at least [`SAMPLES_BEYOND`] values lie beyond that percentile (1,000 values for the 99th).
    pub fn enough_for(&self, per_mille: u32) -> bool {
        u128::from(self.total) * u128::from(1000u32.saturating_sub(per_mille))
            >= u128::from(SAMPLES_BEYOND) * 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hdrhistogram::Histogram;
    use proptest::prelude::*;

    #[test]
    fn buckets_are_in_order_and_hold_their_middle() {
        let mut last = 0;
        for value in
            (0..100_000u64).chain((17..45).flat_map(|bit| [(1 << bit) - 1, 1 << bit, (1 << bit) + 1]))
        {
            let found = bucket(value);
            assert!(found >= last || value < 100_000, "{value}");
            last = found;
            let (low, width) = span(found);
            assert!((low..low + width).contains(&value), "{value} in {low}+{width}");
            assert_eq!(bucket(middle(found)), found);
        }
        assert_eq!(usize::from(bucket(u64::MAX)), BUCKETS - 1);
    }

    #[test]
    fn share_above_leaves_the_own_bucket_out() {
        let mut counts = Counts::default();
        assert_eq!(counts.share_above(100), None);
        for value in [50, 100, 101, 200] {
            counts.add(bucket(value), 1);
        }
        // Up to 255 a bucket is one value.
        for (value, share) in [(0, 1.0), (50, 0.75), (100, 0.5), (200, 0.0)] {
            assert_eq!(counts.share_above(value), Some(share), "{value}");
        }
    }

    #[test]
    fn percentiles_need_samples_beyond_them() {
        // total, per mille, enough
        for (total, per_mille, enough) in
            [(999, 990, false), (1000, 990, true), (19, 500, false), (20, 500, true), (200, 950, true)]
        {
            let mut counts = Counts::default();
            counts.add(1, total);
            assert_eq!(counts.enough_for(per_mille), enough, "{total} {per_mille}");
        }
        assert_eq!(Counts::default().percentile(500), None);
    }

    fn values() -> impl Strategy<Value = Vec<u64>> {
        // Spread over all magnitudes.
        prop::collection::vec((0u32..44, any::<u64>()).prop_map(|(bits, v)| v & ((2u64 << bits) - 1)), 1..400)
    }

    proptest! {
        #[test]
        fn agrees_with_hdrhistogram(
            former in values(),
            values in values(),
            mut per_mille in prop::array::uniform3(1u32..=1000),
        ) {
            per_mille.sort_unstable();
            let mut twin = Histogram::<u64>::new_with_bounds(1, LARGEST, 2).unwrap();
            // What was forgotten must leave no trace.
            let mut counts = Counts::default();
            former.iter().for_each(|&value| counts.add(bucket(value), 1));
            counts.clear();
            for &value in &values {
                twin.record(value).unwrap();
                counts.add(bucket(value), 1);
            }
            let several = counts.percentiles(per_mille);
            for (per_mille, found) in per_mille.into_iter().zip(several) {
                // The twin multiplies in floating point, which may lift a whole rank to the next: it is asked between two.
                let rank = (values.len() as u64 * u64::from(per_mille)).div_ceil(1000).max(1);
                let expected = twin.value_at_quantile((rank as f64 - 0.5) / values.len() as f64);
                prop_assert_eq!(counts.percentile(per_mille), found);
                prop_assert!(twin.equivalent(expected, found.unwrap()), "{expected} {found:?}");
            }
        }

        #[test]
        fn shapes_hold_the_same(values in values(), cut in 0usize..400, late in 0usize..20) {
            let mut expected = Counts::default();
            for &value in &values {
                expected.add(bucket(value), 1);
            }
            let (first, second) = values.split_at(cut.min(values.len()));
            let (second, late) = second.split_at(second.len().saturating_sub(late));
            let mut scratch = Scratch::default();
            let mut sparse = Sparse::default();
            for part in [first, second] {
                let mut pending = Pending::default();
                part.iter().for_each(|&value| pending.add(bucket(value)));
                pending.drain_into(&mut sparse, &mut scratch);
            }
            late.iter().for_each(|&value| sparse.add(bucket(value), 1));
            prop_assert!(sparse.iter().map(|(bucket, _)| bucket).is_sorted());
            let mut found = Counts::default();
            found.add_sparse(&sparse);
            prop_assert_eq!(&found.counts, &expected.counts);
        }
    }
}
