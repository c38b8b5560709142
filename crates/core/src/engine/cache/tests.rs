//! The cache against a naive twin, and the rules its documentation states.

use super::*;
use proptest::prelude::*;

/// What [`Cache`] does, written for reading: one list, the next victim first.
struct Twin {
    settings: Settings,
    entries: Vec<Entry>,
}

impl Twin {
    fn get(&mut self, now: Time, key: u64) -> Lookup {
        let Some(at) = self.entries.iter().position(|entry| entry.key == key) else { return Lookup::Miss };
        let entry = self.entries[at];
        let age = now - entry.stored_at;
        if entry.expires_at <= now {
            self.entries.remove(at);
            return Lookup::Expired { age };
        }
        self.used(at);
        Lookup::Hit { version: entry.version, size: entry.size, age }
    }

    fn put(&mut self, now: Time, key: u64, size: u64, version: u64, evicted: &mut Vec<u64>) -> Put {
        let expires_at = self.settings.ttl.map_or(Time::MAX, |ttl| now.saturating_add(ttl));
        let entry = Entry { key, version, size, stored_at: now, expires_at };
        let (most, most_bytes) = self.most();
        if most < 1 || size > most_bytes {
            self.delete(key);
            return Put::TooLarge;
        }
        let expired = |entry: &Entry| entry.key == key && entry.expires_at <= now;
        self.entries.retain(|entry| !expired(entry));
        if let Some(at) = self.entries.iter().position(|entry| entry.key == key) {
            self.entries[at] = entry;
            self.used(at);
            self.shrink(most, most_bytes, evicted);
            return Put::Replaced;
        }
        self.shrink(most - 1, most_bytes - size, evicted);
        self.entries.push(entry);
        Put::Stored
    }

    fn delete(&mut self, key: u64) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.key != key);
        self.entries.len() < before
    }

    fn reconfigure(&mut self, settings: Settings, evicted: &mut Vec<u64>) {
        self.settings = settings;
        let (most, most_bytes) = self.most();
        self.shrink(most, most_bytes, evicted);
    }

    fn used(&mut self, at: usize) {
        if self.settings.policy == Policy::Lru {
            let entry = self.entries.remove(at);
            self.entries.push(entry);
        }
    }

    fn shrink(&mut self, most: u64, most_bytes: u64, evicted: &mut Vec<u64>) {
        while self.entries.len() as u64 > most || self.bytes() > most_bytes {
            evicted.push(self.entries.remove(0).key);
        }
    }

    fn most(&self) -> (u64, u64) {
        match self.settings.capacity {
            Capacity::Entries(most) => (most, MOST_BYTES),
            Capacity::Bytes(most) => (MOST_ENTRIES, most),
        }
    }

    fn bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size).sum()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Get(u64),
    Put(u64, u64),
    Delete(u64),
    Flush,
    Reconfigure(Settings),
}

fn settings(policies: &'static [Policy]) -> impl Strategy<Value = Settings> {
    let policy = prop::sample::select(policies);
    let capacity = prop_oneof![(0..12u64).prop_map(Capacity::Entries), (0..60u64).prop_map(Capacity::Bytes)];
    let ttl = prop_oneof![Just(None), (0..40u64).prop_map(Some)];
    (policy, capacity, ttl).prop_map(|(policy, capacity, ttl)| Settings { policy, capacity, ttl })
}

fn step(policies: &'static [Policy]) -> impl Strategy<Value = Step> {
    let key = 0..20u64;
    prop_oneof![
        20 => key.clone().prop_map(Step::Get),
        20 => (key.clone(), 0..12u64).prop_map(|(key, size)| Step::Put(key, size)),
        3 => key.prop_map(Step::Delete),
        1 => settings(policies).prop_map(Step::Reconfigure),
        1 => Just(Step::Flush),
    ]
}

