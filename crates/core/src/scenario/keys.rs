//! Which keys are asked for.

use serde::Serialize;

use super::read::{Field, Fields};

/// Which keys are asked for. Keys are numbers from 0 to `count` - 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "distribution", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub enum Keys {
    /// Each key alike.
    Uniform {
        /// How many keys there are.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 1, max = 1000000000),
                extend("x-unit" = "keys", "x-usual" = [1, 1000000], "x-scale" = "log")
            )
        )]
        count: u64,
    },
    /// Few keys are asked for often, many rarely: key k with weight 1 / (k + 1)^alpha.
    Zipf {
        /// How many keys there are.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 1, max = 1000000000),
                extend("x-unit" = "keys", "x-usual" = [1, 1000000], "x-scale" = "log")
            )
        )]
        count: u64,
        /// How uneven: 0 is uniform, 1 is typical of web traffic.
        #[cfg_attr(
            feature = "schema",
            schemars(range(min = 0.0, max = 10.0), extend("x-usual" = [0, 2], "x-step" = 0.01))
        )]
        alpha: f64,
    },
    /// A part of the keys gets a fixed share of the requests; both parts are uniform inside.
    HotSet {
        /// How many keys there are.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 1, max = 1000000000),
                extend("x-unit" = "keys", "x-usual" = [1, 1000000], "x-scale" = "log")
            )
        )]
        count: u64,
        /// How many of them are hot.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 1, max = 1000000000),
                extend("x-unit" = "keys", "x-usual" = [1, 1000000], "x-scale" = "log")
            )
        )]
        hot: u64,
        /// Share of requests that ask for a hot key. 0 to 1.
        #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0), extend("x-step" = 0.01)))]
        share: f64,
    },
    /// One key after another, again and again.
    Scan {
        /// How many keys there are.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 1, max = 1000000000),
                extend("x-unit" = "keys", "x-usual" = [1, 1000000], "x-scale" = "log")
            )
        )]
        count: u64,
    },
    /// New keys appear with each write, and the newest are asked for most: Zipf over the age.
    Latest {
        /// How many keys there are at first.
        #[cfg_attr(
            feature = "schema",
            schemars(
                range(min = 1, max = 1000000000),
                extend("x-unit" = "keys", "x-usual" = [1, 1000000], "x-scale" = "log")
            )
        )]
        count: u64,
        /// How much newer keys are preferred.
        #[cfg_attr(
            feature = "schema",
            schemars(range(min = 0.0, max = 10.0), extend("x-usual" = [0, 2], "x-step" = 0.01))
        )]
        alpha: f64,
    },
}

impl Keys {
    /// How many keys there are (at first).
    pub fn count(&self) -> u64 {
        match self {
            Self::Uniform { count }
            | Self::Zipf { count, .. }
            | Self::HotSet { count, .. }
            | Self::Scan { count }
            | Self::Latest { count, .. } => *count,
        }
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self::Uniform { count: 1 }
    }
}

impl Keys {
    pub(super) fn read(field: Field<'_>) -> Option<Self> {
        field.table(|fields| {
            let names = ["uniform", "zipf", "hot-set", "scan", "latest"];
            let distribution = fields.tag("distribution", "which keys are asked for", &names)?;
            let count = fields.required("count", "how many keys there are", |field| {
                field.whole(1..=1_000_000_000_u64, "keys")
            });
            match distribution {
                "uniform" => Some(Self::Uniform { count: count? }),
                "zipf" => {
                    let alpha = read_alpha(fields);
                    Some(Self::Zipf { count: count?, alpha: alpha? })
                }
                "hot-set" => Self::read_hot_set(fields, count),
                "scan" => Some(Self::Scan { count: count? }),
                _ => {
                    let alpha = read_alpha(fields);
                    Some(Self::Latest { count: count?, alpha: alpha? })
                }
            }
        })
    }

    fn read_hot_set(fields: &mut Fields<'_>, count: Option<u64>) -> Option<Self> {
        let hot = fields
            .required("hot", "how many keys are hot", |field| field.whole(1..=1_000_000_000_u64, "keys"));
        let share = fields.required("share", "the share of requests for hot keys", |field| field.share());
        let (count, hot) = (count?, hot?);
        if hot > count {
            fields.reject("hot", format!("{hot} keys; give at most the count, {count}"));
        }
        Some(Self::HotSet { count, hot, share: share? })
    }
}

fn read_alpha(fields: &mut Fields<'_>) -> Option<f64> {
    fields.required("alpha", "how uneven they are", |field| field.number(0.0..=10.0, ""))
}
