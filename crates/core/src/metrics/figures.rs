//! Sums over a stretch of a run.
//!
//! A stretch covers whole windows: those that begin at or after its start and before its end. Requests are those
//! *sent* in it; calls, visits and gauges of nodes are by the time they ended or were read. Percentiles come from the
//! added histograms and are never averaged. Linear in the windows of the stretch.

use super::histogram::Counts;
use super::part::{PartFigures, add_sent};
use super::recorder::Recorder;
use super::tally::{OUTCOMES, OpenTally, Tally};
use super::window::{NodeWindow, Window};
use crate::sim::record::{NodeIndex, Outcome, Record};
use crate::sim::time::{Nanos, Time, seconds};

/// What happened in a stretch of a run.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// When the first window began.
    pub from: Time,
    /// When the last one ended, or how far the run has come.
    pub to: Time,
    /// Requests sent in the stretch, by how they ended.
    pub outcomes: [u64; OUTCOMES],
    /// Requests sent in the stretch that have not ended: see [`Figures::add_open`].
    pub open: u64,
    /// Requests that ended well in the stretch, whenever they were sent.
    pub completed: u64,
    /// Requests that ended in the stretch.
    pub ended: u64,
    /// Latencies of the requests sent in it that ended well.
    pub ok: LatencyFigures,
    /// Latencies of all others that ended.
    pub failed: LatencyFigures,
    /// By the clients they came from, where several nodes are clients.
    pub origins: Vec<(NodeIndex, PartFigures)>,
    /// By node, in the order of the scenario.
    pub nodes: Vec<NodeFigures>,
    /// By path, in the order of their numbers.
    pub paths: Vec<PartFigures>,
    /// By instance, of the closed windows.
    pub instances: Vec<InstanceFigures>,
}

/// The load of one instance in a stretch.
#[derive(Clone, Copy, Debug, Default)]
pub struct InstanceFigures {
    /// Its node.
    pub node: NodeIndex,
    /// Core time in use.
    pub busy: u128,
    /// Core time there was.
    pub capacity: u128,
    /// Visits that came to it.
    pub arrived: u64,
}

/// Latencies in nanoseconds.
#[derive(Clone, Debug, Default)]
pub struct LatencyFigures {
    /// Sum.
    pub sum: u128,
    /// Largest.
    pub max: Nanos,
    /// Counts by bucket.
    pub counts: Counts,
}

impl LatencyFigures {
    /// Both together.
    pub fn with(&self, other: &LatencyFigures) -> LatencyFigures {
        let mut both = self.clone();
        both.sum += other.sum;
        both.max = both.max.max(other.max);
        both.counts.merge(&other.counts);
        both
    }

    /// Mean in seconds; none of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.counts.total() > 0).then(|| self.sum as f64 / self.counts.total() as f64 / 1e9)
    }

    /// A percentile in seconds, never above the largest value; none of nothing.
    pub fn percentile(&self, per_mille: u32) -> Option<f64> {
        let [value] = self.percentiles([per_mille]);
        value
    }

    /// Several percentiles in seconds, ever larger ones, none above the largest value; none of nothing.
    pub fn percentiles<const N: usize>(&self, per_mille: [u32; N]) -> [Option<f64>; N] {
        self.counts.percentiles(per_mille).map(|value| value.map(|nanos| seconds(nanos.min(self.max))))
    }
}

