//! A prediction: asked, on its way, answered. [`ask`] is what one answers with, [`sketch`] the curve that one draws.

mod ask;
mod replay;
mod sketch;

use super::Page;
use super::prose::Prose;
use crate::page::format;
use crate::page::store::{Action, Guess, Prediction};
use crate::page::words::{say, word};
use headroom_labs::predict::{self, Revealed};
use headroom_labs::{Ask, Prediction as Asked};
use yew::prelude::*;

/// The card of a step that asks something.
pub(super) fn prediction_card(page: &Page) -> Html {
    let Some(asked) = page.state.step().and_then(|step| step.predict.as_ref()) else {
        return Html::default();
    };
    match &page.state.lesson.prediction {
        Prediction::None => Html::default(),
        Prediction::Open { guess } => ask::open(page, asked, guess),
        Prediction::Running { guess } => running(page, asked, guess),
        Prediction::Revealed { guess, was } => revealed(page, asked, guess, was),
    }
}

fn running(page: &Page, asked: &Asked, guess: &Guess) -> Html {
    let until = asked.until.seconds() * 1e6;
    let time = page.state.head.time;
    html! {
        <div class="card">
            <p class="question"><Prose page={page.clone()} text={asked.question.clone()} /></p>
            if let Some(said) = said(page, asked, guess) {
                <dl class="said-was"><dt>{ word("you-said") }</dt><dd>{ said }</dd></dl>
            }
            <p class="why dim" role="status">{ say("running-to", &[("time", format::clock_short(until))]) }</p>
            <progress max="1" value={(time / until.max(1.0)).to_string()} aria-label={word("progress")} />
        </div>
    }
}

fn revealed(page: &Page, asked: &Asked, guess: &Guess, was: &[Option<f64>]) -> Html {
    let known: Option<Vec<f64>> = was.iter().copied().collect();
    let judged = known.as_deref().and_then(|known| predict::reveal(asked, guess, known));
    html! {
        <div class="card" role="status">
            { match &judged {
                Some(judged) => outcome(page, asked, guess, judged),
                None => html! { <dl class="said-was"><dt>{ word("it-was") }</dt><dd>{ word("not-enough") }</dd></dl> },
            } }
            if let Some(over) = over(page, asked) { <p class="over">{ over }</p> }
            if let Some(name) = judged.as_ref().and_then(|_| shown(page, asked)) {
                <p class="over">{ say("picture-shows", &[("name", name)]) }</p>
            }
            if let Some(why) = judged.and_then(|judged| judged.if_wrong) {
                <p class="why"><Prose page={page.clone()} text={why.clone()} /></p>
            }
            <p class="why"><Prose page={page.clone()} text={asked.reveal.clone()} /></p>
            { replay::replay(page, asked) }
        </div>
    }
}

/// Over which time the figure is; charts tell their last second, which is another. Nothing for what is so at a moment.
fn over(page: &Page, asked: &Asked) -> Option<String> {
    if matches!(&asked.ask, Ask::Sketch(sketch) if !sketch.levels.is_empty()) {
        return None;
    }
    let warmup = page.state.view.as_ref().map_or(0.0, |view| view.warmup_us);
    let micros = |moment: headroom_labs::Moment| moment.seconds() * 1e6;
    let from = asked.from.map_or(warmup, micros);
    let to = micros(asked.to.unwrap_or(asked.until));
    let figures = [("from", format::clock_short(from)), ("to", format::clock_short(to))];
    Some(say("measured-over", &figures))
}

/// Which answer the picture shows, where each changes something.
fn shown(page: &Page, asked: &Asked) -> Option<String> {
    options(page, &asked.ask).into_iter().nth(page.state.shown_answer()?)
}

/// Turns the picture to an answer that it does not show, where each has a run of its own.
fn watch(page: &Page, asked: &Asked, answer: usize, name: &str) -> Html {
    let several = matches!(predict::needs(asked), predict::Needs::Variants(_));
    if !several || page.state.shown_answer() == Some(answer) {
        return Html::default();
    }
    let label = format!("{}: {name}", word("watch-answer"));
    html! {
        <button class="quiet underlined watch-answer" aria-label={label} onclick={page.on(Action::Watch(answer))}>
            { word("watch-answer") }
        </button>
    }
}

