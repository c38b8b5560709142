//! The stars of a lab: two for each design task, one for par, one for a fault that was not seen before.

use super::{Page, icons};
use crate::page::store::State;
use crate::page::words::say;
use yew::prelude::*;

/// How many were earned in a lab; nothing as long as there are none.
pub(super) fn count(page: &Page, lab: &str) -> Html {
    let earned = page.state.progress.stars(lab);
    if earned == 0 {
        return Html::default();
    }
    let all = State::course().outline(lab).map_or(0, |lab| lab.stars);
    let figures = [("count", earned.to_string()), ("all", all.to_string())];
    html! { <span class="star-count">{ icons::icon("star") }{ say("stars", &figures) }</span> }
}
