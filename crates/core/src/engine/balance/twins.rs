//! Naive twins: each algorithm written once more as its description says it, without tables that are kept up to date,
//! beside the engine through histories of calls, answers, changes of membership and of weights.

use super::tests::{ANY, candidate, rng};
use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What a twin may look at.
struct Seen<'a> {
    now: Time,
    candidates: &'a [Candidate],
    /// Response times of each instance since it came, with the moments of the answers and of the looks (none) at it.
    heard: &'a BTreeMap<u32, Vec<(Time, Option<Nanos>)>>,
    /// When each instance came.
    came: &'a BTreeMap<u32, Time>,
    settings: Settings,
}

/// Says which instance is chosen.
trait Twin {
    /// Those drawn so far can be drawn again with `word`, which gives the words the engine will get.
    fn pick(&mut self, seen: &Seen<'_>, word: &mut dyn FnMut() -> u64) -> u32;

    fn left(&mut self, _instance: u32) {}

    /// Whether this looks at candidates in a way that changes them; which ones it has looked at.
    fn looked_at(&self) -> Vec<u32> {
        Vec::new()
    }
}

fn weight(candidate: &Candidate) -> u32 {
    candidate.weight.max(1)
}

/// nginx's rules as its commit message states them.
struct Credits {
    weighted: bool,
    credits: BTreeMap<u32, i64>,
}

impl Credits {
    fn new(weighted: bool) -> Self {
        Credits { weighted, credits: BTreeMap::new() }
    }

    fn among(&mut self, all: &[&Candidate]) -> u32 {
        let weight = |candidate: &Candidate| if self.weighted { i64::from(weight(candidate)) } else { 1 };
        let total: i64 = all.iter().map(|candidate| weight(candidate)).sum();
        for candidate in all {
            *self.credits.entry(candidate.instance).or_default() += weight(candidate);
        }
        let most = all.iter().map(|candidate| self.credits[&candidate.instance]).max().unwrap();
        let first = all.iter().find(|candidate| self.credits[&candidate.instance] == most).unwrap();
        *self.credits.get_mut(&first.instance).unwrap() -= total;
        first.instance
    }
}

impl Twin for Credits {
    fn pick(&mut self, seen: &Seen<'_>, _: &mut dyn FnMut() -> u64) -> u32 {
        self.among(&seen.candidates.iter().collect::<Vec<_>>())
    }

    fn left(&mut self, instance: u32) {
        self.credits.remove(&instance);
    }
}

/// Those of least load, and round robin among them.
struct Fewest(Credits);

impl Twin for Fewest {
    fn pick(&mut self, seen: &Seen<'_>, _: &mut dyn FnMut() -> u64) -> u32 {
        // All weights are below 10: over their least common multiple the loads are whole.
        let share = |candidate: &Candidate| if self.0.weighted { 2520 / weight(candidate) } else { 1 };
        let load = |candidate: &Candidate| candidate.in_flight * share(candidate);
        let least = seen.candidates.iter().map(load).min().unwrap();
        let among: Vec<&Candidate> =
            seen.candidates.iter().filter(|candidate| load(candidate) == least).collect();
        if let [only] = among.as_slice() { only.instance } else { self.0.among(&among) }
    }

    fn left(&mut self, instance: u32) {
        self.0.left(instance);
    }
}

/// A ball thrown on a line on which every candidate has a piece for each unit of weight.
struct Thrown {
    weighted: bool,
}

impl Twin for Thrown {
    fn pick(&mut self, seen: &Seen<'_>, word: &mut dyn FnMut() -> u64) -> u32 {
        let pieces = |candidate: &Candidate| {
            let count = if self.weighted { weight(candidate) as usize } else { 1 };
            vec![candidate.instance; count]
        };
        let line: Vec<u32> = seen.candidates.iter().flat_map(pieces).collect();
        line[below(word(), line.len())]
    }
}

fn below(word: u64, count: usize) -> usize {
    ((u128::from(word) * count as u128) >> 64) as usize
}

/// The mean of all responses from the first on, and least connections by what they come to.
struct Quickest(Credits);

impl Twin for Quickest {
    fn pick(&mut self, seen: &Seen<'_>, _: &mut dyn FnMut() -> u64) -> u32 {
        let mean = |candidate: &&Candidate| {
            let times = seen.heard.get(&candidate.instance).into_iter().flatten();
            times.filter_map(|(_, time)| *time).map(|time| time.max(1) as i64).fold(None, |mean, time| {
                Some(mean.map_or(time, |mean: i64| (mean + (time - mean) / 8).max(1)))
            })
        };
        let all: Vec<&Candidate> = seen.candidates.iter().collect();
        let quickest = all.iter().filter_map(mean).min().unwrap_or(1);
        let cost = |candidate: &&Candidate| {
            let calls = f64::from(candidate.in_flight + 1);
            mean(candidate).unwrap_or(quickest) as f64 * calls / f64::from(weight(candidate))
        };
        let least = all.iter().map(cost).min_by(f64::total_cmp).unwrap();
        let among: Vec<&Candidate> = all.iter().copied().filter(|one| cost(one) == least).collect();
        if let [only] = among.as_slice() { only.instance } else { self.0.among(&among) }
    }

