//! Collects what is wrong.

use std::cell::RefCell;
use std::ops::Range;

use super::super::Problem;
use super::Path;
use crate::sort;

/// More than this help nobody; a file of rubbish would make millions.
const MOST: usize = 100;

/// The problems found so far. Shared by everything that reads, hence the cell.
#[derive(Debug, Default)]
pub(in crate::scenario) struct Problems {
    list: RefCell<Vec<Problem>>,
    /// Keys may be missing only because the parser could not read them.
    pub(super) in_fragments: bool,
}

impl Problems {
    /// For a text whose syntax is wrong: what is missing is not noted.
    pub(in crate::scenario) fn in_fragments() -> Self {
        Self { in_fragments: true, ..Self::default() }
    }

    /// Whether no more are taken, so that nobody need look for more.
    pub(in crate::scenario) fn is_full(&self) -> bool {
        self.list.borrow().len() >= MOST
    }

    /// Notes a problem.
    pub(in crate::scenario) fn push(&self, problem: Problem) {
        let mut list = self.list.borrow_mut();
        if list.len() < MOST {
            list.push(problem);
        }
    }

    /// Notes a problem at a place.
    pub(in crate::scenario) fn add(&self, path: &Path<'_>, span: Option<Range<usize>>, message: String) {
        self.push(Problem { path: path.to_string(), span, message, help: None });
    }

    /// Whether there is none.
    pub(in crate::scenario) fn is_empty(&self) -> bool {
        self.list.borrow().is_empty()
    }

    /// All of them in the order of the text, those without a place last.
    pub(in crate::scenario) fn into_sorted(self) -> Vec<Problem> {
        let mut list = self.list.into_inner();
        sort::by_key(&mut list, |problem| problem.span.as_ref().map_or(usize::MAX, |span| span.start));
        list
    }
}
