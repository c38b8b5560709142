//! Spreads calls over other nodes.

use serde::{Deserialize, Serialize};

pub use crate::engine::balance::Algorithm;

use super::health::{HealthCheck, OutlierDetection};
use super::read::Fields;
#[cfg(feature = "schema")]
use super::schema::{Duration, SomeDuration, Text};
use super::{Price, Route, Work, paths, units};
use crate::engine::balance::Settings;
use crate::sim::time::{Nanos, SECOND};

/// Spreads calls over the ready instances of other nodes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Balancer {
    /// Instances at the start, asked in turn. Each counts only its own calls. 1 to 200.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 200),
            extend("x-unit" = "replicas", "default" = 1, "x-usual" = [1, 20], "x-live" = "drain")
        )
    )]
    pub replicas: u32,
    /// What it passes on: calls, connections, or as DNS nothing.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Layer::default())))]
    pub layer: Layer,
    /// How it chooses.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Algorithm::default(), "x-live" = "rebuild")))]
    pub algorithm: Algorithm,
    /// The nodes behind it.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Vec<Text>", length(min = 1, max = 200), extend("x-live" = "restart"))
    )]
    pub to: Vec<String>,
    /// At layer 7: where some requests go instead of to the nodes in `to`, by path, header or cookie. In a run that goes on, only to nodes
    /// that it calls already.
    #[cfg_attr(feature = "schema", schemars(length(max = 20), extend("default" = serde_json::json!([]))))]
    pub routes: Vec<Route>,
    /// What an instance of each node in `to` counts compared with the others, in the same order: twice the weight,
    /// twice the calls. 1 to 1000 each. Without it, all count alike.
    #[cfg_attr(
        feature = "schema",
        schemars(length(max = 200), inner(range(min = 1, max = 1000)), extend("default" = Vec::<u32>::new()))
    )]
    pub weights: Vec<u32>,
    /// With `layer = "dns"`: how long those who asked remember the answer. Until then they keep to that server, also if it
    /// is dead.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Duration", extend("default" = "60s", "x-usual" = ["1s", "1h"]))
    )]
    pub ttl: Nanos,
    /// With `algorithm = "power-of-d"`: how many it draws. 1 is random.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 100), extend("x-usual" = [1, 10], "default" = Settings::D))
    )]
    pub d: u32,
    /// With `algorithm = "peak-ewma"`: how fast response times are forgotten. After so long without answers 1/e (37 %)
    /// of one is left.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "10s", "x-usual" = ["100ms", "60s"]))
    )]
    pub decay: Nanos,
    /// With `algorithm = "peak-ewma"`: the response time that a new instance starts from. Without it, a new instance
    /// gets one call and no other before it has answered.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["1ms", "1s"]))
    )]
    pub default_rtt: Option<Nanos>,
    /// With `algorithm = "ring"`: points of an instance of weight 1. More make shares even.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 10000),
            extend(
                "x-unit" = "points",
                "x-usual" = [1, 1000],
                "x-scale" = "log",
                "x-live" = "rebuild",
                "default" = Settings::VIRTUAL_NODES
            )
        )
    )]
    pub virtual_nodes: u32,
    /// With `ring`, `jump`, `rendezvous` and `maglev`: the most calls in flight an instance may have, in per cent of the
    /// mean; a key whose instance is full goes to the next. 125 to 200 are usual. Without it, any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 101, max = 1000), extend("x-unit" = "%", "x-usual" = [101, 200]))
    )]
    pub hash_balance_factor: Option<u32>,
    /// With `algorithm = "geographic"`: from so many calls in flight on an instance is full, and those farther away are
    /// asked. Without it, the nearest takes all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 100_000), extend("x-unit" = "calls", "x-usual" = [1, 1000], "x-scale" = "log"))
    )]
    pub spill_over: Option<u32>,
    /// With algorithms that go by weight, except hashing ones: for how long an instance that was added in the run gets less
    /// than its weight, a tenth at first and evenly more. Without it, all at once.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["1s", "5m"]))
    )]
    pub slow_start: Option<Nanos>,
    /// Health checks: a server that fails them gets no calls until it passes them. With them, nobody tells the balancer
    /// that a server has died. Without them, it knows that at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheck>,
    /// Outlier detection: a server whose calls fail is ejected for a while. With it, nobody tells the balancer that a
    /// server has died.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outlier_detection: Option<OutlierDetection>,
    /// With health checks or outlier detection: if a smaller share of the servers than this may get calls, all get them.
    /// With 0, never.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0, max = 100), extend("x-unit" = "%", "default" = 50))
    )]
    pub panic_threshold: u32,
    /// At layer 7: how often a call that failed or was refused is made again at most, at once and by another server, if
    /// there is one.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0, max = 10), extend("x-unit" = "retries", "default" = 0))
    )]
    pub retries: u8,
    /// How long the balancer waits for a server before the call has failed. Without it, as long as its caller does.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<SomeDuration>", extend("x-usual" = ["10ms", "30s"]))
    )]
    pub per_try_timeout: Option<Nanos>,
    /// Time it takes to choose and pass on. With `layer = "dns"`, time of a look-up, which only those wait for whose answer
    /// is too old. Without it, none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_time: Option<Work>,
    /// Time that the first call over a connection takes beside that, such as for a TLS handshake. Calls that come without
    /// a pool have a connection each. Without it, none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_time: Option<Work>,
    /// What it costs.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Price::default(), "x-live" = "now")))]
    pub price: Price,
}

