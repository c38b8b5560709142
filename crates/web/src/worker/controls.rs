//! Every setting of a scenario as something that can be turned. The list follows from the scenario's own types, as they
//! write themselves; the table here adds only how a slider runs.

use super::view::label;
use crate::protocol::{Control, ControlKind, Effect};
use headroom_core::scenario::Scenario;
use serde_json::Value;

/// How the sliders of settings of one name run.
struct Slider {
    name: &'static str,
    unit: &'static str,
    min: f64,
    max: f64,
    step: f64,
    log: bool,
}

const fn linear(name: &'static str, unit: &'static str, min: f64, max: f64, step: f64) -> Slider {
    Slider { name, unit, min, max, step, log: false }
}

const fn log(name: &'static str, unit: &'static str, min: f64, max: f64, step: f64) -> Slider {
    Slider { name, unit, min, max, step, log: true }
}

/// Numbers, and (in milliseconds) durations.
const SLIDERS: &[Slider] = &[
    log("rate", "/s", 1.0, 20_000.0, 1.0),
    log("mean", "", 0.1, 1_000.0, 0.1),
    log("users", "users", 1.0, 10_000.0, 1.0),
    log("count", "keys", 1.0, 1_000_000.0, 1.0),
    linear("alpha", "", 0.0, 2.0, 0.01),
    linear("reads", "", 0.0, 1.0, 0.01),
    linear("share", "", 0.0, 1.0, 0.01),
    linear("replicas", "", 1.0, 20.0, 1.0),
    linear("cores", "", 1.0, 64.0, 1.0),
    log("workers", "", 1.0, 1_000.0, 1.0),
    log("queue", "", 1.0, 100_000.0, 1.0),
    log("capacity", "keys", 1.0, 1_000_000.0, 1.0),
    log("max_connections", "", 1.0, 5_000.0, 1.0),
    linear("pool_size", "", 1.0, 100.0, 1.0),
    linear("max_overflow", "", 0.0, 100.0, 1.0),
    linear("cv", "", 0.0, 4.0, 0.1),
    linear("loss", "", 0.0, 1.0, 0.001),
    log("ttl", "", 10.0, 3_600_000.0, 10.0),
    log("timeout", "", 1.0, 60_000.0, 1.0),
    log("latency", "", 0.1, 1_000.0, 0.1),
    log("start_up", "", 1.0, 600_000.0, 1.0),
];

/// Settings that are one of a few words, and the words.
const CHOICES: &[(&str, &[&str])] = &[
    ("algorithm", &["round-robin", "random", "least-connections"]),
    ("policy", &["lru", "fifo"]),
    ("on_write", &["delete", "update", "none"]),
    ("on_cancel", &["finish", "stop"]),
    ("reset_on_return", &["none", "rollback"]),
];

/// What makes a system what it is: shown nowhere, since it cannot be turned.
const STRUCTURE: &[&str] =
    &["kind", "to", "node", "pattern", "price", "discipline", "process", "distribution"];

/// All settings, in the order of the file.
pub(super) fn of(scenario: &Scenario) -> Vec<Control> {
    let mut controls = Vec::new();
    for node in &scenario.nodes {
        let settings = serde_json::to_value(&node.spec).unwrap_or_default();
        collect(&format!("nodes.{}", node.name), &label(&node.name), &settings, &mut controls);
    }
    for link in &scenario.links {
        let settings = serde_json::to_value(link).unwrap_or_default();
        let group = format!("{} → {}", label(&link.from), label(&link.to));
        collect(&format!("links.\"{} -> {}\"", link.from, link.to), &group, &settings, &mut controls);
    }
    controls
}

fn collect(path: &str, group: &str, settings: &Value, controls: &mut Vec<Control>) {
    let Value::Object(fields) = settings else { return };
    for (name, value) in fields {
        if STRUCTURE.contains(&name.as_str()) || value.is_array() || value.is_null() {
            continue;
        }
        let path = format!("{path}.{name}");
        if value.is_object() {
            collect(&path, group, value, controls);
        } else {
            controls.push(Control {
                label: words(&path, name),
                kind: kind(name, value),
                group: group.to_owned(),
                help: String::new(),
                value: value.clone(),
                effect: Effect::Now,
                path,
            });
        }
    }
}

/// "pool_size" as "Pool size"; what stands inside a distribution carries its name, as in "Service time: mean".
fn words(path: &str, name: &str) -> String {
    let inside = path.rsplit('.').nth(1).filter(|outer| outer.ends_with("_time"));
    match inside {
        Some(outer) => format!("{}: {}", label(outer), name.replace('_', " ")),
        None => label(name),
    }
}

fn kind(name: &str, value: &Value) -> ControlKind {
    if let Some((_, options)) = CHOICES.iter().find(|(choice, _)| *choice == name) {
        return ControlKind::Choice { options: options.iter().map(|option| (*option).to_owned()).collect() };
    }
    if value.is_boolean() {
        return ControlKind::Toggle;
    }
    let Some(slider) = SLIDERS.iter().find(|slider| slider.name == name) else { return ControlKind::Fixed };
    let Slider { unit, min, max, step, log, .. } = *slider;
    if value.is_number() {
        ControlKind::Number { min, max, step, log, unit: unit.to_owned() }
    } else if value.as_str().is_some_and(|text| text.starts_with(|first: char| first.is_ascii_digit())) {
        ControlKind::Duration { min, max, step, log }
    } else {
        ControlKind::Fixed
    }
}
