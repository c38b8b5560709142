//! The breaker beside a plainly written twin through every short history, and the defaults of its products.

use super::Share;
use super::breaker::*;
use super::call_window::CallWindow;
use crate::engine::{Nanos, Time};
use proptest::prelude::*;

const SECOND: Nanos = 1_000_000_000;
const MILLISECOND: Nanos = 1_000_000;

/// What can happen.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A call asks.
    Ask,
    /// The call begun first of those under way ends: how, and whether slowly.
    End(CallOutcome, bool),
    /// Longer than the breaker stays open.
    Wait,
}

const STEPS: [Step; 7] = [
    Step::Ask,
    Step::End(CallOutcome::Success, false),
    Step::End(CallOutcome::Failure, false),
    Step::End(CallOutcome::Success, true),
    Step::End(CallOutcome::Failure, true),
    Step::End(CallOutcome::Ignored, false),
    Step::Wait,
];

/// Everything that was ever recorded, and what follows from it by the products' rules.
#[derive(Clone)]
struct Twin {
    settings: BreakerSettings,
    state: BreakerState,
    changes: u64,
    opened: Time,
    /// Calls begun half-open less those ignored, since the last change.
    begun: i64,
    /// Since the last change: when it ended, failed, slow.
    ended: Vec<(Time, bool, bool)>,
}

impl Twin {
    fn change(&mut self, to: BreakerState) {
        self.state = to;
        self.changes += 1;
        self.begun = 0;
        self.ended.clear();
    }

    fn ask(&mut self, now: Time) -> Option<u64> {
        if self.state == BreakerState::Open && now > self.opened + self.settings.wait_in_open {
            self.change(BreakerState::HalfOpen);
        }
        let half_open = self.state == BreakerState::HalfOpen;
        let full = self.begun >= i64::from(self.settings.permitted_in_half_open);
        if self.state == BreakerState::Open || half_open && full {
            return None;
        }
        self.begun += 1;
        Some(self.changes)
    }

    fn end(&mut self, now: Time, of: u64, outcome: CallOutcome, slow: bool) {
        let half_open = self.state == BreakerState::HalfOpen;
        let permitted = self.settings.permitted_in_half_open as usize;
        if matches!(self.settings.rule, BreakerRule::ConsecutiveFailures(_)) && of != self.changes {
            return;
        }
        if outcome == CallOutcome::Ignored {
            self.begun -= 1;
            return;
        }
        if self.state == BreakerState::Open {
            return;
        }
        self.ended.push((now, outcome == CallOutcome::Failure, slow));
        let (bad, good) = match self.settings.rule {
            BreakerRule::ConsecutiveFailures(most) => {
                let failures = self.ended.iter().rev().take_while(|(_, failed, _)| *failed).count();
                let successes = self.ended.iter().rev().take_while(|(_, failed, _)| !failed).count();
                let most = if half_open { 1 } else { most as usize };
                (failures >= most, half_open && successes >= permitted)
            }
            BreakerRule::Rate { window, minimum_calls, failure_rate, slow_call_rate, .. } => {
                let window = if half_open { CallWindow::Calls(permitted as u32) } else { window };
                let (inside, enough): (Vec<_>, _) = match window {
                    CallWindow::Calls(n) => {
                        (self.ended.iter().rev().take(n as usize).collect(), minimum_calls.min(n))
                    }
                    CallWindow::Seconds(n) => {
                        let from = |at: &Time| at / SECOND + u64::from(n) > now / SECOND;
                        (self.ended.iter().filter(|(at, ..)| from(at)).collect(), minimum_calls)
                    }
                };
                let percent = |count: usize| 100.0 * count as f64 / inside.len() as f64;
                let failed = percent(inside.iter().filter(|(_, failed, _)| *failed).count());
                let slow = percent(inside.iter().filter(|(.., slow)| *slow).count());
                let limit = |share: Share| f64::from(share.in_millionths()) / 10_000.0;
                let enough = inside.len() >= enough as usize;
                let bad = failed >= limit(failure_rate) || slow >= limit(slow_call_rate);
                (enough && bad, enough && !bad && half_open)
            }
        };
        if bad {
            self.opened = now;
            self.change(BreakerState::Open);
        } else if good {
            self.change(BreakerState::Closed);
        }
    }
}

