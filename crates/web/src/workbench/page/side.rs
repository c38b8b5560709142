//! The side: which trace, how large a cache, which policies; below, what each policy just did.

use super::bench::{Action, Bench};
use super::choices::{Number, Text};
use super::lines::Exact;
use super::told::Cards;
use super::transport::written;
use super::{Part, export, names};
use crate::page::format::number;
use crate::page::words::{say, word};
use crate::workbench::protocol::Reading;
use crate::workbench::settings::{BUNDLED, MOST_LANES, Settings, Trace, offered};
use headroom_core::engine::cache::MOST_ENTRIES;
use headroom_core::race::{Contender, MOST_REQUESTS, Pattern, Recipe};
use headroom_core::trace::Format;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// Properties of [`Side`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct SideProps {
    pub(super) part: Part,
    /// A file was chosen.
    pub(super) on_file: Callback<web_sys::File>,
}

/// The side.
#[component]
pub(super) fn Side(props: &SideProps) -> Html {
    let part = &props.part;
    let shared = use_state(|| None::<bool>);
    let share = {
        let (bench, shared) = (part.bench.clone(), shared.clone());
        Callback::from(move |_: MouseEvent| {
            let shared = shared.clone();
            export::share(&bench, Callback::from(move |copied| shared.set(Some(copied))));
        })
    };
    let save = {
        let bench = part.bench.clone();
        Callback::from(move |_: MouseEvent| export::save(&bench))
    };
    let notice = shared.map(|copied| match (copied, export::says_all(&part.bench)) {
        (true, true) => word("bench-copied"),
        (true, false) => word("bench-copied-without-file"),
        (false, _) => word("bench-not-copied"),
    });
    html! {
        <aside class="bench-side" aria-label={word("bench-side")}>
            <div class="bench-tools">
                <button class="quiet" disabled={!part.bench.can_undo()} aria-keyshortcuts="Control+Z" onclick={part.on(Action::Undo)}>{ word("bench-undo") }</button>
                <button class="quiet" disabled={!part.bench.can_redo()} onclick={part.on(Action::Redo)}>{ word("bench-redo") }</button>
                <button class="quiet" onclick={save}>{ word("bench-export") }</button>
                <button class="quiet" onclick={share}>{ word("bench-share") }</button>
            </div>
            <p class="note" role="status">{ notice }</p>
            { traces(part) }
            { recipe(part) }
            { capacity(part) }
            { disk(props) }
            { policies(part) }
            <Cards ..part.clone() />
            <Exact ..part.clone() />
        </aside>
    }
}

fn traces(part: &Part) -> Html {
    let settings = &part.bench.settings;
    let onchange = {
        let part = part.clone();
        Callback::from(move |event: Event| {
            let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
            let chosen = select.value();
            let pattern = Pattern::ALL.into_iter().find(|pattern| pattern.name() == chosen);
            let bundled = BUNDLED.iter().position(|name| chosen.strip_prefix("recorded-") == Some(name));
            part.choose(|settings| {
                if let Some(pattern) = pattern {
                    (settings.trace, settings.recipe.pattern) = (Trace::Made, pattern);
                    settings.recipe = fitting(settings.recipe);
                } else {
                    settings.trace = bundled.map_or(Trace::File, Trace::Bundled);
                }
            });
        })
    };
    let made = |pattern: Pattern| {
        let selected = settings.trace == Trace::Made && settings.recipe.pattern == pattern;
        html! { <option value={pattern.name()} {selected}>{ word(&format!("pattern-{}", pattern.name())) }</option> }
    };
    let recorded = |(index, name): (usize, &str)| {
        let selected = settings.trace == Trace::Bundled(index);
        html! { <option value={format!("recorded-{name}")} {selected}>{ word(&format!("recorded-{name}")) }</option> }
    };
    let note = match settings.trace {
        Trace::Made => word(&format!("pattern-{}-note", settings.recipe.pattern.name())),
        Trace::Bundled(_) => word("recorded-note"),
        Trace::File => String::new(),
    };
    html! {
        <div class="bench-trace">
            <label for="bench-trace">{ word("bench-trace") }</label>
            <select id="bench-trace" class="choice" {onchange}>
                <optgroup label={word("bench-made")}>{ for Pattern::ALL.into_iter().map(made) }</optgroup>
                <optgroup label={word("bench-recorded")}>{ for BUNDLED.into_iter().enumerate().map(recorded) }</optgroup>
                if let Some(name) = &part.bench.file {
                    <optgroup label={word("bench-file")}>
                        <option value="file" selected={settings.trace == Trace::File}>{ name }</option>
                    </optgroup>
                }
            </select>
            if !note.is_empty() { <p class="note">{ note }</p> }
        </div>
    }
}

