//! What the algorithms are known for, and where they differ.

use super::*;

pub(super) const SECOND: Nanos = 1_000_000_000;
const MINUTE: Nanos = 60 * SECOND;

pub(super) fn settings(
    algorithm: RateLimitAlgorithm,
    limit: u32,
    period: Nanos,
    burst: u32,
) -> RateLimitSettings {
    RateLimitSettings { algorithm, limit, period, burst }
}

/// How many of `calls` at one moment pass.
fn passed(limiter: &mut RateLimiter, now: Time, calls: u32) -> usize {
    (0..calls).filter(|_| limiter.allow(now).is_ok()).count()
}

/// Cloudflare's example: 50 per minute, 42 calls in the last minute, 18 in the first 15 s of this one are 49.5.
#[test]
fn the_sliding_window_estimates() {
    let mut limiter = RateLimiter::new(settings(RateLimitAlgorithm::SlidingWindow, 50, MINUTE, 0));
    assert_eq!(passed(&mut limiter, 30 * SECOND, 42), 42);
    assert_eq!(passed(&mut limiter, MINUTE + 15 * SECOND, 18), 18);
    // One more would be 50.5, and is 50 when 31 of the 42 count: 42 * 31 / 42, after 60 s * 11 / 42.
    let after = (MINUTE * 11).div_ceil(42) - 15 * SECOND;
    assert_eq!(limiter.allow(MINUTE + 15 * SECOND), Err(RetryAfter(after)));
    assert_eq!(limiter.allow(MINUTE + 15 * SECOND + after), Ok(()));
}

/// A limit of 10 per minute, all at the end of a minute and all at the beginning of the next.
#[test]
fn only_the_fixed_window_lets_twice_the_limit_pass() {
    for (algorithm, first, second) in [
        (RateLimitAlgorithm::TokenBucket, 10, 0),
        (RateLimitAlgorithm::Gcra, 10, 0),
        (RateLimitAlgorithm::FixedWindow, 10, 10),
        (RateLimitAlgorithm::SlidingWindow, 10, 0),
        (RateLimitAlgorithm::SlidingLog, 10, 0),
    ] {
        let mut limiter = RateLimiter::new(settings(algorithm, 10, MINUTE, 10));
        let found = [MINUTE - SECOND, MINUTE].map(|now| passed(&mut limiter, now, 15));
        assert_eq!(found, [first, second], "{algorithm:?}");
        limiter.validate().unwrap();
    }
}

/// ITU-T I.371's two parameters: the increment and the tolerance; cells at 0, 1, 2, … with an increment of 4 and a
/// tolerance of 7, so a burst of 2.75: of whole bursts 2.
#[test]
fn bursts_and_the_even_rate_after_them() {
    for algorithm in [RateLimitAlgorithm::TokenBucket, RateLimitAlgorithm::Gcra] {
        // A call per 4 ns with this burst, one asking every ns: when they pass.
        for (burst, expected) in [
            (1, vec![0, 4, 8, 12]),
            (2, vec![0, 1, 4, 8, 12]),
            (3, vec![0, 1, 2, 4, 8, 12]),
            (5, vec![0, 1, 2, 3, 4, 5, 8, 12]),
        ] {
            let mut limiter = RateLimiter::new(settings(algorithm, 1, 4, burst));
            let found: Vec<Time> = (0..16).filter(|now| limiter.allow(*now).is_ok()).collect();
            assert_eq!(found, expected, "{algorithm:?}, {burst} at once");
        }
    }
}

/// 7 calls per 3 s, asked for every millisecond for 3,000 s: not one too many or too few in the long run.
#[test]
fn nothing_drifts() {
    // The burst comes once, less the call that is due at the end. The sliding window counts even at the end of a period
    // a part of the last one's calls, so that the seventh never fits but in the first.
    for (algorithm, expected) in [
        (RateLimitAlgorithm::TokenBucket, 7_004),
        (RateLimitAlgorithm::Gcra, 7_004),
        (RateLimitAlgorithm::FixedWindow, 7_000),
        (RateLimitAlgorithm::SlidingWindow, 6_001),
        (RateLimitAlgorithm::SlidingLog, 7_000),
    ] {
        let mut limiter = RateLimiter::new(settings(algorithm, 7, 3 * SECOND, 5));
        let found = (0..3_000_000).filter(|ms| limiter.allow(ms * 1_000_000).is_ok()).count();
        assert_eq!(found, expected, "{algorithm:?}");
    }
}

#[test]
fn a_limit_of_nothing_and_limits_beyond_sense() {
    for algorithm in RateLimitAlgorithm::ALL {
        let mut none = RateLimiter::new(settings(algorithm, 0, SECOND, 5));
        assert_eq!(none.allow(SECOND), Err(RetryAfter(Nanos::MAX)), "{algorithm:?}");
        let mut at_once = RateLimiter::new(settings(algorithm, 1, 0, 0));
        // Of the last period the sliding window still counts all at the first moment of this.
        assert_eq!([0, 2, 4].map(|now| at_once.allow(now).is_ok()), [true; 3], "{algorithm:?}");
        let mut most = RateLimiter::new(settings(algorithm, u32::MAX, Nanos::MAX, u32::MAX));
        assert_eq!([0, Time::MAX, Time::MAX].map(|now| most.allow(now).is_ok()), [true; 3], "{algorithm:?}");
        let mut rare = RateLimiter::new(settings(algorithm, 1, Nanos::MAX, 1));
        assert_eq!([rare.allow(5).is_ok(), rare.allow(9).is_ok()], [true, false], "{algorithm:?}");
        most.reconfigure(Time::MAX, settings(algorithm, 1, Nanos::MAX - 1, 1));
        let _ = most.allow(Time::MAX);
        most.validate().unwrap();
    }
}

#[test]
fn another_algorithm_starts_afresh() {
    let mut limiter = RateLimiter::new(settings(RateLimitAlgorithm::SlidingLog, 2, SECOND, 2));
    assert_eq!(passed(&mut limiter, 0, 5), 2);
    // A lower limit: both have to leave.
    limiter.reconfigure(0, settings(RateLimitAlgorithm::SlidingLog, 1, SECOND, 2));
    assert_eq!(limiter.allow(1), Err(RetryAfter(SECOND - 1)));
    for (algorithm, more) in [
        (RateLimitAlgorithm::TokenBucket, 2),
        (RateLimitAlgorithm::TokenBucket, 0),
        (RateLimitAlgorithm::FixedWindow, 9),
        (RateLimitAlgorithm::FixedWindow, 0),
        (RateLimitAlgorithm::SlidingWindow, 9),
        (RateLimitAlgorithm::SlidingWindow, 0),
        (RateLimitAlgorithm::Gcra, 2),
        (RateLimitAlgorithm::Gcra, 0),
    ] {
        limiter.reconfigure(0, settings(algorithm, 9, SECOND, 2));
        assert_eq!(passed(&mut limiter, 0, 10), more, "{algorithm:?}");
    }
    assert_eq!(limiter.settings().algorithm, RateLimitAlgorithm::Gcra);
    limiter.reconfigure(0, settings(RateLimitAlgorithm::FixedWindow, 9, SECOND, 2));
    assert_eq!(passed(&mut limiter, 0, 10), 9);
    limiter.reconfigure(0, settings(RateLimitAlgorithm::FixedWindow, 9, 2 * SECOND, 2));
    assert_eq!(passed(&mut limiter, 0, 10), 9, "another period starts afresh");
}