/// One node in a stretch.
#[derive(Clone, Debug, Default)]
pub struct NodeFigures {
    /// Calls to it that ended, by how they ended.
    pub calls: [u64; OUTCOMES],
    /// Time those calls took.
    pub call_time: u128,
    /// The part of it that they waited for a connection.
    pub connection_wait: u128,
    /// Visits let in.
    pub visits: u64,
    /// Visits turned away.
    pub refused: u64,
    /// Time those let in waited for it.
    pub wait: u128,
    /// Time all visits took.
    pub visit_time: u128,
    /// Core time of the visits.
    pub worked: u128,
    /// The part of it for nobody.
    pub wasted: u128,
    /// Visits that found their key.
    pub hits: u64,
    /// Visits that did not.
    pub misses: u64,
    /// Entries that left to make room.
    pub evicted: u64,
    /// Entries found too old.
    pub expired: u64,
    /// Reads answered with a value older than the committed one.
    pub stale_reads: u64,
    /// For how long a newer one had been committed, summed over them.
    pub stale_age: u128,
    /// The longest of these.
    pub stale_age_max: Nanos,
    /// Values loaded that nobody else had loaded meanwhile.
    pub loaded: u64,
    /// Values loaded that somebody else had loaded meanwhile.
    pub duplicate_loads: u64,
    /// Misses answered by somebody else's load.
    pub coalesced: u64,
    /// Calls to this node that were further attempts: retries and second copies.
    pub retries: u64,
    /// Loads of keys that could still be given out.
    pub refreshes: u64,
    /// Reads answered with a copy that had ended, because loading it failed.
    pub stale_on_error: u64,
    /// Writes answered before they were written.
    pub acknowledged_writes: u64,
    /// Of these, those that were written later.
    pub flushed_writes: u64,
    /// Of these, those that were lost.
    pub lost_writes: u64,
    /// Values refused by the guard against races.
    pub refused_fills: u64,
    /// Waits for a connection of its pools that ended without one.
    pub pool_timeouts: u64,
    /// Visits refused by a rate limit.
    pub rate_limited: u64,
    /// Visits refused because there was too much to do.
    pub shed: u64,
    /// Visits answered without a node that failed.
    pub fell_back: u64,
    /// The most keys that moved at once, of a thousand.
    pub keys_moved: u32,
    /// Core time in use.
    pub busy: u128,
    /// Core time there was.
    pub capacity: u128,
    /// Readings of the gauges.
    pub samples: u64,
    /// Sum over the readings of visits waiting.
    pub queue: u64,
    /// Largest reading of visits waiting.
    pub queue_max: u32,
    /// Sum over the readings of visits waiting at the instance where most did.
    pub longest_queue: u64,
    /// Sum over the readings of visits waiting at the instance where fewest did.
    pub shortest_queue: u64,
    /// Sum over the readings of visits inside.
    pub inside: u64,
    /// The last window, for its last readings.
    pub last: NodeWindow,
}

/// `part / whole`; none where there is no whole.
pub fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

impl NodeFigures {
    /// Calls that ended.
    pub fn calls_ended(&self) -> u64 {
        self.calls.iter().sum()
    }

    /// Visits that found their key, of those that looked for one.
    pub fn hit_ratio(&self) -> Option<f64> {
        ratio(self.hits as f64, (self.hits + self.misses) as f64)
    }

    /// Cores in use, of those there were.
    pub fn utilisation(&self) -> Option<f64> {
        ratio(self.busy as f64, self.capacity as f64)
    }

    /// Mean time from arrival to being let in, in seconds.
    pub fn mean_wait(&self) -> Option<f64> {
        ratio(self.wait as f64 / 1e9, self.visits as f64)
    }

    /// Mean number of visits inside, over the readings.
    pub fn mean_inside(&self) -> Option<f64> {
        ratio(self.inside as f64, self.samples as f64)
    }

    /// Mean number of visits waiting, over the readings.
    pub fn mean_queue(&self) -> Option<f64> {
        ratio(self.queue as f64, self.samples as f64)
    }

    /// Mean number of visits inside by Little's law: how often they came times how long they stayed. `length` in
    /// seconds. It must agree with [`NodeFigures::mean_inside`], which counts heads.
    pub fn little(&self, length: f64) -> Option<f64> {
        ratio(self.visit_time as f64 / 1e9, length)
    }

