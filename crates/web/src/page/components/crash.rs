//! The worker cannot go on: say so, keep everything, offer to start again.

use super::Page;
use crate::json;
use crate::page::store::Action;
use crate::page::words::word;
use web_sys::window;
use yew::prelude::*;

/// Properties of [`Crash`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CrashProps {
    /// The page.
    pub page: Page,
    /// What the worker said.
    pub message: AttrValue,
}

/// The crash panel.
#[component]
pub fn Crash(props: &CrashProps) -> Html {
    let state = &props.page.state;
    let acts = json::text(&state.acts.list());
    let lab = state.lab().map(|lab| lab.id.as_str()).unwrap_or_default();
    let report = format!(
        "{}\nlab: {lab}\nstep: {}\ntime: {} us\nacts: {acts}",
        props.message, state.lesson.step, state.head.time
    );
    let copied = use_state(|| false);
    let copy = {
        let (report, copied) = (report.clone(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(window) = window() {
                let _ = window.navigator().clipboard().write_text(&report);
                copied.set(true);
            }
        })
    };
    html! {
        <main class="crash" id="main" role="alert">
            <h1>{ word("crash-title") }</h1>
            <p>{ word("crash-note") }</p>
            <pre tabindex="0">{ report }</pre>
            <div class="row">
                <button class="button primary" onclick={props.page.on(Action::Reload)}>{ word("reload-lab") }</button>
                <button class="button" onclick={copy}>{ word(if *copied { "copied" } else { "copy-report" }) }</button>
            </div>
        </main>
    }
}
