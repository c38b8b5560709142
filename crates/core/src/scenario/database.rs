//! Stores the truth.

use serde::Serialize;

use super::read::Fields;
use super::{Price, QueueLimit, Work};

/// A database server.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Database {
    /// Connections it accepts. Without a pool each query counts as one.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 100000),
            extend("x-unit" = "connections", "default" = 100, "x-usual" = [1, 5000], "x-scale" = "log", "x-live" = "drain")
        )
    )]
    pub max_connections: u32,
    /// How many queries compute at one time. Without it, as many as connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 100000),
            extend("x-unit" = "cores", "x-usual" = [1, 64], "x-live" = "drain")
        )
    )]
    pub cores: Option<u32>,
    /// How many queries may wait; what does not fit is refused.
    #[cfg_attr(feature = "schema", schemars(extend("default" = QueueLimit::default(), "x-live" = "drain")))]
    pub queue: QueueLimit,
    /// Whether queries of requests of a higher priority are let in first. Where the line is full, the last in it gives
    /// its place to one of a higher priority.
    #[cfg_attr(feature = "schema", schemars(extend("default" = false, "x-live" = "now")))]
    pub priorities: bool,
    /// Core time a read takes, and a write too unless `write_time` says otherwise.
    pub service_time: Work,
    /// Core time a write takes. Without it, `service_time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_time: Option<Work>,
    /// Share of the keys that do not exist until they are written. 0 to 1.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0.0, max = 1.0), extend("default" = 0.0, "x-step" = 0.01))
    )]
    pub missing: f64,
    /// What it costs.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Price::default(), "x-live" = "now")))]
    pub price: Price,
}

impl Database {
    /// How many queries compute at one time.
    pub fn cores(&self) -> u32 {
        self.cores.unwrap_or(self.max_connections)
    }

    /// Core time a write takes.
    pub fn write_time(&self) -> Work {
        self.write_time.unwrap_or(self.service_time)
    }
}

impl Database {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let max_connections =
            fields.or("max_connections", 100, |field| field.whole(1..=100_000, "connections"));
        let cores = fields.optional("cores", |field| field.whole(1..=100_000, "cores"));
        let queue = fields.or("queue", QueueLimit::default(), QueueLimit::read);
        let priorities = fields.or("priorities", false, |field| field.flag());
        let service_time = fields.required("service_time", "the core time of a read", Work::read);
        let write_time = fields.optional("write_time", Work::read);
        let missing = fields.or("missing", 0.0, |field| field.share());
        let price = fields.or("price", Price::default(), Price::read);
        Some(Self {
            max_connections,
            cores,
            queue,
            priorities,
            service_time: service_time?,
            write_time,
            missing,
            price,
        })
    }
}
