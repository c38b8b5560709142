//! What takes long, in slices: going to another time, running fast, judging a task, comparing futures.

use super::convert;
use super::desk::{LEAD, Live, Out, answer, measured};
use super::versus::Versus;
use crate::protocol::{Answer, Evaluated, GoalRange, Happening, Measure, Problem, Task, TimedAct};
use headroom_core::metrics::cost::{Usage, receipt};
use headroom_core::session::{Ended, Search, Session, Sought};
use headroom_core::sim::time::Time;
use headroom_labs::evaluate::{Evaluation, Verdict};

/// Events in a slice: one to three milliseconds.
const SLICE: u64 = 8_192;

/// Something under way.
pub(super) enum Job {
    /// The run goes to where it shall stand: first to a moment before, then it plays up to it.
    Seek { at: Time, leading: bool },
    /// The run goes, with other acts, to where it stood or to another time.
    Return { at: Time, leading: bool },
    /// The run goes on to a time as fast as it can.
    RunFor { until: Time, from: Time, leading: bool },
    /// Five runs of a task.
    Evaluate { evaluation: Box<Evaluation>, lab: String, step: String, told: f64 },
    /// Several futures, one after the other.
    Compare { left: Vec<Session>, until: Time, of: Measure, values: Vec<Option<f64>>, count: usize },
    /// Two systems over several seeds.
    Versus(Box<Versus>),
    /// The run goes on until something happens.
    Search { what: Happening, from: Time },
}

impl Job {
    /// The same run with other lists of acts, each to be run to `until`.
    pub(super) fn compare(
        session: &Session,
        variants: &[Vec<TimedAct>],
        until: Time,
        of: Measure,
    ) -> Result<Job, Vec<Problem>> {
        let mut left = Vec::new();
        for acts in variants {
            let mut future = session.clone();
            convert::actions(acts)
                .and_then(|actions| future.replace_actions(actions))
                .map_err(convert::problems)?;
            left.push(future);
        }
        left.reverse();
        let count = left.len().max(1);
        Ok(Job::Compare { left, until, of, values: Vec::new(), count })
    }

    /// Whether it brings the run to where it shall stand.
    pub(super) fn travels(&self) -> bool {
        matches!(self, Job::Seek { .. } | Job::Return { .. })
    }

    /// One slice; the job, if it is not done.
    pub(super) fn slice(self, live: &mut Live, out: &mut Vec<Out>) -> Option<Job> {
        match self {
            Job::Seek { at, leading } => seek(live, at, leading, out),
            Job::Return { at, leading } => go_back(live, at, leading, out),
            Job::RunFor { until, from, leading } => run_for(live, until, from, leading, out),
            Job::Evaluate { evaluation, lab, step, told } => evaluate(live, evaluation, lab, step, told, out),
            Job::Compare { left, until, of, values, count } => {
                compare(live, left, until, of, values, count, out)
            }
            Job::Search { what, from } => search(live, what, from, out),
            Job::Versus(versus) => versus.slice(live, out).map(Job::Versus),
        }
    }
}

fn seek(live: &mut Live, at: Time, leading: bool, out: &mut Vec<Out>) -> Option<Job> {
    if leading {
        if travels(live, out) {
            return Some(Job::Seek { at, leading });
        }
        live.frames.lead(&mut live.session);
    }
    if !reaches(live, at) {
        return Some(Job::Seek { at, leading: false });
    }
    live.progress(Task::Seek, 1.0, out);
    live.show(out);
    None
}

fn go_back(live: &mut Live, at: Time, leading: bool, out: &mut Vec<Out>) -> Option<Job> {
    if travels(live, out) {
        return Some(Job::Return { at, leading });
    }
    if leading {
        live.frames.lead(&mut live.session);
    }
    if !reaches(live, at) {
        return Some(Job::Return { at, leading: false });
    }
    live.frames.recount();
    live.progress(Task::Seek, 1.0, out);
    live.loaded(out);
    live.charts.due();
    live.show(out);
    None
}

/// One slice of the last stretch, of which the figures are; whether it ends at `at`.
fn reaches(live: &mut Live, at: Time) -> bool {
    let goal = at.min(live.session.duration());
    let progress = live.session.advance(goal, SLICE);
    progress.now >= goal || progress.ended != Ended::No
}

/// One slice of the way to where the session was told to stand; whether there is more.
fn travels(live: &mut Live, out: &mut Vec<Out>) -> bool {
    let now = live.session.now();
    let progress = live.session.advance(now, SLICE);
    let more = progress.target.is_some() && progress.ended == Ended::No;
    if let Some(target) = progress.target.filter(|target| more && *target > 0) {
        live.progress(Task::Seek, progress.now as f64 / target as f64, out);
    }
    more
}

