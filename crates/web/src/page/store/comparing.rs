//! Two ways the system may be, compared over ten seeds: the worker runs both with the same luck.
//!
//! Each side is run from its beginning with the settings it ends with; what was broken in it is broken at its time.
//! So a setting that was turned late is not diluted by the time before, and the figures are those of
//! `headroom compare`.

use super::judging::last_set;
use super::{Panel, State};
use crate::protocol::{Act, Command, Comparison, NodeKind, Setting, Side, TimedAct};
use std::rc::Rc;

/// Seeds of a comparison, as many as the command line takes by itself.
pub const SEEDS: u32 = 10;

/// One side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// As the step opened.
    Opening,
    /// With everything that was done.
    Now,
    /// As on another branch.
    Branch(usize),
}

/// What is compared with what, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparing {
    /// What the other is compared with, and the other.
    pub sides: [Which; 2],
    /// Whether the runs are being made.
    pub running: bool,
    /// What they came to.
    pub result: Option<Rc<Comparison>>,
}

impl Default for Comparing {
    fn default() -> Self {
        Self { sides: [Which::Opening, Which::Now], running: false, result: None }
    }
}

impl State {
    /// What is done to a side, in order of time.
    fn acts_of(&self, which: Which) -> Vec<TimedAct> {
        match which {
            // What broke before the step began is part of how it opened.
            Which::Opening => self.given_acts(),
            Which::Now => self.acts.list().to_vec(),
            Which::Branch(index) => self.acts.branches().lists().get(index).cloned().unwrap_or_default(),
        }
    }

    /// Everything that can stand on a side: branches without acts are the step's start.
    pub fn sides_offered(&self) -> Vec<Which> {
        let others = self.acts.branches().lists().iter().enumerate();
        let others = others.filter(|(_, acts)| !acts.is_empty());
        let others = others.map(|(index, _)| Which::Branch(index));
        [Which::Opening, Which::Now].into_iter().chain(others).collect()
    }

    /// The settings in which a side differs from the step's start.
    pub fn settings_of(&self, which: Which) -> Vec<Setting> {
        let changed = |(path, value): &Setting| self.opening.get(path) != Some(value);
        last_set(&self.acts_of(which)).into_iter().filter(changed).collect()
    }

    fn side(&self, which: Which) -> Side {
        let breaks = |timed: &&TimedAct| !matches!(timed.act, Act::Set { .. });
        let actions = self.acts_of(which).into_iter().filter(|timed| breaks(&timed)).collect();
        Side { set: self.settings_of(which), actions }
    }

    /// Whether the two sides differ at all.
    pub fn sides_differ(&self) -> bool {
        let [from, to] = self.comparing.sides;
        self.side(from) != self.side(to)
    }

    pub(super) fn open_comparison(&mut self) {
        if self.locked() || self.phase != super::Phase::Ready {
            return;
        }
        self.interrupt_check();
        self.open(Panel::Compare);
        self.transport.playing = false;
        if self.comparing.result.is_none() {
            self.compare_sides();
        }
    }

    pub(super) fn choose_side(&mut self, index: usize, which: Which) {
        self.stop_comparing();
        self.comparing.result = None;
        if let Some(side) = self.comparing.sides.get_mut(index) {
            *side = which;
        }
        self.compare_sides();
    }

    fn compare_sides(&mut self) {
        if !self.sides_differ() {
            return;
        }
        let sides = self.comparing.sides.map(|which| self.side(which));
        let metrics = self.compared_metrics();
        self.comparing.running = true;
        self.busy = Some((crate::protocol::Task::CompareSides, 0.0));
        self.outbox.send(Command::CompareSides { run: self.run, sides, seeds: SEEDS, metrics });
    }

    /// What `headroom compare` prints by itself, and the hit ratio of each cache.
    fn compared_metrics(&self) -> Vec<String> {
        let always = ["latency_s.mean", "latency_s.p99", "requests.ok_ratio", "throughput_per_s"];
        let mut metrics: Vec<String> = always.map(str::to_owned).into();
        if let Some(view) = &self.view {
            if view.receipt.iter().any(|line| line.micro_dollars_per_hour > 0.0) {
                metrics.push("cost_per_hour".to_owned());
            }
            let caches = view.nodes.iter().filter(|node| node.kind == NodeKind::Cache);
            metrics.extend(caches.map(|node| format!("nodes.{}.hit_ratio", node.name)));
        }
        metrics
    }

    pub(super) fn compared(&mut self, comparison: Comparison) {
        self.busy = None;
        if self.comparing.running {
            self.comparing.running = false;
            self.comparing.result = Some(Rc::new(comparison));
        }
    }

    /// No longer: by the learner, or because something else is to be run.
    pub(super) fn stop_comparing(&mut self) {
        if self.comparing.running {
            self.comparing.running = false;
            self.busy = None;
            self.outbox.send(Command::Cancel { run: self.run });
        }
    }
}
