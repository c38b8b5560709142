//! Which requests are drawn: those whose identity is divisible by 2^k.
//!
//! k is the least that keeps at most [`MOST_MARKS`] on the screen and about one mark per [`APART`] pixels on the
//! busiest link. Identities are hashes, so each set is a fair sample, and the set for k + 1 lies inside the one for
//! k: seeking or a change of k never swaps one request for another. Rates are measured over about half a second.

use super::bands::Flow;
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
    /// What went over each edge lately, and in how many simulated seconds.
    lately: Vec<Lately>,
    seconds: f64,
}

/// Messages of about the last half second on the screen.
#[derive(Clone, Copy, Debug, Default)]
struct Lately {
    calls: f64,
    answers: f64,
    failures: f64,
}

impl Lately {
    fn scale(&mut self, by: f64) {
        self.calls *= by;
        self.answers *= by;
        self.failures *= by;
    }
}

impl Sampler {
    /// The present k.
    pub fn exponent(&self) -> u32 {
        self.exponent.max(self.least)
    }

    /// Rates are counted on one of 2^k requests, with this k.
    pub fn least(&self) -> u32 {
        self.least
    }

    /// What goes over each edge a simulated second.
    pub fn flows(&self) -> impl Iterator<Item = Flow> {
        let per_second = 2.0_f64.powi(self.least as i32) / self.seconds.max(1e-9);
        self.lately.iter().map(move |lately| Flow {
            rate: lately.calls * per_second,
            failing: lately.failures / lately.answers.max(1.0),
        })
    }

    /// Starts a frame of `wall_ms` whose hops were sampled with exponent `least`.
    pub fn begin(&mut self, layout: &Layout, least: u32, wall_ms: f64) {
        if self.rates.len() != layout.edges.len() {
            *self = Self { exponent: self.exponent, ..Self::default() };
            self.rates = vec![[0.0; 2]; layout.edges.len()];
            self.lately = vec![Lately::default(); layout.edges.len()];
        }
        self.counts.clear();
        self.counts.resize(layout.edges.len(), [0.0; 2]);
        if least != self.least {
            // What was counted stands for more or fewer requests from now on.
            let scale = 2.0_f64.powi(self.least as i32 - least as i32);
            self.lately.iter_mut().for_each(|lately| lately.scale(scale));
        }
        self.least = least;
        self.keep = wall_ms.clamp(1.0, SETTLING);
        self.observed += self.keep;
    }

    /// A message runs along `edge`; one that runs back says whether the call failed.
    pub fn count(&mut self, edge: usize, against: bool, failed: bool) {
        self.counts[edge][usize::from(against)] += 1.0;
        let lately = &mut self.lately[edge];
        if against {
            lately.answers += 1.0;
            lately.failures += f64::from(u8::from(failed));
        } else {
            lately.calls += 1.0;
        }
    }

    /// Ends the frame, in which so many simulated seconds passed, and adapts k.
    pub fn decide(&mut self, layout: &Layout, seconds: f64) {
        // While little was seen, a plain mean; then an exponential one.
        let share = self.keep / self.observed.min(SETTLING);
        let weight = 2.0_f64.powi(self.least as i32) / self.keep;
        for (rates, counts) in self.rates.iter_mut().zip(&self.counts) {
            for (rate, count) in rates.iter_mut().zip(counts) {
                *rate += (count * weight - *rate) * share;
            }
        }
        let kept = (-self.keep / SETTLING).exp();
        self.lately.iter_mut().for_each(|lately| lately.scale(kept));
        self.seconds = (self.seconds + seconds) * kept;
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
