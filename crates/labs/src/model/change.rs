//! What a lab does to its system: at a step, at a time, as a fault. The names are those of scenario files.

use headroom_wire::Wire;
use serde::Deserialize;
use serde_json::Value;

use super::Moment;

/// Something a lab does to its system at a step, as [`headroom_core`](https://docs.rs/headroom-core) actions do.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(try_from = "Written")]
pub enum Change {
    /// Give a setting another value.
    Set {
        /// The setting, such as `nodes.cache.capacity`.
        path: String,
        /// Its new value.
        value: Value,
    },
    /// Slow a node down.
    Slow {
        /// The node.
        node: String,
        /// How many times slower.
        factor: f64,
        /// For how long.
        lasts: Moment,
    },
    /// End one instance of a node.
    Kill {
        /// The node.
        node: String,
        /// Which of its instances, counted from 0.
        slot: u32,
    },
    /// Take all entries from all instances of a cache.
    Flush {
        /// The node.
        node: String,
    },
    /// Let a node stand still.
    Pause {
        /// The node.
        node: String,
        /// Which of its instances, counted from 0; all if absent.
        slot: Option<u32>,
        /// For how long.
        lasts: Moment,
    },
    /// Let requests to a node fail.
    Fail {
        /// The node.
        node: String,
        /// Share of them.
        ratio: f64,
        /// For how long.
        lasts: Moment,
    },
}

/// A change at a time: `{ at = "13s", do = "set", path = "nodes.cache.capacity", value = 500 }`.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(try_from = "Written")]
pub struct TimedChange {
    /// When.
    pub at: Moment,
    /// What.
    pub change: Change,
}

/// A change as a lab file has it: `{ do = "set", path = "nodes.cache.capacity", value = 500 }`.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    at: Option<Moment>,
    #[serde(rename = "do")]
    what: String,
    path: Option<String>,
    value: Option<Value>,
    node: Option<String>,
    slot: Option<u32>,
    factor: Option<f64>,
    ratio: Option<f64>,
    #[serde(rename = "for")]
    lasts: Option<Moment>,
}

const FORMS: &str = "a change is `do = \"set\"` with path and value, `do = \"slow\"` with node, factor and for, \
                     `do = \"kill\"` with node and slot, `do = \"flush\"` with node, `do = \"pause\"` with node, \
                     for and perhaps slot, or `do = \"fail\"` with node, ratio and for";

impl TryFrom<Written> for Change {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let what = written.what.clone();
        match (what.as_str(), written) {
            (
                "set",
                Written {
                    path: Some(path),
                    value: Some(value),
                    at: None,
                    node: None,
                    slot: None,
                    factor: None,
                    ratio: None,
                    lasts: None,
                    ..
                },
            ) => Ok(Self::Set { path, value }),
            (
                "slow",
                Written {
                    node: Some(node),
                    factor: Some(factor),
                    ratio: None,
                    lasts: Some(lasts),
                    at: None,
                    path: None,
                    value: None,
                    slot: None,
                    ..
                },
            ) => Ok(Self::Slow { node, factor, lasts }),
            (
                "kill",
                Written {
                    node: Some(node),
                    slot: Some(slot),
                    at: None,
                    path: None,
                    value: None,
                    factor: None,
                    ratio: None,
                    lasts: None,
                    ..
                },
            ) => Ok(Self::Kill { node, slot }),
            (
                "flush",
                Written {
                    node: Some(node),
                    at: None,
                    path: None,
                    value: None,
                    slot: None,
                    factor: None,
                    ratio: None,
                    lasts: None,
                    ..
                },
            ) => Ok(Self::Flush { node }),
            (
                "pause",
                Written {
                    node: Some(node),
                    lasts: Some(lasts),
                    slot,
                    at: None,
                    path: None,
                    value: None,
                    factor: None,
                    ratio: None,
                    ..
                },
            ) => Ok(Self::Pause { node, slot, lasts }),
            (
                "fail",
                Written {
                    node: Some(node),
                    ratio: Some(ratio),
                    lasts: Some(lasts),
                    at: None,
                    path: None,
                    value: None,
                    slot: None,
                    factor: None,
                    ..
                },
            ) => Ok(Self::Fail { node, ratio, lasts }),
            _ => Err(FORMS),
        }
    }
}

impl TryFrom<Written> for TimedChange {
    type Error = &'static str;

    fn try_from(mut written: Written) -> Result<Self, Self::Error> {
        let at = written.at.take().ok_or("a change at a time needs `at`")?;
        Ok(Self { at, change: written.try_into()? })
    }
}