/// A breaker, its twin, and the calls under way.
#[derive(Clone)]
struct Pair {
    breaker: Breaker,
    twin: Twin,
    now: Time,
    under_way: Vec<(Permit, u64)>,
    /// How many changes there were of each kind, from open, half-open and closed.
    seen: [u32; 4],
}

impl Pair {
    fn new(settings: BreakerSettings) -> Self {
        let state = BreakerState::Closed;
        let twin = Twin { settings, state, changes: 0, opened: 0, begun: 0, ended: Vec::new() };
        Pair { breaker: Breaker::new(settings), twin, now: 0, under_way: Vec::new(), seen: [0; 4] }
    }

    fn step(&mut self, step: Step, which: usize) {
        self.now += 400 * MILLISECOND;
        let from = self.breaker.state();
        let change = match step {
            Step::Wait => {
                self.now += self.twin.settings.wait_in_open;
                None
            }
            Step::Ask => {
                let (admission, expected) = (self.breaker.try_acquire(self.now), self.twin.ask(self.now));
                assert_eq!(admission.permit.is_some(), expected.is_some());
                self.under_way.extend(admission.permit.zip(expected));
                admission.change
            }
            Step::End(..) if self.under_way.is_empty() => None,
            Step::End(outcome, slow) => {
                let (permit, of) = self.under_way.remove(which % self.under_way.len());
                self.twin.end(self.now, of, outcome, slow);
                let took = if slow { SECOND + 1 } else { SECOND };
                self.breaker.record(self.now, permit, outcome, took)
            }
        };
        let to = self.breaker.state();
        assert_eq!(to, self.twin.state);
        assert_eq!(change, (from != to).then_some(BreakerChange { from, to }));
        match (from, to) {
            (BreakerState::Closed, BreakerState::Open) => self.seen[0] += 1,
            (BreakerState::Open, BreakerState::HalfOpen) => self.seen[1] += 1,
            (BreakerState::HalfOpen, BreakerState::Open) => self.seen[2] += 1,
            (BreakerState::HalfOpen, BreakerState::Closed) => self.seen[3] += 1,
            (from, to) => assert_eq!(from, to),
        }
        self.breaker.validate().unwrap();
    }
}

fn rate(window: CallWindow, minimum_calls: u32, permitted_in_half_open: u32) -> BreakerSettings {
    let rule = BreakerRule::Rate {
        window,
        minimum_calls,
        failure_rate: Share::percent(50),
        slow_call_rate: Share::percent(60),
        slow_call_duration: SECOND,
    };
    BreakerSettings { rule, wait_in_open: 2 * SECOND, permitted_in_half_open }
}

fn in_a_row(failures: u32, permitted_in_half_open: u32) -> BreakerSettings {
    let rule = BreakerRule::ConsecutiveFailures(failures);
    BreakerSettings { rule, wait_in_open: 2 * SECOND, permitted_in_half_open }
}

/// Every history of seven steps, from a closed breaker with two calls under way.
#[test]
fn every_short_history() {
    fn go_on(pair: &Pair, left: u32, seen: &mut [u32; 4]) {
        for step in STEPS {
            let mut next = pair.clone();
            next.step(step, 0);
            if left > 1 {
                go_on(&next, left - 1, seen);
            } else {
                seen.iter_mut().zip(next.seen).for_each(|(seen, new)| *seen += new);
            }
        }
    }
    for settings in [
        rate(CallWindow::Calls(2), 2, 1),
        rate(CallWindow::Calls(3), 1, 2),
        rate(CallWindow::Seconds(2), 2, 1),
        in_a_row(2, 1),
        in_a_row(1, 2),
    ] {
        let mut pair = Pair::new(settings);
        (0..2).for_each(|_| pair.step(Step::Ask, 0));
        let mut seen = [0; 4];
        go_on(&pair, 7, &mut seen);
        assert!(seen.iter().all(|seen| *seen > 0), "{settings:?}: {seen:?}");
    }
}

fn many() -> impl Strategy<Value = Vec<(usize, usize)>> {
    // Asking is as likely as ending.
    prop::collection::vec((prop_oneof![Just(0), 0..STEPS.len(), 1..3usize], 0..8usize), 1..200)
}

