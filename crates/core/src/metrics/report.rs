//! The figures of a run under the names that goals, charts, predictions, CSV and the command line share.
//!
//! A figure's name is its path in the JSON of a [`Report`]: `latency_s.p99`, `requests.ok_ratio`,
//! `nodes.cache.hit_ratio`. Ratios and percentiles of nothing are absent. Times are in seconds, money in dollars an
//! hour.

use super::cost::{Receipt, Usage, in_dollars, receipt};
use super::figures::{Figures, LatencyFigures, NodeFigures, ratio};
use super::levels;
use super::part::PartFigures;
use crate::ENGINE;
use crate::scenario::{Cache, Node, NodeSpec, Scenario, Service, Writes};
use crate::sim::record::{NodeIndex, Outcome};
use crate::sim::time::{MILLISECOND, Nanos, seconds};
use serde::Serialize;
use std::collections::BTreeMap;

/// The figures of a stretch of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What identifies the run: 16 hexadecimal digits.
    pub digest: String,
    /// The engine that made it.
    pub engine: u32,
    /// The seed it started from.
    pub seed: u64,
    /// Simulated seconds the run took.
    pub duration_s: f64,
    /// The stretch the figures are about.
    pub window_s: WindowSeconds,
    /// The limit that ended the run early, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overloaded: Option<String>,
    /// Requests the clients sent in the stretch.
    pub requests: Requests,
    /// Latency of those that ended, whatever their outcome.
    pub latency_s: Latency,
    /// Latency of those that ended well.
    pub latency_ok_s: Latency,
    /// Requests that ended well in the stretch, per second.
    pub throughput_per_s: f64,
    /// How long a newer value had been committed, at most, when a cache still gave out an older one; 0 if none did.
    /// Absent where there is no cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_read_s: Option<f64>,
    /// By name of the node.
    pub nodes: BTreeMap<String, NodeReport>,
    /// By path; of systems whose requests have some.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub paths: BTreeMap<String, PathReport>,
    /// What the system costs in an hour.
    pub cost_per_hour: f64,
    /// What makes up the cost, for nodes that cost anything.
    pub receipt: Vec<Receipt>,
}

/// A stretch of a run in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WindowSeconds {
    /// Start.
    pub from: f64,
    /// End.
    pub to: f64,
}

/// Requests of the clients.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Requests {
    /// Sent in the stretch.
    pub sent: u64,
    /// Of these, ended well.
    pub ok: u64,
    /// Of these, ended otherwise.
    pub failed: u64,
    /// Of these, still open at the end.
    pub open: u64,
    /// `ok / (ok + failed)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok_ratio: Option<f64>,
    /// Those that failed, by how they ended.
    pub by_error: BTreeMap<&'static str, u64>,
}

/// Requests for one path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathReport {
    /// Sent in the stretch and ended well.
    pub ok: u64,
    /// Sent in the stretch and ended otherwise.
    pub failed: u64,
    /// `ok / (ok + failed)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok_ratio: Option<f64>,
    /// Latency of those that ended, whatever their outcome.
    pub latency_s: Latency,
}

/// Latencies in seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    /// Average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// Half took no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// 95 of 100 took no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    /// 99 of 100 took no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
    /// Longest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Share that took longer than 100 ms, at which people begin to notice (Nielsen, 1993). 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_100ms: Option<f64>,
    /// How many were measured.
    pub count: u64,
    /// Percentiles with fewer than 10 samples beyond them: not enough requests to say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub too_few: Vec<&'static str>,
}

