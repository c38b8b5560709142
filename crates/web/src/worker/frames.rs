//! One moment of a run as a frame: gauges of all instances, the sampled messages since the last frame, sums.
//!
//! Busy time and rates are those of the last second of the run. The sample of messages is halved when a frame has
//! too many, and doubled again when it has few; sets nest, so no request is swapped for another.

use super::convert::{life, micros};
use super::outlook::{self, Given, Outlooks};
use crate::protocol::RunId;
use crate::protocol::frame::{Balanced, Frame, Gauges, Hop, MAX_HOPS, Status, What};
use headroom_core::node::Gauge;
use headroom_core::session::{InstanceView, Session};
use headroom_core::sim::record;
use headroom_core::sim::time::{MILLISECOND, Nanos, SECOND, Time};
use std::collections::VecDeque;

/// A frame with more hops than this halves the sample.
const MANY: usize = 3_000;
/// Frames with fewer than this may double it.
const FEW: usize = 600;

/// See the module's description.
pub(super) struct FrameMaker {
    run: RunId,
    sampling: u32,
    speed: f64,
    /// The speed that was asked for last.
    aim: f64,
    past: VecDeque<Sample>,
    sums: Sums,
    /// Frames in a row with few hops.
    quiet: u32,
    /// The next frame is the first after a jump.
    leading: bool,
    /// A request that is drawn, sampled or not; 0 for none.
    pub(super) followed: u64,
}

/// What the instances had done by a moment.
struct Sample {
    time: Time,
    done: Vec<Done>,
    given: Vec<Given>,
}

#[derive(Clone, Copy, Default)]
struct Done {
    busy_time: u64,
    ready_time: u64,
    /// Requests sent by clients, come elsewhere.
    moved: u64,
}

/// Requests of closed windows, summed as far as `rows`.
#[derive(Clone, Copy, Default)]
struct Sums {
    rows: usize,
    /// When that was.
    until: Time,
    sent: f64,
    ok: f64,
    failed: f64,
    inside: f64,
}

impl FrameMaker {
    pub(super) fn new(run: RunId) -> FrameMaker {
        FrameMaker {
            run,
            sampling: 0,
            speed: 0.0,
            aim: 0.0,
            past: VecDeque::new(),
            sums: Sums::default(),
            quiet: 0,
            leading: false,
            followed: 0,
        }
    }

    /// The run went on by so much in so much real time.
    pub(super) fn advanced(&mut self, by: Nanos, wall_ms: f64, aim: f64) {
        // What was achieved at another speed says nothing of this one.
        if std::mem::replace(&mut self.aim, aim) != aim {
            self.speed = 0.0;
        }
        if wall_ms > 0.0 {
            let speed = by as f64 / (wall_ms * MILLISECOND as f64);
            self.speed = if self.speed > 0.0 { self.speed * 0.9 + speed * 0.1 } else { speed };
        }
    }

    /// The run is about to play up to where it shall stand: figures of the last second begin here.
    pub(super) fn lead(&mut self, session: &mut Session) {
        self.past.clear();
        let instances = session.instances();
        let outlooks = Outlooks::of(session, &instances);
        self.remember(session.now(), &instances, &outlooks);
        session.set_hops(Some((1 << self.sampling) - 1));
        self.leading = true;
    }

    /// The run goes another way from somewhere on.
    pub(super) fn recount(&mut self) {
        self.sums = Sums::default();
    }

    pub(super) fn frame(&mut self, session: &mut Session) -> Frame {
        let now = session.now();
        let instances = session.instances();
        let outlooks = Outlooks::of(session, &instances);
        self.remember(now, &instances, &outlooks);
        let mut hops = self.hops(session, now);
        if std::mem::take(&mut self.leading) {
            while hops.len() > MANY && self.sampling < 40 {
                self.sampling += 1;
                let mask = (1 << self.sampling) - 1;
                hops.retain(|hop| hop.root & mask == 0 || hop.root == self.followed);
            }
            session.set_hops(Some((1 << self.sampling) - 1));
        }
        self.sum_up(session, now);
        let gauges =
            instances.iter().map(|instance| self.gauges(session, now, instance, &outlooks)).collect();
        Frame {
            run: self.run,
            time: micros(now),
            reached: micros(session.reached()),
            speed: self.speed,
            status: status(session),
            sampling: self.sampling,
            inside: self.sums.inside,
            sent: self.sums.sent,
            ok: self.sums.ok,
            failed: self.sums.failed,
            instances: gauges,
            balancers: self.balancers(now, outlooks),
            hops,
        }
    }

    fn hops(&mut self, session: &mut Session, now: Time) -> Vec<Hop> {
        let (hops, lost) = session.take_hops();
        let sampled = |hop: &&record::Hop| hop.root & ((1 << self.sampling) - 1) == 0;
        let count =
            hops.iter().filter(sampled).count() + usize::try_from(lost).unwrap_or(usize::MAX - MAX_HOPS);
        self.quiet = if count < FEW { self.quiet + 1 } else { 0 };
        if count > MANY && self.sampling < 40 {
            self.sampling += 1;
        } else if self.quiet > 60 && self.sampling > 0 {
            self.sampling -= 1;
            self.quiet = 0;
        }
        session.set_hops(Some((1 << self.sampling) - 1));
        debug_assert!(hops.iter().all(|hop| hop.departed <= now));
        hops.iter().map(hop).collect()
    }

