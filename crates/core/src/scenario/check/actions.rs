//! Things that cannot happen.

use std::sync::Arc;

use super::super::read::{Content, Step, Tree, parse_path, quoted};
use super::super::{Action, Problem, Region, Scenario, Target, TimedAction, Zone, units};
use super::{Checker, meant};

pub(super) fn check(checker: &Checker<'_>) {
    // Settings as they are at the time of the action, starting with the file's. They need a sound start.
    let mut settings = if checker.problems.is_empty() { without_actions(checker.scenario) } else { None };
    for (timed, index) in checker.scenario.actions.iter().zip(checker.action_indices) {
        let place = Place { checker, index: *index };
        if timed.at > checker.scenario.duration {
            let end = units::format_duration(checker.scenario.duration);
            let at = units::format_duration(timed.at);
            place.reject("at", format!("{at:?}; give at most the duration, {end:?}"), None);
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
            other => place.check_disturbance(other),
        }
    }
}

/// Settings are judged when the run is planned, and what comes after its end never happens.
pub(super) fn check_learner(checker: &Checker<'_>, actions: &[TimedAction]) {
    for (index, timed) in actions.iter().enumerate() {
        Place { checker, index }.check_disturbance(&timed.action);
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
    /// Whether that can be done to such a node.
    fn check_disturbance(&self, action: &Action) {
        match action {
            Action::Set { .. } => {}
            Action::Kill { node, .. } | Action::Start { node } | Action::Slow { node, .. } => {
                self.check_target(node, &["balancer", "service", "cache", "database"]);
            }
            Action::Drain { node } => self.check_target(node, &["service", "cache"]),
            Action::Flush { node } => self.check_target(node, &["cache"]),
            Action::Purge { node, tag, .. } => self.check_purge(node, *tag),
            Action::Pause { node, .. } => self.check_target(node, &["service", "database"]),
            Action::Fail { node, .. } => self.check_node("node", node, &["service", "database"]),
            Action::Partition { between, .. } | Action::Lose { between, .. } => self.check_partition(between),
            Action::Spike { node, .. } => self.check_node("node", node, &["clients"]),
            Action::Outage { zone, region, .. } => self.check_outage(*zone, *region),
        }
    }

    fn reject(&self, key: &str, message: String, help: Option<String>) {
        self.checker.reject(&[Step::Key("actions"), Step::Index(self.index), Step::Key(key)], message, help);
    }

    /// The value is at fault if the problem is at its own place; otherwise the change upsets something else.
    fn reject_setting(&self, path: &str, problems: Vec<Problem>) {
        for Problem { path: found, message, help, .. } in problems {
            if found.is_empty() || message == "unknown key" || !self.leads_somewhere(path) {
                self.reject("path", message, help);
            } else if found == path {
                self.reject("value", message, help);
            } else {
                self.reject("value", format!("{found}: {message}"), help);
            }
        }
    }

    /// Whether the node that a path begins with exists.
    fn leads_somewhere(&self, path: &str) -> bool {
        match parse_path(path).as_deref() {
            Ok([Step::Key("nodes"), Step::Key(name), ..]) => self.checker.kind(name).is_some(),
            Ok([Step::Key(_), ..]) => true,
            _ => false,
        }
    }

    fn check_node(&self, key: &str, name: &str, kinds: &[&str]) {
        let fits = |kind: Option<&str>| kind.is_none_or(|kind| kinds.contains(&kind));
        match self.checker.kind(name) {
            None => {
                let fitting = self.checker.names().filter(|(_, kind)| fits(*kind)).map(|(name, _)| name);
                self.reject(key, format!("no node is called {}", quoted(name)), meant(name, fitting));
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
            let (name, last) = (&target.node, replicas - 1);
            self.reject("node", format!("there is no {name}[{slot}]; the last is {name}[{last}]"), None);
        }
    }

    /// Whether other actions may add instances to a node.
    fn may_grow(&self, name: &str) -> bool {
        let replicas = format!("nodes.{name}.replicas");
        self.checker.actions().any(|action| match action {
            Action::Set { path, .. } => *path == replicas,
            Action::Start { node } => node.node == name,
            _ => false,
        })
    }

    fn check_purge(&self, target: &Target, tag: u64) {
        self.check_target(target, &["cache"]);
        let Some(super::NodeSpec::Cache(cache)) =
            self.checker.scenario.node(&target.node).map(|node| &node.spec)
        else {
            return;
        };
        match cache.tags {
            None => {
                let message = format!("entries of {} carry no tags; set nodes.{0}.tags", target.node);
                self.reject("tag", message, None);
            }
            Some(tags) if tag >= tags => {
                let last = tags - 1;
                self.reject("tag", format!("there is no tag {tag}; the last is {last}"), None);
            }
            Some(_) => {}
        }
    }

    /// Whether anything could stand there.
    fn check_outage(&self, zone: Zone, region: Option<Region>) {
        let scenario = self.checker.scenario;
        if !scenario.nodes.iter().any(|node| scenario.reaches(node, zone, region)) {
            let message = match region {
                Some(_) => "no instance stands in that zone of the region; name another, or set `zones`",
                None => "no instance stands in that zone; name another, set `zones`, or say of which region",
            };
            self.reject("zone", message.to_owned(), None);
        }
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
            let message = format!(
                "nothing passes between {:?} and {:?}; name two nodes of which one calls the other",
                one.name, other.name
            );
            self.reject("between", message, None);
        }
    }
}
