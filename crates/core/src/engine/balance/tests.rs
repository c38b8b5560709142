//! Each algorithm against published sequences, and the fairness its documentation states.

use super::*;
use proptest::prelude::*;
use rand_core::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

fn rng() -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(1)
}

/// Candidates 0, 1, … with these weights and in-flight counts.
fn candidates(weights: &[u32], in_flight: &[u32]) -> Vec<Candidate> {
    (0..)
        .zip(weights.iter().zip(in_flight))
        .map(|(instance, (&weight, &in_flight))| Candidate { instance, in_flight, weight })
        .collect()
}

/// The names (a, b, …) of `picks` choices while nothing changes.
fn sequence(algorithm: Algorithm, candidates: &[Candidate], picks: usize) -> String {
    let (mut picker, mut rng) = (Picker::new(algorithm), rng());
    let name = |_| char::from(b'a' + picker.pick(candidates, 0, &mut rng).unwrap() as u8);
    (0..picks).map(name).collect()
}

#[test]
fn nobody_to_choose_from() {
    for algorithm in Algorithm::ALL {
        assert_eq!(Picker::new(algorithm).pick(&[], 0, &mut rng()), None, "{algorithm:?}");
    }
}

#[test]
fn round_robin_is_smooth() {
    // The sequences of nginx's implementation: commit 52327e06 and computed from its rules.
    let cases: [(&[u32], &str); 6] = [
        (&[1, 1, 1], "abcabc"),
        (&[5, 1, 1], "aabacaaaabacaa"),
        (&[3, 2, 1], "abacba"),
        (&[4, 2, 1], "abacaba"),
        (&[2, 1], "aba"),
        // Weight 0 counts as 1.
        (&[0, 0], "abab"),
    ];
    for (weights, expected) in cases {
        let candidates = candidates(weights, &vec![9; weights.len()]);
        assert_eq!(sequence(Algorithm::RoundRobin, &candidates, expected.len()), expected, "{weights:?}");
    }
}

#[test]
fn least_connections_compares_load_by_weight() {
    // Weights, calls in flight, choices while nothing changes.
    let cases: [(&[u32], &[u32], &str); 5] = [
        (&[1, 1, 1], &[2, 1, 3], "bbb"),
        (&[1, 1, 1], &[0, 0, 0], "abcabc"),
        (&[1, 1, 1], &[1, 0, 0], "bcbc"),
        // 4 of weight 4 is less than 2 of weight 1.
        (&[4, 1], &[4, 2], "aaa"),
        // Equal loads: smooth round robin by weight.
        (&[2, 1], &[2, 1], "abaaba"),
    ];
    for (weights, in_flight, expected) in cases {
        let candidates = candidates(weights, in_flight);
        let picks = sequence(Algorithm::LeastConnections, &candidates, expected.len());
        assert_eq!(picks, expected, "{weights:?} {in_flight:?}");
    }
}

#[test]
fn random_follows_the_weights() {
    let picks = sequence(Algorithm::Random, &candidates(&[1, 2, 5], &[0, 7, 0]), 80_000);
    for (name, expected) in [('a', 10_000.0), ('b', 20_000.0), ('c', 50_000.0)] {
        let count = picks.matches(name).count() as f64;
        // Five standard deviations of a binomial count.
        let width: f64 = 5.0 * libm::sqrt(expected * (1.0 - expected / 80_000.0));
        assert!((count - expected).abs() < width, "{name}: {count} of {expected} ± {width}");
    }
}

/// A thousand calls on a thousand servers: by chance the fullest gets about ln n / ln ln n + a few, 5 to 7 as a rule;
/// 1 if the emptiest is chosen.
#[test]
fn balls_into_bins() {
    for (algorithm, least, most) in
        [(Algorithm::Random, 4, 9), (Algorithm::RoundRobin, 1, 1), (Algorithm::LeastConnections, 1, 1)]
    {
        let mut bins = candidates(&[1; 1000], &[0; 1000]);
        let (mut picker, mut rng) = (Picker::new(algorithm), rng());
        for _ in 0..1000 {
            let chosen = picker.pick(&bins, 0, &mut rng).unwrap();
            bins[chosen].in_flight += 1;
        }
        let fullest = bins.iter().map(|bin| bin.in_flight).max().unwrap();
        assert!((least..=most).contains(&fullest), "{algorithm:?}: {fullest}");
    }
}

