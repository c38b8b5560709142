//! The run on the screen: loading, playing, seeking, acting.

use super::{Acts, Notice, Prediction, State};
use crate::page::route::Place;
use crate::page::share::{RunFile, Shared};
use crate::protocol::frame::{Frame, Status};
use crate::protocol::{Act, Command, FASTEST, Micros, Problem, RunId, Setting, Source};
use serde_json::Value;
use std::rc::Rc;

/// What the worker is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Starting, or reading the scenario.
    #[default]
    Loading,
    /// Simulating when asked.
    Ready,
    /// It could not go on.
    Crashed(String),
}

/// What the page needs of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Head {
    /// Of this run.
    pub run: RunId,
    /// Time on the screen.
    pub time: Micros,
    /// How far the worker has simulated.
    pub reached: Micros,
    /// Simulated seconds per second, lately.
    pub speed: f64,
    /// Whether it goes on.
    pub status: Status,
    /// Requests in the system.
    pub inside: f64,
    /// Requests sent.
    pub sent: f64,
    /// Those that ended well.
    pub ok: f64,
    /// Those that ended otherwise.
    pub failed: f64,
}

impl From<&Frame> for Head {
    fn from(frame: &Frame) -> Self {
        let Frame { run, time, reached, speed, status, inside, sent, ok, failed, .. } = *frame;
        Self { run, time, reached, speed, status, inside, sent, ok, failed }
    }
}

/// Play, pause, speed.
#[derive(Clone, Debug, PartialEq)]
pub struct Transport {
    /// Whether time passes.
    pub playing: bool,
    /// Simulated seconds per second.
    pub speed: f64,
    /// Where to stop, while a prediction is run.
    pub until: Option<Until>,
    /// The stretch that is repeated.
    pub looped: Option<super::Stretch>,
}

impl Default for Transport {
    fn default() -> Self {
        Self { playing: false, speed: 1.0, until: None, looped: None }
    }
}

/// A time to run to, in a given wall time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Until {
    /// Where to stop.
    pub at: Micros,
    /// Wall time of the first frame on the way.
    pub began_ms: Option<f64>,
    /// Whether the worker was told to go there at once.
    pub hurried: bool,
}

