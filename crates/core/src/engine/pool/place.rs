//! The places of a pool: each holds a connection, is opening one, or is kept although reopening failed.

use crate::engine::Time;
use std::collections::VecDeque;

/// A connection of one pool: a place and how often a connection was opened there. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId {
    /// The place. Places are few and used again, so a caller may keep a table by them.
    pub slot: u32,
    /// Which of the connections that were opened at this place.
    pub generation: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    status: Status,
    generation: u32,
    /// A connection is open or being opened.
    pub(super) connected: bool,
    pub(super) opened_at: Time,
    pub(super) epoch: u64,
    /// How many connections of the pool were opened before it.
    number: u64,
    /// Calls that it carries.
    pub(super) streams: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Free,
    Idle,
    InUse {
        waiter: u64,
        since: Time,
    },
    Opening {
        waiter: u64,
        since: Time,
        /// The place existed before: a failure does not give it up.
        again: bool,
    },
}

#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    places: Vec<Place>,
    free: Vec<u32>,
    connected: u32,
    opened: u64,
}

impl Places {
    /// Places that are not free.
    pub(super) fn taken(&self) -> u32 {
        (self.places.len() - self.free.len()) as u32
    }

    /// Places with a connection open or being opened.
    pub(super) fn connected(&self) -> u32 {
        self.connected
    }

    pub(super) fn get(&self, slot: u32) -> &Place {
        &self.places[slot as usize]
    }

    /// What the connection is doing; none if it is gone.
    pub(super) fn status(&self, connection: ConnectionId) -> Option<Status> {
        let place = self.places.get(connection.slot as usize)?;
        (place.connected && place.generation == connection.generation).then_some(place.status)
    }

    /// The connection now or last at `slot`.
    pub(super) fn connection(&self, slot: u32) -> ConnectionId {
        ConnectionId { slot, generation: self.get(slot).generation }
    }

    /// The place where a connection is being opened for `waiter`, and whether it existed before.
    pub(super) fn opening_for(&self, waiter: u64) -> Option<(u32, bool)> {
        self.places.iter().zip(0..).find_map(|(place, slot)| match place.status {
            Status::Opening { waiter: whose, again, .. } if whose == waiter => Some((slot, again)),
            _ => None,
        })
    }

    /// A free place; the caller gives it a status.
    pub(super) fn take(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.places.push(Place {
                status: Status::Free,
                generation: 0,
                connected: false,
                opened_at: 0,
                epoch: 0,
                number: 0,
                streams: 0,
            });
            self.places.len() as u32 - 1
        })
    }

    /// Frees a place that has no connection.
    pub(super) fn free(&mut self, slot: u32) {
        self.set(slot, Status::Free);
        self.free.push(slot);
    }

    pub(super) fn set(&mut self, slot: u32, status: Status) {
        self.places[slot as usize].status = status;
    }

    /// A new connection at a place that has none.
    pub(super) fn connect(&mut self, slot: u32, now: Time, epoch: u64) -> ConnectionId {
        let place = &mut self.places[slot as usize];
        place.generation = place.generation.wrapping_add(1);
        (place.connected, place.opened_at, place.epoch) = (true, now, epoch);
        place.number = self.opened;
        self.opened += 1;
        self.connected += 1;
        self.connection(slot)
    }

    /// Forgets the connection at a place, and the calls on it; whether there was one.
    pub(super) fn disconnect(&mut self, slot: u32) -> bool {
        let place = &mut self.places[slot as usize];
        place.streams = 0;
        let was = std::mem::replace(&mut place.connected, false);
        self.connected -= u32::from(was);
        was
    }

    /// One call more on the connection at a place.
    pub(super) fn join(&mut self, slot: u32) {
        self.places[slot as usize].streams += 1;
    }

    /// One call less on the connection at a place; those that are left.
    pub(super) fn leave(&mut self, slot: u32) -> u32 {
        let streams = &mut self.places[slot as usize].streams;
        *streams = streams.saturating_sub(1);
        *streams
    }

    /// Of the connections in use that fit, the one opened first. O(places).
    pub(super) fn oldest_in_use(&self, fits: impl Fn(&Place) -> bool) -> Option<u32> {
        let in_use = |place: &Place| matches!(place.status, Status::InUse { .. });
        let fitting = (0..).zip(&self.places).filter(|(_, place)| in_use(place) && fits(place));
        fitting.min_by_key(|(_, place)| place.number).map(|(slot, _)| slot)
    }

    /// Connections that are being opened. O(places).
    pub(super) fn opening(&self) -> usize {
        self.places.iter().filter(|place| matches!(place.status, Status::Opening { .. })).count()
    }

    pub(super) fn memory(&self) -> u64 {
        (self.places.capacity() * size_of::<Place>() + self.free.capacity() * size_of::<u32>()) as u64
    }

    /// Recounts; `idle` are the places the pool takes for idle.
    pub(super) fn validate(&self, idle: &VecDeque<u32>) -> Result<(), String> {
        let count = |is: &dyn Fn(&Place) -> bool| self.places.iter().filter(|place| is(place)).count();
        let connected = count(&|place| place.connected);
        if connected != self.connected as usize {
            return Err(format!("{connected} places connected, counted {}", self.connected));
        }
        let free = count(&|place| place.status == Status::Free);
        if free != self.free.len() || self.free.iter().any(|&slot| self.get(slot).status != Status::Free) {
            return Err(format!("{free} places free, listed {}", self.free.len()));
        }
        let idle_here = count(&|place| place.status == Status::Idle);
        if idle_here != idle.len() || idle.iter().any(|&slot| self.get(slot).status != Status::Idle) {
            return Err(format!("{idle_here} places idle, listed {}", idle.len()));
        }
        let wrong = count(&|place| match place.status {
            Status::Free => place.connected,
            Status::Idle => false,
            Status::InUse { .. } | Status::Opening { .. } => !place.connected,
        });
        if wrong > 0 {
            return Err(format!("{wrong} places free with a connection or used without one"));
        }
        let in_use = |place: &Place| matches!(place.status, Status::InUse { .. });
        let miscounted = count(&|place| in_use(place) != (place.streams > 0));
        if miscounted > 0 {
            return Err(format!("{miscounted} places in use without a call, or with one and not in use"));
        }
        Ok(())
    }
}
