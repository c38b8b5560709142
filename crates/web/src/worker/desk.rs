//! The desk: takes commands, keeps one run and whatever takes long, and gives answers. It knows no browser and no
//! clock (it is told when its time is up), so it is tested natively.

use super::charts::ChartFeed;
use super::frames::FrameMaker;
use super::job::Job;
use super::trace::trace;
use super::versus::Versus;
use super::{convert, view};
use crate::protocol::frame::Frame;
use crate::protocol::{
    Answer, Command, Dots, FASTEST, Measure, Micros, Problem, RunId, Setting, Source, Task, TimedAct,
};
use headroom_core::scenario::{Scenario, Value};
use headroom_core::session::{Ended, Session};
use headroom_core::sim::time::{Nanos, SECOND, Time};
use headroom_labs::{Moment, evaluate::Evaluation, measure, settings};
use std::sync::Arc;

/// A seek arrives so much earlier and plays the rest: busy shares and rates are those of the last second.
pub(super) const LEAD: Nanos = SECOND;

/// Events between two looks at the clock.
const SLICE: u64 = 4_096;

/// More calls and visits than this are too much for a tab.
const MOST_ALIVE: u32 = 125_000;

/// What goes to the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Out {
    /// As text.
    Answer(Box<Answer>),
    /// As numbers.
    Frame(Box<Frame>),
}

/// A run and all that belongs to it.
pub(super) struct Live {
    pub(super) run: RunId,
    pub(super) session: Session,
    pub(super) frames: FrameMaker,
    pub(super) charts: ChartFeed,
    inspected: Option<u32>,
    pub(super) job: Option<Job>,
}

/// See the module's description.
#[derive(Default)]
pub struct Desk {
    live: Option<Live>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("run", &self.live.as_ref().map(|live| live.run)).finish()
    }
}

impl Desk {
    /// Whether something takes long and wants [`Desk::work`].
    pub fn is_busy(&self) -> bool {
        self.live.as_ref().is_some_and(|live| live.job.is_some())
    }

    /// Carries out a command, as far as it can be done before `time_up`.
    pub fn hear(&mut self, command: Command, out: &mut Vec<Out>, time_up: &mut dyn FnMut() -> bool) {
        match command {
            Command::Load { run, source, set, actions, seed, at_us } => {
                self.load(run, &source, &set, &actions, seed, at_us, out);
            }
            Command::Check { text } => {
                let problems = Scenario::read(&text).err().unwrap_or_default();
                answer(out, Answer::Problems { run: None, problems: convert::problems(problems) });
            }
            // What cannot be read is not there when it is asked for, and that is answered.
            Command::Bring { lab } => drop(headroom_labs::bring(lab)),
            command => {
                if let Some(live) = self.live.as_mut().filter(|live| Some(live.run) == run_of(&command)) {
                    live.hear(command, out, time_up);
                }
            }
        }
    }

