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

    /// Ends the entry of `key` now; whether there was one that had not ended.
    pub fn end(&mut self, now: Time, key: u64) -> bool {
        let lives = self.peek(key).is_some_and(|entry| now < entry.expires_at);
        if lives {
            self.expire_at(key, now);
        }
        lives
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
        // Ended now, it is there until somebody asks for it.
        assert_eq!([1, 1, 2].map(|key| cache.end(4 * SECOND, key)), [true, false, false]);
        assert_eq!(cache.peek(1).map(|entry| entry.expires_at), Some(4 * SECOND));
        assert_eq!(cache.get(4 * SECOND, 1), Lookup::Expired { age: 4 * SECOND });
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

    /// One sweep, by what share of the entries is dead: 20 are looked at, and 20 more while over a quarter of them, more
    /// than 5, were (Redis' manual, EXPIRE; its first rule, which later versions made adjustable). So the rounds are
    /// `1 / P(at most 5 of 20)` on average, and each removes 20 times the share.
    #[test]
    fn a_sweep_goes_on_while_over_a_quarter_had_ended() {
        const ENTRIES: u64 = 10_000;
        let ways = [1.0, 20.0, 190.0, 1_140.0, 4_845.0, 15_504.0];
        for dead in [0.0, 0.05, 0.15, 0.25, 0.35] {
            let at_most_5 = (0..6).map(|k| {
                ways[k as usize] * libm::pow(dead, f64::from(k)) * libm::pow(1.0 - dead, f64::from(20 - k))
            });
            let stops: f64 = at_most_5.sum();
            let (mut removed, mut drawn, mut rounds) = (0.0, 0, 0.0);
            let mut cache =
                Cache::new(Settings { policy: Policy::Lru, capacity: Capacity::Entries(ENTRIES), ttl: None });
            let fill = |cache: &mut Cache, key: u64| {
                cache.put(0, key, 1, 0, &mut Vec::new());
                if (key as f64) < dead * ENTRIES as f64 {
                    cache.expire_at(key, SECOND);
                }
            };
            (0..ENTRIES).for_each(|key| fill(&mut cache, key));
            const SWEEPS: u32 = 2_000;
            for _ in 0..SWEEPS {
                let (before, mut ended) = (drawn, Vec::new());
                let draw = |bound| {
                    drawn += 1;
                    (u64::from(hash(drawn)) * bound) >> 32
                };
                cache.sweep(SECOND, &mut { draw }, &mut ended);
                rounds += (drawn - before) as f64 / f64::from(SAMPLE);
                removed += ended.len() as f64;
                // Those that went are there again for the next one.
                ended.iter().for_each(|(key, _)| fill(&mut cache, *key));
            }
            let mean = |sum: f64| sum / f64::from(SWEEPS);
            // Rounds are geometrically distributed.
            let error = (1.0 - stops).max(0.0).sqrt() / stops / f64::from(SWEEPS).sqrt();
            println!(
                "{dead} dead: {} rounds, expected {}; {} removed",
                mean(rounds),
                1.0 / stops,
                mean(removed)
            );
            // A place that is free already is drawn again: of a sweep that removes many, 1 in 100 draws.
            let again = 1.0 + mean(removed) / ENTRIES as f64;
            let expected = 1.0 / stops;
            let found = mean(rounds);
            assert!(
                found >= expected - 4.0 * error && found <= expected * again + 4.0 * error,
                "{dead}: {found}, {expected}"
            );
        }
    }
}
