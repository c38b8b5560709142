//! Which values a cache takes from a reader that missed, so that an old one is not put back after its key was removed:
//! the reader's query began before a write, its answer arrives after the removal.
//!
//! - Versions: a removal leaves a mark with the version written, and an older value is refused, as is one older than
//!   what is stored (compare and set by version).
//! - Leases (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013): a miss hands out a lease, one per key at a
//!   time; only its holder's value is taken, and a removal makes it void. The lease is the request it was given to.
//!
//! Marks and leases are remembered for 10 s, at most 100,000 of an instance: beyond either, a race may be lost. O(1).

use crate::engine::cache::{Cache as Engine, Capacity, Lookup, Policy, Settings};
use crate::scenario::RaceGuard;
use crate::sim::time::{Nanos, SECOND, Time};

/// How long a mark or a lease is remembered.
pub(super) const REMEMBERED: Nanos = 10 * SECOND;

const MOST: u64 = 100_000;

/// What one instance of a cache remembers of removals and misses.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    kind: RaceGuard,
    /// By key: the least version taken, or the root of the request that holds the lease.
    marks: Engine,
    left: Vec<u64>,
}

impl Guard {
    pub(super) fn new(kind: RaceGuard) -> Guard {
        let settings =
            Settings { policy: Policy::Fifo, capacity: Capacity::Entries(MOST), ttl: Some(REMEMBERED) };
        Guard { kind, marks: Engine::new(settings), left: Vec::new() }
    }

    /// Another kind from now on; what the old one remembered means nothing to it.
    pub(super) fn set_kind(&mut self, kind: RaceGuard) {
        if self.kind != kind {
            self.kind = kind;
            self.marks.flush();
        }
    }

    /// A reader is told that the key is not there.
    pub(super) fn missed(&mut self, now: Time, key: u64, root: u64) {
        if self.kind == RaceGuard::Leases && self.mark(now, key).is_none() {
            self.set(now, key, root);
        }
    }

    /// Whether a value is taken from the reader that missed. `stored` is the version that stands there.
    pub(super) fn takes(
        &mut self,
        now: Time,
        key: u64,
        root: u64,
        version: u32,
        stored: Option<u64>,
    ) -> bool {
        match self.kind {
            RaceGuard::None => true,
            RaceGuard::Versions => {
                let least = self.mark(now, key).max(stored).unwrap_or(0);
                u64::from(version) >= least
            }
            RaceGuard::Leases => {
                let holds = self.mark(now, key) == Some(root);
                if holds {
                    self.marks.delete(key);
                }
                holds
            }
        }
    }

    /// The store has taken a write of this request, which brings its value: leases of earlier readers are void.
    pub(super) fn written(&mut self, now: Time, key: u64, root: u64) {
        if self.kind == RaceGuard::Leases {
            self.set(now, key, root);
        }
    }

    /// The key was removed because `version` was written.
    pub(super) fn removed(&mut self, now: Time, key: u64, version: u32) {
        match self.kind {
            RaceGuard::None => {}
            RaceGuard::Versions => {
                let least = self.mark(now, key).unwrap_or(0).max(u64::from(version));
                self.set(now, key, least);
            }
            RaceGuard::Leases => {
                self.marks.delete(key);
            }
        }
    }

    fn mark(&mut self, now: Time, key: u64) -> Option<u64> {
        match self.marks.get(now, key) {
            Lookup::Hit { version, .. } => Some(version),
            Lookup::Miss | Lookup::Expired { .. } => None,
        }
    }

    fn set(&mut self, now: Time, key: u64, mark: u64) {
        self.marks.put(now, key, 1, mark, &mut self.left);
        self.left.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens in order, and whether the last of it, a value put back, is taken by each kind of guard.
    #[test]
    fn an_old_value_is_not_put_back() {
        #[derive(Clone, Copy)]
        enum Step {
            Missed(u64),
            Removed(u32),
        }
        use Step::{Missed, Removed};
        // Steps at one-second intervals, then the request that fills and its version: taken by versions, by leases.
        let cases: [(&[Step], u64, u32, [bool; 2]); 7] = [
            (&[Missed(1)], 1, 0, [true, true]),
            (&[Missed(1), Removed(1)], 1, 0, [false, false]),
            (&[Missed(1), Removed(1)], 1, 1, [true, false]),
            (&[Missed(1), Removed(1), Missed(2)], 1, 0, [false, false]),
            (&[Missed(1), Removed(1), Missed(2)], 2, 1, [true, true]),
            (&[Missed(1), Missed(2)], 2, 0, [true, false]),
            (&[Removed(2), Removed(1)], 3, 1, [false, false]),
        ];
        for (number, (steps, root, version, expected)) in cases.into_iter().enumerate() {
            for (kind, expected) in [RaceGuard::Versions, RaceGuard::Leases].into_iter().zip(expected) {
                let mut guard = Guard::new(kind);
                let mut now = 0;
                for step in steps {
                    now += SECOND;
                    match *step {
                        Missed(root) => guard.missed(now, 7, root),
                        Removed(version) => guard.removed(now, 7, version),
                    }
                }
                assert_eq!(guard.takes(now, 7, root, version, None), expected, "case {number}, {kind:?}");
                assert!(Guard::new(RaceGuard::None).takes(now, 7, root, version, Some(9)));
            }
        }
    }

    #[test]
    fn marks_and_leases_are_forgotten_after_ten_seconds() {
        let mut versions = Guard::new(RaceGuard::Versions);
        versions.removed(0, 7, 5);
        assert!(!versions.takes(REMEMBERED - 1, 7, 1, 4, None));
        assert!(versions.takes(REMEMBERED, 7, 1, 4, None));
        assert!(!versions.takes(REMEMBERED, 7, 1, 4, Some(5)));
        let mut leases = Guard::new(RaceGuard::Leases);
        leases.missed(0, 7, 1);
        leases.missed(REMEMBERED, 7, 2);
        assert!(!leases.takes(REMEMBERED, 7, 1, 0, None));
        assert!(leases.takes(REMEMBERED, 7, 2, 0, None));
    }
}