    fn remember(&mut self, now: Time, instances: &[InstanceView], outlooks: &Outlooks) {
        if self.past.back().is_some_and(|last| last.time > now) {
            self.past.clear();
        }
        if self.past.back().is_none_or(|last| now - last.time >= 50 * MILLISECOND) {
            let done = |view: &InstanceView| Done {
                busy_time: view.gauge.busy_time,
                ready_time: view.gauge.ready_time,
                moved: moved(&view.gauge),
            };
            let done = instances.iter().map(done).collect();
            self.past.push_back(Sample { time: now, done, given: outlooks.given() });
        }
        while self.past.len() > 2 && self.past.get(1).is_some_and(|next| now - next.time >= SECOND) {
            self.past.pop_front();
        }
    }

    fn sum_up(&mut self, session: &Session, now: Time) {
        if now < self.sums.until {
            self.sums = Sums::default();
        }
        for row in
            session.rows(self.sums.rows, 1).rows.iter().filter(|row| row.to_s * 1e9 <= now as f64 + 1.0)
        {
            self.sums.rows += 1;
            self.sums.until = now;
            self.sums.sent += row.sent as f64;
            self.sums.ok += row.ok as f64;
            self.sums.failed += row.failed as f64;
            self.sums.inside = f64::from(row.open);
        }
    }

    fn balancers(&self, now: Time, outlooks: Outlooks) -> Vec<Balanced> {
        match self.past.front() {
            Some(before) => outlooks.balancers(&before.given, (now - before.time) as f64 / 1e9),
            None => outlooks.balancers(&[], 0.0),
        }
    }

    fn gauges(&self, session: &Session, now: Time, view: &InstanceView, outlooks: &Outlooks) -> Gauges {
        let gauge = &view.gauge;
        let index = view.instance as usize;
        let before = self
            .past
            .front()
            .map(|sample| (sample.time, sample.done.get(index).copied().unwrap_or_default()));
        let (utilisation, rate) =
            before.filter(|(time, _)| *time < now).map_or((0.0, 0.0), |(time, done)| {
                let ready = gauge.ready_time.saturating_sub(done.ready_time) as f64 * f64::from(gauge.cores);
                let busy = gauge.busy_time.saturating_sub(done.busy_time) as f64;
                let rate = moved(gauge).saturating_sub(done.moved) as f64 * 1e9 / (now - time) as f64;
                (if ready > 0.0 { (busy / ready).min(1.0) } else { 0.0 }, rate)
            });
        let pool = gauge.pool.unwrap_or_default();
        // Only where one request is drawn with its time to go.
        let next_done_us = if gauge.cores == 1 && gauge.busy == 1 {
            let serving = session.inside(view.instance, 4).serving;
            serving.iter().filter_map(|visit| visit.remaining).min().map_or(0.0, micros)
        } else {
            0.0
        };
        Gauges {
            node: view.node,
            slot: u16::try_from(view.slot).unwrap_or(u16::MAX),
            life: life(view.life),
            cores: f64::from(gauge.cores),
            busy_cores: f64::from(gauge.busy),
            utilisation,
            workers: gauge.workers.map_or(0.0, f64::from),
            workers_in_use: f64::from(gauge.inside),
            queue: f64::from(gauge.queue),
            pool_limit: pool.limit.map_or(0.0, f64::from),
            pool_in_use: f64::from(pool.in_use),
            pool_waiting: f64::from(pool.waiting),
            connections: f64::from(gauge.connections),
            max_connections: gauge.connections_limit.map_or(0.0, f64::from),
            keys: gauge.entries as f64,
            capacity: gauge.capacity as f64,
            rate,
            next_done_us,
            standing: outlooks.standing(view.instance),
            breakers: outlook::breakers(session, view.instance),
        }
    }
}

fn moved(gauge: &Gauge) -> u64 {
    gauge.sent + gauge.arrived
}

fn status(session: &Session) -> Status {
    if session.overloaded().is_some() {
        Status::Overloaded
    } else if session.now() >= session.duration() {
        Status::Ended
    } else {
        Status::Running
    }
}

fn hop(hop: &record::Hop) -> Hop {
    Hop {
        departed: micros(hop.departed),
        arrives: micros(hop.arrives),
        from: hop.from,
        to: hop.to,
        root: hop.root,
        call: hop.path as u32,
        what: What {
            direction: hop.direction as u8,
            operation: hop.operation as u8,
            lookup: hop.lookup as u8,
            outcome: hop.outcome as u8,
            again: hop.attempt > 0,
            other_path: hop.endpoint > 1,
        },
    }
}
