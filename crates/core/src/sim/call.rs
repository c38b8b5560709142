//! Calls and visits. A **call** is the caller's side: it ends once, with one outcome. A **visit** is the callee's
//! side: it starts when the request leaves for the callee and ends when its work does, whatever the caller has
//! decided meanwhile. Each lives in its own slab, so that work nobody waits for is possible, and counted.

use super::record::{CallSpan, InstanceIndex, Lookup, NodeIndex, Operation, Outcome, Record, VisitSpan};
use super::slab::Id;
use super::time::{Nanos, Time};
use crate::engine::pool::ConnectionId;

/// Names a call.
pub type CallId = Id<Call>;

/// Names a visit.
pub type VisitId = Id<Visit>;

/// A deadline that never comes.
pub const NEVER: Time = Time::MAX;

/// The token of a call whose caller has no use for the answer and is not told of it.
pub const UNTOLD: u32 = u32::MAX;

/// The caller's side of a request that is under way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Call {
    /// Identity; see [`super::random::child_path`].
    pub path: u64,
    /// The client's request behind it.
    pub root: u64,
    /// Path of the call whose visit made it; 0 for a client's own.
    pub parent: u64,
    /// The key asked for.
    pub key: u64,
    /// When the caller started it.
    pub started: Time,
    /// When it left the caller.
    pub sent: Time,
    /// When nobody will want the answer any more.
    pub deadline: Time,
    /// The visit that made it; none for a client's own.
    pub caller: VisitId,
    /// Its visit at the callee, once sent.
    pub visit: VisitId,
    /// The caller's instance.
    pub from: InstanceIndex,
    /// The callee's instance, once chosen.
    pub to: InstanceIndex,
    /// The caller's own number for it, such as the user or the candidate picked; or [`UNTOLD`].
    pub token: u32,
    /// The connection it holds; none where the link has no pool.
    pub connection: Option<ConnectionId>,
    /// Bytes of the value that travels.
    pub size: u32,
    /// Version of the value that travels.
    pub version: u32,
    /// The link it takes.
    pub link: u16,
    /// The callee's node.
    pub node: NodeIndex,
    /// The step of the caller's plan.
    pub step: u16,
    /// What it asks for.
    pub operation: Operation,
    /// The number of the path it asks for: see [`Scenario::paths`](crate::scenario::Scenario::paths).
    pub endpoint: u8,
    /// How much it matters, 0 most: see [`priority_queue`](crate::engine::resilience::priority_queue).
    pub priority: u8,
    /// 0 for the first try.
    pub attempt: u8,
    /// How far it is.
    pub phase: Phase,
    /// How it will end, once an answer is under way.
    pub outcome: Outcome,
    /// What the answer says of a look-up.
    pub lookup: Lookup,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Waits for a connection.
    #[default]
    Connecting,
    /// Has left; no answer yet.
    Sent,
    /// An answer is on its way.
    Answered,
}

/// The callee's side of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visit {
    /// Path of its call.
    pub path: u64,
    /// The client's request behind it.
    pub root: u64,
    /// The key asked for.
    pub key: u64,
    /// When it arrived.
    pub arrived: Time,
    /// When it was let in.
    pub started: Time,
    /// When nobody will want the answer any more.
    pub deadline: Time,
    /// Core time used.
    pub worked: Nanos,
    /// The work of one step of its plan, drawn while it waited for it.
    pub ahead: Nanos,
    /// Which step that is, counted from 1; 0 for none.
    pub ahead_of: u16,
    /// Its call, which may have ended before it.
    pub call: CallId,
    /// Where it is.
    pub instance: InstanceIndex,
    /// The caller's instance, where the answer goes.
    pub from: InstanceIndex,
    /// The connection it came by.
    pub connection: Option<ConnectionId>,
    /// The pool of that connection.
    pub pool: u32,
    /// Bytes of the value that travels.
    pub size: u32,
    /// Version of the value that travels.
    pub version: u32,
    /// The link it came by.
    pub link: u16,
    /// Where it is in its plan.
    pub position: u16,
    /// The call it waits for.
    pub open_call: CallId,
    /// What it was asked for.
    pub operation: Operation,
    /// The number of the path it was asked for.
    pub endpoint: u8,
    /// How much it matters, 0 most.
    pub priority: u8,
    /// How far it is.
    pub stage: Stage,
    /// How its answer will be.
    pub outcome: Outcome,
    /// Whether it found its key.
    pub lookup: Lookup,
    /// It has a worker of its instance.
    pub has_worker: bool,
    /// It has had a worker before, and asks for one again.
    pub resumed: bool,
    /// The answer has left; work may go on.
    pub answered: bool,
    /// How many calls are above it.
    pub depth: u8,
}

