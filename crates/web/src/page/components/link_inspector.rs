//! A link looked into: how much goes over it, how long that takes, and its pool.

use super::Page;
use super::inspector::{asks, charts};
use crate::charts::NodeFigure;
use crate::page::format;
use crate::page::words::{say, word};
use crate::protocol::frame::{Gauges, Life};
use yew::prelude::*;

/// Properties of [`LinkInspector`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct LinkInspectorProps {
    /// The page.
    pub page: Page,
    /// The caller's node and the callee's.
    pub link: (u16, u16),
}

/// "App → Database".
pub(super) fn title(page: &Page, (from, to): (u16, u16)) -> String {
    let label = |node: u16| {
        let view = page.state.view.as_ref()?;
        view.nodes.get(usize::from(node)).map(|node| node.label.clone())
    };
    format!("{} → {}", label(from).unwrap_or_default(), label(to).unwrap_or_default())
}

/// The link looked into.
#[component]
pub(super) fn LinkInspector(props: &LinkInspectorProps) -> Html {
    let page = &props.page;
    let (from, to) = props.link;
    let Some(view) = &page.state.view else { return Html::default() };
    let Some(link) = view.links.iter().find(|link| (link.from, link.to) == props.link) else {
        return html! { <p>{ word("gone") }</p> };
    };
    let row = page.stage.row_at(page.state.head.time).unwrap_or_default();
    let callee = row.nodes.get(usize::from(to)).copied().unwrap_or_default();
    let rate = callee.rate;
    let time = |us: Option<f64>| us.map_or_else(|| "–".to_owned(), format::duration);
    let mut lines = vec![("link-rate", say("per-second", &[("rate", format::number(rate.round()))]))];
    if !asks(page) {
        lines.push(("link-took", time(callee.took)));
        // Little's law.
        lines.push(("link-inside", format::number((rate * callee.took.unwrap_or(0.0) / 1e6).round())));
    }
    lines.push(("link-latency", format::duration(link.latency_us)));
    if link.pooled {
        let frame = page.stage.frame();
        // Those of an instance that died are nobody's.
        let owners = frame.instances.iter().filter(|each| each.node == from && each.life == Life::Ready);
        let sum = |of: fn(&Gauges) -> f64| format::number(owners.clone().map(of).sum());
        let figures = [("used", sum(|each| each.pool_in_use)), ("most", sum(|each| each.pool_limit))];
        lines.push(("figure-pool", say("of", &figures)));
        lines.push(("figure-pool-waiting", sum(|each| each.pool_waiting)));
        lines.push(("link-waited", time(callee.connection_wait)));
    }
    let callers = view.links.iter().filter(|link| link.to == to).count();
    html! {
        <>
            <dl>
                { for lines.into_iter().map(|(key, figure)| html! { <><dt>{ word(key) }</dt><dd>{ figure }</dd></> }) }
            </dl>
            if callers > 1 { <p class="dim">{ word("link-all-callers") }</p> }
            { charts(page, usize::from(to), &[NodeFigure::Rate, NodeFigure::Took]) }
        </>
    }
}
