//! What one sees of the workbench: the lanes of the race, two charts, the trace and what each policy just did.
//!
//! [`bench`] is all it knows, [`link`] the line to the worker; the rest draws. Drawings are SVG, so that themes, print and
//! screen readers need nothing more.

pub mod bench;
mod choices;
mod export;
mod lanes;
mod lines;
pub mod link;
mod names;
mod side;
mod told;
mod transport;

use super::settings::{Settings, Trace};
use crate::browser::prefers_reduced_motion;
use crate::page::storage;
use crate::page::words::{say, word};
use bench::{Action, Bench};
use gloo::events::EventListener;
use link::Link;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

/// Where the last settings are kept.
const KEPT: &str = "headroom.workbench";

/// The bench as yew knows it.
#[derive(Clone, Debug, PartialEq)]
struct Store(Rc<Bench>);

impl Reducible for Store {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(Self(Rc::new(self.0.after(action))))
    }
}

/// What every part needs.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Part {
    /// All there is to know.
    pub bench: Rc<Bench>,
    /// Takes what happens.
    pub dispatch: Callback<Action>,
}

impl Part {
    fn on<E>(&self, action: Action) -> Callback<E> {
        self.dispatch.reform(move |_| action.clone())
    }

    fn choose(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.bench.settings.clone();
        change(&mut settings);
        self.dispatch.emit(Action::Choose(settings));
    }
}

/// The workbench.
#[component]
pub fn Workbench() -> Html {
    let store = use_reducer(|| Store(Rc::new(Bench::new(first_settings(), !prefers_reduced_motion()))));
    let bench = store.0.clone();
    let dispatch = use_memo((), |()| {
        let dispatcher = store.dispatcher();
        Callback::from(move |action: Action| dispatcher.dispatch(action))
    });
    let link = use_memo((), |()| Link::new((*dispatch).clone()));
    {
        let (link, bench) = (link.clone(), bench.clone());
        use_effect_with(bench.sent, move |_| link.send(&bench));
    }
    use_effect_with(bench.settings.clone(), keep);
    let part = Part { bench: bench.clone(), dispatch: (*dispatch).clone() };
    use_keys(&part);
    let on_file = {
        let (link, dispatch) = (link.clone(), part.dispatch.clone());
        Callback::from(move |file: web_sys::File| {
            let name = file.name();
            link.keep(file.into());
            dispatch.emit(Action::File(name));
        })
    };
    if let Some(message) = &bench.crashed {
        return html! {
            <section class="bench-crash" role="alert">
                <h1>{ word("bench-crashed") }</h1>
                <p>{ word("bench-crashed-why") }</p>
                <pre>{ message }</pre>
                <p><a class="button primary" href={bench.settings.address()}>{ word("bench-again") }</a></p>
            </section>
        };
    }
    html! {
        <>
            <section class="bench-race" aria-label={word("bench-race")}>
                <transport::Transport ..part.clone() />
                { state_of(&bench) }
                // While another trace is on its way, what is shown is still the one before.
                <div class={classes!("bench-shown", bench.opening.is_some().then_some("bench-before"))}>
                    <lanes::Lanes ..part.clone() />
                    <div class="bench-charts">
                        <lines::OverTime ..part.clone() />
                        <lines::OverSize ..part.clone() />
                    </div>
                </div>
            </section>
            <side::Side part={part.clone()} {on_file} />
        </>
    }
}

/// What stands in the way, or how far the trace is.
fn state_of(bench: &Bench) -> Html {
    if let Some(message) = &bench.failed {
        return html! { <p class="bench-failed" role="alert">{ message }</p> };
    }
    let Some((done, accesses)) = bench.opening else { return Html::default() };
    let figures = [("accesses", crate::page::format::number(accesses as f64))];
    html! {
        <p class="bench-opening">
            <progress max="1" value={done.to_string()} aria-label={word("bench-opening")} />
            { say("bench-opening-at", &figures) }
        </p>
    }
}

/// What the address says, or what was chosen at the last visit, or the usual.
fn first_settings() -> Settings {
    let query = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    let says_something = ["trace=", "policies=", "capacity="].iter().any(|key| query.contains(key));
    if says_something {
        Settings::read(&query)
    } else {
        Settings::read(&storage::get(KEPT).unwrap_or_default())
    }
}

/// The address follows the settings, and they outlive the visit.
fn keep(settings: &Settings) {
    let address = settings.address();
    storage::set(KEPT, address.trim_start_matches("./"));
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        // A page from a file has no history to write.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// Space plays, comma and full stop step, Ctrl-Z takes back.
#[hook]
fn use_keys(part: &Part) {
    let latest = use_mut_ref(|| part.clone());
    latest.replace(part.clone());
    use_effect_with((), move |()| {
        let listener = web_sys::window().map(|window| {
            EventListener::new_with_options(
                &window,
                "keydown",
                gloo::events::EventListenerOptions::enable_prevent_default(),
                move |event| {
                    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                    let part = latest.borrow().clone();
                    if let Some(action) = action_of(event, &part.bench) {
                        event.prevent_default();
                        part.dispatch.emit(action);
                    }
                },
            )
        });
        move || drop(listener)
    });
}

fn action_of(event: &KeyboardEvent, bench: &Bench) -> Option<Action> {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let target_type = target.as_ref().and_then(|target| target.get_attribute("type")).unwrap_or_default();
    let tag = target.map(|target| target.tag_name()).unwrap_or_default();
    let types = matches!(tag.as_str(), "INPUT" | "SELECT" | "TEXTAREA");
    let at = bench.goal;
    let drags = target_type == "range" || target_type == "checkbox";
    match event.key().as_str() {
        _ if types && !drags => None,
        "z" if event.ctrl_key() || event.meta_key() => Some(Action::Undo),
        "Z" if event.ctrl_key() || event.meta_key() => Some(Action::Redo),
        _ if types || event.ctrl_key() || event.meta_key() || event.alt_key() => None,
        " " if tag != "BUTTON" && tag != "A" && tag != "SUMMARY" => Some(Action::Play(!bench.playing)),
        "." => Some(Action::Go(at + 1)),
        "," => Some(Action::Go(at.saturating_sub(1))),
        _ => None,
    }
}

/// What a trace is called.
fn trace_name(bench: &Bench) -> String {
    match bench.settings.trace {
        Trace::Made => word(&format!("pattern-{}", bench.settings.recipe.pattern.name())),
        Trace::Bundled(index) => word(&format!("recorded-{}", super::settings::BUNDLED[index])),
        Trace::File => bench.file.clone().unwrap_or_default(),
    }
}