/// "You said", "It was".
fn outcome(page: &Page, asked: &Asked, guess: &Guess, judged: &Revealed<'_>) -> Html {
    let figure = |index: usize| judged.shown.get(index).map(|shown| format::figure(*shown, &asked.unit));
    match &asked.ask {
        Ask::Choice(_) | Ask::Number(_) => html! {
            <dl class="said-was">
                if let Some(said) = said(page, asked, guess) {
                    <dt>{ word("you-said") }</dt><dd>{ said }</dd>
                }
                <dt>{ word("it-was") }</dt><dd class="was">
                    { figure(0) }
                    // The figure in the terms of the question.
                    if let Some(answer) = judged.answer {
                        <small class="in-words">{ options(page, &asked.ask).get(answer).cloned() }</small>
                    }
                </dd>
            </dl>
        },
        Ask::Variant { .. } | Ask::Where { .. } => {
            let names = options(page, &asked.ask);
            let line = |(index, name): (usize, String)| {
                let best = judged.answer == Some(index);
                html! {
                    <>
                        <dt>
                            { &name }{ " " }
                            if *guess == Guess::Choice(index) { <small>{ word("you-said") }</small> }{ " " }
                            if best { <small>{ word("it-was") }</small> }
                        </dt>
                        <dd class={classes!("figure", best.then_some("was"))}>
                            { figure(index) }{ watch(page, asked, index, &name) }
                        </dd>
                    </>
                }
            };
            html! { <dl class="said-was offered">{ for names.into_iter().enumerate().map(line) }</dl> }
        }
        Ask::Rank { best, .. } => {
            let names = options(page, &asked.ask);
            let said: &[usize] = if let Guess::Order(said) = guess { said } else { &[] };
            let line = |(place, index): (usize, usize)| {
                let own = said.iter().position(|other| *other == index);
                html! {
                    <>
                        <dt>
                            { say("ranked", &[("place", (place + 1).to_string())]) }{ " " }{ &names[index] }{ " " }
                            if let Some(own) = own {
                                <small>{ say("you-ranked", &[("place", (own + 1).to_string())]) }</small>
                            }
                        </dt>
                        <dd class="figure">{ figure(index) }{ watch(page, asked, index, &names[index]) }</dd>
                    </>
                }
            };
            let order = predict::ranking(*best, &judged.shown);
            html! { <dl class="said-was offered">{ for order.into_iter().enumerate().map(line) }</dl> }
        }
        Ask::Sketch(sketch) => {
            let said = if let Guess::Curve(said) = guess { Some(said.as_slice()) } else { None };
            sketch::answered(sketch, &asked.unit, said, &judged.shown)
        }
    }
}

/// For a room: what most hands were raised for, and what it was.
pub(super) fn room(page: &Page, asked: &Asked, was: &[Option<f64>]) -> Html {
    let known: Option<Vec<f64>> = was.iter().copied().collect();
    let judged = known.as_deref().and_then(|known| predict::reveal(asked, &Guess::None, known));
    let Some(judged) = judged else { return html! { <p class="room-was">{ word("not-enough") }</p> } };
    let names = options(page, &asked.ask);
    let hands = &page.state.presenter;
    let all: u32 = hands.hands.iter().sum();
    let figure = |index: usize| judged.shown.get(index).map(|shown| format::figure(*shown, &asked.unit));
    let said = hands.room_said().filter(|_| page.state.is_chosen_from());
    html! {
        <div role="status">
            if let Some(said) = said {
                <p>{ word("room-said") }{ " " }<strong>{ names.get(said).cloned() }</strong>{ " " }
                    { say("hands-of", &[("hands", hands.raised(said).to_string()), ("all", all.to_string())]) }</p>
            }
            <p class="room-was">{ word("it-was") }{ " " }<strong>{ figure(judged.answer.filter(|_| judged.shown.len() > 1).unwrap_or(0)) }</strong></p>
            if judged.shown.len() > 1 { <p>{ judged.answer.and_then(|answer| names.get(answer)).cloned() }</p> }
        </div>
    }
}

/// An answer in words, where words can say it.
fn said(page: &Page, asked: &Asked, guess: &Guess) -> Option<String> {
    match (&asked.ask, guess) {
        (Ask::Number(_), Guess::Number(value)) => Some(format::figure(*value, &asked.unit)),
        (Ask::Rank { .. }, Guess::Order(order)) => {
            let names = options(page, &asked.ask);
            let name = |index: &usize| names.get(*index).map(String::as_str);
            Some(order.iter().filter_map(name).collect::<Vec<_>>().join(" < "))
        }
        (ask, Guess::Choice(index)) => options(page, ask).into_iter().nth(*index),
        _ => None,
    }
}

/// The answers to choose from, in words.
pub(super) fn options(page: &Page, ask: &Ask) -> Vec<String> {
    let Ask::Where { nodes, .. } = ask else {
        return ask.texts().into_iter().map(headroom_labs::Prose::plain).collect();
    };
    let label = |name: &String| {
        let nodes = page.state.view.iter().flat_map(|view| &view.nodes);
        nodes
            .into_iter()
            .find(|node| node.name == *name)
            .map_or_else(|| name.clone(), |node| node.label.clone())
    };
    nodes.iter().map(|spot| label(&spot.node)).collect()
}
