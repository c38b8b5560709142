//! Fills the windows of a run from its stream of records.
//!
//! Whoever drives the run stops it at every [`Recorder::window_end`], hands over the records up to there with
//! [`Recorder::observe`] and closes the window with a reading of every instance. How the records are cut into batches
//! makes no difference. About 20 ns a request of two spans; allocation only when a window closes. A clone copies
//! pointers and the open window.
//!
//! Client requests are those without a parent. Where several nodes are clients their latencies are kept apart as well:
//! what is quick for most may be slow for all in one place.

use super::histogram::{Scratch, bucket};
use super::log::Log;
use super::notable::{Notable, NotableRequests};
use super::part::Part;
use super::series::Series;
use super::tally::{OpenTally, Tally};
use super::window::{InstanceWindow, MOST_INSTANCES, NodeWindow, Window};
use crate::sim::record::{CallSpan, InstanceIndex, NodeIndex, Note, Record, VisitSpan};
use crate::sim::time::{Nanos, Time};
use std::collections::VecDeque;
use std::sync::Arc;

/// Of how many of the latest windows notable requests are remembered.
const REMEMBERED_WINDOWS: usize = 512;

/// The gauges of one instance at a window's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Its node.
    pub node: NodeIndex,
    /// Whether it takes calls.
    pub ready: bool,
    /// Its cores.
    pub cores: u32,
    /// Core time used since the start of the run.
    pub busy_time: Nanos,
    /// Time it was ready since the start of the run.
    pub ready_time: Nanos,
    /// Visits inside, waiting ones included.
    pub inside: u32,
    /// Requests sent since the start of the run; 0 for all but clients.
    pub sent: u64,
    /// Visits that came to it since the start of the run.
    pub arrived: u64,
    /// Visits that wait to be let in.
    pub queue: u32,
    /// Connections open to it.
    pub connections: u32,
    /// Connections in use of its own pools.
    pub pool_in_use: u32,
    /// Calls that wait for a connection of its own pools.
    pub pool_waiting: u32,
    /// Entries it stores.
    pub entries: u64,
    /// Entries or bytes it may store.
    pub entries_limit: u64,
    /// Writes it has answered and not yet written.
    pub buffered: u64,
    /// The breaker of its calls that lets least through: 1 closed, 2 half-open, 3 open; 0 where it has none.
    pub breaker: u8,
}

/// The windows of a run so far, and the one that is open.
#[derive(Clone, Debug)]
pub struct Recorder {
    series: Series,
    start: Time,
    end: Time,
    /// What ended in the open window, by when it was sent: in it, in the window before, or earlier still. Most
    /// requests end in the window they were sent in, and count once for both.
    within: OpenTally,
    carried: OpenTally,
    late: OpenTally,
    /// Those kept apart: for each path, then of each clients node.
    parts: Vec<Part>,
    paths: usize,
    origins: Vec<NodeIndex>,
    nodes: Vec<NodeWindow>,
    /// Busy and ready time of each instance at the end of the last window, and visits that had come to it.
    former: Vec<(Nanos, Nanos, u64)>,
    /// The load of each in the window that closes.
    instances: Vec<InstanceWindow>,
    /// Requests that ended since the start of the run, and those open at the end of the last window.
    requests: u64,
    open: u32,
    notable: NotableRequests,
    remembered: VecDeque<Arc<[Notable]>>,
    log: Log,
    scratch: Scratch,
}

impl Recorder {
    /// A recorder at time 0 for so many nodes and paths. `origins`: the clients whose latencies are kept apart.
    pub fn new(nodes: usize, paths: usize, origins: impl Iterator<Item = NodeIndex>) -> Recorder {
        let series = Series::new(nodes);
        let origins: Vec<NodeIndex> = origins.collect();
        Recorder {
            start: 0,
            end: series.width(),
            series,
            within: OpenTally::default(),
            carried: OpenTally::default(),
            late: OpenTally::default(),
            parts: vec![Part::default(); paths + origins.len()],
            paths,
            origins,
            nodes: vec![NodeWindow::default(); nodes],
            former: Vec::new(),
            instances: Vec::new(),
            requests: 0,
            open: 0,
            notable: NotableRequests::default(),
            remembered: VecDeque::new(),
            log: Log::default(),
            scratch: Scratch::default(),
        }
    }

    /// When the open window must be closed.
    pub fn window_end(&self) -> Time {
        self.end
    }

    /// When the open window began.
    pub fn window_start(&self) -> Time {
        self.start
    }

