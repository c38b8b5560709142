//! A pool of connections by the rules of SQLAlchemy's `QueuePool` (`lib/sqlalchemy/pool/impl.py`, `base.py`).
//!
//! - It starts empty and opens a connection when a checkout finds none idle and fewer than `pool_size + max_overflow`
//!   exist. Otherwise the checkout waits, first come first served, and is refused after `timeout`.
//! - A returned connection goes to whoever waits longest, else becomes idle; if `pool_size` are idle already it is
//!   closed. So no connection is "an overflow one": 15 out and all returned leaves 5, whichever come back first.
//! - Age (`recycle`) and invalidation are looked at when a connection is handed out, never before: an idle one is
//!   not closed by the passing of time, one in use is never cut. Reconnecting keeps the connection's place.
//! - A failed opening is its caller's error. Whoever waits is not woken, though there is room now: it sleeps out its
//!   time, sees the room and opens instead of giving up. A newcomer may take that room before.
//! - If a *re*opening fails, the place goes back without a connection, to the next waiter if there is one, who tries
//!   again.
//!
//! With more than one stream a connection carries several calls at once, as HTTP/2 does (RFC 9113, section 5.1.2). Then:
//!
//! - A call takes a free stream of a connection in use, of several that opened first, before an idle connection and
//!   before a new one: no connection more than the calls need. What is too old takes no more calls, and closes after its
//!   last.
//! - Whoever finds a connection being opened that will have a stream to spare waits for that instead of opening another,
//!   also where `timeout` is 0. If its opener gives up, the next goes on with it; if it fails, the next opens anew.
//! - A connection is tested (`pre_ping`) when it was idle, and not by those who join. A broken one breaks for all.
//!
//! The pool only decides. Opening, pinging, closing and timers take time elsewhere: it says what to do as
//! [`Effect`]s and is told what came of it as [`Input`]s. The rollback on return (`reset_on_return`) happens before
//! [`Input::Checkin`] and is not its matter.
//!
//! Costs: checkout and checkin O(1), with several streams O(connections); giving up O(waiting + connections); no
//! allocation once queue and places have been as long before.
//!
//! Left out: `max_overflow = -1` (write `pool_size = 0`, which is unlimited too, and keeps every connection that
//! comes back), thread unfairness (there a newcomer can overtake a woken waiter; here it never does, unless an
//! opening failed).

mod place;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod twin;

pub use place::ConnectionId;

use super::{Nanos, Time};
use place::{Place, Places, Status};
use std::collections::VecDeque;

/// What can be set on a pool; names and defaults are SQLAlchemy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// Connections kept when idle. 0 means no limit, neither on idle nor on open ones.
    pub pool_size: u32,
    /// Connections that may be open beyond `pool_size`.
    pub max_overflow: u32,
    /// How long a checkout waits before it is refused, in ns. 0 refuses at once.
    pub timeout: Nanos,
    /// Hand out the connection returned last instead of the one idle longest, so that the rest age.
    pub use_lifo: bool,
    /// Test a connection that was used before by one round trip when it is handed out.
    pub pre_ping: bool,
    /// Reconnect at checkout what is older than this, in ns.
    pub recycle: Option<Nanos>,
    /// Calls that a connection carries at once; not SQLAlchemy's. 1, or 0, is one at a time.
    pub streams: u32,
}

impl Default for PoolSettings {
    fn default() -> Self {
        PoolSettings {
            pool_size: 5,
            max_overflow: 10,
            timeout: 30_000_000_000,
            use_lifo: false,
            pre_ping: false,
            recycle: None,
            streams: 1,
        }
    }
}

