//! What the learner did to the run, with undo and redo.
//!
//! Acting at a time cuts what was done after it: the run goes another way from there. The way that is left is kept as
//! a branch ([`super::branches`]), and undo leads back to it. A knob that is dragged is one undo, however many values it takes on its way.

use super::branches::Branches;
use super::judging::last_set;
use crate::protocol::{Act, Micros, TimedAct};
use serde_json::Value;

/// Undo steps kept.
const MOST_KEPT: usize = 200;

/// Acts in order of time, and the lists before and after.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Acts {
    list: Vec<TimedAct>,
    root: Vec<TimedAct>,
    branches: Branches,
    past: Vec<Vec<TimedAct>>,
    future: Vec<Vec<TimedAct>>,
    dragged: Option<String>,
    begins_again: bool,
}

impl Acts {
    /// A run that begins with `list`, which cannot be undone.
    pub fn beginning_with(list: Vec<TimedAct>) -> Self {
        Self { root: list.clone(), list, ..Self::default() }
    }

    /// All of them, in order of time.
    pub fn list(&self) -> &[TimedAct] {
        &self.list
    }

    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// What is done next begins the run again: what was set after that time is set at it, so that no setting is lost.
    pub fn begin_again(&mut self) {
        self.begins_again = true;
    }

    /// What `path` was last set to up to `at`.
    pub fn value(&self, path: &str, at: Micros) -> Option<&Value> {
        self.list.iter().rev().filter(|timed| timed.at_us <= at).find_map(|timed| match &timed.act {
            Act::Set { path: set, value } if set == path => Some(value),
            _ => None,
        })
    }

    /// The ways the run has gone.
    pub fn branches(&self) -> &Branches {
        &self.branches
    }

    /// Does `act` at `at`. `seen`: the run had been further with what was done so far.
    pub fn act(&mut self, at: Micros, act: Act, seen: bool) {
        self.dragged = None;
        let old = self.list.clone();
        let parted = self.part(at, seen);
        self.cut(at);
        self.list.push(TimedAct { at_us: at, act });
        self.branches.follow(&old, &self.list, parted);
    }

    /// Turns a knob at `at`; until it is let go, all its values are one undo. Of the values within one `gap` of
    /// simulated time only the last is kept. `seen` as in [`Acts::act`].
    pub fn turn(&mut self, at: Micros, path: String, value: Value, gap: Micros, seen: bool) {
        let same_gap = |time: Micros| time == at || (time / gap).floor() == (at / gap).floor();
        let old = self.list.clone();
        let mut parted = false;
        if self.dragged.as_deref() != Some(&path) {
            parted = self.part(at, seen);
            self.dragged = Some(path.clone());
        }
        let again = self.begins_again;
        self.cut(at);
        if again {
            self.list.retain(|timed| !matches!(&timed.act, Act::Set { path: set, .. } if *set == path && timed.at_us == at));
        }
        let before = self.past.last().map_or(0, Vec::len);
        // Several values within a gap: only the last was ever seen.
        while self.list.len() > before
            && self.list.last().is_some_and(|timed| {
                matches!(&timed.act, Act::Set { path: set, .. } if *set == path) && same_gap(timed.at_us)
            })
        {
            self.list.pop();
        }
        self.list.push(TimedAct { at_us: at, act: Act::Set { path, value } });
        self.branches.follow(&old, &self.list, parted);
    }

    /// Goes to a branch; whether that is another one. It is one undo.
    pub fn go_to(&mut self, index: usize) -> bool {
        self.dragged = None;
        let Some(list) = self.branches.lists().get(index).filter(|list| **list != self.list).cloned() else {
            return false;
        };
        self.remember();
        self.list = list;
        true
    }

    /// All other acts from now on; one undo brings back those that were. Nothing happens where they are the same.
    pub fn replace(&mut self, list: Vec<TimedAct>) {
        self.dragged = None;
        if self.list != list {
            self.remember();
            self.list = list;
        }
    }

    /// The knob was let go.
    pub fn let_go(&mut self) {
        self.dragged = None;
    }

    /// Takes the last act back; whether there was one.
    pub fn undo(&mut self) -> bool {
        self.dragged = None;
        let Some(before) = self.past.pop() else { return false };
        self.future.push(std::mem::replace(&mut self.list, before));
        true
    }

    /// The same for good: the last act is one that cannot be done.
    pub fn take_back(&mut self) -> bool {
        self.dragged = None;
        let before = self.past.pop();
        before.map(|before| self.list = before).is_some()
    }

