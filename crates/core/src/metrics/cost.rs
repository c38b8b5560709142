//! What a system costs in an hour, with a receipt for each node.
//!
//! Money is whole millionths of a dollar; each line is rounded half up once. Instances, cores and room are paid as
//! they are set at the time of asking (an instance that died is still paid, one that was added is too); calls by the
//! rate at which they were answered. Left out: discounts, traffic between zones, billing by the second.

use crate::scenario::{Capacity, MicroDollars, Node, NodeSpec};
use crate::sim::time::{Nanos, SECOND};
use serde::Serialize;

/// How much of what is paid for a node has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Instances, at least those it is set to have.
    pub instances: u64,
    /// Calls it answered.
    pub calls: u64,
    /// In this time.
    pub length: Nanos,
}

/// What a node costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Receipt {
    /// The node.
    pub node: String,
    /// What is paid for, without lines that cost nothing.
    pub lines: Vec<ReceiptLine>,
    /// Dollars an hour.
    #[serde(serialize_with = "dollars")]
    pub per_hour: MicroDollars,
}

/// One thing that is paid for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReceiptLine {
    /// The name of its price in the scenario: `per_core_hour`.
    pub price: &'static str,
    /// How many of them.
    pub quantity: f64,
    /// Dollars for one.
    #[serde(serialize_with = "dollars")]
    pub each: MicroDollars,
    /// Dollars an hour for all.
    #[serde(serialize_with = "dollars")]
    pub per_hour: MicroDollars,
}

/// What a node costs in an hour.
pub fn receipt(node: &Node, usage: Usage) -> Receipt {
    let instances = usage.instances.max(u64::from(node.spec.replicas()));
    let (keys, bytes) = room(&node.spec);
    let price = node.spec.price();
    // Quantity as a fraction, so that 1,500 keys at a price for 1,000 are 1.5 of them exactly.
    let calls = (u128::from(usage.calls) * 3600 * u128::from(SECOND), u128::from(usage.length) * 1_000_000);
    let lines: Vec<ReceiptLine> = [
        ("per_hour", price.per_hour, (u128::from(instances), 1)),
        ("per_core_hour", price.per_core_hour, (u128::from(instances * cores(&node.spec)), 1)),
        ("per_1000_keys_hour", price.per_1000_keys_hour, (u128::from(instances) * u128::from(keys), 1000)),
        ("per_gib_hour", price.per_gib_hour, (u128::from(instances) * u128::from(bytes), 1 << 30)),
        ("per_million_calls", price.per_million_calls, calls),
    ]
    .into_iter()
    .filter(|(_, each, (part, whole))| *each > 0 && *part > 0 && *whole > 0)
    .map(|(price, each, (part, whole))| ReceiptLine {
        price,
        quantity: part as f64 / whole as f64,
        each,
        per_hour: half_up(u128::from(each).saturating_mul(part), whole),
    })
    .collect();
    let per_hour = lines.iter().map(|line| line.per_hour).fold(0, MicroDollars::saturating_add);
    Receipt { node: node.name.clone(), lines, per_hour }
}

/// Millionths as dollars.
pub fn in_dollars(amount: MicroDollars) -> f64 {
    amount as f64 / 1e6
}

fn dollars<S: serde::Serializer>(amount: &MicroDollars, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(in_dollars(*amount))
}

fn half_up(part: u128, whole: u128) -> MicroDollars {
    MicroDollars::try_from(part.saturating_add(whole / 2) / whole).unwrap_or(MicroDollars::MAX)
}

/// Cores of an instance.
fn cores(spec: &NodeSpec) -> u64 {
    match spec {
        NodeSpec::Service(service) => u64::from(service.cores),
        NodeSpec::Database(database) => u64::from(database.cores()),
        NodeSpec::Clients(_) | NodeSpec::Balancer(_) | NodeSpec::Cache(_) => 0,
    }
}

/// Keys and bytes an instance has room for.
fn room(spec: &NodeSpec) -> (u64, u64) {
    match spec {
        NodeSpec::Cache(cache) => match cache.room() {
            Capacity::Entries(keys) => (keys, 0),
            Capacity::Bytes(bytes) => (0, bytes),
        },
        NodeSpec::Clients(_) | NodeSpec::Balancer(_) | NodeSpec::Service(_) | NodeSpec::Database(_) => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Cache, Price, Scenario};

    fn cache(capacity: Option<u64>, capacity_bytes: Option<u64>, price: Price) -> Node {
        let text = r#"
            title = "a cache"
            duration = "1s"
            [nodes.clients]
            kind = "clients"
            to = "cache"
            arrivals = { process = "poisson", rate = 1 }
            [nodes.cache]
            kind = "cache"
            capacity = 1
            to = "database"
            [nodes.database]
            kind = "database"
            service_time = { distribution = "fixed", value = "1ms" }
        "#;
        let scenario = Scenario::read(text).unwrap();
        let Some(NodeSpec::Cache(spec)) = scenario.node("cache").map(|node| node.spec.clone()) else {
            panic!("there is a cache");
        };
        let spec = Cache { capacity, capacity_bytes, price, ..spec };
        Node { name: "cache".into(), spec: NodeSpec::Cache(spec) }
    }

    /// The cache of the first cache lab: $0.04 an hour and $0.05 for each 1,000 keys.
    #[test]
    fn room_is_paid_by_the_part() {
        let price = Price { per_hour: 40_000, per_1000_keys_hour: 50_000, ..Price::default() };
        // keys, instances, millionths an hour
        for (keys, instances, expected) in
            [(2_000, 1, 140_000), (500, 1, 65_000), (500, 0, 65_000), (1, 1, 40_050), (500, 3, 195_000)]
        {
            let usage = Usage { instances, ..Usage::default() };
            assert_eq!(
                receipt(&cache(Some(keys), None, price), usage).per_hour,
                expected,
                "{keys} {instances}"
            );
        }
    }

    #[test]
    fn halves_round_up() {
        let price = Price { per_1000_keys_hour: 1, ..Price::default() };
        for (keys, expected) in [(499, 0), (500, 1), (1_499, 1), (1_500, 2)] {
            assert_eq!(
                receipt(&cache(Some(keys), None, price), Usage::default()).per_hour,
                expected,
                "{keys}"
            );
        }
    }

    #[test]
    fn bytes_and_calls_are_paid() {
        let price = Price { per_gib_hour: 20_000, per_million_calls: 400_000, ..Price::default() };
        // 50,000 calls in 10 s are 18 million an hour.
        let usage = Usage { instances: 1, calls: 50_000, length: 10 * SECOND };
        let receipt = receipt(&cache(None, Some(3 << 29), price), usage);
        let lines: Vec<_> =
            receipt.lines.iter().map(|line| (line.price, line.quantity, line.per_hour)).collect();
        assert_eq!(lines, [("per_gib_hour", 1.5, 30_000), ("per_million_calls", 18.0, 7_200_000)]);
        assert_eq!(receipt.per_hour, 7_230_000);
    }
}