    fn left(&mut self, instance: u32) {
        self.0.left(instance);
    }
}

/// Takes two out of an urn.
fn two_of(seen: &Seen<'_>, word: &mut dyn FnMut() -> u64) -> [Candidate; 2] {
    let mut urn = seen.candidates.to_vec();
    if let [only] = urn.as_slice() {
        return [*only; 2];
    }
    [word(), word()].map(|word| urn.remove(below(word, urn.len())))
}

struct OfTwo;

impl Twin for OfTwo {
    fn pick(&mut self, seen: &Seen<'_>, word: &mut dyn FnMut() -> u64) -> u32 {
        let [first, second] = two_of(seen, word);
        if second.in_flight < first.in_flight { second.instance } else { first.instance }
    }
}

/// Finagle's rules, from everything that was ever heard of a candidate.
#[derive(Default)]
struct Peak {
    looked_at: Vec<u32>,
}

impl Twin for Peak {
    fn pick(&mut self, seen: &Seen<'_>, word: &mut dyn FnMut() -> u64) -> u32 {
        let cost = |candidate: &Candidate| {
            let mut mean = seen.settings.default_rtt.unwrap_or(0) as f64;
            let mut stamp = seen.came[&candidate.instance];
            let heard = seen.heard.get(&candidate.instance).into_iter().flatten().copied();
            for (at, time) in heard.chain([(seen.now, None)]) {
                let (time, w) = (time.unwrap_or(0) as f64, libm::exp(-((at - stamp) as f64) / 1e10));
                mean = if time > mean { time } else { time * (1.0 - w) + mean * w };
                stamp = at;
            }
            let penalty = if mean == 0.0 && candidate.in_flight > 0 { (i64::MAX >> 16) as f64 } else { 0.0 };
            if penalty > 0.0 {
                penalty + f64::from(candidate.in_flight)
            } else {
                mean * f64::from(candidate.in_flight + 1)
            }
        };
        let [first, second] = two_of(seen, word);
        self.looked_at = vec![first.instance, second.instance];
        if cost(&second) < cost(&first) { second.instance } else { first.instance }
    }