/// A node's figures; those that its kind does not have are absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct NodeReport {
    /// Its kind, as in the scenario.
    pub kind: &'static str,
    /// Of clients where there are several: latency of their requests that ended, whatever their outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_s: Option<Latency>,
    /// Instances ready at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instances: Option<u32>,
    /// Calls to it that ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<u64>,
    /// Of these, further attempts: retries and second copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u64>,
    /// Of these, answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<u64>,
    /// Of these, not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<u64>,
    /// Calls that ended, per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput_per_s: Option<f64>,
    /// Cores in use, of those there were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utilisation: Option<f64>,
    /// How busy its busiest instance was; of nodes of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub busiest_utilisation: Option<f64>,
    /// How busy its least busy instance was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idlest_utilisation: Option<f64>,
    /// Calls that came to its busiest instance, for each that came to one on average: 1 if all got alike; of nodes of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub busiest_share: Option<f64>,
    /// Share of the keys that belonged to another server at once, when the servers behind it changed or its settings did: the
    /// largest; of balancers that go by keys or addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys_moved: Option<f64>,
    /// Mean time from arrival to being let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_wait_s: Option<f64>,
    /// Mean time from arrival to the end of the work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_time_s: Option<f64>,
    /// Mean time its callers waited for a connection to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_connection_wait_s: Option<f64>,
    /// Visits turned away at the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<u64>,
    /// Of these, by its rate limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limited: Option<u64>,
    /// Of these, because there was too much to do: by its adaptive limit, by CoDel, or for one of higher priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shed: Option<u64>,
    /// Requests answered without the node in `to`, because that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fell_back: Option<u64>,
    /// Mean number of visits that wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_queue: Option<f64>,
    /// Largest number of visits that waited, at the windows' ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_queue: Option<u32>,
    /// Mean, over the windows' ends, of the longest line of its instances; of nodes of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_queue: Option<f64>,
    /// Mean, over the windows' ends, of the shortest line of its instances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortest_queue: Option<f64>,
    /// Mean number of visits inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_inside: Option<f64>,
    /// Core time of work that nobody waited for any more, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasted_work_s: Option<f64>,
    /// Its share of all work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasted_ratio: Option<f64>,
    /// Waits for a connection of its pools that ended without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool_timeouts: Option<u64>,
    /// Connections open to it at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<u32>,
    /// Lookups that found their key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hits: Option<u64>,
    /// Lookups that did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misses: Option<u64>,
    /// Hits, of all lookups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hit_ratio: Option<f64>,
    /// Reads answered with a value older than the committed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_reads: Option<u64>,
    /// These, of all answers with a stored value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_ratio: Option<f64>,
    /// For how long the newer value had been committed then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_age_s: Option<StaleAge>,
    /// Values loaded; of caches whose entries end, or that load by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loads: Option<u64>,
    /// Of these, those that somebody else had loaded meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_loads: Option<u64>,
    /// Loads, for each that was no duplicate: 1 where every value is loaded once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loads_per_value: Option<f64>,
    /// Misses answered by somebody else's load.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coalesced: Option<u64>,
    /// Loads of keys that could still be given out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refreshes: Option<u64>,
    /// Reads answered with a copy that had ended, because loading it failed. They are misses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_on_error: Option<u64>,
    /// Lookups answered here or by a cache before, of those that came to the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub combined_hit_ratio: Option<f64>,
    /// Writes answered before they were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_writes: Option<u64>,
    /// Of these and earlier ones, those that were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flushed_writes: Option<u64>,
    /// Of these and earlier ones, those that were lost with the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_writes: Option<u64>,
    /// Values that the guard against races refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_fills: Option<u64>,
    /// Entries that left to make room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evictions: Option<u64>,
    /// Entries found too old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expirations: Option<u64>,
    /// Entries stored at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<u64>,
    /// How the breaker of its calls stood at the end: 0 closed, 1 half-open, 2 open; of several the one that lets least
    /// through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaker: Option<u32>,
    /// What it costs in an hour.
    pub cost_per_hour: f64,
}

/// How old stale reads were, in seconds since the newer value was committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct StaleAge {
    /// Average.
    pub mean: f64,
    /// Longest.
    pub max: f64,
}

/// What a report says of the run as a whole.
#[derive(Clone, Debug, Default)]
pub struct RunFacts {
    /// The digest, all spans included.
    pub digest: u64,
    /// Simulated seconds so far.
    pub duration_s: f64,
    /// The limit that ended the run early, as a sentence.
    pub overloaded: Option<String>,
}

