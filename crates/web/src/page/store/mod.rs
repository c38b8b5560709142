//! Everything the page knows, in one value that only messages change.
//!
//! [`State::after`] is a plain function from state and [`Action`] to state. What the worker must be told stands in
//! [`Outbox`]; the link sends it after the page was drawn. So every path from a click to a command is tested
//! natively. Frames go past the store to the canvas ([`Head`] is what the rest of the page needs of them).

mod action;
mod acts;
mod answers;
mod branches;
mod comparing;
mod incident;
mod judging;
mod lesson;
mod outbox;
mod presenter;
mod progress;
mod run;
#[cfg(test)]
mod tests;
mod time;
mod watching;

pub use action::{Action, Menu, Panel};
pub use acts::Acts;
pub use branches::{Branches, Fork};
pub use comparing::{Comparing, SEEDS, Which};
pub use headroom_labs::predict::Guess;
pub use lesson::{Lesson, Prediction};
pub use outbox::Outbox;
pub use presenter::Presenter;
pub use progress::{AT_PAR, LabProgress, Progress, SURVIVED};
pub use run::{Head, Phase, SPEEDS, Stop, Transport, Until, stop_of};
pub use time::{Happened, Stretch};
pub use watching::Follow;

use super::route::Place;
use crate::protocol::{Disturbance, Dots, Micros, Problem, RunId, TraceSpan, View};
use headroom_labs::{Course, Lab, Settings, Step, Task};
use serde_json::Value;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Everything the page knows.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Where one is.
    pub place: Place,
    /// The run on the screen.
    pub run: RunId,
    /// What the worker is doing about it.
    pub phase: Phase,
    /// The system, once loaded.
    pub view: Option<Rc<View>>,
    /// Each setting's value when the step opened.
    pub opening: Rc<BTreeMap<String, Value>>,
    /// In place of the lab's own.
    pub seed: Option<u64>,
    /// The latest frame's figures.
    pub head: Head,
    /// Where the worker was last told to stand; a frame from before that is an answer to something older.
    pub stands_from: Micros,
    /// The run had stopped and goes on elsewhere: frames that say it stopped further on are answers to something older.
    pub begins_again: bool,
    /// How often the charts' rows have changed, told while time stands.
    pub rows: u32,
    /// Play, pause, speed.
    pub transport: Transport,
    /// What the learner did.
    pub acts: Acts,
    /// Whether claims and symptoms are at hand or could not be fetched; nothing before either.
    pub sayings: Option<bool>,
    /// Where in the lesson.
    pub lesson: Lesson,
    /// What was done so far, in this browser.
    pub progress: Rc<Progress>,
    /// What is open over the page.
    pub panel: Option<Panel>,
    /// The waterfall that was asked for.
    pub trace: Option<(String, Rc<Vec<TraceSpan>>)>,
    /// The request that one goes along with.
    pub follow: Option<Follow>,
    /// How long a hundred requests took, standing for all so far.
    pub dots: Rc<Dots>,
    /// What takes long, and how much of it is done.
    pub busy: Option<(crate::protocol::Task, f64)>,
    /// Something to tell above the page: a key of the words.
    pub notice: Option<Notice>,
    /// How it is shown to a room.
    pub presenter: Presenter,
    /// Beats in a row in which the worker was slower than asked.
    pub slow: u8,
    /// Settings beside a small lab, all charts on a phone: shown or not.
    pub unfolded: Unfolded,
    /// Nodes of a large system whose instances are drawn one by one.
    pub unfolded_nodes: Rc<[u16]>,
    /// A run from a link that waits for its lab to be loaded.
    pub shared: Option<super::share::RunFile>,
    /// The lab whose task was passed last, and the settings that passed.
    pub passed: Option<Rc<(String, Settings)>>,
    /// Two ways the system may be, beside each other.
    pub comparing: Comparing,
    /// What was last looked for in what is to come.
    pub sought: crate::protocol::Happening,
    /// What that came to, until time goes on.
    pub happened: Option<Happened>,
    /// Whether the next report is for a file and not for a link.
    pub saving: bool,
    /// The packed link, once made.
    pub link: Option<String>,
    /// What the worker must be told.
    pub outbox: Outbox,
}