    /// The closed windows. The last one lacks requests sent in it: see [`super::figures`].
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// Requests sent and ended in the open window.
    pub(super) fn within(&self) -> &OpenTally {
        &self.within
    }

    /// Requests sent in the last closed window that ended in the open one.
    pub(super) fn carried(&self) -> &OpenTally {
        &self.carried
    }

    /// Requests of the open window that are kept apart: for each path, then of each clients node.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// How many paths there are.
    pub(super) fn paths(&self) -> usize {
        self.paths
    }

    /// The clients whose requests are kept apart.
    pub(super) fn origins(&self) -> &[NodeIndex] {
        &self.origins
    }

    /// All requests that ended in the open window, without their histograms.
    pub(super) fn ended(&self) -> impl Iterator<Item = &Tally> {
        [&self.within, &self.carried, &self.late].into_iter().map(OpenTally::counted)
    }

    /// The nodes in the open window; gauges are not read yet.
    pub(super) fn nodes(&self) -> &[NodeWindow] {
        &self.nodes
    }

    /// Takes records that ended up to the end of the open window, in order.
    pub fn observe(&mut self, records: &[Record], node_of: impl Fn(InstanceIndex) -> Option<NodeIndex>) {
        records.iter().for_each(|record| self.add(record, &node_of));
    }

    /// Takes one record that ended up to the end of the open window.
    #[inline]
    pub fn add(&mut self, record: &Record, node_of: impl Fn(InstanceIndex) -> Option<NodeIndex>) {
        match record {
            Record::Call(span) => self.call(span, &node_of),
            Record::Visit(span) => self.visit(span, node_of(span.instance)),
            Record::Note(note) => self.note(note, node_of(note.instance)),
            Record::Hop(_) => {}
        }
    }

    /// A call ended.
    #[inline]
    pub fn call(&mut self, span: &CallSpan, node_of: impl Fn(InstanceIndex) -> Option<NodeIndex>) {
        if let Some(node) = self.nodes.get_mut(usize::from(span.node)) {
            node.call(span);
        }
        if span.parent == 0 {
            self.request(span, node_of);
        }
    }

    /// A visit to this node ended.
    #[inline]
    pub fn visit(&mut self, span: &VisitSpan, node: Option<NodeIndex>) {
        if let Some(node) = node.and_then(|node| self.nodes.get_mut(usize::from(node))) {
            node.visit(span);
        }
    }

    /// An instance of this node told something.
    pub fn note(&mut self, note: &Note, node: Option<NodeIndex>) {
        self.log.add(note);
        if let Some(node) = node.and_then(|node| self.nodes.get_mut(usize::from(node))) {
            node.note(note);
        }
    }

    /// How many requests of clients have ended since the start of the run.
    pub fn requests_ended(&self) -> u64 {
        self.requests
    }

    /// Closes the open window, at its end, with a reading of every instance of the run, in order of instances.
    pub fn close_window(&mut self, readings: impl Iterator<Item = Reading>) {
        self.read(readings);
        let [within, carried, late] =
            [&mut self.within, &mut self.carried, &mut self.late].map(|tally| tally.close(&mut self.scratch));
        let last = self.series.len().checked_sub(1).filter(|_| !self.parts.is_empty());
        let mut former = last.and_then(|last| self.series.get_mut(last));
        let (mut parts, mut parts_ended) = (Vec::new(), Vec::new());
        for (place, part) in self.parts.iter_mut().enumerate() {
            let carried = part.carried.close(&mut self.scratch);
            if let Some(sent) = former.as_mut().and_then(|window| window.parts.get_mut(place)) {
                sent.merge(&carried);
            }
            parts.push(part.within.close(&mut self.scratch));
            let mut ended = parts[place].clone();
            ended.merge(&carried);
            ended.merge(&part.late.close(&mut self.scratch));
            parts_ended.push(ended);
        }
        let (parts, parts_ended) = (parts.into(), parts_ended.into());
        let nodes = self.nodes.as_slice().into();
        let instances = self.instances.as_slice().into();
        self.nodes.fill(NodeWindow::default());
        self.remember();
        let outlasting = Tally::default();
        let open = self.open;
        self.series.push(Window {
            within,
            carried,
            late,
            outlasting,
            open,
            nodes,
            parts,
            parts_ended,
            instances,
        });
        self.start = self.series.start(self.series.len());
        self.end = self.start + self.series.width();
    }

    /// The slowest and the first failed requests of each of the latest windows, by the order they ended.
    pub fn notable(&self) -> impl Iterator<Item = &Notable> {
        self.remembered.iter().flat_map(|window| window.iter()).chain(self.notable.iter())
    }

