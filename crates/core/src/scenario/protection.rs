//! What a service does so that too many requests do not bring it down: tables of `[nodes.app]`.

use serde::{Deserialize, Serialize};

use super::read::Fields;
#[cfg(feature = "schema")]
use super::schema::SomeDuration;
use super::units;
use crate::engine::resilience::adaptive_limit::AdaptiveLimitAlgorithm;
use crate::engine::resilience::rate_limit::RateLimitAlgorithm;
use crate::sim::time::{MILLISECOND, Nanos, SECOND};

/// Rate limit: so many requests a period for each instance; more are refused at the door.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct RateLimit {
    /// How many requests a period are let in. 0 lets none in.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 0, max = 1_000_000),
            extend("x-unit" = "requests", "x-usual" = [1, 10000], "x-scale" = "log")
        )
    )]
    pub limit: u32,
    /// The period.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "1s", "x-usual" = ["100ms", "1m"]))
    )]
    pub period: Nanos,
    /// How they are counted.
    #[cfg_attr(feature = "schema", schemars(extend("default" = RateLimitAlgorithm::default())))]
    pub algorithm: RateLimitAlgorithm,
    /// With token bucket and GCRA: so many may come at once. Without it, as many as `limit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 1_000_000), extend("x-unit" = "requests", "x-usual" = [1, 1000]))
    )]
    pub burst: Option<u32>,
    /// Whose requests count together.
    #[cfg_attr(feature = "schema", schemars(extend("default" = LimitFor::default())))]
    pub per: LimitFor,
}

/// Whose requests count together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LimitFor {
    /// Everybody's: one limit for all.
    #[default]
    All,
    /// Those of one clients node, as of one customer with a key of the interface: each has the whole limit.
    Client,
}

/// CoDel: while the wait in line stays too long, requests are refused when their turn comes (RFC 8289).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct ControlledDelay {
    /// A wait that is good enough.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "5ms", "x-usual" = ["1ms", "1s"]))
    )]
    pub target: Nanos,
    /// How long all waits may be longer than that.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "100ms", "x-usual" = ["10ms", "10s"]))
    )]
    pub interval: Nanos,
}

/// Adaptive concurrency: how many requests may be in an instance finds itself from how long they take (Netflix's
/// concurrency-limits); more are refused at the door.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct AdaptiveLimit {
    /// How it is found.
    #[cfg_attr(feature = "schema", schemars(extend("default" = AdaptiveLimitAlgorithm::default())))]
    pub algorithm: AdaptiveLimitAlgorithm,
    /// Where it starts in an instance that is new.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 10000),
            extend("x-unit" = "requests", "default" = 20, "x-usual" = [1, 1000])
        )
    )]
    pub initial: u32,
    /// It is never lower.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 10000), extend("x-unit" = "requests", "default" = 1, "x-usual" = [1, 100]))
    )]
    pub least: u32,
    /// It is never higher.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 10000),
            extend("x-unit" = "requests", "default" = 1_000, "x-usual" = [10, 1000])
        )
    )]
    pub most: u32,
    /// With `algorithm = "aimd"`: a request that took longer counts as one too many.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "5s", "x-usual" = ["10ms", "5s"]))
    )]
    pub timeout: Nanos,
}

impl RateLimit {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let limit = fields.required("limit", "how many requests a period are let in", |field| {
            field.whole(0..=1_000_000, "requests")
        });
        let period = fields.or("period", SECOND, |field| field.duration(units::SOME_DURATION));
        let algorithm = fields.or("algorithm", RateLimitAlgorithm::default(), |field| field.choice());
        let burst = fields.optional("burst", |field| field.whole(1..=1_000_000, "requests"));
        let per = fields.or("per", LimitFor::default(), |field| field.choice());
        Some(Self { limit: limit?, period, algorithm, burst, per })
    }
}

impl ControlledDelay {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            target: fields.or("target", 5 * MILLISECOND, |field| field.duration(units::SOME_DURATION)),
            interval: fields.or("interval", 100 * MILLISECOND, |field| field.duration(units::SOME_DURATION)),
        }
    }
}

impl AdaptiveLimit {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            algorithm: fields.or("algorithm", AdaptiveLimitAlgorithm::default(), |field| field.choice()),
            initial: fields.or("initial", 20, |field| field.whole(1..=10_000, "requests")),
            least: fields.or("least", 1, |field| field.whole(1..=10_000, "requests")),
            most: fields.or("most", 1_000, |field| field.whole(1..=10_000, "requests")),
            timeout: fields.or("timeout", 5 * SECOND, |field| field.duration(units::SOME_DURATION)),
        }
    }
}
