//! Any candidate, with a chance in proportion to its weight.
//!
//! No state, and no knowledge of what is in flight: with n calls on n candidates the fullest gets about
//! ln n / ln ln n of them (balls into bins). Costs: one draw and O(candidates).

use super::Candidate;
use rand_core::RngCore;

pub(super) fn pick(candidates: &[Candidate], rng: &mut impl RngCore) -> Option<usize> {
    if candidates.is_empty() {
        return None;
    }
    let total: u64 = candidates.iter().map(Candidate::weight).sum();
    // Widening multiplication maps 64 random bits to 0..total in integers, alike on every platform; the bias is below
    // total / 2^64.
    let mut share = ((u128::from(rng.next_u64()) * u128::from(total)) >> 64) as u64;
    candidates.iter().position(|candidate| match share.checked_sub(candidate.weight()) {
        Some(rest) => {
            share = rest;
            false
        }
        None => true,
    })
}
