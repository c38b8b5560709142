//! What every program that simulates the M/M/1 queue is given, and what it must answer: one server, 80 % busy.

use std::time::Duration;

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

/// Mean time between two requests, in seconds.
pub(crate) const MEAN_GAP: f64 = 1.25e-3;
/// Mean time of service, in seconds.
pub(crate) const MEAN_WORK: f64 = 1e-3;
/// Mean time from arrival to answer that theory expects, in seconds: 1 / (1 / work - 1 / gap).
const EXPECTED_MEAN: f64 = 1.0 / (1.0 / MEAN_WORK - 1.0 / MEAN_GAP);

/// What a run did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Served {
    pub(crate) requests: u64,
    /// Mean time from arrival to answer, in seconds.
    pub(crate) mean_s: f64,
}

/// Whether it was the queue it should be: a wrong program may be fast.
pub(crate) fn check(served: Served) -> Result<(), String> {
    let off = (served.mean_s / EXPECTED_MEAN - 1.0).abs();
    if off <= 0.05 {
        return Ok(());
    }
    Err(format!(
        "mean of {} requests {:.3} ms, theory {:.3} ms",
        served.requests,
        served.mean_s * 1e3,
        EXPECTED_MEAN * 1e3
    ))
}

/// A stream of random times.
#[derive(Serialize, Deserialize)]
pub(crate) struct Luck(Xoshiro256PlusPlus);

impl Luck {
    pub(crate) fn new(seed: u64) -> Self {
        Luck(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// An exponential time, at least 1 ns.
    pub(crate) fn exponential(&mut self, mean_s: f64) -> Duration {
        // The upper 53 bits, plus one, over 2^53: in (0, 1], so that the logarithm is finite.
        let uniform = ((self.0.next_u64() >> 11) + 1) as f64 / 9_007_199_254_740_992.0;
        let nanos = -libm::log(uniform) * mean_s * 1e9;
        Duration::from_nanos((nanos as u64).max(1))
    }
}
