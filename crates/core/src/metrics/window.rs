//! What happened in one short stretch of simulated time.
//!
//! Requests are asked for in two ways: those *sent* in a window, whenever they ended (goals and reports use these, so
//! that a stall cannot hide the requests it delayed), and those that *ended* in it (charts use these). Nearly all are
//! both, so a window keeps four parts from which either is added up, and the many stand there once. Everything about
//! nodes is by the time a span ended. Gauges are read once, at the window's end.

use super::tally::Tally;
use crate::sim::record::{CallSpan, Lookup, NodeIndex, Note, NoteKind, Outcome, VisitSpan};
use crate::sim::time::Nanos;

/// One window of a run.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Requests of the clients that were sent in this window and ended in it.
    pub within: Tally,
    /// Requests sent in the window before that ended in this one.
    pub carried: Tally,
    /// Requests sent earlier still that ended in this one.
    pub late: Tally,
    /// Requests sent in this window that ended in another than this and the next.
    pub outlasting: Tally,
    /// Requests of the clients that were open at its end.
    pub open: u32,
    /// By node, in the order of the scenario.
    pub nodes: Box<[NodeWindow]>,
    /// Those sent in this window for each path, by the path's number less 1; then those of each clients node, if there are several.
    pub parts: Box<[Tally]>,
    /// Those of the same parts that ended in this window.
    pub parts_ended: Box<[Tally]>,
    /// By instance, in their order, as far as there were any and not more than [`MOST_INSTANCES`].
    pub instances: Box<[InstanceWindow]>,
}

/// Of so many instances at most a window keeps the load of each.
pub const MOST_INSTANCES: usize = 256;

/// The load of one instance in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstanceWindow {
    /// Its node.
    pub node: NodeIndex,
    /// Core time in use.
    pub busy: Nanos,
    /// Core time there was.
    pub capacity: Nanos,
    /// Visits that came to it, those turned away as well.
    pub arrived: u32,
}

impl Window {
    /// What the requests that ended in this window are made up of.
    pub fn ended(&self) -> [&Tally; 3] {
        [&self.within, &self.carried, &self.late]
    }

    /// Adds the window that follows.
    pub fn merge(&mut self, later: &Window) {
        self.within.merge(&later.within);
        // Sent in the one and ended in the other: within both.
        self.within.merge(&later.carried);
        self.late.merge(&later.late);
        self.outlasting.merge(&later.outlasting);
        self.open = later.open;
        for (mine, theirs) in self.nodes.iter_mut().zip(&later.nodes) {
            mine.merge(theirs);
        }
        merge_each(&mut self.parts, &later.parts);
        merge_each(&mut self.parts_ended, &later.parts_ended);
        self.merge_instances(&later.instances);
    }

