//! Exponential times, to the nanosecond those of `libm`'s logarithm, in a third of its time.
//!
//! A time is `-mean * ln(unit)`, rounded to a nanosecond. A logarithm from a table of 64 and a polynomial, without a
//! division (Tang, "Table-driven implementation of the logarithm function in IEEE floating-point arithmetic", ACM
//! TOMS 16, 1990), lies within [`OFF`] of `libm`'s. Where all within that distance is rounded to the same nanosecond,
//! `libm`'s logarithm makes it too. Where it is not, as for one of two million times around a millisecond, `libm`'s is
//! asked. Costs about 30 operations, none of them slow.
//!
//! A time is often all that the next event waits for, so what counts is the longest way through these operations: sums
//! are made as flat as they can be, and what needs no logarithm is multiplied beforehand.

use super::time::{Nanos, SECOND, from_seconds, nearest_within};

/// The most by which [`near_logarithm`] and the product with it are off, as a logarithm: 2^-42. The polynomial leaves out
/// 4e-14 at most, rounding adds 2e-14 at the largest logarithm, 37, and as much in the products, ours and `libm`'s, which
/// is itself off by up to 7e-15; that makes less than half of this.
const OFF: f64 = 1.0 / 4_398_046_511_104.0;

const PLACE_BITS: u32 = 6;
const PLACES: usize = 1 << PLACE_BITS;
const FRACTION_BITS: u32 = 52;

/// About 1 / c and exactly ln of its inverse, for the middle c of each 64th between 1 and 2.
const TABLE: [(f64, f64); PLACES] = table();

/// The time that belongs to a float above 0 and at most 1.
#[inline]
pub fn exponential(mean: f64, unit: f64) -> Nanos {
    let mean_nanos = mean * SECOND as f64;
    match nearest_within(-mean_nanos * near_logarithm(unit), mean_nanos * OFF) {
        Some(nanos) => nanos,
        None => exactly(mean, unit),
    }
}

#[cold]
#[inline(never)]
fn exactly(mean: f64, unit: f64) -> Nanos {
    from_seconds(-mean * libm::log(unit))
}

/// The natural logarithm of a normal float, within a third of [`OFF`].
#[inline]
fn near_logarithm(unit: f64) -> f64 {
    let bits = unit.to_bits();
    let exponent = (bits >> FRACTION_BITS) as i32 - 1023;
    let mantissa = f64::from_bits(bits & ((1 << FRACTION_BITS) - 1) | 1023 << FRACTION_BITS);
    let place = (bits >> (FRACTION_BITS - PLACE_BITS)) as usize % PLACES;
    let (inverse, logarithm) = TABLE[place];
    let large = f64::from(exponent) * std::f64::consts::LN_2 + logarithm;
    // At most 1/128 from 0.
    let rest = mantissa * inverse - 1.0;
    let square = rest * rest;
    let first = (large + rest) - 0.5 * square;
    let further = (1.0 / 3.0 - 0.25 * rest) + 0.2 * square;
    first + square * rest * further
}

const fn table() -> [(f64, f64); PLACES] {
    let mut table = [(0.0, 0.0); PLACES];
    let mut place = 0;
    while place < PLACES {
        let inverse = 1.0 / (1.0 + (place as f64 + 0.5) / PLACES as f64);
        table[place] = (inverse, -logarithm_by_series(inverse));
        place += 1;
    }
    table
}

/// ln x = 2 artanh((x - 1) / (x + 1)), for x between 1/2 and 1: each term is a ninth of the one before, or less.
const fn logarithm_by_series(x: f64) -> f64 {
    let ratio = (x - 1.0) / (x + 1.0);
    let (mut sum, mut term) = (0.0, 20);
    while term > 0 {
        term -= 1;
        sum = sum * ratio * ratio + 1.0 / (2 * term + 1) as f64;
    }
    2.0 * ratio * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::random::{scramble, unit};
    use proptest::prelude::*;

    /// One half, so many times.
    fn halved(times: u64) -> f64 {
        1.0 / (1u64 << times) as f64
    }

    /// Floats of all sizes, with those at the edges of each place of the table.
    fn units() -> impl Iterator<Item = f64> {
        let edges = (0..=PLACES as u64).flat_map(|place| {
            let edge = 1.0 + place as f64 / PLACES as f64;
            [edge, edge.next_down(), edge.next_up(), edge + 0.5 / PLACES as f64]
        });
        let edges: Vec<f64> = edges.collect();
        let smaller =
            (0..=53).flat_map(move |power| edges.clone().into_iter().map(move |edge| edge * halved(power)));
        let drawn = (0..300_000).map(|n| unit(scramble(n)) * halved(n % 4 * 8));
        smaller.filter(|unit| *unit <= 1.0).chain(drawn)
    }

    #[test]
    fn the_logarithm_is_near_by_a_third_of_what_is_allowed() {
        for unit in units() {
            let off = (near_logarithm(unit) - libm::log(unit)).abs();
            assert!(off < OFF / 3.0, "ln {unit:e} is off by {off:e}");
        }
    }

    #[test]
    fn times_are_those_of_the_slow_logarithm() {
        for mean in [0.0, 1e-12, 1e-9, 1.25e-3, 1e-3, 1.0, 20.0, 86_400.0, 1e9, 1e12, f64::INFINITY] {
            for unit in units().step_by(7) {
                assert_eq!(exponential(mean, unit), exactly(mean, unit), "{mean} {unit:e}");
            }
        }
    }

    proptest! {
        #[test]
        fn times_are_those_of_the_slow_logarithm_whatever_the_mean(words in prop::collection::vec(any::<u64>(), 200), mean in 1e-9f64..1e5) {
            for word in words {
                prop_assert_eq!(exponential(mean, unit(word)), exactly(mean, unit(word)));
            }
        }
    }
}
