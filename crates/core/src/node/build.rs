//! From a scenario to a system at time 0.

use super::actions::Planned;
use super::balancer::Balancer;
use super::cache::Cache;
use super::callers::Callers;
use super::clients::Clients;
use super::ongoing::Ongoing;
use super::policy::call_policy;
use super::service::{Service, ServiceLinks, instance_of_database, instance_of_service};
use super::{NodeState, Nodes};
use crate::engine::pool::PoolSettings;
use crate::scenario::{Link, Node, NodeSpec, Pool, ResetOnReturn, Routing, Scenario};
use crate::sim::instance::InstanceSettings;
use crate::sim::kernel::Kernel;
use crate::sim::link::{Choice, LinkSettings};
use crate::sim::random::threshold;
use crate::sim::record::{InstanceIndex, NodeIndex};
use crate::sim::simulation::Simulation;
use std::sync::Arc;

/// Builds the system: nodes and links in the order of the scenario, then instances, then the first arrivals.
pub(super) fn build(scenario: &Arc<Scenario>, actions: Arc<[Planned]>) -> Simulation<Nodes> {
    let mut kernel = Kernel::new(scenario.seed, scenario.nodes.len(), scenario.limits.alive);
    let mut nodes =
        Nodes { scenario: Arc::clone(scenario), list: Vec::new(), actions, ongoing: Ongoing::default() };
    let callers = Callers::of(scenario);
    let paths = scenario.paths();
    for (from, node) in scenario.nodes.iter().enumerate() {
        let links: Vec<u16> = node
            .spec
            .callees()
            .iter()
            .filter_map(|callee| {
                let to = nodes.node_index(callee)?;
                let name = format!("{} -> {callee}", node.name);
                let settings = link_settings(scenario, &node.name, callee);
                let link = kernel.add_link(from as NodeIndex, to, &name, settings);
                let policy = call_policy(find_link(scenario, &node.name, callee));
                kernel.set_call_policy(link, policy);
                Some(link)
            })
            .collect();
        nodes.list.push(node_state(&kernel, node, &links, &callers, &paths));
    }
    for (index, node) in scenario.nodes.iter().enumerate() {
        for _ in 0..node.spec.replicas() {
            nodes.add_instance(&mut kernel, index as NodeIndex, None, true);
        }
    }
    for state in &mut nodes.list {
        match state {
            NodeState::Clients(clients) => clients.start(&mut kernel),
            NodeState::Balancer(balancer) => balancer.look_around(&mut kernel),
            NodeState::Service(_) | NodeState::Cache(_) | NodeState::Database(_) => {}
        }
    }
    Simulation { kernel, handler: nodes }
}

/// The state of a node without instances; `links` are to its callees, in their order.
fn node_state(kernel: &Kernel, node: &Node, links: &[u16], callers: &Callers, paths: &[&str]) -> NodeState {
    let Node { name, spec } = node;
    match spec {
        NodeSpec::Clients(clients) => {
            // Each clients node has one instance, added in the order of nodes; see `add_instance`.
            let link = links.first().copied().unwrap_or_default();
            NodeState::Clients(Box::new(Clients::new(kernel, InstanceIndex::MAX, name, clients, link, paths)))
        }
        NodeSpec::Balancer(balancer) => {
            NodeState::Balancer(Balancer::new(kernel, name, balancer, links, callers.clone(), paths))
        }
        NodeSpec::Service(service) => {
            NodeState::Service(Service::new(kernel, name, service, ServiceLinks::of(service, links), paths))
        }
        NodeSpec::Cache(cache) => NodeState::Cache(Cache::new(kernel, name, cache, links.first().copied())),
        NodeSpec::Database(database) => NodeState::Database(Service::database(kernel, name, database)),
    }
}

