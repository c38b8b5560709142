//! What the workbench's page knows, and what changes it. Every change says which commands the worker gets.

use crate::workbench::protocol::{About, Answer, Command, Reading, Stand};
use crate::workbench::settings::{BUNDLED, Settings, TRACES, Trace};
use headroom_core::race::Recipe;
use std::rc::Rc;

/// Accesses a second, and whether that is as many as it can.
pub const SPEEDS: [f64; 7] = [1.0, 10.0, 100.0, 1e3, 2e4, 1e5, 1e12];

/// The speed it begins with: a made trace of the usual length takes 20 seconds.
const USUAL_SPEED: usize = 4;

/// Changes that can be taken back.
const MOST_PAST: usize = 100;

/// Everything the page knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bench {
    /// What was chosen.
    pub settings: Settings,
    past: Vec<Settings>,
    undone: Vec<Settings>,
    /// Number of the trace that was asked for last.
    pub trace: u64,
    /// Name of the learner's file, if one was chosen.
    pub file: Option<String>,
    /// How that is read.
    pub reading: Reading,
    /// While a trace is on its way: how far, and accesses so far.
    pub opening: Option<(f64, u64)>,
    /// The trace that is there.
    pub about: Option<Rc<About>>,
    /// Why there is none.
    pub failed: Option<String>,
    /// Where one is, or wants to be while the race is on its way.
    pub goal: u64,
    /// How the race stands.
    pub stand: Rc<Stand>,
    /// Contender, size, miss ratio.
    pub curve: Rc<Vec<(u64, u64, f64)>>,
    /// How much of the curve is there.
    pub curve_done: f64,
    /// Whether it goes on by itself.
    pub playing: bool,
    /// Which of [`SPEEDS`].
    pub speed: usize,
    /// The worker's last words.
    pub crashed: Option<String>,
    /// Commands so far; the last ones of these.
    pub sent: u64,
    outbox: Vec<Command>,
}

/// What may happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Something else was chosen.
    Choose(Settings),
    /// The last choice is taken back.
    Undo,
    /// It is made again.
    Redo,
    /// A file of that name was chosen.
    File(String),
    /// It shall be read another way.
    Read(Reading),
    /// Go on by itself, or stay.
    Play(bool),
    /// Go to an access.
    Go(u64),
    /// Another speed.
    Speed(usize),
    /// The worker says something.
    Answer(Box<Answer>),
}

impl Bench {
    /// With these settings; the trace is asked for at once.
    pub fn new(settings: Settings, playing: bool) -> Self {
        let bench = Self { settings, playing, speed: USUAL_SPEED, ..Self::default() };
        // A file cannot come from an address.
        let settings = match bench.settings.trace {
            Trace::File => Settings { trace: Trace::Made, ..bench.settings.clone() },
            _ => bench.settings.clone(),
        };
        Self { settings, ..bench }.opened()
    }

    /// Commands from number `from` on.
    pub fn since(&self, from: u64) -> &[Command] {
        let missing = (self.sent - from.min(self.sent)) as usize;
        &self.outbox[self.outbox.len().saturating_sub(missing)..]
    }

    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to make again.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// What it becomes.
    pub fn after(&self, action: Action) -> Self {
        let mut next = self.clone();
        match action {
            Action::Choose(settings) if settings != self.settings => {
                next.remember();
                next.settings = settings;
                next.changed(self)
            }
            Action::Undo => match next.past.pop() {
                Some(before) => {
                    next.undone.push(std::mem::replace(&mut next.settings, before));
                    next.changed(self)
                }
                None => next,
            },
            Action::Redo => match next.undone.pop() {
                Some(after) => {
                    next.past.push(std::mem::replace(&mut next.settings, after));
                    next.changed(self)
                }
                None => next,
            },
            Action::File(name) => {
                // Another file in place of one is no other choice: that one is gone.
                if self.settings.trace != Trace::File {
                    next.remember();
                }
                next.settings.trace = Trace::File;
                // Another file is read as its name says, not as the one before.
                next.reading = Reading::default();
                next.file = Some(name);
                next.opened()
            }
            Action::Read(reading) if reading != self.reading => {
                next.reading = reading;
                next.opened()
            }
            Action::Play(true) => {
                let at_the_end = self.about.as_ref().is_some_and(|about| self.stand.at >= about.accesses);
                if at_the_end {
                    next.goal = 0;
                    next.post(Command::Go(0));
                }
                next.playing = true;
                next.go_on();
                next
            }
            Action::Play(false) => {
                next.playing = false;
                next.post(Command::Pause);
                next
            }
            Action::Go(to) => {
                next.playing = false;
                next.goal = self.about.as_ref().map_or(to, |about| to.min(about.accesses));
                next.post(Command::Go(to));
                next
            }
            Action::Speed(speed) => {
                next.speed = speed.min(SPEEDS.len() - 1);
                if next.playing {
                    next.go_on();
                }
                next
            }
            Action::Answer(answer) => {
                next.hear(*answer);
                next
            }
            Action::Choose(_) | Action::Read(_) => next,
        }
    }

