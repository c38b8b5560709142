//! Of two candidates drawn, the one with the lower cost: its response time of late times its calls in flight, the new
//! one counted. Finagle's `PeakEwma` under its power of two choices, and Linkerd's (`tower::load::PeakEwma`).
//!
//! The response time is a mean whose weights fall exponentially with age (exponentially weighted moving average), but
//! a response slower than the mean lifts it to itself at once (the peak): slow servers are noticed by one answer and
//! forgiven slowly. Without answers the mean sinks towards 0, so that every candidate is tried again.
//!
//! A candidate that has never answered costs nothing as long as nothing is under way there, and then a penalty that
//! nothing else reaches: it is tried once (Finagle). With a default response time it starts from that instead
//! (Linkerd: 30 ms). Weights are ignored. Costs: two draws and two exponentials, whatever the number of candidates.
//!
//! Left out: Finagle skips candidates that are closed or busy; its redraws.

use super::Candidate;
use super::accounts::Accounts;
use super::choices::two;
use crate::engine::{Nanos, Time};
use rand_core::RngCore;

/// What a candidate costs that has never answered and is being tried: Finagle's `Long.MaxValue >> 16`.
const PENALTY: f64 = 140_737_488_355_327.0;

#[derive(Clone, Debug, Default)]
pub(super) struct PeakEwma {
    averages: Accounts<Average>,
}

/// What is known of a candidate.
#[derive(Clone, Copy, Debug, Default)]
struct Average {
    /// The mean response time in nanoseconds; 0: it has never answered.
    response: f64,
    /// When that was last looked at.
    at: Time,
}

/// What of [`super::Settings`] matters here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// After so long without answers 1/e of the mean is left.
    pub(super) decay: Nanos,
    /// The response time of one that has never answered.
    pub(super) default_rtt: Option<Nanos>,
}

impl PeakEwma {
    pub(super) fn follow(&mut self, now: Time, candidates: &[Candidate], memory: Memory) {
        let response = memory.default_rtt.unwrap_or(0) as f64;
        self.averages.follow(candidates, Average { response, at: now });
    }

    pub(super) fn pick(
        &mut self,
        now: Time,
        candidates: &[Candidate],
        memory: Memory,
        rng: &mut impl RngCore,
    ) -> Option<usize> {
        let (first, second) = two(candidates.len(), rng)?;
        let mut cost = |index: usize| match self.averages.get_mut(index) {
            Some(average) => average.cost(now, candidates[index].in_flight, memory),
            None => 0.0,
        };
        let (first_cost, second_cost) = (cost(first), cost(second));
        Some(if second_cost < first_cost { second } else { first })
    }

    pub(super) fn answered(&mut self, now: Time, index: usize, response_time: Nanos, memory: Memory) {
        if let Some(average) = self.averages.get_mut(index) {
            average.observe(now, response_time as f64, memory);
        }
    }

    pub(super) fn memory(&self) -> u64 {
        self.averages.memory()
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        let is_time = |response: f64| response >= 0.0 && response.is_finite();
        match self.averages.iter().find(|average| !is_time(average.response)) {
            Some(average) => Err(format!("a mean response time of {} ns", average.response)),
            None => self.averages.validate(),
        }
    }
}

impl Average {
    fn observe(&mut self, now: Time, latest: f64, memory: Memory) {
        self.response = if latest > self.response {
            latest
        } else {
            let age = now.saturating_sub(self.at) as f64;
            let kept = libm::exp(-age / memory.decay.max(1) as f64);
            latest * (1.0 - kept) + self.response * kept
        };
        self.at = now;
    }

    /// Looking lets the mean sink, as if an answer had come in no time.
    fn cost(&mut self, now: Time, in_flight: u32, memory: Memory) -> f64 {
        self.observe(now, 0.0, memory);
        if self.response == 0.0 && in_flight > 0 {
            return PENALTY + f64::from(in_flight);
        }
        self.response * (f64::from(in_flight) + 1.0)
    }
}
