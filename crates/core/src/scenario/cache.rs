//! Keeps answers in memory.

use serde::{Deserialize, Serialize};

pub use crate::engine::cache::{Capacity, Policy};

use super::read::{Field, Fields};
#[cfg(feature = "schema")]
use super::schema::{Duration, Period, Size, SomeDuration, Text};
use super::zone::read_zones;
use super::{Price, units};
use crate::sim::time::{Nanos, SECOND};

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
    /// Over how many zones its instances are spread, in turn: `a`, `b`, `c` and so on. With 1, all stand in zone `a`.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 6),
            extend("x-unit" = "zones", "default" = 1, "x-live" = "restart")
        )
    )]
    pub zones: u32,
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
    /// The node it asks for what it does not have, and tells of writes (read-through). Without it, whoever missed asks
    /// and puts the answer in (cache-aside).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Text>", extend("x-live" = "restart")))]
    pub to: Option<String>,
    /// How long it waits for an answer of `to`. Without it, for ever.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["1ms", "60s"]))
    )]
    pub timeout: Option<Nanos>,
    /// Which instance a caller asks for a key.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Routing::default())))]
    pub routing: Routing,
    /// With `to`: what a write does.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Writes::default())))]
    pub writes: Writes,
    /// With `writes = "behind"`: what waits to be written.
    #[cfg_attr(feature = "schema", schemars(extend("default" = WriteBuffer::default())))]
    pub buffer: WriteBuffer,
    /// What a miss does while somebody else loads the same key.
    #[cfg_attr(feature = "schema", schemars(extend("default" = OnMiss::default())))]
    pub on_miss: OnMiss,
    /// With `on_miss = "wait"`: how long a miss waits at most; then it loads by itself. A load that takes longer is
    /// taken for lost.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "5s", "x-usual" = ["1ms", "60s"]))
    )]
    pub wait_timeout: Nanos,
    /// Share of `ttl` by which the end of an entry is moved at random, earlier or later. 0 to 1.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0, "x-step" = 0.01))
    )]
    pub ttl_jitter: f64,
    /// An entry that nobody reads for so long no longer counts. Without it, reading makes no difference.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["10ms", "1h"]))
    )]
    pub idle_ttl: Option<Nanos>,
    /// For how long it is remembered that a key does not exist. Without it, not at all.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["10ms", "1h"]))
    )]
    pub negative_ttl: Option<Nanos>,
    /// For how long beyond its end an entry is still given out while one reader loads it anew; with `to` nobody waits
    /// for that (stale-while-revalidate). Without it, not at all.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["10ms", "1h"]))
    )]
    pub grace: Option<Nanos>,
    /// For how long beyond its end an entry is still given out to whoever asked for it anew in vain: `to` failed, or did
    /// not answer within `timeout` (stale-if-error). Needs `to`. Without it, not at all.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["10ms", "1h"]))
    )]
    pub stale_if_error: Option<Nanos>,
    /// Age from which a read has the entry loaded anew while it is still given out (refresh-ahead). Needs `to`.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["10ms", "1h"]))
    )]
    pub refresh_after: Option<Nanos>,
    /// A reader loads an entry anew before its end, the likelier the nearer that is and the longer the last load took
    /// (XFetch). 1 is usual, more is earlier. Without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0.01, max = 100.0), extend("x-usual" = [0.1, 10], "x-scale" = "log"))
    )]
    pub xfetch_beta: Option<f64>,
    /// How entries that have ended are found.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Expiry::default())))]
    pub expiry: Expiry,
    /// How many tags there are: an entry carries the tag `key mod tags`, and `purge` removes all of one tag, or ends them
    /// (soft). Without it, entries carry none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 1000000), extend("x-unit" = "tags", "x-usual" = [1, 1000], "x-live" = "now"))
    )]
    pub tags: Option<u64>,
    /// What is removed when one key is to be: by a write, or by the news of one.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Removal::default())))]
    pub removes: Removal,
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

    /// Whether its loads are counted: entries end, or it has to do with loads itself.
    pub fn follows_loads(&self) -> bool {
        self.ttl.is_some() || self.to.is_some() || self.grace.is_some() || self.on_miss == OnMiss::Wait
    }
}

/// Which instance of a cache a caller asks for a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Routing {
    /// Ready instances in turn: each sees every key.
    #[default]
    RoundRobin,
    /// The instance of the caller's own number, so that each replica of a service has a cache to itself.
    Local,
    /// The instance that the key belongs to; if it dies, its keys spread over the others.
    ConsistentHash,
}

