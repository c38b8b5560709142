//! How sure a mean over several runs is: Student's t interval, and that of a difference between two systems.
//!
//! Runs of two systems with the same seeds share their luck (common random numbers), so what differs between them is
//! the change and not chance: the interval of the paired differences is then narrower than that of two independent
//! samples (Law and Kelton, "Simulation Modeling and Analysis", section 11.2). Every operation costs one pass over the
//! values. Left out: distributions other than the normal, for which intervals of few runs are only nearly right.

/// A mean and how far the true one may lie from it, with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Mean of the values.
    pub mean: f64,
    /// Half the width of the interval; not finite for fewer than two values, of which one cannot know.
    pub half_width: f64,
}

/// Degrees of freedom and the two-sided 95 % quantile of Student's t (NIST/SEMATECH e-Handbook, section 1.3.6.7.2).
const QUANTILES: [(f64, f64); 18] = [
    (1.0, 12.706),
    (2.0, 4.303),
    (3.0, 3.182),
    (4.0, 2.776),
    (5.0, 2.571),
    (6.0, 2.447),
    (7.0, 2.365),
    (8.0, 2.306),
    (9.0, 2.262),
    (10.0, 2.228),
    (12.0, 2.179),
    (15.0, 2.131),
    (20.0, 2.086),
    (30.0, 2.042),
    (40.0, 2.021),
    (60.0, 2.000),
    (120.0, 1.980),
    (f64::INFINITY, 1.960),
];

impl Interval {
    /// The mean of independent values.
    pub fn of(values: &[f64]) -> Interval {
        let (mean, variance) = moments(values);
        let count = values.len() as f64;
        Interval { mean, half_width: quantile(count - 1.0) * libm::sqrt(variance / count) }
    }

    /// `other - base` where both were measured with the same luck: pairs are what is independent.
    pub fn of_pairs(base: &[f64], other: &[f64]) -> Interval {
        let differences: Vec<f64> = base.iter().zip(other).map(|(base, other)| other - base).collect();
        Interval::of(&differences)
    }

    /// `other - base` where each was measured with luck of its own, by Welch's degrees of freedom.
    pub fn of_samples(base: &[f64], other: &[f64]) -> Interval {
        let ((from, spread), (to, other_spread)) = (moments(base), moments(other));
        let (count, other_count) = (base.len() as f64, other.len() as f64);
        let (one, two) = (spread / count, other_spread / other_count);
        let freedom =
            (one + two) * (one + two) / (one * one / (count - 1.0) + two * two / (other_count - 1.0));
        // Two samples without any spread leave 0 / 0; then any quantile of a width of 0 is right.
        let freedom = if freedom.is_nan() { count + other_count - 2.0 } else { freedom };
        Interval { mean: to - from, half_width: quantile(freedom) * libm::sqrt(one + two) }
    }

    /// The lower and the upper end.
    pub fn ends(&self) -> (f64, f64) {
        (self.mean - self.half_width, self.mean + self.half_width)
    }

    /// Whether 0 lies outside: a difference that is hardly chance.
    pub fn excludes_zero(&self) -> bool {
        self.mean.abs() > self.half_width
    }
}

/// Mean and variance of a sample.
fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, squares / (count - 1.0))
}

/// Between two rows of the table the quantile is nearly a line over 1 / degrees of freedom.
fn quantile(freedom: f64) -> f64 {
    if freedom.is_nan() || freedom < 1.0 {
        return f64::INFINITY;
    }
    let after = QUANTILES.partition_point(|(row, _)| *row <= freedom).min(QUANTILES.len() - 1);
    let ((few, high), (many, low)) = (QUANTILES[after - 1], QUANTILES[after]);
    let share = (1.0 / few - 1.0 / freedom) / (1.0 / few - 1.0 / many);
    high + share * (low - high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 2e-3 * expected.abs().max(1e-9), "{found}, not {expected}");
    }

    /// Quantiles that do not stand in the table, from the same source.
    #[test]
    fn quantiles_between_rows_are_those_of_longer_tables() {
        for (freedom, expected) in [(11.0, 2.201), (14.0, 2.145), (19.0, 2.093), (25.0, 2.060), (99.0, 1.984)]
        {
            close(quantile(freedom), expected);
        }
        assert_eq!((quantile(1.0), quantile(1e12).round()), (12.706, 2.0));
        assert!(quantile(0.0).is_infinite());
    }

    /// Ten values whose interval stands in the handbook's manner: mean 5.5, variance 9.1667, t(9) = 2.262.
    #[test]
    fn an_interval_is_that_of_the_textbook() {
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        let interval = Interval::of(&values);
        close(interval.mean, 5.5);
        close(interval.half_width, 2.262 * libm::sqrt(9.166_67 / 10.0));
        assert!(interval.excludes_zero());
    }

    #[test]
    fn pairs_that_share_their_luck_are_compared_more_sharply() {
        let base: Vec<f64> = (0..20).map(|index| f64::from(index % 7)).collect();
        let other: Vec<f64> =
            base.iter().enumerate().map(|(index, value)| value + 1.0 + 0.1 * (index % 2) as f64).collect();
        let (paired, apart) = (Interval::of_pairs(&base, &other), Interval::of_samples(&base, &other));
        close(paired.mean, 1.05);
        close(apart.mean, 1.05);
        assert!(paired.half_width < 0.05 && apart.half_width > 1.0, "{paired:?} {apart:?}");
        assert!(paired.excludes_zero() && !apart.excludes_zero());
    }

    #[test]
    fn of_one_value_nothing_is_known() {
        assert!(!Interval::of(&[3.0]).excludes_zero());
        assert_eq!(Interval::of_samples(&[1.0, 1.0], &[2.0, 2.0]), Interval { mean: 1.0, half_width: 0.0 });
    }
}
