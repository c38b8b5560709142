//! A command or a configuration, with a button that copies it. Long lines are broken, so nothing is out of sight.

use crate::page::words::word;
use yew::prelude::*;

/// Properties of [`Code`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct CodeProps {
    /// As it is to be copied.
    pub(super) text: String,
}

/// See the module's description.
#[component]
pub(super) fn Code(props: &CodeProps) -> Html {
    let copied = use_state(|| false);
    let copy = {
        let (copied, text) = (copied.clone(), props.text.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(window) = web_sys::window() {
                // Where the clipboard is refused the text can still be marked by hand.
                let _ = window.navigator().clipboard().write_text(&text);
                copied.set(true);
            }
        })
    };
    html! {
        <div class="code">
            <pre><code>{ &props.text }</code></pre>
            <button class="quiet" onclick={copy}>{ word(if *copied { "copied" } else { "copy" }) }</button>
        </div>
    }
}
