//! What lies between two nodes.

use serde::{Deserialize, Serialize};

use super::read::{Field, Fields, quoted};
use super::resilience::{Breaker, Hedging, Retry, Throttle};
#[cfg(feature = "schema")]
use super::schema::{Duration, Size, SomeDuration};
use super::units;
use crate::sim::time::{Nanos, SECOND};

/// What lies between a caller and the node it calls. In a file the key is `[links."app -> db"]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Link {
    /// The caller's node.
    #[serde(skip)]
    pub from: String,
    /// The callee's node.
    #[serde(skip)]
    pub to: String,
    /// Time a message takes, one way.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Duration", extend("default" = "0s", "x-usual" = ["0.1ms", "1s"]))
    )]
    pub latency: Nanos,
    /// Anything from 0 to this is added to each message's time, all alike.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Duration", extend("default" = "0s", "x-usual" = ["0.1ms", "1s"]))
    )]
    pub jitter: Nanos,
    /// Bytes per second and direction. Without it, any number.
    #[serde(serialize_with = "units::maybe_size", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<Size<{ 1 << 40 }>>", extend("x-usual" = ["1 kB", "10 GB"]))
    )]
    pub bandwidth: Option<u64>,
    /// Share of messages that never arrive. 0 to 1.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0, "x-step" = 0.001))
    )]
    pub loss: f64,
    /// Whether jitter may let a message overtake another.
    #[cfg_attr(feature = "schema", schemars(extend("default" = false)))]
    pub reorder: bool,
    /// The pool of connections that each instance of the caller keeps. Without it, no connections are needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("x-live" = "restart")))]
    pub pool: Option<Pool>,
    /// How often and when a failed call is made again. Without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// The circuit breaker that each instance of the caller has. Without it, all calls are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaker: Option<Breaker>,
    /// When a second copy of a slow call is sent. Without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hedging: Option<Hedging>,
    /// Bulkhead: calls that each instance of the caller may have under way; more are refused at once. Without it, any
    /// number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 10000), extend("x-unit" = "calls", "x-usual" = [1, 100]))
    )]
    pub max_calls: Option<u32>,
    /// When each instance of the caller refuses calls itself, because most are refused. Without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttle: Option<Throttle>,
}

/// A pool of connections by SQLAlchemy's rules (`QueuePool`).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Pool {
    /// Connections that are kept when idle.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 10000),
            extend("x-unit" = "connections", "default" = 5, "x-usual" = [1, 100], "x-live" = "drain")
        )
    )]
    pub pool_size: u32,
    /// Connections beyond `pool_size` that may be open while in use.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 0, max = 10000),
            extend("x-unit" = "connections", "default" = 10, "x-usual" = [0, 100], "x-live" = "drain")
        )
    )]
    pub max_overflow: u32,
    /// How long a request waits for a connection before it fails.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Duration", extend("default" = "30s", "x-usual" = ["1ms", "60s"]))
    )]
    pub timeout: Nanos,
    /// Whether the connection used last is used next, so that idle ones age.
    #[cfg_attr(feature = "schema", schemars(extend("default" = false)))]
    pub use_lifo: bool,
    /// Whether each connection is tested, one round trip, when it is taken.
    #[cfg_attr(feature = "schema", schemars(extend("default" = false)))]
    pub pre_ping: bool,
    /// Age at which a connection is replaced when it is taken. Without it, never.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<SomeDuration>", extend("x-usual" = ["1s", "1h"])))]
    pub recycle: Option<Nanos>,
    /// Calls that one connection carries at once. 1 is HTTP/1.1; HTTP/2 usually allows 100. More calls take another
    /// connection, if there may be one.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 10000),
            extend("x-unit" = "calls", "default" = 1, "x-usual" = [1, 100], "x-scale" = "log", "x-live" = "drain")
        )
    )]
    pub streams: u32,
    /// Round trips it takes to open a connection.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0, max = 20), extend("x-unit" = "round trips", "default" = 0))
    )]
    pub connect_round_trips: u32,
    /// What is done with a connection that is given back.
    #[cfg_attr(feature = "schema", schemars(extend("default" = ResetOnReturn::default())))]
    pub reset_on_return: ResetOnReturn,
}

/// What is done with a connection that is given back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ResetOnReturn {
    /// Nothing.
    #[default]
    None,
    /// A rollback, which holds the connection one round trip more.
    Rollback,
}

impl Link {
    /// Its key in a file.
    pub fn key(&self) -> String {
        format!("{} -> {}", self.from, self.to)
    }

    /// Reads `"app -> db" = { … }`.
    pub(super) fn read(key: &str, field: Field<'_>) -> Option<Self> {
        let ends = key.split_once("->").map(|(from, to)| (from.trim().to_owned(), to.trim().to_owned()));
        if ends.is_none() {
            let message =
                format!("{} is not a link; name it after its ends, such as \"app -> db\"", quoted(key));
            field.reject::<()>(message);
        }
        field.table(|fields| {
            let link = Self::read_settings(fields);
            let (from, to) = ends?;
            Some(Self { from, to, ..link })
        })
    }

    fn read_settings(fields: &mut Fields<'_>) -> Self {
        Self {
            latency: fields.or("latency", 0, |field| field.duration(units::ANY_DURATION)),
            jitter: fields.or("jitter", 0, |field| field.duration(units::ANY_DURATION)),
            bandwidth: fields.optional("bandwidth", |field| field.size(1..=1 << 40)),
            loss: fields.or("loss", 0.0, |field| field.share()),
            reorder: fields.or("reorder", false, |field| field.flag()),
            pool: fields.optional("pool", |field| field.table(|fields| Some(Pool::read(fields)))),
            retry: fields.optional("retry", |field| field.table(|fields| Some(Retry::read(fields)))),
            breaker: fields.optional("breaker", |field| field.table(|fields| Some(Breaker::read(fields)))),
            hedging: fields.optional("hedging", |field| field.table(|fields| Some(Hedging::read(fields)))),
            max_calls: fields.optional("max_calls", |field| field.whole(1..=10_000, "calls")),
            throttle: fields.optional("throttle", |field| field.table(|fields| Some(Throttle::read(fields)))),
            ..Self::default()
        }
    }
}

impl Pool {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            pool_size: fields.or("pool_size", 5, |field| field.whole(1..=10_000, "connections")),
            max_overflow: fields.or("max_overflow", 10, |field| field.whole(0..=10_000, "connections")),
            timeout: fields.or("timeout", 30 * SECOND, |field| field.duration(units::ANY_DURATION)),
            use_lifo: fields.or("use_lifo", false, |field| field.flag()),
            pre_ping: fields.or("pre_ping", false, |field| field.flag()),
            recycle: fields.optional("recycle", |field| field.duration(units::SOME_DURATION)),
            streams: fields.or("streams", 1, |field| field.whole(1..=10_000, "calls")),
            connect_round_trips: fields
                .or("connect_round_trips", 0, |field| field.whole(0..=20, "round trips")),
            reset_on_return: fields.or("reset_on_return", ResetOnReturn::default(), |field| field.choice()),
        }
    }
}
