//! The bar at the top: where one is, and the quiet tools.

use super::saving::save_menu;
use super::{Page, icons};
use crate::page::language;
use crate::page::route::Place;
use crate::page::store::{Action, Panel, State, Unfolded};
use crate::page::words::{say, word};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// Properties of [`Header`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct HeaderProps {
    /// The page.
    pub page: Page,
    /// Another theme, please.
    pub on_theme: Callback<()>,
}

/// The bar at the top.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let page = &props.page;
    let home = leave(page, Place::Home);
    let in_lab = matches!(page.state.place, Place::Lab { .. });
    let on_theme = props.on_theme.reform(|_: MouseEvent| ());
    html! {
        <header class="header">
            <a class="brand" href="./" onclick={home} aria-label={word("brand-home")}>
                { icons::brand() }<span>{ word("brand") }</span>
            </a>
            if in_lab { { whereabouts(&page.state) } } else { { sections(page) } }
            <div class="tools">
                <button class={classes!("quiet", in_lab.then_some("wide"))} onclick={page.on(Action::Open(Panel::Search))}>{ word("search") }</button>
                if in_lab {
                    { folding(page) }
                    <button class="quiet wide" disabled={page.state.locked()} onclick={page.on(Action::Compare)}>{ word("compare") }</button>
                    <span class="wide">{ save_menu(page) }</span>
                    <button class="quiet wide" onclick={page.on(Action::Present)}>{ word("present") }</button>
                    <button class="quiet wide" onclick={page.on(Action::Share)}>{ word("share") }</button>
                    <button class="quiet wide" aria-keyshortcuts="?" onclick={page.on(Action::Open(Panel::Keys))}>{ word("help") }</button>
                }
                if !in_lab { { languages() } }
                <button class={classes!("quiet", in_lab.then_some("wide"))} onclick={on_theme}>{ word("theme") }</button>
            </div>
        </header>
    }
}

/// The shell's language, by the names languages have in themselves.
fn languages() -> Html {
    let chosen = language::spoken().0;
    let onchange = Callback::from(|event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            language::choose(&select.value());
        }
    });
    let option = |(code, name, _): language::Language| {
        html! { <option value={code} lang={code} selected={code == chosen}>{ name }</option> }
    };
    html! {
        <select class="choice" aria-label={word("language")} {onchange}>{ for language::LANGUAGES.into_iter().map(option) }</select>
    }
}

/// What there is beside the labs.
fn sections(page: &Page) -> Html {
    let section = |place: Place, name: &str| {
        let current = (page.state.place == place).then_some("page");
        html! { <a href={place.address()} aria-current={current} onclick={leave(page, place)}>{ word(name) }</a> }
    };
    html! {
        <nav class="sections" aria-label={word("sections")}>
            { section(Place::Home, "course") }
            { section(Place::Workbench, "workbench") }
            { section(Place::Glossary, "glossary") }
            { section(Place::CommonlySaid, "commonly-said") }
            { section(Place::Symptoms, "symptoms") }
        </nav>
    }
}

fn whereabouts(state: &State) -> Html {
    let Some(lab) = state.lab() else { return Html::default() };
    let chapter =
        State::course().chapter(&lab.chapter).map(|chapter| chapter.title.clone()).unwrap_or_default();
    let outline = State::course().outline(&lab.id);
    let title = outline.map_or_else(|| lab.title.clone(), |outline| State::course().numbered(outline));
    let steps = lab.steps.len();
    let at = state.lesson.step + 1;
    let figures = [("step", at.to_string()), ("steps", steps.to_string())];
    let step = (at <= steps).then(|| format!("\u{a0}· {}", say("step-of-short", &figures)));
    html! {
        <p class="where">
            <span class="chapter">{ chapter }</span>
            <span class="slash" aria-hidden="true">{ "/" }</span>
            if let Some(step) = step { <span class="narrow step">{ step }</span> }
            <strong>{ title }</strong>
            <span class="minutes">{ say("minutes", &[("minutes", lab.minutes.to_string())]) }</span>
        </p>
    }
}

/// Settings beside a small lab and on a phone; all charts on a phone.
fn folding(page: &Page) -> Html {
    let unfolded = page.state.unfolded;
    let small = page.state.view.as_ref().is_none_or(|view| view.nodes.len() <= 2);
    let settings = Action::Unfold(Unfolded { settings: !unfolded.settings, ..unfolded });
    let charts = Action::Unfold(Unfolded { charts: !unfolded.charts, ..unfolded });
    html! {
        <>
            <button class="quiet narrow" aria-expanded={unfolded.charts.to_string()} onclick={page.on(charts)}>
                { word("all-charts") }
            </button>
            <button class={classes!("quiet", (!small).then_some("narrow"))}
                aria-expanded={unfolded.settings.to_string()} onclick={page.on(settings)}>
                { word("settings") }
            </button>
        </>
    }
}

/// Goes to another place without loading the page again; with a modifier the browser does what it does with links.
pub(super) fn leave(page: &Page, place: Place) -> Callback<MouseEvent> {
    let dispatch = page.dispatch.clone();
    Callback::from(move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0) {
            event.prevent_default();
            dispatch.emit(Action::Go(place.clone()));
        }
    })
}
