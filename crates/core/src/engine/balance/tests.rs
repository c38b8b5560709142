//! Each algorithm against published sequences, and the fairness its documentation states.

use super::*;
use proptest::prelude::*;
use rand_core::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

const SECOND: Nanos = 1_000_000_000;
const MILLISECOND: Nanos = 1_000_000;

pub(super) fn rng() -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(1)
}

/// No key, no address, no user.
pub(super) const ANY: Request = Request { key: 0, address: 0, user: None };

pub(super) fn candidate(instance: u32, in_flight: u32, weight: u32) -> Candidate {
    Candidate { instance, identity: instance.into(), in_flight, weight, distance: 0 }
}

/// Candidates 0, 1, … with these weights and in-flight counts.
pub(super) fn candidates(weights: &[u32], in_flight: &[u32]) -> Vec<Candidate> {
    (0..)
        .zip(weights.iter().zip(in_flight))
        .map(|(instance, (&weight, &in_flight))| candidate(instance, in_flight, weight))
        .collect()
}

/// A picker that knows its candidates.
pub(super) fn picker(algorithm: Algorithm, candidates: &[Candidate]) -> Picker {
    let mut picker = Picker::new(Settings::of(algorithm));
    picker.follow(0, candidates);
    picker
}

/// The names (a, b, …) of `picks` choices while nothing changes.
fn sequence(algorithm: Algorithm, candidates: &[Candidate], picks: usize) -> String {
    let (mut picker, mut rng) = (picker(algorithm, candidates), rng());
    names(&mut picker, candidates, picks, &mut rng)
}

fn names(
    picker: &mut Picker,
    candidates: &[Candidate],
    picks: usize,
    rng: &mut Xoshiro256PlusPlus,
) -> String {
    (0..picks).map(|_| char::from(b'a' + picker.pick(0, candidates, &ANY, rng).unwrap() as u8)).collect()
}

/// How often each of some candidates is chosen.
fn counts(picker: &mut Picker, candidates: &[Candidate], picks: usize) -> Vec<f64> {
    let (mut counts, mut rng) = (vec![0.0; candidates.len()], rng());
    for _ in 0..picks {
        counts[picker.pick(0, candidates, &ANY, &mut rng).unwrap()] += 1.0;
    }
    counts
}

/// Within five standard deviations of a binomial count.
fn assert_count(what: &str, count: f64, picks: usize, share: f64) {
    let expected = picks as f64 * share;
    let width = 5.0 * libm::sqrt(expected * (1.0 - share)) + 1e-9;
    assert!((count - expected).abs() <= width, "{what}: {count} of {expected} ± {width}");
}

#[test]
fn nobody_to_choose_from_and_no_choice() {
    for algorithm in Algorithm::ALL {
        assert_eq!(picker(algorithm, &[]).pick(0, &[], &ANY, &mut rng()), None, "{algorithm:?}");
        let only = candidates(&[3], &[9]);
        assert_eq!(picker(algorithm, &only).pick(0, &only, &ANY, &mut rng()), Some(0), "{algorithm:?}");
    }
}

#[test]
fn weighted_round_robin_is_smooth() {
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
        let picks = sequence(Algorithm::WeightedRoundRobin, &candidates, expected.len());
        assert_eq!(picks, expected, "{weights:?}");
    }
}

/// By nginx's rules: credits stay as they are, and the next ones are given by the new weights.
#[test]
fn a_weight_may_change_on_the_way() {
    let before = candidates(&[5, 1, 1], &[0; 3]);
    let (mut picker, mut rng) = (picker(Algorithm::WeightedRoundRobin, &before), rng());
    // Credits are then 1, -4, 3.
    assert_eq!(names(&mut picker, &before, 3, &mut rng), "aab");
    // 2 -3 4: c, then 3 -2 2: a, then 1 -1 3: c, then 2 0 1: a, then 0 1 2: c.
    let after = candidates(&[1, 1, 1], &[0; 3]);
    picker.follow(0, &after);
    assert_eq!(names(&mut picker, &after, 5, &mut rng), "cacac");
    // 0 1 -1 plus 1 5 1: b, then 2 4 1: b, then 3 2 2: a.
    let third = candidates(&[1, 5, 1], &[0; 3]);
    picker.follow(0, &third);
    assert_eq!(names(&mut picker, &third, 3, &mut rng), "bba");
}

#[test]
fn plain_algorithms_ignore_weights() {
    let all = candidates(&[5, 1, 1], &[0; 3]);
    assert_eq!(sequence(Algorithm::RoundRobin, &all, 6), "abcabc");
    assert_eq!(sequence(Algorithm::LeastConnections, &all, 6), "abcabc");
    assert_eq!(sequence(Algorithm::LeastConnections, &candidates(&[9, 1], &[2, 1]), 3), "bbb");
    for algorithm in [Algorithm::Random, Algorithm::PowerOfTwo, Algorithm::PowerOfD, Algorithm::PeakEwma] {
        for count in counts(&mut picker(algorithm, &all), &all, 30_000) {
            assert_count(&format!("{algorithm:?}"), count, 30_000, 1.0 / 3.0);
        }
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
        let picks = sequence(Algorithm::WeightedLeastConnections, &candidates, expected.len());
        assert_eq!(picks, expected, "{weights:?} {in_flight:?}");
    }
}

