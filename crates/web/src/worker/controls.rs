//! Every setting of a scenario as something that can be turned: its present value from the scenario as it writes
//! itself, and all else from the schema.

use super::settings::{self, Form, Setting, Shape};
use super::view::label;
use crate::protocol::{Control, ControlKind, Effect};
use headroom_core::scenario::Scenario;
use serde_json::Value;

/// All settings, in the order of the file.
pub(super) fn of(scenario: &Scenario) -> Vec<Control> {
    let mut controls = Vec::new();
    for node in &scenario.nodes {
        let settings = serde_json::to_value(&node.spec).unwrap_or_default();
        collect(
            &format!("nodes.{}", node.name),
            &label(&node.name),
            settings::NODE_SPEC,
            &settings,
            &mut controls,
        );
    }
    for link in &scenario.links {
        let settings = serde_json::to_value(link).unwrap_or_default();
        let group = format!("{} → {}", label(&link.from), label(&link.to));
        collect(
            &format!("links.\"{} -> {}\"", link.from, link.to),
            &group,
            settings::LINK,
            &settings,
            &mut controls,
        );
    }
    controls
}

fn collect(path: &str, group: &str, shapes: &'static [Shape], table: &Value, controls: &mut Vec<Control>) {
    let Value::Object(fields) = table else { return };
    let known = settings::of(shapes, table);
    for (name, value) in fields {
        let Some(setting) = known.iter().find(|setting| setting.name == name) else { continue };
        let path = format!("{path}.{name}");
        if let Form::Table(shapes) = setting.form {
            collect(&path, group, shapes, value, controls);
            continue;
        }
        let label = words(&path, name);
        controls.push(Control {
            kind: kind(setting, value, &label),
            label,
            group: group.to_owned(),
            help: setting.help.to_owned(),
            value: value.clone(),
            effect: setting.effect,
            path,
        });
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

/// How it is set, in the form that its value has now: a queue without a limit is no number.
fn kind(setting: &Setting, value: &Value, label: &str) -> ControlKind {
    match setting.form {
        _ if setting.effect == Effect::Restart => ControlKind::Fixed,
        Form::Number { min, max, step, log, unit } if value.is_number() => {
            // "Cores: 4" needs no "cores" behind it.
            let unit = if label.to_ascii_lowercase().contains(unit) { "" } else { unit };
            ControlKind::Number { min, max, step, log, unit: unit.to_owned() }
        }
        Form::Duration { min, max, step, log } => ControlKind::Duration { min, max, step, log },
        Form::Choice(options) => {
            ControlKind::Choice { options: options.iter().map(|option| (*option).to_owned()).collect() }
        }
        Form::Toggle => ControlKind::Toggle,
        Form::Number { .. } | Form::Size | Form::Table(_) => ControlKind::Fixed,
    }
}
