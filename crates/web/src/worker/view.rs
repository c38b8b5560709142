//! A loaded run as the page sees it.

use super::controls;
use super::convert::micros;
use crate::browser;
use crate::json;
use crate::protocol::{
    Disturbance, InstanceView, LinkView, NodeKind, NodeView, ReceiptLine, Setting, View, ZonePlace,
};
use headroom_core::ENGINE;
use headroom_core::metrics::cost::{Usage, receipt};
use headroom_core::scenario::{Action, Node, NodeSpec, Scenario, Target};
use headroom_core::session::Session;
use headroom_core::sim::record::{InstanceIndex, NodeIndex};

pub(super) fn view(session: &Session) -> View {
    let scenario = session.scenario();
    let controls = controls::of(scenario);
    let origin = controls::of(session.origin());
    let changed_from: Vec<Setting> = origin
        .into_iter()
        .filter(|before| controls.iter().any(|now| now.path == before.path && now.value != before.value))
        .map(|before| (before.path, before.value))
        .collect();
    View {
        title: scenario.title.clone(),
        seed: scenario.seed,
        engine: ENGINE,
        duration_us: micros(scenario.duration),
        warmup_us: micros(scenario.warmup),
        view_us: scenario.view.map(micros),
        nodes: scenario.nodes.iter().map(node).collect(),
        instances: instances(session),
        links: links(scenario),
        controls,
        disturbances: session
            .origin()
            .actions
            .iter()
            // What begins where the run ends does not happen.
            .filter(|timed| timed.at < scenario.duration)
            .map(|timed| disturbance(timed.at, &timed.action))
            .collect(),
        receipt: bill(scenario),
        changed_from,
        zones: zones(scenario),
        paths: scenario.paths().into_iter().map(str::to_owned).collect(),
    }
}

/// The first zone of each region in which something is spread over several.
fn zones(scenario: &Scenario) -> Vec<ZonePlace> {
    let mut zones: Vec<ZonePlace> = Vec::new();
    for node in scenario.nodes.iter().filter(|node| node.spec.zones() > 1) {
        let region = scenario.region(&node.name).map(|region| word_of(&region));
        if zones.iter().all(|place| place.region != region) {
            zones.push(ZonePlace { zone: "a".to_owned(), region });
        }
    }
    zones
}

/// An instance's name on the screen; its node's where none was chosen.
pub(super) fn instance_label(session: &Session, instance: InstanceIndex, node: NodeIndex) -> String {
    let scenario = session.scenario();
    let Some(node) = scenario.nodes.get(usize::from(node)) else { return String::new() };
    let slot = session.instances().get(instance as usize).map(|view| view.slot);
    labelled(node, slot)
}

fn labelled(node: &Node, slot: Option<u32>) -> String {
    match slot {
        Some(slot) if node.spec.replicas() > 1 => format!("{} {}", label(&node.name), slot + 1),
        _ => label(&node.name),
    }
}

/// The names that scenarios use most, written out; any other with a capital.
pub(super) fn label(name: &str) -> String {
    match name {
        "lb" => "Balancer".to_owned(),
        "db" => "Database".to_owned(),
        name => {
            let capital = |word: &str| {
                if let "ttl" | "cdn" | "api" | "dns" = word {
                    return word.to_ascii_uppercase();
                }
                let mut letters = word.chars();
                letters.next().map_or(String::new(), |first| browser::capital(first) + letters.as_str())
            };
            // "server-c" is "Server C": a single letter is a name of its own.
            let mut words = name.split(['-', '_']).enumerate().map(|(index, word)| {
                if index == 0 || word.chars().count() == 1 { capital(word) } else { word.to_owned() }
            });
            let first = words.next().unwrap_or_default();
            words.fold(first, |text, word| format!("{text} {word}"))
        }
    }
}

fn node(node: &Node) -> NodeView {
    let (kind, detail) = match &node.spec {
        NodeSpec::Clients(_) => (NodeKind::Clients, String::new()),
        NodeSpec::Balancer(balancer) => (NodeKind::Balancer, short(&word_of(&balancer.algorithm))),
        NodeSpec::Service(_) => (NodeKind::Service, String::new()),
        NodeSpec::Cache(cache) => (NodeKind::Cache, word_of(&cache.policy).to_ascii_uppercase()),
        NodeSpec::Database(_) => (NodeKind::Database, String::new()),
    };
    NodeView {
        name: node.name.clone(),
        label: label(&node.name),
        kind,
        replicas: node.spec.replicas(),
        detail,
    }
}

