//! The series of a run as a CSV table: a line for each window, under the names that figures have everywhere. The command
//! line writes it to a file, the page offers it to be saved. Left out: the window that is not closed yet.

use super::Session;
use crate::metrics::{NodeRow, Row};
use crate::sim::time::seconds;

/// A column: its name and its value in a row.
type Column<R> = (&'static str, fn(&R) -> Option<f64>);

/// Columns of the whole system.
const COLUMNS: [Column<Row>; 10] = [
    ("to_s", |row| Some(row.to_s)),
    ("requests.sent", |row| Some(row.sent as f64)),
    ("requests.ok", |row| Some(row.ok as f64)),
    ("requests.failed", |row| Some(row.failed as f64)),
    ("requests.open", |row| Some(f64::from(row.open))),
    ("latency_s.mean", |row| row.latency_s.mean),
    ("latency_s.p50", |row| row.latency_s.p50),
    ("latency_s.p95", |row| row.latency_s.p95),
    ("latency_s.p99", |row| row.latency_s.p99),
    ("latency_s.max", |row| row.latency_s.max),
];

/// Columns of each node.
const NODE_COLUMNS: [Column<NodeRow>; 12] = [
    ("throughput_per_s", |node| Some(node.calls_per_s)),
    ("utilisation", |node| node.utilisation),
    ("hit_ratio", |node| node.hit_ratio),
    ("stale_reads_per_s", |node| Some(node.stale_reads_per_s)),
    ("mean_wait_s", |node| node.mean_wait_s),
    ("queue", |node| Some(node.queue as f64)),
    ("inside", |node| Some(node.inside as f64)),
    ("instances", |node| Some(f64::from(node.instances))),
    ("connections", |node| Some(f64::from(node.connections))),
    ("pool_in_use", |node| Some(f64::from(node.pool_in_use))),
    ("pool_waiting", |node| Some(f64::from(node.pool_waiting))),
    ("breaker", |node| node.breaker.map(f64::from)),
];

impl Session {
    /// The table of the windows up to now.
    pub fn series(&self) -> String {
        let nodes = &self.origin.nodes;
        let own = COLUMNS.iter().map(|(name, _)| (*name).to_owned());
        let of_nodes = nodes
            .iter()
            .flat_map(|node| NODE_COLUMNS.iter().map(|(name, _)| format!("nodes.{}.{name}", node.name)));
        let mut text = own.chain(of_nodes).collect::<Vec<_>>().join(",");
        text.push('\n');
        // The run may have been further before it was sought back.
        let now = seconds(self.now());
        for row in self.rows(0, 1).rows.iter().take_while(|row| row.to_s <= now) {
            let own = COLUMNS.iter().map(|(_, value)| value(row));
            let of_nodes =
                row.nodes.iter().flat_map(|node| NODE_COLUMNS.iter().map(|(_, value)| value(node)));
            let cells =
                own.chain(of_nodes).map(|value| value.map_or_else(String::new, |value| value.to_string()));
            text.push_str(&cells.collect::<Vec<_>>().join(","));
            text.push('\n');
        }
        text
    }
}
