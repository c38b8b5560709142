//! What happens to a system while it runs.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{Value, units};
use crate::sim::time::{Nanos, Time};

/// Something that happens at a time. Actions at one time apply in their order, before that time's events.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimedAction {
    /// When.
    #[serde(serialize_with = "units::duration")]
    pub at: Time,
    /// What.
    #[serde(flatten)]
    pub action: Action,
}

/// What can be done to a system while it runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Action {
    /// Change a setting.
    Set {
        /// Where it stands: `nodes.cache.capacity`, `links."app -> db".pool.pool_size`.
        path: String,
        /// What it shall be.
        value: Value,
    },
    /// An instance dies: all inside is lost. Without a slot, all instances of the node.
    Kill {
        /// Who.
        node: Target,
    },
    /// A dead instance starts again; without a slot, all dead ones, or one more if none is dead.
    Start {
        /// Who.
        node: Target,
    },
    /// An instance takes no new calls, finishes what is inside and leaves.
    Drain {
        /// Who.
        node: Target,
    },
    /// A cache loses its entries.
    Flush {
        /// Who.
        node: Target,
    },
    /// An instance works slower for a while.
    Slow {
        /// Who.
        node: Target,
        /// How many times longer work takes.
        factor: f64,
        /// For how long.
        #[serde(rename = "for", serialize_with = "units::duration")]
        lasting: Nanos,
    },
    /// No message passes between two nodes for a while.
    Partition {
        /// The two.
        between: [String; 2],
        /// For how long.
        #[serde(rename = "for", serialize_with = "units::duration")]
        lasting: Nanos,
    },
    /// Clients send more for a while.
    Spike {
        /// Which clients.
        node: String,
        /// How many times more.
        factor: f64,
        /// For how long.
        #[serde(rename = "for", serialize_with = "units::duration")]
        lasting: Nanos,
    },
}

/// A node, `app`, or one of its instances, `app[1]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The node.
    pub node: String,
    /// The instance's slot, from 0; `None` for all instances.
    pub slot: Option<u32>,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.slot {
            Some(slot) => write!(f, "{}[{slot}]", self.node),
            None => f.write_str(&self.node),
        }
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
