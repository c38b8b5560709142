//! The description of a system: what it is made of, what load it gets, what happens to it. Plain data that a run
//! reads and never changes.

mod action;
mod arrivals;
mod balancer;
mod cache;
mod clients;
mod database;
mod keys;
mod link;
mod node;
mod price;
mod service;
mod units;
mod value;
mod work;

use std::ops::Range;

pub use action::{Action, Target, TimedAction};
pub use arrivals::{Arrivals, Point, Profile, Shape, Spacing};
pub use balancer::{Algorithm, Balancer};
pub use cache::{Cache, Capacity, Policy};
pub use clients::Clients;
pub use database::Database;
pub use keys::Keys;
pub use link::{Link, Pool, ResetOnReturn};
pub use node::{Node, NodeSpec};
pub use price::{MicroDollars, Price};
pub use service::{CacheUse, Discipline, OnCancel, OnWrite, Pattern, QueueLimit, Service};
pub use units::{format_duration, format_size};
pub use value::Value;
pub use work::Work;

use crate::sim::time::Nanos;

/// A system, its load and what happens to it: everything a run depends on besides the engine's version.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What people call it.
    pub title: String,
    /// Start of every random stream. Below 2^53, so that it survives JSON.
    pub seed: u64,
    /// Length of the run in simulated time.
    pub duration: Nanos,
    /// Statistics start here; before it the system fills.
    pub warmup: Nanos,
    /// Charts show a moving window of this length; without it, the whole run.
    pub view: Option<Nanos>,
    /// The nodes in the order of the file.
    pub nodes: Vec<Node>,
    /// The links that have settings, in the order of the file. Two connected nodes without an entry are joined by
    /// a link that costs nothing.
    pub links: Vec<Link>,
    /// What happens by itself, in the order of time; at one time, in the order of the file.
    pub actions: Vec<TimedAction>,
    /// What a run may use before it stops as overloaded.
    pub limits: Limits,
}

/// What a run may use before it stops as overloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Limits {
    /// Calls and visits alive at one time.
    pub alive: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { alive: 125_000 }
    }
}

/// Something wrong with a scenario, where it is and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The place as a path of keys, such as `nodes.cache.capacity`; empty for the whole file.
    pub path: String,
    /// The place as bytes of the text; `None` if the problem is not in a text (a changed setting).
    pub span: Option<Range<usize>>,
    /// What is wrong and what would be right: `0 keys; give at least 1`.
    pub message: String,
    /// A suggestion, such as the key that was probably meant.
    pub help: Option<String>,
}
