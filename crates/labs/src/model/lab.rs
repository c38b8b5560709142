//! A lab: a system, the steps through it, and what to take home.

use std::collections::BTreeMap;

use headroom_wire::Wire;
use serde::Deserialize;
use serde_json::Value;

use super::{Block, Moment, Prediction, Prose, Task};

/// Settings by path, such as `nodes.cache.capacity = 500`.
pub type Settings = BTreeMap<String, Value>;

/// Settings one by one; of a path that is there twice, the later. `collect` would sort them first, and bring a sort of
/// its own for every list that settings come from.
pub fn settings(all: impl IntoIterator<Item = (String, Value)>) -> Settings {
    let mut settings = Settings::new();
    for (path, value) in all {
        settings.insert(path, value);
    }
    settings
}

/// A lab: a short lesson around one system, which provokes one wrong belief and lets the run refute it.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    /// Its folder; never changes.
    #[serde(default)]
    pub id: String,
    /// Id of its chapter.
    #[serde(default)]
    pub chapter: String,
    /// Its number in the chapter: the one after that of the lab before it, unless labs between are still to be written.
    #[serde(default)]
    pub number: u32,
    /// Its name.
    pub title: String,
    /// What one can do after it, in one sentence.
    pub promise: Prose,
    /// How long it takes: 3, 6 or 10.
    pub minutes: u32,
    /// Labs to have done before.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The one lab to do after it.
    #[serde(default)]
    pub next: Option<String>,
    /// The system, as scenario text; only the worker reads it.
    #[serde(default)]
    pub scenario: String,
    /// The knobs its steps speak of.
    pub knobs: Vec<Knob>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// How it carries over to the reader's own system.
    pub transfer: Transfer,
    /// Two questions that can be answered now.
    pub exit: Vec<ExitQuestion>,
}

impl Lab {
    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The knob of this path as `step` offers it.
    pub fn knob<'a>(&'a self, step: &'a Step, path: &str) -> Option<&'a Knob> {
        step.own_knobs.iter().chain(&self.knobs).find(|knob| knob.path == path)
    }
}

/// A setting as a step offers it.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Knob {
    /// The setting, such as `nodes.cache.capacity`.
    pub path: String,
    /// Its name in this lab.
    pub label: String,
    /// Unit shown after the value.
    #[serde(default)]
    pub unit: String,
    /// Least value of a slider.
    #[serde(default)]
    pub min: f64,
    /// Greatest value of a slider.
    #[serde(default)]
    pub max: f64,
    /// Distance between values of a slider.
    #[serde(default)]
    pub step: f64,
    /// How values are spread over a slider.
    #[serde(default)]
    pub scale: Scale,
    /// Named values instead of a slider.
    #[serde(default)]
    pub options: Vec<KnobOption>,
    /// Things to say at some values.
    #[serde(default)]
    pub notes: Vec<KnobNote>,
}

/// How values are spread over a slider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Wire)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Evenly.
    #[default]
    Linear,
    /// By ratio.
    Log,
}

/// A named value of a setting.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct KnobOption {
    /// Its name.
    pub label: String,
    /// The value.
    pub value: Value,
}

/// Something to say while a knob stands above a value.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct KnobNote {
    /// The value.
    pub above: f64,
    /// What to say.
    pub say: Prose,
}

/// One step: something to see, to predict or to do.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its section in the lesson; part of links, never changes.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Its text, from the lesson file.
    #[serde(default)]
    pub body: Vec<Block>,
    /// What is on the screen.
    pub show: Vec<Chart>,
    /// The knobs that are live, by path; the rest stand under "All settings".
    #[serde(default)]
    pub knobs: Vec<String>,
    /// Knobs that differ here from the lab's, in their range or their words.
    #[serde(default)]
    pub own_knobs: Vec<Knob>,
    /// A knob that invites a turn, and the value that finishes a step of only text.
    #[serde(default)]
    pub pulse: Option<Pulse>,
    /// The nodes it is about; the others are dimmed. None: all are.
    #[serde(default)]
    pub focus: Vec<String>,
    /// Simulated seconds for each second of wall time.
    #[serde(default = "live")]
    pub speed: f64,
    /// One line under the knob: where to look.
    pub say: Prose,
    /// Settings when it opens, on top of the scenario; "put back" returns to them.
    #[serde(default)]
    pub start: Settings,
    /// Whether the lab's own disturbances stay unflagged, since the learner is to find them.
    #[serde(default)]
    pub hide_actions: bool,
    /// Where in the run it opens.
    #[serde(default)]
    pub opens_at: Moment,
    /// The belief it works against, by id.
    #[serde(default)]
    pub misconception: Option<String>,
    /// Something to foretell.
    #[serde(default)]
    pub predict: Option<Prediction>,
    /// Something to reach or to find.
    #[serde(default)]
    pub task: Option<Task>,
    /// Help, from little to all.
    #[serde(default)]
    pub hints: Option<Hints>,
    /// Words of the button that leads on.
    pub forward: String,
}

fn live() -> f64 {
    1.0
}

/// A knob that invites a turn.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Pulse {
    /// The knob's path.
    pub knob: String,
    /// Where to turn it.
    pub to: f64,
}

/// What a step may put on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Wire)]
#[serde(rename_all = "kebab-case")]
pub enum Chart {
    /// The system itself.
    Scene,
    /// Mean time in the system, and how much of it was work.
    MeanTime,
    /// Latency percentiles.
    Latency,
    /// Latencies as 100 dots, with the mean.
    Dots,
    /// Hit ratio of the cache.
    HitRatio,
    /// Offered, served and failed requests a second.
    Requests,
    /// How busy each node is.
    Utilisation,
    /// How many requests are inside.
    Inside,
    /// Age of the oldest value answered.
    StaleAge,
    /// Queries a second of the database.
    Queries,
    /// p95 of each clients node, where there are several.
    Places,
    /// How the circuit breaker of the first node that has one stands.
    Breaker,
    /// Calls a second to each node that works.
    Calls,
    /// How many wait at each node that works, whoever still wants them.
    Waiting,
    /// p99 of the requests for each path.
    Paths,
}

/// Help for a task, each more telling than the one before.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Hints {
    /// Where to look.
    pub look: Prose,
    /// The idea.
    pub idea: Prose,
    /// What to set.
    pub answer: Prose,
}

/// "In your system": the last card of a lab.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Where to see these figures there.
    pub look: Vec<Look>,
    /// The lab's settings as a real configuration.
    pub set: RealConfig,
    /// What the model leaves out: two to four lines.
    pub mind: Vec<Prose>,
}

/// A command or query that shows a figure.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// What it shows.
    pub what: Prose,
    /// The command or query.
    pub code: String,
}

/// A piece of real configuration.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct RealConfig {
    /// What it configures.
    pub what: Prose,
    /// The text; `${path}` stands for the present value of a setting.
    pub text: String,
}

/// A question to ask oneself at the end, with its answer.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct ExitQuestion {
    /// The question.
    pub question: Prose,
    /// Its answer.
    pub answer: Prose,
}
