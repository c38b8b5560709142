//! The kernel: what happens next, and to whom. It owns the events, the calls and visits, the instances and the
//! links; what a visit *does* is decided by a [`Handler`], which the node kinds implement.
//!
//! One event costs a pop and at most a few pushes on a queue whose heap stays small (see [`super::queue`]); the
//! steady state allocates nothing.

use super::attempts::{ATTEMPT, Whole};
use super::call::{Call, CallId, EndedCall, Visit, VisitId};
use super::event::{Event, Packed};
use super::instance::{Instance, InstanceSettings, Life, Members};
use super::link::Link;
pub use super::overload::Overload;
use super::pooling::PoolState;
use super::processor::WakeUp;
use super::queue::{EventQueue, Lane};
use super::record::{InstanceIndex, NodeIndex, Note, NoteKind, Outcome, Record};
use super::records::Records;
use super::slab::Slab;
use super::time::{Nanos, Time};
use super::truth::Truth;
use crate::engine::resilience::codel::Codel;
use crate::engine::resilience::priority_queue::NORMAL;

/// What decides what visits do. Every method may make calls, finish visits and ask for timers.
pub trait Handler {
    /// A request has arrived at an instance that works.
    fn arrived(&mut self, kernel: &mut Kernel, visit: VisitId, instance: InstanceIndex);
    /// A call made by this instance has ended. Its visit may have ended before.
    fn answered(&mut self, kernel: &mut Kernel, ended: &EndedCall);
    /// A job of this visit to an instance is done.
    fn worked(&mut self, kernel: &mut Kernel, visit: VisitId, instance: InstanceIndex);
    /// A delay of this visit is over.
    fn delayed(&mut self, kernel: &mut Kernel, visit: VisitId);
    /// The caller of this visit no longer waits.
    fn cancelled(&mut self, kernel: &mut Kernel, visit: VisitId);
    /// A timer of this instance has come.
    fn timer(&mut self, kernel: &mut Kernel, instance: InstanceIndex, token: u32, number: u32);
    /// An instance has become ready or gone; `life` says which.
    fn lived(&mut self, kernel: &mut Kernel, instance: InstanceIndex, life: Life);
    /// It is time for the action of this index, or (`begins` false) for its end.
    fn act(&mut self, kernel: &mut Kernel, action: u32, begins: bool);
}

/// See the module's description.
#[derive(Clone, Debug)]
pub struct Kernel {
    pub(super) now: Time,
    pub(super) queue: EventQueue<Packed>,
    pub(super) lanes: Vec<(Nanos, Lane)>,
    pub(super) calls: Slab<Call>,
    pub(super) visits: Slab<Visit>,
    /// Calls that may take several attempts.
    pub(super) wholes: Slab<Whole>,
    pub(super) instances: Vec<Instance>,
    pub(super) nodes: Vec<Members>,
    pub(super) links: Vec<Link>,
    pub(super) pools: Vec<PoolState>,
    pub(super) seed: u64,
    pub(super) limit: u32,
    pub(super) overload: Option<Overload>,
    /// Events at the present moment so far.
    pub(super) at_once: u32,
    pub(super) records: Records,
    pub(super) recording: bool,
    pub(super) hops: Option<u64>,
    /// A request whose messages are emitted with them, sampled or not; 0 for none.
    pub(super) followed: u64,
    pub(super) wake_ups: Vec<WakeUp>,
    /// Visits that were refused when they came back for a worker, where, and their keys; their nodes have not heard yet.
    pub(super) refused: Vec<(VisitId, InstanceIndex, u64)>,
    pub(super) effects: Vec<crate::engine::pool::Effect>,
    truth: Truth,
}

impl Kernel {
    /// An empty system of `nodes` nodes.
    pub fn new(seed: u64, nodes: usize, limit: u32) -> Kernel {
        let members = Members {
            ready: Vec::new(),
            present: Vec::new(),
            version: 0,
            known: Vec::new(),
            known_version: 0,
        };
        Kernel {
            now: 0,
            queue: EventQueue::default(),
            lanes: Vec::new(),
            calls: Slab::default(),
            visits: Slab::default(),
            wholes: Slab::default(),
            instances: Vec::new(),
            nodes: vec![members; nodes],
            links: Vec::new(),
            pools: Vec::new(),
            seed,
            limit,
            overload: None,
            at_once: 0,
            records: Records::default(),
            recording: true,
            hops: None,
            followed: 0,
            wake_ups: Vec::new(),
            refused: Vec::new(),
            effects: Vec::new(),
            truth: Truth::default(),
        }
    }

