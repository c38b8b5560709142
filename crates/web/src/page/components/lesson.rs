//! The left column: where one is, what to read, what to do next.

use super::Page;
use super::closing::closing;
use super::prediction::prediction_card;
use super::prose::{Prose, blocks};
use super::task::TaskCard;
use crate::page::language;
use crate::page::store::{Action, Prediction};
use crate::page::words::{say, word};
use headroom_labs::{Lab, Step};
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

/// The left column.
#[component]
pub(super) fn Lesson(page: &Page) -> Html {
    let state = &page.state;
    let at = state.lesson.step;
    let section = use_node_ref();
    use_beginning(&section, at);
    use_news(
        &section,
        (matches!(state.lesson.prediction, Prediction::Revealed { .. }), state.lesson.verdict.is_some()),
    );
    let Some(lab) = state.lab() else { return Html::default() };
    let done = |index: usize| (index <= at).then_some("done");
    html! {
        <section ref={section} class="lesson" aria-label={word("lesson")}>
            <ol class="steps" aria-hidden="true">{ for (0..lab.steps.len()).map(|index| html! { <li class={classes!(done(index))} /> }) }</ol>
            { match state.step() {
                Some(step) => step_body(page, step),
                None => html! { { closing(page) } },
            } }
            { foot(page, lab) }
        </section>
    }
}

/// A step that was gone to begins at its top, and there the keyboard goes on; not the one the page opened with.
#[hook]
fn use_beginning(section: &NodeRef, step: usize) {
    let section = section.clone();
    let first = use_mut_ref(|| true);
    use_effect_with(step, move |_| {
        if first.replace(false) {
            return;
        }
        let Some(section) = section.cast::<HtmlElement>() else { return };
        section.set_scroll_top(0);
        if let Some(window) = web_sys::window() {
            window.scroll_to_with_x_and_y(0.0, 0.0);
        }
        let title = section.query_selector("h1").ok().flatten();
        if let Some(title) = title.and_then(|title| title.dyn_into::<HtmlElement>().ok()) {
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            // An element that cannot take the focus leaves it where it was.
            let _ = title.focus_with_options(&options);
        }
    });
}

/// An answer or a verdict comes into sight: on a phone it stands below what is looked at.
#[hook]
fn use_news(section: &NodeRef, news: (bool, bool)) {
    let section = section.clone();
    use_effect_with(news, move |(revealed, judged)| {
        let told = section.cast::<HtmlElement>().filter(|_| *revealed || *judged);
        let told = told.and_then(|section| section.query_selector(".card[role=status]").ok().flatten());
        if let Some(told) = told {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            told.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

fn step_body(page: &Page, step: &'static Step) -> Html {
    html! {
        <>
            <h1 id="step-title" tabindex="-1" lang={language::of_lessons()}>{ &step.title }</h1>
            <div class="body" lang={language::of_lessons()}>{ blocks(page, &step.body) }</div>
            <p class="say"><Prose page={page.clone()} text={step.say.clone()} /></p>
            if step.predict.is_some() { { prediction_card(page) } }
            if step.task.is_some() { <TaskCard ..page.clone() /> }
            { forward(page, step) }
        </>
    }
}

/// The button that leads on stands out once the step is done.
fn forward(page: &Page, step: &'static Step) -> Html {
    let state = &page.state;
    let asking = matches!(state.lesson.prediction, Prediction::Open { .. } | Prediction::Running { .. });
    if asking || !state.step_done() {
        return Html::default();
    }
    html! {
        <div class="act thumb">
            { back(page) }
            <button class="button primary wide" onclick={page.on(Action::Forward)}>{ &step.forward }</button>
        </div>
    }
}

/// On a phone, beside what leads on.
pub(super) fn back(page: &Page) -> Html {
    html! { <button class="button narrow" onclick={page.on(Action::Back)}>{ word("back-plain") }</button> }
}

fn foot(page: &Page, lab: &Lab) -> Html {
    let state = &page.state;
    let at = state.lesson.step;
    let skippable = state.step().is_some()
        && !state.step_done()
        && !matches!(state.lesson.prediction, Prediction::Running { .. });
    let asks = state.step().is_some_and(|step| step.pulse.is_some());
    html! {
        <nav class="foot" aria-label={word("steps")}>
            <button class="quiet" onclick={page.on(Action::Back)}>{ word(if at == 0 { "all-labs" } else { "back" }) }</button>
            <span>{ match state.step() {
                Some(_) => say("step-of", &[("step", (at + 1).to_string()), ("steps", lab.steps.len().to_string())]),
                None => word("finished"),
            } }</span>
            if state.changed() {
                <button class="quiet" onclick={page.on(Action::ResetStep)}>{ word("reset-step") }</button>
            }
            // It keeps its place, so that no other button comes under the finger that meant this one.
            <button class={classes!("quiet", (!skippable).then_some("unseen"))} disabled={asks || !skippable}
                onclick={page.on(Action::Forward)}>{ word(if asks { "next" } else { "skip-step" }) }</button>
        </nav>
    }
}
