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

/// The nearest nanosecond to `least` and to `most`, and so to all seconds between, where that is the same; none where it
/// is not, or where it is not worth the trouble to say so.
#[inline]
pub fn same_from_seconds(least: f64, most: f64) -> Option<Nanos> {
    // Added to a smaller float, it leaves no bits for fractions: what is lost is rounded to the nearest, and the whole
    // number stands in the lowest bits. Cheaper than a conversion, above all in WebAssembly.
    const WHOLE: f64 = (1u64 << 52) as f64;
    let most = most * SECOND as f64;
    let rounded = most + WHOLE;
    let nanos = rounded.to_bits().wrapping_sub(WHOLE.to_bits());
    let whole = rounded - WHOLE;
    // Halves are rounded up by [`from_seconds`], down by this: what counts is that both ends lie where that is no matter.
    let same = nanos < 1 << 52 && least * SECOND as f64 + 0.5 >= whole && most + 0.5 < whole + 1.0;
    same.then_some(nanos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn seconds_are_the_same_if_their_ends_are(
            least in -1e-8f64..1e-6,
            span in prop::sample::select(vec![0.0, 1e-12, 1e-10, 1e-9, 3e-9]),
            scale in prop::sample::select(vec![1.0, 1e3, 1e9, 1e13, 1e20, f64::INFINITY]),
        ) {
            let (least, most) = (least * scale, (least + span) * scale);
            let (first, last) = (from_seconds(least), from_seconds(most));
            match same_from_seconds(least, most) {
                Some(nanos) => prop_assert_eq!((nanos, nanos), (first, last)),
                // It may give up on what is negative, on what has no bits left for halves, and on a half itself.
                None => {
                    let large = most * SECOND as f64 >= (1u64 << 52) as f64 - 1.0;
                    let half = (most * SECOND as f64).fract() == 0.5;
                    prop_assert!(first != last || least < 0.0 || large || half || most.is_nan());
                }
            }
        }
    }
}