    /// What happened that is worth telling.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Bytes held, those shared with clones included.
    pub fn bytes(&self) -> usize {
        let remembered: usize = self.remembered.iter().map(|window| size_of_val(&**window)).sum();
        self.series.bytes() + remembered + size_of_val(&*self.former) + size_of_val(&*self.nodes)
    }

    /// A request of a client ended.
    #[inline]
    fn request(&mut self, span: &CallSpan, node_of: impl Fn(InstanceIndex) -> Option<NodeIndex>) {
        let latency = span.ended - span.started;
        let bucket = bucket(latency);
        self.notable.offer(span, latency);
        self.requests += 1;
        if span.started >= self.start {
            self.within.add(span.outcome, latency, bucket);
        } else if span.started + self.series.width() >= self.start {
            self.carried.add(span.outcome, latency, bucket);
        } else {
            self.late.add(span.outcome, latency, bucket);
            let index = self.series.index(span.started);
            if let Some(window) = self.series.get_mut(index) {
                window.outlasting.add_late(span.outcome, latency);
            }
        }
        if !self.parts.is_empty() {
            self.request_of_parts(span, latency, bucket, node_of(span.from));
        }
    }

    /// The same for the parts that it belongs to.
    #[inline(never)]
    fn request_of_parts(&mut self, span: &CallSpan, latency: Nanos, bucket: u16, node: Option<NodeIndex>) {
        let path = usize::from(span.endpoint).checked_sub(1);
        let origin = self.origins.iter().position(|origin| Some(*origin) == node);
        for place in path.into_iter().chain(origin.map(|origin| self.paths + origin)) {
            let Some(part) = self.parts.get_mut(place) else { continue };
            if span.started >= self.start {
                part.within.add(span.outcome, latency, bucket);
            } else if span.started + self.series.width() >= self.start {
                part.carried.add(span.outcome, latency, bucket);
            } else {
                part.late.add(span.outcome, latency, bucket);
                let window = self.series.index(span.started);
                let late = self.series.get_mut(window).and_then(|window| window.parts.get_mut(place));
                late.into_iter().for_each(|tally| tally.add_late(span.outcome, latency));
            }
        }
    }

    /// Reads the gauges into the open window.
    fn read(&mut self, readings: impl Iterator<Item = Reading>) {
        let mut sent = 0;
        self.instances.clear();
        for (instance, reading) in readings.enumerate() {
            let index = usize::from(reading.node);
            let Some(node) = self.nodes.get_mut(index) else { continue };
            if instance >= self.former.len() {
                self.former.resize(instance + 1, (0, 0, 0));
            }
            let (busy, ready, arrived) = self.former[instance];
            self.former[instance] = (reading.busy_time, reading.ready_time, reading.arrived);
            let busy = reading.busy_time.saturating_sub(busy);
            let ready = reading.ready_time.saturating_sub(ready).saturating_mul(u64::from(reading.cores));
            node.busy += busy;
            // Work of an instance that drains is work of capacity it still has.
            node.capacity += ready.max(busy);
            if instance < MOST_INSTANCES {
                let capacity = ready.max(busy);
                let arrived = reading.arrived.saturating_sub(arrived) as u32;
                self.instances.push(InstanceWindow { node: reading.node, busy, capacity, arrived });
            }
            let queue = u64::from(reading.queue);
            if reading.ready {
                let first = node.instances == 0;
                node.longest_queue = node.longest_queue.max(queue);
                node.shortest_queue = if first { queue } else { node.shortest_queue.min(queue) };
                node.breaker = node.breaker.max(reading.breaker);
            }
            node.samples = 1;
            node.queue += queue;
            node.inside += u64::from(reading.inside);
            node.instances += u32::from(reading.ready);
            node.connections += reading.connections;
            node.pool_in_use += reading.pool_in_use;
            node.pool_waiting += reading.pool_waiting;
            node.entries += reading.entries;
            node.entries_limit += reading.entries_limit;
            node.buffered += reading.buffered;
            sent += reading.sent;
        }
        self.open = u32::try_from(sent.saturating_sub(self.requests)).unwrap_or(u32::MAX);
        for node in &mut self.nodes {
            node.queue_max = u32::try_from(node.queue).unwrap_or(u32::MAX);
        }
    }

    fn remember(&mut self) {
        self.remembered.push_back(self.notable.take());
        if self.remembered.len() > REMEMBERED_WINDOWS {
            self.remembered.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
