//! Where requests come from.

use serde::Serialize;

use super::read::Fields;
#[cfg(feature = "schema")]
use super::schema::{Size, SomeDuration, Text};
use super::{Arrivals, Keys, Price, units};
use crate::sim::time::Nanos;

/// A population of clients that send requests to one node.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Clients {
    /// The node they send to.
    #[cfg_attr(feature = "schema", schemars(with = "Text", extend("x-live" = "restart")))]
    pub to: String,
    /// When requests start.
    #[cfg_attr(feature = "schema", schemars(extend("x-live" = "now")))]
    pub arrivals: Arrivals,
    /// Which keys are asked for.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Keys::default())))]
    pub keys: Keys,
    /// Share of requests that read; the rest write. 0 to 1.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0.0, max = 1.0), extend("default" = 1.0, "x-step" = 0.01))
    )]
    pub reads: f64,
    /// Bytes of a value.
    #[serde(serialize_with = "units::size")]
    #[cfg_attr(feature = "schema", schemars(with = "Size<{ 1 << 30 }>", extend("default" = "1 KiB")))]
    pub size: u64,
    /// How long a client waits for an answer. Without it, for ever.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["1ms", "60s"]))
    )]
    pub timeout: Option<Nanos>,
    /// Age at which a request is of no use any more. It travels with the request, so that nodes with
    /// `drop_expired` can leave such work undone.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["1ms", "60s"]))
    )]
    pub deadline: Option<Nanos>,
    /// What it costs.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Price::default(), "x-live" = "now")))]
    pub price: Price,
}

impl Clients {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let to = fields.required("to", "the node they send to", |field| field.text());
        let arrivals = fields.required("arrivals", "when requests start", Arrivals::read);
        let keys = fields.or("keys", Keys::default(), Keys::read);
        let reads = fields.or("reads", 1.0, |field| field.share());
        let size = fields.or("size", 1 << 10, |field| field.size(1..=1 << 30));
        let timeout = fields.optional("timeout", |field| field.duration(units::SOME_DURATION));
        let deadline = fields.optional("deadline", |field| field.duration(units::SOME_DURATION));
        let price = fields.or("price", Price::default(), Price::read);
        Some(Self { to: to?, arrivals: arrivals?, keys, reads, size, timeout, deadline, price })
    }
}
