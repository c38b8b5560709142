//! The lesson's side of the state: predictions, tasks, hints, going on.

use super::run::Until;
use super::{Acts, State};
use crate::page::condition::count_slow;
use crate::page::route::Place;
use crate::page::value::Span;
use crate::protocol::{Act, Command, Evaluated, FASTEST, Measure, Micros, TimedAct, ZonePlace};
use headroom_labs::predict::{self, Guess, Needs};
use headroom_labs::{Ask, Change, Lab, Moment, Number, Prediction as Asked, Task};
use serde_json::Value;
use std::rc::Rc;

/// A prediction is run in about this wall time, and hurried after [`HURRY_MS`].
const RUN_SECONDS: f64 = 5.0;
const HURRY_MS: f64 = 6_500.0;

/// Where in the lesson one is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lesson {
    /// Index of the step; the number of steps for the closing card.
    pub step: usize,
    /// Wall time at which the step was entered; unknown until the first frame.
    pub entered_ms: Option<f64>,
    /// Wall time now, to the second: for the hint.
    pub now_ms: f64,
    /// Whether the knob that invited was turned.
    pub accepted: bool,
    /// The step's prediction.
    pub prediction: Prediction,
    /// The goals' figures so far, in order.
    pub so_far: Vec<Option<f64>>,
    /// The five runs' verdict.
    pub verdict: Option<Evaluated>,
    /// Whether the five runs are being made.
    pub checking: bool,
    /// Hints shown.
    pub hints: u8,
    /// Whether the way to par is shown.
    pub way_shown: bool,
    /// The answer chosen to a question about requests.
    pub found: Option<usize>,
    /// Requests opened in this step.
    pub opened: u32,
}

/// A prediction's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Prediction {
    /// The step asks nothing.
    #[default]
    None,
    /// Asked, not locked in.
    Open {
        /// What is chosen so far.
        guess: Guess,
    },
    /// Locked in; the run is on its way.
    Running {
        /// What was said.
        guess: Guess,
    },
    /// The run has answered.
    Revealed {
        /// What was said.
        guess: Guess,
        /// What was measured, in the report's unit and in the order of [`predict::needs`].
        was: Vec<Option<f64>>,
    },
}

impl Lesson {
    /// A step as it opens.
    pub fn opening(lab: Option<&Lab>, step: usize) -> Self {
        let asks = lab.and_then(|lab| lab.steps.get(step)).and_then(|step| step.predict.as_ref());
        let prediction = match asks {
            None => Prediction::None,
            Some(asked) => Prediction::Open { guess: at_first(&asked.ask) },
        };
        Self { step, prediction, ..Self::default() }
    }

    /// A knob was turned: does it answer the step's invitation?
    pub fn turned(&mut self, lab: Option<&Lab>, path: &str, value: &Value) {
        let pulse = lab.and_then(|lab| lab.steps.get(self.step)).and_then(|step| step.pulse.as_ref());
        let Some(pulse) = pulse.filter(|pulse| pulse.knob == path) else { return };
        let number = super::super::value::number_of(value).unwrap_or(f64::NAN);
        // Within a fifth, or beyond: nobody should have to hit a pixel.
        self.accepted |= (number - pulse.to).abs() <= pulse.to.abs() / 5.0 || number > pulse.to;
    }

    /// Whether a hint may be offered: a check that failed, or a minute and a half without success.
    pub fn may_hint(&self) -> bool {
        let failed = self.verdict.as_ref().is_some_and(|verdict| !verdict.pass);
        (failed || self.entered_ms.is_some_and(|entered| self.now_ms - entered >= 90_000.0))
            && !self.verdict.as_ref().is_some_and(|verdict| verdict.pass)
    }
}

impl State {
    /// Whether the step is done, so that the button leads on.
    pub fn step_done(&self) -> bool {
        let Some(step) = self.step() else { return true };
        let before = self.lab().is_some_and(|lab| self.progress.has(&lab.id, &step.id));
        match (&step.predict, &step.task) {
            (Some(_), _) => matches!(self.lesson.prediction, Prediction::Revealed { .. } | Prediction::None),
            (_, Some(Task::Design(_) | Task::Incident(_))) => {
                before || self.lesson.verdict.as_ref().is_some_and(|verdict| verdict.pass)
            }
            (_, Some(Task::Find(find))) => {
                before || self.lesson.found.is_some_and(|found| is_right(find, found))
            }
            _ => before || self.lesson.accepted || step.pulse.is_none(),
        }
    }

    /// Which answer the node of this instance is to an open question that asks for a node.
    pub fn spot_of(&self, instance: u32) -> Option<usize> {
        let Ask::Where { nodes, .. } = &self.step()?.predict.as_ref()?.ask else { return None };
        if !matches!(self.lesson.prediction, Prediction::Open { .. }) {
            return None;
        }
        let view = self.view.as_ref()?;
        let node = view.instances.get(usize::try_from(instance).ok()?)?.node;
        let name = &view.nodes.get(usize::from(node))?.name;
        nodes.iter().position(|spot| spot.node == *name)
    }

