//! Pools on links: translates what a [`Pool`] wants into messages, timers and calls that leave.
//!
//! A pool belongs to one instance of the caller. Each of its connections ends at one instance of the callee, which
//! counts what it has accepted; one too many is refused, and so is any by an instance that does not work. A
//! connection to an instance that has died stays in the pool until somebody uses it, as in life.

use super::call::{Call, CallId};
use super::event::Event;
use super::instance::UNLIMITED;
use super::kernel::Kernel;
use super::record::{InstanceIndex, NoteKind, Outcome};
use super::slab::Id;
use super::time::Nanos;
use crate::engine::pool::{ConnectionId, Effect, Input, Pool, PoolSettings};
use std::collections::BTreeMap;

/// A pool, who owns it and where its connections end.
#[derive(Clone, Debug)]
pub(super) struct PoolState {
    pub(super) pool: Pool,
    owner: InstanceIndex,
    link: u16,
    /// Where the connection of each place ends, and whether it was accepted there.
    peers: Vec<(InstanceIndex, bool)>,
    /// Its owner is gone; nothing comes back to it.
    closed: bool,
}

impl Kernel {
    /// Gives an instance a pool on one of its links.
    pub fn add_pool(&mut self, owner: InstanceIndex, link: u16, settings: PoolSettings) {
        self.pools.push(PoolState {
            pool: Pool::new(settings),
            owner,
            link,
            peers: Vec::new(),
            closed: false,
        });
        let index = self.pools.len() as u32 - 1;
        self.instances[owner as usize].pools.push((link, index));
        self.links[usize::from(link)].has_pools = true;
    }

    /// Changes the pools of a node's present instances on a link.
    pub fn set_pools(&mut self, link: u16, settings: PoolSettings) {
        for index in 0..self.pools.len() as u32 {
            let state = &self.pools[index as usize];
            if state.link == link && !state.closed && state.pool.settings() != settings {
                self.tell(index, Input::Reconfigure(settings));
            }
        }
    }

    /// The pool of an instance on a link, if it has one.
    pub fn pool(&self, owner: InstanceIndex, link: u16) -> Option<&Pool> {
        self.pool_of(owner, link).map(|index| &self.pools[index as usize].pool)
    }

    /// Whether a connection of a pool is open, by the number of the pool that visits over it carry.
    pub fn is_connected(&self, pool: u32, connection: ConnectionId) -> bool {
        let state = self.pools.get(pool as usize);
        state.is_some_and(|state| !state.closed && state.pool.is_connected(connection))
    }

    /// All pools of an instance.
    pub fn pools_of(&self, owner: InstanceIndex) -> impl Iterator<Item = (u16, &Pool)> {
        let pools = &self.instances[owner as usize].pools;
        pools.iter().map(|(link, index)| (*link, &self.pools[*index as usize].pool))
    }

    #[inline]
    pub(super) fn pool_of(&self, owner: InstanceIndex, link: u16) -> Option<u32> {
        if !self.links[usize::from(link)].has_pools {
            return None;
        }
        let pools = &self.instances[owner as usize].pools;
        pools.iter().find(|(of, _)| *of == link).map(|(_, index)| *index)
    }

    pub(super) fn check_out(&mut self, pool: u32, call: CallId) {
        self.tell(pool, Input::Checkout { waiter: call.to_word() });
    }

    pub(super) fn stop_waiting(&mut self, call: &Call, id: CallId) {
        if let Some(pool) = self.pool_of(call.from, call.link) {
            if let Some(connection) = call.connection {
                // It was waiting for its ping's answer.
                self.tell(pool, Input::Checkin { connection });
            } else {
                self.tell(pool, Input::GiveUp { waiter: id.to_word() });
            }
        }
    }

    pub(super) fn pool_timed_out(&mut self, call: CallId) {
        if let Some(pool) = self.calls.get(call).and_then(|entry| self.pool_of(entry.from, entry.link)) {
            self.tell(pool, Input::WaitTimedOut { waiter: call.to_word() });
        }
    }

