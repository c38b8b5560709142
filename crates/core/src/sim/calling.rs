//! How a call goes: chosen, connected, sent, answered, or given up.

use super::call::{Call, CallId, EndedCall, NEVER, NewCall, Phase, Stage, Visit, VisitId};
use super::event::Event;
use super::kernel::Kernel;
use super::link::Choice;
use super::record::{
    Direction, Hop, InstanceIndex, Lookup, NO_INSTANCE, NodeIndex, Operation, Outcome, Record,
};
use super::time::{Nanos, Time};
use crate::engine::balance::highest;

/// Calls above calls; a deeper one is refused, so that a loop of synchronous calls ends.
pub(super) const MOST_DEPTH: u8 = 32;

/// Bytes of a message that carries no value.
const HEADER_BYTES: u32 = 100;

impl Kernel {
    /// Starts a call. Exactly one [`super::kernel::Handler::answered`] follows, in a later event, unless the caller
    /// does not want to be [told](super::call::UNTOLD).
    #[inline(always)]
    pub fn call(&mut self, new: &NewCall) -> CallId {
        self.check_limit();
        let link = &self.links[usize::from(new.link)];
        if link.guard.is_some() {
            return self.call_guarded(&{ *new });
        }
        self.call_unguarded(new)
    }

    /// The same, whatever the link's callers do about calls that fail.
    #[inline(always)]
    fn call_unguarded(&mut self, new: &NewCall) -> CallId {
        let node = self.links[usize::from(new.link)].to;
        let to = match new.to {
            Some(to) => Some(to),
            None => self.next_in_turn(new, node),
        };
        let pool = self.pool_of(new.from, new.link);
        match (to, pool) {
            (Some(to), None) if new.depth < MOST_DEPTH => self.call_at_once(new, node, to),
            // A copy, so that a call that leaves at once need never stand in memory.
            _ => self.call_that_stays(&{ *new }, node, to, pool),
        }
    }

    /// The same from a place that is not worth a copy of it.
    #[inline(never)]
    pub fn call_apart(&mut self, new: &NewCall) -> CallId {
        self.call(new)
    }

    /// One attempt of a call that may take several.
    #[inline(never)]
    pub(super) fn call_plainly(&mut self, new: &NewCall) -> CallId {
        self.check_limit();
        self.call_unguarded(new)
    }

    /// A call that is refused before it leaves.
    #[inline(never)]
    pub(super) fn call_that_is_refused(&mut self, new: &NewCall) -> CallId {
        let node = self.links[usize::from(new.link)].to;
        self.call_that_stays(new, node, None, None)
    }

    /// A call that leaves now: it and its visit name each other, so that each is written once, whole.
    #[inline(always)]
    fn call_at_once(&mut self, new: &NewCall, node: NodeIndex, to: InstanceIndex) -> CallId {
        // Both names first: what may have to make room comes before there is anything to be kept meanwhile.
        let (visit, id) = (self.visits.next_id(), self.calls.next_id());
        let call = Call { to, visit, phase: Phase::Sent, ..self.new_call(new, node) };
        self.calls.insert_as(id, call);
        self.visits.insert_as(visit, Visit::of(id, &call, new.depth, None));
        self.start_timer(id, new.timeout);
        self.send_request(id, visit, new.root, new.link);
        id
    }

    /// A call that waits for a connection, or that nobody takes.
    #[inline(never)]
    fn call_that_stays(
        &mut self,
        new: &NewCall,
        node: NodeIndex,
        to: Option<InstanceIndex>,
        pool: Option<u32>,
    ) -> CallId {
        let to_or_none = to.unwrap_or(NO_INSTANCE);
        let id = self.calls.insert(Call { to: to_or_none, ..self.new_call(new, node) });
        self.start_timer(id, new.timeout);
        match pool {
            Some(pool) if to.is_some() && new.depth < MOST_DEPTH => self.check_out(pool, id),
            _ => self.refuse(id, Outcome::Refused),
        }
        id
    }

