//! Search, over whatever page is shown: a field and what is found.

use super::Page;
use crate::page::route::Place;
use crate::page::search::{self, Found};
use crate::page::store::{Action, State};
use crate::page::words::{say, word};
use gloo::timers::callback::Timeout;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

/// The panel.
#[component]
pub fn Search(page: &Page) -> Html {
    let query = use_state(String::new);
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with((), move |()| {
            if let Some(field) = field.cast::<HtmlElement>() {
                // A field that cannot take the focus leaves it where it was.
                let _ = field.focus();
            }
        });
    }
    let oninput = {
        let query = query.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                query.set(input.value());
            }
        })
    };
    let found = search::find(State::course(), headroom_labs::sayings(), &query);
    let onsubmit = {
        let (dispatch, best) = (page.dispatch.clone(), found.first().cloned());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(best) = &best {
                go(&dispatch, best);
            }
        })
    };
    let count = match found.len() {
        _ if query.trim().is_empty() => word("search-note"),
        0 => word("nothing-found"),
        count => say("found", &[("count", count.to_string())]),
    };
    html! {
        <div class="overlay search" role="dialog" aria-label={word("search")}>
            <header role="none">
                <h2>{ word("search") }</h2>
                <button class="quiet" onclick={page.on(Action::Close)}>{ word("close") }</button>
            </header>
            <form role="search" {onsubmit}>
                <input ref={field} type="search" class="field" aria-label={word("search-field")} autocomplete="off"
                    value={(*query).clone()} {oninput} />
            </form>
            <p class="dim" role="status">{ count }</p>
            <ul class="found">{ for found.into_iter().map(|one| entry(page, one)) }</ul>
        </div>
    }
}

fn entry(page: &Page, found: Found) -> Html {
    let (href, kind, name, note) =
        (found.place.address(), found.kind, found.name.clone(), found.note.clone());
    let dispatch = page.dispatch.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0) {
            event.prevent_default();
            go(&dispatch, &found);
        }
    });
    html! {
        <li><a {href} {onclick}><small>{ word(kind) }</small><strong>{ name }</strong><span>{ note }</span></a></li>
    }
}

/// Goes there, and to the part that it is about once that is drawn.
fn go(dispatch: &Callback<Action>, found: &Found) {
    dispatch.emit(Action::Close);
    dispatch.emit(Action::Go(found.place.clone()));
    if found.place == Place::Glossary {
        let anchor = found.anchor.clone();
        Timeout::new(0, move || {
            let document = web_sys::window().and_then(|window| window.document());
            if let Some(part) = document.and_then(|document| document.get_element_by_id(&anchor)) {
                part.scroll_into_view();
            }
        })
        .forget();
    }
}
