//! The worker's side of the browser: messages in and out, files read piece by piece, slices of at most 8 ms of real time
//! with a turn of the event loop between them.

use super::desk::{Desk, File};
use super::protocol::{Answer, Command};
use crate::browser::Turns;
use gloo::timers::callback::Timeout;
use js_sys::{Array, Date, Uint8Array};
use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DedicatedWorkerGlobalScope, FileReaderSync, MessageEvent};

/// Real time of a slice, in milliseconds.
const SLICE_MS: f64 = 8.0;

/// Rest between slices in which nothing but the next access is waited for, in milliseconds.
const REST_MS: u32 = 12;

struct Pump {
    scope: DedicatedWorkerGlobalScope,
    desk: Desk,
    out: Vec<Answer>,
    turns: Option<Turns>,
    planned: bool,
}

/// Listens for commands.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let told = scope.clone();
    std::panic::set_hook(Box::new(move |panic| post(&told, &Answer::Crashed(panic.to_string()))));
    let pump = Rc::new(RefCell::new(Pump {
        scope: scope.clone(),
        desk: Desk::default(),
        out: Vec::new(),
        turns: None,
        planned: false,
    }));
    let turning = Rc::clone(&pump);
    let turns = Turns::new(move || {
        let mut pump = turning.borrow_mut();
        pump.planned = false;
        pump.run(|desk, now, out| desk.work(now, &mut || Date::now() >= now + SLICE_MS, out));
    });
    pump.borrow_mut().turns = turns;
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let message = Array::from(&event.data());
        let bytes = Uint8Array::new(&message.get(0)).to_vec();
        let file = message.get(1).dyn_into::<Blob>().ok().and_then(opened);
        let mut pump = pump.borrow_mut();
        match headroom_wire::from_bytes::<Command>(&bytes) {
            Ok(command) => pump.run(|desk, now, out| desk.hear(command, file, now, out)),
            Err(error) => {
                post(&pump.scope, &Answer::Crashed(format!("a command that cannot be read: {error}")));
            }
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The worker listens as long as it lives.
    on_message.forget();
    post(&scope, &Answer::Ready);
}

impl Pump {
    fn run(&mut self, work: impl FnOnce(&mut Desk, f64, &mut Vec<Answer>)) {
        work(&mut self.desk, Date::now(), &mut self.out);
        for answer in self.out.drain(..) {
            post(&self.scope, &answer);
        }
        if let Some(turns) = self.turns.clone().filter(|_| self.desk.is_busy() && !self.planned) {
            self.planned = true;
            if self.desk.is_waiting() {
                Timeout::new(REST_MS, move || _ = turns.ask()).forget();
            } else {
                turns.ask();
            }
        }
    }
}

fn post(scope: &DedicatedWorkerGlobalScope, answer: &Answer) {
    // Posting to the page that started this worker cannot fail.
    let _ = scope.post_message(&Uint8Array::from(headroom_wire::to_bytes(answer).as_slice()));
}

fn opened(blob: Blob) -> Option<File> {
    let reader = FileReaderSync::new().ok()?;
    let size = blob.size();
    Some(File { input: Box::new(Pieces { blob, reader, at: 0.0, size }), size })
}

/// A file, read piece by piece; it is never in memory as a whole.
struct Pieces {
    blob: Blob,
    reader: FileReaderSync,
    at: f64,
    size: f64,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = (self.at + buffer.len() as f64).min(self.size);
        if end <= self.at {
            return Ok(0);
        }
        let piece = self.blob.slice_with_f64_and_f64(self.at, end);
        let bytes = piece.and_then(|piece| self.reader.read_as_array_buffer(&piece));
        let bytes = bytes.map_err(|_| {
            io::Error::other(
                "the browser cannot read the file any more; it was moved or changed: choose it again",
            )
        })?;
        let bytes = Uint8Array::new(&bytes);
        let count = bytes.length() as usize;
        bytes.copy_to(&mut buffer[..count]);
        self.at += count as f64;
        Ok(count)
    }
}
