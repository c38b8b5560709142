//! Lesson text: paragraphs, terms with their definitions, shapes of requests, knobs.

use super::Page;
use super::header::leave;
use super::icons;
use super::knob::Knob;
use crate::page::language;
use crate::page::route::Place;
use crate::page::store::{Prediction, State};
use crate::page::value;
use crate::page::words::word;
use headroom_labs::{Block, Change, Inline, Prose as Text};
use yew::prelude::*;

/// Properties of [`Prose`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct ProseProps {
    /// The page.
    pub page: Page,
    /// The words.
    pub text: Text,
}

/// A paragraph's words. A term opens its definition under the paragraph.
#[component]
pub(super) fn Prose(props: &ProseProps) -> Html {
    let open = use_state(|| None::<String>);
    let toggle = {
        let open = open.clone();
        Callback::from(move |id: String| open.set((open.as_ref() != Some(&id)).then_some(id)))
    };
    let close = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && open.is_some() {
                event.stop_propagation();
                open.set(None);
            }
        })
    };
    html! {
        <span onkeydown={close} lang={language::of_lessons()}>
            { inlines(&props.text, &toggle, open.as_deref()) }
            if let Some(id) = open.as_deref() { { definition(&props.page, id) } }
        </span>
    }
}

fn inlines(text: &Text, toggle: &Callback<String>, open: Option<&str>) -> Html {
    text.0.iter().map(|inline| match inline {
        Inline::Text(words) => html! { { words } },
        Inline::Strong(prose) => html! { <strong>{ inlines(prose, toggle, open) }</strong> },
        Inline::Emphasis(prose) => html! { <em>{ inlines(prose, toggle, open) }</em> },
        Inline::Code(code) => html! { <code>{ code }</code> },
        Inline::Mark(mark) => icons::mark(*mark),
        Inline::Term { id, text } => {
            let onclick = toggle.reform({
                let id = id.clone();
                move |_: MouseEvent| id.clone()
            });
            let expanded = (open == Some(id)).to_string();
            html! { <button type="button" class="term" aria-expanded={expanded} {onclick}>{ text }</button> }
        }
    }).collect()
}

fn definition(page: &Page, id: &str) -> Html {
    let Some(term) = State::course().term(id) else { return Html::default() };
    let teaches = State::course().outline(&term.lab);
    html! {
        <span class="definition" role="note">
            <strong>{ &term.name }</strong>
            { term.means.plain() }
            if let Some(lab) = teaches {
                <span class="from">
                    { word("taught-in") }
                    if page.state.lab().is_some_and(|here| here.id == lab.id) {
                        <span>{ word("this-lab") }</span>
                    } else {
                        <a href={format!("./?lab={}", lab.id)} onclick={leave(page, Place::Lab { lab: lab.id.clone(), step: String::new() })}>
                            { &lab.title }
                        </a>
                    }
                </span>
            }
        </span>
    }
}

/// The step's text with its knobs.
pub(super) fn blocks(page: &Page, blocks: &[Block]) -> Html {
    blocks
        .iter()
        .enumerate()
        .map(|(index, block)| {
            let lab = page.state.lab().map(|lab| lab.id.as_str()).unwrap_or_default();
            let key = format!("{lab}-{}-{index}", page.state.lesson.step);
            match block {
                Block::Paragraph(text) => {
                    html! { <p {key}><Prose page={page.clone()} text={text.clone()} /></p> }
                }
                Block::List(points) => html! {
                    <ul {key}>{ for points.iter().map(|text| html! {
                        <li><Prose page={page.clone()} text={text.clone()} /></li>
                    }) }</ul>
                },
                Block::Code(code) => html! { <pre {key}><code>{ code }</code></pre> },
                Block::Knob(path) => {
                    html! { <div class="knob-place" {key}>{ lesson_knob(page, path) }</div> }
                }
            }
        })
        .collect()
}

/// A knob as the lab describes it, within the lesson.
fn lesson_knob(page: &Page, path: &str) -> Html {
    let state = &page.state;
    let (Some(lab), Some(step)) = (state.lab(), state.step()) else { return Html::default() };
    let Some(knob) = lab.knob(step, path) else { return Html::default() };
    let asks = step.pulse.as_ref().is_some_and(|pulse| pulse.knob == path);
    let becomes = matches!(state.lesson.prediction, Prediction::Open { .. })
        .then(|| {
            step.predict.as_ref()?.change.iter().find_map(|change| match change {
                Change::Set { path: changed, value } if changed == path => Some(value.clone()),
                _ => None,
            })
        })
        .flatten();
    let number = state.value(path).and_then(|value| value::number_of(&value));
    let note = knob.notes.iter().rev().find(|note| number.is_some_and(|number| number > note.above));
    let note = note.map(|note| html! { <p class="note">{ note.say.plain() }</p> }).unwrap_or_default();
    html! {
        <Knob page={page.clone()} dial={super::knob::Dial::from(knob)} inviting={asks && !state.lesson.accepted} place="lesson" {becomes} {note} />
    }
}