/// What a write does at a cache that stands before a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Writes {
    /// It goes to the store, and then into the cache; the writer waits for both.
    #[default]
    Through,
    /// It goes to the store, and the cached value is removed.
    Around,
    /// It goes into the cache and is answered; the store is told later. What was not told is lost with the cache.
    Behind,
}

/// What a miss does while somebody else loads the same key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum OnMiss {
    /// It loads the key too.
    #[default]
    Load,
    /// It waits in the cache for that load (request coalescing, one load per key and instance).
    Wait,
}

/// How entries that have ended are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Expiry {
    /// When they are asked for; until then they take up room.
    #[default]
    Lazy,
    /// Also by looking at 20 at random ten times a second, and at 20 more while over a quarter had ended (Redis).
    Active,
}

/// What is removed when one key is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Removal {
    /// That key.
    #[default]
    Key,
    /// All entries that carry its tag (surrogate keys). Needs `tags`.
    Tag,
}

/// Writes that were answered and wait in a cache to be written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct WriteBuffer {
    /// How often waiting writes are sent to the store. Those that fail are sent again with the next ones.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Period", extend("default" = "1s", "x-usual" = ["10ms", "60s"]))
    )]
    pub flush_interval: Nanos,
    /// How many are sent at one time, the oldest first.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 100000),
            extend("x-unit" = "writes", "default" = 1000, "x-usual" = [1, 10000], "x-scale" = "log")
        )
    )]
    pub batch: u32,
    /// How many may wait in an instance; a write beyond goes through to the store.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 1000000),
            extend("x-unit" = "writes", "default" = 10000, "x-usual" = [1, 100000], "x-scale" = "log")
        )
    )]
    pub capacity: u32,
    /// Whether several writes to one key wait as one.
    #[cfg_attr(feature = "schema", schemars(extend("default" = true)))]
    pub coalesce: bool,
}

impl Default for WriteBuffer {
    fn default() -> Self {
        Self { flush_interval: SECOND, batch: 1_000, capacity: 10_000, coalesce: true }
    }
}

impl WriteBuffer {
    fn read(field: Field<'_>) -> Option<Self> {
        field.table(|fields| {
            let default = Self::default();
            let flush_interval =
                fields.or("flush_interval", default.flush_interval, |field| field.duration(units::PERIOD));
            let batch = fields.or("batch", default.batch, |field| field.whole(1..=100_000, "writes"));
            let capacity =
                fields.or("capacity", default.capacity, |field| field.whole(1..=1_000_000, "writes"));
            let coalesce = fields.or("coalesce", default.coalesce, |field| field.flag());
            Some(Self { flush_interval, batch, capacity, coalesce })
        })
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
        let zones = fields.or("zones", 1, read_zones);
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
        let to = fields.optional("to", |field| field.text());
        let timeout = fields.optional("timeout", |field| field.duration(units::SOME_DURATION));
        let routing = fields.or("routing", Routing::default(), |field| field.choice());
        let writes = fields.or("writes", Writes::default(), |field| field.choice());
        let buffer = fields.or("buffer", WriteBuffer::default(), WriteBuffer::read);
        let on_miss = fields.or("on_miss", OnMiss::default(), |field| field.choice());
        let wait_timeout =
            fields.or("wait_timeout", 5 * SECOND, |field| field.duration(units::SOME_DURATION));
        let ttl_jitter = fields.or("ttl_jitter", 0.0, |field| field.share());
        let [idle_ttl, negative_ttl, grace, stale_if_error, refresh_after] =
            ["idle_ttl", "negative_ttl", "grace", "stale_if_error", "refresh_after"]
                .map(|key| fields.optional(key, |field| field.duration(units::SOME_DURATION)));
        let xfetch_beta = fields.optional("xfetch_beta", |field| field.number(0.01..=100.0, ""));
        let expiry = fields.or("expiry", Expiry::default(), |field| field.choice());
        let tags = fields.optional("tags", |field| field.whole(1..=1_000_000_u64, "tags"));
        let removes = fields.or("removes", Removal::default(), |field| field.choice());
        let race_guard = fields.or("race_guard", RaceGuard::default(), |field| field.choice());
        let price = fields.or("price", Price::default(), Price::read);
        Some(Self {
            replicas,
            zones,
            policy,
            capacity,
            capacity_bytes,
            ttl,
            latency,
            to,
            timeout,
            routing,
            writes,
            buffer,
            on_miss,
            wait_timeout,
            ttl_jitter,
            idle_ttl,
            negative_ttl,
            grace,
            stale_if_error,
            refresh_after,
            xfetch_beta,
            expiry,
            tags,
            removes,
            race_guard,
            price,
        })
    }
}