#[test]
fn goes_on_fairly_when_candidates_come_and_go() {
    let all = candidates(&[1; 4], &[0; 4]);
    let without =
        |gone: u32| all.iter().copied().filter(|candidate| candidate.instance != gone).collect::<Vec<_>>();
    let (mut picker, mut rng) = (Picker::new(Algorithm::RoundRobin), rng());
    let mut pick = |from: &[Candidate]| from[picker.pick(from, 0, &mut rng).unwrap()].instance;
    assert_eq!([pick(&all), pick(&all)], [0, 1]);
    // 2 leaves: 3 is next all the same. What 2 was owed is lost to all, so 3, which was owed as much, comes twice.
    let three = without(2);
    assert_eq!([pick(&three), pick(&three), pick(&three), pick(&three)], [3, 3, 0, 1]);
    // 2 is back, with no credit and no debt.
    let mut counts = [0; 4];
    for _ in 0..400 {
        counts[pick(&all) as usize] += 1;
    }
    assert!(counts.iter().all(|count| (99..=101).contains(count)), "{counts:?}");
}

#[test]
fn a_new_algorithm_starts_afresh() {
    let all = candidates(&[1; 3], &[0; 3]);
    let (mut picker, mut rng) = (Picker::new(Algorithm::RoundRobin), rng());
    picker.pick(&all, 0, &mut rng);
    picker.reconfigure(Algorithm::RoundRobin);
    assert_eq!(picker.pick(&all, 0, &mut rng), Some(1), "the same algorithm goes on");
    picker.reconfigure(Algorithm::LeastConnections);
    picker.reconfigure(Algorithm::RoundRobin);
    assert_eq!(picker.pick(&all, 0, &mut rng), Some(0));
    assert_eq!(picker.algorithm(), Algorithm::RoundRobin);
}

proptest! {
    /// Over one cycle each candidate is chosen exactly as often as its weight says, wherever the cycle starts.
    #[test]
    fn round_robin_gives_everyone_their_share(weights in prop::collection::vec(1..9u32, 1..8), skip in 0..50usize) {
        let candidates = candidates(&weights, &vec![0; weights.len()]);
        let (mut picker, mut rng) = (Picker::new(Algorithm::RoundRobin), rng());
        let mut counts = vec![0; weights.len()];
        for at in 0..skip + weights.iter().sum::<u32>() as usize {
            let chosen = picker.pick(&candidates, 0, &mut rng).unwrap();
            counts[chosen] += u32::from(at >= skip);
        }
        prop_assert_eq!(counts, weights);
    }

    /// Whatever comes and goes, the choice is a candidate of least load, and the books balance.
    #[test]
    fn least_connections_never_chooses_a_fuller_one(
        rounds in prop::collection::vec(prop::collection::btree_map(0..8u32, (0..4u32, 0..4u32), 1..8), 1..40),
    ) {
        let (mut picker, mut rng) = (Picker::new(Algorithm::LeastConnections), rng());
        for round in rounds {
            let candidates: Vec<Candidate> = round
                .into_iter()
                .map(|(instance, (in_flight, weight))| Candidate { instance, in_flight, weight })
                .collect();
            let chosen = candidates[picker.pick(&candidates, 0, &mut rng).unwrap()];
            let load = |one: &Candidate, other: &Candidate| one.in_flight * other.weight.max(1);
            prop_assert!(candidates.iter().all(|other| load(&chosen, other) <= load(other, &chosen)));
            prop_assert_eq!(picker.validate(), Ok(()));
        }
    }
}
