//! Copies of a run along its way, so that going back means replaying a fraction of a second and not everything.
//!
//! A copy is made where a window closes, once enough work lies behind the last one (about 100 ms of replay) or, where
//! a copy is cheap, after every 64th of the run. All copies together stay below 64 MiB by estimate: above that every
//! second one goes and the distance doubles.

use super::run::Run;
use crate::sim::time::{Nanos, Time};

/// Work between two copies: natively less than 100 ms, in a browser about 150 ms.
const WORK: u64 = 400_000;

/// All copies together, in bytes.
const BYTES: usize = 64 << 20;

/// A copy so small that it may be made only for the time that passed.
const CHEAP: usize = 512 << 10;

/// What a copy holds besides its simulator: the open window and pointers to closed ones.
const OBSERVERS: usize = 32 << 10;

#[derive(Clone, Debug)]
pub(super) struct Keyframes {
    /// The run before its first event.
    start: Run,
    kept: Vec<Kept>,
    work: u64,
    interval: Nanos,
    bytes: usize,
    limit: usize,
}

#[derive(Clone, Debug)]
struct Kept {
    run: Run,
    bytes: usize,
}

impl Keyframes {
    /// Keyframes of a run that stands at its start and will last for `duration`.
    pub(super) fn new(start: Run, duration: Nanos) -> Keyframes {
        Keyframes { start, kept: Vec::new(), work: WORK, interval: duration / 64, bytes: 0, limit: BYTES }
    }

    /// Keeps a copy of `run`, which has just closed a window, if it is far enough from the last one.
    pub(super) fn offer(&mut self, run: &Run) {
        let last = self.kept.last().map_or(&self.start, |kept| &kept.run);
        let (now, before) = (run.simulator.now(), last.simulator.now());
        if now <= before {
            return;
        }
        let bytes = run.simulator.bytes() + OBSERVERS;
        // Work depends on the slices it was done in: a run that was stepped to the last copy may have done more there.
        let far = run.work.saturating_sub(last.work) >= self.work;
        let cheap = bytes <= CHEAP && now - before >= self.interval;
        if !far && !cheap {
            return;
        }
        self.kept.push(Kept { run: run.clone(), bytes });
        self.bytes += bytes;
        if self.bytes > self.limit {
            self.thin_out();
        }
    }

    /// The last copy at or before `time`; the start if there is none.
    pub(super) fn at_or_before(&self, time: Time) -> &Run {
        let after = self.kept.partition_point(|kept| kept.run.simulator.now() <= time);
        after.checked_sub(1).and_then(|last| self.kept.get(last)).map_or(&self.start, |kept| &kept.run)
    }

    /// The last copy before `time`, at which nothing that happens at `time` has happened; the start if there is none.
    pub(super) fn before(&self, time: Time) -> &Run {
        time.checked_sub(1).map_or(&self.start, |before| self.at_or_before(before))
    }

    /// Gives a copy the actions that are still to come: it may be older than the last change of these.
    pub(super) fn prepare(&self, run: &mut Run) {
        run.simulator.adopt_actions(&self.start.simulator);
    }

    /// Forgets what is no longer true: all copies at or after `time`. `start` replaces the one before the first event.
    pub(super) fn cut(&mut self, time: Time, start: Run) {
        self.start = start;
        self.kept.retain(|kept| kept.run.simulator.now() < time);
        self.bytes = self.kept.iter().map(|kept| kept.bytes).sum();
    }

    fn thin_out(&mut self) {
        let mut odd = false;
        self.kept.retain(|_| {
            odd = !odd;
            !odd
        });
        self.bytes = self.kept.iter().map(|kept| kept.bytes).sum();
        self.work = self.work.saturating_mul(2);
        self.interval = self.interval.saturating_mul(2);
    }
}
