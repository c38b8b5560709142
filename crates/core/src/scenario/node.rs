//! A node: a name and what stands there.

use super::read::Field;
use super::{Arrivals, Balancer, Cache, Clients, Database, Service};

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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

    /// How many instances it starts with. Clients and a database are one each.
    pub fn replicas(&self) -> u32 {
        match self {
            Self::Service(service) => service.replicas,
            Self::Cache(cache) => cache.replicas,
            Self::Balancer(balancer) => balancer.replicas,
            Self::Clients(_) | Self::Database(_) => 1,
        }
    }

    /// The nodes it calls, by name: in file order, a cache before what lies behind it.
    pub fn callees(&self) -> Vec<&str> {
        match self {
            Self::Clients(clients) => vec![&clients.to],
            Self::Balancer(balancer) => balancer.behind(),
            Self::Service(service) => {
                let cache = service.cache.as_ref().map(|cache| cache.node.as_str());
                let others = [service.to.as_deref(), service.writes_to.as_deref()];
                cache.into_iter().chain(others.into_iter().flatten()).collect()
            }
            Self::Cache(cache) => cache.to.as_deref().into_iter().collect(),
            Self::Database(_) => Vec::new(),
        }
    }

    /// The first of its settings, in view of another's, that a running node cannot change.
    pub(super) fn restart_key(&self, new: &Self) -> Option<&'static str> {
        match (self, new) {
            (Self::Clients(old), Self::Clients(new)) => {
                let is_closed = |clients: &Clients| matches!(clients.arrivals, Arrivals::Closed { .. });
                let process = (is_closed(old) != is_closed(new)).then_some("arrivals.process");
                let names = |clients: &Clients| -> Vec<String> {
                    clients.paths.iter().map(|of| of.path.clone()).collect()
                };
                let paths = (names(old) != names(new)).then_some("paths");
                (old.to != new.to).then_some("to").or(process).or(paths)
            }
            (Self::Balancer(old), Self::Balancer(new)) => {
                let routes = (old.behind() != new.behind()).then_some("routes");
                (old.to != new.to).then_some("to").or(routes)
            }
            (Self::Service(old), Self::Service(new)) => {
                let node = |service: &Service| service.cache.as_ref().map(|cache| cache.node.clone());
                let cache = (node(old) != node(new)).then_some("cache.node");
                // The order of service is what the processor is, and those inside are in it.
                let discipline = (old.discipline != new.discipline).then_some("discipline");
                let writes_to = (old.writes_to != new.writes_to).then_some("writes_to");
                let zones = (old.zones != new.zones).then_some("zones");
                (old.to != new.to).then_some("to").or(writes_to).or(cache).or(discipline).or(zones)
            }
            (Self::Cache(old), Self::Cache(new)) => {
                let room = (old.capacity.is_some() != new.capacity.is_some()).then_some("capacity_bytes");
                let zones = (old.zones != new.zones).then_some("zones");
                (old.to != new.to).then_some("to").or(room).or(zones)
            }
            (Self::Database(_), Self::Database(_)) => None,
            _ => Some("kind"),
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

impl Node {
    pub(super) fn read(name: &str, field: Field<'_>) -> Option<Self> {
        let spec = NodeSpec::read(field);
        if !is_name(name) {
            return field.reject(
                "not a name for a node; use at most 40 letters, digits, `-` and `_`, and not `none`"
                    .to_owned(),
            );
        }
        Some(Self { name: name.to_owned(), spec: spec? })
    }
}

/// Names stand in paths, links and tables, and `none` means that there is no node.
fn is_name(text: &str) -> bool {
    let is_good = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    !text.is_empty() && text.chars().count() <= 40 && text.chars().all(is_good) && text != "none"
}

impl NodeSpec {
    fn read(field: Field<'_>) -> Option<Self> {
        field.table(|fields| {
            let names = ["clients", "balancer", "service", "cache", "database"];
            match fields.tag("kind", "what it is", &names)? {
                "clients" => Clients::read(fields).map(Self::Clients),
                "balancer" => Balancer::read(fields).map(Self::Balancer),
                "service" => Service::read(fields).map(Self::Service),
                "cache" => Cache::read(fields).map(Self::Cache),
                _ => Database::read(fields).map(Self::Database),
            }
        })
    }
}
