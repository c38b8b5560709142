//! The buckets in use with their counts: what is kept of each of the thousands of closed windows.

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

    /// Adds one to each of a few buckets.
    pub(super) fn add_few(&mut self, buckets: &[u16]) {
        self.words.reserve_exact(buckets.len());
        buckets.iter().for_each(|bucket| self.add(*bucket, 1));
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
            // Thousands of windows are kept: none may take twice the room for one bucket more.
            self.words.reserve_exact(other.words.len());
            other.iter().for_each(|(bucket, count)| self.add(bucket, count));
            return;
        }
        let mut merged = Sparse::with_room(self.words.len() + other.words.len());
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

    /// Nothing yet, with room for so many buckets.
    pub(super) fn with_room(buckets: usize) -> Sparse {
        Sparse { words: Vec::with_capacity(buckets) }
    }

    /// Whether nothing was counted.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Appends a bucket that follows all others.
    #[inline]
    pub(super) fn push_new(&mut self, bucket: usize, count: u32) {
        // Each bucket comes once, so hardly any needs a second word.
        if count <= COUNT_MAX {
            self.words.push((bucket as u32) << COUNT_BITS | count);
        } else {
            self.push(bucket as u16, u64::from(count));
        }
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

#[cfg(test)]
mod tests {
    use super::super::Counts;
    use super::*;

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

    #[test]
    fn a_few_more_buckets_take_the_room_of_a_few() {
        let mut sparse = Sparse::default();
        (0..100).for_each(|bucket| sparse.push(2 * bucket, 1));
        sparse.words.shrink_to_fit();
        let mut more = Sparse::default();
        (3..9).for_each(|bucket| more.push(bucket, 1));
        sparse.merge(&more);
        assert!(sparse.iter().map(|(bucket, _)| bucket).is_sorted());
        assert_eq!((sparse.words.len(), sparse.bytes()), (103, 4 * 106));
    }
}
