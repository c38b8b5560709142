//! What those who call see of those they call: whom a balancer passes calls to, whose the keys are, how breakers stand.
//!
//! Balancers replicated see differently, so each instance has an outlook of its own. O(servers log servers), and O(1) for
//! a breaker but for finding its caller. Left out: what retry budgets, hedges and throttles know.

use super::{NodeState, Simulator};
use crate::engine::resilience::breaker::BreakerState;
use crate::sim::record::InstanceIndex;

/// What an instance of a balancer sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Whom it knows, in the order of their nodes and slots.
    pub known: Vec<Known>,
    /// Too few of them may get calls, so it calls all.
    pub panics: bool,
    /// Whose the keys are, where keys choose: see [`Owners`].
    pub owners: Owners,
}

/// Whose the keys are, by an algorithm that goes by the key or the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owners {
    /// Whether the places are points of a ring, as far apart; else they follow one another: slots of a table, keys or
    /// networks from a sample that stays the same.
    pub ring: bool,
    /// The instance that each place belongs to; empty where no key chooses.
    pub places: Vec<InstanceIndex>,
}

/// One of those behind a balancer, as it sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Which.
    pub instance: InstanceIndex,
    /// Calls it has under way there.
    pub in_flight: u32,
    /// Calls it has given it so far.
    pub given: u64,
    /// Whether it gets calls, and why not.
    pub standing: Standing,
}

/// Whether one of those behind a balancer gets calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Standing {
    /// It does.
    In = 0,
    /// It does, but less than its weight says, for it is new.
    StartingSlowly = 1,
    /// It has failed its checks, or has passed none yet.
    Unhealthy = 2,
    /// Its calls have failed.
    Ejected = 3,
}

impl Simulator {
    /// What an instance of a balancer sees, with so many places of [`Owners`]; none for other nodes.
    pub fn outlook(&self, index: InstanceIndex, places: usize) -> Option<Outlook> {
        let kernel = &self.simulation.kernel;
        let node = kernel.instances().get(index as usize)?.node;
        match &self.simulation.handler.list[usize::from(node)] {
            NodeState::Balancer(balancer) => balancer.outlook(kernel, index, places),
            _ => None,
        }
    }

    /// How the breakers of an instance stand, by the links that leave its node, in their order; none where a link has no
    /// breaker.
    pub fn breakers(&self, index: InstanceIndex) -> impl Iterator<Item = Option<BreakerState>> {
        let kernel = &self.simulation.kernel;
        let node = kernel.instances().get(index as usize).map(|instance| instance.node);
        let own = kernel.links().iter().zip(0..).filter(move |(link, _)| Some(link.from) == node);
        own.map(move |(_, link)| kernel.breaker(index, link))
    }

    /// Whether a link has a breaker.
    pub fn has_breakers(&self) -> bool {
        let kernel = &self.simulation.kernel;
        (0..).zip(kernel.links()).any(|(link, _)| kernel.breaker(0, link).is_some())
    }
}
