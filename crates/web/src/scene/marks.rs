//! Display time: when each message that travelled is drawn, and where.
//!
//! A hop of half a millisecond is shorter than a frame. So each hop lasts at least [`SHORTEST`] on the screen, the
//! hops of one request follow one another, and messages keep their order on a link as long as that holds none of them
//! back for longer than a hop. What is drawn is a sample: the
//! requests whose identity is divisible by 2^k ([`super::sampling`]), and errors up to [`MOST_ERRORS`].
//! Gauges and insides keep showing true simulated time.
//!
//! Scheduling a hop is O(log requests on the screen); a frame costs one pass over the marks.
//! At speeds at which single marks say nothing there are none: then links are drawn as [bands](super::bands).

use super::bands::{self, Flow};
use super::geometry::Point;
use super::layout::Layout;
use super::sampling::{Sampler, is_sampled};
use crate::protocol::NodeKind;
use crate::protocol::frame::{Frame, Hop};
use headroom_core::sim::record::{Direction, Lookup, Operation, Outcome};
use std::collections::BTreeMap;

/// Least time a hop lasts on the screen, in milliseconds.
pub const SHORTEST: f64 = 240.0;

/// The same for the request that is followed, so that its mark keeps up with what is told of it.
const SHORTEST_FOLLOWED: f64 = 90.0;

/// Most marks of errors outside the sample at one time.
pub const MOST_ERRORS: usize = 50;

/// A tick later than this is shown as if it came now: the page was busy or hidden.
const LONGEST_OFFSET: f64 = 100.0;

/// Times of requests that ended on the screen are forgotten after this many milliseconds.
const FORGET: f64 = 10_000.0;

/// What a mark stands for. Each has its own colour and form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Filled circle.
    Read,
    /// Filled square.
    Write,
    /// Filled triangle.
    Hit,
    /// Hollow ring.
    Miss,
    /// Cross.
    Error,
}

impl Shape {
    /// All, in drawing order: what matters most lies on top.
    pub const ALL: [Shape; 5] = [Shape::Read, Shape::Write, Shape::Hit, Shape::Miss, Shape::Error];
}

/// One message on its way over the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The client's request behind it.
    pub root: u64,
    /// Index of the edge in the layout.
    pub edge: u32,
    /// Whether it runs from callee to caller.
    pub against: bool,
    /// What it stands for.
    pub shape: Shape,
    /// Replies are drawn smaller.
    pub reply: bool,
    /// A call that is made again, or a second copy: it has a ring around it.
    pub again: bool,
    /// It leaves, in milliseconds of display time.
    pub starts: f64,
    /// It arrives.
    pub ends: f64,
}

/// All marks on the screen.
#[derive(Debug, Default)]
pub struct Marks {
    clock: f64,
    last_time: f64,
    marks: Vec<Mark>,
    requests: BTreeMap<u64, Progress>,
    /// Per edge, and per direction: start and end of the latest mark.
    lanes: Vec<[(f64, f64); 2]>,
    sampler: Sampler,
    stretched: bool,
    written: bool,
    repeated: bool,
    settles: f64,
    speed: f64,
    /// A request that is drawn, sampled or not.
    followed: Option<u64>,
    banded: bool,
}

/// How far a request has come on the screen.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    ends: f64,
    missed: bool,
}

impl Marks {
    /// Lets `wall_ms` pass.
    pub fn advance(&mut self, wall_ms: f64) {
        self.clock += wall_ms;
        let clock = self.clock;
        self.marks.retain(|mark| mark.ends > clock);
        self.requests.retain(|_, progress| progress.ends + FORGET > clock);
    }

    /// Schedules the hops of a frame that came `wall_ms` after the one before.
    pub fn take(&mut self, frame: &Frame, kinds: &[NodeKind], layout: &Layout, wall_ms: f64) {
        if frame.time < self.last_time {
            self.clear();
        }
        self.lanes.resize(layout.edges.len(), [(f64::NEG_INFINITY, f64::NEG_INFINITY); 2]);
        let before = std::mem::replace(&mut self.last_time, frame.time);
        self.speed = if frame.speed > 0.0 { frame.speed } else { 1.0 };
        let pace = Pace { before, speed: self.speed, longest: LONGEST_OFFSET };
        self.banded = bands::at_speed(self.speed, self.banded);
        if self.banded {
            self.marks.clear();
        }
        self.schedule_all(frame, kinds, layout, pace, wall_ms);
    }

