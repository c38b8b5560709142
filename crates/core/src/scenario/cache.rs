//! Keeps answers in memory.

use serde::Serialize;

pub use crate::engine::cache::{Capacity, Policy};

use super::read::Fields;
use super::{Price, units};
use crate::sim::time::Nanos;

/// A cache that others ask for keys.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cache {
    /// Instances at the start, each with its own entries. 1 to 200.
    pub replicas: u32,
    /// Who leaves when it is full.
    pub policy: Policy,
    /// Room of an instance in keys. Either this or `capacity_bytes`; see [`Cache::room`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u64>,
    /// Room of an instance in bytes of values.
    #[serde(serialize_with = "units::maybe_size", skip_serializing_if = "Option::is_none")]
    pub capacity_bytes: Option<u64>,
    /// Age at which an entry no longer counts. Without it, none.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Nanos>,
    /// Time a request takes inside the node.
    #[serde(serialize_with = "units::duration")]
    pub latency: Nanos,
    /// What it costs.
    pub price: Price,
}

impl Cache {
    /// Room of an instance. A scenario that was read has exactly one of the two settings.
    pub fn room(&self) -> Capacity {
        match (self.capacity, self.capacity_bytes) {
            (Some(keys), _) => Capacity::Entries(keys),
            (None, Some(bytes)) => Capacity::Bytes(bytes),
            (None, None) => Capacity::Entries(0),
        }
    }
}

/// The most entries that a run keeps, over all caches.
pub(super) const MOST_ENTRIES: u64 = 4_000_000;

impl Cache {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let replicas = fields.or("replicas", 1, |field| field.whole(1..=200, "replicas"));
        let policy = fields.or("policy", Policy::default(), |field| field.choice());
        let given = ["capacity", "capacity_bytes"].map(|key| fields.has(key));
        let capacity = fields.optional("capacity", |field| field.whole(1..=MOST_ENTRIES, "keys"));
        let capacity_bytes = fields.optional("capacity_bytes", |field| field.size(1..=1 << 40));
        match given {
            [true, true] => {
                fields.reject(
                    "capacity_bytes",
                    "there is a capacity in keys already; give one of the two".to_owned(),
                );
            }
            [false, false] => {
                fields.reject(
                    "capacity",
                    "missing; give the keys it has room for, or capacity_bytes".to_owned(),
                );
            }
            [true, false] | [false, true] => {}
        }
        let ttl = fields.optional("ttl", |field| field.duration(units::SOME_DURATION));
        let latency = fields.or("latency", 0, |field| field.duration(units::ANY_DURATION));
        let price = fields.or("price", Price::default(), Price::read);
        Some(Self { replicas, policy, capacity, capacity_bytes, ttl, latency, price })
    }
}
