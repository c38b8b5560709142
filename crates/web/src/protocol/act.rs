//! What a learner does to a run: the wire form of the scenario's timed actions.

use super::Micros;
use headroom_wire::Wire;
use serde::Serialize;

/// An act and the simulated time it happens at.
#[derive(Clone, Debug, PartialEq, Serialize, Wire)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub struct TimedAct {
    /// When, in microseconds of simulated time.
    pub at_us: Micros,
    /// What.
    pub act: Act,
}

/// Everything that can be done to a running system; the names are those of scenario files.
#[derive(Clone, Debug, PartialEq, Serialize, Wire)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub enum Act {
    /// Change a setting.
    Set {
        /// Such as `nodes.cache.capacity`.
        path: String,
        /// Its new value.
        value: serde_json::Value,
    },
    /// End one instance at once, with everything inside.
    Kill {
        /// Name of the node.
        node: String,
        /// Which of its instances, counted from 0; all if absent.
        slot: Option<u16>,
    },
    /// Start what was killed or drained.
    Start {
        /// Name of the node.
        node: String,
        /// Which of its instances; all if absent.
        slot: Option<u16>,
    },
    /// Take no new calls, finish those inside.
    Drain {
        /// Name of the node.
        node: String,
        /// Which of its instances; all if absent.
        slot: Option<u16>,
    },
    /// Empty a cache.
    Flush {
        /// Name of the node.
        node: String,
    },
    /// Make a node slower for a while.
    Slow {
        /// Name of the node.
        node: String,
        /// Times as slow.
        factor: f64,
        /// For how long, in microseconds.
        for_us: Micros,
    },
    /// Let no message through between two nodes for a while.
    Partition {
        /// The two nodes.
        between: [String; 2],
        /// For how long, in microseconds.
        for_us: Micros,
    },
    /// Multiply what clients send for a while.
    Spike {
        /// Name of the clients.
        node: String,
        /// Times as many.
        factor: f64,
        /// For how long, in microseconds.
        for_us: Micros,
    },
    /// Remove the entries of one tag from a cache, or end them.
    Purge {
        /// Name of the cache.
        node: String,
        /// Which tag, from 0.
        tag: u32,
        /// Whether they only end, so that the cache may still give them out.
        soft: bool,
    },
    /// Let a node stand still for a while, as in a garbage collection.
    Pause {
        /// Name of the node.
        node: String,
        /// Which of its instances, counted from 0; all if absent.
        slot: Option<u16>,
        /// For how long, in microseconds.
        for_us: Micros,
    },
    /// Let requests to a node fail for a while.
    Fail {
        /// Name of the node.
        node: String,
        /// Share of them.
        ratio: f64,
        /// For how long, in microseconds.
        for_us: Micros,
    },
    /// Lose messages between two nodes for a while.
    Lose {
        /// The two nodes.
        between: [String; 2],
        /// Share of them.
        ratio: f64,
        /// For how long, in microseconds.
        for_us: Micros,
    },
    /// Let all die that stands in a zone, and start again.
    Outage {
        /// Which.
        place: ZonePlace,
        /// For how long, in microseconds.
        for_us: Micros,
    },
}

/// A zone, and the region that it is of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Wire)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub struct ZonePlace {
    /// As scenario files call it: `a`.
    pub zone: String,
    /// As scenario files call it: `sydney`; none of nodes that stand in no region.
    pub region: Option<String>,
}
