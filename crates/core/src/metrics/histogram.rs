//! Latencies counted in buckets: the layout of HdrHistogram with two significant digits (Tene, <https://hdrhistogram.org>).
//!
//! Values up to 255 ns have a bucket each; above, every power of two is cut into 128, so that a bucket is at most
//! 1/128 of its values wide and its middle is off by less than 0.4 %. A bucket's number is two shifts away from a
//! value. Counts live in three shapes: [`Sparse`] for the thousands of closed windows (4 bytes for each bucket in
//! use), [`Pending`] for the open one (2 bytes a request), and [`Counts`] to add windows up and ask for percentiles.
//! The crate `hdrhistogram` is the twin in the tests; a closed window there would be a 20 KB array.
//!
//! Values above 2^45 ns (9.7 hours) share the last bucket; sums and maxima are kept exactly elsewhere.

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

/// The buckets in use with their counts, in order of the buckets. One word holds both: 13 bits bucket, 19 bits count;
/// a bucket that counts more takes several words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sparse {
    words: Vec<u32>,
}

const COUNT_BITS: u32 = 19;
const COUNT_MAX: u32 = (1 << COUNT_BITS) - 1;

impl Sparse {
    /// Buckets and counts in order; a bucket may come several times.
    pub fn iter(&self) -> impl Iterator<Item = (u16, u32)> + '_ {
        self.words.iter().map(|word| ((word >> COUNT_BITS) as u16, word & COUNT_MAX))
    }

    /// Adds so many, at most half a million, to a bucket. Linear in the buckets in use: meant for latecomers only.
    pub fn add(&mut self, bucket: u16, count: u32) {
        let wanted = u32::from(bucket) << COUNT_BITS;
        // Behind all words of this bucket.
        let end = self.words.partition_point(|word| *word <= wanted | COUNT_MAX);
        match end.checked_sub(1).and_then(|last| self.words.get_mut(last)) {
            Some(word)
                if *word >> COUNT_BITS == u32::from(bucket) && (*word & COUNT_MAX) + count <= COUNT_MAX =>
            {
                *word += count
            }
            _ => self.words.insert(end, wanted | count.min(COUNT_MAX)),
        }
    }

    /// Adds all counts of another one. Linear in both; a few are put in one by one.
    pub fn merge(&mut self, other: &Sparse) {
        if other.words.is_empty() {
            return;
        }
        if self.words.is_empty() {
            self.words.clone_from(&other.words);
            return;
        }
        if other.words.len() * 8 <= self.words.len() {
            other.iter().for_each(|(bucket, count)| self.add(bucket, count));
            return;
        }
        let mut merged = Sparse { words: Vec::with_capacity(self.words.len() + other.words.len()) };
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        loop {
            let next = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) if b.0 < a.0 => right.next(),
                (Some(_), _) => left.next(),
                (None, _) => right.next(),
            };
            match next {
                Some((bucket, count)) => merged.push(bucket, u64::from(count)),
                None => break,
            }
        }
        drop((left, right));
        merged.words.shrink_to_fit();
        *self = merged;
    }

    /// Appends to the last bucket or behind it.
    fn push(&mut self, bucket: u16, mut count: u64) {
        let key = u32::from(bucket) << COUNT_BITS;
        if let Some(word) = self.words.last_mut()
            && *word >> COUNT_BITS == u32::from(bucket)
        {
            let more = count.min(u64::from(COUNT_MAX - (*word & COUNT_MAX)));
            *word += more as u32;
            count -= more;
        }
        while count > 0 {
            let part = count.min(u64::from(COUNT_MAX));
            self.words.push(key | part as u32);
            count -= part;
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u32>()
    }
}

/// The requests of an open window, one bucket number each.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    buckets: Vec<u16>,
}

impl Pending {
    /// Counts a bucket.
    #[inline]
    pub fn add(&mut self, bucket: u16) {
        self.buckets.push(bucket);
    }

    /// Moves everything into `closed`, whose former counts stay.
    pub fn drain_into(&mut self, closed: &mut Sparse, scratch: &mut Scratch) {
        if self.buckets.is_empty() {
            return;
        }
        let counted = scratch.0.get_or_insert_default();
        for &bucket in &self.buckets {
            counted.add(bucket);
        }
        self.buckets.clear();
        let drained = counted.drain();
        if closed.words.is_empty() {
            *closed = drained;
        } else {
            closed.merge(&drained);
        }
    }

    /// The bucket numbers in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.buckets.iter().copied()
    }
}

