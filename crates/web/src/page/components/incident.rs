//! An incident's clock: it stands until it is started, then says how long the system has been broken.

use super::Page;
use crate::page::format;
use crate::page::store::Action;
use crate::page::words::{say, word};
use headroom_labs::Goal;
use yew::prelude::*;

/// What is asked for before the clock runs.
pub(super) fn start(page: &Page) -> Html {
    html! {
        <div class="act thumb">
            { super::lesson::back(page) }
            <button class="button primary wide" onclick={page.on(Action::Play)}>{ word("start-clock") }</button>
        </div>
    }
}

/// How long it has been broken; nothing in other tasks, and once it has recovered.
pub(super) fn clock(page: &Page) -> Html {
    let state = &page.state;
    let goals =
        state.step().and_then(|step| step.task.as_ref()).map(headroom_labs::Task::goals).unwrap_or_default();
    let recovered =
        goals.iter().zip(&state.lesson.so_far).any(|(goal, figure)| is_recovery(goal) && figure.is_some());
    if state.lesson.verdict.is_some() || recovered {
        return Html::default();
    }
    state.broken_for().map_or_else(Html::default, |time| {
        html! { <p class="broken" aria-live="off">{ say("broken-for", &[("time", format::clock_short(time))]) }</p> }
    })
}

/// Whether a goal is about the time to recover, which is none until it has.
pub(super) fn is_recovery(goal: &Goal) -> bool {
    goal.metric.starts_with("recovery_s")
}
