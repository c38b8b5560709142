//! Hedged requests: a second copy is sent when the first has no answer after a while, and the first answer wins (Dean
//! and Barroso, "The Tail at Scale", CACM 2013; Finagle's `BackupRequestFilter`).
//!
//! The delay is fixed, or a percentile of the latencies of the last half minute, taken afresh every 3 s: that of
//! `1 - max_extra_load`, so that about so many calls need a copy, and at least 1 ms. Before there is any latency to go by
//! none is sent. When latencies jump all would need one: so each call deposits its share in a budget, and a copy has to
//! find a whole one there. At most the share of all calls are copies, in the long run and in each window of 10 s.
//!
//! For independent exponential latencies a copy at p95 brings p99 from 4.6 to 3.8 means, for 5 % more calls; p99.9
//! from 6.9 to 4.95. Where both copies wait in one queue it helps nobody.
//!
//! Costs: O(1) a call, O(buckets) every 3 s; 13 KB. Cancelling the loser is the caller's matter.
//!
//! Left out: Finagle's reserve of 10 copies per second (it would break the promise above for who sends little), its
//! client's own retry budget (the caller asks both), its limit of 2 s on what it learns.

use super::Share;
use super::latencies::Latencies;
use super::retry_budget::{RetryBudget, RetryBudgetSettings};
use crate::engine::{Nanos, Time};

const REFRESH: Nanos = 3_000_000_000;
const WINDOW: Nanos = 10_000_000_000;

/// When the second copy is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HedgeDelay {
    /// After so many ns.
    Fixed(Nanos),
    /// After the latency that all but the extra load's share of calls do not exceed.
    Percentile,
}

/// What can be set on a hedge; the default is Finagle's usual 1 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HedgeSettings {
    /// When the second copy is sent.
    pub delay: HedgeDelay,
    /// Copies per call.
    pub max_extra_load: Share,
    /// Percentile: never earlier, in ns.
    pub at_least: Nanos,
}

impl Default for HedgeSettings {
    fn default() -> Self {
        HedgeSettings {
            delay: HedgeDelay::Percentile,
            max_extra_load: Share::percent(1),
            at_least: 1_000_000,
        }
    }
}

impl HedgeSettings {
    fn budget(&self) -> RetryBudgetSettings {
        RetryBudgetSettings::Requests { ratio: self.max_extra_load, min_per_second: 0, window: WINDOW }
    }

    fn percentile(&self) -> Share {
        Share::millionths(Share::WHOLE.saturating_sub(self.max_extra_load.in_millionths()))
    }
}

/// When to send second copies.
#[derive(Clone, Debug)]
pub struct Hedge {
    settings: HedgeSettings,
    latencies: Latencies,
    budget: RetryBudget,
    /// The percentile as last taken; none: nothing was known.
    percentile: Option<Nanos>,
    next_refresh: Time,
}

impl Hedge {
    /// One that knows no latencies.
    pub fn new(settings: HedgeSettings) -> Self {
        let (latencies, budget) = (Latencies::new(), RetryBudget::new(settings.budget()));
        Hedge { settings, latencies, budget, percentile: None, next_refresh: REFRESH }
    }

    /// The settings in force.
    pub fn settings(&self) -> HedgeSettings {
        self.settings
    }

    /// A call is sent now. After how long a second copy is to be sent if there is no answer; none: not at all.
    pub fn sent(&mut self, now: Time) -> Option<Nanos> {
        self.budget.deposit(now);
        if self.settings.max_extra_load == Share::default() {
            return None;
        }
        match self.settings.delay {
            HedgeDelay::Fixed(delay) => Some(delay),
            HedgeDelay::Percentile => {
                if now >= self.next_refresh {
                    self.percentile = self.latencies.percentile(now, self.settings.percentile());
                    self.next_refresh = now.saturating_add(REFRESH);
                }
                self.percentile.map(|delay| delay.max(self.settings.at_least))
            }
        }
    }

    /// That time has come and there is no answer: whether a copy may be sent, which it then is.
    pub fn may_send_copy(&mut self, now: Time) -> bool {
        let may = self.budget.withdraw(now, 0);
        if may {
            // The budget goes by requests: nobody asks how many copies are under way.
            self.budget.retry_ended();
        }
        may
    }

    /// A copy, first or second, was answered well, timed out or was cancelled as the loser, so long after it was sent.
    /// What failed fast is not told: it would make the delay too short.
    pub fn answered(&mut self, now: Time, latency: Nanos) {
        self.latencies.record(now, latency);
    }

    /// Changes the settings. What is known of latencies stays; another extra load starts with an empty budget.
    pub fn reconfigure(&mut self, now: Time, settings: HedgeSettings) {
        if settings.max_extra_load != self.settings.max_extra_load {
            self.budget.reconfigure(settings.budget());
            self.next_refresh = now;
        }
        self.settings = settings;
    }

    /// Bytes the hedge occupies here.
    pub fn memory(&self) -> u64 {
        size_of::<Hedge>() as u64 + self.latencies.memory() + self.budget.memory()
            - size_of::<RetryBudget>() as u64
    }

