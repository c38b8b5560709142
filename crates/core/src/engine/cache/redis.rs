//! Redis' `allkeys-lru` and `allkeys-lfu`: no list is kept in order; when room is needed, five random entries are looked
//! at, and a pool of the sixteen best victims found so far says who leaves (`evict.c` of Redis 7).
//!
//! LRU: each entry keeps the second of its last use in 24 bits; idle longest leaves. LFU: each keeps the minute in 16 bits
//! and a counter in 8 that starts at 5, rises with chance 1 in ((counter - 5)·10 + 1) and falls by one for every minute
//! without a use; the lowest leaves. In the pool an entry stands by what it was when it was drawn: it may have been used
//! since and leaves all the same, as there.
//!
//! Unlike Redis: each of the five is drawn on its own (Redis walks on from one random place of its table); an entry that
//! is in the pool already is not put there twice; one that is deleted leaves the pool. Redis' clock ticks once a second
//! here too, so what was used within one second counts as used at once. Its 16-bit minutes end after 45 days; there Redis
//! counts one minute too few.
//!
//! Costs: a hit O(1), and one draw for LFU; an eviction five draws and the pool. The order in which entries are shown is
//! the pool's, then that of the row they are drawn from.

use super::lists::List;
use super::luck::{Luck, Row};
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;
use crate::engine::{Nanos, Time};

const SAMPLES: usize = 5;
const POOL: usize = 16;
const SECOND: Nanos = 1_000_000_000;
const LRU_CLOCK: u64 = 1 << 24;
const LFU_CLOCK: u64 = 1 << 16;
const FIRST_COUNT: u64 = 5;
const MOST_COUNTED: u64 = 255;
const LOG_FACTOR: u32 = 10;

#[derive(Clone, Copy, Debug)]
struct Candidate {
    entry: Handle,
    /// How much it deserves to leave.
    idle: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Redis {
    row: Row,
    luck: Luck,
    /// The best victim last.
    pool: Vec<Candidate>,
    by_frequency: bool,
}

impl Redis {
    pub(super) fn new(by_frequency: bool, seed: u64) -> Self {
        Redis { row: Row::default(), luck: Luck::new(seed), pool: Vec::with_capacity(POOL), by_frequency }
    }

    /// What an entry that is used now keeps: the second, or the minute and a counter.
    fn used(&self, now: Time, counter: u64) -> u64 {
        if self.by_frequency { minute(now) << 8 | counter } else { second(now) }
    }

    fn idle(&self, store: &Store, entry: Handle) -> u64 {
        let kept = store.note(entry);
        if self.by_frequency {
            MOST_COUNTED - aged(store.now, kept)
        } else {
            (second(store.now) + LRU_CLOCK - kept) % LRU_CLOCK
        }
    }

    /// Draws five entries; those that deserve to leave more than what is in the pool come in.
    fn fill_pool(&mut self, store: &Store) {
        for _ in 0..SAMPLES {
            let Some(entry) = self.row.draw(&mut self.luck) else { return };
            if self.pool.iter().any(|candidate| candidate.entry == entry) {
                continue;
            }
            let idle = self.idle(store, entry);
            let place = self.pool.iter().take_while(|candidate| candidate.idle < idle).count();
            if self.pool.len() < POOL {
                self.pool.insert(place, Candidate { entry, idle });
            } else if place > 0 {
                self.pool.remove(0);
                self.pool.insert(place - 1, Candidate { entry, idle });
            }
        }
    }

    fn is_in_pool(&self, entry: Handle) -> bool {
        self.pool.iter().any(|candidate| candidate.entry == entry)
    }

