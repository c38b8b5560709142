//! The line to the workbench's worker, and the files that go over it.

use super::bench::{Action, Bench};
use crate::page::link::start_worker;
use crate::workbench::protocol::{Answer, Command};
use crate::workbench::settings::TRACES;
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, ErrorEvent, MessageEvent, Response, Worker};
use yew::Callback;

/// The line. It ends when it is dropped.
pub struct Link {
    line: Rc<RefCell<Line>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

struct Line {
    worker: Option<Worker>,
    ready: bool,
    /// Commands that wait: for the worker, or for a trace that is fetched before them.
    waiting: VecDeque<Command>,
    fetching: bool,
    /// The learner's file.
    file: Option<Blob>,
    /// Commands of the bench taken so far.
    taken: u64,
    dispatch: Callback<Action>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(worker) = self.line.borrow_mut().worker.take() {
            worker.set_onmessage(None);
            worker.terminate();
        }
    }
}

impl Link {
    /// Starts the worker; what it says goes to `dispatch`.
    pub fn new(dispatch: Callback<Action>) -> Self {
        let line = Rc::new(RefCell::new(Line {
            worker: None,
            ready: false,
            waiting: VecDeque::new(),
            fetching: false,
            file: None,
            taken: 0,
            dispatch: dispatch.clone(),
        }));
        let hearing = line.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let bytes = Uint8Array::new(&event.data()).to_vec();
            let answer = headroom_wire::from_bytes::<Answer>(&bytes)
                .unwrap_or_else(|error| Answer::Crashed(format!("unreadable answer: {error}")));
            if answer == Answer::Ready {
                hearing.borrow_mut().ready = true;
                Line::flush(&hearing);
            } else {
                let dispatch = hearing.borrow().dispatch.clone();
                dispatch.emit(Action::Answer(Box::new(answer)));
            }
        });
        let crashing = dispatch.clone();
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            crashing.emit(Action::Answer(Box::new(Answer::Crashed(event.message()))));
        });
        match start_worker() {
            Ok(worker) => {
                worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
                worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
                line.borrow_mut().worker = Some(worker);
            }
            Err(error) => dispatch.emit(Action::Answer(Box::new(Answer::Crashed(format!("{error:?}"))))),
        }
        Self { line, _on_message: on_message, _on_error: on_error }
    }

    /// The file that is read next.
    pub fn keep(&self, file: Blob) {
        self.line.borrow_mut().file = Some(file);
    }

    /// Sends what the bench has to say and was not sent yet.
    pub fn send(&self, bench: &Bench) {
        {
            let mut line = self.line.borrow_mut();
            let from = std::mem::replace(&mut line.taken, bench.sent);
            line.waiting.extend(bench.since(from).iter().cloned());
        }
        Line::flush(&self.line);
    }
}

impl Line {
    fn flush(this: &Rc<RefCell<Self>>) {
        loop {
            let mut line = this.borrow_mut();
            if !line.ready || line.fetching {
                return;
            }
            let Some(command) = line.waiting.pop_front() else { return };
            match &command {
                // A later trace makes this one superfluous.
                Command::Read { .. } if line.waiting.iter().any(opens) => {}
                Command::Read { name, .. } if name.starts_with(TRACES) => {
                    line.fetching = true;
                    let (this, address) = (this.clone(), format!("./{name}"));
                    spawn_local(async move {
                        // Without its file the worker says what is missing.
                        let blob = fetch(&address).await.ok();
                        this.borrow().post(&command, blob.as_ref());
                        this.borrow_mut().fetching = false;
                        Self::flush(&this);
                    });
                    return;
                }
                Command::Read { .. } => line.post(&command, line.file.as_ref()),
                _ => line.post(&command, None),
            }
        }
    }

    fn post(&self, command: &Command, file: Option<&Blob>) {
        if let Some(worker) = &self.worker {
            let bytes = Uint8Array::from(headroom_wire::to_bytes(command).as_slice());
            let message = Array::of2(&bytes, &file.map_or(JsValue::UNDEFINED, JsValue::from));
            // Bytes and files can always be posted.
            let _ = worker.post_message(&message);
        }
    }
}

fn opens(command: &Command) -> bool {
    matches!(command, Command::Read { .. } | Command::Make { .. })
}

async fn fetch(address: &str) -> Result<Blob, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str(address)).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::NULL);
    }
    JsFuture::from(response.blob()?).await?.dyn_into()
}
