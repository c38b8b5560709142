//! Under the scene: restart, play, steps, time, scrubber, speed, seed.

use super::{Page, icons};
use crate::page::format;
use crate::page::store::{Action, SPEEDS, State, stop_of};
use crate::page::value::{same, shown};
use crate::page::words::{say, word};
use crate::protocol::{Act, Micros, TimedAct, ZonePlace};
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// Play, pause, scrub.
pub(super) fn transport(page: &Page) -> Html {
    let state = &page.state;
    let playing = state.transport.playing;
    let asked = matches!(state.lesson.prediction, crate::page::store::Prediction::Open { .. });
    let (name, label, action) =
        if playing { ("pause", "pause", Action::Pause) } else { ("play", "play", Action::Play) };
    html! {
        <div class="transport" role="group" aria-label={word("transport")}>
            { key(page, "restart", "restart", Action::Restart, "extra", false) }
            { key(page, name, label, action, "play", asked) }
            { key(page, "step-event", "step-event", Action::StepEvent, "extra", state.locked()) }
            { key(page, "step-request", "step-request", Action::StepRequest, "extra", state.locked()) }
            { super::time::time_menu(page) }
            <span class="time" aria-label={word("time")}>{ format::clock(state.head.time) }</span>
            { scrubber(page) }
            { speed(page) }
            { seed(page) }
        </div>
    }
}

fn key(page: &Page, icon: &str, words: &str, action: Action, class: &'static str, disabled: bool) -> Html {
    let label = word(words);
    html! {
        <button class={classes!("key", class)} aria-label={label.clone()} title={label} {disabled} onclick={page.on(action)}>
            { icons::icon(icon) }
        </button>
    }
}

/// The stretch of time that charts and scrubber share: the whole run, or a moving window.
pub(super) fn span(state: &State) -> (Micros, Micros) {
    let Some(view) = &state.view else { return (0.0, 60e6) };
    let view_s = view.view_us.map(|width| width / 1e6);
    let (from, to) = crate::charts::time_range(state.head.time / 1e6, view.duration_us / 1e6, view_s);
    (from * 1e6, to * 1e6)
}

fn scrubber(page: &Page) -> Html {
    let state = &page.state;
    let (from, to) = span(state);
    let width = (to - from).max(1.0);
    let place = |at: Micros| ((at - from) / width * 100.0).clamp(0.0, 100.0);
    let dispatch = page.dispatch.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            dispatch.emit(Action::Seek(input.value_as_number()));
        }
    });
    let inside = |at: Micros| at >= from && at <= to;
    html! {
        <div class="scrubber">
            { for state.disturbances().iter().filter(|d| inside(d.at_us) || inside(d.at_us + d.for_us)).map(|d| html! {
                <span class="hatched" title={d.label.clone()}
                    style={format!("left: {:.2}%; width: {:.2}%", place(d.at_us), (place(d.at_us + d.for_us) - place(d.at_us)).max(0.5))} />
            }) }
            { for flags(state).into_iter().filter(|(at, _)| inside(*at)).map(|(at, label)| html! {
                <span class="flag" title={label} style={format!("left: calc({:.2}% - 3px)", place(at))}>{ icons::icon("flag") }</span>
            }) }
            if let Some(stretch) = &state.transport.looped {
                <span class="looped" style={format!("left: {:.2}%; width: {:.2}%", place(stretch.from), place(stretch.to) - place(stretch.from))} />
            }
            <input type="range" class="slider" aria-label={word("time")} aria-valuetext={format::clock(state.head.time)}
                min={from.to_string()} max={to.to_string()} step="1000" value={state.head.time.to_string()}
                style={format!("--filled: {:.2}%", place(state.head.time))} {oninput} />
        </div>
    }
}

/// What the learner did, as flags.
pub(super) fn flags(state: &State) -> Vec<(Micros, String)> {
    flags_of(state, state.acts.list())
}

