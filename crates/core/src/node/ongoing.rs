//! Disturbances under way. Where several of one kind fall on the same, the strongest counts, and when it ends the
//! strongest of those left: what is slow because of two is slow until both are over, and what stands still stands still.
//!
//! Costs: O(under way) when one begins or ends. Left out: effects that add up.

use crate::sim::record::InstanceIndex;

/// See the module's description.
#[derive(Clone, Debug, Default)]
pub(super) struct Ongoing(Vec<Disturbance>);

/// One of them: which of the planned actions, and the instances it fell on.
#[derive(Clone, Debug)]
struct Disturbance {
    action: u32,
    instances: Vec<InstanceIndex>,
}

impl Ongoing {
    pub(super) fn begin(&mut self, action: u32, instances: Vec<InstanceIndex>) {
        self.0.push(Disturbance { action, instances });
    }

    pub(super) fn end(&mut self, action: u32) {
        self.0.retain(|under_way| under_way.action != action);
    }

    /// The strongest of those that `strength` names, by their action and instances.
    pub(super) fn strongest(&self, strength: impl Fn(u32, &[InstanceIndex]) -> Option<f64>) -> Option<f64> {
        self.0.iter().filter_map(|of| strength(of.action, &of.instances)).reduce(f64::max)
    }
}
