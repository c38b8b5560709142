//! The lab for a lecture hall: scene, figures, one chart, and a question that the room answers by a show of hands.
//!
//! Scene and chart are drawn at a fraction of their size and enlarged by the style sheet, so that words on the canvas
//! are as large as the others. Left out: knobs and lesson text; whoever presents says what stands there.

use super::Page;
use super::charts::Charts;
use super::prediction::{options, room};
use super::sparks::sparks;
use super::stage::Scene;
use crate::page::format;
use crate::page::store::{Action, Prediction};
use crate::page::words::{say, word};
use headroom_labs::{Lab, Prediction as Asked};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The view for a room.
pub(super) fn stage(page: &Page) -> Html {
    let state = &page.state;
    let Some(lab) = state.lab() else { return Html::default() };
    let title = state.step().map_or_else(|| word("finished"), |step| step.title.clone());
    let veil = state.presenter.veil;
    // A large system is enlarged less, so that all of it is seen; hands are counted where the chart stands.
    let many = state.view.as_ref().is_some_and(|view| view.instances.len() > 3);
    let counting = matches!(state.lesson.prediction, Prediction::Open { .. }) && state.is_chosen_from();
    let classes = classes!("presenter", many.then_some("many"), counting.then_some("counting"));
    html! {
        <main class={classes} id="main">
            <header>
                <h1>{ title }</h1>
                <span class="time">{ format::clock_short(state.head.time) }</span>
                <p>{ place(page, lab) }</p>
            </header>
            <Scene page={page.clone()} picks=false />
            <div class="shown">
                if veil { <p class="cover">{ word("covered") }</p> } else {
                    { sparks(page) }
                    <div class="enlarged"><Charts ..page.clone() /></div>
                }
            </div>
            <aside>{ question(page) }</aside>
            <footer>{ tools(page) }</footer>
        </main>
    }
}

fn place(page: &Page, lab: &Lab) -> String {
    let at = page.state.lesson.step + 1;
    match page.state.step() {
        Some(_) => say("step-of", &[("step", at.to_string()), ("steps", lab.steps.len().to_string())]),
        None => String::new(),
    }
}

/// What is asked, with the hands raised; what most said and what it was; or where to look.
fn question(page: &Page) -> Html {
    let state = &page.state;
    let Some(step) = state.step() else { return Html::default() };
    let Some(asked) = &step.predict else { return html! { <p class="ask">{ step.say.plain() }</p> } };
    let hands = state.is_chosen_from();
    html! {
        <>
            <p class="ask">{ asked.question.plain() }</p>
            { match &state.lesson.prediction {
                Prediction::Open { .. } if hands => counts(page, asked),
                Prediction::Open { .. } | Prediction::None => Html::default(),
                Prediction::Running { .. } => html! { <p role="status">{ say("running-to", &[("time", format::clock_short(asked.until.seconds() * 1e6))]) }</p> },
                Prediction::Revealed { was, .. } => room(page, asked, was),
            } }
        </>
    }
}

fn counts(page: &Page, asked: &Asked) -> Html {
    let line = |(answer, text): (usize, String)| {
        let dispatch = page.dispatch.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                dispatch.emit(Action::Hands(answer, input.value().trim().parse().unwrap_or(0)));
            }
        });
        let raised = page.state.presenter.raised(answer);
        let value = if raised == 0 { String::new() } else { raised.to_string() };
        html! {
            <label key={answer}>
                <span>{ text }</span>
                <input type="number" min="0" max="9999" inputmode="numeric" placeholder="0" {value} {oninput} />
            </label>
        }
    };
    html! {
        <fieldset class="hands">
            <legend>{ word("hands") }</legend>
            { for options(page, &asked.ask).into_iter().enumerate().map(line) }
        </fieldset>
    }
}

fn tools(page: &Page) -> Html {
    let state = &page.state;
    let next = match &state.lesson.prediction {
        Prediction::Open { .. } if state.presenter.room_said().is_some() => word("lock-in"),
        Prediction::Open { .. } => word("show-it"),
        _ => state.step().map_or_else(|| word("all-labs"), |step| step.forward.clone()),
    };
    let playing = state.transport.playing;
    let key = |name: &str, key: &str, action: Action, disabled: bool| {
        html! { <button class="button" {disabled} onclick={page.on(action)}>{ name }<kbd>{ key }</kbd></button> }
    };
    let (name, action) = if playing { ("pause", Action::Pause) } else { ("play", Action::Play) };
    let asking = matches!(state.lesson.prediction, Prediction::Open { .. });
    let running = matches!(state.lesson.prediction, Prediction::Running { .. });
    html! {
        <>
            { key(&word("leave"), "p", Action::Present, false) }
            { key(&word(if state.presenter.veil { "uncover" } else { "cover" }), "v", Action::Veil, false) }
            { key(&word(name), "\u{2423}", action, asking) }
            { key(&next, "n", Action::NextAct, running || state.step().is_none()) }
        </>
    }
}
