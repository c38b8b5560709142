//! The link to the run on the screen.

use super::Page;
use crate::page::words::word;
use web_sys::{HtmlInputElement, window};
use yew::prelude::*;

/// The link, to be copied.
#[component]
pub(super) fn Sharing(page: &Page) -> Html {
    let field = use_node_ref();
    let copied = use_state(|| false);
    let Some(link) = &page.state.link else { return html! { <p role="status">{ word("packing") }</p> } };
    let copy = {
        let (field, copied, link) = (field.clone(), copied.clone(), link.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = field.cast::<HtmlInputElement>() {
                input.select();
            }
            if let Some(window) = window() {
                // Where the clipboard is refused the link stands selected.
                let _ = window.navigator().clipboard().write_text(&link);
                copied.set(true);
            }
        })
    };
    html! {
        <>
            <p>{ word("share-note") }</p>
            <label class="hidden" for="link">{ word("link") }</label>
            <input ref={field} id="link" type="text" readonly=true value={link.clone()} />
            <div class="row">
                <button class="button primary" onclick={copy}>{ word(if *copied { "copied" } else { "copy-link" }) }</button>
            </div>
        </>
    }
}
