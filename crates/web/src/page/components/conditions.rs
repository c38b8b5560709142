//! A line over the scene: what figures alone would not say.

use super::Page;
use super::inspector::name;
use crate::page::condition::{Condition, condition, is_slow};
use crate::page::format;
use crate::page::words::{say, word};
use crate::protocol::frame::{Gauges, Life};
use yew::prelude::*;

/// The line; nothing as long as there is nothing to say.
pub(super) fn conditions(page: &Page) -> Html {
    let state = &page.state;
    let told = match condition(&page.stage.rows(), state.head.time) {
        Some(Condition::Silent) => Some(word("no-requests-finished")),
        Some(Condition::AllFail(since)) => Some(format!(
            "{} {}",
            say("all-fail", &[("time", format::clock_short(since))]),
            where_it_fails(page)
        )),
        None if is_slow(state.slow) => {
            let percent = format!("{:.0}", state.head.speed / state.transport.speed * 100.0);
            Some(say("simulating-slowly", &[("percent", percent)]))
        }
        None => None,
    };
    match told {
        Some(told) if state.view.is_some() => html! { <p class="condition" role="status">{ told }</p> },
        _ => Html::default(),
    }
}

/// The node that is down, else the one where most wait.
fn where_it_fails(page: &Page) -> String {
    let frame = page.stage.frame();
    let down = frame.instances.iter().find(|gauges| gauges.life == Life::Dead);
    let waiting = |gauges: &&Gauges| gauges.queue + gauges.pool_waiting;
    let most = frame.instances.iter().max_by(|one, other| waiting(one).total_cmp(&waiting(other)));
    match (down, most) {
        (Some(down), _) => say("all-fail-down", &[("node", name(page, down))]),
        (None, Some(most)) if waiting(&most) > 0.0 => say("all-fail-waiting", &[("node", name(page, most))]),
        _ => String::new(),
    }
}
