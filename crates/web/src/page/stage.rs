//! What is drawn rather than decided upon: frames, rows, insides. It changes sixty times a second and so stands
//! beside the store; components read it when a beat makes them render.

use crate::protocol::frame::Frame;
use crate::protocol::{Inside, Micros, Row, WINDOW};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The latest that the worker has told of the run on the screen.
#[derive(Debug, Default)]
pub struct Stage {
    frame: RefCell<Frame>,
    rows: RefCell<Rc<Vec<Row>>>,
    inside: RefCell<Option<Inside>>,
    changes: Cell<u32>,
}

/// A handle on the one stage: all are equal.
#[derive(Clone, Debug, Default)]
pub struct StageHandle(Rc<Stage>);

impl PartialEq for StageHandle {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::ops::Deref for StageHandle {
    type Target = Stage;

    fn deref(&self) -> &Stage {
        &self.0
    }
}

impl Stage {
    /// Another run begins.
    pub fn clear(&self) {
        self.frame.replace(Frame::default());
        self.rows.replace(Rc::default());
        self.inside.replace(None);
        self.changes.set(self.changes.get().wrapping_add(1));
    }

    /// Keeps a frame; its hops are drawn, not kept.
    pub fn keep(&self, frame: &Frame) {
        let mut kept = self.frame.borrow_mut();
        kept.instances.clone_from(&frame.instances);
        kept.balancers.clone_from(&frame.balancers);
        kept.time = frame.time;
        kept.run = frame.run;
    }

    /// Replaces the rows from `from` on.
    pub fn replace_rows(&self, from: u32, rows: Vec<Row>) {
        let mut kept = self.rows.borrow_mut();
        let all = Rc::make_mut(&mut kept);
        all.resize_with(from as usize, Row::default);
        all.extend(rows);
        self.changes.set(self.changes.get().wrapping_add(1));
    }

    /// Keeps an inside.
    pub fn look_into(&self, inside: Inside) {
        if self.inside.borrow().as_ref() != Some(&inside) {
            self.inside.replace(Some(inside));
            self.changes.set(self.changes.get().wrapping_add(1));
        }
    }

    /// The latest frame, without hops.
    pub fn frame(&self) -> std::cell::Ref<'_, Frame> {
        self.frame.borrow()
    }

    /// All rows so far, shared.
    pub fn rows(&self) -> Rc<Vec<Row>> {
        self.rows.borrow().clone()
    }

    /// The inside of the instance looked into.
    pub fn inside(&self) -> Option<Inside> {
        self.inside.borrow().clone()
    }

    /// Raised when rows or the inside change.
    pub fn changes(&self) -> u32 {
        self.changes.get()
    }

    /// The last whole window before `time`.
    pub fn row_at(&self, time: Micros) -> Option<Row> {
        let rows = self.rows.borrow();
        let index = (time / WINDOW).floor() as usize;
        index.checked_sub(1).and_then(|index| rows.get(index.min(rows.len().checked_sub(1)?)).cloned())
    }

    /// Mean time in the system over the windows of the last `span`, in microseconds.
    pub fn mean_before(&self, time: Micros, span: Micros) -> Option<f64> {
        let rows = self.rows.borrow();
        let end = ((time / WINDOW).ceil() as usize).min(rows.len());
        let start = end.saturating_sub((span / WINDOW) as usize);
        let ended = |row: &Row| f64::from(row.ok + row.failed);
        let (sum, count) = rows[start..end].iter().fold((0.0, 0.0), |(sum, count), row| match row.mean {
            Some(mean) => (sum + mean * ended(row), count + ended(row)),
            None => (sum, count),
        });
        (count > 0.0).then(|| sum / count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(mean: f64, ok: u32) -> Row {
        Row { mean: Some(mean), ok, ..Row::default() }
    }

    #[test]
    fn rows_from_a_branch_replace_what_followed() {
        let stage = Stage::default();
        stage.replace_rows(0, vec![row(1.0, 1), row(2.0, 1), row(3.0, 1)]);
        stage.replace_rows(1, vec![row(9.0, 1)]);
        assert_eq!(stage.rows().len(), 2);
        assert_eq!(stage.row_at(600_000.0).and_then(|row| row.mean), Some(9.0));
        assert_eq!(stage.row_at(100_000.0), None);
    }

    #[test]
    fn a_mean_over_windows_weighs_by_requests() {
        let stage = Stage::default();
        stage.replace_rows(0, vec![row(100.0, 0), row(10.0, 3), Row::default(), row(50.0, 1)]);
        assert_eq!(stage.mean_before(1e6, 1e6), Some(20.0));
        assert_eq!(stage.mean_before(0.0, 1e6), None);
    }
}
