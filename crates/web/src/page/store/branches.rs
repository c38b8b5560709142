//! The ways the run has gone: a small tree of lists of acts, so that no future is lost by acting in the past.
//!
//! Acting where something further on had been seen, or done, leaves that future behind; it is kept as a branch and can
//! be gone back to, as can what was undone before something else was done. Acting at the end of what was seen only
//! lengthens the branch one is on. Costs a comparison of lists for each act. Left out: branches of branches' knobs
//! while they are dragged, of which only the last value stays.

use crate::protocol::{Micros, TimedAct};

/// Branches kept; the oldest goes first, the root never.
const MOST: usize = 12;

/// See the module's description. Empty until a future is left behind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Branches {
    /// The acts that the run began with, then each branch in the order it came about.
    lists: Vec<Vec<TimedAct>>,
}

/// Where a branch leaves the one it comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fork {
    /// Index of the branch it comes from; none of the root.
    pub from: Option<usize>,
    /// Acts that both have.
    pub shared: usize,
    /// When they part; 0 for the root.
    pub at: Micros,
}

impl Branches {
    /// All lists, the root first; empty while there is only one way.
    pub fn lists(&self) -> &[Vec<TimedAct>] {
        &self.lists
    }

    /// The branch that the run with these acts is on.
    pub fn here(&self, acts: &[TimedAct]) -> Option<usize> {
        let exact = self.lists.iter().position(|list| list == acts);
        exact.or_else(|| self.lists.iter().rposition(|list| list.starts_with(acts)))
    }

    /// Where branch `index` leaves the earlier one with which it has most in common.
    pub fn fork(&self, index: usize) -> Fork {
        let list = &self.lists[index];
        let shared =
            |other: &Vec<TimedAct>| list.iter().zip(other).take_while(|(one, two)| one == two).count();
        // Of those that share as much, the first.
        let from = (0..index).rev().max_by_key(|other| shared(&self.lists[*other]));
        let shared = from.map_or(0, |other| shared(&self.lists[other]));
        let parted = list.get(shared).or_else(|| self.lists[from?].get(shared));
        Fork { from, shared, at: parted.map_or(0.0, |timed| timed.at_us) }
    }

    /// A future is left behind: `root` began it all, `left` is kept.
    pub(super) fn leave(&mut self, root: &[TimedAct], left: &[TimedAct]) {
        if self.lists.is_empty() {
            self.lists.push(root.to_vec());
        }
        self.keep(left);
    }

    /// The run of `old` has become that of `new`: on another branch, or the same one longer.
    pub(super) fn follow(&mut self, old: &[TimedAct], new: &[TimedAct], parted: bool) {
        if self.lists.is_empty() {
            return;
        }
        match self.lists.iter().position(|list| list == old).filter(|index| *index > 0 && !parted) {
            Some(index) if !self.lists.iter().any(|list| list == new) => self.lists[index] = new.to_vec(),
            _ => self.keep(new),
        }
    }

    fn keep(&mut self, list: &[TimedAct]) {
        if !self.lists.iter().any(|kept| kept == list) {
            if self.lists.len() == MOST {
                self.lists.remove(1);
            }
            self.lists.push(list.to_vec());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Acts;
    use super::*;
    use crate::protocol::Act;

    fn act(acts: &mut Acts, at: Micros, node: &str, seen: Micros) {
        acts.act(at, Act::Flush { node: node.to_owned() }, seen > at);
    }

    /// Each branch as what was done in it, and which one is on the screen.
    fn tree(acts: &Acts) -> (Vec<String>, Option<usize>) {
        let done = |list: &Vec<TimedAct>| {
            let node = |timed: &TimedAct| match &timed.act {
                Act::Flush { node } => node.clone(),
                Act::Set { value, .. } => value.to_string(),
                _ => String::new(),
            };
            list.iter().map(node).collect::<String>()
        };
        (acts.branches().lists().iter().map(done).collect(), acts.branches().here(acts.list()))
    }

    #[test]
    fn acting_at_the_end_of_what_was_seen_makes_no_branch() {
        let mut acts = Acts::default();
        act(&mut acts, 10.0, "a", 10.0);
        act(&mut acts, 20.0, "b", 20.0);
        assert_eq!(tree(&acts), (vec![], None));
    }

    #[test]
    fn what_was_seen_and_what_was_done_further_on_is_kept() {
        let mut acts = Acts::default();
        act(&mut acts, 30.0, "a", 50.0);
        assert_eq!(tree(&acts), (vec!["".into(), "a".into()], Some(1)));
        // Going on along the branch lengthens it.
        act(&mut acts, 60.0, "b", 60.0);
        assert_eq!(tree(&acts), (vec!["".into(), "ab".into()], Some(1)));
        // From between its two acts another way leaves it.
        act(&mut acts, 40.0, "c", 70.0);
        assert_eq!(tree(&acts), (vec!["".into(), "ab".into(), "ac".into()], Some(2)));
        let fork = acts.branches().fork(2);
        assert_eq!((fork.from, fork.shared, fork.at), (Some(1), 1, 40.0));
        assert_eq!(acts.branches().fork(0), Fork { from: None, shared: 0, at: 0.0 });
    }

    #[test]
    fn undo_and_redo_walk_between_branches_and_add_none() {
        let mut acts = Acts::default();
        act(&mut acts, 30.0, "a", 50.0);
        acts.undo();
        assert_eq!(tree(&acts), (vec!["".into(), "a".into()], Some(0)));
        acts.redo();
        assert_eq!(tree(&acts).1, Some(1));
    }

    #[test]
    fn what_was_undone_stays_when_something_else_is_done() {
        let mut acts = Acts::default();
        act(&mut acts, 30.0, "a", 30.0);
        acts.undo();
        act(&mut acts, 30.0, "b", 30.0);
        assert_eq!(tree(&acts), (vec!["".into(), "a".into(), "b".into()], Some(2)));
        assert!(!acts.can_redo());
    }

    #[test]
    fn going_to_a_branch_is_one_undo() {
        let mut acts = Acts::default();
        act(&mut acts, 30.0, "a", 50.0);
        assert!(acts.go_to(0));
        assert_eq!((tree(&acts).1, acts.list().len()), (Some(0), 0));
        assert!(!acts.go_to(0), "there already");
        acts.undo();
        assert_eq!(tree(&acts).1, Some(1));
        assert!(!acts.go_to(9));
    }

    #[test]
    fn a_dragged_knob_is_one_branch() {
        let mut acts = Acts::default();
        for (at, value) in [(5.0, 1), (5.0, 2), (7.0, 3)] {
            acts.turn(at, "a".to_owned(), value.into(), 0.5, true);
        }
        assert_eq!(tree(&acts), (vec!["".into(), "23".into()], Some(1)));
    }

    #[test]
    fn the_oldest_go_but_not_the_root() {
        let mut acts = Acts::default();
        for node in 0..40_u8 {
            act(&mut acts, 30.0, &char::from(b'a' + node % 26).to_string(), 50.0);
            acts.undo();
        }
        let (branches, here) = tree(&acts);
        assert_eq!((branches.len(), branches[0].as_str(), here), (MOST, "", Some(0)));
    }
}
