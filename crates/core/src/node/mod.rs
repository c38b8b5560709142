//! The kinds of node: each file wires engines into the simulation.
//!
//! [`Simulator`] is a whole system that runs. A visit's way through it: a client's timer makes a call, the kernel
//! carries it over a link, the node of the instance where it arrives decides what happens, and the answer goes back.
//! A new kind is a file here and a variant of `NodeState`; the compiler names the other places.

mod actions;
mod admission;
#[cfg(test)]
mod balance_tests;
mod balancer;
mod build;
mod cache;
mod callers;
mod clients;
#[cfg(test)]
mod connection_tests;
mod demand;
#[cfg(test)]
mod dns_tests;
#[cfg(test)]
mod elsewhere_tests;
mod gauge;
#[cfg(test)]
mod header_tests;
#[cfg(test)]
mod health_tests;
mod later;
mod lines;
#[cfg(test)]
#[cfg(feature = "schema")]
mod live_tests;
#[cfg(test)]
mod move_tests;
mod ongoing;
#[cfg(test)]
mod ongoing_tests;
mod outlook;
#[cfg(test)]
mod path_tests;
mod paths;
mod per_instance;
mod plan;
mod policy;
#[cfg(test)]
mod priority_tests;
#[cfg(test)]
mod protection_tests;
mod service;
mod simulator;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod zone_tests;

pub use gauge::{Gauge, Inside, InstanceInfo, PoolGauge, Serving, Waiting};
pub use outlook::{Known, Outlook, Owners, Standing};
pub use simulator::Simulator;

use crate::scenario::Scenario;
use crate::sim::call::{EndedCall, VisitId};
use crate::sim::instance::Life;
use crate::sim::kernel::{Handler, Kernel};
use crate::sim::record::{InstanceIndex, NodeIndex};
use actions::Planned;
use ongoing::Ongoing;
use std::sync::Arc;

/// What a node of each kind keeps.
#[derive(Clone, Debug)]
enum NodeState {
    // In a place of its own: it holds luck drawn ahead, which makes it far larger than the others.
    Clients(Box<clients::Clients>),
    Balancer(balancer::Balancer),
    Service(service::Service),
    Cache(cache::Cache),
    Database(service::Service),
}

/// All nodes of a system: decides what visits do.
#[derive(Clone, Debug)]
struct Nodes {
    scenario: Arc<Scenario>,
    list: Vec<NodeState>,
    actions: Arc<[Planned]>,
    /// Which of these disturb it now.
    ongoing: Ongoing,
}

impl Nodes {
    #[inline]
    fn at(&mut self, kernel: &Kernel, instance: InstanceIndex) -> &mut NodeState {
        let node = kernel.instance(instance).node;
        &mut self.list[usize::from(node)]
    }

    /// Ends all that goes on at an instance that has gone or died, and forgets what the node kept for it.
    fn cut(&mut self, kernel: &mut Kernel, instance: InstanceIndex) {
        kernel.cut(instance);
        match self.at(kernel, instance) {
            NodeState::Balancer(balancer) => balancer.remove(instance),
            NodeState::Cache(cache) => cache.remove(kernel, instance),
            NodeState::Service(service) => service.remove(instance),
            NodeState::Clients(_) | NodeState::Database(_) => {}
        }
    }

    fn node_index(&self, name: &str) -> Option<NodeIndex> {
        self.scenario.nodes.iter().position(|node| node.name == name).map(|index| index as NodeIndex)
    }
}

impl Handler for Nodes {
    #[inline]
    fn arrived(&mut self, kernel: &mut Kernel, id: VisitId, instance: InstanceIndex) {
        match self.at(kernel, instance) {
            NodeState::Balancer(balancer) => balancer.arrived(kernel, id),
            NodeState::Service(service) | NodeState::Database(service) => service.arrived(kernel, id),
            NodeState::Cache(cache) => cache.arrived(kernel, id),
            NodeState::Clients(_) => {}
        }
    }

    #[inline]
    fn answered(&mut self, kernel: &mut Kernel, ended: &EndedCall) {
        match self.at(kernel, ended.from) {
            NodeState::Clients(clients) => clients.answered(kernel, ended),
            NodeState::Balancer(balancer) => balancer.answered(kernel, ended),
            NodeState::Service(service) => service.answered(kernel, ended),
            NodeState::Cache(cache) => cache.answered(kernel, ended),
            NodeState::Database(_) => {}
        }
    }

    #[inline]
    fn worked(&mut self, kernel: &mut Kernel, id: VisitId, instance: InstanceIndex) {
        if let NodeState::Service(service) | NodeState::Database(service) = self.at(kernel, instance) {
            service.worked(kernel, id);
        }
    }

    #[inline]
    fn delayed(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit(id) else { return };
        match self.at(kernel, visit.instance) {
            NodeState::Balancer(balancer) => balancer.pass_on(kernel, id),
            NodeState::Cache(cache) => cache.delayed(kernel, id),
            NodeState::Clients(_) | NodeState::Service(_) | NodeState::Database(_) => {}
        }
    }

    fn cancelled(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit(id) else { return };
        match self.at(kernel, visit.instance) {
            NodeState::Service(service) => service.cancelled(kernel, id),
            NodeState::Balancer(balancer) => balancer.cancelled(kernel, id),
            NodeState::Clients(_) | NodeState::Cache(_) | NodeState::Database(_) => {}
        }
    }

    #[inline(always)]
    fn timer(&mut self, kernel: &mut Kernel, instance: InstanceIndex, token: u32, number: u32) {
        match self.at(kernel, instance) {
            NodeState::Clients(clients) => clients.timer(kernel, token, number),
            NodeState::Service(service) => service.timer(kernel, token),
            NodeState::Cache(cache) => cache.timer(kernel, instance, token, number),
            NodeState::Balancer(balancer) => balancer.timer(kernel, instance, token, number),
            NodeState::Database(_) => {}
        }
    }

    fn lived(&mut self, kernel: &mut Kernel, instance: InstanceIndex, life: Life) {
        match life {
            Life::Gone => self.cut(kernel, instance),
            Life::Ready => {
                for node in &mut self.list {
                    if let NodeState::Balancer(balancer) = node {
                        balancer.look_around(kernel);
                    }
                }
            }
            Life::Starting | Life::Draining | Life::Dead => {}
        }
    }

    fn act(&mut self, kernel: &mut Kernel, action: u32, begins: bool) {
        self.carry_out(kernel, action, begins);
    }
}
