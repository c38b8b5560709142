//! Distributions of keys, drawn from words through `libm`, so that every platform draws the same.

use super::random::{below, unit};

/// Zipf over ranks 1 to `count` with exponent `alpha`, by rejection inversion (Hörmann and Derflinger, "Rejection-
/// inversion to generate variates from monotone discrete distributions", ACM TOMACS 6, 1996): no table, constant
/// time for any count, fewer than 1.1 words a draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zipf {
    count: f64,
    alpha: f64,
    integral_low: f64,
    integral_high: f64,
    shift: f64,
}

impl Zipf {
    /// `count` at least 1, `alpha` at least 0.
    pub fn new(count: u64, alpha: f64) -> Zipf {
        let count = count as f64;
        let integral_low = integral(1.5, alpha) - 1.0;
        let integral_high = integral(count + 0.5, alpha);
        let shift = 2.0 - inverse_integral(integral(2.5, alpha) - libm::pow(2.0, -alpha), alpha);
        Zipf { count, alpha, integral_low, integral_high, shift }
    }

    /// A rank, from 0 (the most wanted) to count - 1. `next` gives words.
    #[inline]
    pub fn draw(&self, mut next: impl FnMut() -> u64) -> u64 {
        loop {
            let u = self.integral_high + unit(next()) * (self.integral_low - self.integral_high);
            let x = inverse_integral(u, self.alpha);
            let rank = libm::floor(x + 0.5).clamp(1.0, self.count);
            if rank - x <= self.shift || u >= integral(rank + 0.5, self.alpha) - libm::pow(rank, -self.alpha)
            {
                return rank as u64 - 1;
            }
        }
    }
}

/// The integral of x^-alpha, from 1 on.
fn integral(x: f64, alpha: f64) -> f64 {
    let log = libm::log(x);
    relative_exponential((1.0 - alpha) * log) * log
}

fn inverse_integral(u: f64, alpha: f64) -> f64 {
    let t = (u * (1.0 - alpha)).max(-1.0);
    libm::exp(relative_logarithm(t) * u)
}

/// (e^x - 1) / x, also near 0.
fn relative_exponential(x: f64) -> f64 {
    if x.abs() > 1e-8 { libm::expm1(x) / x } else { 1.0 + x / 2.0 * (1.0 + x / 3.0) }
}

/// ln(1 + x) / x, also near 0.
fn relative_logarithm(x: f64) -> f64 {
    if x.abs() > 1e-8 { libm::log1p(x) / x } else { 1.0 - x * (0.5 - x / 3.0) }
}

/// Which key a request asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyDistribution {
    /// Every key alike.
    Uniform {
        /// How many keys there are.
        count: u64,
    },
    /// A few keys get most requests. Key 0 is the most wanted.
    Zipf(Zipf),
    /// A few hot keys get a share of the requests, all others the rest.
    HotSet {
        /// How many keys there are.
        count: u64,
        /// How many of them are hot; these are the keys from 0 on.
        hot: u64,
        /// The hot keys' share of the requests, 0 to 1.
        share: f64,
    },
    /// All keys in order, again and again.
    Scan {
        /// How many keys there are.
        count: u64,
    },
    /// The newest key is the most wanted, and every request that is a write makes a new one.
    Latest {
        /// How many keys there are at the start.
        count: u64,
        /// How much newer ones are preferred.
        zipf: Zipf,
    },
}

impl KeyDistribution {
    /// The next key. `drawn` counts requests so far, `written` the writes among them.
    #[inline]
    pub fn draw(&self, drawn: u64, written: u64, mut next: impl FnMut() -> u64) -> u64 {
        match self {
            KeyDistribution::Uniform { count } => below(next(), *count),
            _ => self.draw_other(drawn, written, next),
        }
    }

    /// Apart, so that the quickest kind is short enough to stand where it is drawn.
    #[inline(never)]
    fn draw_other(&self, drawn: u64, written: u64, mut next: impl FnMut() -> u64) -> u64 {
        match self {
            KeyDistribution::Uniform { count } => below(next(), *count),
            KeyDistribution::Zipf(zipf) => zipf.draw(next),
            KeyDistribution::HotSet { count, hot, share } => {
                if unit(next()) <= *share || hot >= count {
                    below(next(), *hot)
                } else {
                    hot + below(next(), count - hot)
                }
            }
            KeyDistribution::Scan { count } => drawn % (*count).max(1),
            KeyDistribution::Latest { count, zipf } => (count + written - 1).saturating_sub(zipf.draw(next)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::scramble;
    use super::*;

    fn words() -> impl Iterator<Item = u64> {
        (0..).map(|n| scramble(n * 2 + 1))
    }

    #[test]
    fn zipf_matches_its_probabilities() {
        for (count, alpha) in [(1, 1.0), (10, 0.0), (100, 0.6), (1000, 0.99), (1000, 1.0), (500, 2.0)] {
            let zipf = Zipf::new(count, alpha);
            let n = 300_000;
            let mut seen = vec![0u32; count as usize];
            let mut source = words();
            for _ in 0..n {
                seen[zipf.draw(|| source.next().unwrap()) as usize] += 1;
            }
            let weight = |rank: usize| libm::pow(rank as f64 + 1.0, -alpha);
            let total: f64 = (0..count as usize).map(weight).sum();
            for rank in [0, 1, 2, 9, 99, 499].into_iter().filter(|rank| *rank < count as usize) {
                let p = weight(rank) / total;
                let error = (f64::from(seen[rank]) / n as f64 - p).abs();
                assert!(
                    error <= 4.5 * libm::sqrt(p * (1.0 - p) / n as f64),
                    "{count} {alpha} rank {rank}: {error}"
                );
            }
        }
    }

    #[test]
    fn ten_million_keys_cost_nothing() {
        let zipf = Zipf::new(10_000_000, 0.99);
        let (mut source, mut used) = (words(), 0u32);
        for _ in 0..100_000 {
            let key = zipf.draw(|| {
                used += 1;
                source.next().unwrap()
            });
            assert!(key < 10_000_000);
        }
        assert!(used < 110_000, "{used} words for 100,000 draws");
    }
}
