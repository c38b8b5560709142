//! How long something takes, as a distribution.

use serde::Serialize;

use super::units;
use crate::sim::time::Nanos;

/// How long something takes. Times are core time at full speed, or waiting time where nothing computes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "distribution", rename_all = "kebab-case")]
pub enum Work {
    /// Always the same.
    Fixed {
        /// How long.
        #[serde(serialize_with = "units::duration")]
        value: Nanos,
    },
    /// Anything between two bounds alike.
    Uniform {
        /// Shortest.
        #[serde(serialize_with = "units::duration")]
        min: Nanos,
        /// Longest.
        #[serde(serialize_with = "units::duration")]
        max: Nanos,
    },
    /// Mostly short, sometimes long; how long it took so far says nothing about the rest.
    Exponential {
        /// Average.
        #[serde(serialize_with = "units::duration")]
        mean: Nanos,
    },
    /// A hump with a tail to the right, as service times mostly are.
    Lognormal {
        /// Average.
        #[serde(serialize_with = "units::duration")]
        mean: Nanos,
        /// Standard deviation divided by the mean.
        cv: f64,
    },
    /// A heavy tail, cut off at a cap: of the values above `min`, the share above x is (min / x)^alpha.
    Pareto {
        /// Shortest.
        #[serde(serialize_with = "units::duration")]
        min: Nanos,
        /// How quickly the tail falls: below 2 it is wild.
        alpha: f64,
        /// Longer values count as this one.
        #[serde(serialize_with = "units::duration")]
        cap: Nanos,
    },
    /// One of two values: most are quick, some are slow.
    Bimodal {
        /// The quick one.
        #[serde(serialize_with = "units::duration")]
        low: Nanos,
        /// The slow one.
        #[serde(serialize_with = "units::duration")]
        high: Nanos,
        /// Share of slow ones. 0 to 1.
        high_share: f64,
    },
}
