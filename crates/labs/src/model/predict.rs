//! A prediction: the learner says what a change will do, then the run says it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Moment, Prose, Scale};

/// A question about a change that is made once the learner has answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prediction {
    /// The question, in words.
    pub question: Prose,
    /// The measured figure that answers it, by its path in the report.
    pub of: String,
    /// Factor from the measured figure to what the words speak of: 1,000 for "of 1,000 requests".
    #[serde(default = "one")]
    pub times: f64,
    /// Unit of the answer as shown after the number.
    pub unit: String,
    /// When the change is made: the run stands here while the question is open.
    #[serde(default)]
    pub at: Moment,
    /// What is changed.
    #[serde(default)]
    pub change: Vec<Change>,
    /// The run goes on to here before it answers.
    pub until: Moment,
    /// Start of the window measured over, if not the end of warm-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    /// End of the window measured over, if not `until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Moment>,
    /// Charts veiled while the question is open, by the names in [`super::Chart`].
    #[serde(default)]
    pub veil: Vec<super::Chart>,
    /// What may be answered.
    pub ask: Ask,
    /// What the run has shown, said after "You said / It was".
    pub reveal: Prose,
}

fn one() -> f64 {
    1.0
}

/// How a prediction is answered. Sketching a curve, ranking and pointing at a node will stand beside these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Choose one of several ranges, which together cover every value once.
    Choice(Vec<Choice>),
    /// Choose one of several changes; the one that brings the best figure is right.
    Variant {
        /// Which figure is best.
        best: Best,
        /// By what factor the best beats the next at least, so that luck never decides.
        margin: f64,
        /// The changes.
        variants: Vec<Variant>,
    },
    /// Set a number on a slider.
    Number(Number),
}

/// One of the ranges to choose from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its words, without a reason.
    pub text: Prose,
    /// The measured figures for which it is right.
    pub range: Range,
    /// What is said to someone who chose it wrongly: names the belief behind it.
    #[serde(default, skip_serializing_if = "Prose::is_empty")]
    pub if_wrong: Prose,
}

/// Values from `from` up to but not including `below`; open where one is left out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The least value in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// The least value above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
}

impl Range {
    /// Whether `value` lies in it.
    pub fn contains(&self, value: f64) -> bool {
        self.from.is_none_or(|from| value >= from) && self.below.is_none_or(|below| value < below)
    }
}

/// Which of several figures is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Best {
    /// The highest.
    Highest,
    /// The lowest.
    Lowest,
}

/// One of the changes to choose from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its words, without a reason.
    pub text: Prose,
    /// What it changes.
    pub change: Vec<Change>,
    /// What is said to someone who chose it wrongly. Empty for the right one.
    #[serde(default, skip_serializing_if = "Prose::is_empty")]
    pub if_wrong: Prose,
}

/// A number to be set on a slider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// Least value offered.
    pub min: f64,
    /// Greatest value offered.
    pub max: f64,
    /// Distance between values, or their least distance on a logarithmic scale.
    pub step: f64,
    /// How values are spread over the slider.
    #[serde(default)]
    pub scale: Scale,
    /// An answer within this factor of the measured value, either way, is right. Above 1.
    pub near: f64,
    /// What is said to someone who answered too little.
    pub if_low: Prose,
    /// What is said to someone who answered too much.
    pub if_high: Prose,
}

/// Something a lab does to its system at a step, as [`headroom_core`](https://docs.rs/headroom-core) actions do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Change {
    /// Give a setting another value.
    Set {
        /// The setting, such as `nodes.cache.capacity`.
        path: String,
        /// Its new value.
        value: Value,
    },
    /// Slow a node down.
    Slow {
        /// The node.
        node: String,
        /// How many times slower.
        factor: f64,
        /// For how long.
        lasts: Moment,
    },
}

/// A change as a lab file has it: `{ do = "set", path = "nodes.cache.capacity", value = 500 }`.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    #[serde(rename = "do")]
    what: String,
    path: Option<String>,
    value: Option<Value>,
    node: Option<String>,
    factor: Option<f64>,
    #[serde(rename = "for")]
    lasts: Option<Moment>,
}

impl TryFrom<Written> for Change {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written { what, path: Some(path), value: Some(value), node: None, factor: None, lasts: None }
                if what == "set" =>
            {
                Ok(Self::Set { path, value })
            }
            Written {
                what,
                path: None,
                value: None,
                node: Some(node),
                factor: Some(factor),
                lasts: Some(lasts),
            } if what == "slow" => Ok(Self::Slow { node, factor, lasts }),
            _ => Err(
                "a change is `do = \"set\"` with path and value, or `do = \"slow\"` with node, factor and for",
            ),
        }
    }
}

impl From<Change> for Written {
    fn from(change: Change) -> Self {
        let none = Self::default();
        match change {
            Change::Set { path, value } => {
                Self { what: "set".to_owned(), path: Some(path), value: Some(value), ..none }
            }
            Change::Slow { node, factor, lasts } => Self {
                what: "slow".to_owned(),
                node: Some(node),
                factor: Some(factor),
                lasts: Some(lasts),
                ..none
            },
        }
    }
}
