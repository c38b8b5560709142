//! Every eviction policy against a naive twin (`twins`): same hits, same victims in the same order, over about 10^5
//! random accesses each, with capacities of 1 to 100 entries and of bytes, with and without a time to live.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod twins;

use headroom_core::engine::cache::{Cache, Capacity, Lookup, Policy, Put, Settings};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;
use twins::{Twin, World, twin};

const CASES: u32 = 64;
const ACCESSES: usize = 1_600;
const SECOND: u64 = 1_000_000_000;

/// What is in the cache by the twin's account.
struct Model {
    settings: Settings,
    stored: BTreeMap<u64, Stored>,
    world: World,
    twin: Box<dyn Twin>,
}

struct Stored {
    size: u64,
    expires_at: u64,
}

impl Model {
    fn new(settings: Settings, seed: u64) -> Model {
        let (by_size, room) = match settings.capacity {
            Capacity::Entries(most) => (false, most),
            Capacity::Bytes(most) => (true, most),
        };
        let world = World { room, by_size, now: 0, sizes: BTreeMap::new() };
        Model { settings, stored: BTreeMap::new(), world, twin: twin(settings.policy, seed) }
    }

    /// Whether `key` is a hit; an expired one goes.
    fn get(&mut self, now: u64, key: u64) -> bool {
        self.world.now = now;
        let Some(stored) = self.stored.get(&key) else { return false };
        if now >= stored.expires_at {
            self.delete(key);
            return false;
        }
        self.twin.hit(&self.world, key);
        true
    }

    fn put(&mut self, now: u64, key: u64, size: u64, evicted: &mut Vec<u64>) -> Put {
        self.world.now = now;
        let expires_at = self.settings.ttl.map_or(u64::MAX, |ttl| now + ttl);
        let is_too_large = self.world.by_size && size > self.world.room;
        if let Some(stored) = self.stored.get(&key) {
            if now < stored.expires_at && !is_too_large {
                self.stored.insert(key, Stored { size, expires_at });
                self.world.sizes.insert(key, size);
                self.twin.hit(&self.world, key);
                while self.is_over(0, 0) {
                    let victim = self.twin.evict(&self.world, None).unwrap();
                    self.stored.remove(&victim).unwrap();
                    evicted.push(victim);
                }
                return Put::Replaced;
            }
            self.delete(key);
        }
        if is_too_large {
            return Put::TooLarge;
        }
        let weight = if self.world.by_size { size.max(1) } else { 1 };
        self.twin.arrive(&self.world, key, weight);
        while self.is_over(1, size) {
            let Some(victim) = self.twin.evict(&self.world, Some((key, weight))) else { return Put::Refused };
            self.stored.remove(&victim).unwrap();
            evicted.push(victim);
        }
        self.stored.insert(key, Stored { size, expires_at });
        self.world.sizes.insert(key, size);
        self.twin.insert(&self.world, key);
        Put::Stored
    }

    fn delete(&mut self, key: u64) -> bool {
        let found = self.stored.remove(&key).is_some();
        if found {
            self.twin.remove(&self.world, key);
        }
        found
    }

    fn is_over(&self, more: u64, more_bytes: u64) -> bool {
        let taken = match self.world.by_size {
            true => self.stored.values().map(|stored| stored.size).sum::<u64>() + more_bytes,
            false => self.stored.len() as u64 + more,
        };
        taken > self.world.room
    }
}

#[derive(Clone, Debug)]
struct Step {
    key: u64,
    /// Of 100: below 90 a read that stores what is missing, below 97 a write, else a deletion.
    kind: u32,
    size: u64,
    /// In seconds.
    pause: u64,
}

fn step() -> impl Strategy<Value = Step> {
    // The smaller of three: low keys are asked for more often.
    let key = [0..160u64, 0..160u64, 0..160u64].prop_map(|keys| keys.into_iter().min().unwrap());
    let pause = prop_oneof![5 => Just(0), 5 => 0..3u64, 1 => 0..90u64];
    (key, 0..100u32, 0..40u64, pause).prop_map(|(key, kind, size, pause)| Step { key, kind, size, pause })
}

fn behaves_like_its_twin(policy: Policy) {
    let capacity =
        prop_oneof![(1..=100u64).prop_map(Capacity::Entries), (1..=2_000u64).prop_map(Capacity::Bytes)];
    let ttl = prop_oneof![2 => Just(None), 1 => (0..2_000u64).prop_map(|seconds| Some(seconds * SECOND))];
    let steps = prop::collection::vec(step(), ACCESSES);
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) });
    let run = |(capacity, ttl, seed, steps): (Capacity, Option<u64>, u64, Vec<Step>)| {
        let settings = Settings { policy, capacity, ttl };
        let mut cache = Cache::with_seed(settings, seed);
        let mut model = Model::new(settings, seed);
        let mut now = 0;
        for Step { key, kind, size, pause } in steps {
            now += pause * SECOND;
            let (mut evicted, mut expected) = (Vec::new(), Vec::new());
            if kind < 97 {
                if kind < 90 {
                    let is_hit = matches!(cache.get(now, key), Lookup::Hit { .. });
                    prop_assert_eq!(is_hit, model.get(now, key), "read of {}", key);
                    if is_hit {
                        continue;
                    }
                }
                let put = cache.put(now, key, size, 0, &mut evicted);
                prop_assert_eq!(put, model.put(now, key, size, &mut expected), "write of {}", key);
            } else {
                prop_assert_eq!(cache.delete(key), model.delete(key), "deletion of {}", key);
            }
            prop_assert_eq!(evicted, expected, "who left for {}", key);
        }
        prop_assert_eq!(cache.validate(), Ok(()));
        Ok(())
    };
    runner
        .run(&(capacity, ttl, any::<u64>(), steps), run)
        .unwrap_or_else(|error| panic!("{policy:?}: {error}"));
}

/// One test per policy, so that they run side by side and a miss names its policy.
macro_rules! twins {
    ($($name:ident => $policy:ident),* $(,)?) => {
        $(#[test] fn $name() { behaves_like_its_twin(Policy::$policy); })*

        #[test]
        fn every_policy_has_its_twin() {
            assert_eq!([$(Policy::$policy),*], Policy::ALL);
        }
    };
}

twins! {
    fifo => Fifo, lru => Lru, mru => Mru, random => Random, clock => Clock, lfu => Lfu, lfuda => Lfuda, slru => Slru,
    two_q => TwoQ, lru_k => LruK, arc => Arc, lirs => Lirs, s3_fifo => S3Fifo, sieve => Sieve, w_tinylfu => WTinylfu,
    redis_lru => RedisLru, redis_lfu => RedisLfu, gdsf => Gdsf,
}
