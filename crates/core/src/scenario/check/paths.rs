//! Paths that must be sent by somebody, and stand in a list once.

use super::super::NodeSpec;
use super::super::paths::MOST_IN_ALL;
use super::super::read::{Step, quoted};
use super::{Checker, meant};

pub(super) fn check(checker: &Checker<'_>) {
    let sent = checker.scenario.paths();
    if sent.len() > MOST_IN_ALL {
        let message = format!("{} paths in all; make it at most {MOST_IN_ALL}", sent.len());
        checker.reject(&[Step::Key("nodes")], message, None);
    }
    // Clients that could not be read may well send it.
    let all_known = all_clients_are_known(checker);
    for node in &checker.scenario.nodes {
        let (key, paths): (&str, Vec<&str>) = match &node.spec {
            NodeSpec::Clients(clients) => {
                check_shares(checker, &node.name, clients.paths.iter().map(|of| of.share).collect());
                ("paths", clients.paths.iter().map(|of| of.path.as_str()).collect())
            }
            NodeSpec::Balancer(balancer) => {
                ("routes", balancer.routes.iter().map(|of| of.path.as_str()).collect())
            }
            NodeSpec::Service(service) => {
                ("path_times", service.path_times.iter().map(|of| of.path.as_str()).collect())
            }
            NodeSpec::Cache(_) | NodeSpec::Database(_) => continue,
        };
        for (nth, path) in paths.iter().enumerate() {
            let place = [
                Step::Key("nodes"),
                Step::Key(&node.name),
                Step::Key(key),
                Step::Index(nth),
                Step::Key("path"),
            ];
            if paths[..nth].contains(path) {
                let message = format!("{} is named twice; name each path once", quoted(path));
                checker.reject(&place, message, None);
            } else if all_known && !sent.contains(path) {
                let message = format!("nobody sends {}; give it to clients in paths", quoted(path));
                checker.reject(&place, message, of_those(path, &sent));
            }
        }
    }
}

/// Which path was meant, if there are any.
fn of_those(path: &str, sent: &[&str]) -> Option<String> {
    if sent.is_empty() { None } else { meant(path, sent.iter().copied()) }
}

fn check_shares(checker: &Checker<'_>, name: &str, shares: Vec<f64>) {
    if !shares.is_empty() && shares.iter().all(|share| *share == 0.0) {
        let place = [Step::Key("nodes"), Step::Key(name), Step::Key("paths")];
        let message = "all shares are 0; give one that is more".to_owned();
        checker.reject(&place, message, None);
    }
}

fn all_clients_are_known(checker: &Checker<'_>) -> bool {
    let kinds = ["balancer", "service", "cache", "database"];
    checker.names().all(|(name, kind)| {
        checker.scenario.node(name).is_some() || kind.is_some_and(|kind| kinds.contains(&kind))
    })
}
