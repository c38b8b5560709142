//! Consistent hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam, SODA 2018): nobody gets a call that would
//! take it above `factor` times the mean, rounded up; who is full sends the key on to the next of its algorithm.
//!
//! With a factor above 1 somebody always has room: all bounds together are more than all calls. HAProxy's
//! `hash-balance-factor` and Envoy's `hash_balance_factor` (per cent; 125 to 200 are usual). Bounds are in proportion to
//! weights. Costs: the sum of calls in flight, O(candidates) per choice.

use super::Candidate;

/// Who has room for one more call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound<'a> {
    candidates: &'a [Candidate],
    percent: u64,
    /// All calls in flight and the new one.
    calls: u64,
    weights: u64,
}

impl<'a> Bound<'a> {
    pub(super) fn new(candidates: &'a [Candidate], percent: u32) -> Self {
        let calls = 1 + candidates.iter().map(|candidate| u64::from(candidate.in_flight)).sum::<u64>();
        let weights = candidates.iter().map(Candidate::weight).sum();
        Bound { candidates, percent: percent.max(101).into(), calls, weights }
    }

    /// The most calls that a candidate may have, the new one counted.
    #[cfg(test)]
    pub(super) fn most(&self, index: usize) -> u64 {
        (self.percent * self.calls * self.candidates[index].weight()).div_ceil(100 * self.weights)
    }

    /// Whether a candidate's calls and one more are at most `percent / 100 * calls * weight / weights`, rounded up.
    #[inline]
    pub(super) fn has_room(&self, index: usize) -> bool {
        let candidate = &self.candidates[index];
        u64::from(candidate.in_flight) * 100 * self.weights < self.percent * self.calls * candidate.weight()
    }
}

/// Whether a candidate may be chosen; without a bound all may.
#[inline]
pub(super) fn has_room(bound: Option<&Bound<'_>>, index: usize) -> bool {
    bound.is_none_or(|bound| bound.has_room(index))
}