/// A speed that can be chosen: simulated seconds per second, and the key of its name.
pub type Stop = (f64, &'static str);

/// All of them, from slow to fast.
pub const SPEEDS: [Stop; 9] = [
    (0.001, "speed-one-request"),
    (0.005, "speed-slowest"),
    (0.02, "speed-watch"),
    (0.1, "speed-slow"),
    (1.0, "speed-live"),
    (5.0, "speed-quick"),
    (20.0, "speed-fast"),
    (100.0, "speed-faster"),
    (FASTEST, "speed-fastest"),
];

/// Index in [`SPEEDS`] of the stop nearest to `speed`.
pub fn stop_of(speed: f64) -> usize {
    let distance = |index: &usize| (SPEEDS[*index].0.ln() - speed.max(1e-9).ln()).abs();
    (0..SPEEDS.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(4)
}

impl State {
    pub(super) fn go(&mut self, place: Place) {
        let step = match &place {
            Place::Home | Place::Glossary | Place::CommonlySaid | Place::Symptoms | Place::Workbench => 0,
            Place::Lab { lab, step } => step_index(lab, step),
        };
        // A lab that was not at hand then has no view yet.
        let stays = self.view.is_some() && self.place == place && self.lesson.step == step;
        self.place = place;
        if !stays {
            self.enter(step);
        }
    }

    /// Loads the step's run from its beginning.
    pub(super) fn enter(&mut self, step: usize) {
        self.lesson = super::Lesson::opening(self.lab(), step);
        self.acts = Acts::beginning_with(self.given_acts());
        self.presenter = super::Presenter { on: self.presenter.on, ..super::Presenter::default() };
        self.trace = None;
        self.follow = None;
        self.notice = None;
        self.seed = None;
        self.shared = None;
        self.link = None;
        self.panel = None;
        if let Place::Lab { lab, step: address } = &mut self.place {
            *address = step_address(lab, step);
        }
        if self.lab().is_some_and(|lab| step >= lab.steps.len()) && self.place != Place::Home {
            self.finish_lab();
        }
        let open = matches!(self.lesson.prediction, Prediction::Open { .. });
        let speed = self.step().map_or(1.0, |step| step.speed);
        let stands = open || self.incident().is_some();
        self.transport = Transport { playing: !stands, speed, until: None, looped: None };
        let at = self.opening_time();
        self.load(self.opening_settings(), at);
    }

    /// From the last step to the closing card. What was done stays on the screen, to be shared.
    pub(super) fn turn_to_the_card(&mut self) {
        self.close();
        self.transport.playing = false;
        let Some(lab) = self.lab() else { return };
        self.lesson = super::Lesson::opening(Some(lab), lab.steps.len());
        if let Place::Lab { lab, step } = &mut self.place {
            *step = step_address(lab, self.lesson.step);
        }
        self.finish_lab();
    }

    /// Settings of the step on top of the scenario; the hero of the home page opens busier than the first step.
    pub(super) fn opening_settings(&self) -> Vec<Setting> {
        let step = self.step().or_else(|| self.lab()?.steps.last());
        let mut settings: Vec<Setting> = step
            .map(|step| step.start.iter().map(|(path, value)| (path.clone(), value.clone())).collect())
            .unwrap_or_default();
        if self.place == Place::Home
            && let Some(pulse) = step.and_then(|step| step.pulse.as_ref())
        {
            settings.retain(|(path, _)| *path != pulse.knob);
            settings.push((pulse.knob.clone(), Value::from(90)));
        }
        settings
    }

    pub(super) fn opening_time(&self) -> Micros {
        let Some(step) = self.step() else { return 0.0 };
        let opens = step.opens_at.seconds();
        let asked = step.predict.as_ref().map_or(0.0, |predict| predict.at.seconds());
        opens.max(asked) * 1e6
    }

    fn load(&mut self, set: Vec<Setting>, at_us: Micros) {
        // A link's run keeps its own settings, whatever the step opens with.
        let set = self.shared.as_ref().map_or(set, RunFile::settings);
        self.run += 1;
        self.phase = Phase::Loading;
        self.view = None;
        self.busy = None;
        self.comparing = super::Comparing::default();
        self.dots = Rc::default();
        self.happened = None;
        self.transport.looped = None;
        self.head = Head { run: self.run, time: at_us, ..Head::default() };
        self.stands_from = at_us;
        self.begins_again = false;
        let Some(lab) = self.lab() else { return };
        self.outbox.send(Command::Load {
            run: self.run,
            source: Source::Lab(lab.id.clone()),
            set,
            actions: self.acts.list().to_vec(),
            seed: self.seed,
            at_us,
        });
    }

    /// The same run again: after a crash, or with another seed.
    pub(super) fn reload(&mut self) {
        let at = self.head.time;
        self.transport.until = None;
        if let Prediction::Running { guess } = self.lesson.prediction.clone() {
            self.lesson.prediction = Prediction::Open { guess };
            self.acts = Acts::default();
        }
        self.lesson.checking = false;
        self.load(self.opening_settings(), at);
    }

    pub(super) fn reseed(&mut self, seed: u64) {
        // What is looked at is of the other run.
        self.close();
        self.trace = None;
        self.lesson.checking = false;
        self.seed = Some(seed);
        let at = self.head.time;
        self.load(self.opening_settings(), at);
    }

    pub(super) fn play(&mut self) {
        self.happened = None;
        if self.followed_has_ended() {
            self.stop_following();
        }
        if self.head.status == Status::Ended
            && self.view.as_ref().is_some_and(|v| self.head.time >= v.duration_us)
        {
            self.seek(0.0);
        }
        self.transport.playing = !matches!(self.lesson.prediction, Prediction::Open { .. });
    }

    pub(super) fn seek(&mut self, at: Micros) {
        if self.transport.until.is_none() {
            self.leave_loop();
            self.jump(at);
        }
    }

    /// Goes to a time, as far as one may.
    pub(super) fn jump(&mut self, at: Micros) {
        let end = self.view.as_ref().map_or(f64::INFINITY, |view| view.duration_us);
        let limit = match &self.lesson.prediction {
            // What would answer the question lies after the change.
            Prediction::Open { .. } => self.opening_time(),
            _ => end,
        };
        self.interrupt_check();
        let at = at.clamp(0.0, limit.min(end).max(0.0));
        self.begins_again |= self.head.status != Status::Running;
        self.head.time = at;
        self.stands_from = at;
        self.outbox.seek(self.run, at);
    }

    pub(super) fn step_event(&mut self) {
        self.transport.playing = false;
        self.interrupt_check();
        if !self.locked() {
            self.outbox.send(Command::StepEvent { run: self.run });
        }
    }

    pub(super) fn step_request(&mut self) {
        self.transport.playing = false;
        self.interrupt_check();
        if !self.locked() {
            self.outbox.send(Command::StepRequest { run: self.run });
        }
    }

    pub(super) fn turn(&mut self, path: String, value: Value) {
        if self.locked() {
            return;
        }
        self.lesson.turned(self.lab(), &path, &value);
        self.begin_again_if_over();
        self.not_before_the_alarm();
        // A tenth of a second here, as long as that lasts there.
        let gap = (1e5 * self.transport.speed).clamp(1.0, 1e6);
        let seen = self.seen_further();
        self.acts.turn(self.head.time.floor(), path, value, gap, seen);
        self.replay();
    }

    pub(super) fn put_back(&mut self, path: &str) {
        let Some(value) = self.opening.get(path).cloned() else { return };
        self.acts.let_go();
        self.turn(path.to_owned(), value);
        self.acts.let_go();
    }

    pub(super) fn act(&mut self, act: Act) {
        if !self.locked() {
            self.begin_again_if_over();
            self.not_before_the_alarm();
            let seen = self.seen_further();
            self.acts.act(self.head.time.floor(), act, seen);
            self.replay();
        }
    }

    pub(super) fn undo(&mut self) {
        if !self.locked() && self.acts.undo() {
            self.replay();
        }
    }

    pub(super) fn redo(&mut self) {
        if !self.locked() && self.acts.redo() {
            self.replay();
        }
    }

    /// The run does not take the last of so many acts, which would keep it from taking any that follow. Where others
    /// have been done since, the worker says so of them too.
    pub(super) fn refused(&mut self, acts: u32) {
        if self.acts.list().len() == acts as usize && self.acts.take_back() {
            self.replay();
        }
    }

    /// In a run that is over nothing can be felt any more: what is done then is done where the step opens, with all that
    /// was set meanwhile. Only where the clock runs one begins anew.
    fn begin_again_if_over(&mut self) {
        let over = self.view.as_ref().is_some_and(|view| self.head.time >= view.duration_us);
        if over {
            if self.incident().is_none() {
                self.acts.begin_again();
            }
            self.head.time = self.opening_time();
            self.head.status = Status::Running;
            self.transport.playing = true;
            self.begins_again = true;
        }
    }

    pub(super) fn replay(&mut self) {
        self.leave_loop();
        self.interrupt_check();
        self.lesson.verdict = None;
        self.comparing.result = None;
        self.stands_from = self.head.time;
        // Nothing further on was seen of this one.
        self.head.reached = self.head.time;
        self.outbox.set_actions(self.run, self.acts.list().to_vec(), self.head.time);
        self.trace_again();
    }

    pub(super) fn open_shared(&mut self, shared: Shared) {
        match shared {
            Shared::Damaged => self.notice = Some(Notice::DamagedLink),
            Shared::Run(file) => match headroom_labs::lab(&file.lab) {
                None => self.notice = Some(Notice::ForeignLink),
                Some(_) => self.open_run(file),
            },
        }
    }

    fn open_run(&mut self, file: RunFile) {
        let step = match &self.place {
            Place::Lab { lab, step } if *lab == file.lab => step.clone(),
            _ => String::new(),
        };
        self.go(Place::Lab { lab: file.lab.clone(), step });
        // A run that was shared shows what was done, so its question is not asked again.
        self.lesson.prediction = Prediction::None;
        self.acts = Acts::beginning_with(file.acts());
        self.seed = file.seed;
        self.transport = Transport { playing: false, ..Transport::default() };
        let until = file.until_us();
        self.shared = Some(file);
        self.load(Vec::new(), until);
    }

    /// The worker refused what a link holds, a setting or an act that the lab does not take: the lab without it.
    pub(super) fn open_as_shipped(&mut self, problems: Vec<Problem>) {
        self.enter(self.lesson.step);
        self.notice = Some(Notice::RefusedLink(problems));
    }

    /// The run on the screen as a file that makes it again up to `at`.
    pub fn run_file(&self, at: Micros, report: &Value) -> RunFile {
        let lab = self.lab().map(|lab| lab.id.as_str()).unwrap_or_default();
        let set = self.shared.as_ref().map_or_else(|| self.opening_settings(), RunFile::settings);
        let engine = self.view.as_ref().map_or(0, |view| view.engine);
        let acts: Vec<_> = self.acts.list().iter().filter(|timed| timed.at_us <= at).cloned().collect();
        let digest = report.get("digest").and_then(Value::as_str).map(str::to_owned);
        let seed = self.view.as_ref().map(|view| view.seed);
        RunFile { seed, digest, ..RunFile::new(lab, engine, set, &acts, at) }
    }

    /// What the settings were when the step opened, as the worker has read them.
    pub(super) fn remember_opening(&mut self) {
        let Some(view) = &self.view else { return };
        let controls = view.controls.iter().map(|control| (control.path.clone(), control.value.clone()));
        let mut opening = headroom_labs::settings(controls);
        opening.extend(view.changed_from.iter().cloned());
        opening.extend(self.opening_settings());
        if let Some(file) = &self.shared {
            opening.extend(file.settings());
        }
        self.opening = Rc::new(opening);
    }
}

fn step_index(lab: &str, step: &str) -> usize {
    let Some(lab) = State::course().outline(lab) else { return 0 };
    if step == crate::page::route::LAST {
        return lab.steps.len();
    }
    lab.steps.iter().position(|(id, _)| id == step).unwrap_or(0)
}

fn step_address(lab: &str, step: usize) -> String {
    let Some(lab) = State::course().outline(lab) else { return String::new() };
    match lab.steps.get(step) {
        Some((id, _)) => id.clone(),
        None => crate::page::route::LAST.to_owned(),
    }
}