    fn merge_instances(&mut self, later: &[InstanceWindow]) {
        for (mine, theirs) in self.instances.iter_mut().zip(later) {
            mine.busy += theirs.busy;
            mine.capacity += theirs.capacity;
            mine.arrived = mine.arrived.saturating_add(theirs.arrived);
        }
        if let Some(new) = later.get(self.instances.len()..).filter(|new| !new.is_empty()) {
            self.instances = [&*self.instances, new].concat().into();
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let by_place = size_of_val(&*self.nodes) + size_of_val(&*self.instances);
        let by_part: usize =
            self.parts.iter().chain(&self.parts_ended).map(|tally| size_of::<Tally>() + tally.bytes()).sum();
        let requests = self.ended().map(Tally::bytes).iter().sum::<usize>() + self.outlasting.bytes();
        requests + by_place + by_part
    }
}

fn merge_each(mine: &mut [Tally], later: &[Tally]) {
    for (mine, theirs) in mine.iter_mut().zip(later) {
        mine.merge(theirs);
    }
}

/// One node in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeWindow {
    /// Calls to this node that ended, by the number of the [`Outcome`].
    pub calls: [u32; super::tally::OUTCOMES],
    /// Time from the start of those calls to their end.
    pub call_time: Nanos,
    /// The part of it that they waited for a connection.
    pub connection_wait: Nanos,
    /// Visits that were let in and ended.
    pub visits: u32,
    /// Visits turned away at the door.
    pub refused: u32,
    /// Time those let in waited for it.
    pub wait: Nanos,
    /// Time from arrival to end of all visits.
    pub visit_time: Nanos,
    /// Core time of visits that ended.
    pub worked: Nanos,
    /// The part of it for callers that no longer waited.
    pub wasted: Nanos,
    /// Visits that found their key.
    pub hits: u32,
    /// Visits that did not.
    pub misses: u32,
    /// Entries that left to make room.
    pub evicted: u32,
    /// Entries found too old.
    pub expired: u32,
    /// Reads answered with a value older than the committed one.
    pub stale_reads: u32,
    /// For how long a newer one had been committed, summed over them.
    pub stale_age: Nanos,
    /// The longest of these.
    pub stale_age_max: Nanos,
    /// Values loaded that nobody else had loaded meanwhile.
    pub loaded: u32,
    /// Values loaded that somebody else had loaded meanwhile.
    pub duplicate_loads: u32,
    /// Misses answered by somebody else's load.
    pub coalesced: u32,
    /// Calls to this node that were further attempts: retries and second copies.
    pub retries: u32,
    /// Loads of keys that could still be given out.
    pub refreshes: u32,
    /// Reads answered with a copy that had ended, because loading it failed.
    pub stale_on_error: u32,
    /// Writes answered before they were written.
    pub acknowledged_writes: u32,
    /// Of these, those that were written later.
    pub flushed_writes: u32,
    /// Of these, those that were lost.
    pub lost_writes: u32,
    /// Values refused by the guard against races.
    pub refused_fills: u32,
    /// Waits for a connection of this node's pools that ended without one.
    pub pool_timeouts: u32,
    /// Visits refused by a rate limit.
    pub rate_limited: u32,
    /// Visits refused because there was too much to do.
    pub shed: u32,
    /// Visits answered without a node that failed.
    pub fell_back: u32,
    /// The most keys that moved at once, of a thousand.
    pub keys_moved: u32,
    /// Core time in use, of all instances.
    pub busy: Nanos,
    /// Core time there was, of all ready instances.
    pub capacity: Nanos,
    /// Readings of the gauges: how many, and their sums.
    pub samples: u32,
    /// Sum over the readings of visits waiting.
    pub queue: u64,
    /// Largest reading of visits waiting.
    pub queue_max: u32,
    /// Sum over the readings of the visits that wait where most do, and where fewest do, of ready instances.
    pub longest_queue: u64,
    /// See `longest_queue`.
    pub shortest_queue: u64,
    /// Sum over the readings of visits inside.
    pub inside: u64,
    /// Last reading: instances ready.
    pub instances: u32,
    /// Last reading: connections open to it.
    pub connections: u32,
    /// Last reading: connections in use of its pools.
    pub pool_in_use: u32,
    /// Last reading: calls that wait for a connection of its pools.
    pub pool_waiting: u32,
    /// Last reading: entries stored.
    pub entries: u64,
    /// Last reading: entries or bytes it may store.
    pub entries_limit: u64,
    /// Last reading: writes answered and not yet written.
    pub buffered: u64,
    /// Last reading: the breaker of its calls that lets least through, as in a
    /// [`Reading`](super::recorder::Reading::breaker).
    pub breaker: u8,
}

impl NodeWindow {
    /// Counts a call to this node.
    #[inline]
    pub fn call(&mut self, span: &CallSpan) {
        self.calls[span.outcome as usize] += 1;
        self.retries += u32::from(span.attempt > 0);
        self.call_time += span.ended - span.started;
        self.connection_wait += span.sent - span.started;
    }

    /// Counts a visit to this node.
    #[inline]
    pub fn visit(&mut self, span: &VisitSpan) {
        self.visit_time += span.ended - span.arrived;
        self.worked += span.worked;
        if span.wasted {
            self.wasted += span.worked;
        }
        match span.lookup {
            Lookup::None => {}
            Lookup::Hit => self.hits += 1,
            Lookup::Miss => self.misses += 1,
        }
        // A visit that never got in has `started == ended`, as has one that took no time.
        if span.started < span.ended || matches!(span.outcome, Outcome::Ok | Outcome::Error) {
            self.visits += 1;
            self.wait += span.started - span.arrived;
        } else if span.outcome == Outcome::Refused {
            self.refused += 1;
        }
    }