/// Nobody sees what passes on the way, so nothing is drawn but in the last stretch.
fn run_for(live: &mut Live, until: Time, from: Time, mut leading: bool, out: &mut Vec<Out>) -> Option<Job> {
    let end = until.min(live.session.duration());
    let goal = if leading { end.saturating_sub(LEAD) } else { end };
    if leading && live.session.now() < goal {
        live.session.set_hops(None);
    }
    let progress = live.session.advance(goal, SLICE);
    let mut arrived = progress.target.is_none() && progress.now >= goal;
    if arrived && leading {
        live.frames.lead(&mut live.session);
        leading = false;
        arrived = progress.now >= end;
    }
    if !arrived && progress.ended == Ended::No {
        let length = until.saturating_sub(from).max(1) as f64;
        live.progress(Task::RunFor, progress.now.saturating_sub(from) as f64 / length, out);
        return Some(Job::RunFor { until, from, leading });
    }
    live.charts.due();
    live.show(out);
    answer(out, Answer::Arrived { run: live.run, at_us: convert::micros(progress.now) });
    None
}

/// One slice of a search; where it ends the run is sent to what was found, or back.
fn search(live: &mut Live, what: Happening, from: Time, out: &mut Vec<Out>) -> Option<Job> {
    let (found, at, place) = match live.session.look_ahead(sought(what), SLICE) {
        Search::GoesOn => {
            let left = live.session.duration().saturating_sub(from).max(1) as f64;
            live.progress(Task::Search, live.session.now().saturating_sub(from) as f64 / left, out);
            return Some(Job::Search { what, from });
        }
        Search::Found { at, instance } => (true, at, instance),
        Search::Over => (false, from, None),
    };
    let at_us = convert::micros(at);
    answer(out, Answer::Happened { run: live.run, what, found, at_us, place });
    Some(live.going_to(at))
}

fn sought(what: Happening) -> Sought {
    match what {
        Happening::Queue => Sought::Queue,
        Happening::Failure => Sought::Failure,
        Happening::PoolTimeout => Sought::PoolTimeout,
        Happening::Eviction => Sought::Eviction,
        Happening::Expiry => Sought::Expiry,
        Happening::Down => Sought::Down,
        Happening::Up => Sought::Up,
        Happening::Action => Sought::Action,
    }
}

fn evaluate(
    live: &mut Live,
    mut evaluation: Box<Evaluation>,
    lab: String,
    step: String,
    told: f64,
    out: &mut Vec<Out>,
) -> Option<Job> {
    match evaluation.advance(SLICE) {
        Ok(None) => {
            let done = evaluation.done();
            // A hundred steps are as fine as a bar shows.
            let told = if done - told >= 0.01 {
                live.progress(Task::Evaluate, done, out);
                done
            } else {
                told
            };
            Some(Job::Evaluate { evaluation, lab, step, told })
        }
        Ok(Some(verdict)) => {
            let cost = cost(live);
            let evaluated = evaluated(lab, step, &verdict, cost);
            answer(out, Answer::Evaluated { run: live.run, evaluated });
            None
        }
        Err(problems) => {
            let problems = convert::problems(problems);
            answer(out, Answer::Problems { run: Some(live.run), problems });
            None
        }
    }
}

fn evaluated(lab: String, step: String, verdict: &Verdict, cost: f64) -> Evaluated {
    let goals = verdict.goals.iter().map(|goal| GoalRange {
        metric: goal.metric.clone(),
        low: goal.range.map(|(low, _)| low),
        high: goal.range.map(|(_, high)| high),
        pass: goal.passed,
    });
    Evaluated {
        lab,
        step,
        pass: verdict.passed,
        goals: goals.collect(),
        cost_micro_dollars: (cost > 0.0).then_some(cost),
        par: verdict.par,
        at_par: verdict.at_par,
        survived: verdict.survived,
        seed: verdict.seed,
    }
}

/// What the system as it stands costs an hour, in millionths of a dollar.
fn cost(live: &Live) -> f64 {
    let nodes = &live.session.scenario().nodes;
    nodes.iter().map(|node| receipt(node, Usage { instances: 0, calls: 0, length: 1 }).per_hour as f64).sum()
}

fn compare(
    live: &mut Live,
    mut left: Vec<Session>,
    until: Time,
    of: Measure,
    mut values: Vec<Option<f64>>,
    count: usize,
    out: &mut Vec<Out>,
) -> Option<Job> {
    let Some(session) = left.last_mut() else {
        answer(out, Answer::Compared { run: live.run, values });
        return None;
    };
    let progress = session.advance(until, SLICE);
    let arrived = progress.target.is_none() && progress.now >= until.min(session.duration());
    if arrived || progress.ended != Ended::No {
        values.push(measured(session, &of));
        left.pop();
        live.progress(Task::Compare, values.len() as f64 / count as f64, out);
    }
    Some(Job::Compare { left, until, of, values, count })
}
