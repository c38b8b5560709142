//! What was done so far. Kept in the browser, or in memory where that is refused.

use super::{Notice, State};
use crate::json;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Per lab, which steps were done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// By the lab's id.
    #[serde(default)]
    pub labs: BTreeMap<String, LabProgress>,
}

/// The star for passing as cheaply as is known.
pub const AT_PAR: &str = "par";
/// The star for surviving a fault that was not seen before.
pub const SURVIVED: &str = "fault";

/// What was done of one lab.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabProgress {
    /// Ids of the steps done.
    #[serde(default)]
    pub steps: BTreeSet<String>,
    /// Whether its closing card was reached.
    #[serde(default)]
    pub finished: bool,
    /// Stars earned: the step's id, a slash, [`AT_PAR`] or [`SURVIVED`].
    #[serde(default)]
    pub stars: BTreeSet<String>,
}

impl State {
    /// Nothing was done, until the notice is put away or it is taken back.
    pub(super) fn clear_progress(&mut self) {
        let before = std::mem::take(&mut self.progress);
        self.notice = Some(Notice::Cleared(before));
    }

    pub(super) fn restore_progress(&mut self) {
        if let Some(Notice::Cleared(before)) = self.notice.take() {
            Rc::make_mut(&mut self.progress).add(&before);
        }
    }

    pub(super) fn read_progress(&mut self, text: &str) {
        // A list without anything in it would be read as a record in which everything is left out.
        let text = if text.trim_start().starts_with('{') { text } else { "" };
        match json::read::<Progress>(text) {
            Some(read) => Rc::make_mut(&mut self.progress).add(&read),
            None => self.notice = Some(Notice::NoProgress),
        }
    }
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

    /// A star for a step.
    pub fn earn(&mut self, lab: &str, step: &str, star: &str) {
        self.labs.entry(lab.to_owned()).or_default().stars.insert(format!("{step}/{star}"));
    }

    /// How many stars a lab has brought.
    pub fn stars(&self, lab: &str) -> usize {
        self.labs.get(lab).map_or(0, |lab| lab.stars.len())
    }

    /// Adds what was done elsewhere.
    pub fn add(&mut self, other: &Self) {
        for (id, lab) in &other.labs {
            let here = self.labs.entry(id.clone()).or_default();
            here.steps.extend(lab.steps.iter().cloned());
            here.finished |= lab.finished;
            here.stars.extend(lab.stars.iter().cloned());
        }
    }

    /// Marks a lab as finished.
    pub fn finish(&mut self, lab: &str) {
        self.labs.entry(lab.to_owned()).or_default().finished = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::route::Place;
    use crate::page::store::Action;

    fn played() -> State {
        let mut progress = Progress::default();
        progress.done("busy-is-not-full", "turn");
        State::new(Place::Home, progress)
    }

    #[test]
    fn what_a_file_says_is_added_and_what_is_none_is_told() {
        let state = played();
        let mut elsewhere = Progress::default();
        elsewhere.done("busy-is-not-full", "hold");
        elsewhere.finish("a-lab-of-tomorrow");
        elsewhere.earn("busy-is-not-full", "hold", SURVIVED);
        let file = json::text(&elsewhere);
        let state = state.after(Action::ReadProgress(file));
        assert!(
            state.progress.has("busy-is-not-full", "turn") && state.progress.has("busy-is-not-full", "hold")
        );
        assert!(state.progress.finished("a-lab-of-tomorrow"));
        assert_eq!(state.progress.stars("busy-is-not-full"), 1);
        for text in ["", "{", "[]", "3"] {
            let told = state.after(Action::ReadProgress(text.to_owned()));
            assert_eq!((told.notice, &told.progress), (Some(Notice::NoProgress), &state.progress), "{text}");
        }
    }

    #[test]
    fn clearing_can_be_taken_back() {
        let state = played();
        let cleared = state.after(Action::ClearProgress);
        assert!(cleared.progress.labs.is_empty());
        assert_eq!(cleared.after(Action::RestoreProgress).progress, state.progress);
        assert!(cleared.after(Action::PutAway).after(Action::RestoreProgress).progress.labs.is_empty());
    }
}
