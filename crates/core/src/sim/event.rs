//! What can happen, and how that stands in the queue: as two words. An enum of three numbers would be moved piece by
//! piece through memory at each of its copies; two words stay in registers.

use super::attempts::WholeId;
use super::call::{CallId, VisitId};
use super::record::InstanceIndex;
use super::slab::Id;
use crate::engine::pool::ConnectionId;

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Event {
    /// A request reaches its callee.
    Request(VisitId),
    /// An answer reaches its caller.
    Reply(CallId),
    /// The news that nobody waits any more reaches the callee.
    Cancel(VisitId),
    /// A caller has waited long enough.
    Timeout(CallId),
    /// A processor may have finished a job.
    Done { instance: InstanceIndex, place: u32, number: u32 },
    /// A fixed delay of a visit is over.
    Delay(VisitId),
    /// A node's own timer.
    Timer { instance: InstanceIndex, token: u32, number: u32 },
    /// An instance's life may go on: it has started, or its grace period is over.
    Life { instance: InstanceIndex, number: u32 },
    /// A disturbance is over.
    ActionEnd(u32),
    /// A wait for a connection has lasted long enough.
    PoolTimeout(CallId),
    /// A connection has been opened.
    Opened { pool: u32, connection: ConnectionId },
    /// A connection is free again.
    Returned { pool: u32, connection: ConnectionId },
    /// A connection was found to live: its call may leave.
    Pinged(CallId),
    /// It is time for the next attempt of a call.
    Again(WholeId),
    /// It is time for a second copy of a call.
    Copy(WholeId),
    /// Never asked for.
    Nothing,
}

/// An event as two words: its kind with one number above it, and two numbers. The default is nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Packed(u64, u64);

/// The kinds of which every request makes one, by which they are told apart without being unpacked.
pub(super) const REQUEST: u32 = 1;
pub(super) const REPLY: u32 = 2;
pub(super) const DONE: u32 = 5;
pub(super) const TIMER: u32 = 7;

impl Event {
    #[inline(always)]
    pub(super) fn pack(self) -> Packed {
        match self {
            Event::Nothing => Packed(0, 0),
            Event::Request(visit) => Packed(REQUEST.into(), visit.to_word()),
            Event::Reply(call) => Packed(REPLY.into(), call.to_word()),
            Event::Cancel(visit) => Packed(3, visit.to_word()),
            Event::Timeout(call) => Packed(4, call.to_word()),
            Event::Done { instance, place, number } => Packed(above(DONE, instance), pair(place, number)),
            Event::Delay(visit) => Packed(6, visit.to_word()),
            Event::Timer { instance, token, number } => Packed(above(TIMER, instance), pair(token, number)),
            Event::Life { instance, number } => Packed(above(8, instance), u64::from(number)),
            Event::ActionEnd(action) => Packed(9, u64::from(action)),
            Event::PoolTimeout(call) => Packed(10, call.to_word()),
            Event::Opened { pool, connection } => {
                Packed(above(11, pool), pair(connection.slot, connection.generation))
            }
            Event::Returned { pool, connection } => {
                Packed(above(12, pool), pair(connection.slot, connection.generation))
            }
            Event::Pinged(call) => Packed(13, call.to_word()),
            Event::Again(whole) => Packed(14, whole.to_word()),
            Event::Copy(whole) => Packed(15, whole.to_word()),
        }
    }
}

impl Packed {
    #[inline(always)]
    pub(super) fn kind(self) -> u32 {
        self.0 as u32
    }

    /// The number above the kind, and the two others.
    #[inline(always)]
    pub(super) fn numbers(self) -> [u32; 3] {
        [(self.0 >> 32) as u32, self.1 as u32, (self.1 >> 32) as u32]
    }

    /// Whom it is about, where that is all there is to say.
    #[inline(always)]
    pub(super) fn id<T>(self) -> Id<T> {
        Id::from_word(self.1)
    }

    #[inline(always)]
    pub(super) fn unpack(self) -> Event {
        let Packed(first, second) = self;
        let (over, low, high) = ((first >> 32) as u32, second as u32, (second >> 32) as u32);
        let connection = ConnectionId { slot: low, generation: high };
        match first as u32 {
            REQUEST => Event::Request(Id::from_word(second)),
            REPLY => Event::Reply(Id::from_word(second)),
            3 => Event::Cancel(Id::from_word(second)),
            4 => Event::Timeout(Id::from_word(second)),
            DONE => Event::Done { instance: over, place: low, number: high },
            6 => Event::Delay(Id::from_word(second)),
            TIMER => Event::Timer { instance: over, token: low, number: high },
            8 => Event::Life { instance: over, number: low },
            9 => Event::ActionEnd(low),
            10 => Event::PoolTimeout(Id::from_word(second)),
            11 => Event::Opened { pool: over, connection },
            12 => Event::Returned { pool: over, connection },
            13 => Event::Pinged(Id::from_word(second)),
            14 => Event::Again(Id::from_word(second)),
            15 => Event::Copy(Id::from_word(second)),
            _ => Event::Nothing,
        }
    }
}

/// A kind with a number above it.
#[inline]
fn above(kind: u32, number: u32) -> u64 {
    pair(kind, number)
}

#[inline]
fn pair(low: u32, high: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_out_as_they_went_in() {
        let word = 0x0123_4567_89ab_cdef;
        let connection = ConnectionId { slot: 7, generation: u32::MAX };
        let (visit, call) = (VisitId::from_word(word), CallId::from_word(word));
        for event in [
            Event::Nothing,
            Event::Request(visit),
            Event::Reply(call),
            Event::Cancel(visit),
            Event::Timeout(call),
            Event::Done { instance: 1, place: u32::MAX, number: 3 },
            Event::Delay(visit),
            Event::Timer { instance: u32::MAX, token: 2, number: u32::MAX },
            Event::Life { instance: 4, number: 5 },
            Event::ActionEnd(u32::MAX),
            Event::PoolTimeout(call),
            Event::Opened { pool: 6, connection },
            Event::Returned { pool: u32::MAX, connection },
            Event::Pinged(call),
            Event::Again(WholeId::from_word(word)),
            Event::Copy(WholeId::from_word(word)),
        ] {
            assert_eq!(event.pack().unpack(), event);
        }
    }
}
