//! A node looked into: an instance's figures and who is inside, charts of its node, and what happened to it.

use super::Page;
use super::transport::span;
use super::twin::percents;
use crate::charts::{Chart, Kind, NodeFigure, Rows};
use crate::page::format;
use crate::page::store::{Action, Prediction};
use crate::page::words::{say, word};
use crate::protocol::frame::{Breaker, Gauges, Life, Standing};
use crate::protocol::{InsidePart, LinkView, LogEntry, NodeKind};
use crate::scene::SayWith;
use crate::scene::behind::{Behind, behind_all};
use yew::prelude::*;

/// Properties of [`Inspector`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct InspectorProps {
    /// The page.
    pub page: Page,
    /// Index in the frame's instances.
    pub instance: u32,
}

/// The instance's name: "App 2".
pub(super) fn title(page: &Page, instance: u32) -> String {
    let frame = page.stage.frame();
    let Some(gauges) = frame.instances.get(instance as usize) else { return word("figures") };
    name(page, gauges)
}

/// "App 2", or the node's name where it is the only one.
pub(super) fn name(page: &Page, gauges: &Gauges) -> String {
    let node = page.state.view.as_ref().and_then(|view| view.nodes.get(usize::from(gauges.node)).cloned());
    match node {
        Some(node) if node.replicas > 1 || gauges.slot > 0 => format!("{} {}", node.label, gauges.slot + 1),
        Some(node) => node.label,
        None => word("figures"),
    }
}

/// The node looked into.
#[component]
pub(super) fn Inspector(props: &InspectorProps) -> Html {
    let page = &props.page;
    let gauges = page.stage.frame().instances.get(props.instance as usize).copied();
    let Some(gauges) = gauges else { return html! { <p>{ word("gone") }</p> } };
    let inside = page.stage.inside().filter(|inside| inside.instance == props.instance);
    let node = usize::from(gauges.node);
    let (kind, replicas) = page
        .state
        .view
        .as_ref()
        .and_then(|view| view.nodes.get(node))
        .map_or((NodeKind::Service, 1), |node| (node.kind, node.replicas));
    let figures: &[NodeFigure] = match kind {
        NodeKind::Clients => &[],
        NodeKind::Balancer => &[NodeFigure::Rate, NodeFigure::Took],
        NodeKind::Cache => &[
            NodeFigure::Rate,
            NodeFigure::Took,
            NodeFigure::Levels,
            NodeFigure::Stale,
            NodeFigure::Coalesced,
            NodeFigure::Buffered,
        ],
        _ => &[NodeFigure::Busy, NodeFigure::Queue, NodeFigure::Rate, NodeFigure::Took, NodeFigure::Breaker],
    };
    let behind = page.state.view.as_ref().map(|view| behind_all(view, &page.stage.frame()));
    let behind = behind.into_iter().flatten().find(|behind| behind.balancer == props.instance as usize);
    html! {
        <>
            <dl>
                { for lines(page, &gauges, behind.as_ref()).into_iter().map(|(key, figure)| html! { <><dt>{ word(key) }</dt><dd>{ figure }</dd></> }) }
            </dl>
            { for inside.iter().flat_map(|inside| &inside.parts).map(|part| self::part(page, part)) }
            { for inside.iter().map(|inside| log(page, &inside.log)) }
            { folding(page, gauges.node, replicas) }
            if replicas > 1 && !figures.is_empty() { <p class="dim">{ say("all-instances", &[("count", replicas.to_string())]) }</p> }
            { charts(page, node, figures) }
        </>
    }
}

/// In a large system replicas are drawn as one card until they are wanted.
fn folding(page: &Page, node: u16, replicas: u32) -> Html {
    let large =
        page.state.view.as_ref().is_some_and(|view| view.nodes.len() > crate::scene::large::MOST_NODES);
    if !large || replicas <= 1 {
        return Html::default();
    }
    let unfolded = page.state.unfolded_nodes.contains(&node);
    let key = if unfolded { "fold-replicas" } else { "unfold-replicas" };
    html! {
        <div class="row">
            <button class="button" onclick={page.on(Action::UnfoldNode(node))}>{ say(key, &[("count", replicas.to_string())]) }</button>
        </div>
    }
}

/// Whether a question is open, which figures over time may answer.
pub(super) fn asks(page: &Page) -> bool {
    matches!(page.state.lesson.prediction, Prediction::Open { .. })
}

/// Charts of a node over the time that the other charts show. An open question is not answered here either.
pub(super) fn charts(page: &Page, node: usize, figures: &[NodeFigure]) -> Html {
    let state = &page.state;
    let Some(view) = &state.view else { return Html::default() };
    if asks(page) {
        return Html::default();
    }
    let rows = Rows(page.stage.rows());
    let used = figures.iter().filter(|figure| figure.is_used(node, &rows.0));
    let (from, to) = span(state);
    html! {
        <div class="inspector-charts">
            { for used.map(|figure| html! {
                <Chart key={figure.title()} rows={rows.clone()} now={state.head.time / 1e6} range={(from / 1e6, to / 1e6)}
                    warmup={view.warmup_us / 1e6} theme={page.theme.clone()} say={SayWith(say)}
                    kind={Kind::Node { node, figure: *figure }} />
            }) }
        </div>
    }
}