/// The same with a scan that ends before the next.
fn fitting(recipe: Recipe) -> Recipe {
    let is_scan = recipe.pattern == Pattern::Scans;
    Recipe {
        length: if is_scan { recipe.length.min(recipe.every.max(2) - 1) } else { recipe.length },
        ..recipe
    }
}

fn recipe(part: &Part) -> Html {
    let settings = &part.bench.settings;
    if settings.trace != Trace::Made {
        return Html::default();
    }
    let Recipe { pattern, requests, keys, popularity, every, length, seed } = settings.recipe;
    let dial = |label: String,
                unit: String,
                value: f64,
                range: (f64, f64),
                step: f64,
                set: fn(&mut Recipe, f64)| {
        let part = part.clone();
        let on_choose = Callback::from(move |value: f64| {
            part.choose(|settings| {
                set(&mut settings.recipe, value);
                settings.recipe = fitting(settings.recipe);
            });
        });
        html! { <Number {label} {unit} {value} {range} {step} log={range.1 / range.0.max(1.0) > 100.0} {on_choose} /> }
    };
    let accesses = || word("bench-unit-accesses");
    let length_name = format!("pattern-{}-length", pattern.name());
    let every_name = format!("pattern-{}-every", pattern.name());
    let most = MOST_REQUESTS as f64;
    html! {
        <>
            if pattern != Pattern::Uniform {
                { dial(word("bench-popularity"), String::new(), popularity, (0.0, 2.0), 0.05, |recipe, it| recipe.popularity = it) }
            }
            if pattern.has_every() {
                { dial(word(&every_name), accesses(), every as f64, (100.0, 1e6), 1.0, |recipe, it| recipe.every = it as u64) }
            }
            if pattern.has_length() {
                { dial(word(&length_name), word("bench-unit-keys"), length as f64, (1.0, 1e5), 1.0, |recipe, it| recipe.length = it as u64) }
            }
            <details class="bench-more">
                <summary>{ word("bench-more") }</summary>
                { dial(word("bench-keys"), word("bench-unit-keys"), keys as f64, (1.0, 1e6), 1.0, |recipe, it| recipe.keys = it as u64) }
                { dial(word("bench-length"), accesses(), requests as f64, (1_000.0, most), 1.0, |recipe, it| recipe.requests = it as u64) }
                { dial(word("bench-seed"), String::new(), seed as f64, (0.0, 99.0), 1.0, |recipe, it| recipe.seed = it as u64) }
            </details>
        </>
    }
}

fn capacity(part: &Part) -> Html {
    let settings = &part.bench.settings;
    let about = part.bench.about.as_deref();
    let most = match (settings.in_bytes, about) {
        (true, about) => about.and_then(|about| about.bytes).unwrap_or(1 << 30).max(2) as f64,
        (false, Some(about)) => about.keys.clamp(2, MOST_ENTRIES) as f64,
        (false, None) => 1e5,
    };
    let on_choose = {
        let part = part.clone();
        Callback::from(move |value: f64| part.choose(|settings| settings.capacity = value as u64))
    };
    let unit = {
        let part = part.clone();
        Callback::from(move |event: Event| {
            let in_bytes =
                event.target_dyn_into::<HtmlSelectElement>().is_some_and(|it| it.value() == "bytes");
            let about = part.bench.about.clone();
            // About as much as before, by the mean size.
            let mean = about.and_then(|about| Some(about.bytes?.max(1) as f64 / about.keys.max(1) as f64));
            let mean = mean.unwrap_or(1.0);
            part.choose(|settings| {
                let capacity = settings.capacity as f64;
                settings.in_bytes = in_bytes;
                let most = if in_bytes { f64::INFINITY } else { MOST_ENTRIES as f64 };
                let changed = if in_bytes { capacity * mean } else { capacity / mean };
                settings.capacity = changed.clamp(1.0, most) as u64;
            });
        })
    };
    let value = settings.capacity as f64;
    let words = if settings.in_bytes { written(settings.capacity) } else { word("bench-unit-keys") };
    html! {
        <>
            <Number label={word("bench-capacity")} unit={words} {value} range={(1.0, most.max(value))} step={1.0} log=true {on_choose} />
            if about.is_some_and(|about| about.bytes.is_some()) {
                <label class="bench-unit">{ word("bench-capacity-in") }
                    <select class="choice" onchange={unit}>
                        <option value="keys" selected={!settings.in_bytes}>{ word("bench-unit-keys") }</option>
                        <option value="bytes" selected={settings.in_bytes}>{ word("bench-unit-bytes") }</option>
                    </select>
                </label>
            }
        </>
    }
}

