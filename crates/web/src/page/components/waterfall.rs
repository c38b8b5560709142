//! One request's way through the system: every call with its waiting, travelling and work, as bars.

use super::Page;
use crate::page::format;
use crate::page::store::Action;
use crate::page::words::{say, word};
use crate::protocol::TraceSpan;
use yew::prelude::*;

/// The waterfall.
#[component]
pub(super) fn Waterfall(page: &Page) -> Html {
    let Some((_, spans)) = &page.state.trace else {
        return html! { <p role="status">{ word("finding") }</p> };
    };
    let Some(first) = spans.first() else { return html! { <p>{ word("no-trace") }</p> } };
    let start = first.started_us;
    let end = spans.iter().map(last).fold(start + 1.0, f64::max);
    let slowest = page.on(Action::Trace("slowest:0".to_owned()));
    html! {
        <>
            <p>{ summary(first) }</p>
            <div class="waterfall" role="table" aria-label={word("waterfall")}>
                { for spans.iter().map(|span| row(span, start, end - start)) }
            </div>
            <p class="dim">{ word("waterfall-legend") }</p>
            <div class="row"><button class="button" onclick={slowest}>{ word("show-slowest") }</button></div>
        </>
    }
}

fn last(span: &TraceSpan) -> f64 {
    let times = [span.ended_us, span.done_us, span.let_in_us, span.arrived_us];
    times.into_iter().flatten().fold(span.sent_us, f64::max)
}

fn summary(span: &TraceSpan) -> String {
    let took = span.ended_us.map(|ended| format::duration(ended - span.started_us));
    say(
        "trace-summary",
        &[
            ("operation", word(&format!("operation-{}", span.operation))),
            ("time", took.unwrap_or_else(|| word("still-open"))),
            ("outcome", word(&format!("outcome-{}", span.outcome))),
        ],
    )
}

fn row(span: &TraceSpan, start: f64, length: f64) -> Html {
    let bar = |class: &'static str, from: f64, to: f64| {
        let left = (from - start) / length * 100.0;
        let width = ((to - from) / length * 100.0).max(0.0);
        (to > from).then(|| html! { <span class={classes!("bar", class)} style={format!("left: {left:.3}%; width: {width:.3}%")} /> })
    };
    let end = last(span);
    let let_in = span.let_in_us.or(span.arrived_us);
    let label = format!("{}{}", "\u{2003}".repeat(span.depth as usize), span.label);
    let what = span.lookup.as_deref().map_or_else(
        || word(&format!("operation-{}", span.operation)),
        |lookup| word(&format!("lookup-{lookup}")),
    );
    html! {
        <div style="display: contents" role="row">
            <span role="cell">{ label }{ " " }<span class="dim">{ what }</span></span>
            <span class="track" role="cell" aria-label={told(span)}>
                { bar("wait", span.started_us, span.sent_us) }
                { bar("travel", span.sent_us, end) }
                { let_in.and_then(|let_in| bar("wait", span.arrived_us.unwrap_or(let_in), let_in)) }
                { span.let_in_us.and_then(|let_in| bar("work", let_in, span.done_us.unwrap_or(end))) }
            </span>
            <span role="cell">{ format::duration(end - span.started_us) }</span>
        </div>
    }
}

/// The row in words.
fn told(span: &TraceSpan) -> String {
    let waited = (span.sent_us - span.started_us)
        + span.let_in_us.zip(span.arrived_us).map_or(0.0, |(let_in, arrived)| let_in - arrived);
    let worked = span.done_us.zip(span.let_in_us).map_or(0.0, |(done, let_in)| done - let_in);
    say("trace-row", &[("waited", format::duration(waited)), ("worked", format::duration(worked))])
}
