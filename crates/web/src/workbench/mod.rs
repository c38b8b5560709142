//! The cache workbench: policies side by side over one trace. A program of its own (`bin/workbench.rs`) beside the page
//! with the labs, which opens it in its own frame and hands it nothing but a place to draw.
//!
//! [`settings`] is what one may choose, as an address; [`protocol`] what its page and its worker say to each other;
//! [`desk`] decides in the worker, [`explain`] puts a policy's steps into words, [`worker`] touches the browser there;
//! [`page`] is what one sees. Races, curves and made traces are `headroom_core::race`.

pub mod desk;
pub mod explain;
pub mod page;
pub mod protocol;
pub mod settings;
pub mod worker;

#[cfg(test)]
mod tests;

use crate::page::{language, words};
use gloo::timers::callback::Interval;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::Element;

/// How often it is looked whether the workbench is still on the page, in milliseconds.
const LOOK: u32 = 500;

/// Draws the workbench into `root`, until that leaves the document.
pub fn open(root: Element) {
    wasm_bindgen_futures::spawn_local(async move {
        words::begin(words::WORKBENCH);
        language::prepare("./locales/workbench").await;
        pass_over_the_pages_number();
        let handle = yew::Renderer::<page::Workbench>::with_root(root.clone()).render();
        let open = Rc::new(RefCell::new(None));
        let closing = open.clone();
        let look = Interval::new(LOOK, move || {
            // Whoever leaves the page leaves the worker and its memory too.
            if !root.is_connected()
                && let Some((_, handle)) = closing.borrow_mut().take()
            {
                yew::AppHandle::destroy(handle);
            }
        });
        *open.borrow_mut() = Some((look, handle));
    });
}

/// Yew numbers what it draws, each program from 1, and marks elements with the number: it is how it knows whose an event
/// is. The page around this is number 1, and would take clicks in here for its own; so 1 is used up on nothing.
fn pass_over_the_pages_number() {
    let nowhere = web_sys::window().and_then(|window| window.document()?.create_element("div").ok());
    if let Some(nowhere) = nowhere {
        yew::Renderer::<Nothing>::with_root(nowhere).render().destroy();
    }
}

#[yew::component]
fn Nothing() -> yew::Html {
    yew::Html::default()
}

/// Listens for commands, in a worker.
pub fn work() {
    worker::start();
}
