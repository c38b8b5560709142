//! The line to the worker: starts it, sends commands once it is ready, asks for frames while time passes.
//!
//! A frame is asked for on each animation frame, two at most on their way. Of a knob that is dragged at most ten
//! lists of acts a second are sent, the last always. A hidden tab has no animation frames, so its run stands still.

use super::stage::StageHandle;
use super::store::{Action, Head, Outbox, Until};
use crate::protocol::frame::{self, Frame, Status};
use crate::protocol::{Answer, Command, FASTEST, RunId};
use crate::scene::FrameFeed;
use gloo::timers::callback::Timeout;
use js_sys::{Float64Array, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};
use yew::Callback;

/// The page hears of frames this often, in milliseconds.
const BEAT: f64 = 100.0;
/// Least time between two lists of acts, in milliseconds.
const ACT_GAP: f64 = 100.0;
/// A frame that has not come after this is not waited for any longer.
const LOST: f64 = 3_000.0;
/// Starts the worker; what follows `#` is where this program is.
const SCRIPT: &str = "./worker_loader.js#";

#[wasm_bindgen]
extern "C" {
    type Meta;
    /// Where this program was loaded from.
    #[wasm_bindgen(method, getter)]
    fn url(this: &Meta) -> String;
    #[wasm_bindgen(thread_local_v2, js_namespace = import, js_name = meta)]
    static META: Meta;
}

/// Starts a worker with the program that asks for one: it runs what is compiled already.
///
/// # Errors
/// What the browser says.
pub fn start_worker() -> Result<Worker, JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let script = SCRIPT.to_owned() + &META.with(Meta::url);
    let worker = Worker::new_with_options(&script, &options)?;
    worker.post_message(&wasm_bindgen::module())?;
    Ok(worker)
}

/// How time shall pass.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Of this run.
    pub run: RunId,
    /// Whether it passes.
    pub playing: bool,
    /// Simulated seconds per second.
    pub speed: f64,
    /// Where it stops.
    pub until: Option<Until>,
}

/// The line to the worker. Clones share it.
#[derive(Clone)]
pub struct Link(Rc<RefCell<Line>>);

struct Line {
    worker: Option<Worker>,
    on_message: Closure<dyn FnMut(MessageEvent)>,
    on_error: Closure<dyn FnMut(ErrorEvent)>,
    ready: bool,
    waiting: Vec<Command>,
    /// Labs the worker has been brought.
    brought: usize,
    sent: u64,
    held: Option<Timeout>,
    acted_ms: f64,
    pace: Pace,
    in_flight: u32,
    ticked_ms: f64,
    beat_ms: f64,
    time: f64,
    status: Status,
    stage: StageHandle,
    feed: FrameFeed,
    dispatch: Callback<Action>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("ready", &self.0.borrow().ready).finish_non_exhaustive()
    }
}

impl PartialEq for Link {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Link {
    /// A line whose answers go to `dispatch`; the worker starts with the first command.
    pub fn new(stage: StageHandle, feed: FrameFeed, dispatch: Callback<Action>) -> Self {
        let line = Rc::new_cyclic(|weak: &std::rc::Weak<RefCell<Line>>| {
            let (messages, errors) = (weak.clone(), weak.clone());
            RefCell::new(Line {
                worker: None,
                on_message: Closure::new(move |event: MessageEvent| {
                    if let Some(line) = messages.upgrade() {
                        Line::hear(&line, &event);
                    }
                }),
                on_error: Closure::new(move |event: ErrorEvent| {
                    if let Some(line) = errors.upgrade() {
                        let dispatch = line.borrow().dispatch.clone();
                        dispatch.emit(Action::Crashed(event.message()));
                    }
                }),
                ready: false,
                waiting: Vec::new(),
                brought: 0,
                sent: 0,
                held: None,
                acted_ms: 0.0,
                pace: Pace::default(),
                in_flight: 0,
                ticked_ms: 0.0,
                beat_ms: 0.0,
                time: 0.0,
                status: Status::Running,
                stage,
                feed,
                dispatch,
            })
        });
        Self(line)
    }

    /// Sends what the outbox holds and was not sent yet.
    pub fn send(&self, outbox: &Outbox) {
        let commands: Vec<Command> = {
            let mut line = self.0.borrow_mut();
            let from = std::mem::replace(&mut line.sent, outbox.end());
            outbox.since(from).cloned().collect()
        };
        for command in commands {
            self.take(command);
        }
    }

    /// Time shall pass like this from now on.
    pub fn pace(&self, pace: Pace) {
        let mut line = self.0.borrow_mut();
        if pace.playing && !line.pace.playing {
            line.ticked_ms = now();
        }
        let stops = line.pace.playing && !pace.playing && line.ready && pace.run == line.pace.run;
        line.pace = pace;
        if stops {
            // A last tick, in which no time passes, brings what frames left out.
            line.in_flight += 1;
            line.post(&Command::Tick { run: pace.run, wall_ms: 0.0, speed: 0.0 });
        }
    }

    /// Ends the worker; the next command starts another.
    pub fn end(&self) {
        let mut line = self.0.borrow_mut();
        if let Some(worker) = line.worker.take() {
            worker.terminate();
        }
        line.ready = false;
        line.brought = 0;
        line.waiting.clear();
        line.in_flight = 0;
    }

