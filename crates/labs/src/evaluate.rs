//! Judges a design task: five runs of the learner's settings on the lab's seed and the four after it, each from its
//! start to its end. Passed is what meets every goal on all five.
//!
//! The runs are made in slices, so that the worker can answer and report progress between them. The cost is that of
//! five whole runs. What is judged is the settings, not what is on the screen; what a learner did at a time during the
//! run does not count here (incident tasks will count it).

use std::sync::Arc;

use headroom_core::scenario::{Problem, Scenario, Value};
use headroom_core::session::{Ended, Session};

use crate::{Design, Goal, Lab, Settings, Step, Task, measure, setup};

/// How many runs a task is judged by.
pub const RUNS: u64 = 5;

/// An evaluation under way.
#[derive(Debug)]
pub struct Evaluation {
    design: Design,
    scenario: Scenario,
    run: u64,
    session: Option<Session>,
    measured: Vec<Measured>,
}

#[derive(Debug)]
struct Measured {
    goals: Vec<Option<f64>>,
    par: Option<f64>,
    overloaded: Option<String>,
}

/// What came of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whether every run met every goal.
    pub passed: bool,
    /// Whether it passed and is at least as good as the best known way.
    pub at_par: bool,
    /// One for each goal, in the lab's order.
    pub goals: Vec<GoalVerdict>,
    /// The figure that par is about, as in the first run.
    pub par: Option<f64>,
    /// Why a run stopped early, if one did.
    pub overloaded: Option<String>,
}

/// A goal over five runs.
#[derive(Clone, Debug, PartialEq)]
pub struct GoalVerdict {
    /// The goal's figure.
    pub metric: String,
    /// Least and greatest over the runs; `None` where one run had too few requests to say.
    pub range: Option<(f64, f64)>,
    /// Whether every run met it.
    pub passed: bool,
}

impl Evaluation {
    /// Starts to judge `learner`'s settings for a step; `None` if the step has no design task.
    ///
    /// # Errors
    /// Everything that is wrong with the settings.
    pub fn new(lab: &Lab, step: &Step, learner: &Settings) -> Result<Option<Self>, Vec<Problem>> {
        let Some(Task::Design(design)) = &step.task else { return Ok(None) };
        let scenario = setup::exam(lab, step, design, learner)?;
        Ok(Some(Self { design: design.clone(), scenario, run: 0, session: None, measured: Vec::new() }))
    }

    /// Goes on for about `max_events`; the verdict once all runs are over.
    ///
    /// # Errors
    /// What keeps a run from starting: an action of the lab that the settings leave nothing to act on.
    pub fn advance(&mut self, max_events: u64) -> Result<Option<Verdict>, Vec<Problem>> {
        if self.run == RUNS {
            return Ok(Some(self.verdict()));
        }
        let session = match &mut self.session {
            Some(session) => session,
            none => {
                let seed = Value::Whole((self.scenario.seed + self.run) as i64);
                let scenario = self.scenario.with(&[("seed".to_owned(), seed)])?;
                none.insert(Session::new(Arc::new(scenario), Vec::new())?)
            }
        };
        let progress = session.advance(session.duration(), max_events);
        if progress.ended != Ended::No {
            let measured = measured(session, &self.design);
            self.measured.push(measured);
            self.session = None;
            self.run += 1;
        }
        Ok((self.run == RUNS).then(|| self.verdict()))
    }

    /// How much is done, from 0 to 1.
    pub fn done(&self) -> f64 {
        let of_this =
            self.session.as_ref().map_or(0.0, |session| session.now() as f64 / session.duration() as f64);
        (self.run as f64 + of_this) / RUNS as f64
    }

    fn verdict(&self) -> Verdict {
        let goals: Vec<GoalVerdict> =
            self.design.goals.iter().enumerate().map(|(index, goal)| self.judge(index, goal)).collect();
        let overloaded = self.measured.iter().find_map(|run| run.overloaded.clone());
        let passed = overloaded.is_none() && goals.iter().all(|goal| goal.passed);
        let par = self.measured.first().and_then(|run| run.par);
        let at_par = passed && par.is_some_and(|figure| self.design.par.reached(figure));
        Verdict { passed, at_par, goals, par, overloaded }
    }

    fn judge(&self, index: usize, goal: &Goal) -> GoalVerdict {
        let figures: Option<Vec<f64>> =
            self.measured.iter().map(|run| run.goals.get(index).copied().flatten()).collect();
        let range = figures.as_ref().map(|figures| {
            figures.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), figure| {
                (low.min(*figure), high.max(*figure))
            })
        });
        let passed = figures.is_some_and(|figures| figures.iter().all(|figure| goal.met(*figure)));
        GoalVerdict { metric: goal.metric.clone(), range, passed }
    }
}

fn measured(session: &Session, design: &Design) -> Measured {
    let goals =
        design.goals.iter().map(|goal| measure::figure(session, &goal.metric, goal.from, goal.to)).collect();
    let par = measure::figure(session, &design.par.metric, None, None);
    Measured { goals, par, overloaded: session.overloaded() }
}
