//! Loads that requests of one instance share (single flight, as Go's `singleflight` package): the first to miss a key
//! asks for it, those who miss it meanwhile wait for what comes of that. O(log flights) each.

use crate::sim::call::VisitId;
use crate::sim::record::InstanceIndex;
use std::collections::BTreeMap;

/// By instance and key: who asks, and who waits.
#[derive(Clone, Debug, Default)]
pub(super) struct Flights(BTreeMap<(InstanceIndex, u64), Flight>);

#[derive(Clone, Debug)]
struct Flight {
    leader: VisitId,
    waiting: Vec<VisitId>,
}

impl Flights {
    /// Joins the load of a key. Whether there was one; if not, this visit is to load it.
    pub(super) fn join(&mut self, instance: InstanceIndex, key: u64, visit: VisitId) -> bool {
        match self.0.get_mut(&(instance, key)) {
            Some(flight) => {
                flight.waiting.push(visit);
                true
            }
            None => {
                self.0.insert((instance, key), Flight { leader: visit, waiting: Vec::new() });
                false
            }
        }
    }

    /// The load that this visit led is over: who waited for it.
    pub(super) fn land(&mut self, instance: InstanceIndex, key: u64, visit: VisitId) -> Vec<VisitId> {
        if self.0.get(&(instance, key)).is_none_or(|flight| flight.leader != visit) {
            return Vec::new();
        }
        self.0.remove(&(instance, key)).map_or(Vec::new(), |flight| flight.waiting)
    }

    /// Whether nobody loads anything.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets an instance.
    pub(super) fn remove(&mut self, instance: InstanceIndex) {
        self.0.retain(|(of, _), _| *of != instance);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_leads_and_the_others_wait() {
        let [a, b, c] = [1, 2, 3].map(VisitId::from_word);
        let mut flights = Flights::default();
        assert!(!flights.join(0, 7, a) && flights.join(0, 7, b));
        // Another instance, another key.
        assert!(!flights.join(1, 7, c) && !flights.join(0, 8, c));
        assert!(flights.land(0, 7, b).is_empty());
        assert_eq!(flights.land(0, 7, a), [b]);
        assert!(flights.land(0, 7, a).is_empty());
        flights.remove(1);
        assert!(!flights.is_empty() && !flights.join(1, 7, a));
    }
}
