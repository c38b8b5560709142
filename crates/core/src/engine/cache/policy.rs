//! Which entry leaves when there is no room: the setting, and the seam behind which a policy lives.
//!
//! A new policy is one file that implements [`Eviction`], one variant of [`Policy`] with its doc comment, and the
//! two arms the compiler then asks for below.

use super::fifo::Fifo;
use super::lru::Lru;
use serde::{Deserialize, Serialize};

/// Which entry leaves when the cache is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Policy {
    /// First in, first out: the entry stored longest ago leaves, however often it is read.
    Fifo,
    /// Least recently used: the entry that was not read or written for the longest time leaves.
    #[default]
    Lru,
}

impl Policy {
    /// Every policy, in the order of the list above.
    pub const ALL: [Policy; 2] = [Policy::Fifo, Policy::Lru];
}

/// Place of an entry in its store; small, and reused after the entry has left.
pub(super) type Handle = u32;

/// What a policy is told, and the one thing it is asked.
pub(super) trait Eviction {
    /// A new entry was stored under a handle that is not in use.
    fn insert(&mut self, entry: Handle);

    /// An entry was read, or its value replaced.
    fn hit(&mut self, entry: Handle);

    /// An entry left, whether chosen as victim or not.
    fn remove(&mut self, entry: Handle);

    /// Who leaves next; none only if there is no entry. The caller then removes it.
    fn victim(&mut self) -> Option<Handle>;

    /// Calls `visit` for at most `limit` entries, the next victim first, as if nothing happened from now on.
    fn in_order(&self, limit: usize, visit: &mut dyn FnMut(Handle));

    /// The same from the other end: who stays longest first.
    fn in_reverse(&self, limit: usize, visit: &mut dyn FnMut(Handle));

    /// Bytes the policy's own state occupies.
    fn memory(&self) -> u64;

    /// Recounts the policy's own state from scratch.
    ///
    /// # Errors
    /// What is wrong, in words.
    fn validate(&self) -> Result<(), String>;
}

/// The state of the policy in force.
#[derive(Clone, Debug)]
pub(super) enum State {
    Fifo(Fifo),
    Lru(Lru),
}

impl State {
    pub(super) fn new(policy: Policy) -> Self {
        match policy {
            Policy::Fifo => State::Fifo(Fifo::default()),
            Policy::Lru => State::Lru(Lru::default()),
        }
    }
}

/// `$call` on whichever policy is in force, without a table of functions on the hot path.
macro_rules! each {
    ($state:expr, $policy:ident => $call:expr) => {
        match $state {
            State::Fifo($policy) => $call,
            State::Lru($policy) => $call,
        }
    };
}

impl Eviction for State {
    #[inline]
    fn insert(&mut self, entry: Handle) {
        each!(self, policy => policy.insert(entry));
    }

    #[inline]
    fn hit(&mut self, entry: Handle) {
        each!(self, policy => policy.hit(entry));
    }

    #[inline]
    fn remove(&mut self, entry: Handle) {
        each!(self, policy => policy.remove(entry));
    }

    #[inline]
    fn victim(&mut self) -> Option<Handle> {
        each!(self, policy => policy.victim())
    }

    fn in_order(&self, limit: usize, visit: &mut dyn FnMut(Handle)) {
        each!(self, policy => policy.in_order(limit, visit));
    }

    fn in_reverse(&self, limit: usize, visit: &mut dyn FnMut(Handle)) {
        each!(self, policy => policy.in_reverse(limit, visit));
    }

    fn memory(&self) -> u64 {
        each!(self, policy => policy.memory())
    }

    fn validate(&self) -> Result<(), String> {
        each!(self, policy => policy.validate())
    }
}
