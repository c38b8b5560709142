//! What measures caches against naive twins and textbook examples.

use super::*;
use proptest::prelude::*;

/// Silberschatz, Galvin and Gagne, "Operating System Concepts", section on page replacement: with three frames FIFO
/// faults 15 times, LRU 12 and the optimum 9.
const PAGES: [u64; 20] = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1];

fn reads(keys: &[u64]) -> Vec<Access> {
    (0..).zip(keys).map(|(time, key)| Access::read(time, *key)).collect()
}

fn entries(policy: Policy, most: u64) -> Settings {
    Settings { policy, capacity: Capacity::Entries(most), ttl: None }
}

fn replayed(settings: Settings, accesses: &[Access]) -> Replay {
    let mut replay = Replay::new(settings, 10);
    replay.feed(accesses);
    replay
}

fn future(accesses: &[Access]) -> Future {
    let mut future = Future::new();
    accesses.iter().for_each(|access| future.push(access).unwrap());
    future.close();
    future
}

fn optimum(capacity: Capacity, accesses: &[Access]) -> Belady {
    let future = future(accesses);
    let mut belady = Belady::new(capacity, &future);
    while belady.advance(&future, 3) {}
    belady
}

/// Reads mostly, of few keys; times now and then go back.
fn accesses() -> impl Strategy<Value = Vec<Access>> {
    let operation = prop_oneof![
        8 => Just(Operation::Read),
        1 => Just(Operation::Write),
        1 => Just(Operation::Delete),
    ];
    let access = (0..50u64, 0..12u64, 0..6u64, operation).prop_map(|(time, key, size, operation)| Access {
        time,
        key,
        size,
        ttl: None,
        operation,
    });
    prop::collection::vec(access, 0..120)
}

#[test]
fn the_textbook_counts_the_same_faults() {
    let accesses = reads(&PAGES);
    assert_eq!(replayed(entries(Policy::Fifo, 3), &accesses).counts().misses, 15);
    assert_eq!(replayed(entries(Policy::Lru, 3), &accesses).counts().misses, 12);
    assert_eq!(optimum(Capacity::Entries(3), &accesses).counts().misses, 9);
    let mut distances = StackDistances::new();
    accesses.iter().for_each(|access| _ = distances.access(access));
    assert_eq!(distances.counts(3).misses, 12);
}

/// What each access of the list says; a deleted key is shown as itself minus 100.
#[test]
fn stack_distances_as_one_counts_them_by_hand() {
    let cases: [(&[i64], &[u64]); 4] = [
        (&[1, 2, 3, 2, 1, 1], &[0, 0, 0, 2, 3, 1]),
        // Deleted at depth 2: a cache of one entry has lost nothing, so 1 is still at depth 3.
        (&[1, 2, 3, 2 - 100, 1], &[0, 0, 0, 0, 3]),
        // What is read first after that fills the hole, so 1 does not sink deeper.
        (&[1, 2, 3, 2 - 100, 4, 1], &[0, 0, 0, 0, 0, 3]),
        (&[1, 2, 1 - 100, 1, 2], &[0, 0, 0, 0, 2]),
    ];
    for (keys, expected) in cases {
        let mut distances = StackDistances::new();
        let distance = |key: &i64| {
            let operation = if *key < 0 { Operation::Delete } else { Operation::Read };
            let access = Access { operation, ..Access::read(0, key.rem_euclid(100) as u64) };
            distances.access(&access).unwrap_or(0)
        };
        assert_eq!(keys.iter().map(distance).collect::<Vec<_>>(), expected, "{keys:?}");
    }
}

#[test]
fn the_line_moves_together_and_nothing_is_lost() {
    // More uses than the first line has places, over more keys than a word has bits.
    let keys: Vec<u64> = (0..20_000u64).map(|i| i * i % 701).collect();
    let mut distances = StackDistances::new();
    let mut stack: Vec<u64> = Vec::new();
    for (at, access) in reads(&keys).iter().enumerate() {
        let expected = stack.iter().rev().position(|key| *key == access.key).map(|depth| depth as u64 + 1);
        stack.retain(|key| *key != access.key);
        stack.push(access.key);
        assert_eq!(distances.access(access), expected, "access {at}");
    }
    assert_eq!(distances.validate(), Ok(()));
    assert_eq!(distances.keys(), stack.len() as u64);
}

