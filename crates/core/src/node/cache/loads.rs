//! Which keys are being loaded into one instance of a cache, and who waits for that.
//!
//! A load begins with the miss that is sent to ask, and ends when its value is put in. One that takes longer than
//! `wait_timeout` is taken for lost. At most 100,000 are remembered. O(1).

use super::super::lines::Lines;
use crate::engine::cache::{Cache as Engine, Capacity, Lookup, Policy, Settings};
use crate::sim::call::VisitId;
use crate::sim::time::{Nanos, Time};

const MOST: u64 = 100_000;

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Loads {
    /// By key: when its load began.
    under_way: Engine,
    /// Some have waited long enough and left without being taken out.
    waiting: Lines,
    left: Vec<u64>,
}

impl Loads {
    pub(super) fn new(timeout: Nanos) -> Loads {
        Loads { under_way: Engine::new(settings(timeout)), waiting: Lines::default(), left: Vec::new() }
    }

    /// From now on, for loads that begin from now on.
    pub(super) fn set_timeout(&mut self, timeout: Nanos) {
        self.under_way.reconfigure(settings(timeout), &mut self.left);
    }

    /// For how long a load of this key has been under way, if one is.
    pub(super) fn since(&mut self, now: Time, key: u64) -> Option<Nanos> {
        match self.under_way.get(now, key) {
            Lookup::Hit { age, .. } => Some(age),
            Lookup::Miss | Lookup::Expired { .. } => None,
        }
    }

    /// A load begins. Whether there was none of this key.
    pub(super) fn begin(&mut self, now: Time, key: u64) -> bool {
        let is_first = self.since(now, key).is_none();
        if is_first {
            self.begin_anew(now, key);
        }
        is_first
    }

    /// A load begins in place of one that is lost.
    pub(super) fn begin_anew(&mut self, now: Time, key: u64) {
        self.under_way.put(now, key, 1, 0, &mut self.left);
        self.left.clear();
    }

    pub(super) fn end(&mut self, key: u64) {
        self.under_way.delete(key);
    }

    pub(super) fn wait(&mut self, key: u64, visit: VisitId) {
        self.waiting.join(key, visit);
    }

    /// Takes the one who came first for a key; it may have left since.
    pub(super) fn next_waiting(&mut self, key: u64) -> Option<VisitId> {
        self.waiting.take(key)
    }

    /// Somebody waits no longer: whoever came first leaves first, unless the time was changed meanwhile.
    pub(super) fn leave(&mut self, key: u64, visit: VisitId) {
        if self.waiting.first(key) == Some(visit) {
            self.waiting.take(key);
        }
    }
}

fn settings(timeout: Nanos) -> Settings {
    Settings { policy: Policy::Fifo, capacity: Capacity::Entries(MOST), ttl: Some(timeout) }
}
