//! Keeps answers in memory.

use serde::{Deserialize, Serialize};

pub use crate::engine::cache::{Capacity, Policy};

use super::read::Fields;
#[cfg(feature = "schema")]
use super::schema::{Duration, Size, SomeDuration};
use super::{Price, units};
use crate::sim::time::Nanos;

/// A cache that others ask for keys.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Cache {
    /// Instances at the start, each with its own entries. 1 to 200.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 200),
            extend("x-unit" = "replicas", "default" = 1, "x-usual" = [1, 20], "x-live" = "drain")
        )
    )]
    pub replicas: u32,
    /// Who leaves when it is full.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Policy::default(), "x-live" = "rebuild")))]
    pub policy: Policy,
    /// Room of an instance in keys. Either this or `capacity_bytes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = MOST_ENTRIES),
            extend("x-unit" = "keys", "x-usual" = [1, 1000000], "x-scale" = "log", "x-live" = "now")
        )
    )]
    pub capacity: Option<u64>,
    /// Room of an instance in bytes of values. Either this or `capacity`.
    #[serde(serialize_with = "units::maybe_size", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<Size<{ 1 << 40 }>>", extend("x-usual" = ["1 MiB", "1 TiB"], "x-live" = "now"))
    )]
    pub capacity_bytes: Option<u64>,
    /// Age at which an entry no longer counts. Without it, none.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["10ms", "1h"]))
    )]
    pub ttl: Option<Nanos>,
    /// Time a request takes inside the node.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Duration", extend("default" = "0s", "x-usual" = ["0.1ms", "1s"]))
    )]
    pub latency: Nanos,
    /// How it keeps a reader that missed from putting an old value back after a write.
    #[cfg_attr(feature = "schema", schemars(extend("default" = RaceGuard::default(), "x-live" = "now")))]
    pub race_guard: RaceGuard,
    /// What it costs.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Price::default(), "x-live" = "now")))]
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

/// How a cache keeps a reader that missed from putting an old value back after a write: its query began before the
/// write was committed, and its answer arrives after the removal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RaceGuard {
    /// It does not: the last value put in stays.
    #[default]
    None,
    /// Values carry versions; one older than what was stored or removed in the last 10 s is refused.
    Versions,
    /// A miss gives a lease for at most 10 s, one per key at a time. Only its holder may put the value in, and a
    /// removal makes it void.
    Leases,
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
        let race_guard = fields.or("race_guard", RaceGuard::default(), |field| field.choice());
        let price = fields.or("price", Price::default(), Price::read);
        Some(Self { replicas, policy, capacity, capacity_bytes, ttl, latency, race_guard, price })
    }
}
