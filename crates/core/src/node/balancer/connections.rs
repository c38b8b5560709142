//! The connections that end at a balancer, by the places they have in their callers' pools.
//!
//! At layer 4 a connection is passed on as a whole: the server that its first call was given gets all calls that come
//! over it, for as long as it stays open, busy or not. So a server that is new gets nothing until connections are made
//! anew. At layer 7 connections end here, and only the first call over each takes longer. A connection may carry several
//! calls at once (`streams` of a pool): it counts as one all the same.
//!
//! A look is O(pools), a new connection O(connections), since only then those that were closed are forgotten. Left out:
//! who comes over a connection while its first call is still at the handshake waits as long as that did, not for the rest
//! of it.

use crate::engine::pool::ConnectionId;
use crate::sim::kernel::Kernel;
use crate::sim::record::InstanceIndex;

/// What one instance of a balancer knows of the connections to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Connections {
    pools: Vec<(u32, Vec<Option<Open>>)>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    generation: u32,
    to: Option<Passed>,
}

/// Where a connection is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passed {
    pub(super) instance: InstanceIndex,
    pub(super) link: u16,
}

impl Connections {
    /// Whether a call has come over this connection before.
    pub(super) fn knows(&self, pool: u32, connection: ConnectionId) -> bool {
        self.open_at(pool, connection).is_some()
    }

    /// Where this connection is passed on.
    pub(super) fn passed(&self, pool: u32, connection: ConnectionId) -> Option<Passed> {
        self.open_at(pool, connection)?.to
    }

    /// A connection over which a call has come for the first time. `closed` is told of servers whose connections are no
    /// more.
    pub(super) fn open(
        &mut self,
        kernel: &Kernel,
        (pool, connection): (u32, ConnectionId),
        to: Option<Passed>,
        mut closed: impl FnMut(InstanceIndex),
    ) {
        self.forget(|pool, connection| kernel.is_connected(pool, connection), &mut closed);
        let place = self.pools.binary_search_by_key(&pool, |(of, _)| *of).unwrap_or_else(|place| {
            self.pools.insert(place, (pool, Vec::new()));
            place
        });
        let slots = &mut self.pools[place].1;
        let slot = connection.slot as usize;
        if slot >= slots.len() {
            slots.resize(slot + 1, None);
        }
        slots[slot] = Some(Open { generation: connection.generation, to });
    }

    /// A connection was cut on the server's side.
    pub(super) fn cut(&mut self, pool: u32, connection: ConnectionId) {
        if let Some(open) = self.place(pool, connection.slot) {
            *open = None;
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self, mut closed: impl FnMut(InstanceIndex)) {
        self.forget(|_, _| false, &mut closed);
    }

    /// To how many connections a server is the end.
    pub(super) fn count(&self, instance: InstanceIndex) -> usize {
        let all = self.pools.iter().flat_map(|(_, slots)| slots.iter().flatten());
        all.filter(|open| open.to.is_some_and(|to| to.instance == instance)).count()
    }

    fn open_at(&self, pool: u32, connection: ConnectionId) -> Option<&Open> {
        let place = self.pools.binary_search_by_key(&pool, |(of, _)| *of).ok()?;
        let open = self.pools[place].1.get(connection.slot as usize)?.as_ref();
        open.filter(|open| open.generation == connection.generation)
    }

    fn place(&mut self, pool: u32, slot: u32) -> Option<&mut Option<Open>> {
        let place = self.pools.binary_search_by_key(&pool, |(of, _)| *of).ok()?;
        self.pools[place].1.get_mut(slot as usize)
    }

    fn forget(&mut self, stays: impl Fn(u32, ConnectionId) -> bool, closed: &mut dyn FnMut(InstanceIndex)) {
        for (pool, slots) in &mut self.pools {
            for (slot, open) in (0..).zip(slots) {
                let gone =
                    open.take_if(|open| !stays(*pool, ConnectionId { slot, generation: open.generation }));
                if let Some(to) = gone.and_then(|gone| gone.to) {
                    closed(to.instance);
                }
            }
        }
    }
}
