//! On a phone: each chart as its latest figure with a thin line, above the scene.

use super::Page;
use super::charts::{kinds, veiled};
use super::transport::span;
use crate::charts::Kind;
use crate::page::format;
use crate::page::words::word;
use crate::protocol::Row;
use crate::scene::ink::Ink;
use headroom_core::sort;
use yew::prelude::*;

const WIDTH: f64 = 100.0;
const HEIGHT: f64 = 24.0;

/// The figures.
pub(super) fn sparks(page: &Page) -> Html {
    let Some(view) = &page.state.view else { return html! { <div class="sparks" /> } };
    let rows = page.stage.rows();
    let (from, to) = span(&page.state);
    let now = page.state.head.time.min(to) / 1e6;
    html! {
        <div class="sparks">
            { for kinds(&page.state, view).into_iter().take(3).map(|(chart, kind)| {
                let hidden = veiled(&page.state, chart);
                html! { <div class="spark" key={kind.title()}>{ spark(&kind, &rows, (from / 1e6, to / 1e6), now, hidden) }</div> }
            }) }
        </div>
    }
}

fn spark(kind: &Kind, rows: &[Row], (from, to): (f64, f64), now: f64, hidden: bool) -> Html {
    let content = kind.content(rows, from, now);
    let mut title = word(kind.title());
    // Of requests the served ones, of nodes the highest now, of paths the first; elsewhere the line that lies on top.
    let lines = content.lines.iter();
    let line = match kind {
        Kind::Requests => lines.clone().find(|line| line.name == "chart-served"),
        Kind::Utilisation { .. } | Kind::Calls { .. } | Kind::Waiting { .. } => {
            lines.clone().max_by_key(|line| sort::Total(line.now.unwrap_or_default()))
        }
        Kind::Paths { .. } => lines.clone().next(),
        _ => None,
    };
    let line = line.or(lines.last()).filter(|_| !hidden);
    let Some(line) = line else { return html! { <><span>{ title }</span><strong>{ "-" }</strong></> } };
    if content.lines.len() > 1 {
        title = format!("{title} {}", word(&line.name));
    }
    let told = |now: f64| match content.levels.get(now as usize) {
        Some(state) => word(state),
        None => format::figure(now, &word(content.unit)),
    };
    let figure = line.now.map_or_else(|| "-".to_owned(), told);
    let most = content.bound.unwrap_or_else(|| content.most()).max(1e-9);
    let point = |(index, value): (usize, &Option<f64>)| {
        let across = (content.time(index) - from) / (to - from).max(1e-9) * WIDTH;
        value.map(|value| format!("{across:.1},{:.1}", HEIGHT - 2.0 - value / most * (HEIGHT - 4.0)))
    };
    let points: Vec<String> = line.values.iter().enumerate().filter_map(point).collect();
    html! {
        <>
            <span>{ title }</span>
            <strong>{ figure }</strong>
            <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
                <polyline points={points.join(" ")} fill="none" stroke={colour(line.style.ink)} stroke-width="1.5"
                    vector-effect="non-scaling-stroke" />
            </svg>
        </>
    }
}

fn colour(ink: Ink) -> &'static str {
    match ink {
        Ink::Accent => "var(--accent)",
        Ink::Hit => "var(--hit)",
        Ink::Error => "var(--error)",
        _ => "var(--ink)",
    }
}
