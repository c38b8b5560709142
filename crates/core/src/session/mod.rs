//! A run under control: play, pause, step, seek, act, undo.
//!
//! A [`Session`] holds one run at one moment, and [keyframes](keyframes) of its past. Everything a learner does is a
//! list of timed actions, and there is one way to change that list: [`Session::replace_actions`] finds where the new
//! one differs, goes back to the keyframe before it and replays. Acting, undo, redo and branches are all that.
//!
//! Long work is done in slices: [`Session::seek`] and [`Session::replace_actions`] only say where the run shall stand,
//! [`Session::advance`] brings it there as far as its budget goes. Whatever the slices, the run is the same, bit for
//! bit.

pub mod compare;
mod keyframes;
mod run;
pub mod run_file;
mod search;
mod series;
mod trace;
mod view;
mod watch;

pub use search::{Search, Sought};
pub use trace::Trace;
pub use view::{ActionView, InstanceView, LinkView, NodeView, Source, View};

use crate::engine::resilience::breaker::BreakerState;
use crate::metrics::report::RunFacts;
use crate::metrics::written::count;
use crate::metrics::{Notable, Recorder, Report, Rows};
use crate::node::{Inside, Outlook};
use crate::scenario::{Action, Problem, Scenario, TimedAction};
use crate::sim::kernel::Overload;
use crate::sim::record::{Hop, InstanceIndex, Note};
use crate::sim::time::{Nanos, Time, seconds};
use crate::sort;
use keyframes::Keyframes;
use run::{Pause, Run};
use std::sync::Arc;
use watch::Watch;

/// A run under control.
#[derive(Clone, Debug)]
pub struct Session {
    origin: Arc<Scenario>,
    actions: Vec<TimedAction>,
    run: Run,
    keyframes: Keyframes,
    /// What was recorded further on, before the run went back.
    seen: Option<Seen>,
    /// Where the run shall stand before anything else.
    target: Option<Time>,
    hops: Option<u64>,
    watch: Watch,
}

#[derive(Clone, Debug)]
struct Seen {
    until: Time,
    recorder: Recorder,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub now: Time,
    /// Where it is going, if it has to get there before anything else.
    pub target: Option<Time>,
    /// Whether it is over.
    pub ended: Ended,
    /// How many events this took, about.
    pub work: u64,
}

/// Whether a run is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Not yet.
    No,
    /// It has reached its duration.
    Duration,
    /// It has reached a limit.
    Overloaded,
}

impl Session {
    /// A run at its start. `actions` are the learner's, in order of time; those of the scenario are its own.
    ///
    /// # Errors
    /// What is wrong with the actions: an unknown node or setting, a value out of its range.
    pub fn new(scenario: Arc<Scenario>, actions: Vec<TimedAction>) -> Result<Session, Vec<Problem>> {
        let run = Run::new(&scenario, &actions)?;
        let keyframes = Keyframes::new(run.clone(), scenario.duration);
        let watch = Watch::listening();
        Ok(Session { origin: scenario, actions, run, keyframes, seen: None, target: None, hops: None, watch })
    }

    /// The scenario as it was loaded.
    pub fn origin(&self) -> &Arc<Scenario> {
        &self.origin
    }

    /// The scenario as it stands now, after the settings that actions changed.
    pub fn scenario(&self) -> &Arc<Scenario> {
        self.run.simulator.scenario()
    }

    /// The scenario as it stood at a time before now.
    pub fn scenario_at(&self, time: Time) -> Arc<Scenario> {
        let mut acted: Vec<&TimedAction> = self.origin.actions.iter().chain(&self.actions).collect();
        sort::by_key(&mut acted, |timed| timed.at);
        let until = acted.partition_point(|timed| timed.at <= time);
        let set = |timed: &&TimedAction| match &timed.action {
            Action::Set { path, value } => Some((path.clone(), value.clone())),
            _ => None,
        };
        if acted[until..].iter().find_map(set).is_none() {
            return self.scenario().clone();
        }
        let changes: Vec<_> = acted[..until].iter().filter_map(set).collect();
        // Each was allowed when it was done.
        self.origin.with(&changes).map_or_else(|_| self.scenario().clone(), Arc::new)
    }

    /// The learner's actions.
    pub fn actions(&self) -> &[TimedAction] {
        &self.actions
    }

    /// Where the run stands. An action at the next nanosecond needs no replay.
    pub fn now(&self) -> Time {
        self.run.simulator.now()
    }

    /// Length of the run.
    pub fn duration(&self) -> Nanos {
        self.origin.duration
    }

    /// The furthest time that was reached with the present actions: how far charts go.
    pub fn reached(&self) -> Time {
        self.seen.as_ref().map_or(self.now(), |seen| seen.until.max(self.now()))
    }

    /// The limit that ended the run, as a sentence with a remedy.
    pub fn overloaded(&self) -> Option<String> {
        self.run.overload.map(|overload| self.describe(overload))
    }

