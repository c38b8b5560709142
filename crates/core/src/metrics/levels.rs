//! Caches one behind the other: what share of lookups they answer together.
//!
//! Levels follow each other as requests do, from the clients on: a service's cache comes before the node it asks on a
//! miss, and a cache before the node behind it. Of those who come to the first, `(1 - h1)(1 - h2)...` pass a level: ratios
//! multiply, they do not add. A cache on several ways counts on the first. O(nodes).

use crate::scenario::{NodeSpec, Scenario};
use std::collections::BTreeMap;

/// By name of each cache that was asked: the share answered there or before. `hit_ratio` is each one's own.
pub(super) fn combined(
    scenario: &Scenario,
    hit_ratio: impl Fn(&str) -> Option<f64>,
) -> BTreeMap<String, f64> {
    let mut walk = Walk { scenario, hit_ratio, seen: Vec::new(), combined: BTreeMap::new() };
    for node in &scenario.nodes {
        if matches!(node.spec, NodeSpec::Clients(_)) {
            walk.visit(&node.name, 1.0);
        }
    }
    walk.combined
}

struct Walk<'a, H> {
    scenario: &'a Scenario,
    hit_ratio: H,
    seen: Vec<&'a str>,
    combined: BTreeMap<String, f64>,
}

impl<'a, H: Fn(&str) -> Option<f64>> Walk<'a, H> {
    /// Follows the calls of a node that `passed` of all come to. What share passes it and all behind it.
    fn visit(&mut self, name: &'a str, passed: f64) -> f64 {
        let Some(node) = self.scenario.node(name).filter(|_| !self.seen.contains(&name)) else {
            return passed;
        };
        self.seen.push(name);
        let mut left = passed;
        if let (NodeSpec::Cache(_), Some(hit_ratio)) = (&node.spec, (self.hit_ratio)(name)) {
            left *= 1.0 - hit_ratio;
            self.combined.insert(name.to_owned(), 1.0 - left);
        }
        for callee in node.spec.callees() {
            let passes = self.visit(callee, left);
            // A balancer spreads; the others ask one after the other.
            if !matches!(node.spec, NodeSpec::Balancer(_)) {
                left = passes;
            }
        }
        left
    }
}