    fn others(&self) -> impl DoubleEndedIterator<Item = Handle> {
        self.row.entries.iter().copied().filter(|&entry| !self.is_in_pool(entry))
    }
}

fn second(now: Time) -> u64 {
    now / SECOND % LRU_CLOCK
}

fn minute(now: Time) -> u64 {
    now / (60 * SECOND) % LFU_CLOCK
}

/// The counter now, one less for every minute since.
fn aged(now: Time, kept: u64) -> u64 {
    let idle_minutes = (minute(now) + LFU_CLOCK - (kept >> 8)) % LFU_CLOCK;
    (kept & 255).saturating_sub(idle_minutes)
}

/// The counter after one more use (`LFULogIncr`).
fn counted(counter: u64, log_factor: u32, luck: &mut Luck) -> u64 {
    let above = counter.saturating_sub(FIRST_COUNT) as u32;
    let rises = counter < MOST_COUNTED && luck.below(above * log_factor + 1) == 0;
    counter + u64::from(rises)
}

impl Eviction for Redis {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        self.fill_pool(store);
        let victim = self.pool.pop()?.entry;
        self.row.remove(store, victim);
        Some(victim)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, _from: List) {
        self.row.insert(store, entry);
        store.set_note(entry, self.used(store.now, FIRST_COUNT));
    }

    fn hit(&mut self, store: &mut Store, entry: Handle) {
        let mut counter = 0;
        if self.by_frequency {
            counter = counted(aged(store.now, store.note(entry)), LOG_FACTOR, &mut self.luck);
        }
        store.set_note(entry, self.used(store.now, counter));
    }

    fn remove(&mut self, store: &mut Store, entry: Handle) {
        self.row.remove(store, entry);
        self.pool.retain(|candidate| candidate.entry != entry);
    }

    fn in_order(&self, _store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        let pool = self.pool.iter().rev().map(|candidate| candidate.entry);
        pool.chain(self.others()).take(limit).for_each(visit);
    }

    fn in_reverse(&self, _store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        let pool = self.pool.iter().map(|candidate| candidate.entry);
        self.others().rev().chain(pool).take(limit).for_each(visit);
    }

    fn memory(&self) -> u64 {
        self.row.memory() + (self.pool.capacity() * size_of::<Candidate>()) as u64
    }

    fn validate(&self, store: &Store) -> Result<(), String> {
        if !self.pool.is_sorted_by_key(|candidate| candidate.idle) || self.pool.len() > POOL {
            return Err(format!("pool of {} out of order", self.pool.len()));
        }
        self.row.validate(store)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cache, Capacity, Policy, Settings};
    use super::*;

    /// How likely each count is after so many uses, worked out use by use.
    fn chances(log_factor: u32, uses: u32) -> Vec<f64> {
        let mut chances = vec![0.0; MOST_COUNTED as usize + 1];
        chances[FIRST_COUNT as usize] = 1.0;
        for _ in 0..uses {
            for count in (FIRST_COUNT as usize..MOST_COUNTED as usize).rev() {
                let rises =
                    chances[count] / ((count as f64 - FIRST_COUNT as f64) * f64::from(log_factor) + 1.0);
                chances[count] -= rises;
                chances[count + 1] += rises;
            }
        }
        chances
    }

    /// The table in `redis.conf` (also in the manual, "Using Redis as an LRU cache"): the counter of one key after so many
    /// uses, by `lfu-log-factor`. Each was read once off a server; the first use makes the key.
    #[test]
    fn a_counter_is_what_the_manual_says_after_so_many_uses() {
        const USES: [u32; 5] = [100, 1_000, 100_000, 1_000_000, 10_000_000];
        let table = [
            (0, [104, 255, 255, 255, 255]),
            (1, [18, 49, 255, 255, 255]),
            (10, [10, 18, 142, 255, 255]),
            (100, [8, 11, 49, 143, 255]),
        ];
        for (log_factor, counts) in table {
            for (uses, told) in USES.into_iter().zip(counts) {
                let runs = (2_000_000 / uses).clamp(4, 1_000);
                let count = |run: u32| {
                    let mut luck = Luck::new(run.into());
                    (1..uses).fold(FIRST_COUNT, |counter, _| counted(counter, log_factor, &mut luck)) as f64
                };
                let mean = (0..runs).map(count).sum::<f64>() / f64::from(runs);
                // Working it out for more uses takes too long; the counts are at their end there, but for one.
                if uses <= 100_000 {
                    let chances = chances(log_factor, uses - 1);
                    let moment = |of: &dyn Fn(f64) -> f64| {
                        chances
                            .iter()
                            .enumerate()
                            .map(|(count, chance)| of(count as f64) * chance)
                            .sum::<f64>()
                    };
                    let expected = moment(&|count| count);
                    let deviation = moment(&|count| (count - expected) * (count - expected)).max(0.0).sqrt();
                    println!(
                        "factor {log_factor}, {uses} uses: {mean:.2}, expected {expected:.2} +- {deviation:.2}, told {told}"
                    );
                    let error = deviation / f64::from(runs).sqrt();
                    assert!((mean - expected).abs() <= 4.0 * error + 1e-9, "{mean}, expected {expected}");
                    assert!(
                        (f64::from(told) - expected).abs() <= 3.0 * deviation + 1e-9,
                        "{told}: {expected}"
                    );
                } else {
                    // Rising from 5 by k takes about factor x k^2 / 2 uses, and spreads k by the root of k / 3.
                    let deviation = ((f64::from(told) - FIRST_COUNT as f64) / 3.0).sqrt();
                    let spread = if told == 255 { 0.0 } else { 3.0 * deviation };
                    println!("factor {log_factor}, {uses} uses: {mean:.2}, told {told}");
                    assert!((f64::from(told) - mean).abs() <= spread, "{told}: {mean}");
                }
            }
        }
    }

