//! The windows of a run as charts plot them: by the time things *ended*, one row a window.

use super::figures::{LatencyFigures, ratio};
use super::histogram::Counts;
use super::levels;
use super::recorder::Recorder;
use super::report::Latency;
use super::tally::Tally;
use super::window::{NodeWindow, Window};
use crate::scenario::{NodeSpec, Scenario};
use crate::sim::time::seconds;
use serde::Serialize;
use std::ops::Range;

/// Rows of consecutive closed windows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rows {
    /// Seconds a window lasts. It doubles in very long runs; then all rows are new.
    pub width_s: f64,
    /// Number of the first row.
    pub first: u64,
    /// The rows in order.
    pub rows: Vec<Row>,
}

/// One window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// When it ended, in seconds.
    pub to_s: f64,
    /// Requests that were sent.
    pub sent: u64,
    /// Requests that ended well.
    pub ok: u64,
    /// Requests that ended otherwise.
    pub failed: u64,
    /// Requests open at its end.
    pub open: u32,
    /// Latency of those that ended, whatever their outcome.
    pub latency_s: Latency,
    /// By node, in the order of the scenario.
    pub nodes: Vec<NodeRow>,
    /// p95 of the requests of each clients node that ended, in their order, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins_p95_s: Vec<Option<f64>>,
    /// p99 of the requests for each path that ended, in the order of the paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths_p99_s: Vec<Option<f64>>,
}

/// One node in one window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeRow {
    /// Calls that ended per second.
    pub calls_per_s: f64,
    /// Visits turned away per second.
    pub refused_per_s: f64,
    /// Hits of all lookups; none without lookups.
    pub hit_ratio: Option<f64>,
    /// Reads per second answered with a value older than the committed one.
    pub stale_reads_per_s: f64,
    /// Cores in use of those there were; none without cores.
    pub utilisation: Option<f64>,
    /// Mean time from arrival to being let in, in seconds.
    pub mean_wait_s: Option<f64>,
    /// Visits that wait, at its end.
    pub queue: u64,
    /// Visits inside, at its end.
    pub inside: u64,
    /// Instances ready, at its end.
    pub instances: u32,
    /// Connections open to it, at its end.
    pub connections: u32,
    /// Connections of its pools in use, at its end.
    pub pool_in_use: u32,
    /// Calls that wait for one, at its end.
    pub pool_waiting: u32,
    /// Entries stored, at its end.
    pub entries: u64,
    /// Share of core time that was for nobody.
    pub wasted_ratio: Option<f64>,
    /// Mean time of a call to it, as its callers saw it, in seconds.
    pub mean_call_s: Option<f64>,
    /// The part of that for which they waited for a connection.
    pub mean_connection_wait_s: Option<f64>,
    /// What only a cache has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheRow>,
    /// The breaker of its calls that lets least through, at its end: 0 closed, 1 half-open, 2 open; of nodes that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaker: Option<u8>,
}

/// One cache in one window, beside what every node has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CacheRow {
    /// Misses per second answered by somebody else's load.
    pub coalesced_per_s: f64,
    /// Reads per second answered with a copy that had ended, because loading it failed.
    pub stale_on_error_per_s: f64,
    /// Writes answered and not yet written, at its end.
    pub buffered_writes: u64,
    /// Lookups answered here or by a cache before, of those that came to the first; none where it is the only one.
    pub combined_hit_ratio: Option<f64>,
    /// For how long the newest value had been committed when an older one was answered, at most, in seconds; 0 where
    /// none was.
    pub oldest_read_s: f64,
}

/// Adds what the caches of `scenario` answer together, where there are several.
pub(crate) fn combine(scenario: &Scenario, rows: &mut Rows) {
    if scenario.nodes.iter().filter(|node| matches!(node.spec, NodeSpec::Cache(_))).count() < 2 {
        return;
    }
    for row in &mut rows.rows {
        let hit_ratios: Vec<Option<f64>> = row.nodes.iter().map(|node| node.hit_ratio).collect();
        for (node, combined) in row.nodes.iter_mut().zip(levels::combined(scenario, &hit_ratios)) {
            if let Some(cache) = &mut node.cache {
                cache.combined_hit_ratio = combined;
            }
        }
    }
}

