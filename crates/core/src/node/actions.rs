//! What is done to a running system: settings changed, instances killed, started, drained, slowed, caches flushed,
//! links cut, spikes. All is prepared when the run is loaded, so that a bad action is found before anything runs.

use super::build::{find_link, instance_settings, link_settings};
use super::callers::Callers;
use super::policy::call_policy;
use super::service::{Service, ServiceLinks};
use super::{NodeState, Nodes};
use crate::scenario::{
    Action, Node, NodeSpec, Problem, Region, Routing, Scenario, Target, TimedAction, Value, Zone,
};
use crate::sim::instance::{Instance, Life};
use crate::sim::kernel::Kernel;
use crate::sim::processor::FULL_SPEED;
use crate::sim::random::threshold;
use crate::sim::record::{InstanceIndex, NO_INSTANCE, NodeIndex, NoteKind};
use crate::sim::time::{Nanos, SECOND, Time};
use std::sync::Arc;

/// An action with its time, ready to be carried out.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) at: Time,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Reconfigure(Arc<Scenario>),
    Kill { target: Target, lasting: Option<Nanos> },
    Start(Target),
    Drain(Target),
    Flush(Target),
    Purge { target: Target, tag: u64, soft: bool },
    Slow { target: Target, factor: f64, lasting: Nanos },
    Partition { between: [String; 2], lasting: Nanos },
    Spike { node: String, factor: f64, lasting: Nanos },
    Pause { target: Target, lasting: Nanos },
    Fail { node: String, ratio: f64, lasting: Nanos },
    Lose { between: [String; 2], ratio: f64, lasting: Nanos },
    Outage { zone: Zone, region: Option<Region>, lasting: Nanos },
}

/// Prepares actions, which must be in the order of time; `learner` are those of them that are not the scenario's own.
/// Settings changed at one time are checked and applied as one.
///
/// # Errors
/// All problems of the first batch of settings that cannot be applied.
pub(super) fn plan(
    scenario: &Arc<Scenario>,
    actions: &[TimedAction],
    learner: &[TimedAction],
) -> Result<Arc<[Planned]>, Vec<Problem>> {
    let mut planned = Vec::new();
    let mut current = Arc::clone(scenario);
    let mut rest = actions;
    while let Some((first, others)) = rest.split_first() {
        let at = first.at;
        let batch: Vec<(String, Value)> = rest
            .iter()
            .take_while(|action| action.at == at)
            .map_while(|action| match &action.action {
                Action::Set { path, value } => Some((path.clone(), value.clone())),
                _ => None,
            })
            .collect();
        if batch.is_empty() {
            planned.push(Planned { at, what: disturbance(&first.action) });
            rest = others;
        } else {
            rest = &rest[batch.len()..];
            current = Arc::new(current.with_live(&batch)?);
            current.check_growth(learner)?;
            planned.push(Planned { at, what: What::Reconfigure(Arc::clone(&current)) });
        }
    }
    Ok(planned.into())
}

fn disturbance(action: &Action) -> What {
    match action.clone() {
        Action::Kill { node, lasting } => What::Kill { target: node, lasting },
        Action::Start { node } => What::Start(node),
        Action::Drain { node } => What::Drain(node),
        Action::Flush { node } => What::Flush(node),
        Action::Purge { node, tag, soft } => What::Purge { target: node, tag, soft },
        Action::Slow { node, factor, lasting } => What::Slow { target: node, factor, lasting },
        Action::Partition { between, lasting } => What::Partition { between, lasting },
        Action::Spike { node, factor, lasting } => What::Spike { node, factor, lasting },
        Action::Pause { node, lasting } => What::Pause { target: node, lasting },
        Action::Fail { node, ratio, lasting } => What::Fail { node, ratio, lasting },
        Action::Lose { between, ratio, lasting } => What::Lose { between, ratio, lasting },
        Action::Outage { zone, region, lasting } => What::Outage { zone, region, lasting },
        // Batches take these away before they get here.
        Action::Set { .. } => unreachable!("settings are planned in batches"),
    }
}

/// How many times slower what stands still is: a pause of 10 s does 10 us of work.
const STILL: f64 = FULL_SPEED as f64;

