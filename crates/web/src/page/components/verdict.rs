//! After a pass: why it passes, the two stars, and on request how the best known way was found.

use super::prose::Prose;
use super::{Page, icons};
use crate::page::format;
use crate::page::store::Action;
use crate::page::value;
use crate::page::words::{say, word};
use crate::protocol::Evaluated;
use headroom_labs::{Design, Lab, Step, Task};
use yew::prelude::*;

/// What is said after a pass.
pub(super) fn after_pass(page: &Page) -> Html {
    let state = &page.state;
    let (Some(step), Some(verdict)) = (state.step(), &state.lesson.verdict) else { return Html::default() };
    let Some(task) = &step.task else { return Html::default() };
    html! {
        <>
            if let Some(why) = task.why() {
                <p class="why"><strong>{ word("why-it-passes") }</strong>{ " " }<Prose page={page.clone()} text={why.clone()} /></p>
            }
            if let Task::Design(design) = task { { stars(page, step, design, verdict) } }
        </>
    }
}

fn stars(page: &Page, step: &'static Step, design: &'static Design, verdict: &Evaluated) -> Html {
    let par = &design.par;
    let figure = |value: f64| format::figure(value, &par.unit);
    let at_par = say(
        if verdict.at_par { "star-par" } else { "no-star-par" },
        &[
            ("label", par.label.clone()),
            ("value", figure(par.value)),
            ("own", verdict.par.map_or_else(|| "-".to_owned(), figure)),
        ],
    );
    html! {
        <>
            <ul class="stars">
                { star(verdict.at_par, html! { { at_par } }) }
                if let Some(survived) = verdict.survived {
                    { star(survived, html! { <>
                        { word(if survived { "star-fault" } else { "no-star-fault" }) }{ " " }
                        <Prose page={page.clone()} text={design.unseen.what.clone()} />
                    </> }) }
                }
            </ul>
            if page.state.lesson.way_shown { { way(page, step, design) } } else {
                <div class="centred">
                    <button class="quiet underlined" onclick={page.on(Action::ShowWay)}>{ word("show-way") }</button>
                </div>
            }
        </>
    }
}

fn star(earned: bool, told: Html) -> Html {
    let name = word(if earned { "star-earned" } else { "star-open" });
    html! {
        <li class={classes!(earned.then_some("earned"))}>
            { icons::icon(if earned { "star" } else { "star-open" }) }
            <span><span class="hidden">{ name }{ ": " }</span>{ told }</span>
        </li>
    }
}

/// In words, and as settings to be tried.
fn way(page: &Page, step: &'static Step, design: &'static Design) -> Html {
    let Some(lab) = page.state.lab() else { return Html::default() };
    html! {
        <div class="way" role="status">
            <p class="why"><Prose page={page.clone()} text={design.par.way.clone()} /></p>
            <dl>{ for design.par.settings.iter().map(|(path, value)| {
                let (label, unit) = named(page, lab, step, path);
                html! { <><dt>{ label }</dt><dd>{ value::shown(value, &unit) }</dd></> }
            }) }</dl>
        </div>
    }
}

/// A setting's name and unit: as the lab calls it, else as the panel does.
fn named(page: &Page, lab: &'static Lab, step: &'static Step, path: &str) -> (String, String) {
    if let Some(knob) = lab.knob(step, path) {
        return (knob.label.clone(), knob.unit.clone());
    }
    let controls = page.state.view.iter().flat_map(|view| &view.controls);
    let label = { controls }.find(|control| control.path == path).map(|control| control.label.clone());
    (label.unwrap_or_else(|| path.to_owned()), String::new())
}
