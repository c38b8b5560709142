//! The same system in several variants, each run with the same seeds, and what differs between them.
//!
//! Luck belongs to requests, so that variants which share a seed give the same request the same luck and their
//! difference is known far more sharply than each by itself (see [`Interval`]). A comparison costs variants x seeds
//! whole runs; each is a [`Cell`] of its own, so that a command line may spread them over threads and a worker may
//! make them in slices.

use super::{Ended, Session};
use crate::metrics::{Interval, Rows};
use crate::scenario::{Problem, Scenario, TimedAction, Value};
use crate::sim::time::Time;
use std::sync::Arc;

/// One way the system may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// What people call it.
    pub name: String,
    /// How it differs from the scenario.
    pub changes: Vec<(String, Value)>,
    /// What is done in it, in order of time.
    pub actions: Vec<TimedAction>,
}

/// One run of a comparison.
#[derive(Clone, Debug)]
pub struct Cell {
    session: Session,
    until: Time,
}

impl Cell {
    /// The run of one variant with one seed, at its start. It ends at `until`, or with the scenario.
    ///
    /// # Errors
    /// Everything that is wrong with the variant's changes and actions.
    pub fn new(scenario: &Scenario, variant: &Variant, seed: u64, until: Time) -> Result<Cell, Vec<Problem>> {
        let seed = i64::try_from(seed).map_or(Value::Number(seed as f64), Value::Whole);
        let changes: Vec<_> = variant.changes.iter().cloned().chain([("seed".to_owned(), seed)]).collect();
        let session = Session::new(Arc::new(scenario.with(&changes)?), variant.actions.clone())?;
        Ok(Cell { until: until.min(session.duration()), session })
    }

    /// Goes on for about `max_events`. Whether the run is over.
    pub fn advance(&mut self, max_events: u64) -> bool {
        let progress = self.session.advance(self.until, max_events);
        progress.ended != Ended::No || progress.now >= self.until
    }

    /// The limit that ended the run, as a sentence.
    pub fn overloaded(&self) -> Option<String> {
        self.session.overloaded()
    }

    /// How much of the run is over, 0 to 1.
    pub fn done(&self) -> f64 {
        self.session.now() as f64 / self.until.max(1) as f64
    }

    /// What charts plot of it; see [`Session::rows`].
    pub fn rows(&self, together: usize) -> Rows {
        self.session.rows(0, together)
    }

    /// The figures of these names; `None` where there is none, or too few requests to say.
    pub fn figures(&self, names: &[String]) -> Vec<Option<f64>> {
        let report = self.session.report();
        names.iter().map(|name| report.metric(name).filter(|_| report.enough_for(name))).collect()
    }
}

/// What one figure was in every variant and seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// By variant, then by seed.
    values: Vec<Vec<f64>>,
}

/// How a variant differs from the first one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The variant's figure less the first one's.
    pub interval: Interval,
    /// Runs in which it differs to the side on which the mean does.
    pub agree: usize,
    /// Runs there were.
    pub of: usize,
}

impl Compared {
    /// Takes a figure by variant, then by seed; `None` where any run had too few requests to say.
    pub fn new(values: &[Vec<Option<f64>>]) -> Option<Compared> {
        let values: Option<Vec<Vec<f64>>> =
            values.iter().map(|seeds| seeds.iter().copied().collect()).collect();
        values.filter(|values| values.iter().all(|seeds| !seeds.is_empty())).map(|values| Compared { values })
    }

    /// The mean of a variant over its seeds.
    pub fn mean(&self, variant: usize) -> Interval {
        Interval::of(&self.values[variant])
    }

    /// A variant less the first one. `paired`: each pair of runs had the same seed.
    pub fn difference(&self, variant: usize, paired: bool) -> Difference {
        let (base, other) = (&self.values[0], &self.values[variant]);
        let interval =
            if paired { Interval::of_pairs(base, other) } else { Interval::of_samples(base, other) };
        let agrees = |(base, other): &(&f64, &f64)| (*other - *base) * interval.mean > 0.0;
        let agree = base.iter().zip(other).filter(agrees).count();
        Difference { interval, agree, of: base.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: &str = r#"
title = "Queue"
duration = "20s"
warmup = "2s"
[nodes.clients]
kind = "clients"
to = "server"
arrivals = { process = "poisson", rate = 700 }
[nodes.server]
kind = "service"
service_time = { distribution = "exponential", mean = "1ms" }
"#;

    fn run(variant: &Variant, seed: u64) -> Option<f64> {
        let mut cell = Cell::new(&Scenario::read(QUEUE).unwrap(), variant, seed, Time::MAX).unwrap();
        while !cell.advance(10_000) {}
        cell.figures(&["latency_s.mean".to_owned()])[0]
    }

    /// A second core: paired by seed the difference is far sharper than with luck of its own.
    #[test]
    fn common_random_numbers_sharpen_a_difference() {
        let base = Variant { name: "1 core".into(), changes: Vec::new(), actions: Vec::new() };
        let cores = vec![("nodes.server.cores".to_owned(), Value::Whole(2))];
        let wide = Variant { name: "2 cores".into(), changes: cores, actions: Vec::new() };
        let of = |variant, seeds: std::ops::Range<u64>| seeds.map(|seed| run(variant, seed)).collect();
        let shared = Compared::new(&[of(&base, 1..11), of(&wide, 1..11)]).unwrap().difference(1, true);
        let apart = Compared::new(&[of(&base, 1..11), of(&wide, 101..111)]).unwrap().difference(1, false);
        assert!(shared.interval.mean < 0.0 && shared.interval.excludes_zero());
        assert_eq!((shared.agree, shared.of), (10, 10));
        assert!(shared.interval.half_width < apart.interval.half_width, "{shared:?} {apart:?}");
    }

    #[test]
    fn a_variant_like_the_base_differs_by_nothing() {
        let base = Variant { name: "as it is".into(), changes: Vec::new(), actions: Vec::new() };
        let of = || (1..4).map(|seed| run(&base, seed)).collect::<Vec<_>>();
        let none = Compared::new(&[of(), of()]).unwrap().difference(1, true);
        assert_eq!((none.interval, none.agree), (Interval { mean: 0.0, half_width: 0.0 }, 0));
    }

    #[test]
    fn what_any_run_cannot_say_is_not_compared() {
        assert_eq!(Compared::new(&[vec![Some(1.0), None]]), None);
        assert_eq!(Compared::new(&[vec![]]), None);
    }

    #[test]
    fn a_change_that_cannot_be_is_refused() {
        let changes = vec![("nodes.server.cores".to_owned(), Value::Whole(0))];
        let variant = Variant { name: "none".into(), changes, actions: Vec::new() };
        assert!(Cell::new(&Scenario::read(QUEUE).unwrap(), &variant, 1, Time::MAX).is_err());
    }
}
