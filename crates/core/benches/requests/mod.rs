//! What the benchmarks of caches serve: 4 million Zipf (0.9) requests over a million keys.

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

pub(crate) const KEYS: u32 = 1_000_000;
pub(crate) const REQUESTS: usize = 4_000_000;
pub(crate) const ALPHA: f64 = 0.9;

/// Keys by their rank, drawn from a table of the cumulative distribution.
pub(crate) fn zipf() -> Vec<u32> {
    let mut total = 0.0;
    let cumulative: Vec<f64> = (1..=KEYS)
        .map(|rank| {
            total += libm::pow(f64::from(rank), -ALPHA);
            total
        })
        .collect();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let uniform = |rng: &mut Xoshiro256PlusPlus| (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let mut draw = || {
        let at = uniform(&mut rng) * total;
        cumulative.partition_point(|&sum| sum < at) as u32
    };
    (0..REQUESTS).map(|_| draw()).collect()
}