    /// The present moment.
    #[inline]
    pub fn now(&self) -> Time {
        self.now
    }

    /// Where all luck comes from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What is committed.
    #[inline]
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// Commits the next version of a key, which is returned.
    pub fn commit(&mut self, key: u64) -> u32 {
        self.truth.commit(self.now, key)
    }

    /// A visit, if it has not ended.
    #[inline]
    pub fn visit(&self, visit: VisitId) -> Option<&Visit> {
        self.visits.get(visit)
    }

    /// A visit, if it has not ended.
    #[inline]
    pub fn visit_mut(&mut self, visit: VisitId) -> Option<&mut Visit> {
        self.visits.get_mut(visit)
    }

    /// The visit that waits for a call; none if the call is a client's own, or has ended.
    pub fn caller_of(&self, call: CallId) -> Option<VisitId> {
        self.calls.get(call).map(|call| call.caller).filter(|caller| *caller != VisitId::NONE)
    }

    /// The caller's own number for a call, if it has not ended.
    pub fn token_of(&self, call: CallId) -> Option<u32> {
        let call = self.calls.get(call)?;
        // An attempt is a call of somebody's who numbered the whole.
        if call.step == ATTEMPT { self.token_of_whole(call.token) } else { Some(call.token) }
    }

    /// All visits, in slab order.
    pub fn visits(&self) -> impl Iterator<Item = (VisitId, &Visit)> {
        self.visits.iter()
    }

    /// All visits, in slab order.
    pub fn visits_mut(&mut self) -> impl Iterator<Item = &mut Visit> {
        self.visits.iter_mut()
    }

    /// All instances there ever were.
    pub fn instances(&self) -> &[Instance] {
        &self.instances
    }

    /// One instance.
    #[inline]
    pub fn instance(&self, instance: InstanceIndex) -> &Instance {
        &self.instances[instance as usize]
    }

    /// Who is there of a node.
    #[inline]
    pub fn members(&self, node: NodeIndex) -> &Members {
        &self.nodes[usize::from(node)]
    }

    /// The time of the next event.
    pub fn next_event(&self) -> Option<Time> {
        self.queue.next_time()
    }

    /// What was emitted and not yet cleared.
    pub fn records(&self) -> &[Record] {
        self.records.as_slice()
    }

    /// Forgets what was emitted.
    pub fn clear_records(&mut self) {
        self.records.clear();
    }

    /// Whether anything is emitted.
    pub fn set_recording(&mut self, on: bool) {
        self.recording = on;
    }

    /// Which requests' messages are emitted for drawing.
    pub fn set_hops(&mut self, mask: Option<u64>) {
        self.hops = mask;
    }

    /// Which request's messages are emitted with those, whatever their mask; 0 for none.
    pub fn set_followed(&mut self, root: u64) {
        self.followed = root;
    }

    /// Emits open calls and visits as they stand, in slab order.
    pub fn close(&mut self) {
        if !self.recording {
            return;
        }
        let now = self.now;
        let calls = self.calls.iter();
        self.records.extend(calls.map(|(_, call)| call.ended(now, Outcome::Cancelled, call.lookup)));
        self.close_wholes();
        let visits = self.visits.iter();
        self.records
            .extend(visits.map(|(_, visit)| visit.ended(now, Outcome::Cancelled, visit.lookup, false)));
    }

    /// How many calls and visits are alive.
    pub fn alive(&self) -> (u32, u32) {
        (self.calls.len(), self.visits.len())
    }

