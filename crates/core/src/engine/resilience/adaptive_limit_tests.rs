//! Steps by Netflix's source, and where limits settle before a server of known capacity.

use super::adaptive_limit::*;
use crate::engine::Nanos;
use proptest::prelude::*;
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const MILLISECOND: Nanos = 1_000_000;
const ALL: [AdaptiveLimitAlgorithm; 3] =
    [AdaptiveLimitAlgorithm::Aimd, AdaptiveLimitAlgorithm::Vegas, AdaptiveLimitAlgorithm::Gradient2];

fn sample(milliseconds: u64, in_flight: u32) -> LimitSample {
    // A draw that makes Vegas probe as late as it can.
    LimitSample { rtt: milliseconds * MILLISECOND, in_flight, dropped: false, draw: u64::MAX }
}

/// The bounds of the tests of `VegasLimit` and `AIMDLimit`: from 10, at most 20.
fn small(algorithm: AdaptiveLimitAlgorithm) -> AdaptiveLimit {
    let defaults = AdaptiveLimitSettings::of(algorithm);
    AdaptiveLimit::new(AdaptiveLimitSettings { initial_limit: 10, min_limit: 1, max_limit: 20, ..defaults })
}

#[test]
fn steps_of_the_source() {
    let dropped = |milliseconds, in_flight| LimitSample { dropped: true, ..sample(milliseconds, in_flight) };
    let (aimd, vegas, gradient) =
        (AdaptiveLimitAlgorithm::Aimd, AdaptiveLimitAlgorithm::Vegas, AdaptiveLimitAlgorithm::Gradient2);
    for (algorithm, samples, expected) in [
        (aimd, vec![sample(1, 10)], vec![11]),
        (aimd, vec![dropped(1, 1)], vec![9]),
        (aimd, vec![sample(5_000, 10), sample(5_001, 10)], vec![11, 9]),
        (aimd, vec![sample(1, 4), sample(1, 5)], vec![10, 11]),
        (aimd, vec![dropped(1, 1); 14], vec![9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 1, 1, 1, 1]),
        // The first sample is the least; no queue: 6 more; the bound is 20.
        (vegas, vec![sample(10, 10); 4], vec![10, 16, 20, 20]),
        // 10 * (1 - 10/50) = 8 is above 6, 10 * (1 - 10/20) = 5 is between 3 and 6, 1.67 is 2.
        (vegas, vec![sample(10, 10), sample(50, 10)], vec![10, 9]),
        (vegas, vec![sample(10, 10), sample(20, 10)], vec![10, 10]),
        (vegas, vec![sample(10, 10), sample(12, 10)], vec![10, 11]),
        // 2.3 is 3, and not below 3.
        (vegas, vec![sample(10, 10), sample(13, 10)], vec![10, 10]),
        (vegas, vec![sample(10, 10), sample(50, 4), dropped(10, 1)], vec![10, 10, 9]),
        (vegas, vec![sample(10, 10), sample(5, 10), sample(10, 10)], vec![10, 10, 10]),
        // A fifth of 4 more each time; then 12.4 * 0.8 + (12.4 * 0.5 + 4) * 0.2 = 11.96.
        (gradient, vec![sample(10, 10); 3], vec![10, 11, 12]),
        (gradient, [vec![sample(10, 10); 3], vec![sample(1_000, 10)]].concat(), vec![10, 11, 12, 11]),
        (gradient, vec![sample(10, 4); 3], vec![10, 10, 10]),
    ] {
        let mut limit = small(algorithm);
        let found: Vec<u32> = samples
            .iter()
            .map(|sample| {
                limit.on_sample(0, *sample);
                limit.limit()
            })
            .collect();
        assert_eq!(found, expected, "{algorithm:?} {samples:?}");
        limit.validate().unwrap();
    }
}

/// A server that does 50 at a time in 10 ms each, and clients that use the whole limit: with more in flight calls
/// queue, so a round trip is 10 ms times in flight / 50, give or take a fiftieth.
fn settle(settings: AdaptiveLimitSettings, samples: u32) -> Vec<u32> {
    let (mut limit, mut rng) = (AdaptiveLimit::new(settings), Xoshiro256PlusPlus::seed_from_u64(1));
    let mut now = 0;
    (0..samples)
        .map(|_| {
            let in_flight = limit.limit();
            let mean = 10.0 * f64::from(in_flight.max(50)) / 50.0;
            let noise = 0.98 + 0.04 * (rng.next_u64() as f64 / u64::MAX as f64);
            let rtt = (mean * noise * 1e6) as Nanos;
            now += 200_000;
            let dropped = in_flight > 150;
            limit.on_sample(now, LimitSample { rtt, in_flight, dropped, draw: rng.next_u64() });
            limit.limit()
        })
        .collect()
}