/// The fewest misses of reads of one size by trying every victim.
fn fewest_misses(keys: &[u64], capacity: usize, stored: &mut Vec<u64>) -> u64 {
    let Some((key, rest)) = keys.split_first() else { return 0 };
    if stored.contains(key) {
        return fewest_misses(rest, capacity, stored);
    }
    if stored.len() < capacity {
        stored.push(*key);
        let misses = fewest_misses(rest, capacity, stored);
        stored.pop();
        return 1 + misses;
    }
    let tried = (0..capacity).map(|victim| {
        let mut other = stored.clone();
        other[victim] = *key;
        fewest_misses(rest, capacity, &mut other)
    });
    1 + tried.min().unwrap_or_else(|| fewest_misses(rest, capacity, stored))
}

/// The rule of Belady as it is told: look through the rest of the trace for each entry.
fn looking_ahead(capacity: Capacity, accesses: &[Access]) -> Counts {
    let (most, most_bytes) = match capacity {
        Capacity::Entries(most) => (most as usize, u64::MAX),
        Capacity::Bytes(most) => (usize::MAX, most),
    };
    let mut first_seen: Vec<u64> = Vec::new();
    let mut stored: Vec<(u64, u64)> = Vec::new();
    let mut counts = Counts::default();
    for (at, access) in accesses.iter().enumerate() {
        if !first_seen.contains(&access.key) {
            first_seen.push(access.key);
        }
        let found = stored.iter().position(|(key, _)| *key == access.key);
        counts.count(access, found.is_none());
        if access.operation == Operation::Read && found.is_some() {
            continue;
        }
        stored.retain(|(key, _)| *key != access.key);
        if access.operation == Operation::Delete || most == 0 || access.size > most_bytes {
            continue;
        }
        let next_read = |key: u64| {
            let next = accesses[at + 1..].iter().position(|later| later.key == key);
            next.filter(|next| accesses[at + 1 + next].operation == Operation::Read).unwrap_or(usize::MAX)
        };
        let seen = |key: u64| first_seen.iter().position(|seen| *seen == key);
        let held = |stored: &[(u64, u64)]| stored.iter().map(|(_, size)| size).sum::<u64>();
        while stored.len() >= most || held(&stored) + access.size > most_bytes {
            let latest = (0..stored.len()).max_by_key(|i| (next_read(stored[*i].0), seen(stored[*i].0)));
            stored.remove(latest.unwrap());
        }
        stored.push((access.key, access.size));
    }
    counts
}

fn capacity() -> impl Strategy<Value = Capacity> {
    prop_oneof![(0..8u64).prop_map(Capacity::Entries), (0..20u64).prop_map(Capacity::Bytes)]
}

proptest! {
    #[test]
    fn one_pass_counts_what_a_replay_of_each_capacity_counts(accesses in accesses()) {
        let mut distances = StackDistances::new();
        for access in &accesses {
            distances.access(access);
            prop_assert_eq!(distances.validate(), Ok(()));
        }
        let capacities: Vec<u64> = (0..14).collect();
        let curve = distances.curve(capacities.iter().copied());
        for (capacity, counts) in capacities.into_iter().zip(curve) {
            prop_assert_eq!(counts, replayed(entries(Policy::Lru, capacity), &accesses).counts());
            prop_assert_eq!(counts, distances.counts(capacity));
        }
    }

    #[test]
    fn belady_behaves_like_its_twin(capacity in capacity(), accesses in accesses()) {
        let future = future(&accesses);
        let mut belady = Belady::new(capacity, &future);
        while belady.advance(&future, 1) {
            prop_assert_eq!(belady.validate(), Ok(()));
        }
        prop_assert_eq!(belady.counts(), looking_ahead(capacity, &accesses));
    }

    #[test]
    fn nothing_misses_less_often_than_belady(keys in prop::collection::vec(0..5u64, 0..9), capacity in 0..4usize) {
        let belady = optimum(Capacity::Entries(capacity as u64), &reads(&keys));
        prop_assert_eq!(belady.counts().misses, fewest_misses(&keys, capacity, &mut Vec::new()));
    }

    #[test]
    fn no_policy_misses_less_often_than_belady(
        keys in prop::collection::vec(0..30u64, 0..300),
        capacity in 0..20u64,
    ) {
        let accesses = reads(&keys);
        let fewest = optimum(Capacity::Entries(capacity), &accesses).counts().misses;
        // No policy refuses a value where all weigh the same, so that none can do better than the optimum that stores all.
        for policy in Policy::ALL {
            let misses = replayed(entries(policy, capacity), &accesses).counts().misses;
            prop_assert!(fewest <= misses, "{:?}: {} misses, the optimum {}", policy, misses, fewest);
        }
    }

    #[test]
    fn a_replay_counts_every_access_once(
        accesses in accesses(),
        capacity in capacity(),
        cut in 0..120usize,
    ) {
        for policy in Policy::ALL {
            let settings = Settings { policy, capacity, ttl: Some(9) };
            let whole = replayed(settings, &accesses);
            prop_assert_eq!(whole.validate(), Ok(()));
            let (head, tail) = accesses.split_at(cut.min(accesses.len()));
            let mut sliced = replayed(settings, head).clone();
            sliced.feed(tail);
            prop_assert_eq!(sliced.counts(), whole.counts());
            prop_assert_eq!(sliced.windows(), whole.windows());
            let counts = whole.counts();
            prop_assert_eq!(counts.requests + counts.writes + counts.deletes, accesses.len() as u64);
        }
    }

    #[test]
    fn a_sample_of_everything_is_exact_and_samples_nest(accesses in accesses(), salt: u64, keys: Vec<u64>) {
        let mut all = Shards::new(Sample::new(1.0, salt));
        accesses.iter().for_each(|access| all.access(access));
        prop_assert_eq!(all.validate(), Ok(()));
        let capacities: Vec<u64> = (1..14).collect();
        let exact: Option<Vec<f64>> =
            all.distances().curve(capacities.iter().copied()).iter().map(Counts::miss_ratio).collect();
        prop_assert_eq!(all.curve(&capacities), exact);
        let (few, many) = (Sample::new(0.1, salt), Sample::new(0.5, salt));
        prop_assert!(keys.iter().all(|key| !few.takes(*key) || many.takes(*key)));
    }
}

