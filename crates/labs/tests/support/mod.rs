//! What the tests of the labs share: the facts behind the numbers in their words.
#![allow(dead_code, unreachable_pub)]

use headroom_labs::{Lab, Moment, Settings};
use serde::Deserialize;
use serde_json::Value;

/// Where a number in a lab's words comes from: a setting, a measured figure, or a sum done in the text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The number as the words have it, such as `"56 %"`.
    pub text: String,
    /// A step whose start the run has and whose changes it undergoes, by id.
    pub during: Option<String>,
    /// Settings of the run, on top of those.
    #[serde(default)]
    pub settings: Settings,
    /// The setting it repeats.
    pub setting: Option<String>,
    /// That setting's value.
    pub is: Option<Value>,
    /// The figure it tells.
    pub metric: Option<String>,
    /// Start of that figure's window, if not the end of warm-up.
    pub from: Option<Moment>,
    /// End of that figure's window, if not the end of the run.
    pub to: Option<Moment>,
    /// Where that figure must lie on each of the five seeds.
    pub between: Option<[f64; 2]>,
    /// The sum or the reason, if it needs no run.
    pub because: Option<String>,
}

/// The facts of a lab.
pub fn facts(lab: &Lab) -> Vec<Fact> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Facts {
        facts: Vec<Fact>,
    }
    let path = format!("{}/content/{}/{}/facts.toml", env!("CARGO_MANIFEST_DIR"), lab.chapter, lab.id);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    toml::from_str::<Facts>(&text).unwrap_or_else(|error| panic!("{path}: {error}")).facts
}
