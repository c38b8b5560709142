//! The lab page: lesson, scene, transport, charts, settings.

use super::Page;
use super::branches::branches;
use super::charts::Charts;
use super::lesson::Lesson;
use super::overlay::overlay;
use super::presenter::stage;
use super::settings::{Settings, stands_open};
use super::sparks::sparks;
use super::stage::Scene;
use super::transport::transport;
use super::twin::Twin;
use crate::page::library;
use crate::page::route::Place;
use crate::page::store::Action;
use crate::page::words::word;
use yew::prelude::*;

/// The lab page.
pub fn lab_page(page: &Page) -> Html {
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
        return html! { { stage(page) } };
    }
    let settings = stands_open(&page.state);
    html! {
        <main class={classes!("lab", (!settings).then_some("plain"))} id="main">
            <Lesson ..page.clone() />
            <div class="middle">
                { sparks(page) }
                <Scene page={page.clone()} />
                { transport(page) }
                { branches(page) }
                <Charts ..page.clone() />
            </div>
            if settings { <Settings ..page.clone() /> }
            { overlay(page) }
            <Twin ..page.clone() />
        </main>
    }
}
