//! Keeps answers in memory.

use serde::{Deserialize, Serialize};

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
            (Some(keys), _) => Capacity::Keys(keys),
            (None, Some(bytes)) => Capacity::Bytes(bytes),
            (None, None) => Capacity::Keys(0),
        }
    }
}

/// Room of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// So many entries of any size.
    Keys(u64),
    /// So many bytes of values.
    Bytes(u64),
}

/// Who leaves a cache when it is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// The one not used for longest.
    #[default]
    Lru,
    /// The one that came first.
    Fifo,
}
