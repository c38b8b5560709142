//! The picture in words, for those who do not see it: the state in one sentence, and events as they happen.

use super::Page;
use super::inspector::name;
use crate::page::format;
use crate::page::store::Prediction;
use crate::page::words::{say, word};
use crate::protocol::NodeKind;
use crate::protocol::frame::{Gauges, Life};
use std::collections::BTreeSet;
use yew::prelude::*;

/// Requests waiting before a queue is spoken of, and at which it is spoken of as gone.
const QUEUE: f64 = 10.0;

/// The hidden text beside the picture.
#[component]
pub(super) fn Twin(page: &Page) -> Html {
    let known = use_mut_ref(BTreeSet::<String>::new);
    let last = use_mut_ref(String::new);
    let now = conditions(page);
    let news: Vec<String> = now.difference(&known.borrow()).cloned().collect();
    if !news.is_empty() {
        *last.borrow_mut() = news.join(". ");
    }
    *known.borrow_mut() = now;
    let told = last.borrow().clone();
    html! { <p class="hidden" role="log" aria-live="polite" id="twin">{ told }</p> }
}

/// What is remarkable now. A condition that is new is told once.
fn conditions(page: &Page) -> BTreeSet<String> {
    let frame = page.stage.frame();
    let mut conditions = BTreeSet::new();
    // A frame of the run before says nothing of this one.
    if page.state.view.is_none() || frame.run != page.state.run {
        return conditions;
    }
    for gauges in &frame.instances {
        let name = name(page, gauges);
        if gauges.queue + gauges.pool_waiting >= QUEUE {
            conditions.insert(say("twin-queue", &[("node", name.clone())]));
        }
        match gauges.life {
            Life::Dead => conditions.insert(say("twin-dead", &[("node", name)])),
            Life::Starting => conditions.insert(say("twin-starting", &[("node", name)])),
            _ => false,
        };
    }
    if page.state.head.failed > 0.0 {
        conditions.insert(word("twin-failed"));
    }
    if matches!(page.state.lesson.prediction, Prediction::Revealed { .. }) {
        conditions.insert(word("twin-revealed"));
    }
    conditions
}

/// The state in one sentence.
pub(super) fn sentence(page: &Page) -> String {
    let Some(view) = &page.state.view else { return word("starting") };
    let frame = page.stage.frame();
    let mut parts = vec![say("twin-time", &[("time", format::clock(page.state.head.time))])];
    for gauges in &frame.instances {
        let kind = view.nodes.get(usize::from(gauges.node)).map(|node| node.kind);
        if let Some(part) = kind.and_then(|kind| told(kind, gauges, name(page, gauges))) {
            parts.push(part);
        }
    }
    if let Some(mean) = page.stage.mean_before(page.state.head.time, 5e6) {
        parts.push(say("twin-mean", &[("time", format::duration(mean))]));
    }
    parts.join("; ")
}

fn told(kind: NodeKind, gauges: &Gauges, node: String) -> Option<String> {
    let number = |value: f64| format::number(value.round());
    match kind {
        NodeKind::Clients => Some(say("twin-clients", &[("node", node), ("rate", number(gauges.rate))])),
        NodeKind::Balancer => None,
        NodeKind::Service => Some(say(
            "twin-service",
            &[
                ("node", node),
                ("percent", number(gauges.utilisation * 100.0)),
                ("waiting", number(gauges.queue + gauges.pool_waiting)),
            ],
        )),
        NodeKind::Cache => Some(say("twin-cache", &[("node", node), ("keys", number(gauges.keys))])),
        NodeKind::Database => Some(say(
            "twin-database",
            &[
                ("node", node),
                ("open", number(gauges.connections.max(gauges.workers_in_use))),
                ("most", number(gauges.max_connections)),
                ("busy", number(gauges.workers_in_use)),
            ],
        )),
    }
}
