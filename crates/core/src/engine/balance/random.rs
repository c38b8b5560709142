//! Any candidate: each alike, or with a chance in proportion to its weight.
//!
//! No knowledge of what is in flight: with n calls on n candidates the fullest gets about ln n / ln ln n of them (balls
//! into bins). Costs: one draw; by weight also a search in the running sums of weights, O(log candidates), which are
//! made anew when candidates or weights change.

use super::Candidate;
use crate::engine::mixing::below;
use rand_core::RngCore;

pub(super) fn pick(candidates: &[Candidate], rng: &mut impl RngCore) -> Option<usize> {
    if candidates.is_empty() {
        return None;
    }
    Some(below(rng.next_u64(), candidates.len() as u64) as usize)
}

/// Running sums of the candidates' weights.
#[derive(Clone, Debug, Default)]
pub(super) struct Shares {
    ends: Vec<u64>,
}

impl Shares {
    pub(super) fn follow(&mut self, candidates: &[Candidate]) {
        self.ends.clear();
        let mut end = 0;
        self.ends.extend(candidates.iter().map(|candidate| {
            end += candidate.weight();
            end
        }));
    }

    pub(super) fn total(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Whose share a number below the total lies in.
    pub(super) fn holder(&self, number: u64) -> usize {
        self.ends.partition_point(|end| *end <= number)
    }

    pub(super) fn pick(&self, rng: &mut impl RngCore) -> Option<usize> {
        if self.ends.is_empty() {
            return None;
        }
        Some(self.holder(below(rng.next_u64(), self.total())))
    }

    pub(super) fn memory(&self) -> u64 {
        (self.ends.capacity() * size_of::<u64>()) as u64
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        match self.ends.windows(2).find(|pair| pair[0] >= pair[1]) {
            Some(pair) => Err(format!("sums of weights fall from {} to {}", pair[0], pair[1])),
            None => Ok(()),
        }
    }
}