    /// Goes on to `until` (cut at the run's duration) or for about `max_events`, whichever comes first. While a seek is
    /// under way it is finished first, and nothing else is done in the same call.
    pub fn advance(&mut self, until: Time, max_events: u64) -> Progress {
        let goal = self.target.unwrap_or(until).min(self.duration());
        let mut budget = max_events;
        if goal >= self.now() {
            loop {
                let pause = self.run.advance(goal, &mut budget, &mut self.watch);
                if pause == Pause::Window {
                    self.keyframes.offer(&self.run);
                    if self.now() < goal {
                        continue;
                    }
                }
                if pause != Pause::Budget {
                    self.arrive();
                }
                break;
            }
        }
        self.progress(max_events - budget)
    }

    /// Says where the run shall stand, back or ahead; [`Session::advance`] brings it there.
    pub fn seek(&mut self, to: Time) -> Progress {
        let to = to.min(self.duration());
        let keyframe = self.keyframes.at_or_before(to);
        if to < self.now() || keyframe.simulator.now() > self.now() {
            let keyframe = keyframe.clone();
            self.remember_future();
            self.restore(keyframe);
        }
        self.aim(to);
        self.progress(0)
    }

    /// Replaces the learner's actions. The run keeps its place; if it must be replayed to get there again,
    /// [`Session::advance`] does so.
    ///
    /// # Errors
    /// What is wrong with the actions; then nothing has changed.
    pub fn replace_actions(&mut self, actions: Vec<TimedAction>) -> Result<Progress, Vec<Problem>> {
        let Some(cut) = first_difference(&self.actions, &actions) else { return Ok(self.progress(0)) };
        let start = Run::new(&self.origin, &actions)?;
        self.actions = actions;
        self.keyframes.cut(cut, start);
        self.seen = self.seen.take().filter(|seen| seen.until < cut);
        if cut > self.now() {
            self.keyframes.prepare(&mut self.run);
        } else {
            let place = self.target.unwrap_or(self.now());
            let keyframe = self.keyframes.before(cut).clone();
            self.restore(keyframe);
            self.aim(place);
        }
        Ok(self.progress(0))
    }

    /// Lets exactly one event happen. A seek under way is left where it is.
    pub fn step_event(&mut self) -> Progress {
        self.arrive();
        let step = self.run.step(self.origin.duration, &mut self.watch);
        self.progress(u64::from(step.happened))
    }

    /// Goes on until a client's next request has ended, or for `max_events`. A seek under way is left where it is.
    pub fn step_request(&mut self, max_events: u64) -> Progress {
        self.arrive();
        for work in 0..max_events {
            let step = self.run.step(self.origin.duration, &mut self.watch);
            if step.request_ended || !step.happened {
                return self.progress(work);
            }
        }
        self.progress(max_events)
    }

    /// The instances there ever were, with their gauges.
    pub fn instances(&self) -> Vec<InstanceView> {
        view::instances(&self.run.simulator)
    }

    /// What is inside an instance: at most `limit` of each kind.
    pub fn inside(&self, instance: InstanceIndex, limit: usize) -> Inside {
        self.run.simulator.inside(instance, limit)
    }

    /// What an instance of a balancer sees, with so many places of those that keys belong to; none for other nodes.
    pub fn outlook(&self, instance: InstanceIndex, places: usize) -> Option<Outlook> {
        self.run.simulator.outlook(instance, places)
    }

    /// How the breakers of an instance stand, by the links of its node, in the order of the view; none where there is none.
    pub fn breakers(&self, instance: InstanceIndex) -> impl Iterator<Item = Option<BreakerState>> {
        self.run.simulator.breakers(instance)
    }

    /// Calls and visits that are alive.
    pub fn alive(&self) -> (u32, u32) {
        self.run.simulator.alive()
    }

    /// What does not change while the run goes on: nodes, links, times, actions.
    pub fn view(&self) -> View {
        view::view(&self.origin, &self.actions)
    }

    /// Asks for the hops of requests whose root has no bit in common with `mask`, and for some that tell of failures;
    /// `None` for no hops.
    pub fn set_hops(&mut self, mask: Option<u64>) {
        self.hops = mask;
        self.watch.mask = mask.unwrap_or(0);
        if self.target.is_none() {
            self.run.simulator.set_hops(mask);
        }
    }

    /// Asks for the hops of one request too, whatever the mask; `None` for no request.
    pub fn follow(&mut self, root: Option<u64>) {
        self.watch.followed = root.unwrap_or(0);
        self.run.simulator.set_followed(self.watch.followed);
    }

    /// The hops since the last time, in the order they departed, and how many more there were than can be kept.
    pub fn take_hops(&mut self) -> (Vec<Hop>, u64) {
        self.watch.take_hops()
    }

    /// The notes since the last time that say the system changed.
    pub fn take_notes(&mut self) -> Vec<Note> {
        self.watch.take_notes()
    }