    /// Counts a note of an instance of this node.
    pub fn note(&mut self, note: &Note) {
        match note.kind {
            NoteKind::Evicted => self.evicted += 1,
            NoteKind::Expired => self.expired += 1,
            NoteKind::PoolTimedOut => self.pool_timeouts += 1,
            NoteKind::Loaded => self.loaded += 1,
            NoteKind::DuplicateLoad => self.duplicate_loads += 1,
            NoteKind::Coalesced => self.coalesced += 1,
            NoteKind::Refreshed => self.refreshes += 1,
            NoteKind::ServedOnError => self.stale_on_error += 1,
            NoteKind::Buffered => self.acknowledged_writes += 1,
            NoteKind::WritesFlushed => {
                self.flushed_writes =
                    self.flushed_writes.saturating_add(u32::try_from(note.a).unwrap_or(u32::MAX))
            }
            NoteKind::WritesLost => {
                self.lost_writes = self.lost_writes.saturating_add(u32::try_from(note.a).unwrap_or(u32::MAX))
            }
            NoteKind::FillRefused => self.refused_fills += 1,
            NoteKind::RateLimited => self.rate_limited += 1,
            NoteKind::Shed => self.shed += 1,
            NoteKind::FellBack => self.fell_back += 1,
            NoteKind::KeysMoved => self.keys_moved = self.keys_moved.max((note.a * 1_000 / note.b) as u32),
            NoteKind::StaleRead => {
                self.stale_reads += 1;
                self.stale_age = self.stale_age.saturating_add(note.b);
                self.stale_age_max = self.stale_age_max.max(note.b);
            }
            _ => {}
        }
    }

    /// Adds the window that follows.
    pub fn merge(&mut self, later: &NodeWindow) {
        for (mine, theirs) in self.calls.iter_mut().zip(later.calls) {
            *mine = mine.saturating_add(theirs);
        }
        self.call_time += later.call_time;
        self.connection_wait += later.connection_wait;
        self.visits = self.visits.saturating_add(later.visits);
        self.refused = self.refused.saturating_add(later.refused);
        self.wait += later.wait;
        self.visit_time += later.visit_time;
        self.worked += later.worked;
        self.wasted += later.wasted;
        self.hits = self.hits.saturating_add(later.hits);
        self.misses = self.misses.saturating_add(later.misses);
        self.evicted = self.evicted.saturating_add(later.evicted);
        self.expired = self.expired.saturating_add(later.expired);
        self.stale_reads = self.stale_reads.saturating_add(later.stale_reads);
        self.stale_age = self.stale_age.saturating_add(later.stale_age);
        self.stale_age_max = self.stale_age_max.max(later.stale_age_max);
        self.loaded = self.loaded.saturating_add(later.loaded);
        self.duplicate_loads = self.duplicate_loads.saturating_add(later.duplicate_loads);
        self.coalesced = self.coalesced.saturating_add(later.coalesced);
        self.retries = self.retries.saturating_add(later.retries);
        self.refreshes = self.refreshes.saturating_add(later.refreshes);
        self.stale_on_error = self.stale_on_error.saturating_add(later.stale_on_error);
        self.acknowledged_writes = self.acknowledged_writes.saturating_add(later.acknowledged_writes);
        self.flushed_writes = self.flushed_writes.saturating_add(later.flushed_writes);
        self.lost_writes = self.lost_writes.saturating_add(later.lost_writes);
        self.refused_fills = self.refused_fills.saturating_add(later.refused_fills);
        self.pool_timeouts = self.pool_timeouts.saturating_add(later.pool_timeouts);
        self.rate_limited = self.rate_limited.saturating_add(later.rate_limited);
        self.shed = self.shed.saturating_add(later.shed);
        self.fell_back = self.fell_back.saturating_add(later.fell_back);
        self.keys_moved = self.keys_moved.max(later.keys_moved);
        self.busy += later.busy;
        self.capacity += later.capacity;
        self.samples += later.samples;
        self.queue += later.queue;
        self.queue_max = self.queue_max.max(later.queue_max);
        self.longest_queue += later.longest_queue;
        self.shortest_queue += later.shortest_queue;
        self.inside += later.inside;
        // The node list never changes, so a window without a reading keeps the one before it.
        if later.samples > 0 {
            self.instances = later.instances;
            self.connections = later.connections;
            self.pool_in_use = later.pool_in_use;
            self.pool_waiting = later.pool_waiting;
            self.entries = later.entries;
            self.entries_limit = later.entries_limit;
            self.buffered = later.buffered;
            self.breaker = later.breaker;
        }
    }
}
