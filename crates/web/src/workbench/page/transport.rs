//! The top: what one looks at, a step back, go or stay, a step on, and the whole trace as a slider.

use super::bench::{Action, SPEEDS};
use super::{Part, trace_name};
use crate::page::format::number;
use crate::page::words::{say, word};
use crate::workbench::settings::Settings;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The top of the race.
#[component]
pub(super) fn Transport(part: &Part) -> Html {
    let bench = &part.bench;
    let accesses = bench.about.as_ref().map_or(0, |about| about.accesses);
    let at = if bench.playing { bench.stand.at } else { bench.goal };
    let lanes = bench.settings.contenders.len();
    let title = if lanes == 1 {
        say("bench-title-one", &[("trace", trace_name(bench))])
    } else {
        say("bench-title", &[("policies", lanes.to_string()), ("trace", trace_name(bench))])
    };
    let oninput = {
        let dispatch = part.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                dispatch.emit(Action::Go(input.value_as_number() as u64));
            }
        })
    };
    let onchange = {
        let dispatch = part.dispatch.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                dispatch.emit(Action::Speed(select.selected_index().max(0) as usize));
            }
        })
    };
    let speed = |(index, speed): (usize, f64)| {
        let words = if speed >= 1e9 {
            word("bench-fastest")
        } else {
            say("bench-speed", &[("accesses", number(speed))])
        };
        html! { <option selected={index == bench.speed}>{ words }</option> }
    };
    let (play, is_idle) = (Action::Play(!bench.playing), accesses == 0);
    html! {
        <>
            <header class="bench-head">
                <h1>{ title }</h1>
                <p class="bench-where">{ whereabouts(part, accesses) }</p>
                <div class="bench-transport" role="group" aria-label={word("bench-transport")}>
                    <select class="choice" aria-label={word("bench-speed-label")} {onchange}>
                        { for SPEEDS.into_iter().enumerate().map(speed) }
                    </select>
                    <button class="quiet" disabled={is_idle || at == 0} aria-keyshortcuts="," onclick={part.on(Action::Go(at.saturating_sub(1)))}>
                        { word("bench-back") }
                    </button>
                    <button class="primary bench-play" disabled={is_idle} aria-keyshortcuts="Space"
                        aria-label={word(if bench.playing { "bench-pause" } else { "bench-play" })} onclick={part.on(play)}>
                        { if bench.playing { pause() } else { triangle() } }
                    </button>
                    <button class="quiet" disabled={is_idle || at >= accesses} aria-keyshortcuts="." onclick={part.on(Action::Go(at + 1))}>
                        { word("bench-on") }
                    </button>
                </div>
            </header>
            <input class="bench-scrubber" type="range" min="0" max={accesses.to_string()} step="1" value={at.to_string()}
                disabled={is_idle} aria-label={word("bench-scrubber")}
                aria-valuetext={say("bench-at", &[("at", number(at as f64)), ("accesses", number(accesses as f64))])} {oninput} />
        </>
    }
}

/// "access 184,213 of 400,000 · capacity 400 of 39,212 keys".
fn whereabouts(part: &Part, accesses: u64) -> String {
    let bench = &part.bench;
    let Some(about) = &bench.about else { return String::new() };
    let at = say("bench-at", &[("at", number(bench.stand.at as f64)), ("accesses", number(accesses as f64))]);
    let Settings { capacity, in_bytes, .. } = bench.settings;
    let room = match (in_bytes, about.bytes) {
        (true, Some(bytes)) => {
            say("bench-room-bytes", &[("capacity", written(capacity)), ("bytes", written(bytes))])
        }
        _ => {
            let figures = [("capacity", number(capacity as f64)), ("keys", number(about.keys as f64))];
            say("bench-room", &figures)
        }
    };
    format!("{at} · {room}")
}

/// Bytes in three digits.
pub(super) fn written(bytes: u64) -> String {
    let units = [("GiB", 1u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match units.into_iter().find(|(_, size)| bytes >= *size) {
        Some((name, size)) => format!("{} {name}", number(bytes as f64 / size as f64)),
        None => format!("{bytes} B"),
    }
}

fn pause() -> Html {
    html! { <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 3h3v10H4zM9 3h3v10H9z" fill="currentColor" /></svg> }
}

fn triangle() -> Html {
    html! { <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 2.5v11l9-5.5z" fill="currentColor" /></svg> }
}
