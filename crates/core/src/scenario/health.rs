//! What a balancer finds out by itself about the servers behind it: tables of a balancer.

use serde::Serialize;

use super::read::Fields;
#[cfg(feature = "schema")]
use super::schema::SomeDuration;
use super::units;
use crate::sim::time::{Nanos, SECOND};

/// Health checks: each server is asked again and again whether it is well. The defaults are HAProxy's.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct HealthCheck {
    /// From the beginning of one check of a server to the next.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "2s", "x-usual" = ["100ms", "30s"]))
    )]
    pub interval: Nanos,
    /// A check without an answer after so long has failed.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "2s", "x-usual" = ["10ms", "10s"]))
    )]
    pub timeout: Nanos,
    /// So many successes in a row make a server healthy.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 100), extend("x-unit" = "checks", "default" = 2, "x-usual" = [1, 10]))
    )]
    pub rise: u32,
    /// So many failures in a row make it unhealthy.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 100), extend("x-unit" = "checks", "default" = 3, "x-usual" = [1, 10]))
    )]
    pub fall: u32,
}

impl HealthCheck {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            interval: fields.or("interval", 2 * SECOND, |field| field.duration(units::SOME_DURATION)),
            timeout: fields.or("timeout", 2 * SECOND, |field| field.duration(units::SOME_DURATION)),
            rise: fields.or("rise", 2, |field| field.whole(1..=100, "checks")),
            fall: fields.or("fall", 3, |field| field.whole(1..=100, "checks")),
        }
    }
}
