//! The glossary as a page: every term that lessons underline, and the lab that teaches it.

use super::Page;
use super::header::leave;
use super::prose::Prose;
use crate::page::route::Place;
use crate::page::store::State;
use crate::page::words::word;
use headroom_labs::Term;
use yew::prelude::*;

/// The glossary.
pub fn glossary(page: &Page) -> Html {
    let mut terms: Vec<&Term> = State::course().terms.iter().collect();
    headroom_core::sort::by_key(&mut terms, |term| term.name.to_ascii_lowercase());
    html! {
        <main class="home glossary" id="main">
            <section class="course">
                <header><h1>{ word("glossary") }</h1></header>
                <dl>{ for terms.into_iter().map(|term| entry(page, term)) }</dl>
            </section>
        </main>
    }
}

fn entry(page: &Page, term: &Term) -> Html {
    let lab = State::course().outline(&term.lab);
    html! {
        <div key={term.id.clone()} id={term.id.clone()}>
            <dt>{ &term.name }</dt>
            <dd>
                <Prose page={page.clone()} text={term.means.clone()} />
                if let Some(lab) = lab {
                    <span class="from">
                        { word("taught-in") }{ " " }
                        <a href={format!("./?lab={}", lab.id)} onclick={leave(page, Place::Lab { lab: lab.id.clone(), step: String::new() })}>
                            { &lab.title }
                        </a>
                    </span>
                }
            </dd>
        </div>
    }
}
