//! Simulated time: whole nanoseconds since the start of the run, so that sums are exact on every platform.

/// A moment, in nanoseconds since the start of the run.
pub type Time = u64;

/// A length of simulated time in nanoseconds.
pub type Nanos = u64;

/// One second in nanoseconds.
pub const SECOND: Nanos = 1_000_000_000;

/// One millisecond in nanoseconds.
pub const MILLISECOND: Nanos = 1_000_000;

/// Seconds as a float, for figures people read. Never used to order or compute events.
pub fn seconds(nanos: Nanos) -> f64 {
    nanos as f64 / SECOND as f64
}

/// The nearest nanosecond to `seconds`; negative and NaN become 0, too large becomes the largest time.
#[inline]
pub fn from_seconds(seconds: f64) -> Nanos {
    let nanos = seconds * SECOND as f64 + 0.5;
    if nanos < 9.0e18 {
        // By way of signed numbers, which a processor can do in one instruction.
        (nanos as i64).max(0) as Nanos
    } else {
        // The cast saturates and sends NaN to 0.
        nanos as Nanos
    }
}

/// The whole number nearest to everything within `off` of `nanos`, halves rounded up; none where there is not one such
/// number, or where it is not worth the trouble to say so.
#[inline]
pub fn nearest_within(nanos: f64, off: f64) -> Option<Nanos> {
    // Added to a smaller float, it leaves no bits for fractions: what is lost is rounded to the nearest, and the whole
    // number stands in the lowest bits. Cheaper than a conversion, above all in WebAssembly.
    const WHOLE: f64 = (1u64 << 52) as f64;
    let rounded = nanos + WHOLE;
    let nearest = rounded.to_bits().wrapping_sub(WHOLE.to_bits());
    let same = nearest < 1 << 52 && (nanos - (rounded - WHOLE)).abs() + off < 0.5;
    same.then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_nearest_is_so_for_all_within(
            nanos in -10.0f64..1e3,
            // Sums with these are exact.
            off in prop::sample::select(vec![0.0, 1.0 / 1024.0, 0.125, 0.375, 1.0]),
            scale in prop::sample::select(vec![1.0, 1e3, 1e9]),
        ) {
            let nanos = nanos * scale;
            let ends = [nanos - off, nanos + off].map(|end| (end + 0.5).floor());
            match nearest_within(nanos, off) {
                Some(nearest) => prop_assert_eq!([nearest as f64; 2], ends),
                // It may give up on what is negative, and on a half itself.
                None => prop_assert!(ends[0] != ends[1] || nanos < 0.0 || ends[1] == nanos + off + 0.5),
            }
        }
    }

    #[test]
    fn what_has_no_bits_for_halves_is_not_sure() {
        for nanos in [(1u64 << 52) as f64, 1e20, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -1.0] {
            assert_eq!(nearest_within(nanos, 0.0), None, "{nanos}");
        }
        assert_eq!(nearest_within(-0.0, 0.0), Some(0));
    }
}
