//! A setting that can be turned: a slider, a list or a switch, with its value in words.

use super::Page;
use crate::page::store::Action;
use crate::page::value::{self, Span};
use crate::page::words::{say, word};
use crate::protocol::{Control, ControlKind, Effect};
use headroom_labs::{Knob as LabKnob, KnobOption, Scale};
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What is turned, and how.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dial {
    /// The setting.
    pub path: String,
    /// Its name.
    pub label: String,
    /// What it is, and when a change is felt; may be empty.
    pub help: String,
    /// Unit after the value.
    pub unit: String,
    /// What it offers.
    pub offers: Offers,
}

/// What a setting offers.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Offers {
    /// Numbers on a slider.
    Span(Span),
    /// Named values.
    Options(Vec<KnobOption>),
    /// Yes or no.
    Toggle,
    /// Nothing: it is only shown.
    Fixed,
}

impl Offers {
    /// A value by the name that a list has for it, or as it is written.
    fn named(&self, value: &Value, unit: &str) -> String {
        match self {
            Self::Options(options) => options.iter().find(|option| value::same(&option.value, value)),
            _ => None,
        }
        .map_or_else(|| value::shown(value, unit), |option| option.label.clone())
    }
}

impl From<&LabKnob> for Dial {
    fn from(knob: &LabKnob) -> Self {
        let span = Span { min: knob.min, max: knob.max, step: knob.step, scale: knob.scale };
        let offers =
            if knob.options.is_empty() { Offers::Span(span) } else { Offers::Options(knob.options.clone()) };
        let (path, label, unit) = (knob.path.clone(), knob.label.clone(), knob.unit.clone());
        Self { path, label, help: String::new(), unit, offers }
    }
}

impl From<&Control> for Dial {
    fn from(control: &Control) -> Self {
        let scale = |log: bool| if log { Scale::Log } else { Scale::Linear };
        let (unit, offers) = match &control.kind {
            ControlKind::Number { min, max, step, log, unit } => {
                (unit.clone(), Offers::Span(Span { min: *min, max: *max, step: *step, scale: scale(*log) }))
            }
            ControlKind::Duration { min, max, step, log } => {
                (String::new(), Offers::Span(Span { min: *min, max: *max, step: *step, scale: scale(*log) }))
            }
            ControlKind::Choice { options } => {
                let named = |option: &String| KnobOption {
                    label: value::named(option),
                    value: option.clone().into(),
                };
                (String::new(), Offers::Options(options.iter().map(named).collect()))
            }
            ControlKind::Toggle => (String::new(), Offers::Toggle),
            ControlKind::Fixed => (String::new(), Offers::Fixed),
        };
        Self {
            path: control.path.clone(),
            label: control.label.clone(),
            help: help_of(control),
            unit,
            offers,
        }
    }
}

/// What a setting is, and when a change of it is felt unless that is at once.
pub(super) fn help_of(control: &Control) -> String {
    let effect = match control.effect {
        Effect::Now => return control.help.clone(),
        Effect::Next => "effect-next",
        Effect::Drain => "effect-drain",
        Effect::Rebuild => "effect-rebuild",
        Effect::Restart => "effect-restart",
    };
    format!("{} {}", control.help, word(effect))
}

/// Properties of [`Knob`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct KnobProps {
    /// The page.
    pub page: Page,
    /// What is turned.
    pub dial: Dial,
    /// Told before what it is about to become, while a prediction is open.
    #[prop_or_default]
    pub becomes: Option<Value>,
    /// Whether it asks to be turned.
    #[prop_or_default]
    pub inviting: bool,
    /// Whether "put back" stands under it.
    #[prop_or_default]
    pub returns: bool,
    /// Something to say at this value.
    #[prop_or_default]
    pub note: Html,
    /// Makes its element's id differ from that of the same knob elsewhere.
    pub place: AttrValue,
}