impl Nodes {
    pub(super) fn carry_out(&mut self, kernel: &mut Kernel, index: u32, begins: bool) {
        let actions = Arc::clone(&self.actions);
        let Some(planned) = actions.get(index as usize) else { return };
        let kind = match (&planned.what, begins) {
            (What::Reconfigure(_), _) => NoteKind::Reconfigured,
            (_, true) => NoteKind::Disturbed,
            (_, false) => NoteKind::Restored,
        };
        kernel.note(NO_INSTANCE, kind, u64::from(index), 0);
        self.keep(kernel, index, &planned.what, begins);
        match &planned.what {
            What::Reconfigure(scenario) => self.reconfigure(kernel, scenario),
            What::Kill { target, lasting } if begins => {
                for instance in self.targets(kernel, target) {
                    kernel.die(instance);
                    self.cut(kernel, instance);
                }
                if let Some(lasting) = lasting {
                    end_after(kernel, index, true, *lasting);
                }
            }
            What::Kill { target, .. } => self.revive(kernel, target, planned.at),
            What::Start(target) => self.start(kernel, target),
            What::Outage { zone, region, lasting } => {
                self.outage(kernel, *zone, *region, begins);
                end_after(kernel, index, begins, *lasting);
            }
            What::Drain(target) => {
                for instance in self.targets(kernel, target) {
                    kernel.drain(instance, self.grace(kernel, instance));
                }
            }
            What::Flush(target) => {
                for instance in self.targets(kernel, target) {
                    if let NodeState::Cache(cache) = self.at(kernel, instance) {
                        cache.flush(kernel, instance);
                    }
                }
            }
            What::Purge { target, tag, soft } => {
                for instance in self.targets(kernel, target) {
                    if let NodeState::Cache(cache) = self.at(kernel, instance) {
                        cache.purge(kernel, instance, *tag, *soft);
                    }
                }
            }
            What::Slow { target, lasting, .. } | What::Pause { target, lasting } => {
                self.slow(kernel, target);
                end_after(kernel, index, begins, *lasting);
            }
            What::Fail { node, lasting, .. } => {
                let failing = self.strongest(|what, _| match what {
                    What::Fail { node: of, ratio, .. } if of == node => Some(*ratio),
                    _ => None,
                });
                if let Some(NodeState::Service(service) | NodeState::Database(service)) = self.state_of(node)
                {
                    service.set_failing(failing.map(threshold));
                }
                end_after(kernel, index, begins, *lasting);
            }
            What::Partition { between, lasting } => {
                let until = kernel.now().saturating_add(*lasting);
                self.links_between(kernel, between).for_each(|link| kernel.cut_link(link, until));
            }
            What::Lose { between, ratio, lasting } => {
                let (share, until) = (threshold(*ratio), kernel.now().saturating_add(*lasting));
                self.links_between(kernel, between).for_each(|link| kernel.lose_on_link(link, share, until));
            }
            What::Spike { node, lasting, .. } => {
                let factor = self.strongest(|what, _| match what {
                    What::Spike { node: of, factor, .. } if of == node => Some(*factor),
                    _ => None,
                });
                if let Some(NodeState::Clients(clients)) = self.state_of(node) {
                    clients.spike(kernel, factor.unwrap_or(1.0));
                }
                end_after(kernel, index, begins, *lasting);
            }
        }
    }

    fn state_of(&mut self, node: &str) -> Option<&mut NodeState> {
        let index = self.node_index(node)?;
        self.list.get_mut(usize::from(index))
    }

    /// The present instances that a target names.
    fn targets(&self, kernel: &Kernel, target: &Target) -> Vec<InstanceIndex> {
        let Some(node) = self.node_index(&target.node) else { return Vec::new() };
        let present = kernel.members(node).present.iter().copied();
        present.filter(|index| target.slot.is_none_or(|slot| kernel.instance(*index).slot == slot)).collect()
    }

    /// Replaces what has died; with nobody dead, adds one.
    fn start(&mut self, kernel: &mut Kernel, target: &Target) {
        let Some(node) = self.node_index(&target.node) else { return };
        let wanted = self.scenario.nodes[usize::from(node)].spec.replicas() as usize;
        let present = kernel.members(node).present.len();
        let missing = if target.slot.is_some() {
            usize::from(self.targets(kernel, target).is_empty())
        } else {
            wanted.saturating_sub(present).max(1)
        };
        for _ in 0..missing {
            self.add_instance(kernel, node, None, false);
        }
    }