proptest! {
    #[test]
    fn long_histories(
        steps in many(),
        window in prop_oneof![(1..9u32).prop_map(CallWindow::Calls), (1..4u32).prop_map(CallWindow::Seconds)],
        minimum in 0..9u32,
        permitted in 1..4u32,
        consecutive in any::<bool>(),
    ) {
        let settings =
            if consecutive { in_a_row(minimum.max(1), permitted) } else { rate(window, minimum, permitted) };
        let mut pair = Pair::new(settings);
        for (step, which) in steps {
            pair.step(STEPS[step], which);
        }
    }
}

/// Calls until the first change, of calls that end as a pattern says: `x` fails, `s` is slow, `.` neither.
fn opens_after(settings: BreakerSettings, pattern: &str) -> Option<usize> {
    let mut breaker = Breaker::new(settings);
    pattern.chars().cycle().take(400).position(|call| {
        let permit = breaker.try_acquire(0).permit.unwrap();
        let outcome = if call == 'x' { CallOutcome::Failure } else { CallOutcome::Success };
        let took = if call == 's' { 60 * SECOND + 1 } else { 60 * SECOND };
        breaker.record(0, permit, outcome, took).is_some()
    })
}

#[test]
fn defaults_of_the_products() {
    let (resilience4j, gobreaker) = (BreakerSettings::RESILIENCE4J, BreakerSettings::GOBREAKER);
    // Whether and with which call it opens, from 1: `CircuitBreakerConfig` and gobreaker's `defaultReadyToTrip`.
    for (settings, pattern, expected) in [
        (resilience4j, "x", Some(100)),
        (resilience4j, ".x", Some(100)),
        (resilience4j, "..x", None),
        (resilience4j, "s", Some(100)),
        (resilience4j, "sssss.", None),
        (gobreaker, "x", Some(6)),
        (gobreaker, "xxxxx.", None),
        (gobreaker, ".xxxxxx", Some(7)),
        (gobreaker, "s", None),
    ] {
        assert_eq!(opens_after(settings, pattern).map(|call| call + 1), expected, "{pattern}");
    }
}

/// A call begun closed and ended half-open decides by resilience4j's rules, and is dropped by gobreaker's.
#[test]
fn a_late_result_counts_as_the_product_says() {
    for (settings, late) in
        [(rate(CallWindow::Calls(1), 1, 1), BreakerState::Open), (in_a_row(1, 1), BreakerState::HalfOpen)]
    {
        let mut breaker = Breaker::new(settings);
        let permits = [0, 1].map(|_| breaker.try_acquire(0).permit.unwrap());
        assert!(breaker.record(0, permits[0], CallOutcome::Failure, 0).is_some());
        assert_eq!(breaker.try_acquire(2 * SECOND), Admission { permit: None, change: None }, "not yet");
        let admission = breaker.try_acquire(2 * SECOND + 1);
        let (from, to) = (BreakerState::Open, BreakerState::HalfOpen);
        assert_eq!(admission.change, Some(BreakerChange { from, to }));
        assert!(admission.permit.is_some() && breaker.try_acquire(2 * SECOND + 1).permit.is_none());
        breaker.record(2 * SECOND + 1, permits[1], CallOutcome::Failure, 0);
        assert_eq!(breaker.state(), late, "{settings:?}");
    }
}

#[test]
fn new_settings_keep_the_state() {
    let mut breaker = Breaker::new(in_a_row(1, 1));
    let permit = breaker.try_acquire(0).permit.unwrap();
    breaker.record(0, permit, CallOutcome::Failure, 0);
    breaker.reconfigure(BreakerSettings { wait_in_open: SECOND, ..rate(CallWindow::Calls(4), 2, 2) });
    assert_eq!(breaker.try_acquire(SECOND).permit, None);
    let permits = [0, 1, 2].map(|_| breaker.try_acquire(SECOND + 1).permit);
    assert_eq!(permits.map(|permit| permit.is_some()), [true, true, false]);
    // Three calls now: one place is new, and the trial begins afresh.
    breaker.reconfigure(rate(CallWindow::Calls(4), 9, 3));
    for (number, outcome) in
        [CallOutcome::Failure, CallOutcome::Success, CallOutcome::Success].iter().enumerate()
    {
        assert_eq!(breaker.state(), BreakerState::HalfOpen, "{number}");
        assert_eq!(breaker.counts(SECOND).calls, number as u32);
        breaker.record(SECOND, permits[0].unwrap(), *outcome, 0);
    }
    assert_eq!(breaker.state(), BreakerState::Closed, "one of three is below half");
}
