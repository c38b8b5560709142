//! Instances: what is addressed. An instance is a slot of a node with a life of its own, from starting to gone or
//! dead, and holds what belongs to one machine: workers, the line in front of them, a processor, connections.

use super::call::VisitId;
use super::processor::{Order, Processor};
use super::record::{InstanceIndex, NodeIndex};
use super::time::Time;
use super::{call::Visit, processor::FULL_SPEED};
use crate::engine::resilience::codel::{Codel, CodelSettings};
use crate::engine::resilience::priority_queue::PriorityQueue;

/// No limit.
pub const UNLIMITED: u32 = u32::MAX;

/// How far an instance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Life {
    /// Not yet ready.
    Starting = 0,
    /// Takes calls.
    Ready = 1,
    /// Takes no new calls; those inside finish.
    Draining = 2,
    /// Left in order.
    Gone = 3,
    /// Died.
    Dead = 4,
}

impl Life {
    /// Whether what is inside still works.
    #[inline]
    pub fn is_working(self) -> bool {
        matches!(self, Life::Ready | Life::Draining)
    }
}

/// What an instance is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceSettings {
    /// How many visits may be inside; [`UNLIMITED`] for no limit.
    pub workers: u32,
    /// How many may wait to be let in; [`UNLIMITED`] for no limit.
    pub queue: u32,
    /// Who is let in next, and how cores are shared.
    pub order: Order,
    /// Who computes.
    pub cores: u32,
    /// How many connections it accepts; [`UNLIMITED`] for no limit.
    pub max_connections: u32,
    /// A visit past its deadline is dropped when it would be let in.
    pub drop_expired: bool,
    /// Visits are dropped when they would be let in while waits stay too long; none: they are not.
    pub codel: Option<CodelSettings>,
    /// Those of higher priority are let in first.
    pub priorities: bool,
}

impl Default for InstanceSettings {
    fn default() -> Self {
        InstanceSettings {
            workers: UNLIMITED,
            queue: UNLIMITED,
            order: Order::Fifo,
            cores: 1,
            max_connections: UNLIMITED,
            drop_expired: false,
            codel: None,
            priorities: false,
        }
    }
}

/// See the module's description.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its node.
    pub node: NodeIndex,
    /// Its number within the node, reused by a later instance.
    pub slot: u32,
    /// How far it is.
    pub life: Life,
    /// Since when.
    pub since: Time,
    /// What it is made of.
    pub settings: InstanceSettings,
    /// Visits inside.
    pub inside: u32,
    /// Visits that have arrived and not ended, inside or waiting.
    pub visits: u32,
    /// Visits that have come so far.
    pub arrived: u64,
    /// The line in front of the workers.
    pub waiting: PriorityQueue<VisitId>,
    /// Who computes.
    pub processor: Processor<Visit>,
    /// What it remembers of waits that were too long.
    pub(super) codel: Option<Box<Codel>>,
    /// Connections from other instances that are open.
    pub connections: u32,
    /// Its own pools, by link.
    pub(super) pools: Vec<(u16, u32)>,
    /// Whose turn it is on each link without a balancer.
    pub(super) turns: Vec<(u16, u32)>,
    /// Time it was working, up to `counted_to`.
    pub(super) ready_time: u64,
    pub(super) counted_to: Time,
    /// Tells timers of this life from those of an earlier plan.
    pub(super) life_number: u32,
}

impl Instance {
    pub(super) fn new(node: NodeIndex, slot: u32, settings: InstanceSettings, now: Time) -> Instance {
        Instance {
            node,
            slot,
            life: Life::Starting,
            since: now,
            settings,
            inside: 0,
            visits: 0,
            arrived: 0,
            waiting: PriorityQueue::new(settings.priorities),
            processor: Processor::new(settings.order, settings.cores),
            codel: settings.codel.map(|codel| Box::new(Codel::new(codel))),
            connections: 0,
            pools: Vec::new(),
            turns: Vec::new(),
            ready_time: 0,
            counted_to: now,
            life_number: 0,
        }
    }

    /// Core time it had to give up to `now`, over its cores: time it was working, in nanoseconds.
    pub fn ready_time(&self, now: Time) -> u64 {
        self.ready_time + if self.life.is_working() { now - self.counted_to } else { 0 }
    }

    /// Whether it runs slower than it could.
    pub fn is_slowed(&self) -> bool {
        self.processor.speed() != FULL_SPEED
    }

    pub(super) fn enter(&mut self, life: Life, now: Time) {
        self.ready_time = self.ready_time(now);
        self.counted_to = now;
        self.life = life;
        self.since = now;
        self.life_number = self.life_number.wrapping_add(1);
    }

    /// Whose turn it is on a link: a number that grows by one each time.
    pub(super) fn take_turn(&mut self, link: u16) -> u32 {
        match self.turns.iter_mut().find(|(of, _)| *of == link) {
            Some((_, turn)) => {
                *turn = turn.wrapping_add(1);
                *turn
            }
            None => {
                self.turns.push((link, 0));
                0
            }
        }
    }
}

/// What the kernel knows of a node.
#[derive(Clone, Debug)]
pub struct Members {
    /// Ready instances, by slot.
    pub ready: Vec<InstanceIndex>,
    /// All instances that are not gone or dead, by slot.
    pub present: Vec<InstanceIndex>,
    /// Grows with every change of `ready`, so that choosers notice.
    pub version: u64,
    /// Whom those know who are not told of deaths, by slot: the ready ones, and the dead whose place is not taken.
    pub known: Vec<InstanceIndex>,
    /// Grows with every change of `known`.
    pub known_version: u64,
}