    /// A call gives its connection back, one round trip later where the link resets it first.
    pub(super) fn give_back(&mut self, call: &Call) {
        let (Some(pool), Some(connection)) = (self.pool_of(call.from, call.link), call.connection) else {
            return;
        };
        if self.links[usize::from(call.link)].settings.reset_on_return {
            let round_trip = self.round_trips(call.link, 1);
            self.after(round_trip, Event::Returned { pool, connection });
        } else {
            self.connection_returned(pool, connection);
        }
    }

    pub(super) fn connection_returned(&mut self, pool: u32, connection: ConnectionId) {
        let state = &self.pools[pool as usize];
        let works = state
            .peers
            .get(connection.slot as usize)
            .is_some_and(|(peer, _)| self.instances[*peer as usize].life.is_working());
        let input = if works { Input::Checkin { connection } } else { Input::Broken { connection } };
        self.tell(pool, input);
    }

    pub(super) fn connection_opened(&mut self, pool: u32, connection: ConnectionId) {
        let accepted = self.pools[pool as usize].peers[connection.slot as usize].1;
        let input = if accepted { Input::Opened { connection } } else { Input::OpenFailed { connection } };
        self.tell(pool, input);
    }

    /// The time of a ping is over: the call leaves, or learns that its connection was dead.
    pub(super) fn pinged(&mut self, id: CallId) {
        let Some(call) = self.calls.get(id) else { return };
        let (Some(pool), Some(connection)) = (self.pool_of(call.from, call.link), call.connection) else {
            return;
        };
        if self.instances[call.to as usize].life.is_working() {
            self.send(id);
        } else {
            // Another call over the same connection may have found out before.
            let is_open = self.is_connected(pool, connection);
            if let Some(call) = self.calls.get_mut(id) {
                call.connection = None;
            }
            if !is_open {
                return self.check_out(pool, id);
            }
            self.tell(pool, Input::PingFailed { connection });
        }
    }

    pub(super) fn close_pools_of(&mut self, owner: InstanceIndex) {
        for (_, index) in std::mem::take(&mut self.instances[owner as usize].pools) {
            let state = &mut self.pools[index as usize];
            state.closed = true;
            for (peer, accepted) in &mut state.peers {
                if std::mem::take(accepted) {
                    let peer = &mut self.instances[*peer as usize];
                    peer.connections = peer.connections.saturating_sub(1);
                }
            }
        }
    }

    pub(super) fn validate_pools(&self) {
        let mut accepted = vec![0u32; self.instances.len()];
        for state in self.pools.iter().filter(|state| !state.closed) {
            if let Err(what) = state.pool.validate() {
                panic!("pool of instance {}: {what}", state.owner);
            }
            for (peer, _) in state.peers.iter().filter(|(_, accepted)| *accepted) {
                accepted[*peer as usize] += 1;
            }
        }
        for (index, instance) in self.instances.iter().enumerate() {
            assert_eq!(instance.connections, accepted[index], "connections of instance {index}");
        }
        self.validate_streams();
    }

    /// Recounts the calls on each connection: those that wait for an answer over it, and those that are answered though
    /// nobody waits. What is on its way back besides is on its count as well.
    fn validate_streams(&self) {
        let calls = self.calls.iter().map(|(_, call)| call);
        let of_calls = calls.filter_map(|call| Some((self.pool_of(call.from, call.link)?, call.connection?)));
        let visits = self.visits.iter().map(|(_, visit)| visit);
        let alone = visits.filter(|visit| !visit.answered && !self.calls.contains(visit.call));
        let of_visits = alone.filter_map(|visit| Some((visit.pool, visit.connection?)));
        let mut counts: BTreeMap<(u32, ConnectionId), u32> = BTreeMap::new();
        for held in
            of_calls.chain(of_visits).filter(|(pool, connection)| self.is_connected(*pool, *connection))
        {
            *counts.entry(held).or_default() += 1;
        }
        for ((pool, connection), count) in counts {
            let streams = self.pools[pool as usize].pool.streams(connection);
            assert!(count <= streams, "{count} calls on {connection:?} of pool {pool}, counted {streams}");
        }
    }

