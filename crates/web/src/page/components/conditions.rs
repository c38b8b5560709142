//! A line over the scene: what figures alone would not say.

use super::Page;
use super::inspector::name;
use crate::page::condition::{Condition, condition, is_slow};
use crate::page::format;
use crate::page::words::{say, word};
use crate::protocol::frame::Life;
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

/// What is down, else the node where most wait, in all its instances: of those that share a load now this and now that
/// one is ahead by a few.
fn where_it_fails(page: &Page) -> String {
    let frame = page.stage.frame();
    if let Some(down) = frame.instances.iter().find(|gauges| gauges.life == Life::Dead) {
        return say("all-fail-down", &[("node", name(page, down))]);
    }
    let nodes = page.state.view.iter().flat_map(|view| view.nodes.iter().enumerate());
    let waiting = nodes.map(|(index, node)| {
        let of_node = frame.instances.iter().filter(|gauges| usize::from(gauges.node) == index);
        (of_node.map(|gauges| gauges.queue + gauges.pool_waiting).sum::<f64>(), &node.label)
    });
    match waiting.max_by(|one, other| one.0.total_cmp(&other.0)) {
        Some((most, node)) if most > 0.0 => say("all-fail-waiting", &[("node", node.clone())]),
        _ => String::new(),
    }
}
