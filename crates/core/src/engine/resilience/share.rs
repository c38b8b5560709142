//! A share or a ratio as a whole number of millionths, so that budgets and thresholds are exact: a tenth of 280 is 28.

/// A share in millionths; more than the whole is allowed, as in "two retries per request".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

impl Share {
    /// Millionths in a whole.
    pub const WHOLE: u32 = 1_000_000;

    /// So many millionths.
    pub const fn millionths(millionths: u32) -> Share {
        Share(millionths)
    }

    /// So many per cent; the most is 4,294 %.
    pub const fn percent(percent: u32) -> Share {
        Share(percent.saturating_mul(Share::WHOLE / 100))
    }

    /// The nearest share to a fraction of one; negative and NaN become 0, too large becomes the largest share.
    pub fn of_one(fraction: f64) -> Share {
        // The cast saturates and sends NaN to 0.
        Share((fraction * f64::from(Share::WHOLE) + 0.5) as u32)
    }

    /// In millionths.
    pub const fn in_millionths(self) -> u32 {
        self.0
    }

    /// This share of `number`, rounded down.
    pub const fn of(self, number: u64) -> u64 {
        let product = number as u128 * self.0 as u128 / Share::WHOLE as u128;
        if product > u64::MAX as u128 { u64::MAX } else { product as u64 }
    }

    /// Whether `part` is at least this share of `whole`.
    pub const fn is_reached(self, part: u64, whole: u64) -> bool {
        part as u128 * Share::WHOLE as u128 >= whole as u128 * self.0 as u128
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact_and_rounds_down() {
        // Share, number, share of it, and the least part that reaches it.
        for (share, number, of, reached) in [
            (Share::percent(10), 280, 28, 28),
            (Share::percent(10), 19, 1, 2),
            (Share::percent(200), 7, 14, 14),
            (Share::millionths(1), 999_999, 0, 1),
            (Share::of_one(0.07), 300, 21, 21),
            (Share::of_one(f64::NAN), 300, 0, 0),
            (Share::of_one(-1.0), 300, 0, 0),
            (Share::percent(0), u64::MAX, 0, 0),
        ] {
            assert_eq!(share.of(number), of, "{share:?} of {number}");
            assert!(share.is_reached(reached, number), "{share:?} of {number}");
            assert!(reached == 0 || !share.is_reached(reached - 1, number), "{share:?} of {number}");
        }
        assert_eq!(Share::of_one(1e9), Share(u32::MAX));
        assert_eq!(Share::percent(u32::MAX), Share(u32::MAX));
        assert_eq!(Share(u32::MAX).of(u64::MAX), u64::MAX);
    }
}
