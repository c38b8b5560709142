//! From a lab to what runs: the scenario of a step, a learner's settings on it, a lab's changes as actions.

use headroom_core::scenario::{Action, Problem, Scenario, Target, TimedAction, Value};

use crate::{Change, Design, Incident, Lab, Moment, Settings, Step, TimedChange, settings};

/// The lab's system with some settings changed.
///
/// # Errors
/// Everything that is wrong with the settings; the lab's own text is tested to be right.
pub fn scenario(lab: &Lab, settings: &Settings) -> Result<Scenario, Vec<Problem>> {
    Scenario::read(&lab.scenario)?.with(&values(settings)?)
}

/// The lab's system as it stands when a step opens, with some settings changed on top.
///
/// # Errors
/// As [`scenario`].
pub fn at_step(lab: &Lab, step: &Step, settings: &Settings) -> Result<Scenario, Vec<Problem>> {
    Scenario::read(&lab.scenario)?.with(&values(&step.start)?)?.with(&values(settings)?)
}

/// The system on which a task is judged: the step's start, and of the learner's settings those that the task allows.
/// Everything else is the exam and comes from the lab, whatever the learner made of it.
///
/// # Errors
/// Everything that is wrong with the learner's settings.
pub fn exam(lab: &Lab, step: &Step, design: &Design, learner: &Settings) -> Result<Scenario, Vec<Problem>> {
    let allowed = learner.iter().filter(|(path, _)| design.allows(path));
    at_step(lab, step, &settings(allowed.map(|(path, value)| (path.clone(), value.clone()))))
}

/// What happens in the runs on which an incident is judged: what breaks, and of what was done since the step opened the
/// settings that the task allows.
///
/// # Errors
/// A value that is none a setting can have; the lab's own are tested.
pub fn incident(
    step: &Step,
    incident: &Incident,
    acts: &[TimedAction],
) -> Result<Vec<TimedAction>, Vec<Problem>> {
    let counts = |act: &&TimedAction| {
        let Action::Set { path, .. } = &act.action else { return false };
        act.at >= step.opens_at.0 && incident.allows(path)
    };
    let mut actions = timed(&incident.breaks)?;
    actions.extend(acts.iter().filter(counts).cloned());
    Ok(actions)
}

impl Design {
    /// Whether the learner may change this setting.
    pub fn allows(&self, path: &str) -> bool {
        allows(&self.allow, path)
    }
}

impl Incident {
    /// Whether the learner may change this setting.
    pub fn allows(&self, path: &str) -> bool {
        allows(&self.allow, path)
    }
}

fn allows(patterns: &[String], path: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path == pattern,
    })
}

/// A lab's changes as actions at a time.
///
/// # Errors
/// A value that is none a setting can have.
pub fn actions(changes: &[Change], at: Moment) -> Result<Vec<TimedAction>, Vec<Problem>> {
    let action = |change: &Change| -> Result<Action, Vec<Problem>> {
        let action = match change {
            Change::Set { path, value } => Action::Set { path: path.clone(), value: value_of(path, value)? },
            Change::Slow { node, factor, lasts } => Action::Slow {
                node: Target { node: node.clone(), slot: None },
                factor: *factor,
                lasting: lasts.0,
            },
            Change::Kill { node, slot } => {
                Action::Kill { node: Target { node: node.clone(), slot: Some(*slot) }, lasting: None }
            }
            Change::Flush { node } => Action::Flush { node: Target { node: node.clone(), slot: None } },
            Change::Pause { node, slot, lasts } => {
                Action::Pause { node: Target { node: node.clone(), slot: *slot }, lasting: lasts.0 }
            }
            Change::Fail { node, ratio, lasts } => {
                Action::Fail { node: node.clone(), ratio: *ratio, lasting: lasts.0 }
            }
            Change::Outage { zone, region, lasts } => Action::Outage {
                zone: named(zone)?,
                region: region.as_deref().map(named).transpose()?,
                lasting: lasts.0,
            },
        };
        Ok(action)
    };
    changes.iter().map(|change| Ok(TimedAction { at: at.0, action: action(change)? })).collect()
}

/// A lab's changes, each at its own time.
///
/// # Errors
/// As [`actions`].
pub fn timed(changes: &[TimedChange]) -> Result<Vec<TimedAction>, Vec<Problem>> {
    let mut all = Vec::new();
    for timed in changes {
        all.extend(actions(std::slice::from_ref(&timed.change), timed.at)?);
    }
    Ok(all)
}

fn values(settings: &Settings) -> Result<Vec<(String, Value)>, Vec<Problem>> {
    settings.iter().map(|(path, value)| Ok((path.clone(), value_of(path, value)?))).collect()
}

fn value_of(path: &str, value: &serde_json::Value) -> Result<Value, Vec<Problem>> {
    Value::try_from(value)
        .map_err(|message| vec![Problem { path: path.to_owned(), span: None, message, help: None }])
}

/// What a word of scenario files means.
fn named<T: serde::de::DeserializeOwned>(word: &str) -> Result<T, Vec<Problem>> {
    let problem = |message| Problem { path: String::new(), span: None, message, help: None };
    serde_json::from_value(word.into()).map_err(|_| vec![problem(format!("{word:?} is no zone or region"))])
}