/// Only what this kind of instance has.
fn lines(page: &Page, gauges: &Gauges, behind: Option<&Behind>) -> Vec<(&'static str, String)> {
    let of = |used: f64, most: f64| {
        if most.is_finite() && most > 0.0 {
            say("of", &[("used", format::number(used)), ("most", format::number(most))])
        } else {
            format::number(used)
        }
    };
    let mut lines = Vec::new();
    lines.push(("figure-rate", say("per-second", &[("rate", format::number(gauges.rate.round()))])));
    if gauges.life != Life::Ready {
        lines.push((
            "figure-life",
            word(match gauges.life {
                Life::Starting => "life-starting",
                Life::Draining => "life-draining",
                Life::Gone => "life-gone",
                Life::Dead | Life::Ready => "life-dead",
            }),
        ));
    }
    if let Some(behind) = behind.filter(|behind| behind.servers.len() > 1) {
        lines.push(("figure-shares", format!("{} %", percents(&behind.servers))));
    }
    if let Some(standing) = standing(gauges.standing) {
        lines.push(("figure-standing", word(standing)));
    }
    for (callee, breaker) in breakers(page, gauges) {
        lines.push(("figure-breaker", say(breaker, &[("node", callee)])));
    }
    if gauges.cores > 0.0 {
        lines.push(("figure-cores", of(gauges.busy_cores, gauges.cores)));
        lines.push(("figure-busy", format::figure(gauges.utilisation * 100.0, "%")));
        // Those of a database are its connections.
        if gauges.max_connections <= 0.0 {
            lines.push(("figure-workers", of(gauges.workers_in_use, gauges.workers)));
        }
        lines.push(("figure-queue", format::number(gauges.queue)));
    }
    if gauges.pool_limit > 0.0 {
        lines.push(("figure-pool", of(gauges.pool_in_use, gauges.pool_limit)));
        lines.push(("figure-pool-waiting", format::number(gauges.pool_waiting)));
    }
    if gauges.max_connections > 0.0 {
        let open = gauges.connections.max(gauges.workers_in_use);
        lines.push(("figure-connections", of(open, gauges.max_connections)));
        lines.push(("figure-connections-busy", of(gauges.workers_in_use, open)));
    }
    if gauges.capacity > 0.0 {
        lines.push(("figure-keys", of(gauges.keys, gauges.capacity)));
    }
    lines
}

/// What balancers think of an instance, where that is worth a word.
pub(super) fn standing(of: Standing) -> Option<&'static str> {
    match of {
        Standing::In => None,
        Standing::StartingSlowly => Some("standing-starting-slowly"),
        Standing::Unhealthy => Some("standing-unhealthy"),
        Standing::Ejected => Some("standing-ejected"),
        Standing::Panics => Some("standing-panics"),
    }
}

/// Towards whom an instance has breakers, and the word for how they stand.
pub(super) fn breakers(page: &Page, gauges: &Gauges) -> Vec<(String, &'static str)> {
    let Some(view) = &page.state.view else { return Vec::new() };
    let own = view.links.iter().filter(|link| link.from == gauges.node);
    let of = |(place, link): (usize, &LinkView)| {
        let key = match gauges.breakers.get(place)? {
            Breaker::Closed => "breaker-closed",
            Breaker::HalfOpen => "breaker-half-open",
            Breaker::Open => "breaker-open",
        };
        Some((view.nodes.get(usize::from(link.to))?.label.clone(), key))
    };
    own.enumerate().filter_map(of).collect()
}

fn part(page: &Page, part: &InsidePart) -> Html {
    let (title, requests, total) = match part {
        InsidePart::Running { requests } => ("inside-running", requests, requests.len()),
        InsidePart::Waiting { requests, total } => ("inside-waiting", requests, *total as usize),
        InsidePart::Entries { keys, total } => {
            let shown: Vec<String> = keys.iter().take(24).map(u64::to_string).collect();
            return html! { <p>{ say("inside-entries", &[("total", format::number(f64::from(*total))), ("keys", shown.join(", "))]) }</p> };
        }
    };
    if requests.is_empty() {
        return Html::default();
    }
    html! {
        <div>
            <p class="dim">{ say(title, &[("total", total.to_string())]) }</p>
            <div class="row">
                { for requests.iter().take(12).map(|request| html! {
                    <button class="button" onclick={page.on(Action::Follow(request.root.clone()))}>
                        { format::duration(request.age_us) }
                        { priority(request.priority) }
                    </button>
                }) }
            </div>
        </div>
    }
}

/// How much a request matters, where it waits in a line that goes by that.
fn priority(of: Option<u8>) -> Html {
    let keys = ["priority-high", "priority-normal", "priority-low"];
    let key = of.and_then(|of| keys.get(usize::from(of)));
    key.map_or_else(Html::default, |key| html! { <span class="dim">{ " " }{ word(key) }</span> })
}

/// What happened to it; a click goes there.
fn log(page: &Page, entries: &[LogEntry]) -> Html {
    // What the learner is to find out is not told.
    if entries.is_empty() || page.state.hides_disturbances() {
        return Html::default();
    }
    let entry = |entry: &LogEntry| {
        let number = match &*entry.what {
            "starting" | "pool-timed-out" => format::duration(entry.number),
            _ => format::number(entry.number),
        };
        let key = format!("log-{}", entry.what);
        let told = say(&key, &[("number", number), ("count", format::number(f64::from(entry.count)))]);
        html! {
            <li>
                <button class="log-entry" onclick={page.on(Action::Seek(entry.at_us))}>
                    <span class="dim">{ format::clock(entry.at_us) }</span>{ " " }{ told }
                </button>
            </li>
        }
    };
    html! {
        <section class="log" aria-label={word("log")}>
            <h3>{ word("log") }</h3>
            <ol>{ for entries.iter().map(entry) }</ol>
        </section>
    }
}
