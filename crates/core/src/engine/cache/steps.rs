//! What a policy did, step by step, for who wants to look on: the facts, in the order in which they came about; the words
//! are for who shows them.
//!
//! Recorded only while asked for: else each place that could tell something costs one look at whether anybody listens.

use super::lists::{List, NOWHERE};
use super::policy::{Handle, Policy};
use super::store::Store;
use super::{Cache, arc, lirs, lru_k, s3_fifo, two_q, w_tiny_lfu};

/// Most steps that are kept until they are taken; later ones are lost.
pub const MOST_STEPS: usize = 100_000;

/// One thing a policy did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// A hit raised the key's count to so many; a mark is a count that ends at 1.
    Counted {
        /// Whose.
        key: u64,
        /// Uses counted now.
        uses: u64,
    },
    /// The key was looked at as a victim, and its count let it stay: it is so much now.
    Spared {
        /// Who stays.
        key: u64,
        /// Uses left.
        uses: u64,
    },
    /// The key went to the back of a queue, of the same one or another.
    Moved {
        /// Who moved.
        key: u64,
        /// Where it stood.
        from: Place,
        /// Where it stands last now.
        to: Place,
    },
    /// A key asked for a place that another has; it gets it if its uses are more.
    Compared {
        /// Who asks.
        key: u64,
        /// About how often it was used of late.
        uses: u64,
        /// Who would have to leave.
        victim: u64,
        /// About how often that was used of late.
        victim_uses: u64,
    },
    /// ARC wants so much of the room for keys seen once (T1) from now on.
    Target {
        /// Before, in keys or bytes.
        from: f64,
        /// Now.
        to: f64,
    },
    /// The key had to leave.
    Left {
        /// Who left.
        key: u64,
        /// The queue it was in.
        from: Place,
        /// Where it is remembered, if it is.
        to: Option<Place>,
    },
    /// A key that had left is no longer remembered.
    Forgotten {
        /// Which.
        key: u64,
        /// Where it was remembered.
        from: Place,
    },
    /// A key that had left is asked for again.
    Returned {
        /// Which.
        key: u64,
        /// Where it was remembered.
        from: Place,
    },
    /// The key came in.
    Entered {
        /// Who.
        key: u64,
        /// At the back of which queue.
        into: Place,
    },
    /// The key was not let in.
    Refused {
        /// Who.
        key: u64,
    },
}

/// A queue of a policy, by the name that its paper gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The only one there is.
    Queue,
    /// Keys that have left, where there is one such list.
    Ghosts,
    /// S3-FIFO's queue for newcomers.
    Small,
    /// S3-FIFO's other queue.
    Main,
    /// W-TinyLFU's queue for newcomers.
    Window,
    /// The part of W-TinyLFU's main cache from which victims come.
    Probation,
    /// The other part.
    Protected,
    /// Segment of SLRU, 0 the lowest.
    Segment(u8),
    /// ARC's keys seen once.
    T1,
    /// ARC's keys seen again.
    T2,
    /// Ghosts of T1.
    B1,
    /// Ghosts of T2.
    B2,
    /// 2Q's queue for newcomers.
    A1In,
    /// Keys that have left it.
    A1Out,
    /// 2Q's main queue.
    Am,
    /// LIRS' stack.
    Stack,
    /// LIRS' entries with little between their uses.
    Lir,
    /// LIRS' queue of the others.
    Hir,
    /// No queue: chance, a count or a rank decides.
    Unordered,
}

/// Steps since they were taken last.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    policy: Policy,
    list: Vec<Step>,
}

impl Cache {
    /// Whether the policy's steps are recorded from now on. Those recorded and not taken are forgotten.
    pub fn record_steps(&mut self, on: bool) {
        let policy = self.settings.policy;
        self.store.steps = on.then(|| Box::new(Steps { policy, list: Vec::new() }));
    }

    /// Appends the steps since they were taken last to `steps`, and forgets them here.
    pub fn take_steps(&mut self, steps: &mut Vec<Step>) {
        if let Some(recorded) = &mut self.store.steps {
            steps.append(&mut recorded.list);
        }
    }

    /// Goes on recording, if steps are recorded, under the policy that is in force now.
    pub(super) fn rename_steps(&mut self) {
        if let Some(steps) = &mut self.store.steps {
            steps.policy = self.settings.policy;
        }
    }
}

impl Store {
    /// Records a step if somebody listens.
    #[inline]
    pub(super) fn tell(&mut self, step: impl FnOnce(&Store) -> Step) {
        if self.steps.is_some() {
            let step = step(self);
            self.record(self.told(), step);
        }
    }

    /// How many steps are recorded.
    #[inline]
    pub(super) fn told(&self) -> usize {
        self.steps.as_ref().map_or(0, |steps| steps.list.len())
    }

