//! What was done so far, in the learner's own hands: saved to a file, read from one, cleared.
//!
//! It lives in this browser and nowhere else, so a file is the way to another one. What a file holds is added to what
//! was done here; clearing can be taken back as long as its notice stands.

use super::Page;
use crate::json;
use crate::page::storage;
use crate::page::store::{Action, State};
use crate::page::words::{say, word};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// A line under the labs.
pub(super) fn keeping(page: &Page) -> Html {
    let progress = &page.state.progress;
    let labs = &State::course().outlines;
    let done = labs.iter().filter(|lab| progress.finished(&lab.id)).count();
    let figures = [("done", done.to_string()), ("labs", labs.len().to_string())];
    let file = js_sys::encode_uri_component(&json::text(&**progress));
    let onchange = {
        let dispatch = page.dispatch.clone();
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let Some(file) = input.as_ref().and_then(HtmlInputElement::files).and_then(|files| files.get(0))
            else {
                return;
            };
            let dispatch = dispatch.clone();
            spawn_local(async move {
                let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
                dispatch.emit(Action::ReadProgress(text.unwrap_or_default()));
            });
            // The same file may be chosen again.
            if let Some(input) = input {
                input.set_value("");
            }
        })
    };
    html! {
        <p class="keeping">
            <span>{ say(if storage::lasts() { "progress-so-far" } else { "progress-for-now" }, &figures) }</span>
            if !progress.labs.is_empty() {
                <a download="headroom-progress.json" href={format!("data:application/json,{file}")}>{ word("progress-save") }</a>
            }
            <label class="file">{ word("progress-read") }<input type="file" accept="application/json,.json" {onchange} /></label>
            if !progress.labs.is_empty() {
                <button class="quiet underlined" onclick={page.on(Action::ClearProgress)}>{ word("progress-clear") }</button>
            }
        </p>
    }
}