    fn add(&mut self, window: &NodeWindow) {
        for (sum, count) in self.calls.iter_mut().zip(window.calls) {
            *sum += u64::from(count);
        }
        self.call_time += u128::from(window.call_time);
        self.connection_wait += u128::from(window.connection_wait);
        self.visits += u64::from(window.visits);
        self.refused += u64::from(window.refused);
        self.wait += u128::from(window.wait);
        self.visit_time += u128::from(window.visit_time);
        self.worked += u128::from(window.worked);
        self.wasted += u128::from(window.wasted);
        self.hits += u64::from(window.hits);
        self.misses += u64::from(window.misses);
        self.evicted += u64::from(window.evicted);
        self.expired += u64::from(window.expired);
        self.stale_reads += u64::from(window.stale_reads);
        self.stale_age += u128::from(window.stale_age);
        self.stale_age_max = self.stale_age_max.max(window.stale_age_max);
        self.loaded += u64::from(window.loaded);
        self.duplicate_loads += u64::from(window.duplicate_loads);
        self.coalesced += u64::from(window.coalesced);
        self.retries += u64::from(window.retries);
        self.refreshes += u64::from(window.refreshes);
        self.stale_on_error += u64::from(window.stale_on_error);
        self.acknowledged_writes += u64::from(window.acknowledged_writes);
        self.flushed_writes += u64::from(window.flushed_writes);
        self.lost_writes += u64::from(window.lost_writes);
        self.refused_fills += u64::from(window.refused_fills);
        self.pool_timeouts += u64::from(window.pool_timeouts);
        self.rate_limited += u64::from(window.rate_limited);
        self.shed += u64::from(window.shed);
        self.fell_back += u64::from(window.fell_back);
        self.keys_moved = self.keys_moved.max(window.keys_moved);
        self.busy += u128::from(window.busy);
        self.capacity += u128::from(window.capacity);
        self.samples += u64::from(window.samples);
        self.queue += window.queue;
        self.queue_max = self.queue_max.max(window.queue_max);
        self.longest_queue += window.longest_queue;
        self.shortest_queue += window.shortest_queue;
        self.inside += window.inside;
        if window.samples > 0 {
            self.last = *window;
        }
    }
}

impl Figures {
    /// Length of the stretch in seconds.
    pub fn length(&self) -> f64 {
        seconds(self.to - self.from)
    }

    /// Requests sent in the stretch that have ended.
    pub fn requests_ended(&self) -> u64 {
        self.outcomes.iter().sum()
    }

    /// Requests sent in the stretch that ended well.
    pub fn requests_ok(&self) -> u64 {
        self.outcomes[Outcome::Ok as usize]
    }

    /// Counts the requests that were open when the run ended, from the spans that closing it emitted.
    pub fn add_open(&mut self, records: &[Record]) {
        let range = self.from..self.to;
        let open = |record: &&Record| matches!(record, Record::Call(span) if span.parent == 0 && range.contains(&span.started));
        self.open += records.iter().filter(open).count() as u64;
    }

    /// Those whose requests are kept apart, in the order of the recorder.
    fn parts_mut(&mut self) -> impl Iterator<Item = &mut PartFigures> {
        self.paths.iter_mut().chain(self.origins.iter_mut().map(|(_, part)| part))
    }

    fn add_window(&mut self, window: &Window) {
        self.add_tally(&window.within);
        self.add_tally(&window.outlasting);
        self.completed += window.ended().map(Tally::succeeded).iter().sum::<u64>();
        self.ended += window.ended().map(Tally::ended).iter().sum::<u64>();
        for (sum, node) in self.nodes.iter_mut().zip(&window.nodes) {
            sum.add(node);
        }
        for (sum, part) in self.parts_mut().zip(&window.parts) {
            sum.add(part);
        }
        let known = self.instances.len().max(window.instances.len());
        self.instances.resize(known, InstanceFigures::default());
        for (sum, instance) in self.instances.iter_mut().zip(&window.instances) {
            sum.node = instance.node;
            sum.busy += u128::from(instance.busy);
            sum.capacity += u128::from(instance.capacity);
            sum.arrived += u64::from(instance.arrived);
        }
    }

