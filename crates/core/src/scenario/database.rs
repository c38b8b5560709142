//! Stores the truth.

use serde::Serialize;

use super::read::Fields;
use super::{Price, QueueLimit, Work};

/// A database server.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Database {
    /// Connections it accepts. Without a pool each query counts as one.
    pub max_connections: u32,
    /// How many queries compute at one time. Without it, as many as connections; see [`Database::cores`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cores: Option<u32>,
    /// How many queries may wait; what does not fit is refused.
    pub queue: QueueLimit,
    /// Core time a read takes, and a write too unless `write_time` says otherwise.
    pub service_time: Work,
    /// Core time a write takes. Without it, `service_time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_time: Option<Work>,
    /// What it costs.
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
        let service_time = fields.required("service_time", "the core time of a read", Work::read);
        let write_time = fields.optional("write_time", Work::read);
        let price = fields.or("price", Price::default(), Price::read);
        Some(Self { max_connections, cores, queue, service_time: service_time?, write_time, price })
    }
}