    /// The limit on calls and visits alive; a run that reaches it stops.
    pub fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.queue.bytes()
            + self.calls.bytes()
            + self.visits.bytes()
            + self.wholes.bytes()
            + self.truth.bytes()
    }

    /// Gives a visit to the processor of the instance where it is. [`Handler::worked`] follows.
    #[inline(never)]
    pub fn work(&mut self, visit: VisitId, instance: InstanceIndex, work: Nanos) {
        let wake_up = self.instances[instance as usize].processor.submit(self.now, visit, work);
        self.wake(instance, wake_up);
    }

    /// Lets a visit wait for a time that many visits share. [`Handler::delayed`] follows.
    pub fn delay(&mut self, visit: VisitId, delay: Nanos) {
        self.after(delay, Event::Delay(visit));
    }

    /// Lets a visit wait for a time of its own. [`Handler::delayed`] follows.
    pub fn delay_alone(&mut self, visit: VisitId, delay: Nanos) {
        self.schedule(self.now.saturating_add(delay), Event::Delay(visit));
    }

    /// Asks for a timer. [`Handler::timer`] follows with the same numbers.
    #[inline(always)]
    pub fn set_timer(&mut self, at: Time, instance: InstanceIndex, token: u32, number: u32) {
        self.queue.push(at.max(self.now), Event::Timer { instance, token, number }.pack());
    }

    /// Asks for the end of an action. [`Handler::act`] follows.
    pub fn schedule_action_end(&mut self, at: Time, action: u32) {
        self.schedule(at.max(self.now), Event::ActionEnd(action));
    }

    /// Lets time pass up to `at`, before which no event may come.
    pub fn wait_until(&mut self, at: Time) {
        debug_assert!(self.next_event().is_none_or(|next| next >= at), "an event was passed over");
        self.now = self.now.max(at);
    }

    /// Tells something worth telling.
    #[inline(never)]
    pub fn note(&mut self, instance: InstanceIndex, kind: NoteKind, a: u64, b: u64) {
        self.record(Record::Note(Note { time: self.now, instance, kind, a, b }));
    }

    /// An event at a time of its own, from a place that is not worth a copy of the queue's code.
    #[inline(never)]
    pub(super) fn schedule(&mut self, at: Time, event: Event) {
        self.queue.push(at, event.pack());
    }

    /// An event after a delay that many share, at once if it is 0.
    #[inline]
    pub(super) fn after(&mut self, delay: Nanos, event: Event) {
        if delay == 0 {
            self.queue.push_at_once(self.now, event.pack());
        } else {
            let lane = self.lane(delay);
            self.queue.push_to_lane(lane, self.now.saturating_add(delay), event.pack());
        }
    }

    /// The lane of a delay. Lanes are kept by their delay, since `now + delay` never falls.
    pub(super) fn lane(&mut self, delay: Nanos) -> Lane {
        match self.lanes.binary_search_by_key(&delay, |(of, _)| *of) {
            Ok(place) => self.lanes[place].1,
            Err(place) => {
                let lane = self.queue.add_lane();
                self.lanes.insert(place, (delay, lane));
                lane
            }
        }
    }

    #[inline]
    pub(super) fn wake(&mut self, instance: InstanceIndex, wake_up: Option<WakeUp>) {
        if let Some(WakeUp { at, place, number }) = wake_up {
            self.queue.push(at, Event::Done { instance, place, number }.pack());
        }
    }

    /// Changes what an instance is made of; who is inside finishes first where there is less.
    pub fn reconfigure_instance(&mut self, index: InstanceIndex, settings: InstanceSettings) {
        let instance = &mut self.instances[index as usize];
        let cores_changed = instance.settings.cores != settings.cores;
        // The order of service is part of what the processor is; it changes only with a restart.
        instance.settings = InstanceSettings { order: instance.settings.order, ..settings };
        instance.codel = settings.codel.map(|settings| {
            let mut codel = instance.codel.take().unwrap_or_else(|| Box::new(Codel::new(settings)));
            codel.reconfigure(settings);
            codel
        });
        let rank = |id| self.visits.get(id).map_or(NORMAL, Visit::rank);
        instance.waiting.reconfigure(settings.priorities, rank);
        if cores_changed {
            let mut wake_ups = std::mem::take(&mut self.wake_ups);
            instance.processor.set_cores(self.now, settings.cores, &mut wake_ups);
            self.wake_all(index, wake_ups);
        }
    }

    /// Changes the speed of an instance, in parts per million of full speed.
    pub fn set_speed(&mut self, index: InstanceIndex, speed: u32) {
        let mut wake_ups = std::mem::take(&mut self.wake_ups);
        self.instances[index as usize].processor.set_speed(self.now, speed, &mut wake_ups);
        self.wake_all(index, wake_ups);
        self.note(index, NoteKind::Slowed, u64::from(speed), 0);
    }

    fn wake_all(&mut self, index: InstanceIndex, mut wake_ups: Vec<WakeUp>) {
        for wake_up in wake_ups.drain(..) {
            self.wake(index, Some(wake_up));
        }
        self.wake_ups = wake_ups;
    }

    #[inline]
    pub(super) fn record(&mut self, record: Record) {
        if self.recording {
            *self.records.place() = record;
        }
    }
}