#[test]
fn weighted_random_follows_the_weights() {
    let all = candidates(&[1, 2, 5], &[0, 7, 0]);
    let counts = counts(&mut picker(Algorithm::WeightedRandom, &all), &all, 80_000);
    for (count, share) in counts.into_iter().zip([0.125, 0.25, 0.625]) {
        assert_count("share", count, 80_000, share);
    }
}

#[test]
fn least_response_time_weighs_time_and_calls() {
    // Weights, calls in flight, response times in order, choices while nothing changes.
    type Answers<'a> = &'a [(usize, Nanos)];
    let cases: [(&[u32], &[u32], Answers<'_>, &str); 6] = [
        // Nobody has answered: least connections.
        (&[1, 1, 1], &[2, 1, 3], &[], "bbb"),
        (&[2, 1], &[0, 0], &[], "aaa"),
        // 10 ms for the fourth call is as much as 40 ms for the first; with the fifth it is more.
        (&[1, 1], &[2, 0], &[(0, 10), (1, 40)], "aaa"),
        (&[1, 1], &[4, 0], &[(0, 10), (1, 40)], "bbb"),
        // A newcomer counts as quick as the quickest, 10 ms, and has fewer calls.
        (&[1, 1, 1], &[1, 1, 0], &[(0, 10), (1, 40)], "ccc"),
        // 10 ms, then 90 ms: the mean is 20 ms.
        (&[1, 1], &[0, 0], &[(0, 10), (1, 21), (0, 90)], "aaa"),
    ];
    for (weights, in_flight, answers, expected) in cases {
        let all = candidates(weights, in_flight);
        let (mut picker, mut rng) = (picker(Algorithm::LeastResponseTime, &all), rng());
        for (index, time) in answers {
            picker.answered(0, *index, &all[*index], time * MILLISECOND);
        }
        assert_eq!(names(&mut picker, &all, 3, &mut rng), expected, "{in_flight:?} {answers:?}");
    }
}

/// Of n candidates of different loads, that of rank r (from 0) is chosen if it is drawn and none below it:
/// C(n - 1 - r, d - 1) / C(n, d).
#[test]
fn of_those_drawn_the_least_loaded_is_chosen() {
    let all = candidates(&[1; 6], &[50, 10, 30, 0, 40, 20]);
    let choose =
        |n: u64, k: u64| (0..k).fold(1.0, |product, i| product * (n as f64 - i as f64) / (i + 1) as f64);
    for (algorithm, d) in [
        (Algorithm::Random, None),
        (Algorithm::PowerOfTwo, Some(2)),
        (Algorithm::PowerOfD, Some(1)),
        (Algorithm::PowerOfD, Some(2)),
        (Algorithm::PowerOfD, Some(3)),
        (Algorithm::PowerOfD, Some(6)),
        (Algorithm::PowerOfD, Some(100)),
    ] {
        let mut picker = Picker::new(Settings { d: d.unwrap_or(1), ..Settings::of(algorithm) });
        picker.follow(0, &all);
        let counts = counts(&mut picker, &all, 60_000);
        let d = u64::from(d.unwrap_or(1)).min(6);
        for (candidate, count) in all.iter().zip(counts) {
            let rank = u64::from(candidate.in_flight / 10);
            let share = if algorithm == Algorithm::Random {
                1.0 / 6.0
            } else {
                choose(5 - rank, d - 1) / choose(6, d)
            };
            assert_count(&format!("{algorithm:?} d = {d}, rank {rank}"), count, 60_000, share);
        }
    }
}

/// Finagle's rules, computed by hand: 100 ms read after 10 s of idleness is 36.788 ms; 100 ms and then 50 ms 5 s later
/// is 80.327 ms; half is left after 6.931 s. Compared with another of a known constant, which is read at the same time.
#[test]
fn peak_ewma_remembers_peaks_and_forgets_slowly() {
    // Answers of a (second, milliseconds), the moment of the choice in milliseconds, what a's mean then is.
    type Answers<'a> = &'a [(Nanos, Nanos)];
    let cases: [(Answers<'_>, Nanos, f64); 5] = [
        (&[(0, 100)], 0, 100.0),
        (&[(0, 100)], 10_000, 36.788),
        (&[(0, 100)], 6_931, 50.0),
        (&[(0, 100), (5, 50)], 5_000, 80.327),
        // A peak counts at once and whole.
        (&[(0, 50), (5, 100)], 5_000, 100.0),
    ];
    for (answers, now, expected) in cases {
        for (other, chosen) in [(expected * 1.0001, 0), (expected * 0.9999, 1)] {
            let all = candidates(&[1; 2], &[0; 2]);
            let (mut picker, mut rng) = (picker(Algorithm::PeakEwma, &all), rng());
            let now = now * MILLISECOND;
            for (at, time) in answers {
                picker.answered(at * SECOND, 0, &all[0], time * MILLISECOND);
            }
            picker.answered(now, 1, &all[1], (other * 1e6) as Nanos);
            assert_eq!(
                picker.pick(now, &all, &ANY, &mut rng),
                Some(chosen),
                "{answers:?}, beside {other} ms"
            );
        }
    }
}

#[test]
fn peak_ewma_tries_a_newcomer_once_or_trusts_it() {
    let all = |newcomer| candidates(&[1; 2], &[3, newcomer]);
    let pick = |default_rtt, newcomer: u32| {
        let mut picker = Picker::new(Settings { default_rtt, ..Settings::of(Algorithm::PeakEwma) });
        picker.follow(0, &all(0));
        picker.answered(0, 0, &all(0)[0], 100 * MILLISECOND);
        picker.pick(0, &all(newcomer), &ANY, &mut rng())
    };
    // Finagle: 4 x 100 ms is more than nothing, and less than the penalty.
    assert_eq!([pick(None, 0), pick(None, 1)], [Some(1), Some(0)]);
    // Linkerd's 30 ms: the newcomer has 12 calls before it costs more than the other.
    let trusted = [11, 12, 13].map(|calls| pick(Some(30 * MILLISECOND), calls));
    assert_eq!(trusted, [Some(1), Some(1), Some(0)]);
}

/// A thousand calls on a thousand servers: by chance the fullest gets about ln n / ln ln n + a few, 5 to 7 as a rule;
/// of two choices about ln ln n / ln 2 + a few, 3 as a rule; 1 if the emptiest is chosen.
#[test]
fn balls_into_bins() {
    for (algorithm, least, most) in [
        (Algorithm::Random, 4, 9),
        (Algorithm::WeightedRandom, 4, 9),
        (Algorithm::PowerOfTwo, 2, 4),
        (Algorithm::PowerOfD, 2, 3),
        (Algorithm::RoundRobin, 1, 1),
        (Algorithm::LeastConnections, 1, 1),
        (Algorithm::LeastResponseTime, 1, 1),
    ] {
        let mut bins = candidates(&[1; 1000], &[0; 1000]);
        let (mut picker, mut rng) = (picker(algorithm, &bins), rng());
        for _ in 0..1000 {
            let chosen = picker.pick(0, &bins, &ANY, &mut rng).unwrap();
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
    let (mut picker, mut rng) = (picker(Algorithm::RoundRobin, &all), rng());
    let mut pick = |from: &[Candidate]| {
        picker.follow(0, from);
        from[picker.pick(0, from, &ANY, &mut rng).unwrap()].instance
    };
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
    let (mut picker, mut rng) = (picker(Algorithm::RoundRobin, &all), rng());
    picker.pick(0, &all, &ANY, &mut rng);
    picker.reconfigure(0, Settings { d: 7, ..Settings::of(Algorithm::RoundRobin) }, &all);
    assert_eq!(picker.pick(0, &all, &ANY, &mut rng), Some(1), "the same algorithm goes on");
    picker.reconfigure(0, Settings::of(Algorithm::LeastConnections), &all);
    picker.reconfigure(0, Settings::of(Algorithm::RoundRobin), &all);
    assert_eq!(picker.pick(0, &all, &ANY, &mut rng), Some(0));
    assert_eq!(picker.settings().algorithm, Algorithm::RoundRobin);
}

proptest! {
    /// Over one cycle each candidate is chosen exactly as often as its weight says, wherever the cycle starts.
    #[test]
    fn round_robin_gives_everyone_their_share(weights in prop::collection::vec(1..9u32, 1..8), skip in 0..50usize) {
        let candidates = candidates(&weights, &vec![0; weights.len()]);
        let (mut picker, mut rng) = (picker(Algorithm::WeightedRoundRobin, &candidates), rng());
        let mut counts = vec![0; weights.len()];
        for at in 0..skip + weights.iter().sum::<u32>() as usize {
            let chosen = picker.pick(0, &candidates, &ANY, &mut rng).unwrap();
            counts[chosen] += u32::from(at >= skip);
        }
        prop_assert_eq!(counts, weights);
    }
}

/// Who was picked and passed over stands in the queue of the idle again.
#[test]
fn an_idle_one_that_is_passed_over_stays_idle() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut candidates: Vec<Candidate> = (0..2).map(|n| candidate(n, n, 1)).collect();
    let mut picker = Picker::new(Settings::of(Algorithm::JoinIdleQueue));
    picker.follow(0, &candidates);
    for _ in 0..20 {
        assert_eq!(picker.pick(0, &candidates, &Request::default(), &mut rng), Some(0));
        candidates[1].in_flight += 1;
        picker.passed_over(&candidates);
    }
}
