//! Names that must exist and fit.

use std::collections::BTreeSet;

use super::super::chaos::MOST_BREAKAGES;
use super::super::read::{Content, Step, quoted};
use super::super::{NodeSpec, OnWrite, RaceGuard, Removal};
use super::{Checker, Edge, edges, meant};
use crate::sim::time::Nanos;

pub(super) fn check(checker: &Checker<'_>) {
    for node in &checker.scenario.nodes {
        let mut seen = BTreeSet::new();
        for edge in edges(node) {
            // Several routes may lead to one node.
            if !seen.insert((edge.of_route, edge.to)) {
                checker.reject(
                    &edge.steps,
                    format!("{} is named twice; name each node once", quoted(edge.to)),
                    None,
                );
            }
            check_edge(checker, &edge);
        }
        check_miss(checker, &node.name, &node.spec);
        check_writes(checker, &node.name, &node.spec);
        check_cache(checker, &node.name, &node.spec);
    }
    check_links(checker);
    check_regions(checker);
    check_chaos(checker);
    if checker.scenario.tree.get("nodes").is_some()
        && !checker.names().any(|(_, kind)| kind == Some("clients"))
    {
        let message = "no node of kind \"clients\"; add one, so that there are requests".to_owned();
        checker.reject(&[Step::Key("nodes")], message, None);
    }
}

fn check_edge(checker: &Checker<'_>, edge: &Edge<'_>) {
    let to = quoted(edge.to);
    let message = match checker.kind(edge.to) {
        None => {
            let fitting = checker
                .names()
                .filter(|(name, kind)| fits(checker, name, *kind, edge.as_cache))
                .map(|(name, _)| name);
            let help = meant(edge.to, fitting);
            return checker.reject(&edge.steps, format!("no node is called {to}"), help);
        }
        Some(kind) if fits(checker, edge.to, kind, edge.as_cache) => return,
        Some(Some("clients")) => format!("{to} sends requests and takes none; name a node that serves them"),
        Some(Some("cache")) if edge.as_cache => {
            format!("{to} asks another node by itself; name it in to, or take its own to away")
        }
        Some(Some("cache")) => {
            format!(
                "{to} is a cache, which nothing would fill; give it a to, or ask it with cache = {{ node = {to} }}"
            )
        }
        Some(kind) => format!("{to} is a {}; name a cache", kind.unwrap_or("node")),
    };
    checker.reject(&edge.steps, message, None);
}

/// Whether a node of that kind can be called; an unreadable kind is reported elsewhere.
fn fits(checker: &Checker<'_>, name: &str, kind: Option<&str>, as_cache: bool) -> bool {
    match kind {
        None => true,
        // One that could not be read may be either.
        Some("cache") => {
            let spec = checker.scenario.node(name).map(|node| &node.spec);
            !matches!(spec, Some(NodeSpec::Cache(cache)) if cache.to.is_none() != as_cache)
        }
        Some("clients") => false,
        Some("balancer" | "service" | "database") => !as_cache,
        Some(_) => true,
    }
}

/// A service with a cache needs somebody to ask on a miss.
fn check_miss(checker: &Checker<'_>, name: &str, spec: &NodeSpec) {
    let NodeSpec::Service(service) = spec else { return };
    if service.cache.is_some() && service.to.is_none() {
        let message = "missing; give the node that is asked on a miss".to_owned();
        checker.reject(&[Step::Key("nodes"), Step::Key(name), Step::Key("to")], message, None);
    }
}

/// What a service does on a write must be something that its cache takes.
fn check_writes(checker: &Checker<'_>, name: &str, spec: &NodeSpec) {
    let NodeSpec::Service(service) = spec else { return };
    let Some(usage) = &service.cache else { return };
    let reject = |key: &'static str, message: String| {
        let place = [Step::Key("nodes"), Step::Key(name), Step::Key("cache"), Step::Key(key)];
        checker.reject(&place, message, None);
    };
    let deletes = matches!(usage.on_write, OnWrite::Delete | OnWrite::DeleteBefore);
    if usage.second_delete.is_some() && !deletes {
        reject("second_delete", "there is no first one; give on_write = \"delete\"".to_owned());
    }
    if let Some(NodeSpec::Cache(cache)) = checker.scenario.node(&usage.node).map(|node| &node.spec)
        && cache.race_guard == RaceGuard::Leases
        && usage.on_write == OnWrite::Update
    {
        let node = quoted(&usage.node);
        reject("on_write", format!("{node} takes values from holders of a lease only; give \"delete\""));
    }
}

