//! The lab page: lesson, scene, transport, charts, settings.

use super::Page;
use super::branches::Branches;
use super::charts::Charts;
use super::lesson::Lesson;
use super::overlay::Overlay;
use super::presenter::Stage;
use super::settings::{Settings, stands_open};
use super::sparks::Sparks;
use super::stage::Scene;
use super::transport::Transport;
use super::twin::Twin;
use crate::page::library;
use crate::page::route::Place;
use crate::page::store::Action;
use crate::page::words::word;
use yew::prelude::*;

/// The lab page.
#[component]
pub fn LabPage(page: &Page) -> Html {
    if let Place::Lab { lab, .. } = &page.state.place
        && library::is_wanted(lab)
    {
        return html! {
            <main class="crash" id="main">
                <h1>{ word("lab-not-fetched") }</h1>
                <p>{ word("lab-not-fetched-why") }</p>
                <button class="primary" onclick={page.on(Action::Go(page.state.place.clone()))}>{ word("try-again") }</button>
                <a class="button" href="./" onclick={super::header::leave(page, Place::Home)}>{ word("all-labs") }</a>
            </main>
        };
    }
    if page.state.lab().is_none() {
        return html! {
            <main class="crash" id="main">
                <h1>{ word("no-such-lab") }</h1>
                <a class="button" href="./" onclick={super::header::leave(page, Place::Home)}>{ word("all-labs") }</a>
            </main>
        };
    }
    if page.state.presenter.on {
        return html! { <Stage ..page.clone() /> };
    }
    let settings = stands_open(&page.state);
    html! {
        <main class={classes!("lab", (!settings).then_some("plain"))} id="main">
            <Lesson ..page.clone() />
            <div class="middle">
                <Sparks ..page.clone() />
                <Scene page={page.clone()} />
                <Transport ..page.clone() />
                <Branches ..page.clone() />
                <Charts ..page.clone() />
            </div>
            if settings { <Settings ..page.clone() /> }
            <Overlay ..page.clone() />
            <Twin ..page.clone() />
        </main>
    }
}
