//! What a viewer needs to know of a run besides its figures: what there is, and how it stands.

use crate::node::{Gauge, Simulator};
use crate::scenario::{Scenario, TimedAction};
use crate::sim::instance::Life;
use crate::sim::record::{InstanceIndex, NodeIndex};
use crate::sim::time::{Time, seconds};
use crate::sort;
use serde::Serialize;

/// The parts of a system that stay while a run goes on. Times in seconds.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    /// What people call the scenario.
    pub title: String,
    /// Its seed.
    pub seed: u64,
    /// Length of the run.
    pub duration_s: f64,
    /// Statistics start here.
    pub warmup_s: f64,
    /// Length of the moving window that charts show; none for the whole run.
    pub view_s: Option<f64>,
    /// The nodes in the order of the scenario: a [`NodeIndex`] counts these.
    pub nodes: Vec<NodeView>,
    /// Who calls whom.
    pub links: Vec<LinkView>,
    /// What happens by itself and what the learner did, in the order it applies.
    pub actions: Vec<ActionView>,
}

/// A node.
#[derive(Clone, Debug, Serialize)]
pub struct NodeView {
    /// Its name.
    pub name: String,
    /// Its kind, as in the scenario.
    pub kind: &'static str,
    /// Instances at the start.
    pub replicas: u32,
    /// Its settings at the start, under their names in the scenario.
    pub settings: serde_json::Value,
}

/// A pair of nodes of which one calls the other.
#[derive(Clone, Debug, Serialize)]
pub struct LinkView {
    /// The caller.
    pub from: NodeIndex,
    /// The callee.
    pub to: NodeIndex,
    /// Its settings at the start; none if it costs nothing.
    pub settings: Option<serde_json::Value>,
}

/// An action and whose it is.
#[derive(Clone, Debug, Serialize)]
pub struct ActionView {
    /// When, in seconds.
    pub at_s: f64,
    /// Who did it.
    pub source: Source,
    /// What.
    pub action: TimedAction,
}

/// Whose action it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The scenario's: it happens in every run and cannot be undone.
    Lab,
    /// The learner's.
    Learner,
}

/// An instance and how it stands.
#[derive(Clone, Debug)]
pub struct InstanceView {
    /// Its number in the run.
    pub instance: InstanceIndex,
    /// Its node.
    pub node: NodeIndex,
    /// Its place in the node: `app[1]` has slot 1.
    pub slot: u32,
    /// Where it is in its life.
    pub life: Life,
    /// Since when.
    pub since: Time,
    /// What can be read off it.
    pub gauge: Gauge,
}

pub(super) fn view(scenario: &Scenario, actions: &[TimedAction]) -> View {
    View {
        title: scenario.title.clone(),
        seed: scenario.seed,
        duration_s: seconds(scenario.duration),
        warmup_s: seconds(scenario.warmup),
        view_s: scenario.view.map(seconds),
        nodes: scenario
            .nodes
            .iter()
            .map(|node| NodeView {
                name: node.name.clone(),
                kind: node.spec.kind(),
                replicas: node.spec.replicas(),
                settings: serde_json::to_value(&node.spec).unwrap_or_default(),
            })
            .collect(),
        links: links(scenario),
        actions: merged(scenario, actions),
    }
}

pub(super) fn instances(simulator: &Simulator) -> Vec<InstanceView> {
    let numbered = simulator.instances().zip(0..);
    numbered
        .map(|(instance, index)| InstanceView {
            instance: index,
            node: instance.node,
            slot: instance.slot,
            life: instance.life,
            since: instance.since,
            gauge: simulator.gauge(index),
        })
        .collect()
}

fn links(scenario: &Scenario) -> Vec<LinkView> {
    let index = |name: &str| {
        let place = scenario.nodes.iter().position(|node| node.name == name)?;
        NodeIndex::try_from(place).ok()
    };
    let mut links = Vec::new();
    for (node, from) in scenario.nodes.iter().zip(0..) {
        for callee in node.spec.callees() {
            let Some(to) = index(callee) else { continue };
            let settings = scenario.links.iter().find(|link| link.from == node.name && link.to == callee);
            let settings = settings.and_then(|link| serde_json::to_value(link).ok());
            links.push(LinkView { from, to, settings });
        }
    }
    links
}

/// Both lists in the order they apply: by time, at one time the scenario's own first.
fn merged(scenario: &Scenario, actions: &[TimedAction]) -> Vec<ActionView> {
    let flag = |source: Source| {
        move |action: &TimedAction| ActionView { at_s: seconds(action.at), source, action: action.clone() }
    };
    let own = scenario.actions.iter().map(flag(Source::Lab));
    let mut all: Vec<ActionView> = own.chain(actions.iter().map(flag(Source::Learner))).collect();
    sort::by_key(&mut all, |view| view.action.at);
    all
}