    /// Recounts the budget from scratch.
    ///
    /// # Errors
    /// What does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        self.budget.validate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::mixing::unit;
    use proptest::prelude::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    const SECOND: Nanos = 1_000_000_000;
    const MILLISECOND: Nanos = 1_000_000;

    fn of(delay: HedgeDelay, percent: u32) -> Hedge {
        let max_extra_load = Share::percent(percent);
        Hedge::new(HedgeSettings { delay, max_extra_load, ..HedgeSettings::default() })
    }

    #[test]
    fn the_delay_is_a_percentile_of_late() {
        // Extra load in per cent, latencies in ms, and the delay; after 3 s.
        let hundred: Vec<u64> = (1..=100).collect();
        for (percent, latencies, expected) in [
            (1, &hundred, Some(99)),
            (5, &hundred, Some(95)),
            (50, &hundred, Some(50)),
            (0, &hundred, None),
            (5, &vec![0; 50], Some(1)),
            (5, &vec![], None),
        ] {
            let mut hedge = of(HedgeDelay::Percentile, percent);
            for latency in latencies {
                hedge.answered(SECOND, latency * MILLISECOND);
            }
            assert_eq!(hedge.sent(2 * SECOND), None, "not before the first refresh");
            let found = hedge.sent(3 * SECOND).map(|delay| delay as f64 / 1e6);
            let close = |expected: u64| (1.0..1.033).contains(&(found.unwrap() / expected as f64));
            assert!(expected.map_or(found.is_none(), close), "{percent} %: {found:?}, not {expected:?}");
            hedge.answered(4 * SECOND, SECOND);
            assert_eq!(hedge.sent(5 * SECOND).map(|delay| delay as f64 / 1e6), found, "only every 3 s");
        }
    }

    /// The stored theory, entries `hedge_exp_delay_p95` and `hedge_exp_delay_p99`: latencies of 1 s mean, a copy after
    /// p95 or p99, both drawn alone. 10,000 calls a second, so that the budget is seldom short, and the first ten seconds for
    /// learning.
    #[test]
    fn tail_of_theory() {
        for (percent, p99, p999, mean) in [(5, 3.800_451, 4.951_744, 0.975), (1, 4.605_170, 5.756_463, 0.995)]
        {
            const CALLS: usize = 400_000;
            const LEARNING: usize = 100_000;
            let mut hedge = of(HedgeDelay::Percentile, percent);
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
            let mut latency = || -libm::log(unit(rng.next_u64()));
            let (mut ends, mut copies) = (Vec::new(), 0);
            for call in 0..CALLS {
                let now = call as u64 * SECOND / 10_000;
                let (delay, first) = (hedge.sent(now), latency());
                let delay = delay.map_or(f64::INFINITY, |delay| delay as f64 / 1e9);
                let mut end = first;
                if first > delay && hedge.may_send_copy(now) {
                    end = first.min(delay + latency());
                    copies += usize::from(call >= LEARNING);
                }
                // What the first copy takes in the end, as the theory of the percentile has it.
                hedge.answered(now, (first * 1e9) as Nanos);
                ends.push(end);
            }
            hedge.validate().unwrap();
            let mut ends = ends.split_off(LEARNING);
            let counted = ends.len() as f64;
            let found_mean = ends.iter().sum::<f64>() / counted;
            ends.sort_unstable_by(f64::total_cmp);
            let at = |share: f64| ends[(counted * share) as usize];
            let share = f64::from(percent) / 100.0;
            let load = copies as f64 / counted;
            for (found, expected, most) in
                [(at(0.99), p99, 0.06), (at(0.999), p999, 0.15), (found_mean, mean, 0.01)]
            {
                let difference: f64 = found - expected;
                assert!(difference.abs() < most, "{percent} %: {found}, not {expected}");
            }
            assert!(load <= share && load > 0.95 * share, "{percent} %: {load}");
        }
    }

    proptest! {
        /// However late all are, copies are at most the share of the calls.
        #[test]
        fn extra_load_is_bounded(
            percent in prop::sample::select(vec![0, 1, 5, 30, 100]),
            steps in prop::collection::vec((0..200_000_000u64, 0..3u8), 1..400),
            fixed in any::<bool>(),
        ) {
            let delay = if fixed { HedgeDelay::Fixed(5) } else { HedgeDelay::Percentile };
            let (mut hedge, mut now) = (of(delay, percent), 0);
            let (mut calls, mut copies) = (0, 0);
            for (after, copy) in steps {
                now += after;
                calls += 1;
                let wanted = hedge.sent(now).is_some();
                let (least, most) = (fixed && percent > 0, percent > 0 && (fixed || now >= REFRESH));
                prop_assert!(least <= wanted && wanted <= most);
                (0..copy).for_each(|_| copies += u32::from(hedge.may_send_copy(now)));
                hedge.answered(now, after);
                prop_assert!(copies * 100 <= calls * percent, "{} of {}", copies, calls);
                prop_assert_eq!(hedge.validate(), Ok(()));
            }
        }
    }
}