/// A setting that can be turned.
#[component]
pub(super) fn Knob(props: &KnobProps) -> Html {
    let Dial { path, label, help, unit, offers } = &props.dial;
    let state = &props.page.state;
    let Some(value) = state.value(path) else { return Html::default() };
    let id = format!("{}-{}", props.place, path.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let shown = offers.named(&value, unit);
    let output = match &props.becomes {
        Some(next) => {
            let from = shown.strip_suffix(&format!(" {unit}")).unwrap_or(&shown).to_owned();
            say("becomes", &[("from", from), ("to", offers.named(next, unit))])
        }
        None => shown.clone(),
    };
    let locked = state.locked();
    let part = Part { page: &props.page, path, help, value: &value, id: &id, locked };
    html! {
        <div class={classes!("knob", props.inviting.then_some("inviting"))} title={help.clone()}>
            <div class="head">
                <label for={id.clone()}>{ label }</label>
                // A list says itself what is chosen, but not what it is about to become.
                if props.becomes.is_some() || !matches!(offers, Offers::Options(_)) {
                    <output for={id.clone()}>{ output }</output>
                }
            </div>
            { match offers {
                Offers::Span(span) => part.slider(*span, shown, props.inviting),
                Offers::Options(options) => part.list(options),
                Offers::Toggle => part.switch(),
                Offers::Fixed => Html::default(),
            } }
            { props.note.clone() }
            if let (true, Some(before)) = (props.returns, state.changed_from(path)) {
                <p class="back">
                    <span>{ say("was", &[("value", offers.named(&before, unit))]) }</span>
                    <button class="quiet underlined" onclick={props.page.on(Action::PutBack(path.clone()))}>
                        { word("put-back") }<span class="hidden">{ format!(" {label}") }</span>
                    </button>
                </p>
            }
        </div>
    }
}

/// The element that is turned.
struct Part<'a> {
    page: &'a Page,
    path: &'a str,
    /// Its description, for those who hear the page.
    help: &'a str,
    value: &'a Value,
    id: &'a str,
    locked: bool,
}

impl Part<'_> {
    /// One drag is one undo, and so are the key presses up to where the focus goes elsewhere.
    fn slider(&self, span: Span, shown: String, inviting: bool) -> Html {
        let number = value::number_of(self.value).unwrap_or(span.min);
        let (min, max, step) = span.attributes();
        let turn = self.turn();
        let like = self.value.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            if let Some(position) =
                event.target_dyn_into::<HtmlInputElement>().map(|input| input.value_as_number())
            {
                turn.emit(value::like(span.turned(number, position), &like));
            }
        });
        html! {
            <input type="range" class={classes!("slider", inviting.then_some("inviting"))} id={self.id.to_owned()}
                min={min.to_string()} max={max.to_string()} step={step.to_string()}
                value={span.position(number).to_string()} style={format!("--filled: {:.2}%", span.filled(number))}
                aria-valuetext={shown} title={self.help.to_owned()} disabled={self.locked} {oninput}
                onpointerup={self.page.on(Action::LetGo)} onpointercancel={self.page.on(Action::LetGo)}
                onblur={self.page.on(Action::LetGo)} />
        }
    }

    fn list(&self, options: &[KnobOption]) -> Html {
        let turn = self.turn();
        let values: Vec<Value> = options.iter().map(|option| option.value.clone()).collect();
        let let_go = self.page.on::<()>(Action::LetGo);
        let known = options.iter().position(|option| value::same(&option.value, self.value));
        // A value that is not on the list, as from "All settings", is shown all the same.
        let other = known.is_none().then(|| value::shown(self.value, ""));
        let onchange = Callback::from(move |event: Event| {
            let index = event
                .target()
                .and_then(|t| t.dyn_into::<HtmlSelectElement>().ok())
                .map(|s| s.selected_index());
            if let Some(value) = index.and_then(|index| values.get(usize::try_from(index).ok()?)) {
                turn.emit(value.clone());
                let_go.emit(());
            }
        });
        html! {
            <select class="choice" id={self.id.to_owned()} title={self.help.to_owned()} disabled={self.locked} {onchange}>
                { for options.iter().enumerate().map(|(index, option)| html! {
                    <option selected={known == Some(index)}>{ &option.label }</option>
                }) }
                if let Some(other) = other { <option selected={true}>{ other }</option> }
            </select>
        }
    }

    fn switch(&self) -> Html {
        let turn = self.turn();
        let let_go = self.page.on::<()>(Action::LetGo);
        let onchange = Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                turn.emit(Value::Bool(input.checked()));
                let_go.emit(());
            }
        });
        let checked = self.value.as_bool().unwrap_or_default();
        html! {
            <input type="checkbox" id={self.id.to_owned()} title={self.help.to_owned()} {checked}
                disabled={self.locked} {onchange} />
        }
    }

    fn turn(&self) -> Callback<Value> {
        let (dispatch, path) = (self.page.dispatch.clone(), self.path.to_owned());
        Callback::from(move |value| dispatch.emit(Action::Turn { path: path.clone(), value }))
    }
}