/// What a cache can do only with another of its settings: with a node that it asks, with tags.
fn check_cache(checker: &Checker<'_>, name: &str, spec: &NodeSpec) {
    let NodeSpec::Cache(cache) = spec else { return };
    let reject = |key: &'static str, message: &str| {
        let place = [Step::Key("nodes"), Step::Key(name), Step::Key(key)];
        checker.reject(&place, message.to_owned(), None);
    };
    if cache.refresh_after.is_some() && cache.to.is_none() {
        reject("refresh_after", "missing a node to ask in the background; give it in to");
    }
    if cache.removes == Removal::Tag && cache.tags.is_none() {
        reject("removes", "missing tags to remove by; say in tags how many there are");
    }
    if cache.stale_if_error.is_some() && cache.to.is_none() {
        reject("stale_if_error", "missing a node whose errors it would see; give it in to");
    }
}

/// A node that stands somewhere exists, and stands in one place.
fn check_regions(checker: &Checker<'_>) {
    let mut seen = BTreeSet::new();
    for entry in checker.scenario.tree.get("regions").map_or(&[][..], super::Tree::entries) {
        let Content::List(items) = &entry.value.content else { continue };
        for (index, name) in items.iter().enumerate() {
            let Some(name) = name.text() else { continue };
            let place = [Step::Key("regions"), Step::Key(&entry.key), Step::Index(index)];
            if checker.kind(name).is_none() {
                let help = meant(name, checker.names().map(|(name, _)| name));
                checker.reject(&place, format!("no node is called {}", quoted(name)), help);
            } else if !seen.insert(name) {
                let message = format!("{} stands somewhere already; name it once", quoted(name));
                checker.reject(&place, message, None);
            }
        }
    }
}

/// What may break exists and can break in one of the ways at least, and not without end.
fn check_chaos(checker: &Checker<'_>) {
    let scenario = checker.scenario;
    let Some(chaos) = &scenario.chaos else { return };
    for (index, name) in chaos.nodes.iter().enumerate() {
        let place = [Step::Key("chaos"), Step::Key("nodes"), Step::Index(index)];
        if checker.kind(name).is_none() {
            let help = meant(name, checker.names().map(|(name, _)| name));
            checker.reject(&place, format!("no node is called {}", quoted(name)), help);
        } else if scenario
            .node(name)
            .is_some_and(|node| !chaos.kinds.iter().any(|kind| kind.suits(&node.spec)))
        {
            let message =
                format!("none of the kinds can happen to {}; name another node or kind", quoted(name));
            checker.reject(&place, message, None);
        }
    }
    let count = scenario.duration / chaos.every;
    if count > MOST_BREAKAGES && scenario.duration < Nanos::MAX {
        let message = format!("about {count} breakages in the run; make it at most {MOST_BREAKAGES}");
        checker.reject(&[Step::Key("chaos")], message, None);
    }
}

/// Both ends of a link exist and one calls the other.
fn check_links(checker: &Checker<'_>) {
    let mut seen = BTreeSet::new();
    for entry in checker.scenario.tree.get("links").map_or(&[][..], super::Tree::entries) {
        let Some((from, to)) = entry.key.split_once("->").map(|(from, to)| (from.trim(), to.trim())) else {
            continue;
        };
        let place = [Step::Key("links"), Step::Key(&entry.key)];
        let missing = [from, to].into_iter().find(|end| checker.kind(end).is_none());
        if let Some(end) = missing {
            let help = meant(end, checker.names().map(|(name, _)| name));
            checker.reject(&place, format!("no node is called {}", quoted(end)), help);
        } else if !seen.insert((from, to)) {
            checker.reject(
                &place,
                "the same link stands here twice; put its settings into one table".to_owned(),
                None,
            );
        } else {
            check_calls(checker, &place, from, to);
            check_policies(checker, entry, from);
        }
    }
}

/// A balancer names the instance for each call, so that another attempt of the link would go there too.
fn check_policies(checker: &Checker<'_>, link: &super::super::read::Entry, from: &str) {
    if checker.kind(from).flatten() != Some("balancer") {
        return;
    }
    for policy in ["retry", "breaker", "hedging", "max_calls", "throttle"] {
        let place = [Step::Key("links"), Step::Key(&link.key), Step::Key(policy)];
        if link.value.get(policy).is_some() {
            let message = "a balancer calls the server it has chosen once".to_owned();
            let others = format!("give {policy} to the link of those who call {}", quoted(from));
            let help = match policy {
                "retry" => {
                    format!("give retries to {}, which go to other servers, or {others}", quoted(from))
                }
                _ => others,
            };
            checker.reject(&place, message, Some(help));
        }
    }
}

fn check_calls(checker: &Checker<'_>, place: &[Step<'_>], from: &str, to: &str) {
    // A caller that could not be read may well call it.
    let Some(caller) = checker.scenario.node(from) else { return };
    if caller.spec.callees().contains(&to) {
        return;
    }
    let calls_back = checker.scenario.node(to).is_some_and(|node| node.spec.callees().contains(&from));
    let help = match caller.spec.callees()[..] {
        _ if calls_back => format!("did you mean `{to} -> {from}`?"),
        [] => "it calls no node".to_owned(),
        ref callees => format!("it calls: {}", callees.join(", ")),
    };
    checker.reject(place, format!("{} does not call {}", quoted(from), quoted(to)), Some(help));
}
