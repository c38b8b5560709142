//! What opens over the page: an instance's figures, a request's way, a link, the keyboard.

use super::Page;
use super::comparing::comparing;
use super::inspector::Inspector;
use super::link_inspector::LinkInspector;
use super::parts::parts;
use super::sharing::Sharing;
use super::waterfall::waterfall;
use crate::page::store::{Action, Panel};
use crate::page::words::word;
use yew::prelude::*;

/// What is open.
pub(super) fn overlay(page: &Page) -> Html {
    let (title, body) = match &page.state.panel {
        None | Some(Panel::Search | Panel::Menu(_)) => return Html::default(),
        Some(Panel::Instance(instance)) => (
            super::inspector::title(page, *instance),
            html! { <Inspector page={page.clone()} instance={*instance} /> },
        ),
        Some(Panel::Link(from, to)) => (
            super::link_inspector::title(page, (*from, *to)),
            html! { <LinkInspector page={page.clone()} link={(*from, *to)} /> },
        ),
        Some(Panel::Parts) => (word("parts"), html! { { parts(page) } }),
        Some(Panel::Trace) => (word("waterfall"), html! { { waterfall(page) } }),
        Some(Panel::Share) => (word("share-run"), html! { <Sharing ..page.clone() /> }),
        Some(Panel::Keys) => (word("keys-and-signs"), html! { <>{ keys() }{ signs() }</> }),
        Some(Panel::Compare) => (word("compare-title"), html! { { comparing(page) } }),
    };
    html! {
        <div class={classes!("overlay", (page.state.panel == Some(Panel::Compare)).then_some("broad"))} role="dialog" aria-label={title.clone()} tabindex="0">
            <header>
                <h2>{ title }</h2>
                <button class="quiet" onclick={page.on(Action::Close)}>{ word("close") }</button>
            </header>
            { body }
        </div>
    }
}

const KEYS: [(&str, &str); 19] = [
    ("Space", "key-play"),
    (".", "key-step"),
    (">", "key-request"),
    ("← →", "key-scrub"),
    ("Home", "key-start"),
    ("[ ]", "key-speed"),
    ("Ctrl Z", "key-undo"),
    ("Ctrl Y", "key-redo"),
    ("f", "key-follow"),
    ("n", "key-parts"),
    ("+ - 0", "key-look"),
    ("e", "key-next"),
    ("l", "key-loop"),
    ("b", "key-branch"),
    ("c", "key-compare"),
    ("i", "key-state"),
    ("/", "key-search"),
    ("p", "key-present"),
    ("?", "key-list"),
];

/// What is drawn, and what it stands for.
const SIGNS: [(&str, &str); 7] = [
    ("sign-mark", "sign-mark-means"),
    ("sign-flag", "sign-flag-means"),
    ("sign-hatch", "sign-hatch-means"),
    ("sign-warm-up", "sign-warm-up-means"),
    ("sign-band", "sign-band-means"),
    ("sign-factor", "sign-factor-means"),
    ("sign-seed", "sign-seed-means"),
];

fn signs() -> Html {
    html! { <dl class="signs">{ for SIGNS.iter().map(|(sign, means)| html! { <><dt>{ word(sign) }</dt><dd>{ word(means) }</dd></> }) }</dl> }
}

fn keys() -> Html {
    html! { <dl class="keys">{ for KEYS.iter().map(|(key, what)| html! { <><dt><kbd>{ key }</kbd></dt><dd>{ word(what) }</dd></> }) }</dl> }
}