/// The word a choice has in scenario files.
fn word_of(choice: &impl serde::Serialize) -> String {
    serde_json::to_value(choice).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Short enough for a narrow box.
fn short(algorithm: &str) -> String {
    match algorithm {
        "hash" => "key modulo".to_owned(),
        _ => algorithm.replace("connections", "conn.").replace('-', " "),
    }
}

fn instances(session: &Session) -> Vec<InstanceView> {
    let scenario = session.scenario();
    let named = |view: headroom_core::session::InstanceView| {
        let node = scenario.nodes.get(usize::from(view.node))?;
        let slot = u16::try_from(view.slot).ok()?;
        Some(InstanceView { node: view.node, slot, label: labelled(node, Some(view.slot)) })
    };
    session.instances().into_iter().filter_map(named).collect()
}

fn links(scenario: &Scenario) -> Vec<LinkView> {
    let index =
        |name: &str| scenario.nodes.iter().position(|node| node.name == name).map(|place| place as u16);
    let mut links = Vec::new();
    for (from, node) in scenario.nodes.iter().enumerate() {
        for callee in node.spec.callees() {
            let Some(to) = index(callee) else { continue };
            let entry = scenario.links.iter().find(|link| link.from == node.name && link.to == callee);
            links.push(LinkView {
                from: from as u16,
                to,
                latency_us: micros(scenario.latency(&node.name, callee)),
                pooled: entry.is_some_and(|link| link.pool.is_some()),
            });
        }
    }
    links
}

fn percent(ratio: f64) -> String {
    format!("{} %", (ratio * 100.0).round())
}

fn disturbance(at: u64, action: &Action) -> Disturbance {
    let name = |target: &Target| match target.slot {
        Some(slot) => format!("{} {}", label(&target.node), slot + 1),
        None => label(&target.node),
    };
    let (lasting, label) = match action {
        Action::Spike { factor, lasting, .. } => (*lasting, format!("×{factor}")),
        Action::Slow { node, factor, lasting } => (*lasting, format!("{} ÷{factor}", name(node))),
        Action::Partition { between: [one, other], lasting } => {
            (*lasting, format!("{} | {}", label(one), label(other)))
        }
        Action::Pause { node, lasting } => (*lasting, format!("{} pauses", name(node))),
        Action::Fail { node, ratio, lasting } => {
            (*lasting, format!("{} fails {}", label(node), percent(*ratio)))
        }
        Action::Lose { between: [one, other], ratio, lasting } => {
            (*lasting, format!("{} | {} loses {}", label(one), label(other), percent(*ratio)))
        }
        Action::Outage { zone, region, lasting } => {
            let region = region.map(|region| format!(", {}", label(&word_of(&region))));
            (*lasting, format!("zone {} is out{}", word_of(zone), region.unwrap_or_default()))
        }
        Action::Set { path, value } => {
            let value = serde_json::to_value(value).unwrap_or_default();
            (0, format!("{} → {}", path.rsplit('.').next().unwrap_or(path), json::written(&value)))
        }
        Action::Kill { node, lasting } => (lasting.unwrap_or_default(), format!("{} dies", name(node))),
        Action::Start { node } => (0, format!("{} starts", name(node))),
        Action::Drain { node } => (0, format!("{} leaves", name(node))),
        Action::Flush { node } => (0, format!("{} flushed", name(node))),
        Action::Purge { node, tag, soft: false } => (0, format!("{} tag {tag} purged", name(node))),
        Action::Purge { node, tag, soft: true } => (0, format!("{} tag {tag} marked stale", name(node))),
    };
    Disturbance { at_us: micros(at), for_us: micros(lasting), label }
}

/// What the system costs an hour. Prices by the call are left out: they depend on the run.
fn bill(scenario: &Scenario) -> Vec<ReceiptLine> {
    let usage = || Usage { instances: 0, calls: 0, length: 1 };
    scenario
        .nodes
        .iter()
        .map(|node| {
            let receipt = receipt(node, usage());
            let how: Vec<String> = receipt
                .lines
                .iter()
                .map(|line| {
                    let each = line.each as f64 / 1e6;
                    format!("{} × ${each} {}", line.quantity, line.price.replace('_', " "))
                })
                .collect();
            ReceiptLine {
                label: label(&node.name),
                micro_dollars_per_hour: receipt.per_hour as f64,
                how: how.join(", "),
            }
        })
        .collect()
}