    /// Starts again what died at a time, where nobody has taken its place and it is still wanted.
    fn revive(&mut self, kernel: &mut Kernel, target: &Target, died_at: Time) {
        let Some(node) = self.node_index(&target.node) else { return };
        let wanted = self.scenario.nodes[usize::from(node)].spec.replicas();
        let taken: Vec<u32> = self.slots(kernel, node).collect();
        let died = |slot: &u32| {
            let dead = |instance: &Instance| {
                (instance.node, instance.slot, instance.life, instance.since)
                    == (node, *slot, Life::Dead, died_at)
            };
            kernel.instances().iter().any(dead)
        };
        let meant = |slot: &u32| target.slot.is_none_or(|of| of == *slot) && !taken.contains(slot);
        for slot in (0..wanted).filter(meant).filter(died).collect::<Vec<u32>>() {
            self.add_instance(kernel, node, Some(slot), false);
        }
    }

    /// The slots that are taken.
    fn slots(&self, kernel: &Kernel, node: NodeIndex) -> impl Iterator<Item = u32> {
        kernel.members(node).present.iter().map(|instance| kernel.instance(*instance).slot)
    }

    /// All in a zone die, or those of them start that are still missing.
    fn outage(&mut self, kernel: &mut Kernel, zone: Zone, region: Option<Region>, begins: bool) {
        let scenario = Arc::clone(&self.scenario);
        let reached = |(_, node): &(NodeIndex, &Node)| scenario.reaches(node, zone, region);
        for (index, node) in (0..).zip(&scenario.nodes).filter(reached) {
            let zones = node.spec.zones();
            let slots: Vec<u32> = self.slots(kernel, index).collect();
            if begins {
                let present = kernel.members(index).present.clone();
                for (instance, _) in
                    present.into_iter().zip(slots).filter(|(_, slot)| zone.holds(*slot, zones))
                {
                    kernel.die(instance);
                    self.cut(kernel, instance);
                }
            } else {
                let missing = |slot: &u32| zone.holds(*slot, zones) && !slots.contains(slot);
                for slot in (0..node.spec.replicas()).filter(missing) {
                    self.add_instance(kernel, index, Some(slot), false);
                }
            }
        }
    }

    /// Notes that a disturbance begins or is over, if it is one that has an end and may meet others.
    fn keep(&mut self, kernel: &Kernel, index: u32, what: &What, begins: bool) {
        if !begins {
            return self.ongoing.end(index);
        }
        match what {
            What::Slow { target, .. } | What::Pause { target, .. } => {
                self.ongoing.begin(index, self.targets(kernel, target));
            }
            What::Fail { .. } | What::Spike { .. } => self.ongoing.begin(index, Vec::new()),
            _ => {}
        }
    }

    fn strongest(&self, strength: impl Fn(&What, &[InstanceIndex]) -> Option<f64>) -> Option<f64> {
        self.ongoing
            .strongest(|action, instances| strength(&self.actions.get(action as usize)?.what, instances))
    }

    /// Makes what is slowed, or was, as fast as it is by all that slows it now.
    fn slow(&mut self, kernel: &mut Kernel, target: &Target) {
        let factor = |what: &What| match what {
            What::Slow { factor, .. } => Some(*factor),
            What::Pause { .. } => Some(STILL),
            _ => None,
        };
        let of_node = self.strongest(|what, _| match what {
            What::Slow { target: of, .. } if of.node == target.node => factor(what),
            _ => None,
        });
        if let Some(NodeState::Cache(cache)) = self.state_of(&target.node) {
            cache.slow(of_node.unwrap_or(1.0));
            return;
        }
        for instance in self.targets(kernel, target) {
            let slower = self.strongest(|what, on| factor(what).filter(|_| on.contains(&instance)));
            let speed = (f64::from(FULL_SPEED) / slower.unwrap_or(1.0) + 0.5) as u32;
            kernel.set_speed(instance, speed.max(1));
        }
    }

    fn links_between(&self, kernel: &Kernel, between: &[String; 2]) -> impl Iterator<Item = u16> + use<> {
        let ends = [self.node_index(&between[0]), self.node_index(&between[1])];
        let links = kernel.links().iter().enumerate().filter(|(_, link)| {
            let (from, to) = (Some(link.from), Some(link.to));
            ends == [from, to] || ends == [to, from]
        });
        links.map(|(index, _)| index as u16).collect::<Vec<_>>().into_iter()
    }

    fn grace(&self, kernel: &Kernel, instance: InstanceIndex) -> Nanos {
        match &self.scenario.nodes[usize::from(kernel.instance(instance).node)].spec {
            NodeSpec::Service(service) => service.grace,
            // It waits for the answers of what it has passed on.
            NodeSpec::Balancer(_) => 30 * SECOND,
            _ => 0,
        }
    }

