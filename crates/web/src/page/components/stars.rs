//! The stars of a lab: two for each design task, one for par, one for a fault that was not seen before.

use super::{Page, icons};
use crate::page::words::say;
use headroom_labs::{Lab, Task};
use yew::prelude::*;

/// How many were earned; nothing as long as there are none.
pub(super) fn count(page: &Page, lab: &Lab) -> Html {
    let earned = page.state.progress.stars(&lab.id);
    if earned == 0 {
        return Html::default();
    }
    let all = 2 * lab.steps.iter().filter(|step| matches!(step.task, Some(Task::Design(_)))).count();
    let figures = [("count", earned.to_string()), ("all", all.to_string())];
    html! { <span class="star-count">{ icons::icon("star") }{ say("stars", &figures) }</span> }
}