    /// How busy the least and the most busy instance of a node were, 0 to 1; none with fewer than two.
    pub fn utilisation_range(&self, node: NodeIndex) -> Option<(f64, f64)> {
        let of_node = self.instances.iter().filter(|instance| instance.node == node);
        let busy = of_node.filter_map(|instance| ratio(instance.busy as f64, instance.capacity as f64));
        let (count, least, most) = busy.fold((0, f64::INFINITY, 0.0_f64), |(count, least, most), busy| {
            (count + 1, least.min(busy), most.max(busy))
        });
        (count > 1).then_some((least, most))
    }

    /// The visits to the instance of a node that got most, for each that an instance got on average: 1 if all got alike; none
    /// with fewer than two. One that was there for half of the time counts as half of one in the average.
    pub fn busiest_share(&self, node: NodeIndex) -> Option<f64> {
        let of_node = self.instances.iter().filter(|instance| instance.node == node && instance.capacity > 0);
        let (mut count, mut arrived, mut most, mut time, mut longest) = (0, 0, 0, 0.0, 0.0_f64);
        for instance in of_node {
            count += 1;
            arrived += instance.arrived;
            most = most.max(instance.arrived);
            time += instance.capacity as f64;
            longest = longest.max(instance.capacity as f64);
        }
        if count < 2 { None } else { ratio(most as f64 * time / longest, arrived as f64) }
    }

    fn add_tally(&mut self, tally: &Tally) {
        self.add_sent(tally);
        self.ok.counts.add_sparse(&tally.ok.histogram);
        self.failed.counts.add_sparse(&tally.failed.histogram);
    }

    fn add_open_tally(&mut self, tally: &OpenTally) {
        self.add_sent(tally.counted());
        self.ok.counts.add_pending(tally.ok());
        self.failed.counts.add_pending(tally.failed());
    }

    fn add_sent(&mut self, tally: &Tally) {
        add_sent((&mut self.outcomes, &mut self.ok, &mut self.failed), tally);
    }
}

impl Recorder {
    /// The figures of the windows that begin at or after `from` and before `to`, as far as the run has come: to `now`.
    pub fn figures(&self, from: Time, to: Time, now: Time) -> Figures {
        let series = self.series();
        let (width, length) = (series.width(), series.len());
        // Whoever asks for a stretch beyond the end gets an empty one.
        let window = |time: Time| time.div_ceil(width).min(length as u64 + 1) as usize;
        let first = window(from);
        let end = window(to).max(first);
        let mut figures = Figures {
            from: series.start(first),
            to: series.start(end).min(now).max(series.start(first)),
            origins: self.origins().iter().map(|node| (*node, PartFigures::default())).collect(),
            nodes: vec![NodeFigures::default(); self.nodes().len()],
            paths: vec![PartFigures::default(); self.paths()],
            ..Figures::default()
        };
        for window in series.iter_from(first).take(end - first.min(end)) {
            figures.add_window(window);
        }
        // Those sent in a window that ended in the next one stand there.
        for window in series.iter_from(first + 1).take(end - first.min(end)) {
            figures.add_tally(&window.carried);
        }
        if length > first && length <= end {
            figures.add_open_tally(self.carried());
            for (sum, part) in figures.parts_mut().zip(self.parts()) {
                sum.add_open(&part.carried);
            }
        }
        if (first..end).contains(&length) {
            figures.add_open_tally(self.within());
            for (sum, part) in figures.parts_mut().zip(self.parts()) {
                sum.add_open(&part.within);
            }
            figures.completed += self.ended().map(Tally::succeeded).sum::<u64>();
            figures.ended += self.ended().map(Tally::ended).sum::<u64>();
            for (sum, node) in figures.nodes.iter_mut().zip(self.nodes()) {
                sum.add(node);
            }
        }
        figures
    }
}