    fn tell(&mut self, index: u32, input: Input) {
        if self.pools[index as usize].closed {
            return;
        }
        let mut effects = std::mem::take(&mut self.effects);
        self.pools[index as usize].pool.on(self.now, input, &mut effects);
        for effect in effects.drain(..) {
            self.carry_out(index, effect);
        }
        self.effects = effects;
    }

    fn carry_out(&mut self, index: u32, effect: Effect) {
        match effect {
            Effect::Grant { waiter, connection, ping } => self.granted(index, waiter, connection, ping),
            Effect::Open { connection, waiter } => {
                let to = self.calls.get(Id::from_word(waiter)).map(|call| call.to);
                self.open(index, connection, to);
            }
            Effect::Close { connection } => self.close_connection(index, connection),
            Effect::SetTimer { waiter, at } => {
                let wait: Nanos = at.saturating_sub(self.now);
                self.after(wait, Event::PoolTimeout(Id::from_word(waiter)));
            }
            // Timers of calls that no longer wait are ignored when they ring.
            Effect::CancelTimer { .. } => {}
            Effect::Refuse { waiter, waited, .. } => {
                let state = &self.pools[index as usize];
                let (owner, open) = (state.owner, state.pool.open());
                self.note(owner, NoteKind::PoolTimedOut, u64::from(open), waited);
                self.refuse(Id::from_word(waiter), Outcome::Error);
            }
        }
    }

    fn granted(&mut self, index: u32, waiter: u64, connection: ConnectionId, ping: bool) {
        let peer = self.pools[index as usize].peers[connection.slot as usize].0;
        let id: CallId = Id::from_word(waiter);
        let Some(call) = self.calls.get_mut(id) else { return };
        call.connection = Some(connection);
        call.to = peer;
        if ping {
            let round_trip = self.round_trips(self.pools[index as usize].link, 1);
            self.after(round_trip, Event::Pinged(id));
        } else {
            self.send(id);
        }
    }

    fn open(&mut self, index: u32, connection: ConnectionId, to: Option<InstanceIndex>) {
        let state = &self.pools[index as usize];
        let (link, owner) = (state.link, state.owner);
        // Reopening on behalf of nobody goes where the next call would.
        let to = match to {
            Some(to) => to,
            None => state.peers.get(connection.slot as usize).map_or(owner, |(peer, _)| *peer),
        };
        // An instance that has died since is replaced by one that works, if there is one.
        let to = if self.instances[to as usize].life.is_working() {
            to
        } else {
            let node = self.instances[to as usize].node;
            self.members(node).ready.first().copied().unwrap_or(to)
        };
        let peer = &mut self.instances[to as usize];
        let limit = peer.settings.max_connections;
        let accepted = peer.life.is_working() && (limit == UNLIMITED || peer.connections < limit);
        if accepted {
            peer.connections += 1;
        }
        let state = &mut self.pools[index as usize];
        if state.peers.len() <= connection.slot as usize {
            state.peers.resize(connection.slot as usize + 1, (to, false));
        }
        state.peers[connection.slot as usize] = (to, accepted);
        let open = state.pool.open();
        if accepted {
            self.note(owner, NoteKind::Connected, u64::from(open), u64::from(to));
        }
        let takes = self.round_trips(link, self.links[usize::from(link)].settings.connect_round_trips);
        self.after(takes, Event::Opened { pool: index, connection });
    }

    fn close_connection(&mut self, index: u32, connection: ConnectionId) {
        let state = &mut self.pools[index as usize];
        let (owner, open) = (state.owner, state.pool.open());
        let Some((peer, accepted)) = state.peers.get_mut(connection.slot as usize) else { return };
        let peer = *peer;
        if std::mem::take(accepted) {
            let callee = &mut self.instances[peer as usize];
            callee.connections = callee.connections.saturating_sub(1);
            self.note(owner, NoteKind::Disconnected, u64::from(open), u64::from(peer));
        }
    }

    fn round_trips(&self, link: u16, trips: u32) -> Nanos {
        self.links[usize::from(link)].settings.latency.saturating_mul(2).saturating_mul(u64::from(trips))
    }
}
