//! Where requests come from.

use serde::Serialize;

use super::{Arrivals, Keys, Price, units};
use crate::sim::time::Nanos;

/// A population of clients that send requests to one node.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clients {
    /// The node they send to.
    pub to: String,
    /// When requests start.
    pub arrivals: Arrivals,
    /// Which keys are asked for.
    pub keys: Keys,
    /// Share of requests that read; the rest write. 0 to 1.
    pub reads: f64,
    /// Bytes of a value.
    #[serde(serialize_with = "units::size")]
    pub size: u64,
    /// How long a client waits for an answer. Without it, for ever.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Nanos>,
    /// Age at which a request is of no use any more. It travels with the request, so that nodes with
    /// `drop_expired` can leave such work undone.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Nanos>,
    /// What it costs.
    pub price: Price,
}