    fn changed(mut self, before: &Self) -> Self {
        let source = |bench: &Self| match bench.settings.trace {
            Trace::Made => (0, Some(bench.settings.recipe)),
            Trace::Bundled(index) => (1 + index, None),
            Trace::File => (usize::MAX, None),
        };
        if source(&self) != source(before) {
            return self.opened();
        }
        let curve = |bench: &Self| (bench.settings.contenders.clone(), bench.settings.in_bytes);
        if curve(&self) != curve(before) {
            (self.curve, self.curve_done) = (Rc::default(), 0.0);
        }
        self.race(self.goal);
        if self.playing {
            self.go_on();
        }
        self
    }

    fn remember(&mut self) {
        self.past.push(self.settings.clone());
        let surplus = self.past.len().saturating_sub(MOST_PAST);
        self.past.drain(..surplus);
        self.undone.clear();
    }

    /// Asks for the trace, from its start.
    fn opened(mut self) -> Self {
        self.trace += 1;
        self.goal = 0;
        (self.curve, self.curve_done) = (Rc::default(), 0.0);
        self.opening = Some((0.0, 0));
        self.failed = None;
        let trace = self.trace;
        match self.settings.trace {
            Trace::Made => {
                let Recipe { pattern, requests, keys, popularity, every, length, seed } =
                    self.settings.recipe;
                let numbers = vec![requests, keys, every, length, seed];
                self.post(Command::Make { trace, pattern: pattern.name().to_owned(), numbers, popularity });
            }
            Trace::Bundled(index) => {
                let name = format!("{TRACES}{}.u32le.zst", BUNDLED[index]);
                self.post(Command::Read { trace, name, reading: Reading::default() });
            }
            Trace::File => {
                let (name, reading) = (self.file.clone().unwrap_or_default(), self.reading.clone());
                self.post(Command::Read { trace, name, reading });
            }
        }
        self.race(0);
        if self.playing {
            self.go_on();
        }
        self
    }

    fn race(&mut self, to: u64) {
        let Settings { capacity, in_bytes, contenders, .. } = &self.settings;
        let contenders = contenders.iter().map(|contender| contender.name().to_owned()).collect();
        self.post(Command::Race { contenders, capacity: (*capacity).max(1), in_bytes: *in_bytes, to });
    }

    fn go_on(&mut self) {
        self.post(Command::Play { per_second: SPEEDS[self.speed] });
    }

    fn post(&mut self, command: Command) {
        self.outbox.push(command);
        self.sent += 1;
        let surplus = self.outbox.len().saturating_sub(32);
        self.outbox.drain(..surplus);
    }

    fn hear(&mut self, answer: Answer) {
        match answer {
            Answer::Reading { trace, done, accesses } if trace == self.trace => {
                self.opening = Some((done, accesses));
            }
            Answer::Opened { trace, about } if trace == self.trace => {
                self.opening = None;
                // Where no value has a size, there is no room in bytes.
                if about.bytes.is_none() && self.settings.in_bytes {
                    self.settings.in_bytes = false;
                    self.settings.capacity = Settings::default().capacity;
                    self.race(0);
                }
                self.about = Some(Rc::new(about));
                (self.curve, self.curve_done) = (Rc::default(), 0.0);
            }
            Answer::Failed { trace, message } if trace == self.trace => {
                self.opening = None;
                self.about = None;
                self.playing = false;
                self.stand = Rc::default();
                (self.curve, self.curve_done) = (Rc::default(), 0.0);
                self.failed = Some(message);
            }
            Answer::Stand(stand) if stand.trace == self.trace => {
                // It ends by itself at the end of the trace.
                let is_over = self.about.as_ref().is_some_and(|about| stand.at >= about.accesses);
                if is_over && !stand.playing {
                    self.playing = false;
                }
                // On the way to where one was, one is there already.
                let rests = !stand.playing && stand.at == stand.to;
                if rests || (self.playing && stand.at >= self.goal) {
                    self.goal = stand.at;
                }
                self.stand = Rc::new(stand);
            }
            Answer::Curve { trace, names, points, done } => {
                let wanted = self.settings.contenders.iter().map(|contender| contender.name());
                if trace == self.trace && wanted.eq(names.iter().map(String::as_str)) {
                    (self.curve, self.curve_done) = (Rc::new(points), done);
                }
            }
            Answer::Crashed(message) => self.crashed = Some(message),
            // What is about a trace that is no longer asked for.
            _ => {}
        }
    }
}
