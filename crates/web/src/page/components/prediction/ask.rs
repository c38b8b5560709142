//! What one answers a prediction with: choices, a slider, an order, a node, a curve. Each works by keyboard alone.

use super::super::Page;
use super::super::prose::Prose;
use super::{options, sketch};
use crate::page::format;
use crate::page::store::{Action, Guess};
use crate::page::value::Span;
use crate::page::words::{say, word};
use headroom_labs::{Ask, Number, Prediction as Asked};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The question, open.
pub(super) fn open(page: &Page, asked: &Asked, guess: &Guess) -> Html {
    let submit = {
        let dispatch = page.dispatch.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatch.emit(Action::LockIn);
        })
    };
    html! {
        <form class="card asking" onsubmit={submit}>
            <fieldset>
                <legend><Prose page={page.clone()} text={asked.question.clone()} /></legend>
                { match (&asked.ask, guess) {
                    (Ask::Number(number), Guess::Number(value)) => slider(page, asked, number, *value),
                    (Ask::Rank { .. }, Guess::Order(order)) => ranking(page, asked, order),
                    (Ask::Sketch(drawn), Guess::Curve(curve)) => sketch::draw(page, drawn, &asked.unit, curve),
                    _ => answers(page, asked, guess),
                } }
            </fieldset>
            <button type="submit" class="button primary wide" disabled={*guess == Guess::None}>{ word("lock-in") }</button>
            <div class="centred">
                <button type="button" class="quiet underlined" onclick={page.on(Action::ShowMe)}>{ word("show-me") }</button>
            </div>
        </form>
    }
}

fn answers(page: &Page, asked: &Asked, guess: &Guess) -> Html {
    let answer = |(index, text): (usize, String)| {
        let checked = *guess == Guess::Choice(index);
        let onchange = page.on(Action::Guess(Guess::Choice(index)));
        html! {
            <label class="answer" key={index}>
                <input type="radio" name="prediction" {checked} {onchange} /><span>{ text }</span>
            </label>
        }
    };
    html! {
        <>
            if let Ask::Where { .. } = asked.ask { <p class="dim hint-line">{ word("or-click-node") }</p> }
            <div class="answers">{ for options(page, &asked.ask).into_iter().enumerate().map(answer) }</div>
        </>
    }
}

fn slider(page: &Page, asked: &Asked, number: &Number, value: f64) -> Html {
    let span = Span { min: number.min, max: number.max, step: number.step, scale: number.scale };
    let shown = format::figure(value, &asked.unit);
    let (min, max, step) = span.attributes();
    let dispatch = page.dispatch.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            dispatch.emit(Action::Guess(Guess::Number(span.value(input.value_as_number()))));
        }
    });
    html! {
        <div class="answers knob">
            <div class="head"><label for="guess">{ word("your-guess") }</label><output for="guess">{ shown.clone() }</output></div>
            <input id="guess" type="range" class="slider" min={min.to_string()} max={max.to_string()} step={step.to_string()}
                value={span.position(value).to_string()} style={format!("--filled: {:.2}%", span.filled(value))}
                aria-valuetext={shown} {oninput} />
        </div>
    }
}

/// A list whose lines move up and down.
fn ranking(page: &Page, asked: &Asked, order: &[usize]) -> Html {
    let names = options(page, &asked.ask);
    let swapped = |place: usize, with: usize| {
        let mut order = order.to_vec();
        order.swap(place, with);
        page.on(Action::Guess(Guess::Order(order)))
    };
    let line = |(place, index): (usize, &usize)| {
        let name = names.get(*index).cloned().unwrap_or_default();
        let (first, last) = (place == 0, place + 1 == order.len());
        let [up, down] = ["move-up", "move-down"].map(|key| say(key, &[("name", name.clone())]));
        html! {
            <li class="ranked" key={*index}>
                <span>{ say("ranked", &[("place", (place + 1).to_string())]) }{ " " }{ name }</span>
                <button type="button" class="small" disabled={first} aria-label={up}
                    onclick={swapped(place, place.saturating_sub(1))}>{ "↑" }</button>
                <button type="button" class="small" disabled={last} aria-label={down}
                    onclick={swapped(place, (place + 1).min(order.len() - 1))}>{ "↓" }</button>
            </li>
        }
    };
    html! { <ol class="answers ranks">{ for order.iter().enumerate().map(line) }</ol> }
}