/// What an instance of a node is made of.
pub(super) fn instance_settings(spec: &NodeSpec) -> InstanceSettings {
    match spec {
        NodeSpec::Service(service) => instance_of_service(service),
        NodeSpec::Database(database) => instance_of_database(database),
        NodeSpec::Clients(_) | NodeSpec::Balancer(_) | NodeSpec::Cache(_) => {
            InstanceSettings { cores: 0, ..InstanceSettings::default() }
        }
    }
}

impl Nodes {
    /// Adds an instance of a node with all that belongs to it. The first ones of a run are ready at once.
    pub(super) fn add_instance(
        &mut self,
        kernel: &mut Kernel,
        node: NodeIndex,
        slot: Option<u32>,
        first: bool,
    ) -> InstanceIndex {
        let scenario = Arc::clone(&self.scenario);
        let spec = &scenario.nodes[usize::from(node)].spec;
        let start_up = match spec {
            NodeSpec::Service(service) if !first => service.start_up,
            _ => 0,
        };
        let instance = kernel.add_instance(node, instance_settings(spec), start_up, slot);
        for link in 0..kernel.links().len() as u16 {
            if kernel.links()[usize::from(link)].from == node
                && let Some(pool) = self.pool_settings(kernel, link)
            {
                kernel.add_pool(instance, link, pool);
            }
        }
        match (&mut self.list[usize::from(node)], spec) {
            (NodeState::Clients(clients), _) => clients.settle(instance),
            (NodeState::Balancer(balancer), NodeSpec::Balancer(spec)) => balancer.add(kernel, instance, spec),
            (NodeState::Cache(cache), _) => cache.add(kernel, instance),
            _ => {}
        }
        instance
    }

    /// The pool settings of a link, if it has a pool.
    pub(super) fn pool_settings(&self, kernel: &Kernel, link: u16) -> Option<PoolSettings> {
        let link = &kernel.links()[usize::from(link)];
        let name = |node: NodeIndex| self.scenario.nodes[usize::from(node)].name.as_str();
        let entry = find_link(&self.scenario, name(link.from), name(link.to))?;
        entry.pool.as_ref().map(pool_settings)
    }
}

/// The entry of a link in a scenario, if it has one.
pub(super) fn find_link<'a>(scenario: &'a Scenario, from: &str, to: &str) -> Option<&'a Link> {
    scenario.links.iter().find(|link| link.from == from && link.to == to)
}

/// What the link between two nodes is made of; without an entry it costs nothing but the way.
pub(super) fn link_settings(scenario: &Scenario, from: &str, to: &str) -> LinkSettings {
    let choice = choice(scenario, to);
    let latency = scenario.latency(from, to);
    let Some(link) = find_link(scenario, from, to) else {
        return LinkSettings { latency, choice, ..LinkSettings::default() };
    };
    LinkSettings {
        latency,
        jitter: link.jitter,
        loss: threshold(link.loss),
        bandwidth: link.bandwidth,
        reorder: link.reorder,
        connect_round_trips: link.pool.as_ref().map_or(0, |pool| pool.connect_round_trips),
        reset_on_return: link
            .pool
            .as_ref()
            .is_some_and(|pool| pool.reset_on_return == ResetOnReturn::Rollback),
        choice,
    }
}

/// Which instance of a node its callers ask.
fn choice(scenario: &Scenario, node: &str) -> Choice {
    match scenario.node(node).map(|node| &node.spec) {
        Some(NodeSpec::Cache(cache)) => match cache.routing {
            Routing::RoundRobin => Choice::InTurn,
            Routing::Local => Choice::OwnSlot,
            Routing::ConsistentHash => Choice::ByKey,
        },
        _ => Choice::InTurn,
    }
}

fn pool_settings(pool: &Pool) -> PoolSettings {
    PoolSettings {
        pool_size: pool.pool_size,
        max_overflow: pool.max_overflow,
        timeout: pool.timeout,
        use_lifo: pool.use_lifo,
        pre_ping: pool.pre_ping,
        recycle: pool.recycle,
        streams: pool.streams,
    }
}
