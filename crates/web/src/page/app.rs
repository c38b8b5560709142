//! The page as a whole: one store, one worker, and what connects them with the browser.

use super::components::{
    Crash, Header, Page, Search, Workbench, commonly_said, glossary, home, lab_page, notice_bar, symptoms,
};
use super::keyboard;
use super::latest::Latest;
use super::library;
use super::link::{Link, Pace};
use super::route::{self, Place};
use super::saving;
use super::share::{self, RunFile};
use super::stage::StageHandle;
use super::storage;
use super::store::{Action, Panel, Phase, Progress, State};
use super::theme::use_theme;
use super::words::word;
use crate::browser::AnimationLoop;
use crate::json;
use crate::protocol::Answer;
use crate::scene::FrameFeed;
use gloo::events::EventListener;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

const PROGRESS: &str = "headroom.progress";

/// The store as yew knows it.
#[derive(Clone, Debug, PartialEq)]
struct Store(Rc<State>);

impl Reducible for Store {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(Self(Rc::new(self.0.after(action))))
    }
}

/// The page.
#[component]
pub fn App() -> Html {
    let store = use_reducer(|| {
        let progress = storage::get(PROGRESS).map(|text| Progress::read(&text)).unwrap_or_default();
        Store(Rc::new(State::new(here(), progress)))
    });
    let state = store.0.clone();
    let stage = use_memo((), |()| StageHandle::default());
    let frames = use_memo((), |()| FrameFeed::default());
    let (theme, other_theme) = use_theme();
    let dispatch = use_memo((), |()| {
        let dispatcher = store.dispatcher();
        library::fetching(Callback::from(move |action: Action| dispatcher.dispatch(action)))
    });
    let latest = use_memo((), |()| {
        let store = store.clone();
        // A handle keeps every state it was read for, so each reading has one of its own.
        Latest::new(move || store.clone().0.clone())
    });
    let link = use_memo((), |()| {
        let answers = listen((*latest).clone(), (*dispatch).clone());
        Link::new((*stage).clone(), (*frames).clone(), answers)
    });

    use_link(&link, &state);
    // The link first: writing the address takes its fragment away.
    use_shared(&dispatch);
    use_address(&state, &dispatch);
    use_sayings(&state, &dispatch);
    use_effect_with(state.progress.clone(), |progress| {
        storage::set(PROGRESS, &json::text(&**progress));
    });
    keyboard::use_keyboard(&latest, &dispatch);

    let page = Page {
        state: state.clone(),
        dispatch: (*dispatch).clone(),
        stage: (*stage).clone(),
        frames: (*frames).clone(),
        theme,
    };
    let lab = matches!(state.place, Place::Lab { .. });
    let body = match &state.phase {
        Phase::Crashed(message) => html! { <Crash page={page.clone()} message={message.clone()} /> },
        _ => match &state.place {
            Place::Home => html! { { home(&page) } },
            Place::Glossary => html! { { glossary(&page) } },
            Place::CommonlySaid => html! { { commonly_said(&page) } },
            Place::Symptoms => html! { { symptoms(&page) } },
            Place::Workbench => html! { <Workbench /> },
            Place::Lab { .. } => html! { { lab_page(&page) } },
        },
    };
    html! {
        <div class={classes!("page", lab.then_some("fixed"), state.presenter.on.then_some("presenting"))}>
            <a class="skip" href="#main">{ word("skip") }</a>
            <Header page={page.clone()} on_theme={other_theme} />
            { notice_bar(&page) }
            { body }
            if state.panel == Some(Panel::Search) { <Search ..page.clone() /> }
            <p class="spoken" id="state" role="status" aria-live="polite"></p>
        </div>
    }
}

/// Answers go to the store; on its way a report is packed into a link or saved, and a table is saved.
fn listen(latest: Latest, dispatch: Callback<Action>) -> Callback<Action> {
    Callback::from(move |action| {
        if let Action::Answer(answer) = &action {
            let state = latest.read();
            let lab = state.lab().map(|lab| lab.id.as_str()).unwrap_or_default();
            match &**answer {
                Answer::Reported { at_us, report, .. } => {
                    let file = state.run_file(*at_us, report);
                    if state.saving {
                        saving::run(lab, &file);
                    } else {
                        pack(file, state.place.address(), dispatch.clone());
                    }
                }
                Answer::Table { text, .. } => saving::table(lab, text.clone()),
                _ => {}
            }
        }
        dispatch.emit(action);
    })
}

