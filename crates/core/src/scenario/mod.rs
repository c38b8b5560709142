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
mod chaos;
mod check;
mod clients;
mod database;
mod edit;
mod file;
mod headers;
mod health;
mod keys;
mod link;
mod node;
mod paths;
mod price;
mod problem;
mod protection;
mod read;
mod region;
mod resilience;
#[cfg(feature = "schema")]
mod schema;
mod service;
mod units;
mod value;
mod work;
mod zone;

#[cfg(feature = "schema")]
use std::collections::BTreeMap;
use std::sync::Arc;

pub use action::{Action, Target, TimedAction};
pub use arrivals::{Arrivals, Point, Profile, Shape, Spacing};
pub use balancer::{Algorithm, Balancer, Layer};
pub use cache::{Cache, Capacity, Expiry, OnMiss, Policy, RaceGuard, Removal, Routing, WriteBuffer, Writes};
pub use chaos::{Breakage, Chaos};
pub use clients::{Addresses, Clients, Priority};
pub use database::Database;
pub use file::LONGEST_TEXT;
pub use headers::{CookieShare, HeaderShare};
pub use health::{HealthCheck, OutlierDetection};
pub use keys::Keys;
pub use link::{Link, Pool, ResetOnReturn};
pub use node::{Node, NodeSpec};
pub use paths::{PathShare, PathTime, Route, number_of};
pub use price::{MicroDollars, Price};
pub use problem::Problem;
pub use protection::{AdaptiveLimit, ControlledDelay, LimitFor, RateLimit};
pub use region::{Place, Region};
pub use resilience::{Breaker, Hedging, Retry, Throttle};
#[cfg(feature = "schema")]
pub use schema::json_schema;
#[cfg(all(test, feature = "schema"))]
pub(crate) use schema::tests as schema_tests;
pub use service::{CacheUse, Discipline, OnCancel, OnWrite, Pattern, QueueLimit, Service};
pub use units::{format_duration, format_size, read_duration, read_size};
pub use value::Value;
pub use work::Work;
pub use zone::Zone;

use crate::sim::time::Nanos;
#[cfg(feature = "schema")]
use schema::{Duration, SomeDuration, Text};

/// A system, its load and what happens to it: everything a run depends on besides the engine's version.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "restart")))]
pub struct Scenario {
    /// What people call it.
    #[cfg_attr(feature = "schema", schemars(with = "Text", extend("x-live" = "now")))]
    pub title: String,
    /// Start of every random stream. Below 2^53, so that it survives JSON.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = (1_u64 << 53) - 1), extend("default" = 1)))]
    pub seed: u64,
    /// Length of the run in simulated time.
    #[cfg_attr(feature = "schema", schemars(with = "SomeDuration"))]
    pub duration: Nanos,
    /// Statistics start here; before it the system fills.
    #[cfg_attr(feature = "schema", schemars(with = "Duration", extend("default" = "0s")))]
    pub warmup: Nanos,
    /// Charts show a moving window of this length; without it, the whole run.
    #[cfg_attr(feature = "schema", schemars(with = "Option<SomeDuration>", extend("x-live" = "now")))]
    pub view: Option<Nanos>,
    /// The nodes in the order of the file.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, NodeSpec>"))]
    pub nodes: Vec<Node>,
    /// The links that have settings, in the order of the file. Two connected nodes without an entry are joined by
    /// a link that costs nothing.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "BTreeMap<String, Link>", extend("default" = serde_json::json!({})))
    )]
    pub links: Vec<Link>,
    /// Where nodes stand. A link between two places whose `latency` is 0 has half of their round trip.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "region::Regions", extend("default" = serde_json::json!({})))
    )]
    pub regions: Vec<Place>,
    /// What happens by itself, in the order of time; at one time, in the order of the file.
    #[cfg_attr(feature = "schema", schemars(length(max = 1000), extend("default" = serde_json::json!([]))))]
    pub actions: Vec<TimedAction>,
    /// What breaks by itself, at times that the seed decides. Without it, nothing does.
    pub chaos: Option<Chaos>,
    /// What a run may use before it stops as overloaded.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Limits::default())))]
    pub limits: Limits,
    /// What was read, for [`Scenario::with`] and [`Scenario::get`].
    #[cfg_attr(feature = "schema", schemars(skip))]
    tree: Arc<read::Tree>,
}

/// Two scenarios are equal if they run alike, however they were written.
impl PartialEq for Scenario {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            title,
            seed,
            duration,
            warmup,
            view,
            nodes,
            links,
            regions,
            actions,
            chaos,
            limits,
            tree: _,
        } = self;
        *title == other.title
            && *seed == other.seed
            && *duration == other.duration
            && *warmup == other.warmup
            && *view == other.view
            && *nodes == other.nodes
            && *links == other.links
            && *regions == other.regions
            && *actions == other.actions
            && *chaos == other.chaos
            && *limits == other.limits
    }
}

/// What a run may use before it stops as overloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "restart")))]
pub struct Limits {
    /// Calls and visits alive at one time.
    #[cfg_attr(
        feature = "schema",
        schemars(
            range(min = 1, max = 500000),
            extend("x-unit" = "calls and visits", "default" = Limits::default().alive)
        )
    )]
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

    /// Where a node stands, if that is said.
    pub fn region(&self, node: &str) -> Option<Region> {
        let holds = |place: &&Place| place.nodes.iter().any(|name| name == node);
        self.regions.iter().find(holds).map(|place| place.region)
    }

    /// How long a message takes between two nodes, in ns: what its link says; else half of the round trip between their
    /// places; else no time.
    pub fn latency(&self, from: &str, to: &str) -> Nanos {
        let said = self.link(from, to).map_or(0, |link| link.latency);
        let places = || Some(self.region(from)?.round_trip(self.region(to)?) / 2);
        if said > 0 { said } else { places().unwrap_or(0) }
    }

    /// The settings of the link between two nodes, if it has any.
    pub fn link(&self, from: &str, to: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.from == from && link.to == to)
    }
}