    /// Rows for charts from window number `first` on, as far as the run was ever played with the present actions;
    /// percentiles are of the `together` windows that end with a row's.
    pub fn rows(&self, first: usize, together: usize) -> Rows {
        let mut rows = self.furthest().rows(first, together);
        crate::metrics::rows::combine(self.scenario(), &mut rows);
        rows
    }

    /// Requests worth a look: the slowest and the first failed of each of the latest windows.
    pub fn notable(&self) -> impl Iterator<Item = &Notable> {
        self.furthest().notable()
    }

    /// What happened that is worth telling, as far as the run was ever played with the present actions.
    pub fn log(&self) -> &[crate::metrics::log::Entry] {
        self.furthest().log().entries()
    }

    /// The figures from the end of warm-up to now.
    pub fn report(&self) -> Report {
        self.report_between(self.origin.warmup, Time::MAX)
    }

    /// Mean latency of the requests that ended, from the end of warm-up to now, and the latencies in the middle of each
    /// of `parts` equally many of them, in seconds. Nothing where none ended.
    pub fn spread(&self, parts: u32) -> (Option<f64>, Vec<f64>) {
        let figures = self.run.recorder.figures(self.origin.warmup, Time::MAX, self.now());
        let all = figures.ok.with(&figures.failed);
        let middle = |part: u32| all.percentile((1000 * part + 500) / parts);
        (all.mean(), (0..parts).filter_map(middle).collect())
    }

    /// The figures of requests sent from `from` to `to`, as far as the run has come. The digest is that of the run as
    /// if it ended now.
    pub fn report_between(&self, from: Time, to: Time) -> Report {
        let mut figures = self.run.recorder.figures(from, to, self.now());
        let mut closing = self.run.simulator.clone();
        closing.clear_records();
        closing.close();
        figures.add_open(closing.records());
        let mut digest = self.run.digest;
        digest.observe(closing.records());
        let facts = RunFacts {
            digest: digest.value(),
            duration_s: seconds(self.now()),
            overloaded: self.overloaded(),
        };
        Report::new(self.scenario(), &figures, facts)
    }

    /// The digest of the run as if it ended now.
    pub fn digest(&self) -> u64 {
        let mut closing = self.run.simulator.clone();
        closing.clear_records();
        closing.close();
        let mut digest = self.run.digest;
        digest.observe(closing.records());
        digest.value()
    }

    /// The recorder that knows the most.
    fn furthest(&self) -> &Recorder {
        self.seen.as_ref().map_or(&self.run.recorder, |seen| &seen.recorder)
    }

    fn progress(&self, work: u64) -> Progress {
        let ended = if self.run.overload.is_some() {
            Ended::Overloaded
        } else if self.now() >= self.duration() && self.target.is_none() {
            Ended::Duration
        } else {
            Ended::No
        };
        Progress { now: self.now(), target: self.target, ended, work }
    }

    /// Replays without a viewer to `target`.
    fn aim(&mut self, target: Time) {
        self.target = Some(target);
        self.watch.on = false;
        self.watch.clear();
        self.run.simulator.set_hops(None);
    }

    /// The run stands where it should: the viewer listens again.
    fn arrive(&mut self) {
        self.target = None;
        self.watch.on = true;
        self.run.simulator.set_hops(self.hops);
        self.run.simulator.set_followed(self.watch.followed);
        if self.seen.as_ref().is_some_and(|seen| seen.until <= self.run.simulator.now()) {
            self.seen = None;
        }
    }

    fn remember_future(&mut self) {
        let now = self.now();
        if self.seen.as_ref().is_none_or(|seen| seen.until < now) {
            self.seen = Some(Seen { until: now, recorder: self.run.recorder.clone() });
        }
    }

    fn restore(&mut self, keyframe: Run) {
        self.run = keyframe;
        self.keyframes.prepare(&mut self.run);
    }

    fn describe(&self, overload: Overload) -> String {
        if overload.stuck {
            return "time stands still: requests are answered at once and sent again at once; \
                    give closed clients a think_time"
                .to_owned();
        }
        let instance = self.run.simulator.instances().nth(overload.instance as usize);
        let node = instance.and_then(|instance| self.origin.nodes.get(usize::from(instance.node)));
        let name = node.map_or("the run", |node| node.name.as_str());
        let (visits, alive) = (count(u64::from(overload.visits)), count(u64::from(overload.alive)));
        format!(
            "{name}: {visits} requests are there and {alive} calls and visits in all; give the queue a limit"
        )
    }
}

/// When two lists of actions, both in order of time, begin to differ.
fn first_difference(old: &[TimedAction], new: &[TimedAction]) -> Option<Time> {
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    old.get(same).into_iter().chain(new.get(same)).map(|action| action.at).min()
}

#[cfg(test)]
mod figure_tests;
#[cfg(test)]
mod search_tests;
#[cfg(test)]
mod tests;