    /// Goes on with what takes long until `time_up`.
    pub fn work(&mut self, out: &mut Vec<Out>, time_up: &mut dyn FnMut() -> bool) {
        if let Some(live) = &mut self.live {
            live.work(out, time_up);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one command")]
    fn load(
        &mut self,
        run: RunId,
        source: &Source,
        set: &[Setting],
        acts: &[TimedAct],
        seed: Option<u64>,
        at_us: Micros,
        out: &mut Vec<Out>,
    ) {
        let session = scenario(source, set, seed)
            .and_then(|scenario| Session::new(Arc::new(scenario), convert::actions(acts)?));
        match session {
            Ok(mut session) => {
                let at = convert::time(at_us);
                session.seek(at.saturating_sub(LEAD));
                let mut live = Live {
                    run,
                    frames: FrameMaker::new(run),
                    charts: ChartFeed::default(),
                    inspected: None,
                    job: None,
                    session,
                };
                live.charts.due();
                live.loaded(out);
                live.settle(at, !acts.is_empty(), out);
                self.live = Some(live);
            }
            Err(problems) => {
                answer(out, Answer::Problems { run: Some(run), problems: convert::problems(problems) });
            }
        }
    }
}

impl Live {
    fn hear(&mut self, command: Command, out: &mut Vec<Out>, time_up: &mut dyn FnMut() -> bool) {
        if leaves_a_search(&command) {
            self.leave_search(out);
        }
        match command {
            Command::Tick { wall_ms, speed, .. } => self.tick(wall_ms, speed, out, time_up),
            Command::Seek { at_us, .. } => {
                self.job = Some(self.going_to(convert::time(at_us)));
                self.work(out, &mut || false);
            }
            Command::Next { what, .. } => {
                let from = self.session.now();
                self.job = Some(Job::Search { what, from });
                self.work(out, time_up);
            }
            Command::StepEvent { .. } => {
                self.session.step_event();
                self.show(out);
            }
            Command::StepRequest { .. } => {
                self.session.step_request(1_000_000);
                self.show(out);
            }
            Command::SetActions { actions, at_us, .. } => self.set_actions(&actions, at_us, out),
            Command::Inspect { instance, .. } => {
                self.inspected = instance;
                self.look_inside(out);
            }
            Command::Trace { root, .. } => {
                answer(out, trace(self.run, &self.session, &root).1);
            }
            Command::Follow { root, .. } => self.follow(root, out),
            Command::Measure { of, .. } => {
                let values = of.iter().map(|of| measured(&self.session, of)).collect();
                let at_us = convert::micros(self.session.now());
                answer(out, Answer::Measured { run: self.run, at_us, values });
            }
            Command::Evaluate { lab, step, set, acts, .. } => self.evaluate(lab, step, set, &acts, out),
            Command::RunFor { until_us, .. } => {
                let (until, from) = (convert::time(until_us), self.session.now());
                let leading = until.saturating_sub(from) > LEAD;
                self.job = Some(Job::RunFor { until, from, leading });
            }
            Command::Compare { variants, until_us, of, .. } => {
                let job = Job::compare(&self.session, &variants, convert::time(until_us), of);
                self.begin(job, out);
            }
            Command::Report { .. } => {
                self.arrive(out);
                let report = serde_json::to_value(self.session.report()).unwrap_or_default();
                let at_us = convert::micros(self.session.now());
                answer(out, Answer::Reported { run: self.run, at_us, report });
            }
            Command::Table { .. } => {
                self.arrive(out);
                answer(out, Answer::Table { run: self.run, text: self.session.series() });
            }
            Command::Dots { .. } => {
                let (mean, latencies) = self.session.spread(100);
                let micros = |seconds: f64| seconds * 1e6;
                let latencies_us = latencies.into_iter().map(micros).collect();
                let dots = Dots { mean_us: mean.map(micros), latencies_us };
                answer(out, Answer::Dots { run: self.run, dots });
            }
            Command::CompareSides { sides, seeds, metrics, .. } => {
                let versus = Versus::new(&self.session, &sides, seeds, metrics);
                self.begin(versus.map(|versus| Job::Versus(Box::new(versus))), out);
            }
            Command::Cancel { .. } => {
                self.job = None;
                self.show(out);
            }
            Command::Load { .. } | Command::Check { .. } | Command::Bring { .. } => {}
        }
    }

    fn tick(&mut self, wall_ms: f64, speed: f64, out: &mut Vec<Out>, time_up: &mut dyn FnMut() -> bool) {
        let before = self.session.now();
        if self.job.is_none() {
            let goal = if speed >= FASTEST {
                self.session.duration()
            } else {
                before.saturating_add(convert::time(wall_ms * 1_000.0 * speed))
            };
            while self.session.now() < goal {
                let progress = self.session.advance(goal, SLICE);
                if progress.ended != Ended::No
                    || (progress.target.is_none() && progress.now >= goal)
                    || time_up()
                {
                    break;
                }
            }
        }
        self.frames.advanced(self.session.now().saturating_sub(before), wall_ms, speed);
        if wall_ms == 0.0 {
            // The last tick before a pause.
            self.charts.due();
        }
        self.show(out);
    }

    fn set_actions(&mut self, acts: &[TimedAct], at_us: Micros, out: &mut Vec<Out>) {
        let replaced = convert::actions(acts).and_then(|actions| self.session.replace_actions(actions));
        match replaced {
            Ok(_) => {
                let at = convert::time(at_us);
                // Whoever acts where the run stands sees the marks go on; elsewhere the last second is played.
                let leading = at.abs_diff(self.session.now()) > LEAD;
                self.session.seek(at.saturating_sub(if leading { LEAD } else { 0 }));
                self.charts.cut();
                self.job = Some(Job::Return { at, leading });
                // Most acts are felt at once.
                self.work(out, &mut || false);
            }
            Err(problems) => {
                let problems = convert::problems(problems);
                answer(out, Answer::Problems { run: Some(self.run), problems });
                answer(out, Answer::Refused { run: self.run, acts: acts.len() as u32 });
            }
        }
    }

    fn follow(&mut self, wanted: Option<String>, out: &mut Vec<Out>) {
        let mut root = None;
        if let Some(wanted) = wanted {
            let (found, told) = trace(self.run, &self.session, &wanted);
            root = found;
            answer(out, told);
        }
        self.session.follow(root);
        self.frames.followed = root.unwrap_or(0);
    }

    fn evaluate(
        &mut self,
        lab: String,
        step: String,
        set: Vec<Setting>,
        acts: &[TimedAct],
        out: &mut Vec<Out>,
    ) {
        let found = headroom_labs::lab(&lab);
        let found = found.and_then(|lab| Some((lab, lab.steps.iter().find(|known| known.id == step)?)));
        let Some((of, at)) = found else { return };
        let learner = settings(set);
        match convert::actions(acts).and_then(|acts| Evaluation::new(of, at, &learner, &acts)) {
            Ok(Some(evaluation)) => {
                self.job = Some(Job::Evaluate { evaluation: Box::new(evaluation), lab, step, told: 0.0 });
            }
            Ok(None) => {}
            Err(problems) => {
                let problems = convert::problems(problems);
                answer(out, Answer::Problems { run: Some(self.run), problems });
            }
        }
    }

    fn begin(&mut self, job: Result<Job, Vec<Problem>>, out: &mut Vec<Out>) {
        match job {
            Ok(job) => self.job = Some(job),
            Err(problems) => answer(out, Answer::Problems { run: Some(self.run), problems }),
        }
    }

    /// A search that something else takes the place of leaves the run where it began.
    fn leave_search(&mut self, out: &mut Vec<Out>) {
        if let Some(Job::Search { from, .. }) = self.job {
            self.job = Some(self.going_to(from));
            self.arrive(out);
        }
    }

    /// What is told is of the run where it shall stand, not of one on its way there.
    fn arrive(&mut self, out: &mut Vec<Out>) {
        while self.job.as_ref().is_some_and(Job::travels) {
            self.work(out, &mut || false);
        }
    }

    /// The job that brings the run to another time.
    pub(super) fn going_to(&mut self, at: Time) -> Job {
        self.session.seek(at.saturating_sub(LEAD));
        self.charts.due();
        Job::Seek { at, leading: true }
    }

    /// Brings a seek to its end at `at`, now if it is short.
    fn settle(&mut self, at: Time, acted: bool, out: &mut Vec<Out>) {
        // What was done on the way may have changed what the run is, which is told where it stands.
        let leading = true;
        self.job = Some(if acted { Job::Return { at, leading } } else { Job::Seek { at, leading } });
        self.work(out, &mut || false);
    }

    /// One or more slices of the job.
    fn work(&mut self, out: &mut Vec<Out>, time_up: &mut dyn FnMut() -> bool) {
        // Something that ends in a slice or two is answered at once; the rest waits its turn.
        let mut slices = 64;
        while let Some(job) = self.job.take() {
            match job.slice(self, out) {
                Some(job) => self.job = Some(job),
                None => break,
            }
            slices -= 1;
            if slices == 0 || time_up() {
                break;
            }
        }
    }

    /// Tells what the run is now.
    pub(super) fn loaded(&self, out: &mut Vec<Out>) {
        answer(out, Answer::Loaded { run: self.run, view: Box::new(view::view(&self.session)) });
    }

    /// A frame, the rows that are new, and the inside that is looked at.
    pub(super) fn show(&mut self, out: &mut Vec<Out>) {
        let frame = self.frames.frame(&mut self.session);
        out.push(Out::Frame(Box::new(frame)));
        if let Some((from, rows)) = self.charts.news(&self.session) {
            answer(out, Answer::Series { run: self.run, from, rows });
        }
        self.look_inside(out);
    }

    fn look_inside(&mut self, out: &mut Vec<Out>) {
        if let Some(inside) = self.inspected.and_then(|instance| convert::inside(&self.session, instance)) {
            answer(out, Answer::Inside { run: self.run, inside });
        }
    }

    /// How far a task is. What was said of it in the same turn and is not yet on its way is news no more.
    pub(super) fn progress(&self, task: Task, done: f64, out: &mut Vec<Out>) {
        out.pop_if(|said| match said {
            Out::Answer(said) => {
                matches!(**said, Answer::Progress { run, task: of, .. } if (run, of) == (self.run, task))
            }
            Out::Frame(_) => false,
        });
        answer(out, Answer::Progress { run: self.run, task, done });
    }
}

pub(super) fn answer(out: &mut Vec<Out>, answer: Answer) {
    out.push(Out::Answer(Box::new(answer)));
}

pub(super) fn measured(session: &Session, of: &Measure) -> Option<f64> {
    let moment = |us: Option<Micros>| us.map(|us| Moment(convert::time(us)));
    measure::figure(session, &of.metric, moment(of.from_us), moment(of.to_us))
}

fn scenario(
    source: &Source,
    set: &[Setting],
    seed: Option<u64>,
) -> Result<Scenario, Vec<headroom_core::scenario::Problem>> {
    let text = match source {
        Source::Lab(id) => match headroom_labs::lab(id) {
            Some(lab) => lab.scenario.as_str(),
            None => return Err(vec![convert::problem("", format!("there is no lab `{id}`"))]),
        },
        Source::Scenario(text) => text,
    };
    let mut changes = Vec::new();
    for (path, value) in set {
        changes.push((path.clone(), convert::value(path, value)?));
    }
    if let Some(seed) = seed {
        changes.push(("seed".to_owned(), Value::Whole(i64::try_from(seed).unwrap_or(i64::MAX))));
    }
    let scenario = Scenario::read(text)?.with(&changes)?;
    if scenario.limits.alive > MOST_ALIVE {
        let alive = scenario.limits.alive;
        let message = format!("{alive} calls and visits alive; a browser takes at most {MOST_ALIVE}");
        return Err(vec![convert::problem("limits.alive", message)]);
    }
    Ok(scenario)
}

fn run_of(command: &Command) -> Option<RunId> {
    match command {
        Command::Load { run, .. }
        | Command::Tick { run, .. }
        | Command::Seek { run, .. }
        | Command::StepEvent { run }
        | Command::StepRequest { run }
        | Command::SetActions { run, .. }
        | Command::Inspect { run, .. }
        | Command::Trace { run, .. }
        | Command::Measure { run, .. }
        | Command::Evaluate { run, .. }
        | Command::RunFor { run, .. }
        | Command::Compare { run, .. }
        | Command::Report { run }
        | Command::Cancel { run }
        | Command::Dots { run }
        | Command::CompareSides { run, .. }
        | Command::Next { run, .. }
        | Command::Table { run }
        | Command::Follow { run, .. } => Some(*run),
        Command::Check { .. } | Command::Bring { .. } => None,
    }
}

/// Whether a command asks something of the run where it stands.
fn leaves_a_search(command: &Command) -> bool {
    matches!(
        command,
        Command::StepEvent { .. }
            | Command::StepRequest { .. }
            | Command::RunFor { .. }
            | Command::Compare { .. }
            | Command::CompareSides { .. }
            | Command::Evaluate { .. }
            | Command::Report { .. }
            | Command::Table { .. }
            | Command::Next { .. }
            | Command::Cancel { .. }
    )
}
