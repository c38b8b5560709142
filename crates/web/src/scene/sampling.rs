//! Which requests are drawn: those whose identity is divisible by 2^k.
//!
//! k is the least that keeps at most [`MOST_MARKS`] on the screen and about one mark per [`APART`] pixels on the
//! busiest link. Identities are hashes, so each set is a fair sample, and the set for k + 1 lies inside the one for
//! k: seeking or a change of k never swaps one request for another. Rates are measured over about half a second.

use super::layout::Layout;
use super::marks::SHORTEST;

/// Most marks on the screen.
pub const MOST_MARKS: f64 = 3_000.0;

/// Pixels between marks on the busiest link, roughly.
pub const APART: f64 = 10.0;

/// Marks a short link may carry none the less: it is crossed at a glance.
const FEWEST: f64 = 8.0;

/// Time constant of the measured rates, in milliseconds.
const SETTLING: f64 = 500.0;

/// How far the wanted exponent may stray before k follows, so that the number on the screen does not flicker.
const SLACK: f64 = 0.8;

/// Whether the request `root` belongs to the sample of exponent `k`.
pub fn is_sampled(root: u64, k: u32) -> bool {
    root.trailing_zeros() >= k
}

/// Measures traffic and chooses k.
#[derive(Clone, Debug, Default)]
pub struct Sampler {
    exponent: u32,
    least: u32,
    observed: f64,
    keep: f64,
    /// Messages per millisecond, per edge and direction.
    rates: Vec<[f64; 2]>,
    counts: Vec<[f64; 2]>,
}

impl Sampler {
    /// The present k.
    pub fn exponent(&self) -> u32 {
        self.exponent.max(self.least)
    }

    /// Messages per millisecond of display time along each edge, from caller to callee.
    pub fn rates(&self) -> impl Iterator<Item = f64> {
        self.rates.iter().map(|[forward, _]| *forward)
    }

    /// Starts a frame of `wall_ms` whose hops were sampled with exponent `least`.
    pub fn begin(&mut self, layout: &Layout, least: u32, wall_ms: f64) {
        if self.rates.len() != layout.edges.len() {
            *self = Self { exponent: self.exponent, ..Self::default() };
            self.rates = vec![[0.0; 2]; layout.edges.len()];
        }
        self.counts.clear();
        self.counts.resize(layout.edges.len(), [0.0; 2]);
        self.least = least;
        self.keep = wall_ms.clamp(1.0, SETTLING);
        self.observed += self.keep;
    }

    /// A message runs along `edge`.
    pub fn count(&mut self, edge: usize, against: bool) {
        self.counts[edge][usize::from(against)] += 1.0;
    }

    /// Ends the frame and adapts k.
    pub fn decide(&mut self, layout: &Layout) {
        // While little was seen, a plain mean; then an exponential one.
        let share = self.keep / self.observed.min(SETTLING);
        let weight = 2.0_f64.powi(self.least as i32) / self.keep;
        for (rates, counts) in self.rates.iter_mut().zip(&self.counts) {
            for (rate, count) in rates.iter_mut().zip(counts) {
                *rate += (count * weight - *rate) * share;
            }
        }
        let wanted = self.wanted(layout);
        let present = f64::from(self.exponent);
        if (wanted - present).abs() > SLACK {
            self.exponent = wanted.round().clamp(0.0, 63.0) as u32;
        }
    }

    /// The exponent that fits exactly, as a fraction, at least 0.
    fn wanted(&self, layout: &Layout) -> f64 {
        let mut all = 0.0;
        let mut densest: f64 = 0.0;
        for (rates, edge) in self.rates.iter().zip(&layout.edges) {
            let room = (edge.curve.length() / APART).max(FEWEST);
            for rate in rates {
                all += rate * SHORTEST;
                densest = densest.max(rate * SHORTEST / room);
            }
        }
        densest.max(all / MOST_MARKS).max(1.0).log2()
    }
}
