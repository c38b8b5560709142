//! What can be read off a running system at a moment: figures of an instance, and who is inside.

use super::{NodeState, Simulator};
use crate::sim::call::{Stage, Visit, VisitId};
use crate::sim::instance::{Life, UNLIMITED};
use crate::sim::record::{InstanceIndex, NodeIndex, Operation};
use crate::sim::time::{Nanos, Time};
use crate::sort;

/// Who an instance is and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceInfo {
    /// Its node.
    pub node: NodeIndex,
    /// Its number within the node.
    pub slot: u32,
    /// How far it is.
    pub life: Life,
    /// Since when.
    pub since: Time,
}

/// Figures of an instance at a moment. Times are sums since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauge {
    /// Cores.
    pub cores: u32,
    /// Cores in use.
    pub busy: u32,
    /// Core time used, in nanoseconds.
    pub busy_time: u64,
    /// Time during which it worked, in nanoseconds; its core time is this times its cores.
    pub ready_time: u64,
    /// Workers; none: any number.
    pub workers: Option<u32>,
    /// Visits inside.
    pub inside: u32,
    /// Visits that wait to be let in.
    pub queue: u32,
    /// Visits inside, waiting or passing through.
    pub visits: u32,
    /// Connections that others hold to it.
    pub connections: u32,
    /// The most it accepts; none: any number.
    pub connections_limit: Option<u32>,
    /// Its own pool, the fullest if it has several.
    pub pool: Option<PoolGauge>,
    /// Entries of a cache.
    pub entries: u64,
    /// Bytes of values in a cache.
    pub bytes: u64,
    /// Room of a cache in entries or bytes, as set; 0 elsewhere.
    pub capacity: u64,
    /// Writes that a cache has answered and not yet written.
    pub buffered: u64,
    /// Calls of others that it has under way (a balancer's count).
    pub in_flight: u32,
    /// Requests sent so far, for clients.
    pub sent: u64,
    /// Visits that have come to it so far, those turned away as well.
    pub arrived: u64,
    /// Whether it runs slower than it could.
    pub slowed: bool,
    /// Visits that may be in it by the limit that finds itself; none: any number.
    pub limit: Option<u32>,
}

/// Figures of a pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolGauge {
    /// Connections held by a call.
    pub in_use: u32,
    /// Connections nobody uses.
    pub idle: u32,
    /// Connections open.
    pub open: u32,
    /// The most there may be; none: any number.
    pub limit: Option<u32>,
    /// Calls that wait for one.
    pub waiting: u32,
}

/// Who is inside an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    /// Those who have a worker, by time of entry.
    pub serving: Vec<Serving>,
    /// Those who wait for one, next first.
    pub waiting: Vec<Waiting>,
    /// Keys of a cache, next victim last.
    pub entries: Vec<u64>,
}

/// A visit inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Serving {
    /// The client's request behind it.
    pub root: u64,
    /// Its own path.
    pub path: u64,
    /// What it was asked for.
    pub operation: Operation,
    /// When it was let in.
    pub since: Time,
    /// Work left at present speed; none while it waits for a core or for others.
    pub remaining: Option<Nanos>,
}

/// A visit that waits to be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The client's request behind it.
    pub root: u64,
    /// What it was asked for.
    pub operation: Operation,
    /// When it arrived.
    pub since: Time,
    /// Its priority, 0 the highest, where the line goes by priorities.
    pub priority: Option<u8>,
}

impl Simulator {
    /// All instances there ever were; an instance's index is its place here.
    pub fn instances(&self) -> impl ExactSizeIterator<Item = InstanceInfo> + '_ {
        self.simulation.kernel.instances().iter().map(|instance| InstanceInfo {
            node: instance.node,
            slot: instance.slot,
            life: instance.life,
            since: instance.since,
        })
    }

    /// Figures of an instance at this moment. O(its pools).
    pub fn gauge(&self, index: InstanceIndex) -> Gauge {
        let kernel = &self.simulation.kernel;
        let Some(instance) = kernel.instances().get(index as usize) else { return Gauge::default() };
        let now = kernel.now();
        let limited = |limit: u32| (limit != UNLIMITED).then_some(limit);
        let pools = kernel.pools_of(index).map(|(_, pool)| PoolGauge {
            in_use: pool.in_use(),
            idle: pool.idle(),
            open: pool.open(),
            limit: pool.limit(),
            waiting: pool.waiting(),
        });
        let node = &self.simulation.handler.list[usize::from(instance.node)];
        let (entries, bytes, capacity, buffered) = match node {
            NodeState::Cache(cache) => cache.engine(index).map_or((0, 0, 0, 0), |engine| {
                (engine.len(), engine.bytes(), cache.room(), cache.buffered(index))
            }),
            _ => (0, 0, 0, 0),
        };
        let in_flight = match node {
            NodeState::Balancer(balancer) => balancer.in_flight(index),
            _ => 0,
        };
        let sent = if let NodeState::Clients(clients) = node { clients.issued() } else { 0 };
        Gauge {
            sent,
            cores: instance.processor.cores(),
            busy: instance.processor.busy(),
            busy_time: instance.processor.busy_time(now),
            ready_time: instance.ready_time(now),
            workers: limited(instance.settings.workers),
            inside: instance.inside,
            queue: instance.waiting.len() as u32,
            visits: instance.visits,
            arrived: instance.arrived,
            connections: instance.connections,
            connections_limit: limited(instance.settings.max_connections),
            pool: pools.max_by_key(|pool| (pool.waiting, pool.in_use)),
            entries,
            bytes,
            capacity,
            buffered,
            in_flight,
            slowed: instance.is_slowed(),
            limit: if let NodeState::Service(service) = node { service.limit(index) } else { None },
        }
    }

    /// Who is inside an instance, at most `limit` of each kind. O(visits alive).
    pub fn inside(&self, index: InstanceIndex, limit: usize) -> Inside {
        let kernel = &self.simulation.kernel;
        let Some(instance) = kernel.instances().get(index as usize) else { return Inside::default() };
        let mut serving: Vec<Serving> = kernel
            .visits()
            .filter(|(_, visit)| visit.instance == index && visit.stage == Stage::Inside)
            .map(|(id, visit)| Serving {
                root: visit.root,
                path: visit.path,
                operation: visit.operation,
                since: visit.started,
                remaining: instance.processor.remaining(kernel.now(), id),
            })
            .collect();
        sort::by_key(&mut serving, |visit| (visit.since, visit.path));
        serving.truncate(limit);
        let in_line = |id: VisitId| {
            let &Visit { root, operation, arrived, priority, .. } = kernel.visit(id)?;
            let priority = instance.waiting.tells_apart().then_some(priority);
            Some(Waiting { root, operation, since: arrived, priority })
        };
        let waiting = instance.waiting.iter().filter_map(in_line).take(limit).collect();
        let entries = match &self.simulation.handler.list[usize::from(instance.node)] {
            NodeState::Cache(cache) => cache.keys_to_keep(index, limit),
            _ => Vec::new(),
        };
        Inside { serving, waiting, entries }
    }
}
