//! Caches under a list of reads.

use headroom_core::engine::cache::{Access, Capacity, Policy, Replay, Settings};

/// The share of `keys`, read one after the other, that an empty cache of so many entries misses. What is missed is stored.
///
/// # Panics
/// Where the cache does not add up afterwards, or there are no keys.
pub fn miss_ratio(policy: Policy, capacity: u64, keys: &[u64]) -> f64 {
    let settings = Settings { policy, capacity: Capacity::Entries(capacity), ttl: None };
    let mut replay = Replay::new(settings, u64::MAX);
    for &key in keys {
        replay.access(&Access::read(0, key));
    }
    assert_eq!(replay.validate(), Ok(()));
    replay.counts().miss_ratio().expect("there are keys")
}
