//! Few candidates drawn at random, of which the one with the fewest calls in flight is chosen: the power of two choices
//! (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 1996; Vvedenskaya, Dobrushin and
//! Karpelevich, 1996). Envoy's `LEAST_REQUEST`, nginx's `random two least_conn`, HAProxy's `random(2)`.
//!
//! Those drawn are different ones; among equals the first drawn is chosen. With one draw it is the random choice, with
//! as many as there are candidates it is least connections with ties broken by chance. Weights are ignored. Costs: d
//! draws, whatever the number of candidates.

use super::Candidate;
use crate::engine::mixing::below;
use rand_core::RngCore;

/// Power of two: of two candidates drawn.
pub(super) fn pick_of_two(candidates: &[Candidate], rng: &mut impl RngCore) -> Option<usize> {
    let (first, second) = two(candidates.len(), rng)?;
    Some(if candidates[second].in_flight < candidates[first].in_flight { second } else { first })
}

/// Two different places, or twice the only one; none if there is none.
#[inline]
pub(super) fn two(count: usize, rng: &mut impl RngCore) -> Option<(usize, usize)> {
    match count {
        0 => None,
        1 => Some((0, 0)),
        _ => {
            let first = below(rng.next_u64(), count as u64) as usize;
            let second = below(rng.next_u64(), count as u64 - 1) as usize;
            // One place is taken, so those behind it move up.
            Some((first, second + usize::from(second >= first)))
        }
    }
}

/// Power of d: the places of all candidates in some order, of which each choice shuffles the first d.
#[derive(Clone, Debug, Default)]
pub(super) struct Several {
    places: Vec<u32>,
}

impl Several {
    pub(super) fn follow(&mut self, candidates: &[Candidate]) {
        if self.places.len() != candidates.len() {
            self.places.clear();
            self.places.extend(0..candidates.len() as u32);
        }
    }

    pub(super) fn pick(&mut self, candidates: &[Candidate], d: u32, rng: &mut impl RngCore) -> Option<usize> {
        let count = self.places.len();
        let mut best: Option<usize> = None;
        for at in 0..count.min(d.max(1) as usize) {
            // A step of the Fisher-Yates shuffle draws any of those not drawn yet, in whatever order they stand.
            let drawn = at + below(rng.next_u64(), (count - at) as u64) as usize;
            self.places.swap(at, drawn);
            let place = self.places[at] as usize;
            if best.is_none_or(|best| candidates[place].in_flight < candidates[best].in_flight) {
                best = Some(place);
            }
        }
        best
    }

    pub(super) fn memory(&self) -> u64 {
        (self.places.capacity() * size_of::<u32>()) as u64
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        let mut seen = vec![false; self.places.len()];
        for place in &self.places {
            match seen.get_mut(*place as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(format!("place {place} stands twice, or is none")),
            }
        }
        Ok(())
    }
}
