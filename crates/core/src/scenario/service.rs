//! An application server: computes, and asks others.

use serde::{Deserialize, Serialize, Serializer};

use super::{Price, Work, units};
use crate::sim::time::Nanos;

/// A stateless application server in one or more instances.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Service {
    /// Instances at the start. 1 to 200.
    pub replicas: u32,
    /// Cores of an instance: how many requests compute at one time.
    pub cores: u32,
    /// Threads or processes of an instance: how many requests are inside at one time. See [`Service::worker_limit`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workers: Option<u32>,
    /// Whether a request keeps its worker while it waits for another node.
    pub hold: bool,
    /// How many requests may wait for a worker of an instance; what does not fit is refused.
    pub queue: QueueLimit,
    /// Who is next.
    pub discipline: Discipline,
    /// Core time a request takes.
    pub service_time: Work,
    /// The cache it asks first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheUse>,
    /// The node it calls once its own work is done, or on a miss if it has a cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// How long it waits for an answer of another node. Without it, for ever.
    #[serde(serialize_with = "units::maybe_duration", skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Nanos>,
    /// From the start of a new instance until it is ready.
    #[serde(serialize_with = "units::duration")]
    pub start_up: Nanos,
    /// What happens to the work of a request that its caller gave up.
    pub on_cancel: OnCancel,
    /// Whether a request past its deadline is thrown away when its turn comes.
    pub drop_expired: bool,
    /// How long an instance that drains may finish what is inside.
    #[serde(serialize_with = "units::duration")]
    pub grace: Nanos,
    /// What it costs.
    pub price: Price,
}

impl Service {
    /// How many requests are inside an instance at one time: `workers`; without it as many as cores, or any number
    /// under processor sharing, where all inside share the cores.
    pub fn worker_limit(&self) -> u32 {
        match (self.workers, self.discipline) {
            (Some(workers), _) => workers,
            (None, Discipline::ProcessorSharing) => u32::MAX,
            (None, Discipline::Fifo | Discipline::Lifo) => self.cores,
        }
    }
}

/// How many may wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueueLimit {
    /// Any number, until the run's own limit.
    #[default]
    Unlimited,
    /// This many; what does not fit is refused.
    Limited(u32),
}

impl QueueLimit {
    /// Whether one more may wait where `waiting` wait already.
    pub fn has_room(self, waiting: usize) -> bool {
        match self {
            Self::Unlimited => true,
            Self::Limited(limit) => waiting < limit as usize,
        }
    }
}

impl Serialize for QueueLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unlimited => serializer.serialize_str("unlimited"),
            Self::Limited(limit) => serializer.serialize_u32(*limit),
        }
    }
}

/// Who is next, and how the cores are shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Discipline {
    /// First come, first served.
    #[default]
    Fifo,
    /// Last come, first served; work under way is not interrupted.
    Lifo,
    /// All inside share the cores equally, none faster than one core.
    ProcessorSharing,
}

/// What happens to the work of a request that its caller gave up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnCancel {
    /// It is finished for nobody, as most servers do.
    #[default]
    Finish,
    /// It stops as soon as the news arrives.
    Stop,
}

/// How a service uses a cache.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CacheUse {
    /// The cache's node.
    pub node: String,
    /// Who fills the cache, and when.
    pub pattern: Pattern,
    /// What happens to the cached value when a request writes.
    pub on_write: OnWrite,
}

/// Who fills a cache, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// The service asks the cache; on a miss it asks the node in `to` and puts the answer into the cache.
    #[default]
    CacheAside,
}

/// What happens to the cached value when a request writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnWrite {
    /// It is removed after the database has answered.
    #[default]
    Delete,
    /// The new value is put in after the database has answered.
    Update,
    /// Nothing: the old value stays until it leaves by itself.
    None,
}
