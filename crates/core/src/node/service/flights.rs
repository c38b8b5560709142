//! Loads that requests of one instance share: one goes, the others wait for what it brings (single flight, as Go's
//! `singleflight` package). O(1) a request; when a load is over, O(those who waited).

use super::super::plan::Step;
use super::Service;
use crate::sim::call::VisitId;
use crate::sim::kernel::Kernel;
use crate::sim::record::InstanceIndex;

impl Service {
    /// The load that a visit led is over, with a version or without: so it is for those who waited for it.
    #[inline(never)]
    pub(super) fn land(
        &mut self,
        kernel: &mut Kernel,
        leader: VisitId,
        (instance, key): (InstanceIndex, u64),
        version: Option<u32>,
    ) {
        let Some(flights) = self.flights.get_mut(instance).filter(|flights| !flights.is_empty()) else {
            return;
        };
        if flights.first(key) != Some(leader) {
            return;
        }
        flights.take(key);
        let mut waiting = Vec::new();
        while let Some(id) = flights.take(key) {
            waiting.push(id);
        }
        for id in waiting {
            let Some(visit) = kernel.visit_mut(id) else { continue };
            let looked_up = visit.position.saturating_sub(1);
            match (version, self.plans.step(visit.operation, looked_up)) {
                (Some(version), Step::Lookup { found, .. }) => {
                    visit.version = version;
                    visit.position = found;
                    self.resume(kernel, id);
                }
                // The plan has changed under it: it goes on by itself.
                (Some(_), _) => self.resume(kernel, id),
                (None, _) if self.fallback => {
                    self.fall_back(kernel, id);
                    self.resume(kernel, id);
                }
                (None, _) => {
                    self.fail(kernel, id);
                    self.let_others_in(kernel, instance);
                }
            }
        }
    }

    /// Whether a visit that missed waits for the load that another has begun; if not, it leads one.
    pub(super) fn joins(&mut self, instance: InstanceIndex, key: u64, id: VisitId) -> bool {
        self.flights.get_or_insert(instance).join(key, id)
    }
}