    pub(super) fn guess(&mut self, guess: Guess) {
        if let Prediction::Open { guess: now } = &mut self.lesson.prediction {
            *now = guess;
        }
    }

    pub(super) fn draw(&mut self, point: usize, value: f64) {
        if let Prediction::Open { guess: Guess::Curve(curve) } = &mut self.lesson.prediction
            && let Some(drawn) = curve.get_mut(point)
        {
            *drawn = value;
        }
    }

    pub(super) fn lock_in(&mut self) {
        if let Prediction::Open { guess } = &self.lesson.prediction
            && *guess != Guess::None
        {
            self.run_prediction(guess.clone());
        }
    }

    pub(super) fn show_me(&mut self) {
        if matches!(self.lesson.prediction, Prediction::Open { .. }) {
            self.run_prediction(Guess::None);
        }
    }

    /// Makes the change and runs to the stated time.
    fn run_prediction(&mut self, guess: Guess) {
        let Some(asked) = self.step().and_then(|step| step.predict.as_ref()) else { return };
        let at = self.head.time.floor();
        self.acts = Acts::beginning_with(acts(predict::played(asked, &guess), at));
        self.replay();
        let until = asked.until.seconds() * 1e6;
        self.lesson.prediction = Prediction::Running { guess };
        self.transport.until = Some(Until { at: until, began_ms: None, hurried: false });
        self.transport.speed = ((until - at) / 1e6 / RUN_SECONDS).max(1.0);
        self.transport.playing = true;
    }

    /// A few times a second: figures of the latest frame, and what time brings.
    pub(super) fn beat(&mut self, head: super::Head, now_ms: f64) {
        let running = head.status == crate::protocol::frame::Status::Running;
        let older = match running {
            true => head.time < self.stands_from - 1.0,
            false => self.begins_again && head.time > self.stands_from + 1.0,
        };
        if head.run != self.run || older {
            return;
        }
        self.begins_again = false;
        self.head = head;
        let asked =
            if self.transport.playing && self.transport.speed < FASTEST { self.transport.speed } else { 0.0 };
        self.slow = count_slow(self.slow, asked, head.speed);
        self.keep_following();
        if self.repeats() {
            return;
        }
        self.lesson.entered_ms.get_or_insert(now_ms);
        self.lesson.now_ms = (now_ms / 1_000.0).floor() * 1_000.0;
        if head.status != crate::protocol::frame::Status::Running && self.transport.until.is_none() {
            self.transport.playing = false;
        }
        if let Some(until) = &mut self.transport.until {
            let began = *until.began_ms.get_or_insert(now_ms);
            let stopped = head.status != crate::protocol::frame::Status::Running;
            if head.time >= until.at - 1.0 || stopped {
                self.arrived();
            } else if now_ms - began > HURRY_MS && !until.hurried {
                until.hurried = true;
                let (run, until_us) = (self.run, until.at);
                self.transport.playing = false;
                self.outbox.send(Command::RunFor { run, until_us });
            }
        }
    }

    /// The run stands where the prediction is answered: measure it.
    pub(super) fn arrived(&mut self) {
        self.transport.until = None;
        self.transport.playing = false;
        self.transport.speed = self.step().map_or(1.0, |step| step.speed);
        let Some(asked) = self.step().and_then(|step| step.predict.as_ref()) else { return };
        if !matches!(self.lesson.prediction, Prediction::Running { .. }) {
            return;
        }
        match predict::needs(asked) {
            Needs::Figures(names) => {
                let of = names.iter().map(|(name, to)| measure(asked, name, *to)).collect();
                self.outbox.send(Command::Measure { run: self.run, of });
            }
            Needs::Variants(variants) => {
                let at = self.changed_at(asked);
                let variants = variants.iter().map(|change| acts(change, at)).collect();
                let until_us = asked.until.seconds() * 1e6;
                let of = measure(asked, &asked.of, None);
                self.outbox.send(Command::Compare { run: self.run, variants, until_us, of });
            }
        }
    }

    pub(super) fn reveal(&mut self, was: Vec<Option<f64>>) {
        if let Prediction::Running { guess } = &self.lesson.prediction {
            let guess = guess.clone();
            self.show_best(&guess, &was);
            self.lesson.prediction = Prediction::Revealed { guess, was };
            self.mark_done();
        }
    }

    /// Where each answer changes something, the picture turns to the one that was best.
    fn show_best(&mut self, guess: &Guess, was: &[Option<f64>]) {
        let Some(asked) = self.step().and_then(|step| step.predict.as_ref()) else { return };
        let known: Option<Vec<f64>> = was.iter().copied().collect();
        let Some(best) = known.and_then(|known| predict::answer(&asked.ask, &known)) else { return };
        if predict::played(asked, &Guess::Choice(best)) != predict::played(asked, guess) {
            self.acts = Acts::beginning_with(self.acts_to_answer(asked, best));
            self.replay();
        }
    }

    /// The picture turns to another answer's run, at the time where it stands. One undo brings back what was done.
    pub(super) fn watch(&mut self, answer: usize) {
        let Some(asked) = self.step().and_then(|step| step.predict.as_ref()) else { return };
        let several = matches!(predict::needs(asked), Needs::Variants(_));
        if several && matches!(self.lesson.prediction, Prediction::Revealed { .. }) {
            self.acts.replace(self.acts_to_answer(asked, answer));
            self.replay();
        }
    }