    #[inline(always)]
    fn new_call(&self, new: &NewCall, node: NodeIndex) -> Call {
        let timeout = new.timeout.map_or(NEVER, |after| self.now.saturating_add(after));
        Call {
            path: new.path,
            root: new.root,
            parent: new.parent,
            key: new.key,
            started: self.now,
            sent: self.now,
            deadline: timeout.min(new.deadline),
            caller: new.caller,
            visit: VisitId::NONE,
            from: new.from,
            to: NO_INSTANCE,
            token: new.token,
            connection: None,
            size: new.size,
            version: new.version,
            link: new.link,
            node,
            step: new.step,
            operation: new.operation,
            endpoint: new.endpoint,
            priority: new.priority,
            attempt: new.attempt,
            phase: Phase::Connecting,
            outcome: Outcome::Ok,
            lookup: Lookup::None,
        }
    }

    #[inline]
    fn start_timer(&mut self, id: CallId, timeout: Option<Nanos>) {
        if let Some(after) = timeout {
            self.after(after, Event::Timeout(id));
        }
    }

    /// Ends a call that never left, in an event of its own so that callers see one way of ending only.
    pub(super) fn refuse(&mut self, call: CallId, outcome: Outcome) {
        if let Some(entry) = self.calls.get_mut(call) {
            entry.phase = Phase::Answered;
            entry.outcome = outcome;
            entry.sent = self.now;
            self.queue.push_at_once(self.now, Event::Reply(call).pack());
        }
    }

    /// Lets a call leave that has waited for a connection.
    pub(super) fn send(&mut self, id: CallId) {
        let Some(call) = self.calls.get(id).copied() else { return };
        let depth = self.visits.get(call.caller).map_or(0, |caller| caller.depth + 1);
        let call = Call { sent: self.now, phase: Phase::Sent, ..call };
        let pool = call.connection.and_then(|_| self.pool_of(call.from, call.link));
        let visit = self.visits.insert(Visit::of(id, &call, depth, pool));
        if let Some(entry) = self.calls.get_mut(id) {
            *entry = Call { visit, ..call };
        }
        self.send_request(id, visit, call.root, call.link);
    }

    /// Sends the request of a call on its way to its visit.
    #[inline(always)]
    fn send_request(&mut self, id: CallId, visit: VisitId, root: u64, link: u16) {
        if !drawn(self.hops, self.followed, root)
            && self.links[usize::from(link)].carry(self.now, Event::Request(visit), &mut self.queue)
        {
            return;
        }
        self.send_request_over(id, visit, link);
    }

    /// The same over a link that is not plain, or where the message is drawn.
    #[inline(never)]
    fn send_request_over(&mut self, id: CallId, visit: VisitId, link: u16) {
        let Some(call) = self.calls.get(id) else { return };
        let message = Message::request(call);
        if !self.transmit(link, &message, Event::Request(visit)) {
            self.visits.remove(visit);
        }
    }

    /// A request has come. The instance, if it takes it; if not, it has been turned away.
    #[inline]
    pub(super) fn arrive(&mut self, id: VisitId) -> Option<InstanceIndex> {
        let now = self.now;
        let visit = self.visits.get_mut(id)?;
        visit.arrived = now;
        visit.started = now;
        visit.stage = Stage::Inside;
        let index = visit.instance;
        let instance = &mut self.instances[index as usize];
        instance.visits += 1;
        instance.arrived += 1;
        if instance.life.is_working() {
            return Some(index);
        }
        self.finish(id, Outcome::Refused, Lookup::None);
        None
    }

    /// Sends a visit's answer; its work may go on.
    pub fn answer(&mut self, id: VisitId, outcome: Outcome, lookup: Lookup) {
        let Some(visit) = self.visits.get_mut(id) else { return };
        if !std::mem::replace(&mut visit.answered, true) {
            visit.outcome = outcome;
            visit.lookup = lookup;
            let visit = *visit;
            self.send_answer(&visit, outcome, lookup);
        }
    }