    /// Applies changed settings: links and pools first, then each node that differs.
    fn reconfigure(&mut self, kernel: &mut Kernel, new: &Arc<Scenario>) {
        let old = std::mem::replace(&mut self.scenario, Arc::clone(new));
        kernel.set_limit(new.limits.alive);
        let routes = |scenario: &Scenario| -> Vec<Option<Routing>> {
            let of = |node: &Node| match &node.spec {
                NodeSpec::Cache(cache) => Some(cache.routing),
                _ => None,
            };
            scenario.nodes.iter().map(of).collect()
        };
        if old.links != new.links || routes(&old) != routes(new) {
            self.reconfigure_links(kernel);
        }
        for (index, (before, after)) in old.nodes.iter().zip(&new.nodes).enumerate() {
            if before.spec != after.spec {
                self.reconfigure_node(kernel, index as NodeIndex, &before.spec, &after.spec);
            }
        }
        self.tell_of_callers(new);
    }

    fn tell_of_callers(&mut self, scenario: &Scenario) {
        let callers = Callers::of(scenario);
        for node in &mut self.list {
            if let NodeState::Balancer(balancer) = node {
                balancer.set_callers(&callers);
            }
        }
    }

    fn reconfigure_links(&self, kernel: &mut Kernel) {
        for index in 0..kernel.links().len() as u16 {
            let link = &kernel.links()[usize::from(index)];
            let [from, to] = [link.from, link.to].map(|node| &self.scenario.nodes[usize::from(node)].name);
            kernel.set_link(index, link_settings(&self.scenario, from, to));
            kernel.set_call_policy(index, call_policy(find_link(&self.scenario, from, to)));
            if let Some(pool) = self.pool_settings(kernel, index) {
                kernel.set_pools(index, pool);
            }
        }
    }

    fn reconfigure_node(&mut self, kernel: &mut Kernel, node: NodeIndex, old: &NodeSpec, new: &NodeSpec) {
        let name = self.scenario.nodes[usize::from(node)].name.clone();
        match (&mut self.list[usize::from(node)], old, new) {
            (NodeState::Clients(clients), NodeSpec::Clients(old), NodeSpec::Clients(new)) => {
                clients.reconfigure(kernel, old, new);
            }
            (NodeState::Balancer(balancer), _, NodeSpec::Balancer(new)) => {
                balancer.reconfigure(kernel, new, &self.scenario.paths());
            }
            (NodeState::Service(service), _, NodeSpec::Service(new)) => {
                let links = links_from(kernel, node);
                let new =
                    Service::new(kernel, &name, new, ServiceLinks::of(new, &links), &self.scenario.paths());
                service.reconfigure(kernel, new);
            }
            (NodeState::Database(database), _, NodeSpec::Database(new)) => {
                let new = Service::database(kernel, &name, new);
                database.reconfigure(kernel, new);
            }
            (NodeState::Cache(cache), _, NodeSpec::Cache(new)) => cache.reconfigure(kernel, new),
            // A node's kind cannot change while it runs: the scenario refuses it.
            _ => {}
        }
        for instance in kernel.members(node).present.clone() {
            kernel.reconfigure_instance(instance, instance_settings(new));
            if let NodeState::Service(service) | NodeState::Database(service) =
                &mut self.list[usize::from(node)]
            {
                service.let_others_in(kernel, instance);
            }
        }
        self.scale(kernel, node, new.replicas() as usize);
    }

    /// Adds instances, or drains those of the highest slots, until so many are starting or ready.
    fn scale(&mut self, kernel: &mut Kernel, node: NodeIndex, wanted: usize) {
        let up = |kernel: &Kernel, index: &InstanceIndex| {
            matches!(kernel.instance(*index).life, Life::Starting | Life::Ready)
        };
        let present: Vec<InstanceIndex> =
            kernel.members(node).present.iter().copied().filter(|index| up(kernel, index)).collect();
        for _ in present.len()..wanted {
            self.add_instance(kernel, node, None, false);
        }
        for instance in present.iter().skip(wanted) {
            kernel.drain(*instance, self.grace(kernel, *instance));
        }
        kernel.forget_dead(node, wanted);
    }
}

fn end_after(kernel: &mut Kernel, index: u32, begins: bool, lasting: Nanos) {
    if begins {
        kernel.schedule_action_end(kernel.now().saturating_add(lasting), index);
    }
}

/// The links from a node, in the order they were made.
fn links_from(kernel: &Kernel, node: NodeIndex) -> Vec<u16> {
    let links = kernel.links().iter().enumerate();
    links.filter(|(_, link)| link.from == node).map(|(index, _)| index as u16).collect()
}