proptest! {
    #[test]
    fn behaves_like_its_twin(
        start in settings(&[Policy::Fifo, Policy::Lru]),
        steps in prop::collection::vec((step(&[Policy::Fifo, Policy::Lru]), 0..6u64), 1..200),
    ) {
        let mut cache = Cache::new(start);
        let mut twin = Twin { settings: start, entries: Vec::new() };
        let (mut out, mut expected) = (Vec::new(), Vec::new());
        let mut now = 0;
        for (version, (step, pause)) in (0..).zip(steps) {
            now += pause;
            match step {
                Step::Get(key) => prop_assert_eq!(cache.get(now, key), twin.get(now, key)),
                Step::Put(key, size) => prop_assert_eq!(
                    cache.put(now, key, size, version, &mut out),
                    twin.put(now, key, size, version, &mut expected)
                ),
                Step::Delete(key) => prop_assert_eq!(cache.delete(key), twin.delete(key)),
                Step::Flush => prop_assert_eq!(cache.flush(), twin.entries.drain(..).count() as u64),
                Step::Reconfigure(settings) => {
                    cache.reconfigure(settings, &mut out);
                    twin.reconfigure(settings, &mut expected);
                }
            }
            prop_assert_eq!(&out, &expected);
            let order: Vec<Entry> =
                cache.in_eviction_order(usize::MAX).filter_map(|key| cache.peek(key)).collect();
            prop_assert_eq!(&order, &twin.entries);
            let kept: Vec<u64> = cache.in_keeping_order(3).collect();
            let expected_kept: Vec<u64> = twin.entries.iter().rev().take(3).map(|entry| entry.key).collect();
            prop_assert_eq!(kept, expected_kept);
            prop_assert_eq!(cache.bytes(), twin.bytes());
            prop_assert_eq!(cache.validate(), Ok(()));
        }
    }

    /// What was stored and has not left is there, whatever the policy and however it changes.
    #[test]
    fn keeps_its_books(
        start in settings(&Policy::ALL),
        steps in prop::collection::vec((step(&Policy::ALL), 0..6u64), 1..400),
    ) {
        let mut cache = Cache::new(start);
        let mut stored = std::collections::BTreeSet::new();
        let mut now = 0;
        for (step, pause) in steps {
            now += pause;
            let mut evicted = Vec::new();
            match step {
                Step::Get(key) => match cache.get(now, key) {
                    Lookup::Hit { .. } => prop_assert!(stored.contains(&key)),
                    Lookup::Expired { .. } => prop_assert!(stored.remove(&key)),
                    Lookup::Miss => prop_assert!(!stored.contains(&key)),
                },
                Step::Put(key, size) => match cache.put(now, key, size, 0, &mut evicted) {
                    Put::Stored | Put::Replaced => drop(stored.insert(key)),
                    Put::TooLarge | Put::Refused => drop(stored.remove(&key)),
                },
                Step::Delete(key) => prop_assert_eq!(cache.delete(key), stored.remove(&key)),
                Step::Flush => {
                    prop_assert_eq!(cache.flush(), stored.len() as u64);
                    stored.clear();
                }
                Step::Reconfigure(settings) => cache.reconfigure(settings, &mut evicted),
            }
            for key in evicted {
                prop_assert!(stored.remove(&key), "{} left twice", key);
            }
            prop_assert_eq!(cache.validate(), Ok(()));
            let mut order: Vec<u64> = cache.in_eviction_order(usize::MAX).collect();
            let mut reverse: Vec<u64> = cache.in_keeping_order(usize::MAX).collect();
            prop_assert!(cache.in_eviction_order(3).eq(order.iter().copied().take(3)));
            prop_assert!(cache.in_keeping_order(3).eq(reverse.iter().copied().take(3)));
            reverse.reverse();
            prop_assert_eq!(&order, &reverse);
            order.sort_unstable();
            prop_assert!(order.iter().eq(&stored));
        }
    }

    #[test]
    fn a_clone_goes_its_own_way(keys in prop::collection::vec(0..50u64, 1..300), at in 0..300usize) {
        let (head, tail) = keys.split_at(at.min(keys.len()));
        let mut cache = lru(10);
        serve(&mut cache, head);
        let mut kept = cache.clone();
        serve(&mut cache, tail);
        serve(&mut kept, tail);
        prop_assert!(cache.in_eviction_order(10).eq(kept.in_eviction_order(10)));
    }
}

fn lru(entries: u64) -> Cache {
    Cache::new(Settings { policy: Policy::Lru, capacity: Capacity::Entries(entries), ttl: None })
}

/// Reads each key, storing what is missing; how many were missing.
fn serve(cache: &mut Cache, keys: &[u64]) -> usize {
    let read = |key: &&u64| {
        let miss = cache.get(0, **key) == Lookup::Miss;
        if miss {
            cache.put(0, **key, 1, 0, &mut Vec::new());
        }
        miss
    };
    keys.iter().filter(read).count()
}

/// `ages` are those at which a value stored at 100 is looked up; the last one finds it gone.
#[test]
fn is_served_while_younger_than_its_time_to_live() {
    let cases: [(Option<Nanos>, &[Nanos], Lookup); 4] = [
        (Some(600), &[0, 1, 599, 600], Lookup::Expired { age: 600 }),
        (Some(600), &[10_000], Lookup::Expired { age: 10_000 }),
        (Some(0), &[0], Lookup::Expired { age: 0 }),
        (None, &[0, u64::MAX / 2], Lookup::Hit { version: 7, size: 3, age: u64::MAX / 2 }),
    ];
    for (ttl, ages, last) in cases {
        let mut cache = Cache::new(Settings { policy: Policy::Lru, capacity: Capacity::Entries(1), ttl });
        cache.put(100, 1, 3, 7, &mut Vec::new());
        let found: Vec<Lookup> = ages.iter().map(|age| cache.get(100 + age, 1)).collect();
        let fresh = |&age: &Nanos| Lookup::Hit { version: 7, size: 3, age };
        let mut expected: Vec<Lookup> = ages[..ages.len() - 1].iter().map(fresh).collect();
        expected.push(last);
        assert_eq!(found, expected, "ttl {ttl:?}");
        assert_eq!(
            cache.is_empty(),
            last != fresh(&(u64::MAX / 2)),
            "an expired entry is removed when found"
        );
    }
}

