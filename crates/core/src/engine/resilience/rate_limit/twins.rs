//! Naive twins: each algorithm from the list of all calls that passed.

use super::tests::settings;
use super::*;
use proptest::prelude::*;

/// Whether a call may pass now, by the algorithm's definition.
fn may_pass(settings: &RateLimitSettings, passed: &[Time], now: Time) -> bool {
    let (limit, period) = (i128::from(settings.limit), i128::from(settings.period));
    let count = |inside: &dyn Fn(Time) -> bool| passed.iter().filter(|at| inside(**at)).count() as i128;
    let window = now / settings.period;
    match settings.algorithm {
        // In no time t more than burst + rate * t.
        RateLimitAlgorithm::TokenBucket | RateLimitAlgorithm::Gcra => {
            passed.iter().chain([&now]).all(|from| {
                let calls = count(&|at| at >= *from) + 1;
                calls * period <= i128::from(settings.burst) * period + i128::from(now - from) * limit
            })
        }
        RateLimitAlgorithm::FixedWindow => count(&|at| at / settings.period == window) < limit,
        RateLimitAlgorithm::SlidingWindow => {
            let current = count(&|at| at / settings.period == window);
            let last = count(&|at| at / settings.period + 1 == window);
            let left = period - i128::from(now % settings.period);
            last * left + (current + 1) * period <= limit * period
        }
        RateLimitAlgorithm::SlidingLog => count(&|at| at + settings.period > now) < limit,
    }
}

fn any_settings() -> impl Strategy<Value = RateLimitSettings> {
    let algorithm = prop::sample::select(RateLimitAlgorithm::ALL.to_vec());
    let period = prop::sample::select(vec![1, 7, 30, 64, 1_000]);
    (algorithm, 1..9u32, period, 1..6u32)
        .prop_map(|(algorithm, limit, period, burst)| settings(algorithm, limit, period, burst))
}

/// Times between calls, short and long.
fn waits() -> impl Strategy<Value = Vec<Nanos>> {
    prop::collection::vec(prop_oneof![4 => 0..4u64, 2 => 0..40u64, 1 => 0..900u64], 1..100)
}

proptest! {
    #[test]
    fn beside_all_calls(settings in any_settings(), waits in waits()) {
        let (mut limiter, mut passed, mut now) = (RateLimiter::new(settings), Vec::new(), 0);
        for wait in waits {
            now += wait;
            let expected = may_pass(&settings, &passed, now);
            let before = limiter.clone();
            match limiter.allow(now) {
                Ok(()) => {
                    prop_assert!(expected, "{:?} at {}", settings, now);
                    passed.push(now);
                }
                Err(RetryAfter(after)) => {
                    prop_assert!(!expected, "{:?} at {}", settings, now);
                    prop_assert!(before.clone().allow(now + after).is_ok(), "{:?}: {}", settings, after);
                    prop_assert!(before.clone().allow(now + after - 1).is_err(), "{:?}: {}", settings, after);
                }
            }
            prop_assert_eq!(limiter.validate(), Ok(()));
        }
    }

    /// The two say the same of every call, settings changing on the way.
    #[test]
    fn gcra_is_a_token_bucket(
        changes in prop::collection::vec((any_settings(), waits()), 1..5),
        scale in prop::sample::select(vec![1, 1_000_003, 1_000_000_000]),
    ) {
        let of = |algorithm, settings: &RateLimitSettings| {
            RateLimitSettings { algorithm, period: settings.period * scale, ..*settings }
        };
        let both = [RateLimitAlgorithm::TokenBucket, RateLimitAlgorithm::Gcra];
        let mut limiters = both.map(|algorithm| RateLimiter::new(of(algorithm, &changes[0].0)));
        let mut now = 0;
        for (settings, waits) in &changes {
            for (limiter, algorithm) in limiters.iter_mut().zip(both) {
                limiter.reconfigure(now, of(algorithm, settings));
            }
            for wait in waits {
                now += wait * scale / 3;
                let [bucket, gcra] = limiters.each_mut().map(|limiter| limiter.allow(now));
                prop_assert_eq!(bucket, gcra, "{:?} at {}", settings, now);
            }
        }
    }

    /// Beside a limiter for each key, the one that asked longest ago leaving.
    #[test]
    fn per_key(
        settings in any_settings(),
        max_keys in 0..6u32,
        steps in prop::collection::vec((0..9u64, 0..30u64, 0..30u8), 1..150),
        other in any_settings(),
    ) {
        let mut limits = PerKey::new(settings, max_keys);
        let (mut twin, mut now): (Vec<(u64, RateLimiter)>, _) = (Vec::new(), 0);
        for (key, wait, what) in steps {
            now += wait;
            if what == 0 {
                let settings = if limits.settings() == settings { other } else { settings };
                limits.reconfigure(now, settings);
                twin.iter_mut().for_each(|(_, limiter)| limiter.reconfigure(now, settings));
            }
            let known = twin.iter().position(|(of, _)| *of == key);
            let mut entry = match known {
                Some(at) => twin.remove(at),
                None => (key, RateLimiter::new(limits.settings())),
            };
            if known.is_none() && twin.len() >= max_keys.max(1) as usize {
                twin.remove(0);
            }
            let expected = entry.1.allow(now);
            twin.push(entry);
            prop_assert_eq!(limits.allow(now, key), expected, "{} at {}", key, now);
            prop_assert_eq!(limits.keys() as usize, twin.len());
            prop_assert_eq!(limits.validate(), Ok(()));
        }
    }
}

/// A crowd of keys takes no more memory than there is room for.
#[test]
fn memory_is_bounded() {
    for algorithm in RateLimitAlgorithm::ALL {
        let mut limits = PerKey::new(settings(algorithm, 5, 1_000, 5), 64);
        let mut ask = |calls: std::ops::Range<u64>| {
            calls.for_each(|call| _ = limits.allow(call, call / 7));
            limits.memory()
        };
        let full = ask(0..64 * 7);
        assert_eq!(ask(64 * 7..100_000), full, "{algorithm:?}");
    }
}
