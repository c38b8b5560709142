//! Two systems over several seeds, run in slices: the worker's side of `headroom compare`.
//!
//! One run after the other, both sides of a seed in turn; each is a [`Cell`], as on the command line, so that both
//! give the same figures. Costs 2 x seeds whole runs. Left out: more than two sides, which the page has no room for.

use super::convert;
use super::desk::{Live, Out, answer};
use crate::protocol::{Answer, ComparedFigure, Comparison, Found, Problem, Row, Side, Task};
use headroom_core::scenario::Scenario;
use headroom_core::session::Session;
use headroom_core::session::compare::{Cell, Compared, Variant};
use headroom_core::sim::time::Time;
use std::sync::Arc;

/// Events in a slice: one to three milliseconds.
const SLICE: u64 = 8_192;

/// More seeds than this are for the command line.
const MOST_SEEDS: u32 = 100;

/// See the module's description.
pub(super) struct Versus {
    scenario: Arc<Scenario>,
    variants: [Variant; 2],
    seeds: u32,
    metrics: Vec<String>,
    cell: Cell,
    /// Figures of the runs that are over: of each side, by seed.
    figures: [Vec<Vec<Option<f64>>>; 2],
    rows: [Vec<Row>; 2],
    overloaded: Option<String>,
    /// The share of the work that the page was told of.
    told: f64,
}

impl Versus {
    /// Both sides on top of the run's scenario as it was loaded. What cannot be is said before anything is run.
    pub(super) fn new(
        session: &Session,
        sides: &[Side; 2],
        seeds: u32,
        metrics: Vec<String>,
    ) -> Result<Versus, Vec<Problem>> {
        let scenario = Arc::clone(session.origin());
        let variants = [variant(&sides[0])?, variant(&sides[1])?];
        let cell = cell(&scenario, &variants[1], 0)
            .and_then(|_| cell(&scenario, &variants[0], 0))
            .map_err(convert::problems)?;
        Ok(Versus {
            scenario,
            variants,
            seeds: seeds.clamp(2, MOST_SEEDS),
            metrics,
            cell,
            figures: Default::default(),
            rows: Default::default(),
            overloaded: None,
            told: 0.0,
        })
    }

    /// One slice; itself, if there is more.
    pub(super) fn slice(mut self: Box<Self>, live: &Live, out: &mut Vec<Out>) -> Option<Box<Self>> {
        let over = self.cell.advance(SLICE);
        let ended = self.figures.iter().map(Vec::len).sum::<usize>();
        let share = if over { 1.0 } else { self.cell.done() };
        let done = (ended as f64 + share) / f64::from(2 * self.seeds);
        // A hundred steps are as fine as a bar shows.
        if done - self.told >= 0.01 {
            self.told = done;
            live.progress(Task::CompareSides, done, out);
        }
        if !over {
            return Some(self);
        }
        self.keep(ended % 2);
        let next = ended + 1;
        if next < 2 * self.seeds as usize {
            match cell(&self.scenario, &self.variants[next % 2], (next / 2) as u64) {
                Ok(cell) => self.cell = cell,
                // It could be with the first seed, and a seed changes nothing about that.
                Err(_) => return None,
            }
            return Some(self);
        }
        answer(out, Answer::ComparedSides { run: live.run, comparison: Box::new(self.comparison()) });
        None
    }

    /// What the run that is over gave to its side.
    fn keep(&mut self, side: usize) {
        if self.figures[side].is_empty() {
            self.rows[side] = self.cell.rows(super::charts::SECOND).rows.iter().map(convert::row).collect();
        }
        self.figures[side].push(self.cell.figures(&self.metrics));
        self.overloaded = self.overloaded.take().or_else(|| self.cell.overloaded());
    }

    fn comparison(self) -> Comparison {
        let figure = |(index, metric): (usize, &String)| {
            let of_side = |runs: &Vec<Vec<Option<f64>>>| runs.iter().map(|run| run[index]).collect();
            let found = Compared::new(&self.figures.each_ref().map(of_side)).map(|compared| {
                let difference = compared.difference(1, true);
                Found {
                    from: compared.mean(0).mean,
                    to: compared.mean(1).mean,
                    difference: difference.interval.mean,
                    within: difference.interval.half_width,
                    agree: difference.agree as u32,
                }
            });
            ComparedFigure { metric: metric.clone(), found }
        };
        Comparison {
            seeds: self.seeds,
            until_us: convert::micros(self.scenario.duration),
            figures: self.metrics.iter().enumerate().map(figure).collect(),
            rows: self.rows,
            overloaded: self.overloaded,
        }
    }
}

fn variant(side: &Side) -> Result<Variant, Vec<Problem>> {
    let setting =
        |(path, value): &(String, serde_json::Value)| Ok((path.clone(), convert::value(path, value)?));
    let changes: Result<Vec<_>, _> = side.set.iter().map(setting).collect();
    let actions = convert::actions(&side.actions).map_err(convert::problems)?;
    Ok(Variant { name: String::new(), changes: changes.map_err(convert::problems)?, actions })
}

/// The run of a variant with the seed that comes `after` the scenario's own.
fn cell(
    scenario: &Scenario,
    variant: &Variant,
    after: u64,
) -> Result<Cell, Vec<headroom_core::scenario::Problem>> {
    Cell::new(scenario, variant, scenario.seed + after, Time::MAX)
}
