//! Looking closer: into an instance, at one request's way, along with one request.

use super::{Panel, SPEEDS, State};
use crate::page::trace;
use crate::protocol::{Command, Micros, TraceSpan};
use std::rc::Rc;

/// A request that is followed should take at least this long on the screen, in seconds.
const SHOWN_FOR: f64 = 4.0;

/// Seconds on the screen before it is sent.
const LEAD: f64 = 0.4;

/// The request that one goes along with.
#[derive(Clone, Debug, PartialEq)]
pub struct Follow {
    /// Which, once it is found.
    pub root: Option<u64>,
    /// Whether time passed, and how fast, before.
    before: (bool, f64),
}

impl State {
    pub(super) fn inspect(&mut self, instance: Option<u32>) {
        self.stop_following();
        self.panel = instance.map(Panel::Instance);
        self.outbox.inspect(self.run, instance);
    }

    pub(super) fn unfold_node(&mut self, node: u16) {
        let mut nodes: Vec<u16> =
            self.unfolded_nodes.iter().copied().filter(|known| *known != node).collect();
        if nodes.len() == self.unfolded_nodes.len() {
            nodes.push(node);
        }
        self.unfolded_nodes = nodes.into();
    }

    pub(super) fn inspect_link(&mut self, from: u16, to: u16) {
        self.open(Panel::Link(from, to));
    }

    pub(super) fn ask_trace(&mut self, wanted: String) {
        self.open(Panel::Trace);
        self.trace = None;
        self.lesson.opened += 1;
        self.outbox.trace(self.run, wanted);
    }

    /// Goes along with a request from when it is sent, slowly enough to be seen. While a question is open or being
    /// run time is not the learner's, so only its way is shown.
    pub(super) fn follow(&mut self, wanted: String) {
        if self.locked() || self.transport.until.is_some() {
            return self.ask_trace(wanted);
        }
        self.leave_loop();
        let before = match &self.follow {
            Some(follow) => follow.before,
            None => (self.transport.playing, self.transport.speed),
        };
        if self.panel != Some(Panel::Trace) {
            self.close();
        }
        self.interrupt_check();
        self.transport.playing = false;
        self.trace = None;
        self.panel = Some(Panel::Trace);
        self.lesson.opened += 1;
        self.follow = Some(Follow { root: None, before });
        self.outbox.send(Command::Follow { run: self.run, root: Some(wanted) });
    }

    /// A request's way was found, or none.
    pub(super) fn found(&mut self, root: String, spans: Vec<TraceSpan>) {
        let begins = spans.first().map(|span| span.started_us);
        let speed = pace(&spans);
        let same = self.trace.as_ref().is_some_and(|(known, _)| *known == root);
        self.trace = Some((root.clone(), Rc::new(spans)));
        let (Some(follow), Some(begins)) = (&mut self.follow, begins) else {
            return self.stop_following();
        };
        if same {
            return;
        }
        follow.root = u64::from_str_radix(&root, 16).ok();
        self.transport.speed = speed;
        self.seek(begins - LEAD * speed * 1e6);
        self.transport.playing = true;
    }

    /// Time has come to what it is: a followed request that has ended is looked at.
    pub(super) fn keep_following(&mut self) {
        if self.transport.playing && self.followed_has_ended() {
            self.transport.playing = false;
        }
    }

    /// Whether the request that one goes along with has its answer.
    pub(super) fn followed_has_ended(&self) -> bool {
        let spans = self.follow.as_ref().and(self.trace.as_ref());
        spans.and_then(|(_, spans)| over(spans)).is_some_and(|ended| self.head.time >= ended)
    }

    /// What comes may be another way than was foreseen.
    pub(super) fn trace_again(&mut self) {
        if let (Some(Panel::Trace), Some((root, _))) = (&self.panel, &self.trace) {
            let root = root.clone();
            self.outbox.trace(self.run, root);
        }
    }

    /// Time passes again as before.
    pub(super) fn stop_following(&mut self) {
        if let Some(follow) = self.follow.take() {
            (self.transport.playing, self.transport.speed) = follow.before;
            self.outbox.send(Command::Follow { run: self.run, root: None });
        }
    }

    /// Opens something in place of what is open, which ends as if it were closed.
    pub(super) fn open(&mut self, panel: Panel) {
        self.close();
        self.panel = Some(panel);
    }

    pub(super) fn close(&mut self) {
        self.stop_comparing();
        self.stop_searching();
        match self.panel.take() {
            Some(Panel::Instance(_)) => self.outbox.inspect(self.run, None),
            Some(Panel::Trace) => self.stop_following(),
            _ => {}
        }
    }
}

/// When there is nothing more to see: its client has its answer.
fn over(spans: &[TraceSpan]) -> Option<Micros> {
    trace::end(spans).map(|ended| ended + 1.0)
}

/// The fastest speed of those on offer at which the request can be followed by eye.
fn pace(spans: &[TraceSpan]) -> f64 {
    let Some(first) = spans.first() else { return 1.0 };
    let lasts = (trace::last(first) - first.started_us) / 1e6;
    let slow = SPEEDS.iter().rev().map(|(speed, _)| *speed).find(|speed| lasts / speed >= SHOWN_FOR);
    slow.unwrap_or(SPEEDS[0].0)
}