/// What stands above the page until it is put away.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The link's run cannot be read; the lab is as it ships.
    DamagedLink,
    /// The lab does not take what the link holds, for these reasons; it is as it ships.
    RefusedLink(Vec<Problem>),
    /// The link names a lab that does not exist here.
    ForeignLink,
    /// The link was made with another version of the engines.
    OtherEngine(u32, u32),
    /// Progress was cleared; this is what it was.
    Cleared(Rc<Progress>),
    /// A file holds no progress.
    NoProgress,
    /// A change was refused.
    Problems(Vec<Problem>),
}

/// Parts that are folded away at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unfolded {
    /// The settings panel.
    pub settings: bool,
    /// All charts.
    pub charts: bool,
}

impl State {
    /// The page as it opens at `place`.
    pub fn new(place: Place, progress: Progress) -> Self {
        let mut state = Self {
            place: Place::Home,
            run: 0,
            phase: Phase::Loading,
            view: None,
            opening: Rc::default(),
            seed: None,
            head: Head::default(),
            stands_from: 0.0,
            begins_again: false,
            rows: 0,
            transport: Transport::default(),
            acts: Acts::default(),
            sayings: None,
            lesson: Lesson::default(),
            progress: Rc::new(progress),
            panel: None,
            trace: None,
            follow: None,
            dots: Rc::default(),
            busy: None,
            notice: None,
            presenter: Presenter::default(),
            slow: 0,
            unfolded: Unfolded::default(),
            unfolded_nodes: Rc::new([]),
            shared: None,
            passed: None,
            comparing: Comparing::default(),
            sought: Default::default(),
            happened: None,
            saving: false,
            link: None,
            outbox: Outbox::default(),
        };
        state.go(place);
        state
    }

