//! An instance's figures, live.

use super::Page;
use crate::page::format;
use crate::page::words::{say, word};
use crate::protocol::InsidePart;
use crate::protocol::frame::{Gauges, Life};
use yew::prelude::*;

/// Properties of [`Figures`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct FiguresProps {
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

/// The figures.
#[component]
pub(super) fn Figures(props: &FiguresProps) -> Html {
    let page = &props.page;
    let gauges = page.stage.frame().instances.get(props.instance as usize).copied();
    let Some(gauges) = gauges else { return html! { <p>{ word("gone") }</p> } };
    let inside = page.stage.inside().filter(|inside| inside.instance == props.instance);
    html! {
        <>
            <dl>
                { for lines(&gauges).into_iter().map(|(key, figure)| html! { <><dt>{ word(key) }</dt><dd>{ figure }</dd></> }) }
                { for inside.iter().flat_map(|inside| &inside.figures).map(|(name, value, unit)| html! {
                    <><dt>{ word(name) }</dt><dd>{ format::figure(*value, unit) }</dd></>
                }) }
            </dl>
            { for inside.iter().flat_map(|inside| &inside.parts).map(|part| self::part(page, part)) }
        </>
    }
}

/// Only what this kind of instance has.
fn lines(gauges: &Gauges) -> Vec<(&'static str, String)> {
    let of = |used: f64, most: f64| {
        if most.is_finite() && most > 0.0 {
            say("of", &[("used", format::number(used)), ("most", format::number(most))])
        } else {
            format::number(used)
        }
    };
    let mut lines =
        vec![("figure-rate", say("per-second", &[("rate", format::number(gauges.rate.round()))]))];
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
    if gauges.cores > 0.0 {
        lines.push(("figure-cores", of(gauges.busy_cores, gauges.cores)));
        lines.push(("figure-busy", format::figure(gauges.utilisation * 100.0, "%")));
        lines.push(("figure-workers", of(gauges.workers_in_use, gauges.workers)));
        lines.push(("figure-queue", format::number(gauges.queue)));
    }
    if gauges.pool_limit > 0.0 {
        lines.push(("figure-pool", of(gauges.pool_in_use, gauges.pool_limit)));
        lines.push(("figure-pool-waiting", format::number(gauges.pool_waiting)));
    }
    if gauges.max_connections > 0.0 {
        lines.push(("figure-connections", of(gauges.connections, gauges.max_connections)));
    }
    if gauges.capacity > 0.0 {
        lines.push(("figure-keys", of(gauges.keys, gauges.capacity)));
    }
    lines
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
                    <button class="button" onclick={page.on(crate::page::store::Action::Trace(request.root.clone()))}>
                        { format::duration(request.age_us) }
                    </button>
                }) }
            </div>
        </div>
    }
}
