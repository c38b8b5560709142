//! The picture in words, for those who do not see it: the state in one sentence, and events as they happen.

use super::Page;
use super::inspector::{breakers, name};
use crate::page::format;
use crate::page::store::Prediction;
use crate::page::words::{say, word};
use crate::protocol::NodeKind;
use crate::protocol::frame::{Gauges, Life, Standing};
use crate::scene::behind::{Server, behind_all};
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
        let opened = breakers(page, gauges).iter().any(|(_, state)| *state == "breaker-open");
        let found = [
            (gauges.life == Life::Dead, "twin-dead"),
            (gauges.life == Life::Starting, "twin-starting"),
            (gauges.standing == Standing::Unhealthy, "twin-unhealthy"),
            (gauges.standing == Standing::Ejected, "twin-ejected"),
            (gauges.standing == Standing::Panics, "twin-panics"),
            (opened, "twin-breaker"),
        ];
        for (_, key) in found.into_iter().filter(|(is_so, _)| *is_so) {
            conditions.insert(say(key, &[("node", name.clone())]));
        }
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
    let behind = behind_all(view, &frame);
    for (instance, gauges) in frame.instances.iter().enumerate() {
        if let Some(behind) = behind.iter().find(|behind| behind.balancer == instance) {
            parts.extend(shares(&behind.servers, name(page, gauges)));
        }
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

/// What each server behind a balancer gets, as far as they can be listened to.
fn shares(servers: &[Server], node: String) -> Option<String> {
    const MOST: usize = 12;
    let told = (2..=MOST).contains(&servers.len());
    told.then(|| say("twin-balancer", &[("node", node), ("shares", percents(servers))]))
}

/// The share of each server: "25, 50, 25".
pub(super) fn percents(servers: &[Server]) -> String {
    let percent = |server: &Server| format::number((server.share * 100.0).round());
    servers.iter().map(percent).collect::<Vec<String>>().join(", ")
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
