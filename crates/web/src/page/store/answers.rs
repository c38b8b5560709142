//! What the worker says, taken into the state. Answers about former runs are dropped.

use super::{Happened, Notice, Phase, Prediction, State};
use crate::protocol::{Answer, RunId, Task, View};
use std::rc::Rc;

impl State {
    pub(super) fn take(&mut self, answer: Answer) {
        if run_of(&answer).is_some_and(|run| run != self.run) {
            return;
        }
        match answer {
            // Series and Inside are drawn, not decided upon; the stage keeps them.
            Answer::Ready { .. } | Answer::Series { .. } | Answer::Inside { .. } => {}
            Answer::Loaded { view, .. } => self.loaded(*view),
            Answer::Problems { problems, .. } if self.view.is_none() && self.shared.is_some() => {
                self.open_as_shipped(problems);
            }
            Answer::Problems { problems, .. } => {
                self.busy = None;
                self.comparing.running = false;
                self.begins_again = false;
                self.phase = Phase::Ready;
                if !problems.is_empty() {
                    self.notice = Some(Notice::Problems(problems));
                }
            }
            Answer::Refused { acts, .. } => self.refused(acts),
            Answer::Trace { root, spans, .. } => self.found(root, spans),
            Answer::Measured { values, .. } => self.measured(values),
            Answer::Compared { values, .. } => {
                self.busy = None;
                self.reveal(values);
            }
            Answer::Evaluated { evaluated, .. } => self.judged(evaluated),
            Answer::Progress { task, done, .. } if self.awaits(task) => {
                self.busy = (done < 1.0).then_some((task, done));
            }
            Answer::Progress { .. } => {}
            Answer::Arrived { at_us, .. } => {
                self.busy = None;
                self.head.time = at_us;
                if self.transport.until.is_some() {
                    self.arrived();
                }
            }
            Answer::ComparedSides { comparison, .. } => self.compared(*comparison),
            Answer::Happened { what, found, at_us, place, .. } => {
                self.arrive_at(Happened { what, found, at_us, place });
            }
            Answer::Dots { dots, .. } => self.dots = Rc::new(dots),
            // The page packs the link from it, or saves the file.
            Answer::Reported { .. } => {
                self.busy = None;
                self.saving = false;
            }
            Answer::Table { .. } => self.busy = None,
            Answer::Crashed { message } => self.phase = Phase::Crashed(message),
        }
    }

    /// Whether progress of a task is news: one that was called off may still have told some.
    fn awaits(&self, task: Task) -> bool {
        match task {
            Task::Evaluate => self.lesson.checking,
            Task::CompareSides => self.comparing.running,
            Task::Search => matches!(self.busy, Some((Task::Search, _))),
            _ => true,
        }
    }

    fn loaded(&mut self, view: View) {
        let first = self.view.is_none();
        self.phase = Phase::Ready;
        self.view = Some(Rc::new(view));
        if first {
            self.remember_opening();
            self.check_engine();
        } else {
            // What is as it is set says so at once.
            self.measure_goals();
        }
    }

    fn check_engine(&mut self) {
        if let (Some(file), Some(view)) = (&self.shared, &self.view)
            && file.engine != view.engine
        {
            self.notice = Some(Notice::OtherEngine(file.engine, view.engine));
        }
    }

    fn measured(&mut self, values: Vec<Option<f64>>) {
        match self.lesson.prediction {
            Prediction::Running { .. } => self.reveal(values),
            _ => self.lesson.so_far = values,
        }
    }
}

/// The run an answer is about; none for those about the worker itself.
fn run_of(answer: &Answer) -> Option<RunId> {
    match answer {
        Answer::Ready { .. } | Answer::Crashed { .. } => None,
        Answer::Problems { run, .. } => *run,
        Answer::Loaded { run, .. }
        | Answer::Series { run, .. }
        | Answer::Inside { run, .. }
        | Answer::Trace { run, .. }
        | Answer::Measured { run, .. }
        | Answer::Compared { run, .. }
        | Answer::Evaluated { run, .. }
        | Answer::Progress { run, .. }
        | Answer::Arrived { run, .. }
        | Answer::ComparedSides { run, .. }
        | Answer::Happened { run, .. }
        | Answer::Table { run, .. }
        | Answer::Dots { run, .. }
        | Answer::Refused { run, .. }
        | Answer::Reported { run, .. } => Some(*run),
    }
}
