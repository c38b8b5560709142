//! A node: a name and what stands there.

use super::{Balancer, Cache, Clients, Database, Service};

/// A named part of the system.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Unique name: letters, digits, `-` and `_`.
    pub name: String,
    /// What it is and how it is set.
    pub spec: NodeSpec,
}

/// What a node is and how it is set.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NodeSpec {
    /// Where requests come from.
    Clients(Clients),
    /// Spreads calls over other nodes.
    Balancer(Balancer),
    /// An application server: computes, and asks others.
    Service(Service),
    /// Keeps answers in memory.
    Cache(Cache),
    /// Stores the truth.
    Database(Database),
}

impl NodeSpec {
    /// The value of `kind` in a file.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Clients(_) => "clients",
            Self::Balancer(_) => "balancer",
            Self::Service(_) => "service",
            Self::Cache(_) => "cache",
            Self::Database(_) => "database",
        }
    }

    /// How many instances it starts with. Clients, a balancer and a database are one each.
    pub fn replicas(&self) -> u32 {
        match self {
            Self::Service(service) => service.replicas,
            Self::Cache(cache) => cache.replicas,
            Self::Clients(_) | Self::Balancer(_) | Self::Database(_) => 1,
        }
    }

    /// The nodes it calls, by name: in file order, a cache before what lies behind it.
    pub fn callees(&self) -> Vec<&str> {
        match self {
            Self::Clients(clients) => vec![&clients.to],
            Self::Balancer(balancer) => balancer.to.iter().map(String::as_str).collect(),
            Self::Service(service) => {
                let cache = service.cache.as_ref().map(|cache| cache.node.as_str());
                cache.into_iter().chain(service.to.as_deref()).collect()
            }
            Self::Cache(_) | Self::Database(_) => Vec::new(),
        }
    }

    /// What it costs.
    pub fn price(&self) -> &super::Price {
        match self {
            Self::Clients(clients) => &clients.price,
            Self::Balancer(balancer) => &balancer.price,
            Self::Service(service) => &service.price,
            Self::Cache(cache) => &cache.price,
            Self::Database(database) => &database.price,
        }
    }
}