    /// The course.
    pub fn course() -> &'static Course {
        headroom_labs::course()
    }

    /// The lab on the screen, if it is at hand: on the home page the first of the course.
    pub fn lab(&self) -> Option<&'static Lab> {
        match &self.place {
            Place::Home => headroom_labs::lab(&Self::course().outlines.first()?.id),
            Place::Glossary | Place::CommonlySaid | Place::Symptoms | Place::Workbench => None,
            Place::Lab { lab, .. } => headroom_labs::lab(lab),
        }
    }

    /// The step on the screen; none on a lab's closing card.
    pub fn step(&self) -> Option<&'static Step> {
        self.lab()?.steps.get(self.lesson.step)
    }

    /// A setting's value at the time on the screen.
    pub fn value(&self, path: &str) -> Option<Value> {
        let acted = self.acts.value(path, self.head.time);
        acted.or_else(|| self.opening.get(path)).cloned()
    }

    /// A setting as one would take it along from the lab: as it passed, else as a tested solution has it, else as it is.
    pub fn taken_along(&self, path: &str) -> Option<Value> {
        let lab = self.lab()?;
        let passed = self.passed.as_ref().filter(|passed| passed.0 == lab.id);
        let solution = lab.steps.iter().rev().find_map(|step| match &step.task {
            Some(Task::Design(design)) => design.solutions.last(),
            _ => None,
        });
        let settings = passed.map(|passed| &passed.1).or(solution);
        settings.and_then(|settings| settings.get(path)).cloned().or_else(|| self.value(path))
    }

    /// A setting's value when the step opened, if it has another now.
    pub fn changed_from(&self, path: &str) -> Option<Value> {
        let opening = self.opening.get(path)?;
        (self.value(path).as_ref() != Some(opening)).then(|| opening.clone())
    }

    /// Whether claims and symptoms are to be fetched: a page shows them, or search, or the next card may.
    pub fn wants_sayings(&self) -> bool {
        let ends = self.lab().is_some_and(|lab| self.lesson.step + 1 >= lab.steps.len());
        let shown = match self.place {
            Place::CommonlySaid | Place::Symptoms => true,
            Place::Lab { .. } => ends,
            _ => false,
        };
        self.sayings.is_none() && (shown || self.panel == Some(Panel::Search))
    }

    /// Whether the lab's own disturbances stay unflagged: the learner has not found them yet.
    pub fn hides_disturbances(&self) -> bool {
        self.step().is_some_and(|step| {
            let found = matches!(step.task, Some(headroom_labs::Task::Find(_))) && self.step_done();
            step.hide_actions && !found
        })
    }

    /// The lab's own disturbances, as far as they may be seen.
    pub fn disturbances(&self) -> &[Disturbance] {
        match &self.view {
            Some(view) if !self.hides_disturbances() => &view.disturbances,
            _ => &[],
        }
    }

    /// Whether the step's knobs are locked: a prediction is open or being run.
    pub fn locked(&self) -> bool {
        matches!(self.lesson.prediction, Prediction::Open { .. } | Prediction::Running { .. })
    }

    /// Whether anything was done that "reset step" takes back.
    pub fn changed(&self) -> bool {
        self.acts.can_undo() || !matches!(self.lesson.prediction, Prediction::None | Prediction::Open { .. })
    }

    /// The state after `action`.
    pub fn after(&self, action: Action) -> Self {
        let mut next = self.clone();
        next.apply(action);
        next
    }

    fn apply(&mut self, action: Action) {
        match action {
            Action::Go(place) => {
                // What could not be fetched is tried again.
                self.sayings = self.sayings.filter(|came| *came);
                self.go(place);
            }
            Action::Sayings(came) => self.sayings = Some(came),
            Action::OpenShared(shared) => self.open_shared(shared),
            Action::Answer(answer) => self.take(*answer),
            Action::Beat { head, now_ms } => self.beat(head, now_ms),
            Action::Rows(changes) => self.rows = changes,
            Action::Play => self.play(),
            Action::Pause => self.transport.playing = false,
            Action::EndLoop => self.end_loop(),
            Action::Next(what) => self.next(what),
            Action::Branch(index) => self.go_to_branch(index),
            Action::Speed(speed) => self.transport.speed = speed,
            Action::Seek(at) => self.seek(at),
            Action::Restart => self.seek(0.0),
            Action::StepEvent => self.step_event(),
            Action::StepRequest => self.step_request(),
            Action::Slowly => self.slowly(),
            Action::Seed(seed) => self.reseed(seed),
            Action::Turn { path, value } => self.turn(path, value),
            Action::LetGo => self.acts.let_go(),
            Action::PutBack(path) => self.put_back(&path),
            Action::ResetStep => self.enter(self.lesson.step),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::Do(act) => self.act(act),
            Action::Guess(guess) => self.guess(guess),
            Action::Draw(point, value) => self.draw(point, value),
            Action::LockIn => self.lock_in(),
            Action::ShowMe => self.show_me(),
            Action::Watch(answer) => self.watch(answer),
            Action::Forward => self.forward(),
            Action::Back => self.back(),
            Action::Check => self.check(),
            Action::StopChecking => self.stop_checking(),
            Action::Measure => self.measure_goals(),
            Action::CountDots => self.count_dots(),
            Action::Present => self.present(),
            Action::Veil => self.presenter.veil = !self.presenter.veil,
            Action::Hands(answer, hands) => self.raise_hands(answer, hands),
            Action::NextAct => self.next_act(),
            Action::ShowWay => self.lesson.way_shown = true,
            Action::Hint => self.lesson.hints = (self.lesson.hints + 1).min(3),
            Action::Find(answer) => self.find(answer),
            Action::Inspect(instance) => self.inspect(instance),
            Action::InspectLink(from, to) => self.inspect_link(from, to),
            Action::UnfoldNode(node) => self.unfold_node(node),
            Action::Trace(wanted) => self.ask_trace(wanted),
            Action::Follow(wanted) => self.follow(wanted),
            Action::Share => self.ask_link(),
            Action::Compare => self.open_comparison(),
            Action::Side(index, which) => self.choose_side(index, which),
            Action::SaveRun => {
                self.saving = true;
                self.transport.playing = false;
                self.outbox.report(self.run);
            }
            Action::SaveTable => {
                self.transport.playing = false;
                self.outbox.send(crate::protocol::Command::Table { run: self.run });
            }
            Action::Packed(link) => self.link = Some(link),
            Action::Open(panel) => self.open(panel),
            Action::Close => self.close(),
            Action::PutAway => self.notice = None,
            Action::Unfold(unfolded) => self.unfolded = unfolded,
            Action::ClearProgress => self.clear_progress(),
            Action::ReadProgress(text) => self.read_progress(&text),
            Action::RestoreProgress => self.restore_progress(),
            Action::Crashed(message) => self.phase = Phase::Crashed(message),
            Action::Reload => self.reload(),
        }
    }

    fn ask_link(&mut self) {
        self.link = None;
        self.saving = false;
        self.open(Panel::Share);
        self.transport.playing = false;
        self.outbox.report(self.run);
    }

    fn count_dots(&mut self) {
        if self.phase == Phase::Ready {
            self.outbox.send(crate::protocol::Command::Dots { run: self.run });
        }
    }
}
