//! Paths, headers and cookies that must be sent by somebody, and stand in a list once.

use super::super::paths::MOST_IN_ALL;
use super::super::read::{Step, quoted};
use super::super::{NodeSpec, Route};
use super::{Checker, meant};

/// What a request can be told by: its key in an entry, and the list of clients that says who sends it.
const TOLD_BY: [(&str, &str); 3] = [("path", "paths"), ("header", "headers"), ("cookie", "cookies")];

/// The path, the header and the cookie of an entry, as far as it has them.
type Told<'a> = [Option<&'a str>; 3];

fn told(route: &Route) -> Told<'_> {
    [&route.path, &route.header, &route.cookie].map(|text| text.as_deref())
}

pub(super) fn check(checker: &Checker<'_>) {
    let paths = checker.scenario.paths();
    if paths.len() > MOST_IN_ALL {
        let message = format!("{} paths in all; make it at most {MOST_IN_ALL}", paths.len());
        checker.reject(&[Step::Key("nodes")], message, None);
    }
    let mut sent = [paths, Vec::new(), Vec::new()];
    for node in &checker.scenario.nodes {
        let NodeSpec::Clients(clients) = &node.spec else { continue };
        sent[1].extend(clients.headers.iter().map(|of| of.header.as_str()));
        sent[2].extend(clients.cookies.iter().map(|of| of.cookie.as_str()));
    }
    // Clients that could not be read may well send it.
    let sent = all_clients_are_known(checker).then_some(&sent);
    for node in &checker.scenario.nodes {
        let judge = |list, entries: &[Told<'_>], sent| judge(checker, (&node.name, list), entries, sent);
        match &node.spec {
            NodeSpec::Clients(clients) => {
                check_shares(checker, &node.name, clients.paths.iter().map(|of| of.share).collect());
                let paths: Vec<Told<'_>> =
                    clients.paths.iter().map(|of| [Some(&*of.path), None, None]).collect();
                judge("paths", &paths, None);
                let headers: Vec<Told<'_>> =
                    clients.headers.iter().map(|of| [None, Some(&*of.header), None]).collect();
                judge("headers", &headers, None);
                let cookies: Vec<Told<'_>> =
                    clients.cookies.iter().map(|of| [None, None, Some(&*of.cookie)]).collect();
                judge("cookies", &cookies, None);
            }
            NodeSpec::Balancer(balancer) => {
                judge("routes", &balancer.routes.iter().map(told).collect::<Vec<_>>(), sent);
            }
            NodeSpec::Service(service) => {
                let paths: Vec<Told<'_>> =
                    service.path_times.iter().map(|of| [Some(&*of.path), None, None]).collect();
                judge("path_times", &paths, sent);
            }
            NodeSpec::Cache(_) | NodeSpec::Database(_) => {}
        }
    }
}

/// Judges a list of a node: each entry stands there once, and what it names is sent by clients, if those are known.
fn judge(
    checker: &Checker<'_>,
    (node, list): (&str, &str),
    entries: &[Told<'_>],
    sent: Option<&[Vec<&str>; 3]>,
) {
    for (nth, entry) in entries.iter().enumerate() {
        let mut is_twice = entries[..nth].contains(entry);
        for (kind, (key, clients)) in TOLD_BY.iter().enumerate() {
            let Some(name) = entry[kind] else { continue };
            let (message, hint) = if std::mem::take(&mut is_twice) {
                (format!("{} is named twice; name each {key} once", quoted(name)), None)
            } else if let Some(sent) = sent.map(|sent| &sent[kind]).filter(|sent| !sent.contains(&name)) {
                let message = format!("nobody sends {}; give it to clients in {clients}", quoted(name));
                (message, of_those(name, sent))
            } else {
                continue;
            };
            let place =
                [Step::Key("nodes"), Step::Key(node), Step::Key(list), Step::Index(nth), Step::Key(key)];
            checker.reject(&place, message, hint);
        }
    }
}

/// Which of those that are sent was meant, if there are any.
fn of_those(name: &str, sent: &[&str]) -> Option<String> {
    if sent.is_empty() { None } else { meant(name, sent.iter().copied()) }
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
