//! Spreads calls over other nodes.

use serde::{Deserialize, Serialize};

use super::{Price, Work};

/// Spreads calls over the ready instances of other nodes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Balancer {
    /// How it chooses.
    pub algorithm: Algorithm,
    /// The nodes behind it.
    pub to: Vec<String>,
    /// Time it takes to choose and pass on. Without it, none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_time: Option<Work>,
    /// What it costs.
    pub price: Price,
}

/// How a balancer chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// One after another.
    #[default]
    RoundRobin,
    /// Any, alike.
    Random,
    /// The one with the fewest calls under way.
    LeastConnections,
}