    fn looked_at(&self) -> Vec<u32> {
        self.looked_at.clone()
    }
}

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    /// A call, so long after the last step.
    Call(Nanos),
    /// One of the calls under way is answered, so long after the last step.
    Answer(prop::sample::Index, Nanos),
    /// An instance comes with a weight, or leaves if it is there.
    Toggle(u32, u32),
    /// All weights from now on.
    Weights(Vec<u32>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wait = || prop_oneof![Just(0), 0..50_000_000u64, 0..20_000_000_000u64];
    let step = prop_oneof![
        6 => wait().prop_map(Step::Call),
        5 => (any::<prop::sample::Index>(), wait()).prop_map(|(which, after)| Step::Answer(which, after)),
        1 => (0..8u32, 0..10u32).prop_map(|(instance, weight)| Step::Toggle(instance, weight)),
        1 => prop::collection::vec(0..10u32, 8).prop_map(Step::Weights),
    ];
    prop::collection::vec(step, 1..120)
}

/// Plays the steps before both, and compares every choice.
fn compare(settings: Settings, twin: &mut dyn Twin, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let (mut picker, mut rng) = (Picker::new(settings), rng());
    let mut under_way: Vec<(u32, Time)> = Vec::new();
    let (mut heard, mut came) = (BTreeMap::<u32, Vec<_>>::new(), BTreeMap::new());
    let mut now = 0;
    for step in steps {
        match step {
            Step::Call(after) => {
                now += after;
                let mut words = rng.clone();
                let chosen = picker.pick(now, &candidates, &ANY, &mut rng);
                if candidates.is_empty() {
                    prop_assert_eq!(chosen, None);
                    continue;
                }
                let seen = Seen { now, candidates: &candidates, heard: &heard, came: &came, settings };
                let expected = twin.pick(&seen, &mut || rand_core::RngCore::next_u64(&mut words));
                let chosen = chosen.unwrap();
                prop_assert_eq!(candidates[chosen].instance, expected, "at {}", now);
                for instance in twin.looked_at() {
                    heard.entry(instance).or_default().push((now, None));
                }
                candidates[chosen].in_flight += 1;
                under_way.push((expected, now));
            }
            Step::Answer(which, after) if !under_way.is_empty() => {
                now += after;
                let (instance, since) = under_way.remove(which.index(under_way.len()));
                if let Some(index) = candidates.iter().position(|candidate| candidate.instance == instance) {
                    candidates[index].in_flight -= 1;
                    picker.answered(now, index, &candidates[index], now - since);
                    heard.entry(instance).or_default().push((now, Some(now - since)));
                }
            }
            Step::Answer(..) => {}
            Step::Toggle(instance, weight) => {
                let place = candidates.iter().position(|candidate| candidate.instance == *instance);
                if let Some(place) = place {
                    candidates.remove(place);
                    twin.left(*instance);
                    heard.remove(instance);
                    under_way.retain(|(of, _)| of != instance);
                } else {
                    came.insert(*instance, now);
                    let after = candidates.iter().position(|candidate| candidate.instance > *instance);
                    let new = candidate(*instance, 0, *weight);
                    candidates.insert(after.unwrap_or(candidates.len()), new);
                }
                picker.follow(now, &candidates);
            }
            Step::Weights(weights) => {
                for candidate in &mut candidates {
                    candidate.weight = weights[candidate.instance as usize];
                }
                picker.follow(now, &candidates);
            }
        }
        prop_assert_eq!(picker.validate(), Ok(()));
    }
    Ok(())
}

proptest! {
    #[test]
    fn round_robin(steps in steps()) {
        compare(Settings::of(Algorithm::RoundRobin), &mut Credits::new(false), &steps)?;
    }

    #[test]
    fn weighted_round_robin(steps in steps()) {
        compare(Settings::of(Algorithm::WeightedRoundRobin), &mut Credits::new(true), &steps)?;
    }

    #[test]
    fn random(steps in steps()) {
        compare(Settings::of(Algorithm::Random), &mut Thrown { weighted: false }, &steps)?;
    }

    #[test]
    fn weighted_random(steps in steps()) {
        compare(Settings::of(Algorithm::WeightedRandom), &mut Thrown { weighted: true }, &steps)?;
    }

    #[test]
    fn least_connections(steps in steps()) {
        compare(Settings::of(Algorithm::LeastConnections), &mut Fewest(Credits::new(false)), &steps)?;
    }

    #[test]
    fn weighted_least_connections(steps in steps()) {
        let mut twin = Fewest(Credits::new(true));
        compare(Settings::of(Algorithm::WeightedLeastConnections), &mut twin, &steps)?;
    }

    #[test]
    fn least_response_time(steps in steps()) {
        compare(Settings::of(Algorithm::LeastResponseTime), &mut Quickest(Credits::new(true)), &steps)?;
    }

    #[test]
    fn power_of_two(steps in steps()) {
        compare(Settings::of(Algorithm::PowerOfTwo), &mut OfTwo, &steps)?;
    }

    /// Of all, it is a least one; of d, never one of the d - 1 that have the most.
    #[test]
    fn power_of_d(in_flight in prop::collection::vec(0..6u32, 1..12), d in 1..14u32, picks in 1..40usize) {
        let mut all: Vec<Candidate> =
            (0..).zip(&in_flight).map(|(instance, &in_flight)| candidate(instance, in_flight, 1)).collect();
        let mut picker = Picker::new(Settings { d, ..Settings::of(Algorithm::PowerOfD) });
        let mut rng = rng();
        picker.follow(0, &all);
        for _ in 0..picks {
            let chosen = picker.pick(0, &all, &ANY, &mut rng).unwrap();
            let not_more = all.iter().filter(|one| one.in_flight >= all[chosen].in_flight).count();
            prop_assert!(not_more >= all.len().min(d as usize), "{} of {:?}", chosen, all);
            all[chosen].in_flight += 1;
            prop_assert_eq!(picker.validate(), Ok(()));
        }
    }

    #[test]
    fn peak_ewma(steps in steps(), trusts in any::<bool>()) {
        let default_rtt = trusts.then_some(30_000_000);
        compare(Settings { default_rtt, ..Settings::of(Algorithm::PeakEwma) }, &mut Peak::default(), &steps)?;
    }
}
