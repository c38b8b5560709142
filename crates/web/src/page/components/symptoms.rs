//! The symptom index: what one sees in a system of one's own, and the lab that shows why.

use super::Page;
use super::header::leave;
use super::prose::Prose;
use crate::page::route::Place;
use crate::page::store::{Action, State};
use crate::page::words::word;
use headroom_labs::Symptom;
use yew::prelude::*;

/// All symptoms.
pub fn symptoms(page: &Page) -> Html {
    let all = headroom_labs::sayings().into_iter().flat_map(|sayings| &sayings.symptoms);
    html! {
        <main class="home" id="main">
            <section class="course">
                <header><h1>{ word("symptoms") }</h1><p>{ word("symptoms-note") }</p></header>
                <ul class="claims">{ for all.map(|symptom| card(page, symptom)) }</ul>
                { missing(page) }
            </section>
        </main>
    }
}

/// What is said where they could not be fetched.
pub(super) fn missing(page: &Page) -> Html {
    if page.state.sayings != Some(false) {
        return Html::default();
    }
    html! {
        <div role="alert">
            <p>{ word("not-fetched") }</p>
            <button class="button primary" onclick={page.on(Action::Go(page.state.place.clone()))}>{ word("try-again") }</button>
        </div>
    }
}

fn card(page: &Page, symptom: &'static Symptom) -> Html {
    let place = Place::Lab { lab: symptom.lab.clone(), step: symptom.step.clone() };
    let lab = State::course().outline(&symptom.lab).map(|lab| lab.title.as_str()).unwrap_or_default();
    html! {
        <li>
            <h2><Prose page={page.clone()} text={symptom.says.clone()} /></h2>
            <p><Prose page={page.clone()} text={symptom.look.clone()} /></p>
            <p class="from">{ word("seen-in") }{ " " }<a href={place.address()} onclick={leave(page, place)}>{ lab }</a></p>
        </li>
    }
}
