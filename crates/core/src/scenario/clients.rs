//! Where requests come from.

use serde::{Deserialize, Serialize};

use super::read::{Field, Fields};
#[cfg(feature = "schema")]
use super::schema::{Size, SomeDuration, Text};
use super::{Arrivals, CookieShare, HeaderShare, Keys, PathShare, Price, paths, units};
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
    /// The internet addresses that requests come from, each request from any of them. What `ip-hash` and `sticky`
    /// balancers go by.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Addresses::default())))]
    pub addresses: Addresses,
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
    /// The paths that requests ask for, and how often each. Without them, requests have no path.
    #[cfg_attr(
        feature = "schema",
        schemars(length(max = 20), extend("default" = serde_json::json!([]), "x-live" = "restart"))
    )]
    pub paths: Vec<PathShare>,
    /// How much their requests matter to nodes with `priorities`. It travels with the request.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Priority::default())))]
    pub priority: Priority,
    /// Headers that requests carry, and how many of them do. Balancers at layer 7 have routes by them.
    #[cfg_attr(feature = "schema", schemars(length(max = 20), extend("default" = serde_json::json!([]))))]
    pub headers: Vec<HeaderShare>,
    /// Cookies that users have, and how many of them do: all requests of a user carry them. Balancers at layer 7 have
    /// routes by them.
    #[cfg_attr(feature = "schema", schemars(length(max = 20), extend("default" = serde_json::json!([]))))]
    pub cookies: Vec<CookieShare>,
}

/// How much requests matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Priority {
    /// They come first: somebody waits, or pays.
    High,
    /// As most.
    #[default]
    Normal,
    /// They come last, and are the first to be refused: nobody waits, such as for a report at night.
    Low,
}

/// The internet addresses that requests come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Addresses {
    /// How many there are: one for each user. Users of closed arrivals have one each, whatever this says.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 1000000),
            extend("x-unit" = "addresses", "default" = 10000, "x-usual" = [1, 100000], "x-scale" = "log")
        )
    )]
    pub count: u32,
    /// How many of them are in one network, and so begin with the same three numbers: an office, or a mobile carrier.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 254), extend("x-unit" = "addresses", "default" = 1, "x-scale" = "log"))
    )]
    pub per_network: u32,
}

impl Default for Addresses {
    fn default() -> Self {
        Addresses { count: 10_000, per_network: 1 }
    }
}

impl Addresses {
    fn read(field: Field<'_>) -> Option<Self> {
        let default = Addresses::default();
        field.table(|fields| {
            let count = fields.or("count", default.count, |field| field.whole(1..=1_000_000, "addresses"));
            let per_network =
                fields.or("per_network", default.per_network, |field| field.whole(1..=254, "addresses"));
            Some(Self { count, per_network })
        })
    }
}

impl Clients {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let to = fields.required("to", "the node they send to", |field| field.text());
        let arrivals = fields.required("arrivals", "when requests start", Arrivals::read);
        let keys = fields.or("keys", Keys::default(), Keys::read);
        let addresses = fields.or("addresses", Addresses::default(), Addresses::read);
        let reads = fields.or("reads", 1.0, |field| field.share());
        let size = fields.or("size", 1 << 10, |field| field.size(1..=1 << 30));
        let timeout = fields.optional("timeout", |field| field.duration(units::SOME_DURATION));
        let deadline = fields.optional("deadline", |field| field.duration(units::SOME_DURATION));
        let price = fields.or("price", Price::default(), Price::read);
        let paths = fields
            .or("paths", Vec::new(), |field| field.list(paths::MOST, |item| item.table(PathShare::read)));
        let priority = fields.or("priority", Priority::default(), |field| field.choice());
        let headers = fields
            .or("headers", Vec::new(), |field| field.list(paths::MOST, |item| item.table(HeaderShare::read)));
        let cookies = fields
            .or("cookies", Vec::new(), |field| field.list(paths::MOST, |item| item.table(CookieShare::read)));
        Some(Self {
            to: to?,
            arrivals: arrivals?,
            keys,
            addresses,
            reads,
            size,
            timeout,
            deadline,
            price,
            paths,
            priority,
            headers,
            cookies,
        })
    }
}
