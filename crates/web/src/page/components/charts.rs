//! The charts of the step, one beside the other; what would answer an open question is veiled.

use super::Page;
use super::asks::asks;
use super::dots::Dots;
use super::transport::{flags, span};
use crate::charts::{Chart as Plot, ChartProps, Flag, Kind, NodeFigure as Figure, Rows};
use crate::page::store::{Prediction, State};
use crate::page::value::number_of;
use crate::page::words::say;
use crate::protocol::{NodeKind, NodeView, View};
use crate::scene::SayWith;
use headroom_labs::{Chart, Step};
use std::rc::Rc;
use yew::prelude::*;

/// The charts.
#[component]
pub(super) fn Charts(page: &Page) -> Html {
    let cursor = use_state(|| None::<f64>);
    let state = &page.state;
    let on_cursor = {
        let cursor = cursor.clone();
        Callback::from(move |time| cursor.set(time))
    };
    if state.view.is_none() {
        return html! { <div class="charts" /> };
    }
    let plots = plots(page, *cursor, &on_cursor);
    let dots = shown(state).is_some_and(|step| step.show.contains(&Chart::Dots));
    let count = plots.len() + usize::from(dots);
    html! {
        <div class={classes!("charts", (count == 1).then_some("one"), state.unfolded.charts.then_some("shown"))}>
            { for plots.into_iter().map(|plot| {
                // On a phone they are hidden until they are asked for, and what is hidden cannot be drawn on.
                let key = format!("{}{}", plot.kind.title(), state.unfolded.charts);
                html! { <Plot {key} ..plot /> }
            }) }
            if dots { <Dots page={page.clone()} veiled={veiled(state, Chart::Dots)} /> }
        </div>
    }
}

/// The step's charts of the run on the screen.
pub(super) fn plots(page: &Page, cursor: Option<f64>, on_cursor: &Callback<Option<f64>>) -> Vec<ChartProps> {
    let state = &page.state;
    let Some(view) = &state.view else { return Vec::new() };
    let rows = Rows(page.stage.rows());
    let (from, to) = span(state);
    let changes = flags(state).into_iter().map(|(at, label)| flag(at, 0.0, label));
    let changes = Rc::new(changes.collect::<Vec<_>>());
    let disturbances = state.disturbances().iter().map(|d| flag(d.at_us, d.for_us, d.label.clone()));
    let disturbances = Rc::new(disturbances.collect::<Vec<_>>());
    let plot = |(chart, kind)| ChartProps {
        kind,
        rows: rows.clone(),
        now: state.head.time / 1e6,
        range: (from / 1e6, to / 1e6),
        warmup: view.warmup_us / 1e6,
        changes: changes.clone(),
        disturbances: disturbances.clone(),
        veiled: veiled(state, chart),
        asks: asks(page, chart),
        cursor,
        on_cursor: on_cursor.clone(),
        theme: page.theme.clone(),
        say: SayWith(say),
    };
    kinds(state, view).into_iter().map(plot).collect()
}

fn flag(at_us: f64, for_us: f64, label: String) -> Flag {
    Flag { at: at_us / 1e6, lasts: for_us / 1e6, label }
}

fn shown(state: &State) -> Option<&'static Step> {
    state.step().or_else(|| state.lab()?.steps.last())
}

/// What the step shows, as far as the system has it.
pub(super) fn kinds(state: &State, view: &View) -> Vec<(Chart, Kind)> {
    let charts = shown(state).map(|step| step.show.as_slice()).unwrap_or_default();
    charts.iter().filter_map(|chart| Some((*chart, kind(state, view, *chart)?))).collect()
}

fn kind(state: &State, view: &View, chart: Chart) -> Option<Kind> {
    let of_kind = |kind: NodeKind| view.nodes.iter().position(|node| node.kind == kind);
    Some(match chart {
        // Not drawn over time.
        Chart::Scene | Chart::Dots => return None,
        Chart::MeanTime => {
            Kind::MeanTime { served: of_kind(NodeKind::Service).and_then(|node| served(state, view, node)) }
        }
        Chart::Latency => Kind::Latency,
        Chart::HitRatio => {
            // Of several, those that the step is about.
            let focus = shown(state).map(|step| step.focus.as_slice()).unwrap_or_default();
            let named = |meant: &dyn Fn(&NodeView) -> bool| -> Vec<(usize, String)> {
                let nodes = view.nodes.iter().enumerate();
                nodes
                    .filter(|(_, node)| meant(node))
                    .map(|(index, node)| (index, node.label.clone()))
                    .collect()
            };
            let is_cache = |node: &NodeView| node.kind == NodeKind::Cache;
            let meant = named(&|node| is_cache(node) && focus.contains(&node.name));
            let nodes = if meant.is_empty() { named(&is_cache) } else { meant };
            if nodes.is_empty() {
                return None;
            }
            Kind::HitRatio { nodes }
        }
        Chart::Requests => Kind::Requests,
        Chart::Inside => Kind::Inside,
        Chart::StaleAge => Kind::StaleAge,
        Chart::Places => {
            let clients = view.nodes.iter().filter(|node| node.kind == NodeKind::Clients);
            Kind::Places { names: clients.map(|node| node.label.clone()).collect() }
        }
        Chart::Paths => Kind::Paths { names: view.paths.clone() },
        Chart::Breaker => {
            let guarded = |node: &NodeView| {
                let from = format!("links.\"{} -> ", node.name);
                let set = |path: &str| path.starts_with(&from) && path.contains(".breaker.");
                view.controls.iter().any(|control| set(&control.path))
            };
            Kind::Node { node: view.nodes.iter().position(guarded)?, figure: Figure::Breaker }
        }
        Chart::Queries => Kind::Node { node: of_kind(NodeKind::Database)?, figure: Figure::Queries },
        Chart::Waiting => Kind::Waiting { nodes: working(view) },
        Chart::Utilisation => Kind::Utilisation { nodes: working(view) },
        Chart::Calls => Kind::Calls { nodes: working(view) },
    })
}

/// Index and name of each node that works.
fn working(view: &View) -> Vec<(usize, String)> {
    let works = |kind| matches!(kind, NodeKind::Service | NodeKind::Database);
    let nodes = view.nodes.iter().enumerate().filter(|(_, node)| works(node.kind));
    nodes.map(|(index, node)| (index, node.label.clone())).collect()
}

/// Mean service time in microseconds, where the only service states one.
fn served(state: &State, view: &View, node: usize) -> Option<f64> {
    let alone = view.nodes.iter().filter(|node| node.kind == NodeKind::Service).count() == 1;
    let path = format!("nodes.{}.service_time.mean", view.nodes.get(node)?.name);
    alone
        .then(|| state.value(&path))
        .flatten()
        .and_then(|value| number_of(&value))
        .map(|millis| millis * 1_000.0)
}

/// Whether a chart would answer the open question.
pub(super) fn veiled(state: &State, chart: Chart) -> bool {
    let asked = shown(state).and_then(|step| step.predict.as_ref());
    matches!(state.lesson.prediction, Prediction::Open { .. })
        && asked.is_some_and(|asked| asked.veil.contains(&chart))
}
