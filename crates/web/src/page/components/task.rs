//! A task: goals so far, five runs to judge, hints; or a question about requests.

use super::prose::Prose;
use super::verdict::after_pass;
use super::{Page, icons, incident};
use crate::page::format;
use crate::page::store::Action;
use crate::page::value;
use crate::page::words::{say, word};
use crate::protocol::Evaluated;
use gloo::timers::callback::Interval;
use headroom_labs::{Find, Goal, Hints, Step, Task};
use yew::prelude::*;

/// The card of a step that sets a task.
#[component]
pub(super) fn TaskCard(page: &Page) -> Html {
    let dispatch = page.dispatch.clone();
    let run = page.state.run;
    use_effect_with(run, move |_| {
        // Goals "so far" need no more than one look a second.
        let interval = Interval::new(1_000, move || dispatch.emit(Action::Measure));
        move || drop(interval)
    });
    let Some(step) = page.state.step() else { return Html::default() };
    html! {
        <>
            { match &step.task {
                Some(Task::Incident(_)) if page.state.clock_stands() => incident::start(page),
                Some(task @ (Task::Design(_) | Task::Incident(_))) => html! { <>{ goals(page, task) }{ check(page) }</> },
                Some(Task::Find(find)) => question(page, find),
                None => Html::default(),
            } }
            if let Some(hints) = &step.hints { { help(page, hints) } }
        </>
    }
}

fn goals(page: &Page, task: &'static Task) -> Html {
    match &page.state.lesson.verdict {
        Some(verdict) => judged(page, task, verdict),
        None => html! {
            <div class="card" role="status" aria-live="polite">
                <h2>{ word("goals") }<small>{ format!(" · {}", since(page)) }</small></h2>
                { incident::clock(page) }
                <dl class="goals">
                    { for task.goals().iter().enumerate().map(|(index, goal)| so_far(page, goal, index)) }
                </dl>
            </div>
        },
    }
}

/// Over which time the figures so far are; an incident's begin where it broke, as its clock does.
fn since(page: &Page) -> String {
    match page.state.measured_since().filter(|_| page.state.incident().is_none()) {
        Some(since) => say("so-far-since", &[("time", format::clock_short(since))]),
        None => word("so-far"),
    }
}

fn so_far(page: &Page, goal: &Goal, index: usize) -> Html {
    let set = page.state.value(&goal.metric).and_then(|value| value::number_of(&value));
    let value = set.or_else(|| page.state.lesson.so_far.get(index).copied().flatten());
    let shown = match value {
        Some(value) => format::figure(value * goal.times, &goal.unit),
        None if incident::is_recovery(goal) => word("not-recovered"),
        None => "-".to_owned(),
    };
    // The others are over a time; these are of now.
    let is_set = set.is_some() || goal.metric == "cost_per_hour" && !is_paid_by_use(page);
    let now = is_set.then(|| html! { <small>{ format!(" · {}", word("as-set")) }</small> });
    html! { <div class="goal"><dt>{ wanted(goal) }{ now }</dt><dd>{ shown }</dd></div> }
}

/// Whether something is paid for each call, so that what the system costs depends on more than how it is set.
fn is_paid_by_use(page: &Page) -> bool {
    let mut controls = page.state.view.iter().flat_map(|view| &view.controls);
    let costs = |value: &serde_json::Value| value::number_of(value).is_some_and(|each| each > 0.0);
    controls.any(|control| control.path.ends_with(".per_million_calls") && costs(&control.value))
}

/// What the five runs say, missed goals first; each group under its own word.
fn judged(page: &Page, task: &'static Task, verdict: &Evaluated) -> Html {
    let group = |pass: bool, icon: &'static str, title: &str| {
        let rows: Vec<Html> = (task.goals().iter().zip(&verdict.goals))
            .filter(|(_, found)| found.pass == pass)
            .map(|(goal, found)| {
                let shown = match (found.low, found.high) {
                    (Some(low), Some(high)) => format::range(low * goal.times, high * goal.times, &goal.unit),
                    _ if incident::is_recovery(goal) => word("not-recovered"),
                    _ => word("not-enough"),
                };
                html! { <div class="goal"><dt>{ wanted(goal) }</dt><dd>{ shown }</dd></div> }
            })
            .collect();
        if rows.is_empty() {
            return Html::default();
        }
        html! {
            <div role="group" aria-label={word(title)}>
                <h3 class="verdict">{ icons::icon(icon) }{ word(title) }</h3>
                <dl class="goals">{ rows }</dl>
            </div>
        }
    };
    let title = word(if verdict.pass { "passed" } else { "not-passed" });
    html! {
        <div class="card" role="status" aria-live="polite">
            <h2>{ title }<small>{ format!(" · {}", measured(page, task)) }</small></h2>
            { group(false, "cross", "missed") }
            { group(true, "check", "met") }
            if verdict.pass { { after_pass(page) } }
            if page.state.incident().is_none() { <p class="why">{ shown(verdict) }</p> }
        </div>
    }
}