    /// The run stands somewhere else. The frame's hops are those of the moments before, so that the screen shows
    /// what would be on its way.
    pub fn jump(&mut self, frame: &Frame, kinds: &[NodeKind], layout: &Layout) {
        self.clear();
        self.sampler = Sampler::default();
        self.written = false;
        self.repeated = false;
        self.banded = false;
        self.lanes.resize(layout.edges.len(), [(f64::NEG_INFINITY, f64::NEG_INFINITY); 2]);
        self.last_time = frame.time;
        self.speed = if frame.speed > 0.0 { frame.speed } else { 1.0 };
        let before = frame.hops.first().map_or(frame.time, |hop| hop.departed.min(frame.time));
        let lasted = (frame.time - before) / 1000.0 / self.speed;
        let pace = Pace { before, speed: self.speed, longest: f64::INFINITY };
        self.schedule_all(frame, kinds, layout, pace, lasted);
        self.advance(lasted);
        self.settles = self.clock;
    }

    fn schedule_all(&mut self, frame: &Frame, kinds: &[NodeKind], layout: &Layout, pace: Pace, wall_ms: f64) {
        self.sampler.begin(layout, frame.sampling, wall_ms);
        for hop in &frame.hops {
            self.schedule(hop, frame, kinds, layout, pace);
        }
        self.sampler.decide(layout, (frame.time - pace.before) / 1e6);
        let k = self.sampler.exponent();
        // Sets nest, so a sparser sample only takes marks away.
        let followed = self.followed;
        let kept = |mark: &Mark| {
            mark.shape == Shape::Error || Some(mark.root) == followed || is_sampled(mark.root, k)
        };
        self.marks.retain(kept);
    }

    /// Draws the request `root` whatever the sample.
    pub fn follow(&mut self, root: Option<u64>) {
        self.followed = root;
    }

    /// Whether anything but reads was seen.
    pub fn has_written(&self) -> bool {
        self.written
    }

    /// Whether calls made again, or second copies, were seen.
    pub fn has_repeated(&self) -> bool {
        self.repeated
    }

    /// Forgets everything on its way, as after a jump in time.
    pub fn clear(&mut self) {
        self.marks.clear();
        self.requests.clear();
        self.lanes.clear();
        self.settles = self.clock;
        self.stretched = false;
    }

    /// One mark stands for 2^k requests.
    pub fn exponent(&self) -> u32 {
        self.sampler.exponent()
    }

    /// What goes over each edge a simulated second.
    pub fn flows(&self) -> Vec<Flow> {
        self.sampler.flows().collect()
    }

    /// Flows are counted on one of 2^k requests, with this k.
    pub fn counted(&self) -> u32 {
        self.sampler.least()
    }

    /// Whether time passes so fast that links are drawn as bands.
    pub fn banded(&self) -> bool {
        self.banded
    }

    /// Whether travel is drawn slower than it is.
    pub fn stretched(&self) -> bool {
        self.stretched
    }

    /// How long until all that is on its way has arrived, in milliseconds.
    pub fn settled_in(&self) -> f64 {
        self.marks.iter().fold(0.0, |latest, mark| (mark.ends - self.clock).max(latest))
    }

    /// Whether something is still on its way, so that a paused run that was stepped finishes its drawing.
    pub fn moving(&self) -> bool {
        self.settles > self.clock
    }

    /// Marks that are on an edge now, with the share of the way they have gone.
    pub fn visible(&self) -> impl Iterator<Item = (&Mark, f64)> {
        let clock = self.clock;
        self.marks
            .iter()
            .filter(move |mark| mark.starts <= clock)
            .map(move |mark| (mark, (clock - mark.starts) / (mark.ends - mark.starts)))
    }

