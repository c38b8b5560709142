//! An application server: computes, and asks others.

use serde::{Deserialize, Serialize, Serializer};

use super::read::{Field, Fields, quoted};
#[cfg(feature = "schema")]
use super::schema::{Duration, SomeDuration, Text};
use super::zone::read_zones;
use super::{AdaptiveLimit, ControlledDelay, PathTime, Price, RateLimit, Work, paths, units};
use crate::sim::time::{Nanos, SECOND};

/// A stateless application server in one or more instances.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Service {
    /// Instances at the start. 1 to 200.
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
    /// Cores of an instance: how many requests compute at one time.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 1000),
            extend("x-unit" = "cores", "default" = 1, "x-usual" = [1, 64], "x-live" = "drain")
        )
    )]
    pub cores: u32,
    /// Threads or processes of an instance: how many requests are inside at one time. Without it, as many as cores, or
    /// any number under processor sharing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 100000),
            extend("x-unit" = "workers", "x-usual" = [1, 1000], "x-scale" = "log", "x-live" = "drain")
        )
    )]
    pub workers: Option<u32>,
    /// Whether a request keeps its worker while it waits for another node.
    #[cfg_attr(feature = "schema", schemars(extend("default" = true)))]
    pub hold: bool,
    /// How many requests may wait for a worker of an instance; what does not fit is refused.
    #[cfg_attr(feature = "schema", schemars(extend("default" = QueueLimit::default(), "x-live" = "drain")))]
    pub queue: QueueLimit,
    /// Who is next.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Discipline::default(), "x-live" = "restart")))]
    pub discipline: Discipline,
    /// Whether requests of a higher priority are let in first. Where the line is full, the last in it gives its place to
    /// one of a higher priority. Health checks are of the highest.
    #[cfg_attr(feature = "schema", schemars(extend("default" = false, "x-live" = "now")))]
    pub priorities: bool,
    /// Core time a request takes.
    pub service_time: Work,
    /// Core time of requests for some paths, instead of `service_time`.
    #[cfg_attr(feature = "schema", schemars(length(max = 20), extend("default" = serde_json::json!([]))))]
    pub path_times: Vec<PathTime>,
    /// The cache it asks first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("x-live" = "restart")))]
    pub cache: Option<CacheUse>,
    /// The node it calls once its own work is done, or on a miss if it has a cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Text>", extend("x-live" = "restart")))]
    pub to: Option<String>,
    /// How long it waits for an answer of another node. Without it, for ever.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["1ms", "60s"]))
    )]
    pub timeout: Option<Nanos>,
    /// From the start of a new instance until it is ready.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Duration", extend("default" = "0s", "x-usual" = ["1ms", "10m"]))
    )]
    pub start_up: Nanos,
    /// What happens to the work of a request that its caller gave up.
    #[cfg_attr(feature = "schema", schemars(extend("default" = OnCancel::default(), "x-live" = "now")))]
    pub on_cancel: OnCancel,
    /// Whether a request past its deadline is thrown away when its turn comes.
    #[cfg_attr(feature = "schema", schemars(extend("default" = false, "x-live" = "now")))]
    pub drop_expired: bool,
    /// How long an instance that drains may finish what is inside.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Duration", extend("default" = "30s", "x-usual" = ["1ms", "10m"]))
    )]
    pub grace: Nanos,
    /// The node that writes go to instead of the one in `to`, as requests for another path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Text>", extend("x-live" = "restart")))]
    pub writes_to: Option<String>,
    /// Whether a request is answered without the node in `to` when that fails or takes too long.
    #[cfg_attr(feature = "schema", schemars(extend("default" = false)))]
    pub fallback: bool,
    /// Share of requests that fail once their own work is done. 0 to 1.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0, "x-step" = 0.001))
    )]
    pub error_ratio: f64,
    /// How many requests a period are let in. Without it, any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    /// When requests are refused because those before them wait too long. Without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codel: Option<ControlledDelay>,
    /// How many requests may be in an instance, found from how long they take. Without it, any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adaptive_limit: Option<AdaptiveLimit>,
    /// What it costs.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Price::default(), "x-live" = "now")))]
    pub price: Price,
}