    /// What is done where this answer is tried.
    fn acts_to_answer(&self, asked: &Asked, answer: usize) -> Vec<TimedAct> {
        acts(predict::played(asked, &Guess::Choice(answer)), self.changed_at(asked))
    }

    /// Which of several answers the run on the screen is of; none once something else was done in it.
    pub fn shown_answer(&self) -> Option<usize> {
        let asked = self.step()?.predict.as_ref()?;
        let Needs::Variants(variants) = predict::needs(asked) else { return None };
        let is_done = |change: &[Change]| {
            let done = self.acts.list().iter().map(|timed| &timed.act);
            done.len() == change.len() && done.zip(change).all(|(act, change)| *act == Act::from(change))
        };
        variants.iter().position(|change| is_done(change))
    }

    fn changed_at(&self, asked: &Asked) -> Micros {
        asked.at.seconds().max(self.step().map_or(0.0, |step| step.opens_at.seconds())) * 1e6
    }

    pub(super) fn forward(&mut self) {
        let Some(lab) = self.lab() else { return };
        self.mark_done_if(self.step_done());
        let next = (self.lesson.step + 1).min(lab.steps.len());
        if next == lab.steps.len() && self.view.is_some() {
            self.turn_to_the_card()
        } else {
            self.enter(next)
        }
    }

    pub(super) fn back(&mut self) {
        match self.lesson.step {
            0 => self.go(Place::Home),
            step => self.enter(step - 1),
        }
    }

    pub(super) fn find(&mut self, answer: usize) {
        let Some(Task::Find(find)) = self.step().and_then(|step| step.task.as_ref()) else { return };
        self.lesson.found = Some(answer);
        self.mark_done_if(is_right(find, answer));
    }

    pub(super) fn mark_done_if(&mut self, done: bool) {
        if done {
            self.mark_done();
        }
    }

    fn mark_done(&mut self) {
        let (Some(lab), Some(step)) = (self.lab(), self.step()) else { return };
        Rc::make_mut(&mut self.progress).done(&lab.id, &step.id);
    }

    pub(super) fn finish_lab(&mut self) {
        if let Some(lab) = self.lab() {
            Rc::make_mut(&mut self.progress).finish(&lab.id);
        }
    }
}

/// Whether `answer` is the one that holds: the right one needs no word for those who chose it wrongly.
pub(super) fn is_right(find: &headroom_labs::Find, answer: usize) -> bool {
    find.answers.get(answer).is_some_and(|answer| answer.if_wrong.is_empty())
}

/// What stands chosen before the learner has touched anything: a slider stands somewhere, so does a line.
fn at_first(ask: &Ask) -> Guess {
    match ask {
        Ask::Choice(_) | Ask::Variant { .. } | Ask::Where { .. } => Guess::None,
        Ask::Rank { variants, .. } => Guess::Order((0..variants.len()).collect()),
        Ask::Number(Number { min, max, step, scale, .. }) => {
            Guess::Number(Span { min: *min, max: *max, step: *step, scale: *scale }.middle())
        }
        Ask::Sketch(sketch) => {
            let first = if sketch.levels.is_empty() { Span::of(sketch).middle() } else { sketch.min };
            Guess::Curve(vec![first; sketch.points.len()])
        }
    }
}

fn acts(changes: &[Change], at_us: Micros) -> Vec<TimedAct> {
    changes.iter().map(|change| TimedAct { at_us, act: change.into() }).collect()
}

impl From<&Change> for Act {
    fn from(change: &Change) -> Self {
        match change {
            Change::Set { path, value } => Self::Set { path: path.clone(), value: value.clone() },
            Change::Slow { node, factor, lasts } => {
                Self::Slow { node: node.clone(), factor: *factor, for_us: lasts.seconds() * 1e6 }
            }
            Change::Kill { node, slot } => Self::Kill { node: node.clone(), slot: u16::try_from(*slot).ok() },
            Change::Flush { node } => Self::Flush { node: node.clone() },
            Change::Pause { node, slot, lasts } => {
                let slot = slot.and_then(|slot| u16::try_from(slot).ok());
                Self::Pause { node: node.clone(), slot, for_us: lasts.seconds() * 1e6 }
            }
            Change::Fail { node, ratio, lasts } => {
                Self::Fail { node: node.clone(), ratio: *ratio, for_us: lasts.seconds() * 1e6 }
            }
            Change::Outage { zone, region, lasts } => {
                let place = ZonePlace { zone: zone.clone(), region: region.clone() };
                Self::Outage { place, for_us: lasts.seconds() * 1e6 }
            }
        }
    }
}

fn measure(asked: &Asked, figure: &str, to: Option<Moment>) -> Measure {
    Measure {
        metric: figure.to_owned(),
        from_us: asked.from.map(|from| from.seconds() * 1e6),
        to_us: Some(to.or(asked.to).unwrap_or(asked.until).seconds() * 1e6),
    }
}