    /// The request drawn nearest to `point`, at most `reach` pixels away.
    pub fn hit(&self, point: Point, reach: f64, place: impl Fn(&Mark, f64) -> Point) -> Option<u64> {
        self.visible()
            .map(|(mark, gone)| (place(mark, gone).distance(point), mark.root))
            .filter(|&(distance, _)| distance <= reach)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, root)| root)
    }

    fn schedule(&mut self, hop: &Hop, frame: &Frame, kinds: &[NodeKind], layout: &Layout, pace: Pace) {
        // Another copy was answered, or whoever asked has gone: here nothing has failed.
        if hop.what.direction == CANCEL && hop.what.outcome == CANCELLED {
            return;
        }
        let Some(path) = Path::find(hop, frame, kinds, layout) else { return };
        // Errors outside the worker's sample are drawn, but say nothing about rates.
        if is_sampled(hop.root, frame.sampling) {
            let given_up = hop.what.direction == CANCEL;
            // A caller that gives up sends no call; on the link it counts as an answer that failed.
            self.sampler.count(path.edge, path.against || given_up, given_up || hop.what.outcome != 0);
        }
        self.written |= hop.what.operation == WRITE;
        self.repeated |= hop.what.again;
        let sampled = is_sampled(hop.root, self.sampler.exponent());
        let failed = hop.what.direction == CANCEL || hop.what.outcome != 0;
        let followed = Some(hop.root) == self.followed;
        let drawn = sampled || followed || failed && self.errors() < MOST_ERRORS;
        if !drawn || self.banded {
            return;
        }
        let progress = self.requests.entry(hop.root).or_default();
        let shape = shape_of(hop, path.callee, progress);
        let real = (hop.arrives - hop.departed) / 1000.0 / pace.speed;
        let shortest = if followed { SHORTEST_FOLLOWED } else { SHORTEST };
        self.stretched |= real < shortest;
        let lane = &mut self.lanes[path.edge][usize::from(path.against)];
        let wanted =
            self.clock + ((hop.departed - pace.before) / 1000.0 / pace.speed).clamp(0.0, pace.longest);
        let (starts, ends) = in_order(wanted.max(progress.ends), real.max(shortest), *lane);
        *lane = (starts, ends);
        progress.ends = ends;
        self.settles = self.settles.max(ends);
        let reply = hop.what.direction == REPLY;
        let edge = path.edge as u32;
        let again = hop.what.again && hop.what.direction == REQUEST;
        self.marks.push(Mark {
            root: hop.root,
            edge,
            against: path.against,
            shape,
            reply,
            again,
            starts,
            ends,
        });
    }

    fn errors(&self) -> usize {
        self.marks.iter().filter(|mark| mark.shape == Shape::Error).count()
    }
}

/// Start and end of a mark that wants to start at `wanted` and lasts so long, behind the `latest` on its lane. A
/// request that asks a cache twice is late the second time, as its hops are stretched; waiting behind it would make
/// everyone late, then the late ones later, without end. So nobody waits for longer than a hop.
fn in_order(wanted: f64, lasts: f64, latest: (f64, f64)) -> (f64, f64) {
    let starts = wanted.max(latest.0);
    let ends = (starts + lasts).max(latest.1);
    if ends - (wanted + lasts) <= SHORTEST { (starts, ends) } else { (wanted, wanted + lasts) }
}

/// How simulated time becomes display time within one frame.
#[derive(Clone, Copy)]
struct Pace {
    before: f64,
    speed: f64,
    longest: f64,
}

const REQUEST: u8 = Direction::Request as u8;
const REPLY: u8 = Direction::Reply as u8;
const CANCEL: u8 = Direction::Cancel as u8;
const CANCELLED: u8 = Outcome::Cancelled as u8;
const WRITE: u8 = Operation::Write as u8;
const FILL: u8 = Operation::Fill as u8;
const DELETE: u8 = Operation::Delete as u8;
const HIT: u8 = Lookup::Hit as u8;
const MISS: u8 = Lookup::Miss as u8;

/// The edge a hop runs along.
struct Path {
    edge: usize,
    against: bool,
    callee: NodeKind,
}

impl Path {
    fn find(hop: &Hop, frame: &Frame, kinds: &[NodeKind], layout: &Layout) -> Option<Self> {
        let gauges = |instance: u32| frame.instances.get(usize::try_from(instance).ok()?);
        let (from, to) = (gauges(hop.from)?, gauges(hop.to)?);
        let from_card = layout.card_of(from.node, u32::from(from.slot))?;
        let to_card = layout.card_of(to.node, u32::from(to.slot))?;
        let (edge, against) = layout.edge_between(from_card, to_card)?;
        let callee = if hop.what.direction == REPLY { from.node } else { to.node };
        Some(Self { edge, against, callee: kinds.get(usize::from(callee)).copied().unwrap_or_default() })
    }
}

/// Hits and misses show where they happen (at a cache) and where a miss costs (behind it); elsewhere a mark shows
/// what the request asked for.
fn shape_of(hop: &Hop, callee: NodeKind, progress: &mut Progress) -> Shape {
    let what = hop.what;
    if what.direction == CANCEL || what.outcome != 0 {
        return Shape::Error;
    }
    if callee == NodeKind::Cache && what.direction == REPLY && what.lookup != 0 {
        progress.missed = what.lookup == MISS;
    }
    match (callee, what.operation) {
        (_, WRITE | DELETE) => Shape::Write,
        (NodeKind::Cache, FILL) => Shape::Miss,
        (NodeKind::Cache, _) if what.direction == REPLY && what.lookup == HIT => Shape::Hit,
        (NodeKind::Cache, _) if what.direction == REPLY && what.lookup == MISS => Shape::Miss,
        (NodeKind::Database, _) if progress.missed => Shape::Miss,
        _ if what.other_path => Shape::Write,
        _ => Shape::Read,
    }
}

#[cfg(test)]
mod tests;
