//! A task: what the learner's settings must reach, or what must be found out from the requests themselves.

use headroom_wire::Wire;
use serde::Deserialize;

use super::{Change, Moment, Prose, Settings, TimedChange};

/// What is to be done in a step.
// One a step, held once for as long as the page: a box would only be one more thing to read.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Choose settings that reach the goals on five runs.
    Design(Design),
    /// Find out what some requests have in common.
    Find(Find),
    /// Bring a system back while its clock runs.
    Incident(Incident),
}

impl Task {
    /// The goals that an evaluation judges; none where none is made.
    pub fn goals(&self) -> &[Goal] {
        match self {
            Self::Design(design) => &design.goals,
            Self::Incident(incident) => &incident.goals,
            Self::Find(_) => &[],
        }
    }

    /// Why what passes passes, in a sentence; none where no evaluation is made.
    pub fn why(&self) -> Option<&Prose> {
        match self {
            Self::Design(Design { why, .. }) | Self::Incident(Incident { why, .. }) => Some(why),
            Self::Find(_) => None,
        }
    }
}

/// Goals to be reached by settings.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Design {
    /// What must hold on each of the five runs.
    pub goals: Vec<Goal>,
    /// Settings that the learner may change, as paths in which `*` stands for any rest. All others are the exam:
    /// playable, but taken from the lab when the five runs are made.
    pub allow: Vec<String>,
    /// Why what passes passes, in a sentence; said after a pass.
    pub why: Prose,
    /// The cheapest way known.
    pub par: Par,
    /// A fault that is tried on what has passed.
    pub unseen: Unseen,
    /// Settings that pass, different in kind; tested.
    pub solutions: Vec<Settings>,
    /// Tempting settings that fail; tested. The first is the one that the step's misconception suggests.
    pub temptations: Vec<Settings>,
    /// Settings that reach the latency by turning requests away, and fail; tested.
    pub refusing: Settings,
}

/// A figure and its limit.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// A figure by its path in the report, or a setting by its path in the scenario.
    pub metric: String,
    /// Its short name.
    pub label: String,
    /// Factor from the figure to what is shown: 1,000 for milliseconds.
    #[serde(default = "one")]
    pub times: f64,
    /// Unit shown after it; `"$"` stands before it.
    #[serde(default)]
    pub unit: String,
    /// The most it may be.
    #[serde(default)]
    pub at_most: Option<f64>,
    /// The least it may be.
    #[serde(default)]
    pub at_least: Option<f64>,
    /// Start of the window, if not the end of warm-up.
    #[serde(default)]
    pub from: Option<Moment>,
    /// End of the window, if not the end of the run.
    #[serde(default)]
    pub to: Option<Moment>,
}

impl Goal {
    /// Whether `value` meets it. A value that is not a number does not.
    pub fn met(&self, value: f64) -> bool {
        !value.is_nan()
            && self.at_most.is_none_or(|most| value <= most)
            && self.at_least.is_none_or(|least| value >= least)
    }
}

fn one() -> f64 {
    1.0
}

/// The best known way to pass, for those who want to do better than pass.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Par {
    /// The figure to be kept low (or high).
    pub metric: String,
    /// Its short name.
    pub label: String,
    /// Unit shown after it; `"$"` stands before it.
    #[serde(default)]
    pub unit: String,
    /// Whether a higher figure is better.
    #[serde(default)]
    pub higher: bool,
    /// The figure reached; a test finds it again.
    pub value: f64,
    /// The settings that reach it.
    pub settings: Settings,
    /// How it is reached, in words; shown on request.
    pub way: Prose,
    /// Settings a step better still, in each direction, which fail; tested.
    pub short_of: Vec<Settings>,
}

impl Par {
    /// Whether `figure` is as good as this; a millionth off is the same.
    pub fn reached(&self, figure: f64) -> bool {
        let slack = self.value.abs() * 1e-6;
        if self.higher { figure >= self.value - slack } else { figure <= self.value + slack }
    }
}

/// A fault that the learner has not seen. It is tried on settings that have passed, on five more runs: those who left
/// room survive it.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Unseen {
    /// What happened, said once it has.
    pub what: Prose,
    /// When.
    pub at: Moment,
    /// What.
    pub change: Vec<Change>,
    /// Settings that pass and meet every goal with it as well; tested.
    pub survives: Settings,
    /// Settings that pass and do not survive it; tested.
    pub falls: Settings,
}

/// A system that breaks while its clock runs, to be brought back by acting on it. What was done at which time is part
/// of the five runs.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// What goes wrong, and when; before the step opens.
    pub breaks: Vec<TimedChange>,
    /// What must hold on each of the five runs: time to recover, requests lost.
    pub goals: Vec<Goal>,
    /// Settings that may be changed, as in [`Design::allow`]. Nothing else that is done counts.
    pub allow: Vec<String>,
    /// Why what passes passes, in a sentence; said after a pass.
    pub why: Prose,
    /// What brings it back, different in kind; tested.
    pub solutions: Vec<Vec<TimedChange>>,
    /// What tempts and fails; tested. The first is what the step's misconception suggests.
    pub temptations: Vec<Vec<TimedChange>>,
    /// Turning requests away, which fails; tested.
    pub refusing: Vec<TimedChange>,
}

/// A question about the slowest requests that their spans answer.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// The question.
    pub question: Prose,
    /// Which share of the requests is meant, slowest first.
    pub slowest: f64,
    /// How many of the slowest the learner should open first.
    pub open: u32,
    /// What may be answered. Exactly one holds.
    pub answers: Vec<Answer>,
    /// Said once it is found.
    pub reveal: Prose,
}

/// Something that requests may have in common.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// In words.
    pub text: Prose,
    /// As a test on the spans of one request.
    pub holds: Trait,
    /// Said to someone who chose it wrongly. Empty for the right one.
    #[serde(default)]
    pub if_wrong: Prose,
}

/// A test on the spans of one request.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Trait {
    /// It visited this node.
    Visited {
        /// The node.
        node: String,
    },
    /// It wanted to write.
    Wrote {},
    /// It asked for more work than this, in core time.
    Worked {
        /// The least core time.
        at_least: Moment,
    },
    /// It was for one of the most wanted keys.
    KeyBelow {
        /// The first key that is not.
        key: u64,
    },
}
