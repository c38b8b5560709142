//! Bounds and means of the delays, and the competition of the AWS simulator.

use super::backoff::{Backoff, BackoffKind};
use crate::engine::Nanos;
use crate::engine::mixing::unit;
use proptest::prelude::*;
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const SECOND: Nanos = 1_000_000_000;
const MILLISECOND: Nanos = 1_000_000;

/// The simulator's: base 5 ms, cap 2,000 ms.
fn simulators(kind: BackoffKind) -> Backoff {
    Backoff { kind, base: 5 * MILLISECOND, cap: 2_000 * MILLISECOND }
}

#[test]
fn delays_of_the_simulator() {
    // Retry, last delay, least and most; from `backoff_simulator.py`, in ms.
    let ms = MILLISECOND;
    for (kind, retry, previous, least, most) in [
        (BackoffKind::Fixed, 1, 0, 5 * ms, 5 * ms),
        (BackoffKind::Fixed, 9, 5 * ms, 5 * ms, 5 * ms),
        (BackoffKind::Exponential, 1, 0, 10 * ms, 10 * ms),
        (BackoffKind::Exponential, 8, 0, 1_280 * ms, 1_280 * ms),
        (BackoffKind::Exponential, 9, 0, 2_000 * ms, 2_000 * ms),
        (BackoffKind::Exponential, u32::MAX, 0, 2_000 * ms, 2_000 * ms),
        (BackoffKind::FullJitter, 1, 0, 0, 10 * ms),
        (BackoffKind::FullJitter, 40, 0, 0, 2_000 * ms),
        (BackoffKind::EqualJitter, 1, 0, 5 * ms, 10 * ms),
        (BackoffKind::EqualJitter, 64, 0, 1_000 * ms, 2_000 * ms),
        (BackoffKind::DecorrelatedJitter, 1, 0, 5 * ms, 15 * ms),
        (BackoffKind::DecorrelatedJitter, 2, 15 * ms, 5 * ms, 45 * ms),
        (BackoffKind::DecorrelatedJitter, 9, 1_500 * ms, 5 * ms, 2_000 * ms),
    ] {
        let delay = |draw| simulators(kind).delay(retry, previous, draw);
        assert_eq!((delay(0), delay(u64::MAX)), (least, most), "{kind:?}, retry {retry}");
    }
}

/// Means of the stored theory, entry `backoff_base0.1_cap10`, whose exponential delays begin with the base.
#[test]
fn means_are_those_of_theory() {
    const DRAWS: u32 = 100_000;
    let full = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0];
    let equal = [0.075, 0.15, 0.3, 0.6, 1.2, 2.4, 4.8, 7.5];
    let decorrelated = [
        0.199_979_451,
        0.350_047_848,
        0.574_992_468,
        0.912_782_138,
        1.412_788_329,
        2.025_964_656,
        2.629_286_637,
        3.157_454_694,
    ];
    for (kind, base, means) in [
        (BackoffKind::FullJitter, SECOND / 20, full),
        (BackoffKind::EqualJitter, SECOND / 20, equal),
        (BackoffKind::DecorrelatedJitter, SECOND / 10, decorrelated),
    ] {
        let backoff = Backoff { kind, base, cap: 10 * SECOND };
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut sums = [(0.0, 0.0); 8];
        for _ in 0..DRAWS {
            let mut previous = 0;
            for (retry, (sum, squares)) in (1..).zip(&mut sums) {
                previous = backoff.delay(retry, previous, rng.next_u64());
                let seconds = previous as f64 / SECOND as f64;
                *sum += seconds;
                *squares += seconds * seconds;
            }
        }
        for ((sum, squares), expected) in sums.into_iter().zip(means) {
            let mean = sum / f64::from(DRAWS);
            let error = libm::sqrt((squares / f64::from(DRAWS) - mean * mean) / f64::from(DRAWS));
            assert!((mean - expected).abs() < 4.0 * error, "{kind:?}: {mean} for {expected} ± {error}");
        }
    }
}

/// One that never overflows: in 128 bits, doubling step by step.
fn twin(backoff: &Backoff, retry: u32, previous: Nanos) -> (u128, u128) {
    let (base, cap) = (u128::from(backoff.base), u128::from(backoff.cap));
    let mut whole = base;
    for _ in 0..retry {
        whole = (whole * 2).min(cap.max(1 << 70));
    }
    let whole = whole.min(cap);
    match backoff.kind {
        BackoffKind::Fixed => (base.min(cap), base.min(cap)),
        BackoffKind::Exponential => (whole, whole),
        BackoffKind::FullJitter => (0, whole),
        BackoffKind::EqualJitter => (whole / 2, whole),
        BackoffKind::DecorrelatedJitter => (base.min(cap), (3 * base.max(u128::from(previous))).min(cap)),
    }
}

