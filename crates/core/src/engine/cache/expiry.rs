//! When entries end, beyond one time to live for all: an end of an entry's own, and a sweep that finds ended ones before
//! anybody asks for them.
//!
//! The sweep is Redis' active expiry (`activeExpireCycle`): it looks at 20 entries at random and removes those that have
//! ended; while these were more than a quarter, it looks at 20 more. So a quarter to a third of what is stored is dead
//! where much ends. O(1) for each entry looked at.
//!
//! Left out: Redis' limit in processor time (a sweep here stops after as many looks as there is room in use), and its
//! preference for one database after another.

use super::{Cache, Time};

/// How many entries are looked at together.
const SAMPLE: u32 = 20;

impl Cache {
    /// Gives the entry of `key`, if there is one, an end of its own.
    pub fn expire_at(&mut self, key: u64, expires_at: Time) {
        if let Some(handle) = self.find(key) {
            let entry = *self.store.get(handle);
            self.store.replace(handle, super::Entry { expires_at, ..entry });
        }
    }

    /// Gives the entry of `key`, if there is one, another version; no use of it.
    pub fn set_version(&mut self, key: u64, version: u64) {
        if let Some(handle) = self.find(key) {
            let entry = *self.store.get(handle);
            self.store.replace(handle, super::Entry { version, ..entry });
        }
    }

    /// Removes entries that have ended, found at random; appends their keys and ages to `ended`. `draw` gives a number
    /// below the one it is given.
    pub fn sweep(&mut self, now: Time, draw: &mut dyn FnMut(u64) -> u64, ended: &mut Vec<(u64, Time)>) {
        let mut looks = self.store.places();
        loop {
            let (mut seen, mut removed) = (0, 0);
            while seen < SAMPLE {
                if looks == 0 {
                    return;
                }
                looks -= 1;
                let handle = draw(self.store.places().into()) as u32;
                // A free place, and a ghost's, still hold the entry that left.
                if !self.store.is_resident(handle) {
                    continue;
                }
                let entry = *self.store.get(handle);
                seen += 1;
                if now >= entry.expires_at {
                    self.remove(handle);
                    ended.push((entry.key, now.saturating_sub(entry.stored_at)));
                    removed += 1;
                }
            }
            if removed <= SAMPLE / 4 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::hash;
    use super::super::{Capacity, Lookup, Policy, Settings};
    use super::*;

    const SECOND: Time = 1_000_000_000;

    fn cache(ttl: Option<Time>) -> Cache {
        Cache::new(Settings { policy: Policy::Lru, capacity: Capacity::Entries(10_000), ttl })
    }

    #[test]
    fn an_entry_ends_at_its_own_time() {
        let mut cache = cache(Some(10 * SECOND));
        for key in [1, 2] {
            cache.put(0, key, 1, 0, &mut Vec::new());
        }
        cache.expire_at(2, 3 * SECOND);
        cache.expire_at(3, SECOND);
        assert!(matches!(cache.get(3 * SECOND, 1), Lookup::Hit { .. }));
        assert!(matches!(cache.get(3 * SECOND - 1, 2), Lookup::Hit { .. }));
        assert_eq!(cache.get(3 * SECOND, 2), Lookup::Expired { age: 3 * SECOND });
        assert_eq!(cache.validate(), Ok(()));
    }

    /// 10,000 entries end evenly over 100 s and nobody asks for them. Swept ten times a second, what is dead stays near
    /// the quarter that lets a sweep stop; and no living entry is touched.
    #[test]
    fn sweeps_keep_the_dead_to_a_quarter_or_a_third() {
        let mut cache = cache(None);
        for key in 0..10_000 {
            cache.put(0, key, 1, 0, &mut Vec::new());
            cache.expire_at(key, (key + 1) * SECOND / 100);
        }
        let (mut drawn, mut worst) = (0, 0.0f64);
        for tick in 1..=1000u64 {
            let now = tick * SECOND / 10;
            let mut ended = Vec::new();
            let draw = |bound| {
                drawn += 1;
                (u64::from(hash(drawn)) * bound) >> 32
            };
            cache.sweep(now, &mut { draw }, &mut ended);
            assert!(ended.iter().all(|(key, _)| (key + 1) * SECOND / 100 <= now));
            let alive = (0..10_000).filter(|key| (key + 1) * SECOND / 100 > now).count() as u64;
            assert!(cache.len() >= alive);
            if alive > 1000 {
                worst = worst.max((cache.len() - alive) as f64 / cache.len() as f64);
            }
            assert_eq!(cache.validate(), Ok(()));
        }
        assert!((0.1..0.4).contains(&worst), "{worst}");
    }
}
