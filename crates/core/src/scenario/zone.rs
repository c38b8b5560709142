//! Failure domains within a region: availability zones, of which a region of a large cloud has three to six (Amazon's
//! list of regions and zones). The instances of a service or cache are spread over `zones` of them in turn: slot 0 in a,
//! slot 1 in b. A database is one machine, in a. Balancers are taken as those that a cloud runs in all zones; users stand
//! in none.
//!
//! Left out: which of several zones is nearer, and new instances that choose a zone which works.

use serde::{Deserialize, Serialize};

use super::read::Field;
use super::{Node, NodeSpec, Region, Scenario};

/// A zone of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Zone {
    /// The first: slots 0, `zones`, twice `zones` and so on.
    A,
    /// The second.
    B,
    /// The third.
    C,
    /// The fourth.
    D,
    /// The fifth.
    E,
    /// The sixth.
    F,
}

/// Over how many zones instances are spread at most.
pub(super) const MOST_ZONES: u32 = 6;

impl Zone {
    /// Whether the instance of a slot stands in it, where instances are spread over so many.
    pub fn holds(self, slot: u32, zones: u32) -> bool {
        slot % zones.max(1) == self as u32
    }
}

impl NodeSpec {
    /// Over how many zones its instances are spread; 0 where it stands in none.
    pub fn zones(&self) -> u32 {
        match self {
            Self::Service(service) => service.zones,
            Self::Cache(cache) => cache.zones,
            Self::Database(_) => 1,
            Self::Clients(_) | Self::Balancer(_) => 0,
        }
    }
}

impl Scenario {
    /// Whether instances of a node stand, or could, in that zone of that region; without a region, of nodes that stand in
    /// none.
    pub fn reaches(&self, node: &Node, zone: Zone, region: Option<Region>) -> bool {
        (zone as u32) < node.spec.zones() && self.region(&node.name) == region
    }
}

/// Reads over how many zones instances are spread.
pub(super) fn read_zones(field: Field<'_>) -> Option<u32> {
    field.whole(1..=MOST_ZONES, "zones")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_take_zones_in_turn() {
        // (zone, zones, the slots of ten that stand in it)
        let cases: [(Zone, u32, &[u32]); 5] = [
            (Zone::A, 1, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
            (Zone::B, 1, &[]),
            (Zone::A, 3, &[0, 3, 6, 9]),
            (Zone::C, 3, &[2, 5, 8]),
            (Zone::F, 6, &[5]),
        ];
        for (zone, zones, expected) in cases {
            let slots: Vec<u32> = (0..10).filter(|slot| zone.holds(*slot, zones)).collect();
            assert_eq!(slots, expected, "{zone:?} of {zones}");
        }
    }
}