#[test]
fn a_sample_takes_its_share_of_the_keys() {
    for (rate, least, most) in [(0.5, 49_300, 50_700), (0.01, 870, 1_130), (1e-300, 0, 0), (f64::NAN, 0, 0)] {
        for salt in 0..4 {
            let sample = Sample::new(rate, salt);
            let taken = (0..100_000).filter(|key| sample.takes(*key)).count();
            // Four and a half standard deviations of a binomial distribution.
            assert!((least..=most).contains(&taken), "{taken} of 100,000 at {rate}");
        }
    }
}

#[test]
fn windows_are_joined_when_there_are_too_many() {
    let mut replay = Replay::new(entries(Policy::Lru, 4), 1);
    for time in 0..10_000 {
        replay.access(&Access::read(time, time % 6));
    }
    assert_eq!(replay.validate(), Ok(()));
    assert_eq!((replay.width(), replay.windows().len()), (16, 625));
    assert_eq!(replay.windows()[1].counts.requests, 16);
    // A leap in time, and then back.
    replay.access(&Access::read(u64::MAX, 1));
    replay.access(&Access::read(3, 1));
    assert_eq!(replay.validate(), Ok(()));
    assert_eq!(replay.windows().last().map(|window| window.counts.requests), Some(2));
}

/// What is read at `time` after it was read at 0: whether it misses.
#[test]
fn a_lifetime_of_its_own_goes_before_the_caches() {
    for (cache, own, time, miss) in [
        (None, None, 1_000, false),
        (Some(10), None, 9, false),
        (Some(10), None, 10, true),
        (Some(10), Some(20), 19, false),
        (Some(10), Some(5), 5, true),
        (None, Some(5), 5, true),
        (None, Some(u64::MAX), 1_000, false),
    ] {
        let settings = Settings { policy: Policy::Lru, capacity: Capacity::Entries(1), ttl: cache };
        let mut replay = Replay::new(settings, 1_000);
        replay.access(&Access { ttl: own, ..Access::read(0, 1) });
        assert_eq!(replay.access(&Access::read(time, 1)), miss, "{cache:?} {own:?} {time}");
    }
}

#[test]
fn what_does_not_fit_is_told() {
    let settings = Settings { policy: Policy::Lru, capacity: Capacity::Bytes(10), ttl: None };
    let mut replay = Replay::new(settings, 1);
    let sized = |key, size| Access { size, ..Access::read(0, key) };
    for (key, size) in [(1, 6), (2, 11), (2, 11), (3, 6), (1, 6)] {
        replay.access(&sized(key, size));
    }
    assert_eq!((replay.too_large(), replay.evictions()), (2, 2));
    let counts = replay.counts();
    assert_eq!((counts.misses, counts.bytes, counts.missed_bytes), (5, 40, 40));
    assert_eq!(counts.byte_miss_ratio(), Some(1.0));
    assert_eq!(Counts::default().miss_ratio(), None);
}

#[test]
fn writing_and_deleting_again_and_again_takes_no_memory() {
    let write = Access { operation: Operation::Write, ..Access::read(0, 1) };
    let belady = optimum(Capacity::Entries(4), &vec![write; 10_000]);
    assert!(belady.memory() < 10_000, "{} bytes", belady.memory());
    assert_eq!(belady.validate(), Ok(()));
}
