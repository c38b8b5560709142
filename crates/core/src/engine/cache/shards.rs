//! Miss ratios from a sample of the keys: SHARDS, Waldspurger, Park, Garthwaite and Ahmad, "Efficient MRC construction
//! with SHARDS", FAST 2015, at a fixed rate, with the correction they call SHARDS-adj.
//!
//! A key is sampled, always or never, by its hash. A cache that sees the share R of the keys and has the share R of the
//! capacity misses about as often as the whole one. For LRU that means stack distances divided by R; any other policy
//! is replayed at R times its capacity (Waldspurger, Saemundsson, Ahmad and Park, "Cache modeling and optimization
//! using miniature simulations", USENIX ATC 2017).
//!
//! Popular keys make up much of a trace and are few, so a sample has some too many or too few of their reads. What is
//! missing of `R x requests` is counted as hits, which reads of popular keys are.
//!
//! Error: it shrinks with the square root of the keys sampled. One sample does not tell its own, but several with
//! different salts are independent: take their mean, and an interval from their spread. What all samples share (a
//! scaled cache of a few entries is not like a large one) is not in that interval: keep R x capacity above a hundred.
//!
//! Costs: a hash per access, and those of the engine behind it for the sampled ones. Left out: sampling of a fixed size,
//! which lowers R as keys come in.

use super::replay::{Access, Operation};
use super::stack_distance::StackDistances;

/// Which keys are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    rate: f64,
    /// Keys are taken whose hash is at most this.
    last: u64,
    salt: u64,
}

impl Sample {
    /// A share of all keys, more than 0 and at most 1; samples of different salts have nothing to do with each other.
    pub fn new(rate: f64, salt: u64) -> Self {
        let rate = if rate > 0.0 { rate.min(1.0) } else { f64::MIN_POSITIVE };
        // From floats to whole numbers Rust saturates: a rate of 1 takes all.
        Sample { rate, last: (rate * 18_446_744_073_709_551_616.0) as u64, salt: mix(salt) }
    }

    /// The share of the keys.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Whether a key is in the sample.
    #[inline]
    pub fn takes(&self, key: u64) -> bool {
        mix(key ^ self.salt) <= self.last
    }

    /// The capacity that stands for `capacity`, in entries or bytes: at least 1.
    pub fn scaled(&self, capacity: u64) -> u64 {
        ((capacity as f64 * self.rate) as u64).max(u64::from(capacity > 0))
    }

    /// The miss ratio of the whole from the misses of the sample; `requests` are those of the whole. None without.
    pub fn miss_ratio(&self, misses: u64, requests: u64) -> Option<f64> {
        (requests > 0).then(|| (misses as f64 / (requests as f64 * self.rate)).min(1.0))
    }
}

/// [`StackDistances`] of a sample.
#[derive(Clone, Debug)]
pub struct Shards {
    sample: Sample,
    distances: StackDistances,
    requests: u64,
}

impl Shards {
    /// Nothing read yet.
    pub fn new(sample: Sample) -> Self {
        Shards { sample, distances: StackDistances::new(), requests: 0 }
    }

    /// Takes in one access.
    #[inline]
    pub fn access(&mut self, access: &Access) {
        self.requests += u64::from(access.operation == Operation::Read);
        if self.sample.takes(access.key) {
            self.distances.access(access);
        }
    }

    /// Miss ratios of LRU caches of these capacities, in entries, which must rise; none if nothing was read.
    pub fn curve(&self, capacities: &[u64]) -> Option<Vec<f64>> {
        let counts = self.distances.curve(capacities.iter().map(|capacity| self.sample.scaled(*capacity)));
        counts.iter().map(|counts| self.sample.miss_ratio(counts.misses, self.requests)).collect()
    }

    /// What is known of the sampled keys.
    pub fn distances(&self) -> &StackDistances {
        &self.distances
    }

    /// Recounts everything from scratch.
    ///
    /// # Errors
    /// The first thing that does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        let sampled = self.distances.counts(0).requests;
        if sampled > self.requests {
            return Err(format!("{sampled} reads sampled of {}", self.requests));
        }
        self.distances.validate()
    }
}

/// The finalizer of SplitMix64: every bit of the key moves every bit of the hash.
#[inline]
fn mix(key: u64) -> u64 {
    let key = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ (key >> 31)
}