    /// A new entry stands where its list says; what that moved comes after it, though it is known before.
    pub(super) fn tell_entered(&mut self, at: usize, entry: Handle) {
        if self.steps.is_some() {
            let step = Step::Entered { key: self.get(entry).key, into: self.place(self.list(entry)) };
            self.record(at, step);
        }
    }

    /// An entry has been chosen: it is on no list but one of ghosts.
    #[inline]
    pub(super) fn tell_left(&mut self, entry: Handle) {
        self.tell(|store| {
            let (key, list) = (store.get(entry).key, store.list(entry));
            let to = (list != NOWHERE).then(|| store.place(list));
            Step::Left { key, from: store.place(store.slots[entry as usize].was_on.into()), to }
        });
    }

    fn record(&mut self, at: usize, step: Step) {
        if let Some(steps) = &mut self.steps
            && steps.list.len() < MOST_STEPS
        {
            steps.list.insert(at, step);
        }
    }

    /// What the policy in force calls one of its lists.
    pub(super) fn place(&self, list: List) -> Place {
        place(self.steps.as_ref().map_or(Policy::Fifo, |steps| steps.policy), list)
    }
}

/// What a policy calls one of its lists.
pub(super) fn place(policy: Policy, list: List) -> Place {
    match (policy, list) {
        (Policy::Slru, segment) => Place::Segment(segment as u8),
        (Policy::S3Fifo, s3_fifo::SMALL) => Place::Small,
        (Policy::S3Fifo, s3_fifo::MAIN) => Place::Main,
        (Policy::WTinylfu, w_tiny_lfu::WINDOW) => Place::Window,
        (Policy::WTinylfu, w_tiny_lfu::PROBATION) => Place::Probation,
        (Policy::WTinylfu, w_tiny_lfu::PROTECTED) => Place::Protected,
        (Policy::Arc, arc::T1) => Place::T1,
        (Policy::Arc, arc::T2) => Place::T2,
        (Policy::Arc, arc::B1) => Place::B1,
        (Policy::Arc, arc::B2) => Place::B2,
        (Policy::TwoQ, two_q::A1_IN) => Place::A1In,
        (Policy::TwoQ, two_q::A1_OUT) => Place::A1Out,
        (Policy::TwoQ, two_q::AM) => Place::Am,
        (Policy::Lirs, lirs::S) => Place::Stack,
        (Policy::Lirs, lirs::LIR) => Place::Lir,
        (Policy::Lirs, lirs::Q) => Place::Hir,
        (Policy::S3Fifo, s3_fifo::GHOSTS) | (Policy::LruK, lru_k::GHOSTS) | (Policy::Lirs, lirs::GHOSTS) => {
            Place::Ghosts
        }
        (Policy::Random | Policy::Lfu | Policy::Lfuda | Policy::LruK, _) => Place::Unordered,
        (Policy::RedisLru | Policy::RedisLfu | Policy::Gdsf, _) => Place::Unordered,
        _ => Place::Queue,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Capacity, Lookup, Settings};
    use super::*;

    /// Serves the keys and gives the steps of the last of them, in short.
    fn steps(policy: Policy, capacity: u64, keys: &[u64]) -> String {
        let settings = Settings { policy, capacity: Capacity::Entries(capacity), ttl: None };
        let mut cache = Cache::new(settings);
        cache.record_steps(true);
        let mut steps = Vec::new();
        for &key in keys {
            steps.clear();
            if cache.get(0, key) == Lookup::Miss {
                cache.put(0, key, 1, 0, &mut Vec::new());
            }
            cache.take_steps(&mut steps);
        }
        steps.iter().map(said).collect::<Vec<_>>().join(", ")
    }

    fn said(step: &Step) -> String {
        match *step {
            Step::Counted { key, uses } => format!("{key} counts {uses}"),
            Step::Spared { key, uses } => format!("{key} stays with {uses}"),
            Step::Moved { key, from, to } if from == to => format!("{key} to back of {from:?}"),
            Step::Moved { key, from, to } => format!("{key} {from:?}>{to:?}"),
            Step::Compared { key, uses, victim, victim_uses } => {
                format!("{key}:{uses} or {victim}:{victim_uses}")
            }
            Step::Target { from, to } => format!("target {from}>{to}"),
            Step::Left { key, from, to: None } => format!("{key} leaves {from:?}"),
            Step::Left { key, from, to: Some(to) } => format!("{key} leaves {from:?} for {to:?}"),
            Step::Forgotten { key, from } => format!("{key} forgotten by {from:?}"),
            Step::Returned { key, from } => format!("{key} back from {from:?}"),
            Step::Entered { key, into } => format!("{key} enters {into:?}"),
            Step::Refused { key } => format!("{key} refused"),
        }
    }

    /// Followed by hand with the papers beside.
    #[test]
    fn a_policy_tells_what_it_did() {
        let cases: [(Policy, u64, &[u64], &str); 27] = [
            (Policy::Fifo, 2, &[1, 2, 3], "1 leaves Queue, 3 enters Queue"),
            (Policy::Fifo, 2, &[1, 2, 1], ""),
            (Policy::Lru, 2, &[1, 2, 1], "1 to back of Queue"),
            (Policy::Lru, 2, &[1, 2, 1, 3], "2 leaves Queue, 3 enters Queue"),
            (Policy::Clock, 2, &[1, 1], "1 counts 1"),
            (Policy::Clock, 2, &[1, 2, 1, 3], "1 stays with 0, 2 leaves Queue, 3 enters Queue"),
            (
                Policy::Sieve,
                3,
                &[1, 2, 3, 1, 2, 4],
                "1 stays with 0, 2 stays with 0, 3 leaves Queue, 4 enters Queue",
            ),
            (Policy::Sieve, 3, &[1, 2, 3, 1, 2, 4, 5], "1 leaves Queue, 5 enters Queue"),
            (Policy::Lfu, 2, &[1, 1, 1], "1 counts 3"),
            (Policy::Lfu, 2, &[1, 1, 2, 3], "2 leaves Unordered, 3 enters Unordered"),
            // One of two is for HIR entries: 2 is on the stack, is asked for again, and changes places with 1.
            (Policy::Lirs, 2, &[1, 2, 2], "2 to back of Stack, 2 Hir>Lir, 1 Lir>Hir"),
            // Who leaves stays on the stack as a ghost.
            (Policy::Lirs, 2, &[1, 2, 3], "2 leaves Hir for Stack, 3 enters Stack"),
            (Policy::Slru, 4, &[1, 2, 3, 4, 4], "4 to back of Segment(3)"),
            (Policy::Slru, 4, &[1, 2, 3, 4, 1], "1 Segment(0)>Segment(1), 2 Segment(1)>Segment(0)"),
            (Policy::Slru, 8, &[1, 2, 1], "1 Segment(0)>Segment(1)"),
            (Policy::TwoQ, 4, &[1, 2, 3, 4, 5], "1 leaves A1In for A1Out, 5 enters A1In"),
            (Policy::TwoQ, 4, &[1, 2, 3, 4, 5, 1], "1 back from A1Out, 2 leaves A1In for A1Out, 1 enters Am"),
            (
                Policy::TwoQ,
                4,
                &[1, 2, 3, 4, 5, 6, 7],
                "1 forgotten by A1Out, 3 leaves A1In for A1Out, 7 enters A1In",
            ),
            (Policy::Arc, 2, &[1, 1], "1 T1>T2"),
            (Policy::Arc, 2, &[1, 1, 2, 3], "2 leaves T1 for B1, 3 enters T1"),
            (Policy::Arc, 2, &[1, 1, 2, 3, 2], "2 back from B1, target 0>1, 1 leaves T2 for B2, 2 enters T2"),
            (Policy::S3Fifo, 10, &[1, 2, 2], "2 counts 1"),
            (
                Policy::S3Fifo,
                10,
                &[1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
                "1 Small>Main, 2 leaves Main, 11 enters Small",
            ),
            (
                Policy::S3Fifo,
                10,
                &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
                "1 leaves Small for Ghosts, 11 enters Small",
            ),
            (
                Policy::S3Fifo,
                10,
                &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1],
                "1 back from Ghosts, 11 leaves Small for Ghosts, 1 enters Main",
            ),
            (Policy::WTinylfu, 3, &[1, 2, 3, 4], "3:1 or 1:1, 3 leaves Window, 4 enters Window"),
            (
                Policy::WTinylfu,
                3,
                &[1, 2, 3, 3, 4],
                "3:2 or 1:1, 3 Window>Probation, 1 leaves Probation, 4 enters Window",
            ),
        ];
        for (policy, capacity, keys, expected) in cases {
            assert_eq!(steps(policy, capacity, keys), expected, "{policy:?} of {capacity}, {keys:?}");
        }
    }

    #[test]
    fn a_refused_value_is_told() {
        let settings = Settings { policy: Policy::WTinylfu, capacity: Capacity::Bytes(100), ttl: None };
        let mut cache = Cache::new(settings);
        for key in 0..100 {
            cache.put(0, key, 1, 0, &mut Vec::new());
        }
        cache.record_steps(true);
        cache.put(0, 200, 50, 0, &mut Vec::new());
        let mut steps = Vec::new();
        cache.take_steps(&mut steps);
        let said: Vec<String> = steps.iter().map(said).collect();
        assert_eq!(said, ["200:1 or 0:1", "200 refused"]);
    }
}
