//! A client that refuses its own requests when the backend refuses most of them (adaptive throttling; Beyer and
//! others, Site Reliability Engineering, ch. 21 "Handling Overload", 2016).
//!
//! Of the last two minutes it counts its requests, those refused here among them, and those the backend accepted. A
//! request is refused here with probability `max(0, (requests - K * accepts) / (requests + 1))`. With K = 2 one refused
//! request reaches the backend for each accepted one; with K = 1.1 one for ten. So a backend that refuses cheaply is
//! not kept busy refusing, and the client notices when it recovers.
//!
//! Costs: O(1), after a silence up to 120 steps; 120 slots of 16 bytes, one for a second. The probability is that of a
//! fraction of whole numbers, without rounding.

use super::Share;
use super::slots::Slots;
use crate::engine::mixing::below;
use crate::engine::{Nanos, Time};
use std::ops::{AddAssign, SubAssign};

const SLOTS: usize = 120;

/// What can be set on a throttle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottleSettings {
    /// K: so many requests for each accepted one are let through.
    pub multiplier: Share,
    /// How long requests and answers count, in ns.
    pub window: Nanos,
}

impl Default for ThrottleSettings {
    fn default() -> Self {
        ThrottleSettings { multiplier: Share::percent(200), window: 120_000_000_000 }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    requests: u64,
    accepts: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.requests += other.requests;
        self.accepts += other.accepts;
    }
}

impl SubAssign for Counts {
    fn sub_assign(&mut self, other: Counts) {
        self.requests -= other.requests;
        self.accepts -= other.accepts;
    }
}

/// What a client remembers of one backend.
#[derive(Clone, Debug)]
pub struct Throttle {
    settings: ThrottleSettings,
    counts: Slots<Counts>,
}

impl Throttle {
    /// Nothing asked yet.
    pub fn new(settings: ThrottleSettings) -> Self {
        Throttle { settings, counts: Slots::new(SLOTS, settings.window / SLOTS as u64) }
    }

    /// The settings in force.
    pub fn settings(&self) -> ThrottleSettings {
        self.settings
    }

    /// Whether a request may go to the backend. `draw` is a random word. The request counts either way.
    pub fn admit(&mut self, now: Time, draw: u64) -> bool {
        let (above, below_it) = self.fraction(now);
        self.counts.add(now, Counts { requests: 1, accepts: 0 });
        below(draw, below_it) >= above
    }

    /// The backend has done what a request asked for.
    pub fn accepted(&mut self, now: Time) {
        self.counts.add(now, Counts { requests: 0, accepts: 1 });
    }

    /// With what probability a request would be refused now: for figures people read.
    pub fn rejection(&mut self, now: Time) -> f64 {
        let (above, below_it) = self.fraction(now);
        above as f64 / below_it as f64
    }

    /// The probability as a fraction.
    fn fraction(&mut self, now: Time) -> (u64, u64) {
        let Counts { requests, accepts } = self.counts.sum(now);
        let whole = u64::from(Share::WHOLE);
        let let_through = accepts.saturating_mul(self.settings.multiplier.in_millionths().into());
        let above = requests.saturating_mul(whole).saturating_sub(let_through);
        (above, requests.saturating_add(1).saturating_mul(whole))
    }

    /// Changes the settings. With another window it begins afresh.
    pub fn reconfigure(&mut self, settings: ThrottleSettings) {
        if settings.window != self.settings.window {
            *self = Throttle::new(settings);
        }
        self.settings = settings;
    }

    /// Bytes the throttle occupies here.
    pub fn memory(&self) -> u64 {
        size_of::<Throttle>() as u64 + self.counts.memory()
    }

    /// Recounts from scratch.
    ///
    /// # Errors
    /// What does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        self.counts.validate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand_core::{RngCore, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    const SECOND: Nanos = 1_000_000_000;

    fn settings(percent: u32) -> ThrottleSettings {
        ThrottleSettings { multiplier: Share::percent(percent), ..ThrottleSettings::default() }
    }

    #[test]
    fn probability_of_the_book() {
        // K in per cent, requests, accepts, probability by the formula.
        for (k, requests, accepts, expected) in [
            (200, 0, 0, 0.0),
            (200, 100, 100, 0.0),
            (200, 100, 50, 0.0),
            (200, 99, 0, 0.99),
            (200, 99, 25, 0.49),
            (110, 999, 100, 0.889),
            (0, 9, 9, 0.9),
        ] {
            let mut throttle = Throttle::new(settings(k));
            for _ in 0..requests {
                throttle.admit(0, u64::MAX);
            }
            (0..accepts).for_each(|_| throttle.accepted(0));
            let found = throttle.rejection(0);
            assert!((found - expected).abs() < 1e-12, "K {k} %, {requests}, {accepts}: {found}");
            assert!(throttle.rejection(119 * SECOND) == found, "two minutes");
            assert!(throttle.rejection(120 * SECOND) == 0.0, "and no longer");
        }
    }

    /// Ten times what the backend can do: so many refused requests reach it for each accepted one (SRE book, ch. 21).
    #[test]
    fn refused_requests_reach_the_backend_in_proportion() {
        for (k, expected) in [(200, 1.0_f64), (110, 0.1), (150, 0.5)] {
            let (mut throttle, mut rng) = (Throttle::new(settings(k)), Xoshiro256PlusPlus::seed_from_u64(1));
            let (mut accepted, mut refused) = (0.0, 0.0);
            for second in 0..600 {
                let mut room = 100;
                for request in 0..1_000 {
                    let now = second * SECOND + request * SECOND / 1_000;
                    if throttle.admit(now, rng.next_u64()) {
                        let counts = if second < 240 { 0.0 } else { 1.0 };
                        if room > 0 {
                            room -= 1;
                            throttle.accepted(now);
                            accepted += counts;
                        } else {
                            refused += counts;
                        }
                    }
                }
            }
            throttle.validate().unwrap();
            let ratio = refused / accepted;
            assert!((ratio - expected).abs() < 0.03, "K {k} %: {ratio}, not {expected}");
            assert!(accepted > 0.98 * 36_000.0, "K {k} %: the backend stays busy, {accepted}");
        }
    }

    proptest! {
        /// Beside lists of all requests and accepts, and the fraction in floats.
        #[test]
        fn twin(
            k in prop::sample::select(vec![100, 110, 200, 350]),
            steps in prop::collection::vec((0..40_000_000_000u64, any::<u64>(), any::<bool>()), 1..120),
        ) {
            let (mut throttle, mut now) = (Throttle::new(settings(k)), 0);
            let (mut requests, mut accepts) = (Vec::new(), Vec::new());
            for (after, draw, accepted) in steps {
                now += if after % 7 == 0 { after } else { after % 100_000_000 };
                let inside = |list: &Vec<u64>| list.iter().filter(|at| *at + 120 > now / SECOND).count() as f64;
                let asked = inside(&requests);
                let expected = ((asked - f64::from(k) / 100.0 * inside(&accepts)) / (asked + 1.0)).max(0.0);
                prop_assert!((throttle.rejection(now) - expected).abs() < 1e-9);
                let unit = draw as f64 / 18_446_744_073_709_551_616.0;
                let admitted = throttle.admit(now, draw);
                if (unit - expected).abs() > 1e-9 {
                    prop_assert_eq!(admitted, unit >= expected);
                }
                requests.push(now / SECOND);
                if admitted && accepted {
                    throttle.accepted(now);
                    accepts.push(now / SECOND);
                }
                prop_assert_eq!(throttle.validate(), Ok(()));
            }
        }
    }
}
