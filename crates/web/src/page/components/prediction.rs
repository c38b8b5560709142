//! A prediction: asked, on its way, answered.

use super::Page;
use super::prose::Prose;
use crate::page::format;
use crate::page::store::{Action, Guess, Prediction};
use crate::page::value::Span;
use crate::page::words::{say, word};
use headroom_labs::{Ask, Best, Number, Prediction as Asked, Prose as Text, Variant};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The card of a step that asks something.
#[component]
pub(super) fn PredictionCard(page: &Page) -> Html {
    let Some(asked) = page.state.step().and_then(|step| step.predict.as_ref()) else {
        return Html::default();
    };
    match &page.state.lesson.prediction {
        Prediction::None => Html::default(),
        Prediction::Open { guess } => open(page, asked, *guess),
        Prediction::Running { guess } => running(page, asked, *guess),
        Prediction::Revealed { guess, was, variants } => revealed(page, asked, *guess, *was, variants),
    }
}

fn open(page: &Page, asked: &Asked, guess: Guess) -> Html {
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
                { match &asked.ask {
                    Ask::Choice(choices) => answers(page, choices.iter().map(|choice| &choice.text), guess),
                    Ask::Variant { variants, .. } => answers(page, variants.iter().map(|variant| &variant.text), guess),
                    Ask::Number(number) => slider(page, asked, number, guess),
                } }
            </fieldset>
            <button type="submit" class="button primary wide" disabled={guess == Guess::Nothing}>{ word("lock-in") }</button>
            <div class="centred">
                <button type="button" class="quiet underlined" onclick={page.on(Action::ShowMe)}>{ word("show-me") }</button>
            </div>
        </form>
    }
}

fn answers<'a>(page: &Page, texts: impl Iterator<Item = &'a Text>, guess: Guess) -> Html {
    let answer = |(index, text): (usize, &Text)| {
        let checked = guess == Guess::Choice(index);
        let onchange = page.on(Action::Guess(Guess::Choice(index)));
        html! {
            <label class="answer" key={index}>
                <input type="radio" name="prediction" {checked} {onchange} /><span>{ text.plain() }</span>
            </label>
        }
    };
    html! { <div class="answers">{ for texts.enumerate().map(answer) }</div> }
}

fn slider(page: &Page, asked: &Asked, number: &Number, guess: Guess) -> Html {
    let span = Span { min: number.min, max: number.max, step: number.step, scale: number.scale };
    let value = if let Guess::Number(value) = guess { value } else { number.min };
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

fn running(page: &Page, asked: &Asked, guess: Option<Guess>) -> Html {
    let until = asked.until.seconds() * 1e6;
    let time = page.state.head.time;
    html! {
        <div class="card">
            <p class="question"><Prose page={page.clone()} text={asked.question.clone()} /></p>
            if let Some(said) = guess.and_then(|guess| said(asked, guess)) {
                <dl class="said-was"><dt>{ word("you-said") }</dt><dd>{ said }</dd></dl>
            }
            <p class="why dim" role="status">{ say("running-to", &[("time", format::clock_short(until))]) }</p>
            <progress max="1" value={(time / until.max(1.0)).to_string()} aria-label={word("progress")} />
        </div>
    }
}

fn revealed(
    page: &Page,
    asked: &Asked,
    guess: Option<Guess>,
    was: Option<f64>,
    variants: &[Option<f64>],
) -> Html {
    let shown = was.map_or_else(|| word("not-enough"), |was| format::figure(was * asked.times, &asked.unit));
    let why = guess.and_then(|guess| wrong(asked, guess, was, variants));
    html! {
        <div class="card" role="status">
            <dl class="said-was">
                { outcomes(asked, shown, guess, variants) }
            </dl>
            if let Some(why) = why { <p class="why"><Prose page={page.clone()} text={why.clone()} /></p> }
            <p class="why"><Prose page={page.clone()} text={asked.reveal.clone()} /></p>
            <button class="quiet underlined" onclick={page.on(Action::Slowly)}>{ word("replay-slowly") }</button>
        </div>
    }
}

/// "You said", "It was"; of variants each with its figure, the one that was said and the best one named.
fn outcomes(asked: &Asked, shown: String, guess: Option<Guess>, variants: &[Option<f64>]) -> Html {
    let Ask::Variant { variants: texts, best, .. } = &asked.ask else {
        return html! {
            <>
                if let Some(said) = guess.and_then(|guess| said(asked, guess)) {
                    <dt>{ word("you-said") }</dt><dd>{ said }</dd>
                }
                <dt>{ word("it-was") }</dt><dd class="was">{ shown }</dd>
            </>
        };
    };
    let found = best_of(*best, variants);
    let variant = |(index, (variant, value)): (usize, (&Variant, &Option<f64>))| {
        let figure =
            value.map_or_else(|| "-".to_owned(), |value| format::figure(value * asked.times, &asked.unit));
        html! {
            <>
                <dt>
                    if guess == Some(Guess::Choice(index)) { <small>{ word("you-said") }</small> }
                    if found == Some(index) { <small>{ word("it-was") }</small> }
                    { variant.text.plain() }
                </dt>
                <dd class={classes!("figure", (found == Some(index)).then_some("was"))}>{ figure }</dd>
            </>
        }
    };
    texts.iter().zip(variants).enumerate().map(variant).collect()
}

fn said(asked: &Asked, guess: Guess) -> Option<String> {
    match (&asked.ask, guess) {
        (Ask::Choice(choices), Guess::Choice(index)) => choices.get(index).map(|choice| choice.text.plain()),
        (Ask::Variant { variants, .. }, Guess::Choice(index)) => {
            variants.get(index).map(|variant| variant.text.plain())
        }
        (Ask::Number(_), Guess::Number(value)) => Some(format::figure(value, &asked.unit)),
        _ => None,
    }
}

/// What is said to someone who was wrong; nothing to someone who was right.
fn wrong<'a>(asked: &'a Asked, guess: Guess, was: Option<f64>, variants: &[Option<f64>]) -> Option<&'a Text> {
    match (&asked.ask, guess) {
        (Ask::Choice(choices), Guess::Choice(index)) => choices
            .get(index)
            .filter(|choice| was.is_some_and(|was| !choice.range.contains(was)))
            .map(|choice| &choice.if_wrong),
        (Ask::Variant { variants: texts, best, .. }, Guess::Choice(index)) => (best_of(*best, variants)
            != Some(index))
        .then(|| texts.get(index).map(|variant| &variant.if_wrong))
        .flatten(),
        (Ask::Number(number), Guess::Number(value)) => {
            let truth = was? * asked.times;
            match value {
                value if value * number.near < truth => Some(&number.if_low),
                value if value > truth * number.near => Some(&number.if_high),
                _ => None,
            }
        }
        _ => None,
    }
    .filter(|text| !text.is_empty())
}

fn best_of(best: Best, values: &[Option<f64>]) -> Option<usize> {
    let known = values.iter().enumerate().filter_map(|(index, value)| Some((index, (*value)?)));
    let found = match best {
        Best::Highest => known.max_by(|a, b| a.1.total_cmp(&b.1)),
        Best::Lowest => known.min_by(|a, b| a.1.total_cmp(&b.1)),
    };
    found.map(|(index, _)| index)
}
