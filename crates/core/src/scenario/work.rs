//! How long something takes, as a distribution.

use std::ops::RangeInclusive;

use serde::Serialize;

use super::read::{Field, Fields, quoted};
#[cfg(feature = "schema")]
use super::schema::{Duration, SomeDuration};
use super::units;
use crate::sim::time::Nanos;

/// How long something takes. Times are core time at full speed, or waiting time where nothing computes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "distribution", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub enum Work {
    /// Always the same.
    Fixed {
        /// How long.
        #[serde(serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "Duration", extend("x-usual" = ["0.1ms", "1s"])))]
        value: Nanos,
    },
    /// Anything between two bounds alike.
    Uniform {
        /// Shortest.
        #[serde(serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "Duration", extend("x-usual" = ["0.1ms", "1s"])))]
        min: Nanos,
        /// Longest.
        #[serde(serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "Duration", extend("x-usual" = ["0.1ms", "1s"])))]
        max: Nanos,
    },
    /// Mostly short, sometimes long; how long it took so far says nothing about the rest.
    Exponential {
        /// Average.
        #[serde(serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "Duration", extend("x-usual" = ["0.1ms", "1s"])))]
        mean: Nanos,
    },
    /// A hump with a tail to the right, as service times mostly are.
    Lognormal {
        /// Average.
        #[serde(serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration", extend("x-usual" = ["0.1ms", "1s"])))]
        mean: Nanos,
        /// Standard deviation divided by the mean.
        #[cfg_attr(
            feature = "schema",
            schemars(range(min = 0.0, max = 100.0), extend("x-usual" = [0, 4], "x-step" = 0.1))
        )]
        cv: f64,
    },
    /// A heavy tail, cut off at a cap: of the values above `min`, the share above x is (min / x)^alpha.
    Pareto {
        /// Shortest.
        #[serde(serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration", extend("x-usual" = ["0.1ms", "1s"])))]
        min: Nanos,
        /// How quickly the tail falls: below 2 it is wild.
        #[cfg_attr(
            feature = "schema",
            schemars(range(min = 0.1, max = 100.0), extend("x-usual" = [0.1, 5], "x-step" = 0.1))
        )]
        alpha: f64,
        /// Longer values count as this one.
        #[serde(serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration", extend("x-usual" = ["0.1ms", "1s"])))]
        cap: Nanos,
    },
    /// One of two values: most are quick, some are slow.
    Bimodal {
        /// The quick one.
        #[serde(serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "Duration", extend("x-usual" = ["0.1ms", "1s"])))]
        low: Nanos,
        /// The slow one.
        #[serde(serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "Duration", extend("x-usual" = ["0.1ms", "1s"])))]
        high: Nanos,
        /// Share of slow ones. 0 to 1.
        #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0), extend("x-step" = 0.01)))]
        high_share: f64,
    },
}

impl Work {
    pub(super) fn read(field: Field<'_>) -> Option<Self> {
        if let Some(time) = field.as_text() {
            let message = format!("{} is not a distribution", quoted(time));
            let time = if units::parse_duration(time).is_ok() { time } else { "1ms" };
            return field
                .reject(format!("{message}; write {{ distribution = \"fixed\", value = {time:?} }}"));
        }
        field.table(|fields| {
            let names = ["fixed", "uniform", "exponential", "lognormal", "pareto", "bimodal"];
            match fields.tag("distribution", "how times are distributed", &names)? {
                "fixed" => Some(Self::Fixed { value: read_time(fields, "value", units::ANY_DURATION)? }),
                "uniform" => {
                    let (min, max) = read_bounds(fields, ["min", "max"], units::ANY_DURATION)?;
                    Some(Self::Uniform { min, max })
                }
                "exponential" => {
                    Some(Self::Exponential { mean: read_time(fields, "mean", units::ANY_DURATION)? })
                }
                "lognormal" => {
                    let mean = read_time(fields, "mean", units::SOME_DURATION);
                    let cv = fields.required("cv", "the deviation divided by the mean", |field| {
                        field.number(0.0..=100.0, "")
                    });
                    Some(Self::Lognormal { mean: mean?, cv: cv? })
                }
                "pareto" => {
                    let alpha = fields.required("alpha", "how quickly the tail falls", |field| {
                        field.number(0.1..=100.0, "")
                    });
                    let (min, cap) = read_bounds(fields, ["min", "cap"], units::SOME_DURATION)?;
                    Some(Self::Pareto { min, alpha: alpha?, cap })
                }
                _ => {
                    let high_share =
                        fields.required("high_share", "the share of slow ones", |field| field.share());
                    let (low, high) = read_bounds(fields, ["low", "high"], units::ANY_DURATION)?;
                    Some(Self::Bimodal { low, high, high_share: high_share? })
                }
            }
        })
    }
}

fn read_time(fields: &mut Fields<'_>, key: &'static str, range: RangeInclusive<Nanos>) -> Option<Nanos> {
    fields.required(key, "a duration", |field| field.duration(range))
}

/// Two durations, the second not below the first.
fn read_bounds(
    fields: &mut Fields<'_>,
    [low_key, high_key]: [&'static str; 2],
    range: RangeInclusive<Nanos>,
) -> Option<(Nanos, Nanos)> {
    let low = read_time(fields, low_key, range.clone());
    let high = read_time(fields, high_key, range);
    let (low, high) = (low?, high?);
    if high < low {
        let [low, high] = [low, high].map(units::format_duration);
        fields.reject(high_key, format!("{high:?}; give at least {low_key}, {low:?}"));
    }
    Some((low, high))
}
