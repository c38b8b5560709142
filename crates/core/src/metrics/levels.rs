//! Caches one behind the other: what share of lookups they answer together.
//!
//! Levels follow each other as requests do, from the clients on: a service's cache comes before the node it asks on a
//! miss, and a cache before the node behind it. Of those who come to the first, `(1 - h1)(1 - h2)...` pass a level: ratios
//! multiply, they do not add. A cache on several ways counts on the first. O(nodes).

use crate::scenario::{NodeSpec, Scenario};

/// By node: the share that caches up to it have answered, where it is a cache that was asked. `hit_ratios` are each
/// one's own.
pub(super) fn combined(scenario: &Scenario, hit_ratios: &[Option<f64>]) -> Vec<Option<f64>> {
    let nothing = || vec![None; hit_ratios.len()];
    let mut walk = Walk { scenario, hit_ratios, seen: nothing(), combined: nothing() };
    for (index, node) in scenario.nodes.iter().enumerate() {
        if matches!(node.spec, NodeSpec::Clients(_)) {
            walk.visit(index, 1.0);
        }
    }
    walk.combined
}

struct Walk<'a> {
    scenario: &'a Scenario,
    hit_ratios: &'a [Option<f64>],
    /// What share came to a node.
    seen: Vec<Option<f64>>,
    combined: Vec<Option<f64>>,
}

impl Walk<'_> {
    /// Follows the calls of a node that `passed` of all come to. What share passes it and all behind it.
    fn visit(&mut self, index: usize, passed: f64) -> f64 {
        if self.seen[index].replace(passed).is_some() {
            return passed;
        }
        let spec = &self.scenario.nodes[index].spec;
        let mut left = passed;
        if let (NodeSpec::Cache(_), Some(hit_ratio)) = (spec, self.hit_ratios[index]) {
            left *= 1.0 - hit_ratio;
            self.combined[index] = Some(1.0 - left);
        }
        for callee in spec.callees() {
            let Some(index) = self.scenario.nodes.iter().position(|node| node.name == callee) else {
                continue;
            };
            let passes = self.visit(index, left);
            // A balancer spreads; the others ask one after the other.
            if !matches!(spec, NodeSpec::Balancer(_)) {
                left = passes;
            }
        }
        left
    }
}