impl Service {
    /// How many requests are inside an instance at one time: `workers`; without it as many as cores, or any number
    /// under processor sharing, where all inside share the cores.
    pub fn worker_limit(&self) -> u32 {
        match (self.workers, self.discipline) {
            (Some(workers), _) => workers,
            (None, Discipline::ProcessorSharing) => u32::MAX,
            (None, Discipline::Fifo | Discipline::Lifo) => self.cores,
        }
    }
}

/// How many may wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueueLimit {
    /// Any number, until the run's own limit.
    #[default]
    Unlimited,
    /// This many; what does not fit is refused.
    Limited(u32),
}

impl QueueLimit {
    /// Whether one more may wait where `waiting` wait already.
    pub fn has_room(self, waiting: usize) -> bool {
        match self {
            Self::Unlimited => true,
            Self::Limited(limit) => waiting < limit as usize,
        }
    }
}

impl Serialize for QueueLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unlimited => serializer.serialize_str("unlimited"),
            Self::Limited(limit) => serializer.serialize_u32(*limit),
        }
    }
}

/// Who is next, and how the cores are shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Discipline {
    /// First come, first served.
    #[default]
    Fifo,
    /// Last come, first served; work under way is not interrupted.
    Lifo,
    /// All inside share the cores equally, none faster than one core.
    ProcessorSharing,
}

/// What happens to the work of a request that its caller gave up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum OnCancel {
    /// It is finished for nobody, as most servers do.
    #[default]
    Finish,
    /// It stops as soon as the news arrives.
    Stop,
}

/// How a service uses a cache.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct CacheUse {
    /// The cache's node.
    #[cfg_attr(feature = "schema", schemars(with = "Text", extend("x-live" = "restart")))]
    pub node: String,
    /// Who fills the cache, and when.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Pattern::default())))]
    pub pattern: Pattern,
    /// What happens to the cached value when a request writes.
    #[cfg_attr(feature = "schema", schemars(extend("default" = OnWrite::default())))]
    pub on_write: OnWrite,
    /// Whether requests of one instance that miss the same key at one time share one load: the first asks, the others
    /// wait for it and for its outcome (single flight).
    #[cfg_attr(feature = "schema", schemars(extend("default" = false)))]
    pub single_flight: bool,
    /// Whether the cache is asked for a key together with its newest version, which the caller knows: old versions are
    /// never asked for again, and stay until they leave by themselves.
    #[cfg_attr(feature = "schema", schemars(extend("default" = false)))]
    pub versioned_keys: bool,
    /// After a write that deletes, the key is deleted once more so long after the answer, against readers that put an
    /// old value back meanwhile. Without it, once is all.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["1ms", "5s"]))
    )]
    pub second_delete: Option<Nanos>,
    /// With `on_write = "event"`: how long after the answer the news of a write is sent to the cache.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Duration", extend("default" = "0s", "x-usual" = ["1ms", "10s"]))
    )]
    pub event_delay: Nanos,
    /// With `on_write = "event"`: share of the news that is lost. 0 to 1.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0, "x-step" = 0.001))
    )]
    pub event_loss: f64,
}

/// Who fills a cache, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Pattern {
    /// The service asks the cache; on a miss it asks the node in `to` and puts the answer into the cache.
    #[default]
    CacheAside,
}

/// What happens to the cached value when a request writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum OnWrite {
    /// It is removed after the database has answered.
    #[default]
    Delete,
    /// It is removed before the database is asked: whoever reads meanwhile puts the old value back.
    DeleteBefore,
    /// The new value is put in after the database has answered.
    Update,
    /// The service answers; news of the write then reach every instance of the cache, which remove it.
    Event,
    /// Nothing: the old value stays until it leaves by itself.
    None,
}

