//! The description of a system: what it is made of, what load it gets, what happens to it. Plain data that a run
//! reads and never changes.
//!
//! [`Scenario::read`] reads a file and tells all that is wrong with it; [`Scenario::with`] changes settings by their
//! path. A file per kind of thing ([`Clients`], [`Arrivals`], [`Service`], [`Link`], …) holds its type, its ranges and
//! how it is read; `read` holds what they share, `check` what only the whole can tell.

mod action;
mod arrivals;
mod balancer;
mod cache;
mod check;
mod clients;
mod database;
mod edit;
mod file;
mod keys;
mod link;
mod node;
mod price;
mod problem;
mod read;
mod service;
mod units;
mod value;
mod work;

use std::sync::Arc;

pub use action::{Action, Target, TimedAction};
pub use arrivals::{Arrivals, Point, Profile, Shape, Spacing};
pub use balancer::{Algorithm, Balancer};
pub use cache::{Cache, Capacity, Policy};
pub use clients::Clients;
pub use database::Database;
pub use file::LONGEST_TEXT;
pub use keys::Keys;
pub use link::{Link, Pool, ResetOnReturn};
pub use node::{Node, NodeSpec};
pub use price::{MicroDollars, Price};
pub use problem::Problem;
pub use service::{CacheUse, Discipline, OnCancel, OnWrite, Pattern, QueueLimit, Service};
pub use units::{format_duration, format_size};
pub use value::Value;
pub use work::Work;

use crate::sim::time::Nanos;

/// A system, its load and what happens to it: everything a run depends on besides the engine's version.
#[derive(Clone, Debug)]
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
    /// What was read, for [`Scenario::with`] and [`Scenario::get`].
    tree: Arc<read::Tree>,
}

/// Two scenarios are equal if they run alike, however they were written.
impl PartialEq for Scenario {
    fn eq(&self, other: &Self) -> bool {
        let Self { title, seed, duration, warmup, view, nodes, links, actions, limits, tree: _ } = self;
        *title == other.title
            && *seed == other.seed
            && *duration == other.duration
            && *warmup == other.warmup
            && *view == other.view
            && *nodes == other.nodes
            && *links == other.links
            && *actions == other.actions
            && *limits == other.limits
    }
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

impl Scenario {
    /// The node of a name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The settings of the link between two nodes, if it has any.
    pub fn link(&self, from: &str, to: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.from == from && link.to == to)
    }
}
