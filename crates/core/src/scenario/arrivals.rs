//! When requests start.

use serde::Serialize;

use super::read::{Field, Fields};
#[cfg(feature = "schema")]
use super::schema::{Duration, SomeDuration};
use super::{Work, units};
use crate::sim::time::{Nanos, Time};

/// When requests start.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "process", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "now")))]
pub enum Arrivals {
    /// Independent of each other, as from very many people: gaps are exponential.
    Poisson {
        /// Mean requests per second.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 0.0, max = 1e6),
                extend("x-unit" = "/s", "x-usual" = [1, 20000], "x-scale" = "log", "x-step" = 1)
            )
        )]
        rate: f64,
    },
    /// One after another with equal gaps.
    Constant {
        /// Requests per second.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 0.0, max = 1e6),
                extend("x-unit" = "/s", "x-usual" = [1, 20000], "x-scale" = "log", "x-step" = 1)
            )
        )]
        rate: f64,
    },
    /// A rate that changes over time.
    Profile(Profile),
    /// A fixed number of people, each waiting for the answer before thinking of the next request.
    Closed {
        /// How many.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 1, max = 1000000),
                extend("x-unit" = "users", "x-usual" = [1, 10000], "x-scale" = "log")
            )
        )]
        users: u32,
        /// Pause between an answer and the next request.
        #[cfg_attr(feature = "schema", schemars(extend("default" = Work::Fixed { value: 0 })))]
        think_time: Work,
    },
}

/// A rate that changes over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Profile {
    /// How requests follow each other at a given rate.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Spacing::default())))]
    pub spacing: Spacing,
    /// How the rate changes.
    #[serde(flatten)]
    pub shape: Shape,
}

/// How requests follow each other at a given rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Spacing {
    /// Independent of each other: gaps are exponential.
    #[default]
    Poisson,
    /// Equal gaps.
    Constant,
}

/// How a rate changes over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "shape", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "now")))]
pub enum Shape {
    /// Jumps to each point's rate at its time; before the first point its rate holds.
    Steps {
        /// In the order of time.
        #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1000)))]
        points: Vec<Point>,
    },
    /// Straight lines between the points; level before the first and after the last.
    Ramp {
        /// In the order of time.
        #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1000)))]
        points: Vec<Point>,
    },
    /// A wave: `mean + amplitude * sin(2 pi t / period)`.
    Sine {
        /// Requests per second.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 0.0, max = 1e6),
                extend("x-unit" = "/s", "x-usual" = [1, 20000], "x-scale" = "log", "x-step" = 1)
            )
        )]
        mean: f64,
        /// Requests per second, at most `mean`.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 0.0, max = 1e6),
                extend("x-unit" = "/s", "x-usual" = [1, 20000], "x-scale" = "log", "x-step" = 1)
            )
        )]
        amplitude: f64,
        /// Length of one wave.
        #[serde(serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration", extend("x-usual" = ["1s", "1h"])))]
        period: Nanos,
    },
    /// A base rate, and a higher one for a while.
    Spike {
        /// Requests per second outside the spike.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 0.0, max = 1e6),
                extend("x-unit" = "/s", "x-usual" = [1, 20000], "x-scale" = "log", "x-step" = 1)
            )
        )]
        base: f64,
        /// Requests per second inside the spike.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 0.0, max = 1e6),
                extend("x-unit" = "/s", "x-usual" = [1, 20000], "x-scale" = "log", "x-step" = 1)
            )
        )]
        peak: f64,
        /// When it begins.
        #[serde(serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "Duration", extend("x-usual" = ["1s", "1h"])))]
        at: Time,
        /// How long it lasts.
        #[serde(rename = "for", serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration", extend("x-usual" = ["1s", "1h"])))]
        lasting: Nanos,
    },
}

/// A rate at a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "now")))]
pub struct Point {
    /// When.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(feature = "schema", schemars(with = "Duration", extend("x-usual" = ["1s", "1h"])))]
    pub at: Time,
    /// Requests per second.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 0.0, max = 1e6),
            extend("x-unit" = "/s", "x-usual" = [1, 20000], "x-scale" = "log", "x-step" = 1)
        )
    )]
    pub rate: f64,
}

impl Arrivals {
    /// The highest rate it can reach, in requests per second; 0 for a closed loop, whose rate the system decides.
    pub fn peak(&self) -> f64 {
        match self {
            Self::Poisson { rate } | Self::Constant { rate } => *rate,
            Self::Profile(profile) => profile.shape.peak(),
            Self::Closed { .. } => 0.0,
        }
    }
}

impl Shape {
    /// The highest rate, in requests per second.
    pub fn peak(&self) -> f64 {
        match self {
            Self::Steps { points } | Self::Ramp { points } => {
                points.iter().map(|point| point.rate).fold(0.0, f64::max)
            }
            Self::Sine { mean, amplitude, .. } => mean + amplitude,
            Self::Spike { base, peak, .. } => base.max(*peak),
        }
    }

