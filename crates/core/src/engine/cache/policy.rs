//! Which entry leaves when there is no room: the setting, and the seam behind which a policy lives.
//!
//! A new policy is one file that implements [`Eviction`], one variant of [`Policy`] with its doc comment, and the
//! arms the compiler then asks for below.

use super::arc::Arc;
use super::clock::Clock;
use super::fifo::Fifo;
use super::gdsf::Gdsf;
use super::lfu::Lfu;
use super::lirs::Lirs;
use super::lists::List;
use super::lru::Lru;
use super::lru_k::LruK;
use super::mru::Mru;
use super::random::Random;
use super::redis::Redis;
use super::s3_fifo::S3Fifo;
use super::sieve::Sieve;
use super::slru::Slru;
use super::store::Store;
use super::two_q::TwoQ;
use super::w_tiny_lfu::WTinyLfu;
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
    /// Most recently used: the entry used last leaves. For loops longer than the cache.
    Mru,
    /// Any entry, by chance.
    Random,
    /// First in, first out, but an entry read since it was last looked at gets another round.
    Clock,
    /// Least frequently used: the entry with the fewest uses since it was stored leaves. Counts never age.
    Lfu,
    /// Least frequently used with dynamic ageing: newcomers start at the count at which the last one left.
    Lfuda,
    /// Segmented LRU: each hit lifts an entry by one of four segments; who leaves comes from the lowest.
    Slru,
    /// Two queues: newcomers pass a short queue; only who is asked for again soon after comes to the long one.
    #[serde(rename = "2q")]
    TwoQ,
    /// The entry whose second-last use is longest ago leaves; who was used only once goes first.
    LruK,
    /// Adaptive: a list of keys seen once and one of keys seen again, whose shares follow what was missed.
    Arc,
    /// Ranks entries by the number of other keys between their last two uses.
    Lirs,
    /// Three first-in-first-out queues: a small one for newcomers, a main one, and one of keys that have left.
    S3Fifo,
    /// One queue and a hand that takes the first unread entry; read ones stay where they stand.
    Sieve,
    /// A small LRU window, and a main part that a newcomer enters only if it is asked for more often than who leaves.
    WTinylfu,
    /// As Redis does: of five random entries and the best found before, the one unused longest.
    RedisLru,
    /// As Redis does: of five random entries and the best found before, the one least often used of late.
    RedisLfu,
    /// Greedy dual by size and frequency: large and rarely used entries leave first.
    Gdsf,
}

impl Policy {
    /// Every policy, in the order of the list above.
    pub const ALL: [Policy; 18] = [
        Policy::Fifo,
        Policy::Lru,
        Policy::Mru,
        Policy::Random,
        Policy::Clock,
        Policy::Lfu,
        Policy::Lfuda,
        Policy::Slru,
        Policy::TwoQ,
        Policy::LruK,
        Policy::Arc,
        Policy::Lirs,
        Policy::S3Fifo,
        Policy::Sieve,
        Policy::WTinylfu,
        Policy::RedisLru,
        Policy::RedisLfu,
        Policy::Gdsf,
    ];

    /// Whether it goes by seconds and minutes, as Redis does; without times all accesses are in one of them, and chance
    /// decides.
    pub fn goes_by_the_clock(self) -> bool {
        matches!(self, Policy::RedisLru | Policy::RedisLfu)
    }

    /// What files call it.
    pub fn name(self) -> &'static str {
        match self {
            Policy::Fifo => "fifo",
            Policy::Lru => "lru",
            Policy::Mru => "mru",
            Policy::Random => "random",
            Policy::Clock => "clock",
            Policy::Lfu => "lfu",
            Policy::Lfuda => "lfuda",
            Policy::Slru => "slru",
            Policy::TwoQ => "2q",
            Policy::LruK => "lru-k",
            Policy::Arc => "arc",
            Policy::Lirs => "lirs",
            Policy::S3Fifo => "s3-fifo",
            Policy::Sieve => "sieve",
            Policy::WTinylfu => "w-tinylfu",
            Policy::RedisLru => "redis-lru",
            Policy::RedisLfu => "redis-lfu",
            Policy::Gdsf => "gdsf",
        }
    }
}

/// Place of an entry in its store; small, and reused after the entry has left.
pub(super) type Handle = u32;

/// A key about to be stored that is not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    pub(super) key: u64,
    /// In the unit of the room.
    pub(super) weight: u64,
    /// The list that its ghost is on, or [`NOWHERE`](super::lists::NOWHERE).
    pub(super) from: List,
}

/// What a policy is told, and the one thing it is asked. Entries, lists, sizes, room and time are the store's.
pub(super) trait Eviction {
    /// A key arrives, before room is made for it; its ghost, if it has one, is still on its list.
    fn arrive(&mut self, _store: &mut Store, _arrival: &Arrival) {}

    /// Who leaves next. The policy takes it off its lists, or moves it to one of ghosts. `None` if the arrival shall
    /// not be stored, or if there is no entry.
    fn evict(&mut self, store: &mut Store, arrival: Option<&Arrival>) -> Option<Handle>;

    /// An entry was stored; it is on no list. `from` is where its ghost was, or [`NOWHERE`](super::lists::NOWHERE).
    fn insert(&mut self, store: &mut Store, entry: Handle, from: List);

    /// An entry was read, or its value replaced.
    fn hit(&mut self, store: &mut Store, entry: Handle);

    /// An entry is about to leave without having been chosen: deleted, or expired.
    fn remove(&mut self, store: &mut Store, entry: Handle) {
        store.unlink_all(entry);
    }