const NO_CALLS: &str =
    "DNS sees no calls; give \"round-robin\", \"weighted-round-robin\", \"random\" or \"weighted-random\"";
const NO_ANSWERS: &str = "DNS sees no answers to calls; give a health_check instead";
const NO_RETRIES: &str = "DNS makes no calls; give the link of its callers a retry instead";
const NO_WAIT: &str = "DNS makes no calls; give its callers a timeout instead";

/// What a balancer passes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Layer {
    /// Connections, as a whole: all calls over one go to one server. It sees addresses and ports, not keys, paths and
    /// cookies.
    L4,
    /// Calls, each by itself.
    #[default]
    L7,
    /// Nothing: it tells a server's address, which the resolver of those who asked remembers for `ttl`. Calls then go there
    /// by themselves. A network of clients has one resolver.
    Dns,
}

impl Balancer {
    /// What its algorithm goes by.
    pub fn settings(&self) -> Settings {
        Settings {
            algorithm: self.algorithm,
            d: self.d,
            decay: self.decay,
            default_rtt: self.default_rtt,
            virtual_nodes: self.virtual_nodes,
            hash_balance_factor: self.hash_balance_factor,
            spill_over: self.spill_over,
        }
    }

    /// The nodes behind it, each once: those in `to`, then those that only routes lead to.
    pub fn behind(&self) -> Vec<&str> {
        let mut nodes: Vec<&str> = self.to.iter().map(String::as_str).collect();
        for node in self.routes.iter().flat_map(|route| &route.to) {
            if !nodes.contains(&node.as_str()) {
                nodes.push(node);
            }
        }
        nodes
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let replicas = fields.or("replicas", 1, |field| field.whole(1..=200, "replicas"));
        let layer = fields.or("layer", Layer::default(), |field| field.choice());
        let algorithm = fields.or("algorithm", Algorithm::default(), |field| field.choice());
        let to = fields.required("to", "a list of the nodes behind it", |field| {
            field.some_list(200, "nodes", |item| item.text())
        });
        let routes =
            fields.or("routes", Vec::new(), |field| field.list(paths::MOST, |item| item.table(Route::read)));
        let weights =
            fields.or("weights", Vec::new(), |field| field.list(200, |item| item.whole(1..=1_000, "")));
        let ttl = fields.or("ttl", 60 * SECOND, |field| field.duration(units::ANY_DURATION));
        let d = fields.or("d", Settings::D, |field| field.whole(1..=100, ""));
        let decay = fields.or("decay", Settings::DECAY, |field| field.duration(units::SOME_DURATION));
        let default_rtt = fields.optional("default_rtt", |field| field.duration(units::SOME_DURATION));
        let virtual_nodes =
            fields.or("virtual_nodes", Settings::VIRTUAL_NODES, |field| field.whole(1..=10_000, "points"));
        let hash_balance_factor =
            fields.optional("hash_balance_factor", |field| field.whole(101..=1_000, "%"));
        let spill_over = fields.optional("spill_over", |field| field.whole(1..=100_000, "calls"));
        let slow_start = fields.optional("slow_start", |field| field.duration(units::SOME_DURATION));
        let health_check =
            fields.optional("health_check", |field| field.table(|fields| Some(HealthCheck::read(fields))));
        let outlier_detection = fields.optional("outlier_detection", |field| {
            field.table(|fields| Some(OutlierDetection::read(fields)))
        });
        let panic_threshold = fields.or("panic_threshold", 50, |field| field.whole(0..=100, "%"));
        let retries = fields.or("retries", 0, |field| field.whole(0..=10, "retries"));
        let per_try_timeout =
            fields.optional("per_try_timeout", |field| field.duration(units::SOME_DURATION));
        let service_time = fields.optional("service_time", Work::read);
        let connection_time = fields.optional("connection_time", Work::read);
        let price = fields.or("price", Price::default(), Price::read);
        let to = to?;
        if !weights.is_empty() && weights.len() != to.len() {
            let (given, nodes) = (weights.len(), to.len());
            let message =
                format!("missing the right number: {given} for {nodes} in to; give one for each node there");
            fields.reject("weights", message);
        }
        if layer != Layer::L7 && !routes.is_empty() {
            let who = if layer == Layer::L4 { "a layer-4 balancer" } else { "DNS" };
            let message = format!(
                "{who} cannot see paths, headers or cookies; give layer = \"l7\", or take the routes away"
            );
            fields.reject("routes", message);
        }
        if layer == Layer::Dns {
            let impossible = [
                (!algorithm.sees_nothing(), "algorithm", NO_CALLS),
                (outlier_detection.is_some(), "outlier_detection", NO_ANSWERS),
                (retries > 0, "retries", NO_RETRIES),
                (per_try_timeout.is_some(), "per_try_timeout", NO_WAIT),
            ];
            for (_, key, message) in impossible.into_iter().filter(|(is_set, ..)| *is_set) {
                fields.reject(key, message.to_owned());
            }
        }
        Some(Self {
            replicas,
            layer,
            algorithm,
            to,
            routes,
            weights,
            ttl,
            d,
            decay,
            default_rtt,
            virtual_nodes,
            hash_balance_factor,
            spill_over,
            slow_start,
            health_check,
            outlier_detection,
            panic_threshold,
            retries,
            per_try_timeout,
            service_time,
            connection_time,
            price,
        })
    }
}