/// What happens to a pool. Connections and waiters it does not know (any more) are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A caller wants a connection; `waiter` is a number of its own.
    Checkout {
        /// Unique among those that wait, open or hold a connection.
        waiter: u64,
    },
    /// A caller returns its connection in order.
    Checkin {
        /// The connection it held.
        connection: ConnectionId,
    },
    /// A caller returns a connection that it found dead. It is closed, and as its server has probably gone, so is
    /// every other of that time at its next checkout.
    Broken {
        /// The connection it held.
        connection: ConnectionId,
    },
    /// [`Effect::Open`] succeeded.
    Opened {
        /// The connection of that effect.
        connection: ConnectionId,
    },
    /// [`Effect::Open`] failed.
    OpenFailed {
        /// The connection of that effect.
        connection: ConnectionId,
    },
    /// The ping that [`Effect::Grant`] asked for failed: all connections of that time reconnect at their next
    /// checkout, this one at once.
    PingFailed {
        /// The connection of that effect.
        connection: ConnectionId,
    },
    /// The timer of [`Effect::SetTimer`] rang.
    WaitTimedOut {
        /// The waiter of that effect.
        waiter: u64,
    },
    /// A caller that has no connection yet wants none any more. An opening on its behalf is abandoned.
    GiveUp {
        /// The caller's number.
        waiter: u64,
    },
    /// Every connection that exists or is being opened reconnects at its next checkout.
    Invalidate,
    /// New settings. Idle connections that are too many are closed, longest idle first; those in use finish and then
    /// make the pool shrink; room that is new goes to those who wait, each by an opening. Timers that run stay.
    Reconfigure(PoolSettings),
}

/// What a pool wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The checkout succeeded.
    Grant {
        /// Whose checkout.
        waiter: u64,
        /// The connection it holds until [`Input::Checkin`] or [`Input::Broken`].
        connection: ConnectionId,
        /// Test it with one round trip first; [`Input::PingFailed`] if there is no answer.
        ping: bool,
    },
    /// Open a connection, then tell [`Input::Opened`] or [`Input::OpenFailed`].
    Open {
        /// What it will be called.
        connection: ConnectionId,
        /// Who waits for it.
        waiter: u64,
    },
    /// Close a connection, or abandon its opening.
    Close {
        /// Not used again.
        connection: ConnectionId,
    },
    /// Send [`Input::WaitTimedOut`] at that time.
    SetTimer {
        /// Who waits.
        waiter: u64,
        /// When, in ns.
        at: Time,
    },
    /// The waiter's timer is no longer wanted.
    CancelTimer {
        /// Who waited.
        waiter: u64,
    },
    /// The checkout failed.
    Refuse {
        /// Whose checkout.
        waiter: u64,
        /// Time since it, in ns.
        waited: Nanos,
        /// Why.
        reason: Refusal,
    },
}

/// Why a checkout failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `QueuePool limit of size … overflow … reached, connection timed out`.
    TimedOut,
    /// The connection could not be opened.
    OpenFailed,
}

/// A pool of connections.
#[derive(Clone, Debug)]
pub struct Pool {
    settings: PoolSettings,
    places: Places,
    // Longest idle first.
    idle: VecDeque<u32>,
    waiting: VecDeque<Waiter>,
    // Raised by an invalidation: a connection opened under a smaller number reconnects at its next checkout.
    epoch: u64,
}

#[derive(Clone, Copy, Debug)]
struct Waiter {
    token: u64,
    since: Time,
}

impl Pool {
    /// A pool without connections.
    pub fn new(settings: PoolSettings) -> Self {
        Pool {
            settings,
            places: Places::default(),
            idle: VecDeque::new(),
            waiting: VecDeque::new(),
            epoch: 0,
        }
    }

    /// The settings in force.
    pub fn settings(&self) -> PoolSettings {
        self.settings
    }

    /// Whether a connection is open or being opened.
    pub fn is_connected(&self, connection: ConnectionId) -> bool {
        self.places.status(connection).is_some()
    }

    /// Connections open or being opened: what the server sees.
    pub fn open(&self) -> u32 {
        self.places.connected()
    }

    /// Connections that nobody uses. A place whose reopening failed counts, though it is not open.
    pub fn idle(&self) -> u32 {
        self.idle.len() as u32
    }

    /// Connections checked out, those being opened for a caller included.
    pub fn in_use(&self) -> u32 {
        self.places.taken() - self.idle()
    }

    /// Calls that a connection carries; none if it is gone.
    pub fn streams(&self, connection: ConnectionId) -> u32 {
        self.places.status(connection).map_or(0, |_| self.places.get(connection.slot).streams)
    }