/// The learner's own file, and how it is read.
fn disk(props: &SideProps) -> Html {
    let part = &props.part;
    let bench = &part.bench;
    let onchange = {
        let on_file = props.on_file.clone();
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                on_file.emit(file);
            }
            // So that the same file can be chosen again when it has changed.
            input.set_value("");
        })
    };
    html! {
        <div class="bench-disk">
            <label class="button quiet" for="bench-file">{ word("bench-open-file") }</label>
            <input id="bench-file" class="hidden" type="file" {onchange} />
            <p class="note">{ word("bench-open-note") }</p>
            if bench.settings.trace == Trace::File { { reading(part, bench) } }
        </div>
    }
}

fn reading(part: &Part, bench: &Bench) -> Html {
    let reading = &bench.reading;
    let by_name = bench.file.as_deref().and_then(Format::of_file);
    let is_csv = Format::named(&reading.format).or(by_name) == Some(Format::Csv);
    let text = |label: &str, value: &str, set: fn(&mut Reading, String)| {
        let part = part.clone();
        let on_choose = Callback::from(move |value: String| {
            let mut reading = part.bench.reading.clone();
            set(&mut reading, value);
            part.dispatch.emit(Action::Read(reading));
        });
        html! { <Text label={word(label)} value={value.to_owned()} {on_choose} /> }
    };
    let tick = |label: &str, checked: bool, set: fn(&mut Reading, bool)| {
        let part = part.clone();
        let onchange = Callback::from(move |event: Event| {
            if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            {
                let mut reading = part.bench.reading.clone();
                set(&mut reading, input.checked());
                part.dispatch.emit(Action::Read(reading));
            }
        });
        html! { <label class="bench-tick"><input type="checkbox" {checked} {onchange} />{ word(label) }</label> }
    };
    let on_format = {
        let part = part.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                let format = select.value();
                part.dispatch.emit(Action::Read(Reading { format, ..part.bench.reading.clone() }));
            }
        })
    };
    let option = |format: Format| {
        html! { <option value={format.name()} selected={reading.format == format.name()}>{ format.name() }</option> }
    };
    let guessed = by_name.map_or_else(
        || word("bench-format-unknown"),
        |format| say("bench-format-guessed", &[("format", format.name().to_owned())]),
    );
    html! {
        <div class="bench-reading">
            <label class="bench-field">{ word("bench-format") }
                <select class="choice" onchange={on_format}>
                    <option value="" selected={reading.format.is_empty()}>{ guessed }</option>
                    { for Format::ALL.into_iter().map(option) }
                </select>
            </label>
            if is_csv {
                { text("bench-key-column", &reading.key_column, |reading, it| reading.key_column = it) }
                { text("bench-size-column", &reading.size_column, |reading, it| reading.size_column = it) }
                { text("bench-delimiter", &reading.delimiter, |reading, it| reading.delimiter = it) }
                { tick("bench-no-header", reading.no_header, |reading, it| reading.no_header = it) }
            }
            { tick("bench-skip-bad", reading.skip_bad, |reading, it| reading.skip_bad = it) }
            if let Some(about) = &bench.about { { about_file(about) } }
        </div>
    }
}

fn about_file(about: &crate::workbench::protocol::About) -> Html {
    let accesses = number(about.accesses as f64);
    html! {
        <>
            if about.skipped > 0 {
                <p class="note">{ say("bench-skipped", &[("count", number(about.skipped as f64)), ("fault", about.first_fault.clone())]) }</p>
            }
            if about.cut { <p class="note">{ say("bench-cut", &[("accesses", accesses)]) }</p> }
        </>
    }
}

fn policies(part: &Part) -> Html {
    let Settings { contenders, .. } = &part.bench.settings;
    let tick = |contender: Contender| {
        let checked = contenders.contains(&contender);
        let disabled = if checked { contenders.len() == 1 } else { contenders.len() >= MOST_LANES };
        let part = part.clone();
        let onchange = Callback::from(move |_: Event| {
            part.choose(|settings| {
                if checked {
                    settings.contenders.retain(|it| *it != contender);
                } else {
                    settings.contenders.push(contender);
                }
            });
        });
        html! { <label class="bench-tick"><input type="checkbox" {checked} {disabled} {onchange} />{ names::title(contender) }</label> }
    };
    let figures = [("chosen", contenders.len().to_string()), ("most", MOST_LANES.to_string())];
    html! {
        <details class="bench-policies">
            <summary>{ say("bench-policies", &figures) }</summary>
            <div>{ for offered().map(tick) }</div>
        </details>
    }
}
