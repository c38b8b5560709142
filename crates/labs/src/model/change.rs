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
    /// Let all die that stands in a zone, and start again.
    Outage {
        /// The zone, such as `a`.
        zone: String,
        /// Of which region; of nodes that stand in none if absent.
        region: Option<String>,
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
#[derive(Default, PartialEq, Deserialize)]
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
    zone: Option<String>,
    region: Option<String>,
    #[serde(rename = "for")]
    lasts: Option<Moment>,
}

const FORMS: &str = "a change is `do = \"set\"` with path and value, `do = \"slow\"` with node, factor and for, \
                     `do = \"kill\"` with node and slot, `do = \"flush\"` with node, `do = \"pause\"` with node, \
                     for and perhaps slot, `do = \"fail\"` with node, ratio and for, or `do = \"outage\"` with zone, \
                     for and perhaps region";

impl TryFrom<Written> for Change {
    type Error = &'static str;

    fn try_from(mut written: Written) -> Result<Self, Self::Error> {
        let what = std::mem::take(&mut written.what);
        let change = written.take(&what).ok_or(FORMS)?;
        // What is left over belongs to another kind of change.
        if written == Written::default() { Ok(change) } else { Err(FORMS) }
    }
}

impl Written {
    /// Takes out what a kind of change consists of; nothing if a part is missing.
    fn take(&mut self, what: &str) -> Option<Change> {
        Some(match what {
            "set" => Change::Set { path: self.path.take()?, value: self.value.take()? },
            "slow" => Change::Slow {
                node: self.node.take()?,
                factor: self.factor.take()?,
                lasts: self.lasts.take()?,
            },
            "kill" => Change::Kill { node: self.node.take()?, slot: self.slot.take()? },
            "flush" => Change::Flush { node: self.node.take()? },
            "pause" => {
                Change::Pause { node: self.node.take()?, slot: self.slot.take(), lasts: self.lasts.take()? }
            }
            "fail" => {
                Change::Fail { node: self.node.take()?, ratio: self.ratio.take()?, lasts: self.lasts.take()? }
            }
            "outage" => Change::Outage {
                zone: self.zone.take()?,
                region: self.region.take(),
                lasts: self.lasts.take()?,
            },
            _ => return None,
        })
    }
}

impl TryFrom<Written> for TimedChange {
    type Error = &'static str;

    fn try_from(mut written: Written) -> Result<Self, Self::Error> {
        let at = written.at.take().ok_or("a change at a time needs `at`")?;
        Ok(Self { at, change: written.try_into()? })
    }
}
