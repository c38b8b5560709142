//! What a learner has done: plain data that the page keeps in the browser and can hand out or clear.
//!
//! Steps are named by lab and step id, which never change, so that progress survives new labs and reordered ones.
//! Left out: when it was done, and how often it was tried; nobody needs to know.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Course, Lab, Step};

/// The steps that are done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Ids of done steps by id of their lab. Labs and steps that the course does not know are kept.
    #[serde(default)]
    done: BTreeMap<String, BTreeSet<String>>,
    /// Where the learner was last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<Place>,
}

/// A step of a lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The lab's id.
    pub lab: String,
    /// The step's id.
    pub step: String,
}

impl Progress {
    /// What [`Progress::to_json`] wrote; nothing done if it is damaged, since losing it is better than not opening.
    pub fn from_json(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// As text to be kept.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The learner opened a step.
    pub fn open(&mut self, lab: &str, step: &str) {
        self.last = Some(Place { lab: lab.to_owned(), step: step.to_owned() });
    }

    /// The learner did what a step asks for. A prediction counts however it was answered.
    pub fn complete(&mut self, lab: &str, step: &str) {
        self.done.entry(lab.to_owned()).or_default().insert(step.to_owned());
    }

    /// Adds what another one knows to be done; `last` stays.
    pub fn merge(&mut self, other: &Self) {
        for (lab, steps) in &other.done {
            self.done.entry(lab.clone()).or_default().extend(steps.iter().cloned());
        }
    }

    /// Whether a step is done.
    pub fn is_done(&self, lab: &str, step: &str) -> bool {
        self.done.get(lab).is_some_and(|steps| steps.contains(step))
    }

    /// Whether all steps of a lab are done.
    pub fn is_finished(&self, lab: &Lab) -> bool {
        lab.steps.iter().all(|step| self.is_done(&lab.id, &step.id))
    }

    /// How many steps of a lab are done.
    pub fn done_in(&self, lab: &Lab) -> usize {
        lab.steps.iter().filter(|step| self.is_done(&lab.id, &step.id)).count()
    }

    /// Where the learner was last, if it still exists.
    pub fn last<'a>(&self, course: &'a Course) -> Option<(&'a Lab, &'a Step)> {
        let place = self.last.as_ref()?;
        let lab = course.lab(&place.lab)?;
        Some((lab, lab.step(&place.step)?))
    }

    /// The first lab in course order that is not finished.
    pub fn next<'a>(&self, course: &'a Course) -> Option<&'a Lab> {
        course.labs.iter().find(|lab| !self.is_finished(lab))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course;

    fn finish(progress: &mut Progress, lab: &Lab) {
        for step in &lab.steps {
            progress.complete(&lab.id, &step.id);
        }
    }

    #[test]
    fn a_lab_is_finished_with_its_last_step() {
        let lab = &course().labs[0];
        let mut progress = Progress::default();
        for (done, step) in lab.steps.iter().enumerate() {
            assert_eq!((progress.done_in(lab), progress.is_finished(lab)), (done, false));
            progress.complete(&lab.id, &step.id);
            progress.complete(&lab.id, &step.id);
        }
        assert_eq!((progress.done_in(lab), progress.is_finished(lab)), (lab.steps.len(), true));
    }

    #[test]
    fn next_is_the_first_unfinished_lab() {
        let labs = &course().labs;
        let mut progress = Progress::default();
        assert_eq!(progress.next(course()), Some(&labs[0]));
        finish(&mut progress, &labs[1]);
        assert_eq!(progress.next(course()), Some(&labs[0]));
        finish(&mut progress, &labs[0]);
        assert_eq!(progress.next(course()), Some(&labs[2]));
        labs.iter().for_each(|lab| finish(&mut progress, lab));
        assert_eq!(progress.next(course()), None);
    }

    #[test]
    fn json_keeps_everything_and_damage_loses_everything_quietly() {
        let mut progress = Progress::default();
        progress.complete("a-lab-of-tomorrow", "one");
        progress.open("busy-is-not-full", "hold");
        assert_eq!(Progress::from_json(&progress.to_json()), progress);
        for damaged in ["", "{", "[]", "{\"done\": 3}", "null"] {
            assert_eq!(Progress::from_json(damaged), Progress::default(), "{damaged}");
        }
        assert_eq!(Progress::from_json("{}"), Progress::default());
    }

    #[test]
    fn merging_adds_and_keeps_the_own_place() {
        let (mut here, mut there) = (Progress::default(), Progress::default());
        here.complete("busy-is-not-full", "turn");
        here.open("busy-is-not-full", "hold");
        there.complete("busy-is-not-full", "hold");
        there.open("the-narrow-place", "turn");
        here.merge(&there);
        assert!(here.is_done("busy-is-not-full", "turn") && here.is_done("busy-is-not-full", "hold"));
        assert_eq!(here.last(course()).map(|(_, step)| step.id.as_str()), Some("hold"));
    }

    #[test]
    fn a_place_that_is_gone_is_forgotten() {
        let mut progress = Progress::default();
        for (lab, step) in [("gone", "turn"), ("busy-is-not-full", "gone")] {
            progress.open(lab, step);
            assert_eq!(progress.last(course()), None, "{lab}/{step}");
        }
    }
}