/// Room for counting a window's buckets. It is empty between uses, so a clone need not copy it.
#[derive(Default)]
pub struct Scratch(Option<Box<Dense>>);

impl Clone for Scratch {
    fn clone(&self) -> Self {
        Scratch(None)
    }
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scratch")
    }
}

/// A count for every bucket, and a bit for every bucket in use so that emptying is quick.
struct Dense {
    counts: [u32; BUCKETS],
    used: [u64; BUCKETS / 64],
    in_use: usize,
}

impl Default for Dense {
    fn default() -> Self {
        Dense { counts: [0; BUCKETS], used: [0; BUCKETS / 64], in_use: 0 }
    }
}

impl Dense {
    #[inline]
    fn add(&mut self, bucket: u16) {
        let bucket = usize::from(bucket);
        self.in_use += usize::from(self.counts[bucket] == 0);
        self.counts[bucket] += 1;
        self.used[bucket / 64] |= 1 << (bucket % 64);
    }

    fn drain(&mut self) -> Sparse {
        let mut sparse = Sparse { words: Vec::with_capacity(std::mem::take(&mut self.in_use)) };
        for (block, bits) in self.used.iter_mut().enumerate() {
            while *bits != 0 {
                let bucket = block * 64 + bits.trailing_zeros() as usize;
                *bits &= *bits - 1;
                let count = std::mem::take(&mut self.counts[bucket]);
                // Each bucket comes once, so hardly any needs a second word.
                if count <= COUNT_MAX {
                    sparse.words.push((bucket as u32) << COUNT_BITS | count);
                } else {
                    sparse.push(bucket as u16, u64::from(count));
                }
            }
        }
        sparse
    }
}

/// Windows added up, to ask for percentiles. Takes no room until the first value.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    counts: Vec<u64>,
    total: u64,
}

impl Counts {
    /// Forgets all, keeping the room.
    pub fn clear(&mut self) {
        self.counts.clear();
        self.total = 0;
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
        if bucket >= self.counts.len() {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += count;
        self.total += count;
    }

    /// Adds all of another one.
    pub fn merge(&mut self, other: &Counts) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        self.total += other.total;
    }

    /// How many values were counted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The value that `per_mille` of all do not exceed (990 is the 99th percentile), within 0.4 %; none of nothing.
    pub fn percentile(&self, per_mille: u32) -> Option<u64> {
        // The rank of the wanted value: at least that share of all lies at or below it.
        let rank = (u128::from(self.total) * u128::from(per_mille)).div_ceil(1000).max(1);
        let mut below = 0u128;
        for (bucket, count) in self.counts.iter().enumerate() {
            below += u128::from(*count);
            if below >= rank && *count > 0 {
                return Some(middle(bucket as u16));
            }
        }
        None
    }

    /// Share of all values above `value`, those in its bucket (within 0.8 %) not counted; none of nothing.
    pub fn share_above(&self, value: u64) -> Option<f64> {
        let above: u64 = self.counts.iter().skip(usize::from(bucket(value)) + 1).sum();
        (self.total > 0).then(|| above as f64 / self.total as f64)
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

    #[test]
    fn full_counts_go_on_in_another_word() {
        let mut sparse = Sparse::default();
        sparse.push(7, u64::from(COUNT_MAX) * 2);
        sparse.add(7, 1);
        sparse.add(6, 1);
        assert_eq!(sparse.words.len(), 4);
        let mut counts = Counts::default();
        counts.add_sparse(&sparse);
        assert_eq!(counts.total(), u64::from(COUNT_MAX) * 2 + 2);
    }

    fn values() -> impl Strategy<Value = Vec<u64>> {
        // Spread over all magnitudes.
        prop::collection::vec((0u32..44, any::<u64>()).prop_map(|(bits, v)| v & ((2u64 << bits) - 1)), 1..400)
    }

    proptest! {
        #[test]
        fn agrees_with_hdrhistogram(values in values(), per_mille in 1u32..=1000) {
            let mut twin = Histogram::<u64>::new_with_bounds(1, LARGEST, 2).unwrap();
            let mut counts = Counts::default();
            for &value in &values {
                twin.record(value).unwrap();
                counts.add(bucket(value), 1);
            }
            // The twin multiplies in floating point, which may lift a whole rank to the next: it is asked between two.
            let rank = (values.len() as u64 * u64::from(per_mille)).div_ceil(1000).max(1);
            let expected = twin.value_at_quantile((rank as f64 - 0.5) / values.len() as f64);
            let found = counts.percentile(per_mille).unwrap();
            prop_assert!(twin.equivalent(expected, found), "{expected} {found}");
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