impl Recorder {
    /// Rows of the closed windows from number `first` on. Percentiles are of the `together` windows that end there, at
    /// least 1: those of several windows cannot be had from those of each.
    pub fn rows(&self, first: usize, together: usize) -> Rows {
        let series = self.series();
        let width = seconds(series.width());
        let mut open_before =
            first.checked_sub(1).and_then(|before| series.get(before)).map_or(0, |row| row.open);
        let mut counts = Counts::default();
        let rows = series.iter_from(first).enumerate().map(|(index, window)| {
            let last = first + index;
            let ended = (last + 1).saturating_sub(together.max(1))..last;
            let before = ended.filter_map(|number| series.get(number));
            let (paths, origins) = (0..self.paths(), self.paths()..window.parts_ended.len());
            let of_parts = |parts: Range<usize>, percentile: fn(&Latency) -> Option<f64>| {
                parts.map(|part| percentile(&part_latency(window, before.clone(), part))).collect()
            };
            let (paths_p99_s, origins_p95_s) =
                (of_parts(paths, |latency| latency.p99), of_parts(origins, |latency| latency.p95));
            let latency_s = latency(window, before, &mut counts);
            let to_s = seconds(series.start(last + 1));
            let row = Row { origins_p95_s, paths_p99_s, ..row(window, to_s, width, open_before, latency_s) };
            open_before = window.open;
            row
        });
        Rows { width_s: width, first: first as u64, rows: rows.collect() }
    }
}

/// Latency in `window`, its percentiles over that one and those `before` it. `counts` is empty before and after.
fn latency<'a>(window: &'a Window, before: impl Iterator<Item = &'a Window>, counts: &mut Counts) -> Latency {
    let mut all = LatencyFigures { sum: 0, max: 0, counts: std::mem::take(counts) };
    add(&mut all, window);
    let own = Latency::without_percentiles(&all);
    before.for_each(|window| add(&mut all, window));
    let latency_s = own.with_percentiles(&all);
    all.counts.clear();
    *counts = all.counts;
    latency_s
}

/// Percentiles of the requests of one part, over the same windows.
fn part_latency<'a>(window: &'a Window, before: impl Iterator<Item = &'a Window>, part: usize) -> Latency {
    let mut all = LatencyFigures::default();
    for window in before.chain([window]) {
        window.parts_ended.get(part).into_iter().for_each(|ended| add_ended(&mut all, ended));
    }
    Latency::default().with_percentiles(&all)
}

fn add(all: &mut LatencyFigures, window: &Window) {
    window.ended().into_iter().for_each(|ended| add_ended(all, ended));
}

fn add_ended(all: &mut LatencyFigures, ended: &Tally) {
    for part in [&ended.ok, &ended.failed] {
        all.sum += u128::from(part.sum);
        all.max = all.max.max(part.max);
        all.counts.add_sparse(&part.histogram);
    }
}

fn row(window: &Window, to_s: f64, width: f64, open_before: u32, latency_s: Latency) -> Row {
    let sum = |count: fn(&Tally) -> u64| window.ended().into_iter().map(count).sum::<u64>();
    let (ended, ok) = (sum(Tally::ended), sum(Tally::succeeded));
    let sent = (ended + u64::from(window.open)).saturating_sub(u64::from(open_before));
    Row {
        to_s,
        sent,
        ok,
        failed: ended - ok,
        open: window.open,
        latency_s,
        nodes: window.nodes.iter().map(|node| node_row(node, width)).collect(),
        origins_p95_s: Vec::new(),
        paths_p99_s: Vec::new(),
    }
}

fn node_row(node: &NodeWindow, width: f64) -> NodeRow {
    let calls: u64 = node.calls.iter().map(|count| u64::from(*count)).sum();
    let samples = u64::from(node.samples.max(1));
    NodeRow {
        calls_per_s: calls as f64 / width,
        refused_per_s: f64::from(node.refused) / width,
        hit_ratio: ratio(f64::from(node.hits), f64::from(node.hits) + f64::from(node.misses)),
        stale_reads_per_s: f64::from(node.stale_reads) / width,
        utilisation: ratio(node.busy as f64, node.capacity as f64),
        mean_wait_s: ratio(node.wait as f64 / 1e9, f64::from(node.visits)),
        queue: node.queue / samples,
        inside: node.inside / samples,
        instances: node.instances,
        connections: node.connections,
        pool_in_use: node.pool_in_use,
        pool_waiting: node.pool_waiting,
        entries: node.entries,
        wasted_ratio: ratio(node.wasted as f64, node.worked as f64),
        mean_call_s: ratio(node.call_time as f64 / 1e9, calls as f64),
        mean_connection_wait_s: ratio(node.connection_wait as f64 / 1e9, calls as f64),
        cache: (node.entries_limit > 0).then(|| CacheRow {
            coalesced_per_s: f64::from(node.coalesced) / width,
            stale_on_error_per_s: f64::from(node.stale_on_error) / width,
            buffered_writes: node.buffered,
            combined_hit_ratio: None,
            oldest_read_s: node.stale_age_max as f64 / 1e9,
        }),
        breaker: node.breaker.checked_sub(1),
    }
}