/// What people begin to notice.
const NOTICEABLE: Nanos = 100 * MILLISECOND;

/// The names of outcomes in `requests.by_error`, by the number of the [`Outcome`].
pub const OUTCOME_NAMES: [&str; 5] = ["ok", "error", "refused", "timed-out", "cancelled"];

impl Report {
    /// Names the figures of a stretch of a run of `scenario` (as it stands at the end).
    pub fn new(scenario: &Scenario, figures: &Figures, facts: RunFacts) -> Report {
        let length = figures.to - figures.from;
        let receipts: Vec<Receipt> = (scenario.nodes.iter().zip(&figures.nodes))
            .map(|(node, of_node)| {
                let instances = u64::from(of_node.last.instances);
                receipt(node, Usage { instances, calls: of_node.calls[Outcome::Ok as usize], length })
            })
            .collect();
        let hit_ratios: Vec<Option<f64>> = figures.nodes.iter().map(NodeFigures::hit_ratio).collect();
        let combined = levels::combined(scenario, &hit_ratios);
        let nodes = (scenario.nodes.iter().zip(&figures.nodes).zip(&receipts).zip(combined).enumerate())
            .map(|(index, (((node, of_node), receipt), combined))| {
                let mut report = node_report(node, of_node, figures.length());
                apart(&mut report, of_node, figures.utilisation_range(index as NodeIndex));
                report.busiest_share = report.calls.and_then(|_| figures.busiest_share(index as NodeIndex));
                report.cost_per_hour = in_dollars(receipt.per_hour);
                report.combined_hit_ratio = combined;
                let origin = figures.origins.iter().find(|(node, _)| usize::from(*node) == index);
                report.latency_s = origin.map(|(_, part)| Latency::new(&part.ok.with(&part.failed)));
                (node.name.clone(), report)
            })
            .collect();
        let cost = receipts.iter().map(|receipt| receipt.per_hour).fold(0, u64::saturating_add);
        Report {
            digest: format!("{:016x}", facts.digest),
            engine: ENGINE,
            seed: scenario.seed,
            duration_s: facts.duration_s,
            window_s: WindowSeconds { from: seconds(figures.from), to: seconds(figures.to) },
            overloaded: facts.overloaded,
            requests: requests(figures),
            latency_s: Latency::new(&figures.ok.with(&figures.failed)),
            latency_ok_s: Latency::new(&figures.ok),
            throughput_per_s: ratio(figures.completed as f64, figures.length()).unwrap_or(0.0),
            oldest_read_s: oldest_read(scenario, figures),
            nodes,
            paths: path_reports(scenario, figures),
            cost_per_hour: in_dollars(cost),
            receipt: receipts.into_iter().filter(|receipt| receipt.per_hour > 0).collect(),
        }
    }

    /// The figure of that name, such as `latency_s.p99` or `nodes.cache.hit_ratio`; none if there is no such figure
    /// or nothing to compute it from.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let json = serde_json::to_value(self).ok()?;
        name.split('.').try_fold(&json, |value, key| value.get(key))?.as_f64()
    }

    /// Whether there are enough requests to say: a percentile needs 10 samples beyond it; other figures need none.
    pub fn enough_for(&self, name: &str) -> bool {
        match name.split_once('.') {
            Some(("latency_s", figure)) => !self.latency_s.too_few.contains(&figure),
            Some(("latency_ok_s", figure)) => !self.latency_ok_s.too_few.contains(&figure),
            Some(("paths", rest)) => rest.split_once(".latency_s.").is_none_or(|(path, figure)| {
                self.paths.get(path).is_none_or(|of| !of.latency_s.too_few.contains(&figure))
            }),
            Some(("nodes", figure)) => {
                let origin = figure.split_once(".latency_s.");
                let latency = origin.and_then(|(node, figure)| Some((self.nodes.get(node)?, figure)));
                let latency = latency.and_then(|(node, figure)| Some((node.latency_s.as_ref()?, figure)));
                latency.is_none_or(|(latency, figure)| !latency.too_few.contains(&figure))
            }
            _ => true,
        }
    }
}