impl Service {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let replicas = fields.or("replicas", 1, |field| field.whole(1..=200, "replicas"));
        let zones = fields.or("zones", 1, read_zones);
        let cores = fields.or("cores", 1, |field| field.whole(1..=1_000, "cores"));
        let workers = fields.optional("workers", |field| field.whole(1..=100_000, "workers"));
        let hold = fields.or("hold", true, |field| field.flag());
        let queue = fields.or("queue", QueueLimit::default(), QueueLimit::read);
        let discipline = fields.or("discipline", Discipline::default(), |field| field.choice());
        let priorities = fields.or("priorities", false, |field| field.flag());
        let service_time = fields.required("service_time", "the core time of a request", Work::read);
        let path_times = fields
            .or("path_times", Vec::new(), |field| field.list(paths::MOST, |item| item.table(PathTime::read)));
        let cache = fields.optional("cache", |field| field.table(CacheUse::read));
        let to = fields.optional("to", |field| field.text());
        let timeout = fields.optional("timeout", |field| field.duration(units::SOME_DURATION));
        let start_up = fields.or("start_up", 0, |field| field.duration(units::ANY_DURATION));
        let on_cancel = fields.or("on_cancel", OnCancel::default(), |field| field.choice());
        let drop_expired = fields.or("drop_expired", false, |field| field.flag());
        let grace = fields.or("grace", 30 * SECOND, |field| field.duration(units::ANY_DURATION));
        let writes_to = fields.optional("writes_to", |field| field.text());
        let fallback = fields.or("fallback", false, |field| field.flag());
        let error_ratio = fields.or("error_ratio", 0.0, |field| field.share());
        let rate_limit = fields.optional("rate_limit", |field| field.table(RateLimit::read));
        let codel =
            fields.optional("codel", |field| field.table(|fields| Some(ControlledDelay::read(fields))));
        let adaptive_limit = fields
            .optional("adaptive_limit", |field| field.table(|fields| Some(AdaptiveLimit::read(fields))));
        let price = fields.or("price", Price::default(), Price::read);
        Some(Self {
            replicas,
            zones,
            cores,
            workers,
            hold,
            queue,
            discipline,
            priorities,
            service_time: service_time?,
            path_times,
            cache,
            to,
            timeout,
            start_up,
            on_cancel,
            drop_expired,
            grace,
            writes_to,
            fallback,
            error_ratio,
            rate_limit,
            codel,
            adaptive_limit,
            price,
        })
    }
}

impl QueueLimit {
    pub(super) fn read(field: Field<'_>) -> Option<Self> {
        match field.as_text() {
            Some("unlimited") => return Some(Self::Unlimited),
            Some(text) => {
                let message =
                    format!("{} is no queue limit; give a number of places or \"unlimited\"", quoted(text));
                return field.reject(message);
            }
            None => {}
        }
        field.whole(0..=1_000_000, "places").map(Self::Limited)
    }
}

impl CacheUse {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let node = fields.required("node", "the cache to ask", |field| field.text());
        let pattern = fields.or("pattern", Pattern::default(), |field| field.choice());
        let on_write = fields.or("on_write", OnWrite::default(), |field| field.choice());
        let single_flight = fields.or("single_flight", false, |field| field.flag());
        let versioned_keys = fields.or("versioned_keys", false, |field| field.flag());
        let second_delete = fields.optional("second_delete", |field| field.duration(units::SOME_DURATION));
        let event_delay = fields.or("event_delay", 0, |field| field.duration(units::ANY_DURATION));
        let event_loss = fields.or("event_loss", 0.0, |field| field.share());
        Some(Self {
            node: node?,
            pattern,
            on_write,
            single_flight,
            versioned_keys,
            second_delete,
            event_delay,
            event_loss,
        })
    }
}
