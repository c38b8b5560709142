//! The budgets of Finagle, tower and Envoy, and what they let through in the long run.

use super::Share;
use super::retry_budget::{RetryBudget, RetryBudgetSettings};
use crate::engine::{Nanos, Time};
use proptest::prelude::*;

const SECOND: Nanos = 1_000_000_000;
const MILLISECOND: Nanos = 1_000_000;

fn requests(percent: u32, min_per_second: u32, window: Nanos) -> RetryBudget {
    let ratio = Share::percent(percent);
    RetryBudget::new(RetryBudgetSettings::Requests { ratio, min_per_second, window })
}

/// Requests come evenly, and every one would be retried: so many retries are sent from second `from` to second `to`.
fn retries(mut budget: RetryBudget, per_second: u64, from: u64, to: u64) -> u64 {
    let mut retries = 0;
    for request in 0..per_second * to {
        let now = request * SECOND / per_second;
        budget.deposit(now);
        retries += u64::from(budget.withdraw(now, 0) && now >= from * SECOND);
    }
    budget.validate().unwrap();
    retries
}

/// Bronson's fixture: 280 requests/s before a server that does 300.
#[test]
fn ten_per_cent_of_280_are_28() {
    // Share and minimum per second, requests per second, and retries in 1,000 s after a start of 20 s.
    for (percent, min, rate, expected) in [
        (10, 0, 280, 28_000),
        (3, 0, 280, 8_400),
        (7, 0, 280, 19_600),
        (20, 0, 280, 56_000),
        (10, 10, 280, 38_000),
        (20, 10, 100, 30_000),
        (0, 10, 280, 10_000),
        // A third of a retry per ten seconds never makes one.
        (33, 0, 1, 3 * 100),
        (3, 0, 1, 0),
        (0, 0, 280, 0),
        // Each request is retried once at most here.
        (200, 0, 280, 280_000),
    ] {
        let sent = retries(requests(percent, min, 10 * SECOND), rate, 20, 1_020);
        assert_eq!(sent, expected, "{percent} % and {min}/s of {rate}/s");
    }
}

/// tower's unit tests `tps_empty`, `tps_leaky`, `tps_slots`, `tps_reserve`.
#[test]
fn as_tower_is_tested() {
    assert!(!requests(100, 0, SECOND).withdraw(0, 0), "empty");
    let mut leaky = requests(100, 0, SECOND);
    leaky.deposit(0);
    assert!(!leaky.withdraw(3 * SECOND, 0), "a deposit is forgotten");
    let mut slots = requests(50, 0, SECOND);
    slots.deposit(0);
    slots.deposit(0);
    assert!(slots.withdraw(901 * MILLISECOND, 0), "two halves are still valid");
    slots.deposit(2_902 * MILLISECOND);
    slots.deposit(3_203 * MILLISECOND);
    slots.deposit(4_004 * MILLISECOND);
    assert!(slots.withdraw(4_004 * MILLISECOND, 0), "the last two are valid");
    assert!(!slots.withdraw(4_004 * MILLISECOND, 0), "the first is not");
    let mut reserve = requests(100, 5, SECOND);
    let sent: Vec<bool> = (0..6).map(|_| reserve.withdraw(0, 0)).collect();
    assert_eq!(sent, [true, true, true, true, true, false]);
}

/// Envoy: 20 % of what is active, at least 3 (`circuit_breaker.proto`).
#[test]
fn a_share_of_what_is_active() {
    // Active requests and how many retries may be under way.
    for (active, most) in [(0, 3), (15, 3), (19, 3), (20, 4), (100, 20)] {
        let mut budget = RetryBudget::new(RetryBudgetSettings::ENVOY);
        let sent = (0..active + 5).filter(|_| budget.withdraw(0, active)).count();
        assert_eq!((sent, budget.retries()), (most as usize, most), "{active} active");
        budget.retry_ended();
        assert_eq!(budget.balance(0, active), 1);
        assert!(budget.withdraw(0, active) && !budget.withdraw(0, active));
    }
}

#[test]
fn another_share_or_window_begins_afresh() {
    let mut budget = requests(1000, 0, SECOND);
    budget.deposit(0);
    let settings = |percent, window| RetryBudgetSettings::Requests {
        ratio: Share::percent(percent),
        min_per_second: 0,
        window,
    };
    budget.reconfigure(settings(1000, SECOND));
    assert_eq!(budget.balance(0, 0), 10, "nothing has changed");
    budget.reconfigure(settings(10, SECOND));
    assert_eq!(budget.balance(0, 0), 0, "ten retries of one request are not a tenth");
    (0..10).for_each(|_| budget.deposit(0));
    assert_eq!(budget.balance(0, 0), 1);
    budget.reconfigure(settings(10, 2 * SECOND));
    assert_eq!(budget.balance(0, 0), 0);
    budget.reconfigure(RetryBudgetSettings::ENVOY);
    assert_eq!((budget.settings(), budget.balance(0, 0)), (RetryBudgetSettings::ENVOY, 3));
    // A retry that is under way counts, whatever rule let it go.
    budget.reconfigure(settings(100, SECOND));
    budget.deposit(0);
    assert!(budget.withdraw(0, 0));
    budget.reconfigure(RetryBudgetSettings::ENVOY);
    assert_eq!(budget.balance(0, 0), 2);
}

#[test]
fn settings_beyond_sense_are_no_trouble() {
    let mut budget = RetryBudget::new(RetryBudgetSettings::Requests {
        ratio: Share::millionths(u32::MAX),
        min_per_second: u32::MAX,
        window: Nanos::MAX,
    });
    budget.deposit(Time::MAX);
    assert_eq!(budget.balance(Time::MAX, u32::MAX), u32::MAX);
    let ratio = Share::millionths(u32::MAX);
    budget.reconfigure(RetryBudgetSettings::Active { ratio, at_least: u32::MAX });
    assert_eq!(budget.balance(0, u32::MAX), u32::MAX);
}

proptest! {
    /// Beside a list of everything deposited and withdrawn. Never does a window see more than its share and reserve.
    #[test]
    fn windows_twin(
        millionths in prop::sample::select(vec![0, 70_000, 200_000, 333_333, 1_500_000]),
        min in 0..4u32,
        window in prop::sample::select(vec![SECOND, 10 * SECOND, 1_234_567_890]),
        steps in prop::collection::vec((0..900_000_000u64, 0..5u8), 1..200),
    ) {
        let ratio = Share::millionths(millionths);
        let settings = RetryBudgetSettings::Requests { ratio, min_per_second: min, window };
        let mut budget = RetryBudget::new(settings);
        let (mut history, mut now): (Vec<(u64, i128)>, _) = (Vec::new(), 0);
        for (after, what) in steps {
            now += if what == 4 { after * 20 } else { after };
            let slot = now / (window / 10);
            if what < 2 {
                budget.deposit(now);
                history.push((slot, i128::from(millionths)));
                continue;
            }
            let inside = history.iter().filter(|(at, _)| at + 10 > slot).map(|(_, credit)| credit);
            // In billionths of a millionth: seconds times retries per second, without rounding.
            let credits = inside.sum::<i128>() * 1_000 + i128::from(min) * i128::from(window);
            let expected = credits >= 1_000_000_000;
            prop_assert_eq!(budget.withdraw(now, 0), expected, "at {}", now);
            if expected {
                history.push((slot, -1_000_000));
            }
            prop_assert_eq!(budget.validate(), Ok(()));
        }
    }
}