    /// Ends a visit: gives its worker back, answers if that was not done before, and leaves the instance's count.
    #[inline]
    pub fn finish(&mut self, id: VisitId, outcome: Outcome, lookup: Lookup) {
        let Some(visit) = self.visits.remove(id) else { return };
        let instance = &mut self.instances[visit.instance as usize];
        instance.visits -= 1;
        instance.inside -= u32::from(visit.has_worker);
        if visit.answered {
            let record = visit.ended(self.now, visit.outcome, visit.lookup, false);
            return self.record(record);
        }
        // What most visits are: somebody waits, and a plain link carries the answer.
        if (self.hops.is_none() || outcome == Outcome::Ok && !drawn(self.hops, self.followed, visit.root))
            && let Some(call) = self.calls.get_mut(visit.call)
            && self.links[usize::from(visit.link)].carry(self.now, Event::Reply(visit.call), &mut self.queue)
        {
            call.phase = Phase::Answered;
            call.outcome = outcome;
            call.lookup = lookup;
            call.version = visit.version;
            if self.recording {
                let place = self.records.place();
                *place = visit.ended(self.now, outcome, lookup, false);
            }
            return;
        }
        let visit = *visit;
        self.finish_otherwise(&visit, outcome, lookup);
    }

    #[inline(never)]
    fn finish_otherwise(&mut self, visit: &Visit, outcome: Outcome, lookup: Lookup) {
        let wanted = self.send_answer(visit, outcome, lookup);
        self.record(visit.ended(self.now, outcome, lookup, !wanted));
    }

    /// Sends the answer of a visit on its way. Whether anybody waits for it.
    fn send_answer(&mut self, visit: &Visit, outcome: Outcome, lookup: Lookup) -> bool {
        let message = Message::reply(visit, outcome, lookup);
        if let Some(call) = self.calls.get_mut(visit.call) {
            call.phase = Phase::Answered;
            call.outcome = outcome;
            call.lookup = lookup;
            call.version = visit.version;
            self.transmit(visit.link, &message, Event::Reply(visit.call));
            return true;
        }
        match visit.connection {
            // The connection is free once the answer has been read off it.
            Some(connection) => {
                let pool = visit.pool;
                if !self.transmit(visit.link, &message, Event::Returned { pool, connection }) {
                    self.connection_returned(pool, connection);
                }
            }
            None => {
                self.transmit(visit.link, &message, Event::Reply(visit.call));
            }
        }
        false
    }

    /// An answer has come: the call ends. What its caller is told, if it wants to be.
    #[inline]
    pub(super) fn end_answered(&mut self, id: CallId) -> Option<EndedCall> {
        let call = self.calls.remove(id)?;
        let ended = EndedCall::of(call, call.outcome, call.lookup);
        if call.connection.is_some() {
            let call = *call;
            self.give_back(&call);
            self.record(call.ended(self.now, call.outcome, call.lookup));
        } else if self.recording {
            let place = self.records.place();
            *place = call.ended(self.now, call.outcome, call.lookup);
        }
        ended
    }

    /// The caller stops waiting. What it is told, if the call had not ended before and it wants to be.
    pub fn give_up(&mut self, id: CallId, outcome: Outcome) -> Option<EndedCall> {
        let call = *self.calls.remove(id)?;
        if call.phase == Phase::Connecting {
            self.stop_waiting(&call, id);
        } else if self.visits.get(call.visit).is_some_and(|visit| !visit.answered) {
            self.transmit(call.link, &Message::cancel(&call, outcome), Event::Cancel(call.visit));
        } else if call.connection.is_some() {
            // The request or its answer is lost or still on its way; either way nothing will come back on it.
            self.give_back(&call);
        }
        self.record(call.ended(self.now, outcome, Lookup::None));
        EndedCall::of(&call, outcome, Lookup::None)
    }

    /// Sends a message on its way over any link, with `event` at its end. Whether it will arrive.
    fn transmit(&mut self, link: u16, message: &Message, event: Event) -> bool {
        let entry = &mut self.links[usize::from(link)];
        if entry.carry(self.now, event, &mut self.queue) {
            let arrives = self.now + entry.settings.latency;
            self.draw_hop(message, arrives);
            return true;
        }
        if entry.loses(self.now, message.path, message.direction) {
            return false;
        }
        let ends = (message.from, message.to);
        let arrives = entry.arrival(self.now, ends, message.path, message.direction, message.bytes);
        self.schedule(arrives, event);
        self.draw_hop(message, arrives);
        true
    }