    /// Checkouts that wait.
    pub fn waiting(&self) -> u32 {
        self.waiting.len() as u32
    }

    /// Most connections; none if there is no limit.
    pub fn limit(&self) -> Option<u32> {
        let PoolSettings { pool_size, max_overflow, .. } = self.settings;
        (pool_size > 0).then(|| pool_size.saturating_add(max_overflow))
    }

    /// Tells the pool what happened at `now` and appends to `out` what to do about it, in this order.
    pub fn on(&mut self, now: Time, input: Input, out: &mut Vec<Effect>) {
        match input {
            Input::Checkout { waiter } => self.check_out(now, waiter, out),
            Input::Checkin { connection } => self.check_in(now, connection, out),
            Input::Broken { connection } => self.broken(now, connection, out),
            Input::Opened { connection } => self.opened(now, connection, out),
            Input::OpenFailed { connection } => self.open_failed(now, connection, out),
            Input::PingFailed { connection } => self.ping_failed(now, connection, out),
            Input::WaitTimedOut { waiter } => self.timed_out(now, waiter, out),
            Input::GiveUp { waiter } => self.give_up(now, waiter, out),
            Input::Invalidate => self.epoch += 1,
            Input::Reconfigure(settings) => self.reconfigure(now, settings, out),
        }
    }

    fn check_out(&mut self, now: Time, token: u64, out: &mut Vec<Effect>) {
        let waiter = Waiter { token, since: now };
        if let Some(slot) = self.free_stream(now) {
            return self.join(slot, waiter, out);
        }
        let idle = if self.settings.use_lifo { self.idle.pop_back() } else { self.idle.pop_front() };
        if let Some(slot) = idle {
            self.hand_out(now, slot, waiter, out);
        } else if self.is_opening_enough(1) {
            self.wait(now, waiter, out);
        } else if self.has_room() {
            self.open_new(now, waiter, out);
        } else if self.settings.timeout == 0 {
            out.push(Effect::Refuse { waiter: token, waited: 0, reason: Refusal::TimedOut });
        } else {
            self.wait(now, waiter, out);
        }
    }

    fn wait(&mut self, now: Time, waiter: Waiter, out: &mut Vec<Effect>) {
        self.waiting.push_back(waiter);
        if self.settings.timeout > 0 {
            let at = now.saturating_add(self.settings.timeout);
            out.push(Effect::SetTimer { waiter: waiter.token, at });
        }
    }

    fn check_in(&mut self, now: Time, connection: ConnectionId, out: &mut Vec<Effect>) {
        if let Some(Status::InUse { .. }) = self.places.status(connection) {
            if self.places.leave(connection.slot) == 0 {
                self.give_back(now, connection.slot, out);
            }
            self.share_out(now, out);
        }
    }

    fn broken(&mut self, now: Time, connection: ConnectionId, out: &mut Vec<Effect>) {
        if let Some(Status::InUse { .. }) = self.places.status(connection) {
            self.epoch += 1;
            self.disconnect(connection.slot, out);
            self.give_back(now, connection.slot, out);
            self.share_out(now, out);
        }
    }

    fn opened(&mut self, now: Time, connection: ConnectionId, out: &mut Vec<Effect>) {
        if let Some(Status::Opening { waiter, since, .. }) = self.places.status(connection) {
            self.places.set(connection.slot, Status::InUse { waiter, since });
            self.join(connection.slot, Waiter { token: waiter, since }, out);
            self.share_out(now, out);
        }
    }

    fn open_failed(&mut self, now: Time, connection: ConnectionId, out: &mut Vec<Effect>) {
        if let Some(Status::Opening { waiter, since, again }) = self.places.status(connection) {
            let waited = now.saturating_sub(since);
            out.push(Effect::Refuse { waiter, waited, reason: Refusal::OpenFailed });
            self.places.disconnect(connection.slot);
            self.leave_opening(now, connection.slot, again, out);
            self.share_out(now, out);
        }
    }