    /// Asks for the next frame, if time passes. To be called on each animation frame.
    pub fn tick(&self) {
        let mut line = self.0.borrow_mut();
        let now = now();
        let since = now - line.ticked_ms;
        if since > LOST {
            line.in_flight = 0;
        }
        // On the way to a certain time one at a time, so as not to run past it.
        let most = if line.pace.until.is_some() { 1 } else { 2 };
        if !line.pace.playing || !line.ready || line.in_flight >= most {
            return;
        }
        line.ticked_ms = now;
        line.in_flight += 1;
        let Pace { run, speed, until, .. } = line.pace;
        let left_ms =
            until.map_or(f64::INFINITY, |until| ((until.at - line.time) / speed / 1_000.0).max(0.0));
        let wall_ms = since.clamp(0.0, 100.0).min(left_ms);
        line.post(&Command::Tick { run, wall_ms, speed: speed.min(FASTEST) });
    }

    fn take(&self, command: Command) {
        let mut line = self.0.borrow_mut();
        let acts = matches!(command, Command::SetActions { .. });
        match command {
            Command::Seek { at_us, .. } => line.feed.expect_jump(at_us),
            // What is done where the run does not stand takes it there.
            Command::SetActions { at_us, .. } if line.is_far(at_us) => line.feed.expect_jump(at_us),
            _ => {}
        }
        if acts && line.ready && now() - line.acted_ms < ACT_GAP {
            // The list is whole, so a newer one replaces one that waits.
            line.waiting.retain(|waiting| !matches!(waiting, Command::SetActions { .. }));
            line.waiting.push(command);
            if line.held.is_none() {
                let link = self.clone();
                line.held = Some(Timeout::new(ACT_GAP as u32, move || link.flush()));
            }
            return;
        }
        if acts {
            line.acted_ms = now();
        }
        if matches!(command, Command::Load { .. }) {
            line.stage.clear();
            line.in_flight = 0;
            line.waiting.clear();
        }
        if line.worker.is_none() {
            line.start();
        }
        line.waiting.push(command);
        line.post_waiting();
    }

    fn flush(&self) {
        let mut line = self.0.borrow_mut();
        line.held = None;
        line.acted_ms = now();
        line.post_waiting();
    }
}

impl Line {
    fn start(&mut self) {
        match start_worker() {
            Ok(worker) => {
                worker.set_onmessage(Some(self.on_message.as_ref().unchecked_ref()));
                worker.set_onerror(Some(self.on_error.as_ref().unchecked_ref()));
                self.worker = Some(worker);
            }
            Err(error) => self.dispatch.emit(Action::Crashed(format!("{error:?}"))),
        }
    }

    fn post_waiting(&mut self) {
        if self.ready {
            for lab in headroom_labs::brought_since(self.brought) {
                self.brought += 1;
                self.post(&Command::Bring { lab: lab.to_vec() });
            }
            for command in std::mem::take(&mut self.waiting) {
                self.post(&command);
            }
        }
    }

    fn post(&self, command: &Command) {
        if let Some(worker) = &self.worker {
            // Posting bytes cannot fail.
            let _ = worker.post_message(&Uint8Array::from(headroom_wire::to_bytes(command).as_slice()));
        }
    }

    fn hear(line: &Rc<RefCell<Self>>, event: &MessageEvent) {
        let action = match event.data().dyn_into::<Float64Array>() {
            Ok(numbers) => {
                frame::decode(&numbers.to_vec()).and_then(|frame| line.borrow_mut().hear_frame(frame))
            }
            Err(data) => match headroom_wire::from_bytes::<Answer>(&Uint8Array::new(&data).to_vec()) {
                Ok(answer) => line.borrow_mut().hear_answer(answer),
                Err(error) => Some(Action::Crashed(format!("unreadable answer: {error}"))),
            },
        };
        // The line is free again before the page acts upon it.
        if let Some(action) = action {
            let dispatch = line.borrow().dispatch.clone();
            dispatch.emit(action);
        }
    }

    fn hear_answer(&mut self, answer: Answer) -> Option<Action> {
        match answer {
            Answer::Ready { .. } => {
                self.ready = true;
                self.post_waiting();
                None
            }
            Answer::Series { run, from, rows } => {
                if run != self.pace.run {
                    return None;
                }
                self.stage.replace_rows(from, rows);
                // While time passes the next beat shows them.
                (!self.pace.playing).then(|| Action::Rows(self.stage.changes()))
            }
            Answer::Inside { run, inside } => {
                if run == self.pace.run {
                    self.stage.look_into(inside);
                }
                (!self.pace.playing).then(|| Action::Rows(self.stage.changes()))
            }
            answer => {
                if let Answer::Happened { at_us, .. } = answer {
                    self.feed.expect_jump(at_us);
                }
                Some(Action::Answer(Box::new(answer)))
            }
        }
    }

    /// Whether a time is another than that of the frames that are on their way.
    fn is_far(&self, at_us: f64) -> bool {
        (at_us - self.time).abs() > 1e6 * self.pace.speed.max(1.0)
    }

    fn hear_frame(&mut self, frame: Frame) -> Option<Action> {
        self.in_flight = self.in_flight.saturating_sub(1);
        if frame.run != self.pace.run {
            return None;
        }
        let head = Head::from(&frame);
        self.stage.keep(&frame);
        self.time = frame.time;
        self.feed.push(frame);
        let now = now();
        let arrived = self.pace.until.is_some_and(|until| head.time >= until.at - 1.0);
        let due = now - self.beat_ms >= BEAT || !self.pace.playing || head.status != self.status || arrived;
        if !due {
            return None;
        }
        self.beat_ms = now;
        self.status = head.status;
        Some(Action::Beat { head, now_ms: now })
    }
}

fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}
