//! A race against the same caches alone, its way back against its way there, recipes against what they promise.

use super::*;
use crate::engine::cache::{Belady, Capacity, Counts, Future, Policy, Replay, Settings, Step};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn made(recipe: Recipe) -> Future {
    let mut future = Future::new();
    let (mut generator, mut accesses) = (Generator::new(recipe).unwrap(), Vec::new());
    while generator.fill(1_000, &mut accesses) {}
    accesses.iter().for_each(|access| future.push(access).unwrap());
    future.close();
    future
}

fn short(pattern: Pattern, seed: u64) -> Recipe {
    Recipe { pattern, requests: 20_000, keys: 2_000, every: 4_000, length: 500, seed, ..Recipe::default() }
}

fn alone(contender: Contender, capacity: Capacity, future: &Future) -> Counts {
    match contender {
        Contender::Policy(policy) => {
            let mut replay = Replay::new(Settings { policy, capacity, ttl: None }, 1);
            (0..future.len()).for_each(|at| _ = replay.access(&future.access(at)));
            replay.counts()
        }
        Contender::Belady => {
            let mut belady = Belady::new(capacity, future);
            belady.advance(future, usize::MAX);
            belady.counts()
        }
    }
}

#[test]
fn a_race_counts_what_each_counts_alone() {
    let contenders: Vec<Contender> = Contender::all().collect();
    for pattern in Pattern::ALL {
        let future = made(short(pattern, 7));
        let mut race = Race::new(&contenders, Capacity::Entries(100), &future);
        assert!(race.go(&future, usize::MAX, &mut || false));
        for ((index, contender), counts) in contenders.iter().enumerate().zip(race.counts()) {
            assert_eq!(counts, alone(*contender, Capacity::Entries(100), &future), "{contender:?}");
            let ratios: Vec<f64> = race.hit_ratios(index).flatten().collect();
            assert_eq!(ratios.len(), MOST_WINDOWS);
            let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
            let hits = counts.hits() as f64 / counts.requests as f64;
            assert!((mean - hits).abs() < 1e-9, "{contender:?}: windows {mean}, in all {hits}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// However one comes to an access, what stands there is the same.
    #[test]
    fn there_and_back_is_where_one_was(
        stops in prop::collection::vec((0..20_100usize, 1..40u32), 1..12),
        seed in 0..100u64,
    ) {
        let future = made(short(Pattern::Scans, seed));
        let contenders: Vec<Contender> = Contender::all().step_by(3).collect();
        let mut race = Race::new(&contenders, Capacity::Entries(64), &future);
        let farthest = stops.iter().map(|(goal, _)| *goal).max().unwrap_or(0);
        for (goal, slices) in stops {
            let mut left = slices;
            // Whoever is interrupted goes on.
            while !race.go(&future, goal, &mut || { left = left.saturating_sub(1); left > 0 }) {}
            let mut fresh = Race::new(&contenders, Capacity::Entries(64), &future);
            fresh.go(&future, goal, &mut || false);
            prop_assert_eq!(race.at(), goal.min(future.len()));
            prop_assert!(race.counts().eq(fresh.counts()));
            prop_assert_eq!(race.told(), fresh.told());
            prop_assert!(race.rows(&future, 20).eq(fresh.rows(&future, 20)));
        }
        let mut fresh = Race::new(&contenders, Capacity::Entries(64), &future);
        fresh.go(&future, farthest, &mut || false);
        for contender in 0..contenders.len() {
            prop_assert!(race.hit_ratios(contender).eq(fresh.hit_ratios(contender)));
        }
    }

    #[test]
    fn a_curve_has_the_miss_ratio_of_each_size(seed in 0..100u64, in_bytes in any::<bool>()) {
        let future = made(Recipe { requests: 5_000, ..short(Pattern::Loop, seed) });
        let contenders = ["lru", "sieve", "belady"].map(|name| Contender::named(name).unwrap());
        let mut curve = Curve::new(&contenders, future.keys() as u64, in_bytes);
        let (mut slices, mut done) = (0, curve.done(&future));
        while !curve.work(&future, &mut || true) {
            prop_assert!(curve.done(&future) >= done);
            (slices, done) = (slices + 1, curve.done(&future));
        }
        prop_assert!(slices > SIZES);
        prop_assert_eq!(curve.done(&future), 1.0);
        prop_assert_eq!(curve.points().len(), 3 * SIZES);
        for point in curve.points() {
            let capacity = if in_bytes { Capacity::Bytes(point.size) } else { Capacity::Entries(point.size) };
            let counts = alone(contenders[point.contender], capacity, &future);
            prop_assert_eq!(Some(point.miss_ratio), counts.miss_ratio());
        }
    }
}

#[test]
fn the_last_access_is_told() {
    let mut future = Future::new();
    for (at, key) in [1, 2, 1, 3, 2, 1].into_iter().enumerate() {
        future.push(&crate::engine::cache::Access::read(at as u64, key)).unwrap();
    }
    future.close();
    let contenders = [Contender::Policy(Policy::Lru), Contender::Belady];
    let mut race = Race::new(&contenders, Capacity::Entries(2), &future);
    assert!(race.go(&future, 0, &mut || true) && race.told().is_empty());
    race.go(&future, 4, &mut || false);
    let [lru, belady] = race.told() else { panic!("two contenders") };
    assert_eq!((lru.at, lru.key, lru.hit, lru.entries), (3, 3, false, (2, 2)));
    assert!(
        matches!(lru.steps[..], [Step::Left { key: 2, .. }, Step::Entered { key: 3, .. }]),
        "{:?}",
        lru.steps
    );
    // 1 is read again at 5, 2 at 4; 3 never, but it is what was asked for.
    assert_eq!((belady.victim, belady.next), (Some((1, Some(5))), None));
    race.go(&future, 3, &mut || false);
    assert!(race.told().iter().all(|told| told.hit && told.victim.is_none()));
    let row = race.rows(&future, 10).next().unwrap();
    assert_eq!((row.entries, row.last, row.hand), (2, Some(0), None));
    assert_eq!(row.cells.iter().map(|cell| cell.reads).collect::<Vec<_>>(), [1, 0]);
}

/// How often each key is read in a stretch of the trace.
fn reads(future: &Future, from: usize, to: usize) -> BTreeMap<u64, u32> {
    let mut reads = BTreeMap::new();
    (from..to).for_each(|at| *reads.entry(future.access(at).key).or_default() += 1);
    reads
}

#[test]
fn recipes_make_what_they_promise() {
    let is_elsewhere = |key: &u64| *key >= 1 << 32;
    // Scans: from 4,000 on, each 4,000th request begins 500 keys that are read once.
    let scans = made(short(Pattern::Scans, 1));
    let scanned: BTreeMap<u64, u32> =
        reads(&scans, 0, 20_000).into_iter().filter(|(key, _)| is_elsewhere(key)).collect();
    assert_eq!((scanned.len(), scanned.values().max()), (4 * 500, Some(&1)));
    assert!(reads(&scans, 4_000, 4_500).keys().all(is_elsewhere));
    // Loop: every second request, round and round.
    let looped = made(short(Pattern::Loop, 1));
    let round = reads(&looped, 0, 20_000).into_iter().filter(|(key, _)| is_elsewhere(key));
    assert!(round.map(|(_, reads)| reads).eq([20; 500]));
    // Drift: what is wanted most is another key in each stretch.
    let drift = made(short(Pattern::Drift, 1));
    let most = |from| {
        let reads = reads(&drift, from, from + 4_000);
        reads.into_iter().max_by_key(|(_, reads)| *reads).map(|(key, _)| key)
    };
    assert_eq!([0, 4_000, 8_000].map(most), [Some(0), Some(1_500), Some(1_000)]);
    // Uniform: nobody is wanted much more than the mean of 10.
    let uniform = reads(&made(short(Pattern::Uniform, 1)), 0, 20_000);
    assert!(uniform.len() > 1_990 && uniform.values().all(|reads| *reads < 30));
}

#[test]
fn recipes_out_of_range_are_refused() {
    let cases: [(Recipe, RecipeError); 9] = [
        (Recipe { requests: 0, ..Recipe::default() }, RecipeError::Requests),
        (Recipe { requests: MOST_REQUESTS + 1, ..Recipe::default() }, RecipeError::Requests),
        (Recipe { keys: 0, ..Recipe::default() }, RecipeError::Keys),
        (Recipe { popularity: f64::NAN, ..Recipe::default() }, RecipeError::Popularity),
        (Recipe { popularity: -0.1, ..Recipe::default() }, RecipeError::Popularity),
        (Recipe { every: 0, ..Recipe::default() }, RecipeError::Every),
        (Recipe { length: 0, ..Recipe::default() }, RecipeError::Length),
        (Recipe { every: 100, length: 100, ..Recipe::default() }, RecipeError::Length),
        (Recipe { pattern: Pattern::Loop, length: 0, ..Recipe::default() }, RecipeError::Length),
    ];
    for (recipe, error) in cases {
        assert_eq!(Generator::new(recipe).err(), Some(error), "{recipe:?}");
        let name = error.to_string();
        assert!(name.contains(": give"), "{name}");
    }
}