/// How far a visit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// On its way.
    #[default]
    Travelling,
    /// Waits to be let in.
    Waiting,
    /// Let in.
    Inside,
}

/// What a caller says when it makes a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewCall {
    /// The caller's instance.
    pub from: InstanceIndex,
    /// The visit that makes it; none for a client's own.
    pub caller: VisitId,
    /// The link to take.
    pub link: u16,
    /// The instance wanted; none leaves it to the link, which takes ready ones in turn.
    pub to: Option<InstanceIndex>,
    /// See [`Call`].
    pub path: u64,
    /// See [`Call`].
    pub root: u64,
    /// See [`Call`].
    pub parent: u64,
    /// See [`Call`].
    pub key: u64,
    /// See [`Call`].
    pub size: u32,
    /// See [`Call`].
    pub version: u32,
    /// See [`Call`].
    pub operation: Operation,
    /// See [`Call`].
    pub endpoint: u8,
    /// See [`Call`].
    pub priority: u8,
    /// See [`Call`].
    pub attempt: u8,
    /// See [`Call`].
    pub step: u16,
    /// See [`Call`].
    pub token: u32,
    /// How long the caller waits; none: for ever.
    pub timeout: Option<Nanos>,
    /// When nobody further up will want the answer any more.
    pub deadline: Time,
    /// How many calls are above it.
    pub depth: u8,
}

/// A call that has just ended: what its caller is told.
#[derive(Clone, Copy, Debug)]
pub struct EndedCall {
    /// See [`Call`].
    pub caller: VisitId,
    /// See [`Call`].
    pub from: InstanceIndex,
    /// See [`Call`].
    pub token: u32,
    /// See [`Call`].
    pub step: u16,
    /// See [`Call`].
    pub started: Time,
    /// How it ended.
    pub outcome: Outcome,
    /// What the answer says of a look-up.
    pub lookup: Lookup,
    /// Version of the value in the answer.
    pub version: u32,
}

impl EndedCall {
    /// What the caller is told, if it wants to be.
    #[inline]
    pub(super) fn of(call: &Call, outcome: Outcome, lookup: Lookup) -> Option<EndedCall> {
        let Call { caller, from, token, step, started, version, .. } = *call;
        (token != UNTOLD).then_some(EndedCall {
            caller,
            from,
            token,
            step,
            started,
            outcome,
            lookup,
            version,
        })
    }
}

impl Call {
    /// What is told of it when it ends.
    #[inline]
    pub(super) fn ended(&self, now: Time, outcome: Outcome, lookup: Lookup) -> Record {
        Record::Call(CallSpan {
            path: self.path,
            root: self.root,
            parent: self.parent,
            from: self.from,
            to: self.to,
            node: self.node,
            started: self.started,
            sent: self.sent,
            ended: now,
            outcome,
            operation: self.operation,
            endpoint: self.endpoint,
            lookup,
            attempt: self.attempt,
            key: self.key,
        })
    }
}

impl Visit {
    /// How much it matters in line: one that has begun is the first to go on.
    #[inline]
    pub(super) fn rank(&self) -> u8 {
        if self.resumed { 0 } else { self.priority }
    }

    /// What is told of it when it ends.
    #[inline]
    pub(super) fn ended(&self, now: Time, outcome: Outcome, lookup: Lookup, wasted: bool) -> Record {
        Record::Visit(VisitSpan {
            path: self.path,
            root: self.root,
            instance: self.instance,
            arrived: self.arrived,
            started: self.started,
            ended: now,
            worked: self.worked,
            outcome,
            operation: self.operation,
            lookup,
            wasted,
        })
    }

    /// The visit that a call makes when it leaves.
    #[inline]
    pub(super) fn of(id: CallId, call: &Call, depth: u8, pool: Option<u32>) -> Visit {
        Visit {
            path: call.path,
            root: call.root,
            key: call.key,
            arrived: call.sent,
            started: call.sent,
            deadline: call.deadline,
            worked: 0,
            ahead: 0,
            ahead_of: 0,
            call: id,
            instance: call.to,
            from: call.from,
            connection: call.connection,
            pool: pool.unwrap_or(u32::MAX),
            size: call.size,
            version: call.version,
            link: call.link,
            position: 0,
            open_call: CallId::NONE,
            operation: call.operation,
            endpoint: call.endpoint,
            priority: call.priority,
            stage: Stage::Travelling,
            outcome: Outcome::Ok,
            lookup: Lookup::None,
            has_worker: false,
            resumed: false,
            answered: false,
            depth,
        }
    }
}
