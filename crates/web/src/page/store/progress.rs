//! What was done so far. Kept in the browser, or in memory where that is refused.

use crate::json;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Per lab, which steps were done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// By the lab's id.
    #[serde(default)]
    pub labs: BTreeMap<String, LabProgress>,
}

/// What was done of one lab.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabProgress {
    /// Ids of the steps done.
    #[serde(default)]
    pub steps: BTreeSet<String>,
    /// Whether its closing card was reached.
    #[serde(default)]
    pub finished: bool,
}

impl Progress {
    /// Reads what was kept; anything unreadable counts as nothing.
    pub fn read(text: &str) -> Self {
        json::read(text).unwrap_or_default()
    }

    /// Whether a step was done.
    pub fn has(&self, lab: &str, step: &str) -> bool {
        self.labs.get(lab).is_some_and(|lab| lab.steps.contains(step))
    }

    /// Whether a lab was finished.
    pub fn finished(&self, lab: &str) -> bool {
        self.labs.get(lab).is_some_and(|lab| lab.finished)
    }

    /// Marks a step as done.
    pub fn done(&mut self, lab: &str, step: &str) {
        self.labs.entry(lab.to_owned()).or_default().steps.insert(step.to_owned());
    }

    /// Marks a lab as finished.
    pub fn finish(&mut self, lab: &str) {
        self.labs.entry(lab.to_owned()).or_default().finished = true;
    }
}