    fn draw_hop(&mut self, message: &Message, arrives: Time) {
        let failed = message.outcome != Outcome::Ok || message.direction == Direction::Cancel;
        if self.hops.is_none() || !failed && !drawn(self.hops, self.followed, message.root) {
            return;
        }
        *self.records.place() = Record::Hop(Hop {
            departed: self.now,
            arrives,
            from: message.from,
            to: message.to,
            path: message.path,
            root: message.root,
            direction: message.direction,
            operation: message.operation,
            lookup: message.lookup,
            outcome: message.outcome,
            attempt: message.attempt,
            endpoint: message.endpoint,
        });
    }

    /// Without a balancer, ready instances take turns.
    #[inline(always)]
    fn next_in_turn(&mut self, new: &NewCall, node: NodeIndex) -> Option<InstanceIndex> {
        match self.nodes[usize::from(node)].ready.as_slice() {
            [only] => Some(*only),
            _ => self.choose(new.from, new.link, new.key, node),
        }
    }

    #[inline(never)]
    fn choose(&mut self, from: InstanceIndex, link: u16, key: u64, node: NodeIndex) -> Option<InstanceIndex> {
        let ready = &self.nodes[usize::from(node)].ready;
        if ready.is_empty() {
            return None;
        }
        let slot = |instance: &InstanceIndex| self.instances[*instance as usize].slot;
        match self.links[usize::from(link)].settings.choice {
            Choice::InTurn => {
                let turn = self.instances[from as usize].take_turn(link);
                Some(ready[turn as usize % ready.len()])
            }
            Choice::OwnSlot => {
                let own = slot(&from);
                let same = ready.iter().find(|instance| slot(instance) == own);
                Some(*same.unwrap_or(&ready[own as usize % ready.len()]))
            }
            Choice::ByKey => {
                let identities = ready.iter().map(|instance| slot(instance).into());
                highest(key, identities).map(|place| ready[place])
            }
        }
    }
}

/// Whether messages of a request that fares well are drawn.
#[inline(always)]
fn drawn(hops: Option<u64>, followed: u64, root: u64) -> bool {
    hops.is_some_and(|mask| root & mask == 0 || root == followed)
}

/// A message about to leave.
struct Message {
    from: InstanceIndex,
    to: InstanceIndex,
    path: u64,
    root: u64,
    direction: Direction,
    operation: Operation,
    lookup: Lookup,
    outcome: Outcome,
    attempt: u8,
    endpoint: u8,
    bytes: u32,
}

impl Message {
    fn request(call: &Call) -> Message {
        let carries = matches!(call.operation, Operation::Write | Operation::Fill);
        Message {
            from: call.from,
            to: call.to,
            path: call.path,
            root: call.root,
            direction: Direction::Request,
            operation: call.operation,
            lookup: Lookup::None,
            outcome: Outcome::Ok,
            attempt: call.attempt,
            endpoint: call.endpoint,
            bytes: HEADER_BYTES.saturating_add(if carries { call.size } else { 0 }),
        }
    }

    fn reply(visit: &Visit, outcome: Outcome, lookup: Lookup) -> Message {
        let carries = visit.operation == Operation::Read && outcome == Outcome::Ok;
        Message {
            from: visit.instance,
            to: visit.from,
            path: visit.path,
            root: visit.root,
            direction: Direction::Reply,
            operation: visit.operation,
            lookup,
            outcome,
            attempt: 0,
            endpoint: visit.endpoint,
            bytes: HEADER_BYTES.saturating_add(if carries { visit.size } else { 0 }),
        }
    }

    fn cancel(call: &Call, outcome: Outcome) -> Message {
        Message { direction: Direction::Cancel, outcome, bytes: HEADER_BYTES, ..Message::request(call) }
    }
}
