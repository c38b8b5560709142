//! How a call goes: chosen, connected, sent, answered, or given up.

use super::call::{Call, CallId, EndedCall, NEVER, NewCall, Phase, Stage, Visit, VisitId};
use super::instance::Life;
use super::kernel::{Event, Kernel};
use super::record::{
    Direction, Hop, InstanceIndex, Lookup, NO_INSTANCE, NodeIndex, Operation, Outcome, Record,
};
use super::time::Time;

/// Calls above calls; a deeper one is refused, so that a loop of synchronous calls ends.
pub(super) const MOST_DEPTH: u8 = 32;

/// Bytes of a message that carries no value.
const HEADER_BYTES: u32 = 100;

impl Kernel {
    /// Starts a call. Exactly one [`super::kernel::Handler::answered`] follows, in a later event.
    pub fn call(&mut self, new: NewCall) -> CallId {
        self.check_limit();
        let node = self.links[usize::from(new.link)].to;
        let to = new.to.or_else(|| self.next_in_turn(new.from, new.link, node));
        let deadline = new.timeout.map_or(NEVER, |after| self.now.saturating_add(after)).min(new.deadline);
        let call = self.calls.insert(Call {
            path: new.path,
            root: new.root,
            parent: new.parent,
            key: new.key,
            started: self.now,
            sent: self.now,
            deadline,
            caller: new.caller,
            visit: VisitId::NONE,
            from: new.from,
            to: to.unwrap_or(NO_INSTANCE),
            token: new.token,
            connection: None,
            size: new.size,
            link: new.link,
            node,
            step: new.step,
            operation: new.operation,
            attempt: new.attempt,
            phase: Phase::Connecting,
            outcome: Outcome::Ok,
            lookup: Lookup::None,
        });
        if let Some(after) = new.timeout {
            self.after(after, Event::Timeout(call));
        }
        if to.is_none() || new.depth >= MOST_DEPTH {
            self.refuse(call, Outcome::Refused);
        } else if let Some(pool) = self.pool_of(new.from, new.link) {
            self.check_out(pool, call);
        } else {
            self.send_at_depth(call, new.depth);
        }
        call
    }

    /// Ends a call that never left, in an event of its own so that callers see one way of ending only.
    pub(super) fn refuse(&mut self, call: CallId, outcome: Outcome) {
        if let Some(entry) = self.calls.get_mut(call) {
            entry.phase = Phase::Answered;
            entry.outcome = outcome;
            entry.sent = self.now;
            self.queue.push_at_once(self.now, Event::Reply(call));
        }
    }

    /// Lets a call leave.
    pub(super) fn send(&mut self, call: CallId) {
        let depth =
            self.calls.get(call).and_then(|call| self.visits.get(call.caller)).map_or(0, |v| v.depth + 1);
        self.send_at_depth(call, depth);
    }

    fn send_at_depth(&mut self, id: CallId, depth: u8) {
        let now = self.now;
        let Some(call) = self.calls.get_mut(id) else { return };
        call.phase = Phase::Sent;
        call.sent = now;
        let call = *call;
        let pool = call.connection.and_then(|_| self.pool_of(call.from, call.link));
        let visit = self.visits.insert(Visit {
            path: call.path,
            root: call.root,
            key: call.key,
            arrived: now,
            started: now,
            deadline: call.deadline,
            worked: 0,
            call: id,
            instance: call.to,
            from: call.from,
            connection: call.connection,
            pool: pool.unwrap_or(u32::MAX),
            size: call.size,
            link: call.link,
            position: 0,
            open_call: CallId::NONE,
            operation: call.operation,
            stage: Stage::Travelling,
            outcome: Outcome::Ok,
            lookup: Lookup::None,
            has_worker: false,
            resumed: false,
            answered: false,
            depth,
        });
        if let Some(call) = self.calls.get_mut(id) {
            call.visit = visit;
        }
        let carries =
            if matches!(call.operation, Operation::Write | Operation::Fill) { call.size } else { 0 };
        let message = || Message {
            from: call.from,
            to: call.to,
            path: call.path,
            root: call.root,
            direction: Direction::Request,
            operation: call.operation,
            lookup: Lookup::None,
            outcome: Outcome::Ok,
            bytes: HEADER_BYTES.saturating_add(carries),
        };
        if !self.transmit(call.link, message, Event::Request(visit)) {
            self.visits.remove(visit);
        }
    }

    /// A request has come. Whether the callee takes it; if not, it has been turned away.
    #[inline]
    pub(super) fn arrive(&mut self, id: VisitId) -> bool {
        let now = self.now;
        let Some(visit) = self.visits.get_mut(id) else { return false };
        visit.arrived = now;
        visit.started = now;
        visit.stage = Stage::Inside;
        let instance = &mut self.instances[visit.instance as usize];
        instance.visits += 1;
        if matches!(instance.life, Life::Ready | Life::Draining) {
            return true;
        }
        self.finish(id, Outcome::Refused, Lookup::None);
        false
    }

    /// Sends a visit's answer; its work may go on.
    pub fn answer(&mut self, id: VisitId, outcome: Outcome, lookup: Lookup) {
        let Some(visit) = self.visits.get_mut(id) else { return };
        if !std::mem::replace(&mut visit.answered, true) {
            visit.outcome = outcome;
            visit.lookup = lookup;
            let visit = *visit;
            self.send_answer(&visit);
        }
    }

