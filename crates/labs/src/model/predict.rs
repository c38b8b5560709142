//! A prediction: the learner says what a change will do, then the run says it.

use headroom_wire::Wire;
use serde::Deserialize;

use super::{Change, Moment, Prose, Scale};

/// A question about a change that is made once the learner has answered.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
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
    #[serde(default)]
    pub from: Option<Moment>,
    /// End of the window measured over, if not `until`.
    #[serde(default)]
    pub to: Option<Moment>,
    /// Charts veiled while the question is open, by the names in [`super::Chart`]. Not the scene: a step opens before what
    /// it asks about.
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

/// How a prediction is answered.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
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
    /// Put several changes in order, the best first.
    Rank {
        /// Which figure is best.
        best: Best,
        /// By what factor each figure beats the next at least, so that luck never decides.
        margin: f64,
        /// The changes, in an order that gives nothing away.
        variants: Vec<Variant>,
    },
    /// Point at a node. [`Prediction::of`] is a figure that each of the nodes has, such as `mean_wait_s`; or, where
    /// pointing at a node changes something, a figure of the run that follows.
    Where {
        /// Which figure is meant.
        best: Best,
        /// By what factor the right node's figure beats the next at least.
        margin: f64,
        /// The nodes that may be pointed at.
        nodes: Vec<Spot>,
    },
    /// Set a number on a slider.
    Number(Number),
    /// Draw a curve through a few points.
    Sketch(Sketch),
}

impl Ask {
    /// The words to choose from; none where a number is set, a curve drawn or a node pointed at.
    pub fn texts(&self) -> Vec<&Prose> {
        match self {
            Ask::Choice(choices) => choices.iter().map(|choice| &choice.text).collect(),
            Ask::Variant { variants, .. } | Ask::Rank { variants, .. } => {
                variants.iter().map(|variant| &variant.text).collect()
            }
            Ask::Where { .. } | Ask::Number(_) | Ask::Sketch(_) => Vec::new(),
        }
    }

    /// What may be said to someone who was wrong, of which one hears one; empty for what is always right.
    pub fn if_wrong(&self) -> Vec<&Prose> {
        match self {
            Ask::Choice(choices) => choices.iter().map(|choice| &choice.if_wrong).collect(),
            Ask::Variant { variants, .. } | Ask::Rank { variants, .. } => {
                variants.iter().map(|variant| &variant.if_wrong).collect()
            }
            Ask::Where { nodes, .. } => nodes.iter().map(|spot| &spot.if_wrong).collect(),
            Ask::Number(Number { if_low, if_high, .. }) => vec![if_low, if_high],
            Ask::Sketch(Sketch { if_flat, if_steep, if_off, .. }) => vec![if_flat, if_steep, if_off],
        }
    }

    /// All its text.
    pub(super) fn prose_mut(&mut self) -> Vec<&mut Prose> {
        match self {
            Ask::Choice(choices) => {
                choices.iter_mut().flat_map(|Choice { text, if_wrong, .. }| [text, if_wrong]).collect()
            }
            Ask::Variant { variants, .. } | Ask::Rank { variants, .. } => {
                variants.iter_mut().flat_map(|Variant { text, if_wrong, .. }| [text, if_wrong]).collect()
            }
            Ask::Where { nodes, .. } => nodes.iter_mut().map(|spot| &mut spot.if_wrong).collect(),
            Ask::Number(Number { if_low, if_high, .. }) => vec![if_low, if_high],
            Ask::Sketch(Sketch { along, if_flat, if_steep, if_off, .. }) => {
                vec![along, if_flat, if_steep, if_off]
            }
        }
    }
}

/// A node that may be pointed at.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Spot {
    /// Its name in the scenario.
    pub node: String,
    /// What pointing at it changes.
    #[serde(default)]
    pub change: Vec<Change>,
    /// What is said to someone who pointed at it wrongly. Empty for the right one.
    #[serde(default)]
    pub if_wrong: Prose,
}

/// A curve to be drawn: one value at each of a few places.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Sketch {
    /// What changes from place to place.
    pub along: Prose,
    /// The places, from left to right.
    pub points: Vec<Point>,
    /// Least value that can be drawn.
    pub min: f64,
    /// Greatest value that can be drawn.
    pub max: f64,
    /// How values are spread over the height.
    #[serde(default)]
    pub scale: Scale,
    /// A value within this factor of the measured one, either way, is right. Above 1.
    pub near: f64,
    /// What is said to someone whose curve rises (or falls) too little.
    pub if_flat: Prose,
    /// What is said to someone whose curve rises (or falls) too much.
    pub if_steep: Prose,
    /// What is said to someone whose curve has the right shape in the wrong place.
    pub if_off: Prose,
    /// Names of the values 0, 1, 2 ... where there are no others, such as "closed" and "open": the line is drawn in steps
    /// from one to another, and each point must be the right one. `if_flat` is for a line with too few steps, `if_steep`
    /// for one with too many.
    #[serde(default)]
    pub levels: Vec<String>,
}

impl Sketch {
    /// The name of a value, where values have names.
    pub fn level(&self, value: f64) -> Option<&str> {
        self.levels.get(value.round().max(0.0) as usize).map(String::as_str)
    }
}

/// A place of a sketch: another figure of the same run, or the same figure after a change.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// What stands under it.
    pub label: String,
    /// The figure there, if not [`Prediction::of`].
    #[serde(default)]
    pub of: Option<String>,
    /// What is changed there.
    #[serde(default)]
    pub change: Vec<Change>,
    /// End of the window measured over there, if not [`Prediction::to`].
    #[serde(default)]
    pub at: Option<Moment>,
}

/// One of the ranges to choose from.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its words, without a reason.
    pub text: Prose,
    /// The measured figures for which it is right.
    pub range: Range,
    /// What is said to someone who chose it wrongly: names the belief behind it.
    #[serde(default)]
    pub if_wrong: Prose,
}

/// Values from `from` up to but not including `below`; open where one is left out.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The least value in it.
    #[serde(default)]
    pub from: Option<f64>,
    /// The least value above it.
    #[serde(default)]
    pub below: Option<f64>,
}

impl Range {
    /// Whether `value` lies in it.
    pub fn contains(&self, value: f64) -> bool {
        self.from.is_none_or(|from| value >= from) && self.below.is_none_or(|below| value < below)
    }
}

/// Which of several figures is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Wire)]
#[serde(rename_all = "kebab-case")]
pub enum Best {
    /// The highest.
    Highest,
    /// The lowest.
    Lowest,
}

/// One of the changes to choose from.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its words, without a reason.
    pub text: Prose,
    /// What it changes.
    pub change: Vec<Change>,
    /// What is said to someone who chose it wrongly. Empty for the right one.
    #[serde(default)]
    pub if_wrong: Prose,
}

/// A number to be set on a slider.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
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
