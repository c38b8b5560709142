//! Judges a task: five runs on the lab's seed and the four after it, each from its start to its end. Passed is what
//! meets every goal on all five. What has passed a design task is then tried with a fault that nobody has seen, on five
//! runs more.
//!
//! The runs are made in slices, so that the worker can answer and report progress between them. The cost is that of
//! five whole runs, or ten. A design task judges settings, whatever was done when; an incident judges what was done at
//! which time. Neither judges what is on the screen.

use std::sync::Arc;

use headroom_core::scenario::{Problem, Scenario, TimedAction, Value};
use headroom_core::session::{Ended, Session};

use crate::{Goal, Lab, Par, Settings, Step, Task, measure, setup};

/// How many runs a task is judged by.
pub const RUNS: u64 = 5;

/// An evaluation under way.
#[derive(Debug)]
pub struct Evaluation {
    goals: Vec<Goal>,
    par: Option<Par>,
    scenario: Scenario,
    /// What happens in each of the runs.
    actions: Vec<TimedAction>,
    /// What happens on top of it in the runs that show whether it survives, if there are to be any.
    unseen: Vec<TimedAction>,
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
    /// Whether it met every goal with a fault as well; `None` where none was tried.
    pub survived: Option<bool>,
    /// One for each goal, in the lab's order.
    pub goals: Vec<GoalVerdict>,
    /// The figure that par is about, as in the first run.
    pub par: Option<f64>,
    /// Why a run stopped early, if one did.
    pub overloaded: Option<String>,
    /// Seed of the run to look at: the first that missed a goal, or the lab's own where all met them.
    pub seed: u64,
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
    /// Starts to judge a step by the `learner`'s settings and what was done at which time; `None` if the step has no
    /// task that runs can judge.
    ///
    /// # Errors
    /// Everything that is wrong with the settings.
    pub fn new(
        lab: &Lab,
        step: &Step,
        learner: &Settings,
        acts: &[TimedAction],
    ) -> Result<Option<Self>, Vec<Problem>> {
        let (goals, par, scenario, actions, unseen) = match &step.task {
            Some(Task::Design(design)) => (
                &design.goals,
                Some(&design.par),
                setup::exam(lab, step, design, learner)?,
                Vec::new(),
                setup::actions(&design.unseen.change, design.unseen.at)?,
            ),
            Some(Task::Incident(incident)) => {
                let scenario = setup::at_step(lab, step, &Settings::new())?;
                (&incident.goals, None, scenario, setup::incident(step, incident, acts)?, Vec::new())
            }
            Some(Task::Find(_)) | None => return Ok(None),
        };
        let (goals, par) = (goals.clone(), par.cloned());
        Ok(Some(Self { goals, par, scenario, actions, unseen, session: None, measured: Vec::new() }))
    }

    /// Goes on for about `max_events`; the verdict once all runs are over.
    ///
    /// # Errors
    /// What keeps a run from starting: an action that the settings leave nothing to act on.
    pub fn advance(&mut self, max_events: u64) -> Result<Option<Verdict>, Vec<Problem>> {
        if self.runs_left() == 0 {
            return Ok(Some(self.verdict()));
        }
        let session = match &mut self.session {
            Some(session) => session,
            none => {
                let run = self.measured.len();
                let seed = Value::Whole(seed(&self.scenario, run) as i64);
                let scenario = self.scenario.with(&[("seed".to_owned(), seed)])?;
                let mut actions = self.actions.clone();
                if run as u64 >= RUNS {
                    actions.extend(self.unseen.iter().cloned());
                }
                none.insert(Session::new(Arc::new(scenario), actions)?)
            }
        };
        let progress = session.advance(session.duration(), max_events);
        if progress.ended != Ended::No {
            let measured = measured(session, &self.goals, self.par.as_ref());
            self.measured.push(measured);
            self.session = None;
        }
        Ok((self.runs_left() == 0).then(|| self.verdict()))
    }

    /// How much is done, from 0 to 1, of the runs that would be made if all went well.
    pub fn done(&self) -> f64 {
        let runs = self.measured.len() as u64;
        let of_this =
            self.session.as_ref().map_or(0.0, |session| session.now() as f64 / session.duration() as f64);
        (runs as f64 + of_this) / (runs + self.runs_left()).max(1) as f64
    }

    /// Runs still to be made; what has failed is not tried further.
    fn runs_left(&self) -> u64 {
        let made = self.measured.len() as u64;
        let more =
            if self.unseen.is_empty() || made >= RUNS && !self.passes(self.given()) { 0 } else { RUNS };
        (RUNS + more).saturating_sub(made)
    }

    /// The runs as the task gives them.
    fn given(&self) -> &[Measured] {
        self.measured.get(..RUNS as usize).unwrap_or(&self.measured)
    }

    fn passes(&self, runs: &[Measured]) -> bool {
        runs.iter().all(|run| self.meets(run))
    }

    fn meets(&self, run: &Measured) -> bool {
        let mut goals = self.goals.iter().zip(&run.goals);
        run.overloaded.is_none() && goals.all(|(goal, figure)| figure.is_some_and(|it| goal.met(it)))
    }

    fn verdict(&self) -> Verdict {
        let given = self.given();
        let goals = self.goals.iter().enumerate().map(|(index, goal)| judge(given, index, goal)).collect();
        let overloaded = given.iter().find_map(|run| run.overloaded.clone());
        let passed = self.passes(given);
        let par = given.first().and_then(|run| run.par);
        let reached = |figure| self.par.as_ref().is_some_and(|par| par.reached(figure));
        let at_par = passed && par.is_some_and(reached);
        let unseen = self.measured.get(RUNS as usize..).unwrap_or_default();
        let survived = (!unseen.is_empty()).then(|| self.passes(unseen));
        let missed = given.iter().position(|run| !self.meets(run));
        let seed = seed(&self.scenario, missed.unwrap_or(0));
        Verdict { passed, at_par, survived, goals, par, overloaded, seed }
    }
}

/// The seed of one of the runs, by its number from 0 on.
fn seed(scenario: &Scenario, run: usize) -> u64 {
    scenario.seed + run as u64 % RUNS
}

fn judge(runs: &[Measured], index: usize, goal: &Goal) -> GoalVerdict {
    let figures: Option<Vec<f64>> = runs.iter().map(|run| run.goals.get(index).copied().flatten()).collect();
    let range = figures.as_ref().map(|figures| {
        figures.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), figure| {
            (low.min(*figure), high.max(*figure))
        })
    });
    let passed = figures.is_some_and(|figures| figures.iter().all(|figure| goal.met(*figure)));
    GoalVerdict { metric: goal.metric.clone(), range, passed }
}

fn measured(session: &Session, goals: &[Goal], par: Option<&Par>) -> Measured {
    let goals = goals.iter().map(|goal| measure::figure(session, &goal.metric, goal.from, goal.to)).collect();
    let par = par.and_then(|par| measure::figure(session, &par.metric, None, None));
    Measured { goals, par, overloaded: session.overloaded() }
}