fn pack(file: RunFile, address: String, dispatch: Callback<Action>) {
    let base = location(|location| Ok(format!("{}{}", location.origin()?, location.pathname()?)));
    spawn_local(async move {
        if let Ok(packed) = share::pack::pack(&file).await {
            dispatch.emit(Action::Packed(format!("{base}{}#run={packed}", address.trim_start_matches("./"))));
        }
    });
}

#[hook]
fn use_link(link: &Rc<Link>, state: &Rc<State>) {
    let pace = Pace {
        run: state.run,
        playing: state.transport.playing && state.phase == Phase::Ready,
        speed: state.transport.speed,
        until: state.transport.until,
    };
    let crashed = matches!(state.phase, Phase::Crashed(_));
    {
        let link = link.clone();
        use_effect_with(crashed, move |crashed| {
            if *crashed {
                link.end();
            }
        });
    }
    {
        let (link, state) = (link.clone(), state.clone());
        use_effect_with((state.outbox.end(), pace), move |(_, pace)| {
            link.pace(*pace);
            link.send(&state.outbox);
        });
    }
    let link = link.clone();
    use_effect_with((), move |()| {
        let animation = AnimationLoop::start(move |_| link.tick());
        move || drop(animation)
    });
}

/// The address follows the place, and the place the browser's back and forward.
#[hook]
fn use_address(state: &Rc<State>, dispatch: &Rc<Callback<Action>>) {
    use_effect_with(state.place.clone(), |place| {
        if *place != here()
            && let Some(history) = web_sys::window().and_then(|window| window.history().ok())
        {
            let (state, address) = (&JsValue::NULL, place.address());
            // A page from a file has no history to write; its links still work.
            let _ = if completes(&here(), place) {
                history.replace_state_with_url(state, "", Some(&address))
            } else {
                history.push_state_with_url(state, "", Some(&address))
            };
        }
    });
    let dispatch = dispatch.clone();
    use_effect_with((), move |()| {
        let listener = web_sys::window().map(|window| {
            EventListener::new(&window, "popstate", move |_| dispatch.emit(Action::Go(here())))
        });
        move || drop(listener)
    });
}

/// Claims and symptoms are fetched when they are first wanted.
#[hook]
fn use_sayings(state: &Rc<State>, dispatch: &Rc<Callback<Action>>) {
    let dispatch = dispatch.clone();
    use_effect_with(state.wants_sayings(), move |wants| {
        if *wants {
            spawn_local(async move { dispatch.emit(Action::Sayings(library::bring_sayings().await)) });
        }
    });
}

/// Whether `place` only says which step an address without one led to: no place of its own to go back to.
fn completes(before: &Place, place: &Place) -> bool {
    match (before, place) {
        (Place::Lab { lab: before, step }, Place::Lab { lab, .. }) => before == lab && step.is_empty(),
        _ => false,
    }
}

/// A link with a run, opened or pasted into this page.
#[hook]
fn use_shared(dispatch: &Rc<Callback<Action>>) {
    let dispatch = dispatch.clone();
    use_effect_with((), move |()| {
        let look = move || {
            let fragment = location(|location| location.hash());
            if let Some(packed) = route::packed_run(&fragment).map(str::to_owned) {
                let dispatch = dispatch.clone();
                spawn_local(async move {
                    dispatch.emit(Action::OpenShared(share::pack::unpack(&packed).await));
                });
            }
        };
        look();
        let listener =
            web_sys::window().map(|window| EventListener::new(&window, "hashchange", move |_| look()));
        move || drop(listener)
    });
}

/// The place that the address names.
pub fn here() -> Place {
    Place::read(&location(|location| location.search()))
}

fn location(part: impl Fn(&web_sys::Location) -> Result<String, JsValue>) -> String {
    web_sys::window().and_then(|window| part(&window.location()).ok()).unwrap_or_default()
}
