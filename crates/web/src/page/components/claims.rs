//! "Commonly said": a claim, the lab that tests it, the verdict. All of them on a page, a lab's own on its last card.

use super::Page;
use super::header::leave;
use super::prose::Prose;
use crate::page::route::Place;
use crate::page::store::State;
use crate::page::words::word;
use headroom_labs::{Claim, Standing};
use yew::prelude::*;

/// All claims.
pub fn commonly_said(page: &Page) -> Html {
    html! {
        <main class="home" id="main">
            <section class="course">
                <header><h1>{ word("commonly-said") }</h1><p>{ word("commonly-said-note") }</p></header>
                <ul class="claims">{ for all().map(|claim| card(page, claim)) }</ul>
                { super::symptoms::missing(page) }
            </section>
        </main>
    }
}

/// Those that this lab tests.
pub(super) fn of_lab(page: &Page, lab: &str) -> Html {
    let claims: Vec<&Claim> = all().filter(|claim| claim.lab == lab).collect();
    if claims.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h2>{ word("commonly-said") }</h2>
            <ul class="claims">{ for claims.into_iter().map(|claim| card(page, claim)) }</ul>
        </>
    }
}

/// Those at hand.
fn all() -> impl Iterator<Item = &'static Claim> {
    headroom_labs::sayings().into_iter().flat_map(|sayings| &sayings.claims)
}

fn card(page: &Page, claim: &'static Claim) -> Html {
    let verdict = match claim.verdict {
        Standing::Wrong => "verdict-wrong",
        Standing::HalfTrue => "verdict-half-true",
    };
    let place = Place::Lab { lab: claim.lab.clone(), step: claim.step.clone() };
    let lab = State::course().outline(&claim.lab).map(|lab| lab.title.as_str()).unwrap_or_default();
    html! {
        <li key={claim.id.clone()}>
            <blockquote><Prose page={page.clone()} text={claim.claim.clone()} /></blockquote>
            if let Some(snippet) = &claim.snippet { <pre><code>{ snippet.as_str() }</code></pre> }
            <p><strong>{ word(verdict) }</strong>{ " " }<Prose page={page.clone()} text={claim.says.clone()} /></p>
            <p class="from">{ word("tested-in") }{ " " }<a href={place.address()} onclick={leave(page, place)}>{ lab }</a></p>
        </li>
    }
}
