//! The counts of the open window while it gains many, and the room where they are sorted when it closes.

use super::{BUCKETS, Sparse};

/// So few requests are put in one by one, without a walk through all buckets.
const FEW: usize = 8;

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
        if self.buckets.len() <= FEW {
            closed.add_few(&self.buckets);
            self.buckets.clear();
            return;
        }
        let counted = scratch.0.get_or_insert_default();
        for &bucket in &self.buckets {
            counted.add(bucket);
        }
        self.buckets.clear();
        let drained = counted.drain();
        if closed.is_empty() {
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
        let mut sparse = Sparse::with_room(std::mem::take(&mut self.in_use));
        for (block, bits) in self.used.iter_mut().enumerate() {
            while *bits != 0 {
                let bucket = block * 64 + bits.trailing_zeros() as usize;
                *bits &= *bits - 1;
                let count = std::mem::take(&mut self.counts[bucket]);
                sparse.push_new(bucket, count);
            }
        }
        sparse
    }
}