/// Acts in words: of one setting's values close together only the last.
pub(super) fn flags_of(state: &State, acts: &[TimedAct]) -> Vec<(Micros, String)> {
    let mut flags: Vec<(Micros, String, String)> = Vec::new();
    for timed in acts {
        let (path, label) = match &timed.act {
            Act::Set { path, value } => (path.clone(), setting_in_words(state, path, value)),
            Act::Kill { node, .. } => (String::new(), say("kill", &[("node", label_of(state, node))])),
            Act::Flush { node } => (String::new(), say("flush", &[("node", label_of(state, node))])),
            Act::Purge { node, tag, soft } => {
                (String::new(), purge_in_words(&label_of(state, node), *tag, *soft))
            }
            Act::Slow { node, .. } => (String::new(), say("slow", &[("node", label_of(state, node))])),
            Act::Spike { .. } => (String::new(), word("spike")),
            Act::Start { node, .. } | Act::Drain { node, .. } => (String::new(), label_of(state, node)),
            Act::Partition { between, .. } => (String::new(), between.join(" | ")),
            Act::Pause { node, .. } => (String::new(), say("pause-node", &[("node", label_of(state, node))])),
            Act::Fail { node, ratio, .. } => {
                let percent = format::number((ratio * 100.0).round());
                (
                    String::new(),
                    say("fails-in-part", &[("node", label_of(state, node)), ("percent", percent)]),
                )
            }
            Act::Lose { between, ratio, .. } => {
                let [from, to] = between.clone().map(|node| label_of(state, &node));
                let percent = format::number((ratio * 100.0).round());
                (String::new(), say("loses-in-part", &[("from", from), ("to", to), ("percent", percent)]))
            }
            Act::Outage { place, .. } => (String::new(), outage_in_words(place)),
        };
        match flags.last_mut() {
            Some(last) if !path.is_empty() && last.1 == path && timed.at_us - last.0 < 1e6 => {
                *last = (timed.at_us, path, label)
            }
            _ => flags.push((timed.at_us, path, label)),
        }
    }
    flags.into_iter().map(|(at, _, label)| (at, label)).collect()
}

/// "Zone A of Sydney is out"
pub(super) fn outage_in_words(place: &ZonePlace) -> String {
    let zone = place.zone.to_ascii_uppercase();
    match &place.region {
        None => say("outage", &[("zone", zone)]),
        Some(region) => say("outage-of", &[("zone", zone), ("region", word(region))]),
    }
}

/// "Purge tag 3 of Cache"
pub(super) fn purge_in_words(label: &str, tag: u32, soft: bool) -> String {
    say(if soft { "purge-soft" } else { "purge" }, &[("node", label.to_owned()), ("tag", tag.to_string())])
}

/// "Capacity → 500", in the lab's own words where it has some.
pub(super) fn setting_in_words(state: &State, path: &str, value: &Value) -> String {
    let knob = state.lab().and_then(|lab| lab.knobs.iter().find(|knob| knob.path == path));
    let option = knob.and_then(|knob| knob.options.iter().find(|option| same(&option.value, value)));
    let unit = knob.map_or("", |knob| &knob.unit);
    let name = knob.map_or_else(|| name_of(state, path), |knob| knob.label.clone());
    let value = option.map_or_else(|| shown(value, unit), |option| option.label.clone());
    say("set-to", &[("name", name), ("value", value)])
}

/// A setting's name, with its node's where several nodes have one of that name.
fn name_of(state: &State, path: &str) -> String {
    let controls = || state.view.iter().flat_map(|view| &view.controls);
    let Some(control) = controls().find(|control| control.path == path) else {
        // One that the system has not had so far.
        return path.rsplit('.').next().unwrap_or(path).replace('_', " ");
    };
    let alone = controls().filter(|other| other.label == control.label).count() == 1;
    if alone { control.label.clone() } else { format!("{}: {}", control.group, control.label) }
}

fn label_of(state: &State, node: &str) -> String {
    let known = state.view.iter().flat_map(|view| &view.nodes).find(|known| known.name == node);
    known.map_or_else(|| node.to_owned(), |known| known.label.clone())
}

fn speed(page: &Page) -> Html {
    let now = stop_of(page.state.transport.speed);
    let dispatch = page.dispatch.clone();
    let onchange = Callback::from(move |event: Event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        let chosen = select
            .and_then(|select| usize::try_from(select.selected_index()).ok())
            .and_then(|index| SPEEDS.get(index));
        if let Some((speed, _)) = chosen {
            dispatch.emit(Action::Speed(*speed));
        }
    });
    let words = word(SPEEDS[now].1);
    let (name, meaning) = words.split_once(": ").unwrap_or((&words, ""));
    html! {
        <div class="speed">
            <span class="name" aria-hidden="true">{ name }</span>
            <b aria-hidden="true">{ meaning }</b>
            <select aria-label={word("speed")} {onchange} disabled={page.state.transport.until.is_some()}>
                { for SPEEDS.iter().enumerate().map(|(index, (_, name))| html! { <option selected={index == now}>{ word(name) }</option> }) }
            </select>
        </div>
    }
}

fn seed(page: &Page) -> Html {
    let Some(view) = &page.state.view else { return Html::default() };
    let dispatch = page.dispatch.clone();
    let onchange = Callback::from(move |event: Event| {
        let input = event.target_dyn_into::<HtmlInputElement>();
        if let Some(seed) =
            input.and_then(|input| input.value().trim().parse::<u64>().ok()).filter(|seed| *seed < 1 << 53)
        {
            dispatch.emit(Action::Seed(seed));
        }
    });
    html! {
        <label class="seed">{ word("seed") }{ " " }
            <input inputmode="numeric" value={view.seed.to_string()} disabled={page.state.locked()} {onchange} />
        </label>
    }
}