    /// To its end a counter takes 1 + 11 + 21 + ... + 2,491 uses on average: 311,500.
    #[test]
    fn a_counter_is_at_its_end_after_some_300_000_uses() {
        const RUNS: u32 = 200;
        let uses = |run: u32| {
            let (mut luck, mut counter, mut uses) = (Luck::new(run.into()), FIRST_COUNT, 0.0);
            while counter < MOST_COUNTED {
                counter = counted(counter, LOG_FACTOR, &mut luck);
                uses += 1.0;
            }
            uses
        };
        let mean = (0..RUNS).map(uses).sum::<f64>() / f64::from(RUNS);
        let waits = || (0..250_u32).map(|above| f64::from(above * LOG_FACTOR + 1));
        assert_eq!(waits().sum::<f64>(), 311_500.0);
        let deviation = waits().map(|wait| wait * (wait - 1.0)).sum::<f64>().sqrt();
        let error = deviation / f64::from(RUNS).sqrt();
        println!("{mean:.0} uses, +- {error:.0}");
        assert!((mean - 311_500.0).abs() < 4.0 * error, "{mean}");
    }

    /// A counter falls by one for every minute that has begun since the last use (`lfu-decay-time 1`), and a use of what
    /// stands at 5 or below counts for certain.
    #[test]
    fn a_counter_falls_by_one_for_every_minute_without_a_use() {
        // (seconds of the first use and of the next, counter then)
        let cases = [
            (0, 0, 6),
            (0, 59, 6),
            (0, 60, 5),
            (59, 60, 5),
            (0, 119, 5),
            (0, 120, 4),
            (119, 120, 5),
            (0, 299, 2),
            (0, 300, 1),
            (0, 360, 1),
            (0, 86_400, 1),
            // Minutes are counted in 16 bits.
            (65_535 * 60, 65_536 * 60, 5),
            (65_535 * 60, 65_538 * 60, 3),
        ];
        for (first, next, counter) in cases {
            let settings = Settings { policy: Policy::RedisLfu, capacity: Capacity::Entries(4), ttl: None };
            let mut cache = Cache::new(settings);
            cache.put(first * SECOND, 7, 1, 0, &mut Vec::new());
            cache.get(next * SECOND, 7);
            let handle = cache.find(7).expect("it was put in");
            assert_eq!(cache.store.note(handle) & 255, counter, "{first} s, {next} s");
            assert_eq!(cache.store.note(handle) >> 8, next / 60 % LFU_CLOCK, "{first} s, {next} s");
        }
        for (minutes, count) in [(0, 200), (1, 199), (50, 150), (199, 1), (200, 0), (201, 0), (65_535, 0)] {
            assert_eq!(aged(minutes * 60 * SECOND, 200), count, "{minutes} min");
        }
    }
}
