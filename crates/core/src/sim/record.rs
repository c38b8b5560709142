//! The one stream that a run emits. Charts, scene, text twin, traces, checkers and digest all read it; none of
//! them can change the run.
//!
//! [`Record::Call`], [`Record::Visit`] and [`Record::Note`] are what happened and enter the digest.
//! [`Record::Hop`] is for drawing only: it is emitted for a sample of requests and never enters the digest.

use super::time::{Nanos, Time};

/// What one run emits, in event order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Record {
    /// A call ended: the caller's side.
    Call(CallSpan),
    /// A visit ended: the callee's side.
    Visit(VisitSpan),
    /// Something worth telling happened inside an instance.
    Note(Note),
    /// A message of a sampled request left one instance for another, or one that tells of a failure.
    Hop(Hop),
}

/// Index of a node in [`crate::scenario::Scenario::nodes`].
pub type NodeIndex = u16;

/// Index of an instance in the run's table of instances. Never reused within a run.
pub type InstanceIndex = u32;

/// An instance that does not exist: the caller of a client's own request.
pub const NO_INSTANCE: InstanceIndex = u32::MAX;

/// The parent of a call that a node makes of its own accord, for no client's request: a probe.
pub const BACKGROUND: u64 = u64::MAX;

/// No node: of a call that is made up of attempts.
pub const NO_NODE: NodeIndex = NodeIndex::MAX;

/// What a caller learns of a call. Exactly one, once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Outcome {
    /// Answered.
    #[default]
    Ok = 0,
    /// The callee, or something behind it, failed.
    Error = 1,
    /// Turned away at once: queue full, nobody ready, too many connections.
    Refused = 2,
    /// The caller stopped waiting.
    TimedOut = 3,
    /// The caller was itself given up before the answer came.
    Cancelled = 4,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Operation {
    /// Fetch a key.
    #[default]
    Read = 0,
    /// Change a key.
    Write = 1,
    /// Put a value into a cache.
    Fill = 2,
    /// Remove a key from a cache.
    Delete = 3,
    /// Say whether one is well: a health check.
    Probe = 4,
}

/// Whether a visit to a cache found its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Lookup {
    /// No lookup was made.
    #[default]
    None = 0,
    /// Found.
    Hit = 1,
    /// Not found.
    Miss = 2,
}

/// A call from its start to its end, as its caller saw it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallSpan {
    /// Identity of this call: hash of its parent's path, step and attempt.
    pub path: u64,
    /// Path of the client's request that caused it, the same for all calls of one request.
    pub root: u64,
    /// Path of the call whose visit made this call; 0 for a client's own, [`BACKGROUND`] for a node's own.
    pub parent: u64,
    /// The caller's instance.
    pub from: InstanceIndex,
    /// The callee's instance, or [`NO_INSTANCE`] if none was chosen (refused before it left).
    pub to: InstanceIndex,
    /// The callee's node.
    pub node: NodeIndex,
    /// When the caller started it (before it waited for a connection).
    pub started: Time,
    /// When it left the caller: a connection was there. Equals `ended` if it never left.
    pub sent: Time,
    /// When it ended.
    pub ended: Time,
    /// How it ended.
    pub outcome: Outcome,
    /// What it asked for.
    pub operation: Operation,
    /// The number of the path it asked for, drawn for its root: see [`Scenario::paths`](crate::scenario::Scenario::paths).
    pub endpoint: u8,
    /// Whether the answer was a cache hit.
    pub lookup: Lookup,
    /// 0 for the first try.
    pub attempt: u8,
    /// The key asked for.
    pub key: u64,
}

/// A visit from its arrival to the end of its work, whatever its caller decided meanwhile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VisitSpan {
    /// Path of the call that caused it.
    pub path: u64,
    /// Path of the client's request behind it.
    pub root: u64,
    /// Where it was.
    pub instance: InstanceIndex,
    /// When it arrived.
    pub arrived: Time,
    /// When it was let in (got a worker or connection). Equals `ended` if it never was.
    pub started: Time,
    /// When its work was over.
    pub ended: Time,
    /// Core time it used, in nanoseconds.
    pub worked: Nanos,
    /// How it ended.
    pub outcome: Outcome,
    /// What it was asked for.
    pub operation: Operation,
    /// Whether it was a cache hit.
    pub lookup: Lookup,
    /// Its caller no longer waited when it ended: `worked` was for nobody.
    pub wasted: bool,
}

/// A message of a sampled request, or one that tells of a failure, for drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hop {
    /// When it left.
    pub departed: Time,
    /// When it arrives; the same as `departed` on a link without latency.
    pub arrives: Time,
    /// Sender.
    pub from: InstanceIndex,
    /// Receiver.
    pub to: InstanceIndex,
    /// Path of the call it belongs to.
    pub path: u64,
    /// Path of the client's request behind it.
    pub root: u64,
    /// Question or answer.
    pub direction: Direction,
    /// What the call asked for.
    pub operation: Operation,
    /// On an answer: cache hit or miss.
    pub lookup: Lookup,
    /// On an answer: how the callee ended it. On a question: `Ok`.
    pub outcome: Outcome,
    /// On a question: 0 for the first try, more where it is made again or sent twice.
    pub attempt: u8,
    /// The number of the path it asked for, as in a [`CallSpan`].
    pub endpoint: u8,
}

/// Which way a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Direction {
    /// From caller to callee.
    Request = 0,
    /// From callee to caller.
    Reply = 1,
    /// From caller to callee: no longer wanted.
    Cancel = 2,
}

/// Something worth telling, with two numbers whose meaning its kind states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub time: Time,
    /// Where.
    pub instance: InstanceIndex,
    /// What.
    pub kind: NoteKind,
    /// First number; see [`NoteKind`].
    pub a: u64,
    /// Second number; see [`NoteKind`].
    pub b: u64,
}

