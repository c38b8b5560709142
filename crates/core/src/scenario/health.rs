//! What a balancer finds out by itself about the servers behind it: tables of a balancer.

use serde::Serialize;

use super::read::Fields;
#[cfg(feature = "schema")]
use super::schema::{Period, SomeDuration};
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
        schemars(with = "Period", extend("default" = "2s", "x-usual" = ["100ms", "30s"]))
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

/// Outlier detection: how a server's calls end says whether it is ejected for a while. Names are Envoy's, and defaults
/// but for the one server that is always ejected.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct OutlierDetection {
    /// So many failures in a row eject a server at once. With 0 they never do.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0, max = 10000), extend("x-unit" = "failures", "default" = 5, "x-usual" = [1, 20]))
    )]
    pub consecutive_failures: u32,
    /// From one look at all servers to the next: success rates are compared, and ejected ones come back.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Period", extend("default" = "10s", "x-usual" = ["1s", "60s"]))
    )]
    pub interval: Nanos,
    /// How long a server is out for the first time. Each further ejection adds as much.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "30s", "x-usual" = ["1s", "60s"]))
    )]
    pub base_ejection_time: Nanos,
    /// How long at most.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "SomeDuration", extend("default" = "300s", "x-usual" = ["10s", "10m"]))
    )]
    pub max_ejection_time: Nanos,
    /// No more of the servers than this are out at a time.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0, max = 100), extend("x-unit" = "%", "default" = 10))
    )]
    pub max_ejection_percent: u32,
    /// Whether one may be out in any case. Without it, 10 % of three servers are none.
    #[cfg_attr(feature = "schema", schemars(extend("default" = true)))]
    pub always_eject_one_host: bool,
    /// Success rates are compared only among so many servers or more.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 2000), extend("x-unit" = "servers", "default" = 5, "x-usual" = [2, 20]))
    )]
    pub success_rate_minimum_hosts: u32,
    /// Only servers with so many calls since the last look are compared.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 1000000), extend("x-unit" = "calls", "default" = 100, "x-usual" = [10, 1000]))
    )]
    pub success_rate_request_volume: u32,
    /// So many standard deviations below the mean success rate eject a server. 0 to 10. With 0 they never do.
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0.0, max = 10.0), extend("default" = 1.9, "x-usual" = [0.0, 3.0], "x-step" = 0.1))
    )]
    pub success_rate_stdev_factor: f64,
}

impl OutlierDetection {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            consecutive_failures: fields
                .or("consecutive_failures", 5, |field| field.whole(0..=10_000, "failures")),
            interval: fields.or("interval", 10 * SECOND, |field| field.duration(units::PERIOD)),
            base_ejection_time: fields
                .or("base_ejection_time", 30 * SECOND, |field| field.duration(units::SOME_DURATION)),
            max_ejection_time: fields
                .or("max_ejection_time", 300 * SECOND, |field| field.duration(units::SOME_DURATION)),
            max_ejection_percent: fields.or("max_ejection_percent", 10, |field| field.whole(0..=100, "%")),
            always_eject_one_host: fields.or("always_eject_one_host", true, |field| field.flag()),
            success_rate_minimum_hosts: fields
                .or("success_rate_minimum_hosts", 5, |field| field.whole(1..=2_000, "servers")),
            success_rate_request_volume: fields
                .or("success_rate_request_volume", 100, |field| field.whole(1..=1_000_000, "calls")),
            success_rate_stdev_factor: fields
                .or("success_rate_stdev_factor", 1.9, |field| field.number(0.0..=10.0, "")),
        }
    }
}

impl HealthCheck {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            interval: fields.or("interval", 2 * SECOND, |field| field.duration(units::PERIOD)),
            timeout: fields.or("timeout", 2 * SECOND, |field| field.duration(units::SOME_DURATION)),
            rise: fields.or("rise", 2, |field| field.whole(1..=100, "checks")),
            fall: fields.or("fall", 3, |field| field.whole(1..=100, "checks")),
        }
    }
}
