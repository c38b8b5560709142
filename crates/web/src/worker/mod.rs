//! The worker's side: one run under control, fed by commands.
//!
//! [`desk`] decides (what is loaded, what takes long); [`frames`], [`charts`], [`view`], [`convert`] say how things
//! look on the wire. Here is only what touches the browser: messages in and out, slices of at most 8 ms of real time
//! with a turn of the event loop between them, so that a command waits no longer, and a panic that is told to the page.

mod charts;
mod controls;
mod convert;
pub mod desk;
mod frames;
#[cfg(test)]
mod hostile;
mod job;
mod log;
mod outlook;
mod settings;
#[cfg(test)]
mod tests;
mod trace;
mod versus;
mod view;

use crate::browser::Turns;
use crate::protocol::{Answer, Command, frame};
use desk::{Desk, Out};
use js_sys::{Float64Array, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Real time of a slice, in milliseconds.
const SLICE_MS: f64 = 8.0;

struct Pump {
    scope: DedicatedWorkerGlobalScope,
    desk: Desk,
    out: Vec<Out>,
    numbers: Vec<f64>,
    turns: Option<Turns>,
    /// Whether a next slice is on its way.
    planned: bool,
}

/// Listens for commands.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let told = scope.clone();
    std::panic::set_hook(Box::new(move |panic| {
        post_answer(&told, &Answer::Crashed { message: panic.to_string() });
    }));
    let pump = Rc::new(RefCell::new(Pump {
        scope: scope.clone(),
        desk: Desk::default(),
        out: Vec::new(),
        numbers: Vec::new(),
        turns: None,
        planned: false,
    }));
    let turning = Rc::clone(&pump);
    let turns = Turns::new(move || {
        {
            let mut pump = turning.borrow_mut();
            pump.planned = false;
            pump.run(|desk, out, time_up| desk.work(out, time_up));
        }
        go_on(&turning);
    });
    pump.borrow_mut().turns = turns;
    let on_message = {
        let pump = Rc::clone(&pump);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| hear(&pump, &event))
    };
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The worker listens as long as it lives.
    on_message.forget();
    post_answer(&scope, &Answer::Ready { engine: headroom_core::ENGINE });
}

fn hear(pump: &Rc<RefCell<Pump>>, event: &MessageEvent) {
    let bytes = Uint8Array::new(&event.data()).to_vec();
    {
        let mut pump = pump.borrow_mut();
        match headroom_wire::from_bytes::<Command>(&bytes) {
            Ok(command) => pump.run(|desk, out, time_up| desk.hear(command, out, time_up)),
            Err(error) => {
                let message = format!("a command that cannot be read: {error}");
                post_answer(&pump.scope, &Answer::Crashed { message });
            }
        }
    }
    go_on(pump);
}

/// Plans the next slice, if something takes long.
fn go_on(pump: &Rc<RefCell<Pump>>) {
    let mut pump = pump.borrow_mut();
    if pump.desk.is_busy() && !pump.planned {
        pump.planned = pump.turns.as_ref().is_some_and(Turns::ask);
    }
}

impl Pump {
    fn run(&mut self, work: impl FnOnce(&mut Desk, &mut Vec<Out>, &mut dyn FnMut() -> bool)) {
        let end = now() + SLICE_MS;
        work(&mut self.desk, &mut self.out, &mut || now() >= end);
        for out in std::mem::take(&mut self.out) {
            match out {
                Out::Answer(answer) => post_answer(&self.scope, &answer),
                Out::Frame(of) => {
                    frame::encode(&of, &mut self.numbers);
                    let array = Float64Array::from(self.numbers.as_slice());
                    let handed_over = js_sys::Array::of1(&array.buffer());
                    // Posting to the page that started this worker cannot fail.
                    let _ = self.scope.post_message_with_transfer(&array, &handed_over);
                }
            }
        }
    }
}

fn post_answer(scope: &DedicatedWorkerGlobalScope, answer: &Answer) {
    // Posting to the page that started this worker cannot fail.
    let _ = scope.post_message(&Uint8Array::from(headroom_wire::to_bytes(answer).as_slice()));
}

/// Real time in milliseconds. Whole ones are enough for slices, and a worker has this clock everywhere.
fn now() -> f64 {
    js_sys::Date::now()
}
