//! Consistent hashing on a ring (Karger and others, 1997) with many points for each candidate, as in ketama and in
//! nginx's `hash … consistent`: a key belongs to the first point at or after its hash.
//!
//! When a candidate leaves only its own keys move, to whoever is next on the ring; when one comes it takes keys from its
//! neighbours only. Shares are uneven: with v points each they scatter by about 1 / sqrt(v), the largest of ten by 8 %
//! with 160 points. By weight a candidate has as many times the points. Hashes are this crate's own and not ketama's
//! MD5: the same laws, other numbers.
//!
//! Costs: O(log points) per choice; O(points log points) and 16 bytes a point when candidates change, shared by clones.
//! The comparisons of a choice grow with the logarithm, by 1.6 from 10 to 1,000 servers of 160 points; its time grows by
//! 4 to 5, since 2.5 MB of points no longer fit a processor's near caches (`cargo xtask bench balance`).
//! Left out: points beyond about a million; then each candidate has fewer.

use super::Candidate;
use super::bound::{Bound, has_room};
use crate::engine::mixing::{combine, scramble};
use crate::sort;
use std::sync::Arc;

/// The most points of a ring.
const MOST_POINTS: u64 = 1 << 20;

#[derive(Clone, Debug, Default)]
pub(super) struct Ring {
    /// Hashes in rising order, and the place of the candidate that each belongs to.
    points: Arc<[(u64, u32)]>,
    candidates: usize,
}

impl Ring {
    /// `virtual_nodes`: points of a candidate of weight 1.
    pub(super) fn follow(&mut self, candidates: &[Candidate], virtual_nodes: u32) {
        let weights: u64 = candidates.iter().map(Candidate::weight).sum();
        let each = u64::from(virtual_nodes).min(MOST_POINTS / weights.max(1)).max(1);
        let of = |(place, candidate): (usize, &Candidate)| {
            let identity = candidate.identity;
            (0..each * candidate.weight()).map(move |number| (combine(identity, number), place as u32))
        };
        let mut points: Vec<(u64, u32)> = candidates.iter().enumerate().flat_map(of).collect();
        sort::by_key(&mut points, |(hash, _)| *hash);
        self.points = points.into();
        self.candidates = candidates.len();
    }

    pub(super) fn pick(&self, key: u64, bound: Option<&Bound<'_>>) -> Option<usize> {
        self.along(scramble(key)).find(|place| has_room(bound, *place))
    }

    /// Whose a point of the ring is.
    pub(super) fn at(&self, hash: u64) -> Option<usize> {
        self.along(hash).next()
    }

    /// Owners of the points from `hash` on, once around.
    fn along(&self, hash: u64) -> impl Iterator<Item = usize> + '_ {
        let start = self.points.partition_point(|(point, _)| *point < hash);
        let (before, after) = self.points.split_at(start);
        after.iter().chain(before).map(|(_, place)| *place as usize)
    }

    pub(super) fn memory(&self) -> u64 {
        size_of_val(&*self.points) as u64
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        if let Some(pair) = self.points.windows(2).find(|pair| pair[0].0 > pair[1].0) {
            return Err(format!("point {} stands before {}", pair[0].0, pair[1].0));
        }
        match self.points.iter().find(|(_, place)| *place as usize >= self.candidates) {
            Some((point, place)) => Err(format!("point {point} belongs to {place}, which is nobody")),
            None => Ok(()),
        }
    }
}
