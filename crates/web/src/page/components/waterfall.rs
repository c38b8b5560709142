//! One request's way through the system: every call with its own work, its waiting and its travelling, as bars and in
//! words; where it is now, why it waits, and if it failed, why.

use super::Page;
use super::way;
use crate::page::format;
use crate::page::store::Action;
use crate::page::trace::{self, Doing, Piece};
use crate::page::words::{say, word};
use crate::protocol::{Micros, TraceSpan};
use headroom_labs::Task;
use yew::prelude::*;

/// The waterfall.
pub(super) fn waterfall(page: &Page) -> Html {
    let Some((root, spans)) = &page.state.trace else {
        return html! { <p role="status">{ word("finding") }</p> };
    };
    let Some(first) = spans.first() else {
        return html! { <><p>{ word("no-trace") }</p><div class="row">{ another(page) }</div></> };
    };
    let start = first.started_us;
    let end = spans.iter().map(trace::last).fold(start + 1.0, f64::max);
    // What the run has not come to yet is not shown; of a request that is still to come, all of it.
    let followed = page.state.follow.is_some();
    let until = if followed || page.state.head.time > start { page.state.head.time } else { f64::INFINITY };
    html! {
        <>
            <p>{ way::summary(spans, until) }</p>
            { now(spans, until) }
            { causes(spans, until) }
            <div class="waterfall" role="table" aria-label={word("waterfall")}>
                { for (0..spans.len()).map(|index| row(spans, index, until, (start, end - start))) }
            </div>
            { legend() }
            <div class="row">
                { follow(page, root) }
                { another(page) }
            </div>
        </>
    }
}

/// Where it is; told when that changes, not while the time there runs.
fn now(spans: &[TraceSpan], until: Micros) -> Html {
    let (place, so_far) = way::now(spans, until).unwrap_or_default();
    html! { <p class={classes!("now", place.is_empty().then_some("over"))}><strong role="status">{ place }</strong>{ " " }<span class="dim">{ so_far }</span></p> }
}

fn follow(page: &Page, root: &str) -> Html {
    if page.state.locked() {
        return Html::default();
    }
    let followed = page.state.follow.is_some();
    let again = page.on(Action::Follow(root.to_owned()));
    let next = page.on(Action::Follow("next".to_owned()));
    html! {
        <>
            <button class="button" onclick={again}>{ word(if followed { "follow-again" } else { "follow-it" }) }</button>
            if followed { <button class="button" onclick={next}>{ word("follow-next") }</button> }
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

/// From what the client saw down to what it was stuck in, once it is known.
fn causes(spans: &[TraceSpan], until: Micros) -> Html {
    let chain = trace::causes(spans);
    if chain.is_empty() || trace::end(spans).is_none_or(|ended| ended > until) {
        return Html::default();
    }
    html! {
        <section class="causes" aria-label={word("why-failed")}>
            <h3>{ word("why-failed") }</h3>
            <ol>{ for chain.iter().map(|cause| html! { <li>{ way::cause(spans, cause) }</li> }) }</ol>
        </section>
    }
}

/// One call: its name, its bar, how long it took, and below it in words what of that was what.
fn row(spans: &[TraceSpan], index: usize, until: Micros, (start, length): (Micros, Micros)) -> Html {
    let span = &spans[index];
    if span.started_us > until {
        return Html::default();
    }
    let pieces = trace::pieces(spans, index, until);
    let bar = |piece: &Piece| {
        let left = (piece.from - start) / length * 100.0;
        let width = (piece.to - piece.from) / length * 100.0;
        let class = classes!("bar", class_of(piece.doing), piece.late.then_some("late"));
        html! { <span {class} style={format!("left: {left:.3}%; width: {width:.3}%")} /> }
    };
    let what = span.lookup.as_deref().filter(|_| span.ended_us.is_some_and(|ended| ended <= until));
    let what =
        what.map_or_else(|| format!("operation-{}", span.operation), |lookup| format!("lookup-{lookup}"));
    let took = pieces.last().map_or(0.0, |piece| piece.to) - span.started_us;
    html! {
        <div class="call" role="row" style={format!("--depth: {}", span.depth.min(8))}>
            <span role="cell" class="name">{ &span.label }{ " " }<span class="dim">{ word(&what) }</span></span>
            <span class="track" role="presentation">{ for pieces.iter().map(bar) }</span>
            <span role="cell" class="took">{ format::duration(took.max(0.0)) }</span>
            <span role="cell" class="told dim">{ way::told(spans, index, &pieces) }</span>
        </div>
    }
}

fn class_of(doing: Doing) -> &'static str {
    match doing {
        doing if doing.waits() => "wait",
        Doing::Work => "work",
        Doing::Below => "below",
        _ => "travel",
    }
}

fn legend() -> Html {
    let entry = |class: &'static str, key: &str| html! { <li><span class={classes!("bar", class)} />{ word(key) }</li> };
    html! {
        <ul class="waterfall-legend dim">
            { entry("work", "doing-work") }
            { entry("wait", "doing-wait") }
            { entry("below", "doing-below") }
            { entry("travel", "doing-travel") }
        </ul>
    }
}