impl Latency {
    /// Names the figures of latencies.
    pub fn new(figures: &LatencyFigures) -> Latency {
        Latency::without_percentiles(figures).with_percentiles(figures)
    }

    /// What needs no order among them.
    pub(super) fn without_percentiles(figures: &LatencyFigures) -> Latency {
        Latency {
            mean: figures.mean(),
            p50: None,
            p95: None,
            p99: None,
            max: (figures.counts.total() > 0).then(|| seconds(figures.max)),
            over_100ms: figures.counts.share_above(NOTICEABLE),
            count: figures.counts.total(),
            too_few: Vec::new(),
        }
    }

    /// The same with the percentiles of `figures`.
    pub(super) fn with_percentiles(self, figures: &LatencyFigures) -> Latency {
        let percentiles = [("p50", 500), ("p95", 950), ("p99", 990)];
        let [p50, p95, p99] = figures.percentiles(percentiles.map(|(_, per_mille)| per_mille));
        let too_few = percentiles
            .iter()
            .filter(|(_, per_mille)| !figures.counts.enough_for(*per_mille))
            .map(|(name, _)| *name)
            .collect();
        Latency { p50, p95, p99, too_few, ..self }
    }
}

fn path_reports(scenario: &Scenario, figures: &Figures) -> BTreeMap<String, PathReport> {
    let report = |of: &PartFigures| {
        let (ended, ok) = (of.requests_ended(), of.requests_ok());
        PathReport {
            ok,
            failed: ended - ok,
            ok_ratio: ratio(ok as f64, ended as f64),
            latency_s: Latency::new(&of.ok.with(&of.failed)),
        }
    };
    let paths = scenario.paths().into_iter().map(str::to_owned);
    paths.zip(&figures.paths).map(|(path, of)| (path, report(of))).collect()
}

/// Over all caches, since a read that passes one may find an old value in the next.
fn oldest_read(scenario: &Scenario, figures: &Figures) -> Option<f64> {
    let is_cache = |node: &Node| matches!(node.spec, NodeSpec::Cache(_));
    let caches = scenario.nodes.iter().zip(&figures.nodes).filter(|(node, _)| is_cache(node));
    caches.map(|(_, figures)| figures.stale_age_max).max().map(seconds)
}

fn requests(figures: &Figures) -> Requests {
    let (ended, ok) = (figures.requests_ended(), figures.requests_ok());
    Requests {
        sent: ended + figures.open,
        ok,
        failed: ended - ok,
        open: figures.open,
        ok_ratio: ratio(ok as f64, ended as f64),
        by_error: OUTCOME_NAMES
            .into_iter()
            .zip(figures.outcomes)
            .skip(1)
            .filter(|(_, count)| *count > 0)
            .collect(),
    }
}

fn node_report(node: &Node, figures: &NodeFigures, length: f64) -> NodeReport {
    let breaker = u32::from(figures.last.breaker).checked_sub(1);
    let common = NodeReport { kind: node.spec.kind(), breaker, ..NodeReport::default() };
    match node.spec {
        NodeSpec::Clients(_) => common,
        NodeSpec::Balancer(ref balancer) => NodeReport {
            keys_moved: balancer.algorithm.hashes().then_some(f64::from(figures.keys_moved) / 1e3),
            ..called(common, figures, length)
        },
        NodeSpec::Database(_) => working(called(common, figures, length), figures),
        NodeSpec::Service(ref service) => {
            let report = working(called(common, figures, length), figures);
            protected(report, service, figures)
        }
        NodeSpec::Cache(ref cache) => cached(called(common, figures, length), cache, figures),
    }
}

