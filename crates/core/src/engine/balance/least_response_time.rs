//! The candidate with the least product of mean response time and calls in flight, the new one counted, for its weight:
//! nginx Plus's `least_time`, F5's and Citrix's "least response time".
//!
//! The mean moves by an eighth of the way to each new response, as TCP's smoothed round-trip time does (RFC 6298). The
//! products mean how long it takes a candidate to answer all it has; products that depend on who answers alone would
//! send everything to the fastest. A candidate that has not answered yet counts as quick as the quickest, so that it gets
//! a share and no flood. Ties go through smooth weighted round robin.
//!
//! A mean moves only when its candidate answers: one that was slow once and is then avoided keeps its bad name for long,
//! while peak EWMA forgets. One that fails fast looks quick. Costs: O(candidates) per choice.

use super::Candidate;
use super::accounts::Accounts;
use super::round_robin::RoundRobin;
use crate::engine::Nanos;

/// The mean moves by one part in so many of the way to a new response.
const SMOOTHING: i64 = 8;

#[derive(Clone, Debug)]
pub(super) struct LeastResponseTime {
    /// Mean response times in nanoseconds; 0: no answer yet.
    means: Accounts<i64>,
    ties: RoundRobin,
}

impl Default for LeastResponseTime {
    fn default() -> Self {
        LeastResponseTime { means: Accounts::default(), ties: RoundRobin::new(true) }
    }
}

impl LeastResponseTime {
    pub(super) fn follow(&mut self, candidates: &[Candidate]) {
        self.means.follow(candidates, 0);
        self.ties.follow(candidates);
    }

    pub(super) fn pick(&mut self, candidates: &[Candidate]) -> Option<usize> {
        let quickest = self.means.iter().copied().filter(|mean| *mean > 0).min().unwrap_or(1);
        let means = &self.means;
        let cost =
            |index: usize| cost(means.get(index).copied().unwrap_or_default(), quickest, &candidates[index]);
        let (mut index, mut least, mut equals) = (0, f64::INFINITY, 0);
        for at in 0..candidates.len() {
            let this = cost(at);
            if this < least {
                (index, least, equals) = (at, this, 1);
            } else if this == least {
                equals += 1;
            }
        }
        match equals {
            0 => None,
            1 => Some(index),
            _ => self.ties.pick_among(candidates, |index, _| cost(index) == least),
        }
    }

    pub(super) fn answered(&mut self, index: usize, response_time: Nanos) {
        let Some(mean) = self.means.get_mut(index) else { return };
        let latest = i64::try_from(response_time).unwrap_or(i64::MAX).max(1);
        *mean = if *mean == 0 { latest } else { (*mean + (latest - *mean) / SMOOTHING).max(1) };
    }

    pub(super) fn memory(&self) -> u64 {
        self.means.memory() + self.ties.memory()
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        match self.means.iter().find(|mean| **mean < 0) {
            Some(mean) => Err(format!("a mean response time of {mean} ns")),
            None => self.means.validate().and_then(|()| self.ties.validate()),
        }
    }
}

/// How long it would take a candidate to answer all it would have, for its weight.
#[inline]
fn cost(mean: i64, quickest: i64, candidate: &Candidate) -> f64 {
    let mean = if mean > 0 { mean } else { quickest };
    mean as f64 * (f64::from(candidate.in_flight) + 1.0) / candidate.weight() as f64
}
