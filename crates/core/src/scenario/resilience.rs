//! What a caller does about calls over a link that fail or take long: tables of `[links."app -> db"]`.

use serde::Serialize;

use super::read::Fields;
#[cfg(feature = "schema")]
use super::schema::{Duration, SomeDuration};
use super::units;
use crate::engine::resilience::backoff::BackoffKind;
use crate::sim::time::{MILLISECOND, Nanos, SECOND};

/// Retries: a call that failed, was refused or timed out is made again. Its time-out is that of each attempt.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Retry {
    /// How often a call is made again at most.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 20), extend("x-unit" = "retries", "default" = 2, "x-usual" = [1, 5]))
    )]
    pub most: u8,
    /// How the wait before a retry grows.
    #[cfg_attr(feature = "schema", schemars(extend("default" = BackoffKind::default())))]
    pub backoff: BackoffKind,
    /// The wait that it grows from: a fixed one is this, the first exponential one twice this.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Duration", extend("default" = "50ms", "x-usual" = ["1ms", "5s"]))
    )]
    pub base: Nanos,
    /// The longest wait.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Duration", extend("default" = "20s", "x-usual" = ["100ms", "60s"]))
    )]
    pub cap: Nanos,
    /// Retries as a share of the calls of the last 10 s, at most. Without it, any number. 0 to 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 10.0), extend("x-usual" = [0.01, 1.0], "x-step" = 0.01)))]
    pub budget: Option<f64>,
    /// Retries a second that the budget allows beside that share.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0, max = 1000), extend("x-unit" = "per second", "default" = 0, "x-usual" = [0, 10]))
    )]
    pub budget_floor: u32,
}

/// A circuit breaker: after too many failures calls are refused without being made.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Breaker {
    /// How many of the last calls it looks at.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 10000), extend("x-unit" = "calls", "default" = 100, "x-usual" = [10, 1000]))
    )]
    pub window: u32,
    /// With fewer calls it does not open.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 10000), extend("x-unit" = "calls", "default" = 100, "x-usual" = [1, 1000]))
    )]
    pub minimum_calls: u32,
    /// From this share of failures on it opens. 0 to 1.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0.0, max = 1.0), extend("default" = 0.5, "x-step" = 0.01))
    )]
    pub failure_ratio: f64,
    /// A call that took longer counts as slow; where all are slow it opens too. Without it, none is slow.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<SomeDuration>", extend("x-usual" = ["10ms", "60s"])))]
    pub slow_after: Option<Nanos>,
    /// How long it stays open before it lets calls through again.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Duration", extend("default" = "60s", "x-usual" = ["1s", "60s"]))
    )]
    pub wait: Nanos,
    /// How many calls it then lets through to see how they fare.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 1000), extend("x-unit" = "calls", "default" = 10, "x-usual" = [1, 100]))
    )]
    pub trial_calls: u32,
}

/// Hedging: a second copy of a call that takes long; the first answer counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Hedging {
    /// When the copy is sent. Without it, when the call takes longer than all but `most` of them did lately.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<SomeDuration>", extend("x-usual" = ["1ms", "1s"])))]
    pub after: Option<Nanos>,
    /// Copies as a share of calls, at most. 0 to 1.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0.0, max = 1.0), extend("default" = 0.05, "x-step" = 0.01))
    )]
    pub most: f64,
}

/// Adaptive throttling: a caller refuses calls itself while the callee refuses most of them (Google's SRE book, ch. 21).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Throttle {
    /// So many calls are let through for each one answered. 1 to 10.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1.0, max = 10.0), extend("default" = 2.0, "x-step" = 0.1, "x-usual" = [1.1, 3.0]))
    )]
    pub multiplier: f64,
    /// How long calls and answers count.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "2m", "x-usual" = ["10s", "5m"]))
    )]
    pub window: Nanos,
}

impl Throttle {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            multiplier: fields.or("multiplier", 2.0, |field| field.number(1.0..=10.0, "")),
            window: fields.or("window", 120 * SECOND, |field| field.duration(units::SOME_DURATION)),
        }
    }
}

impl Retry {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            most: fields.or("most", 2, |field| field.whole(1..=20, "retries")),
            backoff: fields.or("backoff", BackoffKind::default(), |field| field.choice()),
            base: fields.or("base", 50 * MILLISECOND, |field| field.duration(units::ANY_DURATION)),
            cap: fields.or("cap", 20 * SECOND, |field| field.duration(units::ANY_DURATION)),
            budget: fields.optional("budget", |field| field.number(0.0..=10.0, "")),
            budget_floor: fields.or("budget_floor", 0, |field| field.whole(0..=1_000, "per second")),
        }
    }
}

impl Breaker {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            window: fields.or("window", 100, |field| field.whole(1..=10_000, "calls")),
            minimum_calls: fields.or("minimum_calls", 100, |field| field.whole(1..=10_000, "calls")),
            failure_ratio: fields.or("failure_ratio", 0.5, |field| field.share()),
            slow_after: fields.optional("slow_after", |field| field.duration(units::SOME_DURATION)),
            wait: fields.or("wait", 60 * SECOND, |field| field.duration(units::ANY_DURATION)),
            trial_calls: fields.or("trial_calls", 10, |field| field.whole(1..=1_000, "calls")),
        }
    }
}

impl Hedging {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            after: fields.optional("after", |field| field.duration(units::SOME_DURATION)),
            most: fields.or("most", 0.05, |field| field.share()),
        }
    }
}