    fn ping_failed(&mut self, now: Time, connection: ConnectionId, out: &mut Vec<Effect>) {
        if let Some(Status::InUse { waiter, since }) = self.places.status(connection) {
            self.epoch += 1;
            self.disconnect(connection.slot, out);
            self.open_at(now, connection.slot, Waiter { token: waiter, since }, true, out);
        }
    }

    fn timed_out(&mut self, now: Time, waiter: u64, out: &mut Vec<Effect>) {
        let Some(waiter) = self.stop_waiting(waiter) else { return };
        if self.has_room() && !self.is_opening_enough(1) {
            self.open_new(now, waiter, out);
        } else {
            let waited = now.saturating_sub(waiter.since);
            out.push(Effect::Refuse { waiter: waiter.token, waited, reason: Refusal::TimedOut });
        }
    }

    fn give_up(&mut self, now: Time, waiter: u64, out: &mut Vec<Effect>) {
        if self.stop_waiting(waiter).is_some() {
            out.push(Effect::CancelTimer { waiter });
        } else if let Some((slot, again)) = self.places.opening_for(waiter) {
            if self.has_streams()
                && let Some(Waiter { token: waiter, since }) = self.next_waiter(out)
            {
                return self.places.set(slot, Status::Opening { waiter, since, again });
            }
            self.disconnect(slot, out);
            self.leave_opening(now, slot, again, out);
        }
    }

    fn reconfigure(&mut self, now: Time, settings: PoolSettings, out: &mut Vec<Effect>) {
        self.settings = settings;
        while self.idle.len() as u32 > self.most_idle() || self.over_limit() {
            let Some(slot) = self.idle.pop_front() else { break };
            self.disconnect(slot, out);
            self.places.free(slot);
        }
        self.serve(now, out);
    }

    /// Where connections carry several calls: see [`Pool::serve`]. Else whoever waits sleeps on.
    fn share_out(&mut self, now: Time, out: &mut Vec<Effect>) {
        if self.has_streams() {
            self.serve(now, out);
        }
    }

    /// Free streams and room go to those who wait.
    fn serve(&mut self, now: Time, out: &mut Vec<Effect>) {
        while !self.waiting.is_empty() {
            let free = self.free_stream(now);
            if free.is_none() && (!self.has_room() || self.is_opening_enough(0)) {
                return;
            }
            let Some(waiter) = self.next_waiter(out) else { return };
            match free {
                Some(slot) => self.join(slot, waiter, out),
                None => self.open_new(now, waiter, out),
            }
        }
    }

    fn next_waiter(&mut self, out: &mut Vec<Effect>) -> Option<Waiter> {
        let waiter = self.waiting.pop_front()?;
        out.push(Effect::CancelTimer { waiter: waiter.token });
        Some(waiter)
    }

    /// One call more on the connection at `slot`, which is in use.
    fn join(&mut self, slot: u32, waiter: Waiter, out: &mut Vec<Effect>) {
        self.places.join(slot);
        let connection = self.places.connection(slot);
        out.push(Effect::Grant { waiter: waiter.token, connection, ping: false });
    }

    /// Gives the place at `slot`, nobody's at the moment, to a caller; reconnects first if it must.
    fn hand_out(&mut self, now: Time, slot: u32, waiter: Waiter, out: &mut Vec<Effect>) {
        let place = self.places.get(slot);
        if place.connected && !self.is_stale(now, place) {
            self.places.set(slot, Status::InUse { waiter: waiter.token, since: waiter.since });
            self.places.join(slot);
            let connection = self.places.connection(slot);
            out.push(Effect::Grant { waiter: waiter.token, connection, ping: self.settings.pre_ping });
        } else {
            self.disconnect(slot, out);
            self.open_at(now, slot, waiter, true, out);
        }
    }

    /// Takes the place at `slot` back from a caller: to whoever waits, to the idle ones, or away.
    fn give_back(&mut self, now: Time, slot: u32, out: &mut Vec<Effect>) {
        if !self.over_limit() {
            if let Some(waiter) = self.next_waiter(out) {
                return self.hand_out(now, slot, waiter, out);
            }
            let place = self.places.get(slot);
            let drained = self.has_streams() && place.connected && self.is_stale(now, place);
            if self.idle() < self.most_idle() && !drained {
                self.places.set(slot, Status::Idle);
                return self.idle.push_back(slot);
            }
        }
        self.disconnect(slot, out);
        self.places.free(slot);
    }

