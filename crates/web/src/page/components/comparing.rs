//! Two ways the system may be, beside each other: what differs, how surely, and both in the same charts.

use super::Page;
use super::charts::kinds;
use super::transport::setting_in_words;
use crate::charts::{Chart as Plot, Kind, Pair, Rows};
use crate::page::store::{Action, SEEDS, State, Which};
use crate::page::words::{say, word};
use crate::protocol::{ComparedFigure, Comparison, Found, NodeKind, View};
use crate::scene::SayWith;
use headroom_core::metrics::written::figure;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// The panel.
pub(super) fn comparing(page: &Page) -> Html {
    let state = &page.state;
    let comparing = &state.comparing;
    let seeds = ("seeds", SEEDS.to_string());
    html! {
        <>
            <div class="sides">
                { side(page, 0, "compare-first") }
                { side(page, 1, "compare-second") }
            </div>
            <p class="note">{ say("compare-note", std::slice::from_ref(&seeds)) }</p>
            if comparing.running {
                <div class="row comparing" role="status">
                    <span>{ say("compare-running", &[seeds]) }</span>
                    <progress max="1" value={state.busy.map_or(0.0, |(_, done)| done).to_string()} aria-label={word("progress")} />
                    <button class="quiet underlined" onclick={page.on(Action::Close)}>{ word("stop") }</button>
                </div>
            } else if !state.sides_differ() {
                <p role="status">{ word("compare-nothing") }</p>
            }
            if let Some(result) = &comparing.result { { found(page, result) } }
        </>
    }
}

/// What a side is called.
fn name_of(state: &State, which: Which) -> String {
    match which {
        Which::Branch(index) => super::branches::name_of(state, index),
        Which::Opening => word("compare-opening"),
        Which::Now => word("compare-now"),
    }
}

/// A choice of what there is to compare, and in which settings the chosen one differs from the step's start.
fn side(page: &Page, index: usize, label: &str) -> Html {
    let state = &page.state;
    let offered = state.sides_offered();
    let chosen = state.comparing.sides[index];
    let dispatch = page.dispatch.clone();
    let known = offered.clone();
    let onchange = Callback::from(move |event: Event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        let which =
            select.and_then(|select| known.get(usize::try_from(select.selected_index()).ok()?).copied());
        if let Some(which) = which {
            dispatch.emit(Action::Side(index, which));
        }
    });
    let settings = state.settings_of(chosen);
    let told: Vec<String> =
        settings.iter().map(|(path, value)| setting_in_words(state, path, value)).collect();
    html! {
        <label>
            <span class="which">{ swatch(index) }{ word(label) }</span>
            <select {onchange}>
                { for offered.iter().map(|which| html! { <option selected={*which == chosen}>{ name_of(state, *which) }</option> }) }
            </select>
            <small>{ told.join(", ") }</small>
        </label>
    }
}

/// The pattern of a side's lines.
fn swatch(index: usize) -> Html {
    let (colour, dash) = if index == 0 { ("var(--dim)", "5 4") } else { ("var(--ink)", "0") };
    html! {
        <svg class="swatch" width="28" height="8" viewBox="0 0 28 8" aria-hidden="true">
            <path d="M1 4h26" stroke={colour} stroke-width="2" stroke-dasharray={dash} />
        </svg>
    }
}

fn found(page: &Page, result: &Rc<Comparison>) -> Html {
    let state = &page.state;
    let Some(view) = &state.view else { return Html::default() };
    let names = state.comparing.sides.map(|which| name_of(state, which));
    let summary = result.figures.iter().find(|figure| figure.metric == "latency_s.p99");
    let summary =
        summary.and_then(|figure| Some(in_a_sentence(view, &figure.metric, figure.found?, result.seeds)));
    html! {
        <>
            <p class="hidden" role="status">{ summary }</p>
            <table class="compared">
                <thead><tr>
                    <th scope="col">{ word("compare-figure") }</th>
                    <th scope="col">{ format!("{} → {}", names[0], names[1]) }</th>
                    <th scope="col">{ word("compare-difference") }</th>
                    <th scope="col">{ word("compare-agree") }</th>
                </tr></thead>
                <tbody>{ for result.figures.iter().map(|figure| row(view, figure, result.seeds)) }</tbody>
            </table>
            if let Some(limit) = &result.overloaded { <p>{ say("compare-overloaded", &[("limit", limit.clone())]) }</p> }
            { charts(page, result, &names) }
        </>
    }
}

fn row(view: &View, compared: &ComparedFigure, seeds: u32) -> Html {
    let name = metric_in_words(view, &compared.metric);
    let Some(found) = compared.found else {
        return html! { <tr><th scope="row">{ name }</th><td colspan="3">{ word("not-enough") }</td></tr> };
    };
    let (difference, verdict) = (difference(&compared.metric, found), verdict(found, seeds));
    html! {
        <tr>
            <th scope="row">{ name }</th>
            <td>{ from_to(&compared.metric, found) }</td>
            <td>{ difference }</td>
            <td>{ verdict }</td>
        </tr>
    }
}