impl NoteKind {
    /// Whether it says how good what happened was, and not what happened: those are no part of the digest.
    #[inline]
    pub fn is_measured(self) -> bool {
        matches!(self, NoteKind::StaleRead | NoteKind::Loaded | NoteKind::DuplicateLoad | NoteKind::KeysMoved)
    }
}

/// What a [`Note`] tells. The numbers are part of the digest: append, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum NoteKind {
    /// An entry left a cache to make room. `a`: its key, `b`: 0.
    Evicted = 0,
    /// An entry was found too old. `a`: its key, `b`: its age in ns.
    Expired = 1,
    /// A cache was emptied. `a`: how many entries, `b`: 0.
    Flushed = 2,
    /// An instance began to start. `a`: slot, `b`: start-up time in ns.
    Starting = 3,
    /// An instance became ready. `a`: slot, `b`: 0.
    Ready = 4,
    /// An instance takes no new calls. `a`: slot, `b`: visits inside.
    Draining = 5,
    /// An instance left in order. `a`: slot, `b`: 0.
    Gone = 6,
    /// An instance died. `a`: slot, `b`: visits lost.
    Died = 7,
    /// An instance's speed changed. `a`: speed in parts per million, `b`: 0.
    Slowed = 8,
    /// A connection was opened. `a`: open connections of the pool, `b`: callee's instance.
    Connected = 9,
    /// A connection was closed. `a`: open connections of the pool, `b`: callee's instance.
    Disconnected = 10,
    /// A wait for a connection ended without one. `a`: open connections of the pool, `b`: time waited in ns.
    PoolTimedOut = 11,
    /// A setting changed. `a`: index of the action, `b`: 0.
    Reconfigured = 12,
    /// A disturbance began. `a`: index of the action, `b`: 0.
    Disturbed = 13,
    /// A disturbance ended. `a`: index of the action, `b`: 0.
    Restored = 14,
    /// A limit was reached and the run stops. `a`: which, `b`: the limit.
    Overloaded = 15,
    /// A read was answered from a cache with a value older than the committed one. Measured by an onlooker who sees
    /// both, so it is no part of the digest. `a`: key, `b`: for how long the newer one had been committed, in ns.
    StaleRead = 16,
    /// A cache refused a value from a reader that missed, by its guard against races. `a`: key, `b`: its version.
    FillRefused = 17,
    /// A value was loaded that somebody else had loaded meanwhile. Measured. `a`: key, `b`: 0.
    DuplicateLoad = 18,
    /// A miss was answered by somebody else's load. `a`: key, `b`: how long it waited, in ns.
    Coalesced = 19,
    /// A cache began to load a key that it could still give out. `a`: key, `b`: 0.
    Refreshed = 20,
    /// A write was answered that waits in a cache to be written. `a`: key, `b`: how many wait.
    Buffered = 21,
    /// The store has taken a write that had waited, or several to one key. `a`: how many, `b`: time since the first was
    /// answered, in ns.
    WritesFlushed = 22,
    /// Writes that were answered are lost with a cache. `a`: how many, `b`: 0.
    WritesLost = 23,
    /// All entries of a tag were removed from a cache. `a`: how many entries, `b`: the tag.
    Purged = 24,
    /// A value was loaded. Measured. `a`: key, `b`: how long that took, in ns.
    Loaded = 25,
    /// A read was answered with a copy that had ended, because loading it anew failed. `a`: key, `b`: for how long it had
    /// ended, in ns.
    ServedOnError = 26,
    /// All entries of a tag were ended in a cache. `a`: how many that had not ended before, `b`: the tag.
    MarkedStale = 27,
    /// A caller's circuit breaker has opened: it makes no calls. `a`: callee's node, `b`: 0.
    BreakerOpened = 28,
    /// A caller's circuit breaker lets a few calls through. `a`: callee's node, `b`: 0.
    BreakerHalfOpened = 29,
    /// A caller's circuit breaker lets all calls through again. `a`: callee's node, `b`: 0.
    BreakerClosed = 30,
    /// A failed call was not tried again, because the budget for retries was spent. `a`: 0, `b`: 0.
    RetryDenied = 31,
    /// A request was refused by a rate limit. `a`: its key, `b`: 0.
    RateLimited = 32,
    /// A request was refused because there was too much to do: by a limit that finds itself (`a`: the limit, `b`: 0), or
    /// because those before it waited too long (`a`: 0, `b`: how long it waited, in ns).
    Shed = 33,
    /// A request was answered without a node that failed. `a`: its key, `b`: 0.
    FellBack = 34,
    /// An instance has failed so many health checks of a balancer in a row that it gets no calls from it. `a`: the
    /// balancer's instance, `b`: 0.
    InstanceUnhealthy = 35,
    /// An instance has passed health checks of a balancer and gets calls from it again. `a`: the balancer's instance,
    /// `b`: 0.
    InstanceHealthy = 36,
    /// A balancer has ejected an instance for how its calls end. `a`: the balancer's instance, `b`: 0 for failures in a
    /// row, 1 for its success rate.
    InstanceEjected = 37,
    /// An instance that was ejected gets calls again. `a`: the balancer's instance, `b`: 0.
    InstanceReturned = 38,
    /// Too few instances behind a balancer may get calls, so all do. `a`: how many may, `b`: of how many.
    PanicBegan = 39,
    /// Enough instances behind a balancer may get calls again. `a`: how many may, `b`: of how many.
    PanicEnded = 40,
    /// Keys are at home at another instance than before, since those behind a hashing balancer or its settings have
    /// changed. Measured. `a`: how many of a sample, `b`: its size.
    KeysMoved = 41,
}