    /// An opening came to nothing: a new place goes, an old one is kept to try again.
    fn leave_opening(&mut self, now: Time, slot: u32, again: bool, out: &mut Vec<Effect>) {
        if again {
            self.give_back(now, slot, out);
        } else {
            self.places.free(slot);
        }
    }

    fn open_new(&mut self, now: Time, waiter: Waiter, out: &mut Vec<Effect>) {
        let slot = self.places.take();
        self.open_at(now, slot, waiter, false, out);
    }

    fn open_at(&mut self, now: Time, slot: u32, waiter: Waiter, again: bool, out: &mut Vec<Effect>) {
        let Waiter { token: waiter, since } = waiter;
        let connection = self.places.connect(slot, now, self.epoch);
        self.places.set(slot, Status::Opening { waiter, since, again });
        out.push(Effect::Open { connection, waiter });
    }

    fn disconnect(&mut self, slot: u32, out: &mut Vec<Effect>) {
        if self.places.disconnect(slot) {
            out.push(Effect::Close { connection: self.places.connection(slot) });
        }
    }

    fn stop_waiting(&mut self, token: u64) -> Option<Waiter> {
        let position = self.waiting.iter().position(|waiter| waiter.token == token)?;
        self.waiting.remove(position)
    }

    fn is_stale(&self, now: Time, place: &Place) -> bool {
        let age = now.saturating_sub(place.opened_at);
        place.epoch < self.epoch || self.settings.recycle.is_some_and(|recycle| age > recycle)
    }

    /// Whether connections carry several calls at once.
    fn has_streams(&self) -> bool {
        self.settings.streams > 1
    }

    /// A connection in use that takes another call.
    fn free_stream(&self, now: Time) -> Option<u32> {
        if !self.has_streams() || self.over_limit() {
            return None;
        }
        self.places.oldest_in_use(|place| place.streams < self.settings.streams && !self.is_stale(now, place))
    }

    /// Whether the connections that are being opened will have a stream for all who wait, and so many more.
    fn is_opening_enough(&self, more: u64) -> bool {
        if !self.has_streams() {
            return false;
        }
        let opening = self.places.opening() as u64;
        opening * u64::from(self.settings.streams) >= opening + self.waiting.len() as u64 + more
    }

    fn has_room(&self) -> bool {
        self.limit().is_none_or(|limit| self.places.taken() < limit)
    }

    fn over_limit(&self) -> bool {
        self.limit().is_some_and(|limit| self.places.taken() > limit)
    }

    fn most_idle(&self) -> u32 {
        if self.settings.pool_size == 0 { u32::MAX } else { self.settings.pool_size }
    }

    /// Bytes the pool occupies here.
    pub fn memory(&self) -> u64 {
        let queues = self.idle.capacity() * size_of::<u32>() + self.waiting.capacity() * size_of::<Waiter>();
        (size_of::<Pool>() + queues) as u64 + self.places.memory()
    }

    /// Recounts everything from scratch.
    ///
    /// # Errors
    /// The first thing that does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        self.places.validate(&self.idle)?;
        if !self.waiting.is_empty() && !self.idle.is_empty() {
            return Err(format!("{} wait while {} are idle", self.waiting.len(), self.idle.len()));
        }
        if self.idle() > self.most_idle() {
            return Err(format!("{} idle of at most {}", self.idle(), self.most_idle()));
        }
        let joins = |place: &Place| place.streams < self.settings.streams && place.epoch == self.epoch;
        if self.has_streams()
            && self.settings.recycle.is_none()
            && !self.over_limit()
            && !self.waiting.is_empty()
            && let Some(slot) = self.places.oldest_in_use(joins)
        {
            return Err(format!("{} wait while place {slot} has a free stream", self.waiting.len()));
        }
        if self.over_limit() && self.idle() > 0 {
            return Err(format!("{} idle while the pool must shrink", self.idle()));
        }
        Ok(())
    }
}
