//! What opens over the page: an instance's figures, a request's way, a link, the keyboard.

use super::Page;
use super::figures::Figures;
use super::sharing::Sharing;
use super::waterfall::Waterfall;
use crate::page::store::{Action, Panel};
use crate::page::words::word;
use yew::prelude::*;

/// What is open.
#[component]
pub(super) fn Overlay(page: &Page) -> Html {
    let (title, body) = match &page.state.panel {
        None => return Html::default(),
        Some(Panel::Instance(instance)) => (
            super::figures::title(page, *instance),
            html! { <Figures page={page.clone()} instance={*instance} /> },
        ),
        Some(Panel::Trace) => (word("waterfall"), html! { <Waterfall ..page.clone() /> }),
        Some(Panel::Share) => (word("share-run"), html! { <Sharing ..page.clone() /> }),
        Some(Panel::Keys) => (word("keyboard"), keys()),
    };
    html! {
        <div class="overlay" role="dialog" aria-label={title.clone()} tabindex="0">
            <header>
                <h2>{ title }</h2>
                <button class="quiet" onclick={page.on(Action::Close)}>{ word("close") }</button>
            </header>
            { body }
        </div>
    }
}

const KEYS: [(&str, &str); 10] = [
    ("Space", "key-play"),
    (".", "key-step"),
    (">", "key-request"),
    ("← →", "key-scrub"),
    ("Home", "key-start"),
    ("[ ]", "key-speed"),
    ("Ctrl Z", "key-undo"),
    ("Ctrl Y", "key-redo"),
    ("i", "key-state"),
    ("?", "key-list"),
];

fn keys() -> Html {
    html! { <dl class="keys">{ for KEYS.iter().map(|(key, what)| html! { <><dt><kbd>{ key }</kbd></dt><dd>{ word(what) }</dd></> }) }</dl> }
}
