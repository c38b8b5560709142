//! The home page: the first lab alive, and the labs there are.

use super::Page;
use super::header::leave;
use super::keeping::keeping;
use super::knob::{Dial, Knob};
use super::stage::Scene;
use crate::page::format;
use crate::page::language;
use crate::page::route::Place;
use crate::page::store::State;
use crate::page::words::{say, word};
use headroom_labs::{Chapter, Lab, Outline};
use yew::prelude::*;

/// Mean times are taken over this stretch, in microseconds.
const SPAN: f64 = 10e6;

/// The home page.
pub fn home(page: &Page) -> Html {
    let Some(first) = page.state.lab() else { return Html::default() };
    let start = Place::Lab { lab: first.id.clone(), step: String::new() };
    html! {
        <main class="home" id="main">
            <section class="hero">
                <div>
                    <h1>{ word("hero-title") }</h1>
                    <p class="promise">{ word("hero-promise") }</p>
                    <p class="start">
                        <a class="button primary" href={start.address()} onclick={leave(page, start)}>
                            { say("hero-start", &[("minutes", first.minutes.to_string())]) }
                        </a>
                        { &first.title }
                    </p>
                    <p class="note">{ word("hero-note") }</p>
                </div>
                { alive(page, first) }
            </section>
            { labs(page) }
        </main>
    }
}

fn alive(page: &Page, lab: &Lab) -> Html {
    let knob = lab.knobs.first().map(Dial::from);
    let time = page.state.head.time;
    let mean = page.stage.mean_before(time, SPAN).map_or_else(|| "-".to_owned(), format::duration);
    html! {
        <section class="alive" aria-label={lab.title.clone()}>
            <Scene page={page.clone()} picks=false />
            <div class="turn">
                if let Some(dial) = knob { <Knob page={page.clone()} {dial} place="hero" /> }
                <p class="figure">{ word("mean-time") }<strong>{ mean }</strong></p>
            </div>
        </section>
    }
}

fn labs(page: &Page) -> Html {
    let course = State::course();
    let progress = &page.state.progress;
    let next = course.outlines.iter().find(|lab| !progress.finished(&lab.id)).or(course.outlines.first());
    let minutes: u32 = course.outlines.iter().map(|lab| lab.minutes).sum();
    html! {
        <section class="course" aria-labelledby="labs-title">
            <header>
                <h2 id="labs-title">{ word("labs-title") }</h2>
                <p>{ say("labs-note", &[("minutes", minutes.to_string())]) }</p>
                if language::of_lessons().is_some() { <p>{ word("lessons-language") }</p> }
            </header>
            { for course.chapters.iter().map(|chapter| labs_of(page, chapter, next)) }
            { keeping(page) }
        </section>
    }
}

/// A chapter's labs.
fn labs_of(page: &Page, chapter: &Chapter, next: Option<&Outline>) -> Html {
    let course = State::course();
    let labs = chapter.labs.iter().filter_map(|id| course.outline(id));
    let cards = labs.map(|lab| card(page, lab, next.is_some_and(|next| next.id == lab.id)));
    html! {
        <>
            <h3 class="of-chapter" lang={language::of_lessons()}>{ &chapter.title }</h3>
            <ol class="labs">{ for cards }</ol>
        </>
    }
}

fn card(page: &Page, lab: &Outline, next: bool) -> Html {
    let place = Place::Lab { lab: lab.id.clone(), step: String::new() };
    let finished = page.state.progress.finished(&lab.id);
    html! {
        <li key={lab.id.clone()}>
            <a class={classes!(next.then_some("next"))} href={place.address()} onclick={leave(page, place)}>
                <span class="title" lang={language::of_lessons()}>{ &lab.title }</span>
                <span class="promise" lang={language::of_lessons()}>{ lab.promise.plain() }</span>
                <span class="foot">
                    <span>{ State::course().number(lab) }</span>
                    if finished { <span>{ word("done") }</span> }
                    { super::stars::count(page, &lab.id) }
                    <span>{ say("minutes", &[("minutes", lab.minutes.to_string())]) }</span>
                </span>
            </a>
        </li>
    }
}