    /// The rate at a time, in requests per second.
    pub fn rate_at(&self, time: Time) -> f64 {
        match self {
            Self::Steps { points } => {
                let next = points.partition_point(|point| point.at <= time);
                points.get(next.saturating_sub(1)).map_or(0.0, |point| point.rate)
            }
            Self::Ramp { points } => ramp_at(points, time),
            Self::Sine { mean, amplitude, period } => {
                let turn = (time % period) as f64 / *period as f64;
                mean + amplitude * libm::sin(2.0 * core::f64::consts::PI * turn)
            }
            Self::Spike { base, peak, at, lasting } => {
                if (*at..at.saturating_add(*lasting)).contains(&time) {
                    *peak
                } else {
                    *base
                }
            }
        }
    }
}

fn ramp_at(points: &[Point], time: Time) -> f64 {
    let next = points.partition_point(|point| point.at <= time);
    match (next.checked_sub(1).and_then(|previous| points.get(previous)), points.get(next)) {
        (Some(from), Some(to)) => {
            let share = (time - from.at) as f64 / (to.at - from.at) as f64;
            from.rate + share * (to.rate - from.rate)
        }
        (Some(only), None) | (None, Some(only)) => only.rate,
        (None, None) => 0.0,
    }
}

/// The most requests per second that a run takes, over all clients.
pub(super) const MOST_PER_SECOND: f64 = 1e6;

fn read_rate(field: Field<'_>) -> Option<f64> {
    field.number(0.0..=MOST_PER_SECOND, "requests per second")
}

impl Arrivals {
    pub(super) fn read(field: Field<'_>) -> Option<Self> {
        field.table(|fields| {
            let names = ["poisson", "constant", "profile", "closed"];
            match fields.tag("process", "how requests follow each other", &names)? {
                "poisson" => Some(Self::Poisson { rate: required_rate(fields, "rate")? }),
                "constant" => Some(Self::Constant { rate: required_rate(fields, "rate")? }),
                "profile" => Profile::read(fields).map(Self::Profile),
                _ => {
                    let users = fields
                        .required("users", "how many people", |field| field.whole(1..=1_000_000, "users"));
                    let think_time = fields.or("think_time", Work::Fixed { value: 0 }, Work::read);
                    Some(Self::Closed { users: users?, think_time })
                }
            }
        })
    }
}

fn required_rate(fields: &mut Fields<'_>, key: &'static str) -> Option<f64> {
    fields.required(key, "requests per second", read_rate)
}

impl Profile {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let spacing = fields.or("spacing", Spacing::default(), |field| field.choice());
        let shape = Shape::read(fields);
        Some(Self { spacing, shape: shape? })
    }
}

impl Shape {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        match fields.tag("shape", "how the rate changes", &["steps", "ramp", "sine", "spike"])? {
            "steps" => Some(Self::Steps { points: read_points(fields)? }),
            "ramp" => Some(Self::Ramp { points: read_points(fields)? }),
            "sine" => Self::read_sine(fields),
            _ => Self::read_spike(fields),
        }
    }

    fn read_sine(fields: &mut Fields<'_>) -> Option<Self> {
        let mean = required_rate(fields, "mean");
        let amplitude = required_rate(fields, "amplitude");
        let period =
            fields.required("period", "the length of a wave", |field| field.duration(units::SOME_DURATION));
        let (mean, amplitude) = (mean?, amplitude?);
        if amplitude > mean {
            let message = format!("{amplitude} requests per second; give at most the mean, {mean}");
            fields.reject("amplitude", message);
        }
        Some(Self::Sine { mean, amplitude, period: period? })
    }

    fn read_spike(fields: &mut Fields<'_>) -> Option<Self> {
        let base = required_rate(fields, "base");
        let peak = required_rate(fields, "peak");
        let at = fields.required("at", "when it begins", |field| field.duration(units::ANY_DURATION));
        let lasting =
            fields.required("for", "how long it lasts", |field| field.duration(units::SOME_DURATION));
        Some(Self::Spike { base: base?, peak: peak?, at: at?, lasting: lasting? })
    }
}

fn read_points(fields: &mut Fields<'_>) -> Option<Vec<Point>> {
    let points = fields.required("points", "rates at times", |field| {
        field.some_list(1_000, "points", |item| item.table(Point::read))
    })?;
    if !points.is_sorted_by(|earlier, later| earlier.at < later.at) {
        fields.reject(
            "points",
            "the times do not rise; give each point a later time than the one before".to_owned(),
        );
    }
    Some(points)
}

impl Point {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.required("at", "a time", |field| field.duration(units::ANY_DURATION));
        let rate = required_rate(fields, "rate");
        Some(Self { at: at?, rate: rate? })
    }
}