/// Capacity 3, then the keys in order, each read and stored if missing; what is left, the next victim first.
#[test]
fn evicts_as_the_textbook_says() {
    let cases: [(Policy, &[u64], usize, &[u64]); 4] = [
        // Belady's reference string (Belady, Nelson, Shedler 1969): FIFO with 3 frames faults 9 times, with 4 10 times.
        (Policy::Fifo, &[1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5], 9, &[5, 3, 4]),
        (Policy::Lru, &[1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5], 10, &[3, 4, 5]),
        (Policy::Fifo, &[1, 2, 3, 1, 4], 4, &[2, 3, 4]),
        (Policy::Lru, &[1, 2, 3, 1, 4], 4, &[3, 1, 4]),
    ];
    for (policy, keys, misses, left) in cases {
        let mut cache = Cache::new(Settings { policy, capacity: Capacity::Entries(3), ttl: None });
        assert_eq!(serve(&mut cache, keys), misses, "{policy:?} {keys:?}");
        assert_eq!(cache.in_eviction_order(9).collect::<Vec<_>>(), left, "{policy:?} {keys:?}");
    }
    let mut larger = Cache::new(Settings { policy: Policy::Fifo, capacity: Capacity::Entries(4), ttl: None });
    assert_eq!(serve(&mut larger, &[1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]), 10, "Belady's anomaly");
}

#[test]
fn a_value_that_cannot_fit_takes_its_older_one_along() {
    let mut cache = Cache::new(Settings { policy: Policy::Lru, capacity: Capacity::Bytes(10), ttl: None });
    let mut evicted = Vec::new();
    assert_eq!(cache.put(0, 1, 4, 0, &mut evicted), Put::Stored);
    assert_eq!(cache.put(0, 2, 4, 0, &mut evicted), Put::Stored);
    assert_eq!(cache.put(0, 1, 11, 1, &mut evicted), Put::TooLarge);
    assert_eq!(cache.get(0, 1), Lookup::Miss);
    assert_eq!((cache.len(), cache.bytes(), evicted.len()), (1, 4, 0));
}

#[test]
fn sizes_beyond_all_measure_do_not_overflow() {
    let mut cache = lru(4);
    for (key, size) in [(1, 1 << 62), (2, 1 << 62), (3, u64::MAX), (4, (1 << 62) - 1), (5, 1), (6, 1)] {
        cache.put(0, key, size, 0, &mut Vec::new());
        assert_eq!(cache.validate(), Ok(()), "key {key}");
    }
    assert_eq!(cache.in_eviction_order(4).collect::<Vec<_>>(), [5, 6]);
}

#[test]
fn keys_that_share_their_low_bits_are_all_found() {
    let mut cache = lru(100_000);
    let keys: Vec<u64> = (0..10_000).map(|i| i << 40).collect();
    assert_eq!(serve(&mut cache, &keys), keys.len());
    assert_eq!(serve(&mut cache, &keys), 0);
    assert!(keys.iter().step_by(2).all(|&key| cache.delete(key)));
    assert_eq!(cache.validate(), Ok(()));
    assert_eq!(serve(&mut cache, &keys), keys.len() / 2);
}

/// A value that grows past the room left evicts by the policy; with FIFO that may be the value itself.
#[test]
fn a_value_that_grows_makes_room_by_the_policy() {
    for (policy, gone) in [(Policy::Fifo, vec![1]), (Policy::Lru, vec![2, 3])] {
        let mut cache = Cache::new(Settings { policy, capacity: Capacity::Bytes(12), ttl: None });
        let mut evicted = Vec::new();
        for key in 1..=3 {
            cache.put(0, key, 4, 0, &mut evicted);
        }
        assert_eq!(cache.put(0, 1, 9, 1, &mut evicted), Put::Replaced);
        assert_eq!(evicted, gone, "{policy:?}");
    }
}

/// Empty values take up no bytes, and must not take up the machine either.
#[test]
fn entries_are_limited_whatever_their_size() {
    let cache = Cache::new(Settings { policy: Policy::Lru, capacity: Capacity::Bytes(u64::MAX), ttl: None });
    assert!(cache.fits(MOST_ENTRIES, 0));
    assert!(!cache.fits(MOST_ENTRIES + 1, 0));
}

#[test]
fn a_full_cache_takes_no_more_memory() {
    for policy in Policy::ALL {
        let mut cache = Cache::new(Settings { policy, capacity: Capacity::Entries(100), ttl: Some(50) });
        let (mut evicted, mut full) = (Vec::with_capacity(1), 0);
        for now in 0..40_000u64 {
            let key = now * now % 1_009;
            if !matches!(cache.get(now, key), Lookup::Hit { .. }) {
                evicted.clear();
                cache.put(now, key, 1, 0, &mut evicted);
            }
            // Ghosts gather slowly where most entries expire before they are evicted.
            if now == 20_000 {
                full = cache.memory();
            }
        }
        assert_eq!(cache.memory(), full, "{policy:?}");
    }
}