/// What the algorithms do before a server that is kept full at the limit for long, good and bad.
#[test]
fn where_limits_settle() {
    let of = AdaptiveLimitSettings::of;
    let windows = AdaptiveLimitSettings {
        window: Some(SampleWindow { length: 20 * MILLISECOND, least_samples: 10 }),
        ..of(AdaptiveLimitAlgorithm::Gradient2)
    };
    for (name, settings, samples, least, most) in [
        // A saw between the limit at which calls are dropped and nine tenths of it.
        ("AIMD", of(AdaptiveLimitAlgorithm::Aimd), 20_000..40_000, 135, 151),
        // Until the first probe the queue is 3 to 6, give or take the noise: 53 to 56.
        ("Vegas", of(AdaptiveLimitAlgorithm::Vegas), 200..750, 50, 59),
        // Probes under load take the queue for the least time there is: the limit creeps up until calls are dropped.
        ("Vegas for long", of(AdaptiveLimitAlgorithm::Vegas), 20_000..40_000, 80, 151),
        // By windows the mean is slow to follow.
        ("Gradient2 by windows", windows, 20_000..40_000, 53, 62),
        // Call by call it soon takes the queue for normal, and nothing stops the limit.
        ("Gradient2", of(AdaptiveLimitAlgorithm::Gradient2), 20_000..40_000, 199, 200),
    ] {
        let limits = settle(settings, 40_000);
        let late = &limits[samples.clone()];
        let (low, high) = (late.iter().min().unwrap(), late.iter().max().unwrap());
        assert!(*low >= least && *high <= most, "{name}: {low} to {high}");
    }
}

/// A window is one sample: the mean time, the most in flight, any drop (`WindowedLimit`, `ImmutableAverageSampleWindow`).
#[test]
fn a_window_is_one_sample() {
    let window = Some(SampleWindow { length: 100, least_samples: 3 });
    let mut limit = small(AdaptiveLimitAlgorithm::Aimd);
    limit.reconfigure(AdaptiveLimitSettings { window, timeout: 30, ..limit.settings() });
    let mut at = |now, rtt, in_flight| {
        limit.on_sample(now, LimitSample { rtt, in_flight, dropped: false, draw: 0 });
        limit.limit()
    };
    // The first window ends with its first sample, and has too few. The next ends after 101.
    assert_eq!([at(1, 9, 9), at(50, 20, 9), at(101, 30, 1), at(102, 40, 2)], [10, 10, 10, 11]);
    // A mean of 31 is above the time-out.
    assert_eq!([at(110, 30, 9), at(120, 30, 9), at(203, 33, 9)], [11, 11, 9]);
}

#[test]
fn new_settings_bound_the_limit() {
    let mut limit = small(AdaptiveLimitAlgorithm::Vegas);
    let settings = limit.settings();
    limit.reconfigure(AdaptiveLimitSettings { min_limit: 12, ..settings });
    assert_eq!(limit.limit(), 12);
    limit.reconfigure(AdaptiveLimitSettings { min_limit: 0, max_limit: 0, ..settings });
    assert_eq!(limit.limit(), 1);
    limit.reconfigure(AdaptiveLimitSettings::of(AdaptiveLimitAlgorithm::Gradient2));
    assert_eq!(limit.limit(), 20);
}

proptest! {
    /// Whatever is told, the limit is within its bounds; and a twin by Netflix's own formulas agrees.
    #[test]
    fn gradient_twin_and_bounds(
        algorithm in prop::sample::select(ALL.to_vec()),
        samples in prop::collection::vec((any::<u64>(), 0..80u32, any::<bool>(), any::<u64>(), 0..60u32), 1..300),
    ) {
        let mut limit = AdaptiveLimit::new(AdaptiveLimitSettings::of(algorithm));
        let (mut estimated, mut long, mut count, mut sum) = (20.0, 0.0, 0, 0.0);
        let mut loss_based = 20u32;
        for (word, in_flight, dropped, draw, shift) in samples {
            let rtt = word >> shift;
            limit.on_sample(0, LimitSample { rtt, in_flight, dropped, draw });
            prop_assert_eq!(limit.validate(), Ok(()));
            // Gradient2Limit._update and ExpAvgMeasurement.add.
            let short = rtt.max(1) as f64;
            if count < 10 {
                count += 1;
                sum += short;
                long = sum / f64::from(count);
            } else {
                long = long * (1.0 - 2.0 / 601.0) + short * (2.0 / 601.0);
            }
            let ratio = long / short;
            if ratio > 2.0 {
                long *= 0.9;
            }
            if f64::from(in_flight) >= estimated / 2.0 {
                let new = estimated * ratio.clamp(0.5, 1.0) + 4.0;
                estimated = (estimated * 0.8 + new * 0.2).clamp(20.0, 200.0);
            }
            // AIMDLimit._update.
            if dropped || rtt > 5_000_000_000 {
                loss_based = (loss_based as f64 * 0.9) as u32;
            } else if in_flight * 2 >= loss_based {
                loss_based += 1;
            }
            loss_based = loss_based.clamp(20, 200);
            let expected = match algorithm {
                AdaptiveLimitAlgorithm::Aimd => f64::from(loss_based),
                AdaptiveLimitAlgorithm::Gradient2 => estimated,
                AdaptiveLimitAlgorithm::Vegas => continue,
            };
            prop_assert!((f64::from(limit.limit()) - expected).abs() < 1.0 + 1e-6, "{} for {}", limit.limit(), expected);
        }
    }
}
