//! Where calls that failed have been tried, so that they are tried elsewhere (Envoy's `previous_hosts`, HAProxy's
//! `redispatch`). Only visits that are tried again stand here. O(1), and O(attempts) to look one up.

use super::super::lines::Map;
use crate::sim::call::VisitId;
use crate::sim::record::InstanceIndex;

/// The most retries of a call.
pub(super) const MOST: usize = 10;

/// See the module's description.
#[derive(Clone, Debug, Default)]
pub(super) struct Tries {
    /// The place of a visit's list, by the visit.
    places: Map,
    lists: Vec<Tried>,
    free: Vec<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tried {
    count: usize,
    instances: [InstanceIndex; MOST],
}

impl Tries {
    /// A visit's call to an instance has failed.
    pub(super) fn add(&mut self, visit: VisitId, instance: InstanceIndex) {
        let place = self.places.get(visit.to_word()).unwrap_or_else(|| {
            let place = self.free.pop().unwrap_or(self.lists.len() as u64);
            if place == self.lists.len() as u64 {
                self.lists.push(Tried::default());
            }
            self.lists[place as usize].count = 0;
            self.places.set(visit.to_word(), place);
            place
        });
        let list = &mut self.lists[place as usize];
        if let Some(next) = list.instances.get_mut(list.count) {
            *next = instance;
            list.count += 1;
        }
    }

    /// Where a visit has been tried.
    pub(super) fn of(&self, visit: VisitId) -> &[InstanceIndex] {
        let list = self.places.get(visit.to_word()).map(|place| &self.lists[place as usize]);
        list.map_or(&[], |list| &list.instances[..list.count])
    }

    /// A visit has ended.
    pub(super) fn forget(&mut self, visit: VisitId) {
        if let Some(place) = self.places.get(visit.to_word()) {
            self.places.remove(visit.to_word());
            self.free.push(place);
        }
    }

    /// Recounts.
    pub(super) fn validate(&self) -> Result<(), String> {
        let (used, free, all) = (self.places.iter().count(), self.free.len(), self.lists.len());
        if used + free == all { Ok(()) } else { Err(format!("{used} lists in use and {free} free of {all}")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::slab::Id;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn twin(steps in prop::collection::vec((0u64..8, 0u32..5), 0..200)) {
            let (mut tries, mut twin) = (Tries::default(), BTreeMap::<u64, Vec<u32>>::new());
            for (visit, instance) in steps {
                let id: VisitId = Id::from_word(visit);
                if instance == 0 {
                    tries.forget(id);
                    twin.remove(&visit);
                } else {
                    tries.add(id, instance);
                    let list = twin.entry(visit).or_default();
                    if list.len() < MOST {
                        list.push(instance);
                    }
                }
                for visit in 0..8 {
                    let expected = twin.get(&visit).cloned().unwrap_or_default();
                    prop_assert_eq!(tries.of(Id::from_word(visit)), expected);
                }
                prop_assert_eq!(tries.validate(), Ok(()));
            }
        }
    }
}
