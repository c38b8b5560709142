//! The charts of the step, one beside the other; what would answer an open question is veiled.

use super::Page;
use crate::page::store::Prediction;
use crate::page::words::word;
use headroom_labs::Chart;
use yew::prelude::*;

/// The charts.
#[component]
pub(super) fn Charts(page: &Page) -> Html {
    let state = &page.state;
    let step = state.step().or_else(|| state.lab()?.steps.last());
    let shown: Vec<Chart> = step
        .map(|step| step.show.iter().copied().filter(|chart| *chart != Chart::Scene).collect())
        .unwrap_or_default();
    let open = matches!(state.lesson.prediction, Prediction::Open { .. });
    let veiled = |chart: &Chart| {
        open && step.and_then(|step| step.predict.as_ref()).is_some_and(|asked| asked.veil.contains(chart))
    };
    let one = (shown.len() == 1).then_some("one");
    html! {
        <div class={classes!("charts", one, state.unfolded.charts.then_some("shown"))}>
            { for shown.iter().map(|chart| html! {
                <section class="chart" key={title(*chart)} aria-label={word(title(*chart))}>
                    <h2 class="chart-title">{ word(title(*chart)) }</h2>
                    if veiled(chart) {
                        <div class="veil"><span>{ word("after-prediction") }</span></div>
                    }
                </section>
            }) }
        </div>
    }
}

fn title(chart: Chart) -> &'static str {
    match chart {
        Chart::Scene => "scene",
        Chart::MeanTime => "chart-mean-time",
        Chart::Latency => "chart-latency",
        Chart::Dots => "chart-dots",
        Chart::HitRatio => "chart-hit-ratio",
        Chart::Requests => "chart-requests",
        Chart::Utilisation => "chart-utilisation",
        Chart::Inside => "chart-inside",
    }
}