/// "p99 84.2 → 61.0 ms, 10 of 10 seeds"
fn in_a_sentence(view: &View, metric: &str, found: Found, seeds: u32) -> String {
    format!("{} {}, {}", metric_in_words(view, metric), from_to(metric, found), verdict(found, seeds))
}

/// Both figures with their unit once: "84.2 → 61.0 ms".
fn from_to(metric: &str, found: Found) -> String {
    let (from, to) = (figure(metric, found.from), figure(metric, found.to));
    let (bare, unit) = from.rsplit_once(' ').unwrap_or((&from, ""));
    let shared = !unit.is_empty() && to.ends_with(&from[bare.len()..]);
    format!("{} → {to}", if shared { bare } else { &from })
}

/// "-23.2 ms ± 1.80 ms"
fn difference(metric: &str, found: Found) -> String {
    let sign = if found.difference > 0.0 { "+" } else { "" };
    format!("{sign}{} ± {}", figure(metric, found.difference), figure(metric, found.within))
}

/// How many seeds say so, and whether it could be chance all the same.
fn verdict(found: Found, seeds: u32) -> String {
    if found.difference == 0.0 && found.within == 0.0 {
        return word("compare-same");
    }
    let figures = [("agree", found.agree.to_string()), ("seeds", seeds.to_string())];
    let sure = found.difference.abs() > found.within;
    say(if sure { "compare-seeds" } else { "compare-chance" }, &figures)
}

fn metric_in_words(view: &View, metric: &str) -> String {
    let key = match metric {
        "latency_s.mean" => "compare-mean",
        "latency_s.p99" => "chart-p99",
        "requests.ok_ratio" => "compare-succeeded",
        "throughput_per_s" => "compare-throughput",
        "cost_per_hour" => "compare-cost",
        _ => "chart-hit-ratio",
    };
    let caches = view.nodes.iter().filter(|node| node.kind == NodeKind::Cache);
    let label = caches.clone().find(|node| metric == format!("nodes.{}.hit_ratio", node.name));
    match label.filter(|_| caches.count() > 1) {
        Some(node) => format!("{}, {}", word(key), node.label),
        None => word(key),
    }
}

/// Both runs of the seed on the screen, in the step's charts.
fn charts(page: &Page, result: &Rc<Comparison>, names: &[String; 2]) -> Html {
    let state: &State = &page.state;
    let Some(view) = &state.view else { return Html::default() };
    let rows = result.rows.each_ref().map(|rows| Rows(Rc::new(rows.clone())));
    let end = result.until_us / 1e6;
    html! {
        <div class="charts compared-charts">
            { for kinds(state, view).into_iter().map(|(_, kind)| {
                let key = kind.title();
                let kind = Kind::Pair(Box::new(Pair { kind, rows: rows[0].clone(), names: names.clone() }));
                html! { <Plot {key} rows={rows[1].clone()} now={end} range={(0.0, end)} warmup={view.warmup_us / 1e6}
                    theme={page.theme.clone()} say={SayWith(say)} {kind} /> }
            }) }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(from: f64, to: f64, within: f64, agree: u32) -> Found {
        Found { from, to, difference: to - from, within, agree }
    }

    #[test]
    fn a_difference_is_named_as_people_say_it() {
        let view = View::default();
        let cases = [
            ("latency_s.p99", found(0.0842, 0.061, 0.002, 10), "p99 84.2 → 61.0 ms, 10 of 10 seeds"),
            ("latency_s.mean", found(1.5, 0.9, 0.1, 10), "Mean time 1.50 s → 900 ms, 10 of 10 seeds"),
            ("cost_per_hour", found(0.94, 0.865, 0.0, 10), "Cost an hour $0.940 → $0.865, 10 of 10 seeds"),
            (
                "requests.ok_ratio",
                found(0.9995, 0.9998, 0.001, 7),
                "Succeeded 99.95 → 99.98 %, 7 of 10 seeds: could be chance",
            ),
            (
                "throughput_per_s",
                found(1200.0, 1200.0, 0.0, 0),
                "Served a second 1,200 → 1,200, the same in all",
            ),
        ];
        for (metric, found, text) in cases {
            assert_eq!(in_a_sentence(&view, metric, found, 10), text);
        }
        assert_eq!(difference("latency_s.p99", found(0.0842, 0.061, 0.0018, 10)), "-23.2 ms ± 1.80 ms");
        assert_eq!(difference("latency_s.p99", found(0.061, 0.0842, 0.0018, 10)), "+23.2 ms ± 1.80 ms");
    }
}
