//! Distributions of work and times, drawn by inverse transform from single words through `libm`, so that
//! every platform draws the same. One word makes one value, whatever the distribution: a change of distribution
//! keeps each request's luck.

use super::exponential::exponential;
use super::random::unit;
use super::time::{Nanos, from_seconds};

/// A distribution of lengths of time, in seconds inside, drawn as nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Fixed {
        /// The value.
        value: Nanos,
    },
    /// Every value between two bounds alike.
    Uniform {
        /// The least, in seconds.
        low: f64,
        /// The span above it, in seconds.
        span: f64,
    },
    /// Memoryless.
    Exponential {
        /// In seconds.
        mean: f64,
    },
    /// exp of a normal: many small, a few large.
    Lognormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// A power-law tail, cut at `cap`: the tail beyond is drawn as `cap`.
    Pareto {
        /// The least, in seconds.
        scale: f64,
        /// The tail index; the smaller, the heavier.
        alpha: f64,
        /// The most, in seconds.
        cap: f64,
    },
    /// Mostly `low`, sometimes `high`.
    Bimodal {
        /// Usual value.
        low: Nanos,
        /// Rare value.
        high: Nanos,
        /// How often the rare one comes, 0 to 1.
        high_share: f64,
    },
}

impl Distribution {
    /// Lognormal by its mean (seconds) and coefficient of variation.
    pub fn lognormal(mean: f64, cv: f64) -> Distribution {
        let sigma_squared = libm::log(1.0 + cv * cv);
        Distribution::Lognormal {
            mu: libm::log(mean) - sigma_squared / 2.0,
            sigma: libm::sqrt(sigma_squared),
        }
    }

    /// The value that belongs to a word.
    #[inline]
    pub fn draw(&self, word: u64) -> Nanos {
        match *self {
            Distribution::Exponential { mean } => exponential(mean, unit(word)),
            _ => self.draw_other(word),
        }
    }

    /// Apart, so that the most common kind is short enough to stand where it is drawn.
    #[inline(never)]
    fn draw_other(&self, word: u64) -> Nanos {
        match *self {
            Distribution::Fixed { value } => value,
            Distribution::Uniform { low, span } => from_seconds(low + span * unit(word)),
            Distribution::Exponential { mean } => exponential(mean, unit(word)),
            Distribution::Lognormal { mu, sigma } => {
                from_seconds(libm::exp(mu + sigma * normal_quantile(unit(word))))
            }
            Distribution::Pareto { scale, alpha, cap } => {
                from_seconds((scale * libm::pow(unit(word), -1.0 / alpha)).min(cap))
            }
            Distribution::Bimodal { low, high, high_share } => {
                if unit(word) <= high_share {
                    high
                } else {
                    low
                }
            }
        }
    }

    /// The mean in seconds.
    pub fn mean(&self) -> f64 {
        match *self {
            Distribution::Fixed { value } => value as f64 * 1e-9,
            Distribution::Uniform { low, span } => low + span / 2.0,
            Distribution::Exponential { mean } => mean,
            Distribution::Lognormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Distribution::Pareto { scale, alpha, cap } => pareto_mean(scale, alpha, cap),
            Distribution::Bimodal { low, high, high_share } => {
                (low as f64 * (1.0 - high_share) + high as f64 * high_share) * 1e-9
            }
        }
    }
}

/// E min(X, cap) = scale + the integral of the survival function from scale to cap.
fn pareto_mean(scale: f64, alpha: f64, cap: f64) -> f64 {
    if cap <= scale {
        return cap;
    }
    if alpha == 1.0 {
        return scale * (1.0 + libm::log(cap / scale));
    }
    scale + scale / (alpha - 1.0) * (1.0 - libm::pow(scale / cap, alpha - 1.0))
}

/// The standard normal quantile: Wichura's algorithm AS 241 (Applied Statistics 37, 1988), routine PPND16, about
/// 16 digits. Minus infinity cannot come out, since [`unit`] is never 0; 1 gives a large finite value.
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    // Half of the smallest step of `unit` stands in for a tail of 0.
    let r = libm::sqrt(-libm::log(tail.max(5.6e-17)));
    let value = if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &FAR) };
    if q < 0.0 { -value } else { value }
}

type Coefficients = ([f64; 8], [f64; 8]);

fn ratio(r: f64, (upper, lower): &Coefficients) -> f64 {
    let polynomial = |coefficients: &[f64; 8]| coefficients.iter().rev().fold(0.0, |sum, c| sum * r + c);
    polynomial(upper) / polynomial(lower)
}

const CENTRE: Coefficients = (
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_545,
    ],
);
const MIDDLE: Coefficients = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);
const FAR: Coefficients = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::super::random::scramble;
    use super::*;

    fn words() -> impl Iterator<Item = u64> {
        (0..).map(|n| scramble(n * 2 + 1))
    }

    #[test]
    fn means_agree() {
        // (distribution, standard deviation in seconds)
        let cases = [
            (Distribution::Fixed { value: 5_000_000 }, 0.0),
            (Distribution::Uniform { low: 0.001, span: 0.004 }, 0.001_154_7),
            (Distribution::Exponential { mean: 0.01 }, 0.01),
            (Distribution::lognormal(0.02, 0.5), 0.01),
            (Distribution::lognormal(0.02, 2.0), 0.04),
            (Distribution::Pareto { scale: 0.01, alpha: 2.5, cap: 1.0 }, 0.015),
            (Distribution::Bimodal { low: 5_000_000, high: 500_000_000, high_share: 0.01 }, 0.049_3),
        ];
        let n = 400_000;
        for (distribution, deviation) in cases {
            let sum: f64 = words().take(n).map(|word| distribution.draw(word) as f64 * 1e-9).sum();
            let error = (sum / n as f64 - distribution.mean()).abs();
            assert!(
                error <= 4.0 * deviation / (n as f64).sqrt() + 1e-9,
                "{distribution:?}: off by {error} s"
            );
        }
    }

    #[test]
    fn normal_quantile_agrees_with_tables() {
        // Wichura's own test values, and 1.96 from any table.
        for (p, expected) in [
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_814),
            (1e-20, -9.262_340_089_798_408),
        ] {
            // 1e-20 lies below the smallest tail that `unit` can give, so it is clamped there.
            let wanted = if p < 5.6e-17 { normal_quantile(5.6e-17) } else { expected };
            assert!((normal_quantile(p) - wanted).abs() < 1e-12, "{p}");
        }
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!(normal_quantile(1.0).is_finite());
    }
}
