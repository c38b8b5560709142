//! Ways through time: a stretch again and again, to what happens next, to another branch.

use super::State;
use crate::protocol::{Command, Happening, Micros, NodeKind, Task};

/// How much is repeated, and how slowly.
const STRETCH: Micros = 2e6;
const SLOWLY: f64 = 0.1;

/// Simulated time that counts as seen further on: the worker is always a little ahead.
const AHEAD: Micros = 1e6;

/// A stretch of time that is repeated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Where it begins.
    pub from: Micros,
    /// Where it ends, and the run goes on after it.
    pub to: Micros,
    /// Speed before.
    speed: f64,
    /// Whether time passed before.
    playing: bool,
    /// Whether a frame from inside has come: until then those on their way are from its end.
    inside: bool,
}

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Happened {
    /// What was looked for.
    pub what: Happening,
    /// Whether it happens.
    pub found: bool,
    /// When it does, or where the run still stands.
    pub at_us: Micros,
    /// At which instance.
    pub place: Option<u32>,
}

impl State {
    /// The last two seconds, slowly and again and again, until somebody ends it.
    pub(super) fn slowly(&mut self) {
        if self.transport.looped.is_some() {
            return self.end_loop();
        }
        if self.locked() || self.head.time <= 0.0 {
            return;
        }
        self.stop_following();
        let (to, speed, playing) = (self.head.time, self.transport.speed, self.transport.playing);
        let from = (to - STRETCH).max(0.0);
        self.jump(from);
        self.transport.looped = Some(Stretch { from, to, speed, playing, inside: false });
        self.transport.speed = SLOWLY;
        self.transport.playing = true;
    }

    /// On as before, from the end of the stretch.
    pub(super) fn end_loop(&mut self) {
        let Some(stretch) = self.transport.looped.take() else { return };
        self.jump(stretch.to);
        self.transport.speed = stretch.speed;
        self.transport.playing = stretch.playing;
    }

    /// The learner goes elsewhere: at the old speed, from there.
    pub(super) fn leave_loop(&mut self) {
        if let Some(stretch) = self.transport.looped.take() {
            self.transport.speed = stretch.speed;
        }
    }

    /// A frame has come. Whether the stretch begins again with it.
    pub(super) fn repeats(&mut self) -> bool {
        let time = self.head.time;
        let Some(stretch) = &mut self.transport.looped else { return false };
        if time < stretch.to {
            stretch.inside = true;
            return false;
        }
        if std::mem::take(&mut stretch.inside) {
            let from = stretch.from;
            self.jump(from);
            self.transport.playing = true;
        }
        true
    }

    pub(super) fn next(&mut self, what: Happening) {
        if self.locked() || self.phase != super::Phase::Ready || !self.offers(what) {
            return;
        }
        self.interrupt_check();
        self.leave_loop();
        self.transport.playing = false;
        self.sought = what;
        self.busy = Some((Task::Search, 0.0));
        self.outbox.send(Command::Next { run: self.run, what });
    }

    /// Whether the system can come to it, as far as that may be known.
    pub fn offers(&self, what: Happening) -> bool {
        let Some(view) = &self.view else { return false };
        match what {
            Happening::Eviction | Happening::Expiry => {
                view.nodes.iter().any(|node| node.kind == NodeKind::Cache)
            }
            Happening::PoolTimeout => view.links.iter().any(|link| link.pooled),
            Happening::Action => !self.hides_disturbances(),
            Happening::Queue | Happening::Failure | Happening::Down | Happening::Up => true,
        }
    }

    pub(super) fn stop_searching(&mut self) {
        if matches!(self.busy, Some((Task::Search, _))) {
            self.busy = None;
            self.outbox.send(Command::Cancel { run: self.run });
        }
    }

    pub(super) fn arrive_at(&mut self, happened: Happened) {
        // Who went elsewhere meanwhile is not called back.
        if !matches!(self.busy, Some((Task::Search, _))) {
            return;
        }
        self.busy = None;
        self.head.time = happened.at_us;
        self.stands_from = happened.at_us;
        self.happened = Some(happened);
    }

    pub(super) fn go_to_branch(&mut self, index: usize) {
        if !self.locked() && self.acts.go_to(index) {
            self.replay();
        }
    }

    /// Whether the run was seen further on than where it stands.
    pub(super) fn seen_further(&self) -> bool {
        let ahead = AHEAD.max(0.5e6 * self.transport.speed.min(1e3));
        self.head.reached > self.head.time + ahead
    }
}