    /// Sends the answer of a visit on its way. Whether anybody waits for it.
    #[inline]
    fn send_answer(&mut self, visit: &Visit) -> bool {
        let carries = visit.operation == Operation::Read && visit.outcome == Outcome::Ok;
        let message = || Message {
            from: visit.instance,
            to: visit.from,
            path: visit.path,
            root: visit.root,
            direction: Direction::Reply,
            operation: visit.operation,
            lookup: visit.lookup,
            outcome: visit.outcome,
            bytes: HEADER_BYTES.saturating_add(if carries { visit.size } else { 0 }),
        };
        if let Some(call) = self.calls.get_mut(visit.call) {
            call.phase = Phase::Answered;
            call.outcome = visit.outcome;
            call.lookup = visit.lookup;
            self.transmit(visit.link, message, Event::Reply(visit.call));
            return true;
        }
        match visit.connection {
            // The connection is free once the answer has been read off it.
            Some(connection) => {
                let pool = visit.pool;
                if !self.transmit(visit.link, message, Event::Returned { pool, connection }) {
                    self.connection_returned(pool, connection);
                }
            }
            None => {
                self.transmit(visit.link, message, Event::Reply(visit.call));
            }
        }
        false
    }

    /// Ends a visit: answers if that was not done before, and leaves the instance's count.
    #[inline]
    pub fn finish(&mut self, id: VisitId, outcome: Outcome, lookup: Lookup) {
        let Some(mut visit) = self.visits.remove(id) else { return };
        self.instances[visit.instance as usize].visits -= 1;
        let mut wasted = false;
        if !visit.answered {
            visit.outcome = outcome;
            visit.lookup = lookup;
            wasted = !self.send_answer(&visit);
        }
        self.record_visit(&visit, visit.outcome, wasted);
    }

    /// An answer has come: the call ends.
    #[inline]
    pub(super) fn end_answered(&mut self, id: CallId) -> Option<EndedCall> {
        let call = self.calls.remove(id)?;
        if call.connection.is_some() {
            self.give_back(&call);
        }
        self.record_call(&call, call.outcome);
        Some(EndedCall { call, outcome: call.outcome })
    }

    /// The caller stops waiting. Says what ended, if the call had not ended before.
    pub fn give_up(&mut self, id: CallId, outcome: Outcome) -> Option<EndedCall> {
        let mut call = self.calls.remove(id)?;
        call.lookup = Lookup::None;
        if call.phase == Phase::Connecting {
            self.stop_waiting(&call, id);
        } else if self.visits.get(call.visit).is_some_and(|visit| !visit.answered) {
            self.transmit(
                call.link,
                || Message {
                    from: call.from,
                    to: call.to,
                    path: call.path,
                    root: call.root,
                    direction: Direction::Cancel,
                    operation: call.operation,
                    lookup: Lookup::None,
                    outcome,
                    bytes: HEADER_BYTES,
                },
                Event::Cancel(call.visit),
            );
        } else if call.connection.is_some() {
            // The request or its answer is lost or still on its way; either way nothing will come back on it.
            self.give_back(&call);
        }
        self.record_call(&call, outcome);
        Some(EndedCall { call, outcome })
    }

    /// Sends a message on its way with `event` at its end. Whether it will arrive. What the message is matters only on
    /// a link that is not plain, or if it is drawn.
    #[inline]
    fn transmit(&mut self, link: u16, message: impl Fn() -> Message, event: Event) -> bool {
        let entry = &self.links[usize::from(link)];
        if !entry.is_plain(self.now) {
            return self.transmit_over(link, &message(), event);
        }
        let arrives = self.now + entry.settings.latency;
        match entry.lane {
            None => self.queue.push_at_once(self.now, event),
            Some(lane) => self.queue.push_to_lane(lane, arrives, event),
        }
        if self.hops.is_some() {
            self.draw_hop(&message(), arrives);
        }
        true
    }

    /// The same over a link that loses, delays or takes turns.
    fn transmit_over(&mut self, link: u16, message: &Message, event: Event) -> bool {
        let entry = &mut self.links[usize::from(link)];
        if entry.loses(self.now, message.path, message.direction) {
            return false;
        }
        let ends = (message.from, message.to);
        let arrives = entry.arrival(self.now, ends, message.path, message.direction, message.bytes);
        self.queue.push(arrives, event);
        self.draw_hop(message, arrives);
        true
    }

    #[cold]
    fn draw_hop(&mut self, message: &Message, arrives: Time) {
        let failed = message.outcome != Outcome::Ok || message.direction == Direction::Cancel;
        if self.hops.is_none_or(|mask| message.root & mask != 0 && !failed) {
            return;
        }
        self.records.push(Record::Hop(Hop {
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
        }));
    }

    /// Without a balancer, ready instances take turns.
    #[inline]
    fn next_in_turn(&mut self, from: InstanceIndex, link: u16, node: NodeIndex) -> Option<InstanceIndex> {
        let ready = &self.nodes[usize::from(node)].ready;
        match ready.len() {
            0 => None,
            1 => Some(ready[0]),
            len => {
                let turn = self.instances[from as usize].take_turn(link);
                Some(ready[turn as usize % len])
            }
        }
    }
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
    bytes: u32,
}