proptest! {
    /// Whatever the settings and the retry, the extremes of the draw are the ends of the range.
    #[test]
    fn no_retry_overflows(
        kind in prop::sample::select(BackoffKind::ALL.to_vec()),
        // Powers of two stand where the width ends.
        base in prop_oneof![0..20u64, any::<u64>(), (0..64u32).prop_map(|digit| 1 << digit)],
        cap in prop_oneof![0..2_000u64, any::<u64>(), Just(Nanos::MAX)],
        retry in prop_oneof![1..70u32, any::<u32>().prop_map(|retry| retry % 5_000)],
        previous in prop_oneof![0..50u64, any::<u64>()],
        draw: u64,
    ) {
        let backoff = Backoff { kind, base, cap };
        let (least, most) = twin(&backoff, retry, previous);
        prop_assert_eq!(u128::from(backoff.delay(retry, previous, 0)), least);
        let (last, any) = (backoff.delay(retry, previous, u64::MAX), backoff.delay(retry, previous, draw));
        // A range of all 2^64 numbers lacks its last.
        prop_assert!(most - u128::from(last) <= 1, "{} for {}", last, most);
        prop_assert!((least..=most).contains(&u128::from(any)));
    }
}

/// Clients that each want to write one row once: read its version, write if it is still that, else wait and read again
/// (`OccServer`, `OccClient`). Returns the writes tried. Every way through the network takes N(10, 2) ms.
fn contend(clients: usize, backoff: Option<Backoff>, seed: u64) -> u64 {
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    enum Message {
        Read,
        Version(u64),
        Write(u64),
        Failed,
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut spare = None;
    // Box and Muller's two normal numbers.
    let mut network = |rng: &mut Xoshiro256PlusPlus| {
        let normal = spare.take().unwrap_or_else(|| {
            let radius = libm::sqrt(-2.0 * libm::log(unit(rng.next_u64())));
            let angle = std::f64::consts::TAU * unit(rng.next_u64());
            spare = Some(radius * libm::sin(angle));
            radius * libm::cos(angle)
        });
        ((10.0 + 2.0 * normal).abs() * MILLISECOND as f64) as Nanos
    };
    let mut queue = BinaryHeap::new();
    for client in 0..clients {
        queue.push(Reverse((network(&mut rng), client, Message::Read)));
    }
    let mut waits = vec![(0u32, 0 as Nanos); clients];
    let (mut version, mut calls) = (0, 0);
    while let Some(Reverse((now, client, message))) = queue.pop() {
        let after = now + network(&mut rng);
        let next = match message {
            Message::Read => (after, client, Message::Version(version)),
            Message::Version(seen) => (after, client, Message::Write(seen)),
            Message::Write(seen) => {
                calls += 1;
                if seen == version {
                    version += 1;
                    continue;
                }
                (after, client, Message::Failed)
            }
            Message::Failed => {
                let (retry, delay) = &mut waits[client];
                *retry += 1;
                *delay = backoff.map_or(0, |backoff| backoff.delay(*retry, *delay, rng.next_u64()));
                (after + *delay, client, Message::Read)
            }
        };
        queue.push(Reverse(next));
    }
    assert_eq!(version, clients as u64, "all have written");
    calls
}

/// 100 clients: means of 100 seeds of an independent run of the simulator. Full jitter saves 57 % of the calls.
#[test]
fn jitter_wins_the_competition() {
    for (kind, expected) in [
        (None, 2_421.0),
        (Some(BackoffKind::Exponential), 1_860.0),
        (Some(BackoffKind::EqualJitter), 813.0),
        (Some(BackoffKind::FullJitter), 794.0),
        (Some(BackoffKind::DecorrelatedJitter), 1_000.0),
    ] {
        let calls: u64 = (0..100).map(|seed| contend(100, kind.map(simulators), seed)).sum();
        let calls = calls as f64 / 100.0;
        assert!((calls / expected - 1.0).abs() < 0.05, "{kind:?}: {calls} calls, not {expected}");
    }
}
