//! What a learner sees and touches.
//!
//! [`store`] is everything the page knows; [`components`] draw it; [`link`] is the line to the worker; [`stage`]
//! holds what is only drawn. [`app`] connects these with the browser. Everything that decides compiles for the
//! host and is tested there.

pub mod app;
pub mod components;
pub mod condition;
pub mod format;
pub mod keyboard;
pub mod language;
pub mod latest;
pub mod library;
pub mod link;
pub mod route;
pub mod saving;
pub mod search;
pub mod share;
pub mod stage;
pub mod storage;
pub mod store;
pub mod theme;
pub mod trace;
pub mod value;
pub mod words;

/// Draws the page into the document's body.
pub fn start() {
    wasm_bindgen_futures::spawn_local(async {
        words::begin(words::PAGE);
        language::prepare("./locales").await;
        library::prepare(&app::here()).await;
        yew::Renderer::<app::App>::new().render();
    });
}