/// What a service has refused or left out, if it can.
fn protected(report: NodeReport, service: &Service, figures: &NodeFigures) -> NodeReport {
    let sheds = service.codel.is_some() || service.adaptive_limit.is_some() || service.priorities;
    NodeReport {
        rate_limited: service.rate_limit.as_ref().map(|_| figures.rate_limited),
        shed: sheds.then_some(figures.shed),
        fell_back: service.fallback.then_some(figures.fell_back),
        ..report
    }
}

/// How far the instances of a node that computes are apart.
fn apart(report: &mut NodeReport, figures: &NodeFigures, utilisation: Option<(f64, f64)>) {
    let Some((idlest, busiest)) = utilisation.filter(|_| report.utilisation.is_some()) else { return };
    report.idlest_utilisation = Some(idlest);
    report.busiest_utilisation = Some(busiest);
    report.longest_queue = ratio(figures.longest_queue as f64, figures.samples as f64);
    report.shortest_queue = ratio(figures.shortest_queue as f64, figures.samples as f64);
}

/// The figures of a cache.
fn cached(report: NodeReport, cache: &Cache, figures: &NodeFigures) -> NodeReport {
    let loads = figures.loaded + figures.duplicate_loads;
    let followed = |count: u64| cache.follows_loads().then_some(count);
    let behind = |count: u64| (cache.writes == Writes::Behind && cache.to.is_some()).then_some(count);
    NodeReport {
        hits: Some(figures.hits),
        misses: Some(figures.misses),
        hit_ratio: figures.hit_ratio(),
        stale_reads: Some(figures.stale_reads),
        stale_ratio: ratio(figures.stale_reads as f64, (figures.hits + figures.stale_on_error) as f64),
        stale_age_s: ratio(figures.stale_age as f64 / 1e9, figures.stale_reads as f64)
            .map(|mean| StaleAge { mean, max: seconds(figures.stale_age_max) }),
        loads: followed(loads),
        duplicate_loads: followed(figures.duplicate_loads),
        loads_per_value: ratio(loads as f64, figures.loaded as f64),
        coalesced: followed(figures.coalesced),
        refreshes: followed(figures.refreshes),
        stale_on_error: cache.stale_if_error.is_some().then_some(figures.stale_on_error),
        acknowledged_writes: behind(figures.acknowledged_writes),
        flushed_writes: behind(figures.flushed_writes),
        lost_writes: behind(figures.lost_writes),
        refused_fills: Some(figures.refused_fills),
        evictions: Some(figures.evicted),
        expirations: Some(figures.expired),
        entries: Some(figures.last.entries),
        ..report
    }
}

/// The figures of a node that others call.
fn called(report: NodeReport, figures: &NodeFigures, length: f64) -> NodeReport {
    let (calls, ok) = (figures.calls_ended(), figures.calls[Outcome::Ok as usize]);
    NodeReport {
        instances: Some(figures.last.instances),
        calls: Some(calls),
        retries: (figures.retries > 0).then_some(figures.retries),
        ok: Some(ok),
        failed: Some(calls - ok),
        throughput_per_s: ratio(calls as f64, length),
        mean_time_s: ratio(figures.visit_time as f64 / 1e9, (figures.visits + figures.refused) as f64),
        mean_connection_wait_s: ratio(figures.connection_wait as f64 / 1e9, calls as f64),
        refused: Some(figures.refused),
        mean_inside: figures.mean_inside(),
        ..report
    }
}

/// The figures of a node that computes.
fn working(report: NodeReport, figures: &NodeFigures) -> NodeReport {
    NodeReport {
        utilisation: figures.utilisation(),
        mean_wait_s: figures.mean_wait(),
        mean_queue: figures.mean_queue(),
        max_queue: Some(figures.queue_max),
        wasted_work_s: Some(figures.wasted as f64 / 1e9),
        wasted_ratio: ratio(figures.wasted as f64, figures.worked as f64),
        pool_timeouts: Some(figures.pool_timeouts),
        connections: Some(figures.last.connections),
        ..report
    }
}
