//! Things that cannot happen.

use std::sync::Arc;

use super::super::read::{Content, Step, Tree, did_you_mean, quoted};
use super::super::{Action, Problem, Scenario, Target, units};
use super::Checker;

pub(super) fn check(checker: &Checker<'_>) {
    // Settings as they are at the time of the action, starting with the file's. They need a sound start.
    let mut settings = if checker.problems.is_empty() { without_actions(checker.scenario) } else { None };
    for (timed, index) in checker.scenario.actions.iter().zip(checker.action_indices) {
        let place = Place { checker, index: *index };
        if timed.at > checker.scenario.duration {
            let end = units::format_duration(checker.scenario.duration);
            place.reject("at", format!("after the end of the run, {end:?}"), None);
        }
        match &timed.action {
            Action::Set { path, value } => {
                if let Some(current) = &mut settings {
                    match current.with_live(&[(path.clone(), value.clone())]) {
                        Ok(changed) => *current = changed,
                        Err(problems) => place.reject_setting(path, problems),
                    }
                }
            }
            Action::Kill { node } | Action::Slow { node, .. } => {
                place.check_target(node, &["balancer", "service", "cache", "database"]);
            }
            Action::Start { node } => {
                place.check_target(node, &["balancer", "service", "cache", "database"]);
            }
            Action::Drain { node } => place.check_target(node, &["service", "cache"]),
            Action::Flush { node } => place.check_target(node, &["cache"]),
            Action::Partition { between, .. } => place.check_partition(between),
            Action::Spike { node, .. } => place.check_node("node", node, &["clients"]),
        }
    }
}

/// The same system left alone.
fn without_actions(scenario: &Scenario) -> Option<Scenario> {
    if !scenario.actions.iter().any(|timed| matches!(timed.action, Action::Set { .. })) {
        return None;
    }
    let mut tree = Tree::clone(&scenario.tree);
    if let Content::Table(entries) = &mut tree.content {
        entries.retain(|entry| entry.key != "actions");
    }
    Scenario::from_tree(Arc::new(tree)).ok()
}

/// An action in the file.
struct Place<'a> {
    checker: &'a Checker<'a>,
    index: usize,
}

impl Place<'_> {
    fn reject(&self, key: &str, message: String, help: Option<String>) {
        self.checker.reject(&[Step::Key("actions"), Step::Index(self.index), Step::Key(key)], message, help);
    }

    /// The value is at fault if the problem is at its own place; otherwise the change upsets something else.
    fn reject_setting(&self, path: &str, problems: Vec<Problem>) {
        for Problem { path: found, message, help, .. } in problems {
            if found.is_empty() || message == "unknown key" {
                self.reject("path", message, help);
            } else if found == path {
                self.reject("value", message, help);
            } else {
                self.reject("value", format!("{found}: {message}"), help);
            }
        }
    }

    fn check_node(&self, key: &str, name: &str, kinds: &[&str]) {
        let fits = |kind: Option<&str>| kind.is_none_or(|kind| kinds.contains(&kind));
        match self.checker.kind(name) {
            None => {
                let fitting = self.checker.names().filter(|(_, kind)| fits(*kind)).map(|(name, _)| name);
                self.reject(key, format!("no node is called {}", quoted(name)), did_you_mean(name, fitting));
            }
            Some(kind) if !fits(kind) => {
                let kind = kind.unwrap_or("node");
                let message =
                    format!("{} is of kind {kind:?}; name one of kind {}", quoted(name), kinds.join(", "));
                self.reject(key, message, None);
            }
            Some(_) => {}
        }
    }

    fn check_target(&self, target: &Target, kinds: &[&str]) {
        self.check_node("node", &target.node, kinds);
        let Some(node) = self.checker.scenario.node(&target.node) else { return };
        let replicas = node.spec.replicas();
        if let Some(slot) = target.slot.filter(|slot| *slot >= replicas)
            && !self.may_grow(&target.node)
        {
            self.reject("node", format!("there is no instance {slot}; the last is {}", replicas - 1), None);
        }
    }

    /// Whether other actions may add instances to a node.
    fn may_grow(&self, name: &str) -> bool {
        let replicas = format!("nodes.{name}.replicas");
        self.checker.scenario.actions.iter().any(|timed| match &timed.action {
            Action::Set { path, .. } => *path == replicas,
            Action::Start { node } => node.node == name,
            _ => false,
        })
    }

    fn check_partition(&self, between: &[String; 2]) {
        let [one, other] = between;
        for name in between {
            self.check_node("between", name, &["clients", "balancer", "service", "cache", "database"]);
        }
        let nodes = [self.checker.scenario.node(one), self.checker.scenario.node(other)];
        let [Some(one), Some(other)] = nodes else { return };
        let calls = |from: &super::Node, to: &super::Node| from.spec.callees().contains(&to.name.as_str());
        if !calls(one, other) && !calls(other, one) {
            let message = format!("nothing passes between {:?} and {:?} anyway", one.name, other.name);
            self.reject("between", message, None);
        }
    }
}