    /// Does again what was taken back; whether there was something.
    pub fn redo(&mut self) -> bool {
        self.dragged = None;
        let Some(after) = self.future.pop() else { return false };
        self.past.push(std::mem::replace(&mut self.list, after));
        true
    }

    /// Something is about to be done at `at`. Whether a way is left by it, which is kept.
    fn part(&mut self, at: Micros, seen: bool) -> bool {
        let cuts = self.list.last().is_some_and(|last| last.at_us > at);
        for undone in &self.future {
            self.branches.leave(&self.root, undone);
        }
        if seen || cuts {
            self.branches.leave(&self.root, &self.list);
        }
        self.remember();
        seen || cuts
    }

    fn remember(&mut self) {
        if self.past.len() == MOST_KEPT {
            self.past.remove(0);
        }
        self.past.push(self.list.clone());
        self.future.clear();
    }

    fn cut(&mut self, at: Micros) {
        let kept = self.list.iter().take_while(|timed| timed.at_us <= at).count();
        let later = self.list.split_off(kept);
        if std::mem::take(&mut self.begins_again) {
            // What each was set to last.
            self.list.extend(
                last_set(&later)
                    .into_iter()
                    .map(|(path, value)| TimedAct { at_us: at, act: Act::Set { path, value } }),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(acts: &mut Acts, at: Micros, value: i64) {
        acts.turn(at, "a".to_owned(), Value::from(value), 0.5, false);
    }

    fn values(acts: &Acts) -> Vec<(Micros, i64)> {
        let read = |timed: &TimedAct| match &timed.act {
            Act::Set { value, .. } => (timed.at_us, value.as_i64().unwrap_or(-1)),
            _ => (timed.at_us, -1),
        };
        acts.list().iter().map(read).collect()
    }

    #[test]
    fn settings_stay_where_a_run_begins_again() {
        let mut acts = Acts::default();
        turn(&mut acts, 1.0, 10);
        acts.let_go();
        acts.turn(3.0, "b".to_owned(), Value::from(20), 0.5, false);
        acts.turn(3.6, "c".to_owned(), Value::from(25), 0.5, false);
        acts.act(4.0, Act::Flush { node: "cache".to_owned() }, false);
        acts.begin_again();
        acts.turn(2.0, "c".to_owned(), Value::from(30), 0.5, true);
        assert_eq!(values(&acts), [(1.0, 10), (2.0, 20), (2.0, 30)]);
        assert!(acts.undo());
        assert_eq!(values(&acts), [(1.0, 10), (3.0, 20), (3.6, 25), (4.0, -1)]);
        // And what is done in the past otherwise takes another way from there.
        acts.turn(2.0, "c".to_owned(), Value::from(30), 0.5, true);
        assert_eq!(values(&acts), [(1.0, 10), (2.0, 30)]);
    }

    #[test]
    fn one_drag_is_one_undo() {
        let mut acts = Acts::default();
        turn(&mut acts, 1.0, 10);
        turn(&mut acts, 1.0, 11);
        turn(&mut acts, 2.0, 12);
        acts.let_go();
        turn(&mut acts, 3.0, 13);
        assert_eq!(values(&acts), [(1.0, 11), (2.0, 12), (3.0, 13)]);
        assert!(acts.undo());
        assert_eq!(values(&acts), [(1.0, 11), (2.0, 12)]);
        assert!(acts.undo());
        assert!(acts.list().is_empty());
        assert!(!acts.undo());
        assert!(acts.redo() && acts.redo() && !acts.redo());
        assert_eq!(values(&acts), [(1.0, 11), (2.0, 12), (3.0, 13)]);
    }

    #[test]
    fn acting_before_the_end_cuts_what_follows_and_undo_brings_it_back() {
        let mut acts = Acts::default();
        acts.act(10.0, Act::Flush { node: "cache".to_owned() }, false);
        turn(&mut acts, 20.0, 1);
        turn(&mut acts, 5.0, 2);
        assert_eq!(values(&acts), [(5.0, 2)]);
        acts.undo();
        assert_eq!(acts.list().len(), 1, "the drag began with the flush only");
    }

    #[test]
    fn a_value_is_that_of_the_time_asked_for() {
        let mut acts = Acts::default();
        turn(&mut acts, 10.0, 1);
        acts.let_go();
        turn(&mut acts, 20.0, 2);
        let at = |time| acts.value("a", time).and_then(Value::as_i64);
        assert_eq!([at(5.0), at(10.0), at(19.0), at(25.0)], [None, Some(1), Some(1), Some(2)]);
        assert_eq!(acts.value("b", 25.0), None);
    }
}
