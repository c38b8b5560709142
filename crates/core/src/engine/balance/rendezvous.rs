//! Rendezvous hashing, or highest random weight (Thaler and Ravishankar, 1998): every candidate is hashed together with
//! the key, and the highest hash is chosen.
//!
//! When a candidate leaves only its own keys move, spread over all others; when one comes it takes its share from all.
//! No tables. By weight, the least -ln(hash) / weight is chosen, with hashes in (0, 1]: shares are then exactly in
//! proportion (Schindelhauer and Schomaker, 2005). Costs: O(candidates) per choice, by weight with a logarithm each.

use super::Candidate;
use super::bound::{Bound, has_room};
use crate::engine::mixing::{combine, unit};

/// Which of those with these identities has the highest hash with the key.
pub fn highest(key: u64, identities: impl Iterator<Item = u64>) -> Option<usize> {
    identities.enumerate().max_by_key(|(_, identity)| combine(key, *identity)).map(|(index, _)| index)
}

/// The same by weight, among those who have room.
pub(super) fn pick(key: u64, candidates: &[Candidate], bound: Option<&Bound<'_>>) -> Option<usize> {
    let first = candidates.first()?.weight();
    let open = candidates.iter().enumerate().filter(|(index, _)| has_room(bound, *index));
    if candidates.iter().all(|candidate| candidate.weight() == first) {
        return open.max_by_key(|(_, candidate)| combine(key, candidate.identity)).map(|(index, _)| index);
    }
    let mut best = (f64::INFINITY, None);
    for (index, candidate) in open {
        let cost = -libm::log(unit(combine(key, candidate.identity))) / candidate.weight() as f64;
        if cost < best.0 {
            best = (cost, Some(index));
        }
    }
    best.1
}
