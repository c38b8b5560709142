//! Requests that would go round for ever, or too deep.

use std::collections::BTreeMap;

use super::{Checker, Edge, edges};

/// The longest chain of calls behind a request.
const DEEPEST: usize = 32;

pub(super) fn check(checker: &Checker<'_>) {
    let mut search = Search { checker, depths: BTreeMap::new(), way: Vec::new() };
    for node in &checker.scenario.nodes {
        search.visit(&node.name);
    }
    for node in &checker.scenario.nodes {
        let is_start = matches!(node.spec, super::NodeSpec::Clients(_));
        let depth = search.depths.get(node.name.as_str()).copied().unwrap_or(0);
        if is_start && depth > DEEPEST {
            let message = format!("{depth} calls one behind the other; make it at most {DEEPEST}");
            for edge in edges(node).iter().take(1) {
                checker.reject(&edge.steps, message.clone(), None);
            }
        }
    }
}

/// Depth first; a call to a node that is on the way already closes a cycle.
struct Search<'a> {
    checker: &'a Checker<'a>,
    /// The longest chain of calls from a node, once it is known.
    depths: BTreeMap<&'a str, usize>,
    way: Vec<&'a str>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, name: &'a str) -> usize {
        if let Some(depth) = self.depths.get(name) {
            return *depth;
        }
        let Some(node) = self.checker.scenario.node(name) else { return 0 };
        self.way.push(name);
        let mut depth = 0;
        // That clients take no calls is told elsewhere.
        let takes_calls = |edge: &Edge<'_>| self.checker.kind(edge.to) != Some(Some("clients"));
        for edge in edges(node).into_iter().filter(takes_calls) {
            match self.way.iter().position(|passed| *passed == edge.to) {
                Some(start) => self.report(start, &edge),
                None => depth = depth.max(1 + self.visit(edge.to)),
            }
        }
        self.way.pop();
        self.depths.insert(name, depth);
        depth
    }

    fn report(&self, start: usize, edge: &Edge<'_>) {
        let round: Vec<&str> = self.way.iter().skip(start).copied().chain([edge.to]).collect();
        let message = format!("a request would go round for ever: {}", round.join(" -> "));
        self.checker.reject(&edge.steps, message, None);
    }
}