/// Which run the picture shows now.
fn shown(verdict: &Evaluated) -> String {
    if verdict.pass {
        return word("judged-shown");
    }
    say("failed-shown", &[("seed", verdict.seed.to_string())])
}

/// The five runs, and over which time they were measured: from the end of the warm-up, if no goal says otherwise.
fn measured(page: &Page, task: &Task) -> String {
    let Some(view) = &page.state.view else { return word("five-runs") };
    let stated = task.goals().first().and_then(|goal| goal.from);
    let from = stated.map_or(view.warmup_us, |from| from.seconds() * 1e6);
    let time = |micros| format::clock_short(micros);
    say("five-runs-over", &[("from", time(from)), ("to", time(view.duration_us))])
}

/// "p99 ≤ 120 ms"
fn wanted(goal: &Goal) -> String {
    let limit = |sign: &str, value: f64| {
        format!("{} {sign} {}", goal.label, format::figure(value * goal.times, &goal.unit))
    };
    match (goal.at_most, goal.at_least) {
        (Some(most), _) => limit("≤", most),
        (None, Some(least)) => limit("≥", least),
        (None, None) => goal.label.clone(),
    }
}

fn check(page: &Page) -> Html {
    let lesson = &page.state.lesson;
    if lesson.checking {
        let done = page.state.busy.map_or(0.0, |(_, done)| done);
        // The second half of the runs is made of what has passed.
        let unseen =
            done >= 0.5 && matches!(page.state.step(), Some(Step { task: Some(Task::Design(_)), .. }));
        let told = word(if unseen { "checking-unseen" } else { "checking" });
        return html! {
            <div class="card" role="status">
                <p class="question">{ &told }</p>
                <progress max="1" value={done.to_string()} aria-label={told} />
                <div class="centred"><button class="quiet underlined" onclick={page.on(Action::StopChecking)}>{ word("stop") }</button></div>
            </div>
        };
    }
    if page.state.step_done() && lesson.verdict.as_ref().is_some_and(|verdict| verdict.pass) {
        return Html::default();
    }
    html! {
        <div class="act thumb">
            { super::lesson::back(page) }
            <button class="button primary wide" onclick={page.on(Action::Check)}>{ word("check") }</button>
        </div>
    }
}

fn question(page: &Page, find: &Find) -> Html {
    let lesson = &page.state.lesson;
    let opened = lesson.opened;
    let enough = opened >= find.open;
    let next = page.on(Action::Trace(format!("slowest:{opened}")));
    let chosen = lesson.found;
    let right =
        chosen.and_then(|index| find.answers.get(index)).is_some_and(|answer| answer.if_wrong.is_empty());
    let answer = |(index, answer): (usize, &headroom_labs::Answer)| {
        html! {
            <label class="answer" key={index}>
                <input type="radio" name="finding" checked={chosen == Some(index)} onchange={page.on(Action::Find(index))} />
                <span>{ answer.text.plain() }</span>
            </label>
        }
    };
    html! {
        <div class="card">
            <p class="question"><Prose page={page.clone()} text={find.question.clone()} /></p>
            <div class="answers">
                <button class={classes!("button", "wide", (!enough).then_some("primary"))} onclick={next}>
                    { say("open-slowest", &[("opened", opened.to_string()), ("open", find.open.to_string())]) }
                </button>
            </div>
            if enough || chosen.is_some() {
                <fieldset class="answers">
                    <legend class="hidden">{ find.question.plain() }</legend>
                    { for find.answers.iter().enumerate().map(answer) }
                </fieldset>
            }
            if let Some(answer) = chosen.and_then(|index| find.answers.get(index)) {
                <p class="why" role="status">
                    <Prose page={page.clone()} text={if right { find.reveal.clone() } else { answer.if_wrong.clone() }} />
                </p>
            }
        </div>
    }
}

/// Offered after a minute and a half without success, never before, never by itself.
fn help(page: &Page, hints: &Hints) -> Html {
    let lesson = &page.state.lesson;
    let shown = [&hints.look, &hints.idea, &hints.answer].into_iter().take(usize::from(lesson.hints));
    let more = lesson.hints < 3 && (lesson.may_hint() || lesson.hints > 0);
    html! {
        <>
            { for shown.map(|hint| html! { <p class="hint"><Prose page={page.clone()} text={hint.clone()} /></p> }) }
            if more {
                <div class="centred">
                    <button class="quiet underlined" onclick={page.on(Action::Hint)}>
                        { word(if lesson.hints == 0 { "want-hint" } else { "another-hint" }) }
                    </button>
                </div>
            }
        </>
    }
}
