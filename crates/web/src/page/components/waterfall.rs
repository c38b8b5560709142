//! One request's way through the system: every call with its waiting, travelling and work, as bars.

use super::Page;
use crate::page::format;
use crate::page::store::Action;
use crate::page::words::{say, word};
use crate::protocol::TraceSpan;
use headroom_labs::Task;
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
    html! {
        <>
            <p>{ summary(first) }</p>
            <div class="waterfall" role="table" aria-label={word("waterfall")}>
                { for spans.iter().enumerate().map(|(index, span)| {
                    let calls = spans.get(index + 1).is_some_and(|next| next.depth > span.depth);
                    row(span, calls, start, end - start)
                }) }
            </div>
            <p class="dim">{ word("waterfall-legend") }</p>
            <div class="row">{ another(page) }</div>
        </>
    }
}

/// The slowest; where the step asks to open several, the next of them.
fn another(page: &Page) -> Html {
    let opened = page.state.lesson.opened;
    let open = match page.state.step().and_then(|step| step.task.as_ref()) {
        Some(Task::Find(find)) if opened < find.open => find.open,
        _ => {
            let slowest = page.on(Action::Trace("slowest:0".to_owned()));
            return html! { <button class="button" onclick={slowest}>{ word("show-slowest") }</button> };
        }
    };
    let next = page.on(Action::Trace(format!("slowest:{opened}")));
    let figures = [("opened", opened.to_string()), ("open", open.to_string())];
    html! { <button class="button primary" onclick={next}>{ say("open-slowest", &figures) }</button> }
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

/// One call. Who calls others is with them for most of its time; who does not works or stands still.
fn row(span: &TraceSpan, calls: bool, start: f64, length: f64) -> Html {
    let bar = |class: &'static str, from: f64, to: f64| {
        let left = (from - start) / length * 100.0;
        let width = ((to - from) / length * 100.0).max(0.0);
        (to > from).then(|| html! { <span class={classes!("bar", class)} style={format!("left: {left:.3}%; width: {width:.3}%")} /> })
    };
    let end = last(span);
    let let_in = span.let_in_us.or(span.arrived_us);
    let done = span.done_us.unwrap_or(end);
    let works = if calls { None } else { span.let_in_us.map(|let_in| (done - span.worked_us).max(let_in)) };
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
                { span.let_in_us.zip(works).and_then(|(let_in, works)| bar("wait", let_in, works)) }
                { works.and_then(|works| bar("work", works, done)) }
            </span>
            <span role="cell">{ format::duration(end - span.started_us) }</span>
        </div>
    }
}

/// The row in words.
fn told(span: &TraceSpan) -> String {
    let waited = (span.sent_us - span.started_us)
        + span.let_in_us.zip(span.arrived_us).map_or(0.0, |(let_in, arrived)| let_in - arrived);
    let figures = [("waited", format::duration(waited)), ("worked", format::duration(span.worked_us))];
    say("trace-row", &figures)
}
