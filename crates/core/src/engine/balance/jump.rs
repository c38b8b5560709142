//! Jump consistent hash (Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014).
//!
//! A key's bucket for n + 1 buckets is that for n, or the new one; so adding one moves 1 / (n + 1) of the keys, all of
//! them to the new one, and shares are as even as a hash can make them. Buckets are numbers, the places of the
//! candidates: only the last can leave cheaply. When another does, all behind it move up, and their keys move with them.
//! Weights are ignored. Costs: no memory, O(log candidates).

use super::bound::{Bound, has_room};
use crate::engine::mixing::combine;

/// The bucket of a key, below `buckets`, which is not 0.
pub fn jump(mut key: u64, buckets: u32) -> u32 {
    let (mut bucket, mut next) = (0, 0);
    while next < i64::from(buckets) {
        bucket = next;
        key = key.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
        next = ((bucket + 1) as f64 * (2_147_483_648.0 / ((key >> 33) + 1) as f64)) as i64;
    }
    bucket as u32
}

/// Where a bucket is full the key is hashed again, and after as many tries as there are buckets the next one is taken.
pub(super) fn pick(key: u64, count: usize, bound: Option<&Bound<'_>>) -> Option<usize> {
    if count == 0 {
        return None;
    }
    let tries = |attempt| if attempt == 0 { key } else { combine(key, attempt) };
    let places = (0..count as u64).map(|attempt| jump(tries(attempt), count as u32) as usize);
    places.chain(0..count).find(|place| has_room(bound, *place))
}
