//! What people say and what they see: claims that a lab tests, and symptoms that a lab explains.

use headroom_wire::Wire;
use serde::Deserialize;

use super::{Prose, Refutation};

/// All of both, as the page fetches them when they are first wanted.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Sayings {
    /// Widely repeated claims that the labs test.
    pub claims: Vec<Claim>,
    /// What one sees in one's own system, and where to learn why.
    pub symptoms: Vec<Symptom>,
}

/// A widely repeated claim, the lab that tests it, and the verdict.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its name.
    pub id: String,
    /// The claim, as it is said.
    pub claim: Prose,
    /// Code that it comes with, as it is often written.
    #[serde(default)]
    pub snippet: Option<String>,
    /// How it stands.
    pub verdict: Standing,
    /// What is true of it, in a sentence or two.
    pub says: Prose,
    /// The lab that tests it.
    pub lab: String,
    /// That lab's step.
    pub step: String,
    /// The misconception whose runs refute it as well, by id.
    #[serde(default)]
    pub misconception: Option<String>,
    /// Two runs of its own that refute it, where no misconception does.
    #[serde(default)]
    pub refutation: Option<Refutation>,
}

/// How a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Wire)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The runs say otherwise.
    Wrong,
    /// It holds in some cases, and not in those where it is used.
    HalfTrue,
}

/// Something seen in a system, and the lab that shows why.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(deny_unknown_fields)]
pub struct Symptom {
    /// What one sees.
    pub says: Prose,
    /// Where to look, in a sentence.
    pub look: Prose,
    /// The lab.
    pub lab: String,
    /// Its step.
    pub step: String,
}