    /// The room has changed. If it is smaller, [`Eviction::evict`] has been called until all fits.
    fn resize(&mut self, _store: &mut Store) {}

    /// The policy's lists of entries, the one that victims are taken from first.
    fn lists(&self) -> &'static [List] {
        &[0]
    }

    /// Calls `visit` for at most `limit` entries, the next victim first, as the queues stand now: what a mark or a
    /// count would still save is worked out only where that takes no more than a second look.
    fn in_order(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        let mut left = limit;
        for &list in self.lists() {
            store.visit(list, left, visit);
            left = left.saturating_sub(store.count(list) as usize);
        }
    }

    /// The same from the other end: who stays longest first.
    fn in_reverse(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        let mut left = limit;
        for &list in self.lists().iter().rev() {
            store.visit_back(list, left, visit);
            left = left.saturating_sub(store.count(list) as usize);
        }
    }

    /// Who is looked at first when room is needed, where a queue is not looked at from its end.
    fn hand(&self, _store: &Store) -> Option<Handle> {
        None
    }

    /// Bytes the policy occupies beside the store.
    fn memory(&self) -> u64 {
        0
    }

    /// Recounts the policy's own state from scratch.
    ///
    /// # Errors
    /// What is wrong, in words.
    fn validate(&self, _store: &Store) -> Result<(), String> {
        Ok(())
    }
}

/// The state of the policy in force.
#[derive(Clone, Debug)]
pub(super) enum State {
    Fifo(Fifo),
    Lru(Lru),
    Mru(Mru),
    Random(Random),
    Clock(Clock),
    Lfu(Lfu),
    Slru(Slru),
    TwoQ(TwoQ),
    LruK(LruK),
    Arc(Arc),
    Lirs(Lirs),
    S3Fifo(S3Fifo),
    Sieve(Sieve),
    WTinyLfu(WTinyLfu),
    Redis(Redis),
    Gdsf(Gdsf),
}

impl State {
    /// The policy without entries; `seed` is what chance begins with, where it has a part.
    pub(super) fn new(policy: Policy, seed: u64) -> Self {
        match policy {
            Policy::Fifo => State::Fifo(Fifo),
            Policy::Lru => State::Lru(Lru),
            Policy::Mru => State::Mru(Mru),
            Policy::Random => State::Random(Random::new(seed)),
            Policy::Clock => State::Clock(Clock),
            Policy::Lfu => State::Lfu(Lfu::default()),
            Policy::Lfuda => State::Gdsf(Gdsf::new(false)),
            Policy::Slru => State::Slru(Slru),
            Policy::TwoQ => State::TwoQ(TwoQ),
            Policy::LruK => State::LruK(LruK::default()),
            Policy::Arc => State::Arc(Arc::default()),
            Policy::Lirs => State::Lirs(Lirs),
            Policy::S3Fifo => State::S3Fifo(S3Fifo::default()),
            Policy::Sieve => State::Sieve(Sieve::default()),
            Policy::WTinylfu => State::WTinyLfu(WTinyLfu::default()),
            Policy::RedisLru => State::Redis(Redis::new(false, seed)),
            Policy::RedisLfu => State::Redis(Redis::new(true, seed)),
            Policy::Gdsf => State::Gdsf(Gdsf::new(true)),
        }
    }
}

/// `$call` on whichever policy is in force, without a table of functions on the hot path.
macro_rules! each {
    ($state:expr, $policy:ident => $call:expr) => {
        match $state {
            State::Fifo($policy) => $call,
            State::Lru($policy) => $call,
            State::Mru($policy) => $call,
            State::Random($policy) => $call,
            State::Clock($policy) => $call,
            State::Lfu($policy) => $call,
            State::Slru($policy) => $call,
            State::TwoQ($policy) => $call,
            State::LruK($policy) => $call,
            State::Arc($policy) => $call,
            State::Lirs($policy) => $call,
            State::S3Fifo($policy) => $call,
            State::Sieve($policy) => $call,
            State::WTinyLfu($policy) => $call,
            State::Redis($policy) => $call,
            State::Gdsf($policy) => $call,
        }
    };
}

impl Eviction for State {
    #[inline]
    fn arrive(&mut self, store: &mut Store, arrival: &Arrival) {
        each!(self, policy => policy.arrive(store, arrival));
    }

    #[inline]
    fn evict(&mut self, store: &mut Store, arrival: Option<&Arrival>) -> Option<Handle> {
        each!(self, policy => policy.evict(store, arrival))
    }

    #[inline]
    fn insert(&mut self, store: &mut Store, entry: Handle, from: List) {
        each!(self, policy => policy.insert(store, entry, from));
    }

    #[inline]
    fn hit(&mut self, store: &mut Store, entry: Handle) {
        each!(self, policy => policy.hit(store, entry));
    }

    fn remove(&mut self, store: &mut Store, entry: Handle) {
        each!(self, policy => policy.remove(store, entry));
    }

    fn resize(&mut self, store: &mut Store) {
        each!(self, policy => policy.resize(store));
    }

    fn in_order(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        each!(self, policy => policy.in_order(store, limit, visit));
    }

    fn in_reverse(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        each!(self, policy => policy.in_reverse(store, limit, visit));
    }

    fn lists(&self) -> &'static [List] {
        each!(self, policy => policy.lists())
    }

    fn hand(&self, store: &Store) -> Option<Handle> {
        each!(self, policy => policy.hand(store))
    }

    fn memory(&self) -> u64 {
        each!(self, policy => policy.memory())
    }

    fn validate(&self, store: &Store) -> Result<(), String> {
        each!(self, policy => policy.validate(store))
    }
}
