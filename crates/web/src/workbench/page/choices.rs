//! Numbers and words to choose: a name, what to type, and for numbers a slider. What is being typed stays, whatever
//! the page draws meanwhile.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// A number that can be chosen.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct NumberProps {
    /// What it is.
    pub label: String,
    /// Its unit; may be empty.
    #[prop_or_default]
    pub unit: String,
    /// What it is now.
    pub value: f64,
    /// Least and most.
    pub range: (f64, f64),
    /// Whole numbers, or steps of this.
    pub step: f64,
    /// Whether the slider goes in equal factors.
    #[prop_or_default]
    pub log: bool,
    /// Another number was chosen.
    pub on_choose: Callback<f64>,
}

/// Places of a slider that goes in factors.
const PLACES: f64 = 200.0;

impl NumberProps {
    fn place(&self, value: f64) -> f64 {
        let (least, most) = self.range;
        if !self.log || most <= least {
            return value;
        }
        (value.max(least) / least).ln() / (most / least).ln() * PLACES
    }

    fn value_at(&self, place: f64) -> f64 {
        let (least, most) = self.range;
        if !self.log || most <= least {
            return self.held(place);
        }
        // Two digits are enough where one drags; more can be typed.
        let value = least * (most / least).powf(place / PLACES);
        let unit = 10f64.powf((value.log10().floor() - 1.0).max(0.0));
        self.held((value / unit).round() * unit)
    }

    fn held(&self, value: f64) -> f64 {
        let (least, most) = self.range;
        let steps = (value / self.step).round();
        // Multiples of 0.05 have dust that multiples of 20 have not.
        let held = if self.step < 1.0 { steps / (1.0 / self.step).round() } else { steps * self.step };
        held.clamp(least, most)
    }
}

/// The number, to type and to drag.
#[component]
pub(super) fn Number(props: &NumberProps) -> Html {
    let id = format!("bench-{}", props.label.to_ascii_lowercase().replace(' ', "-"));
    let draft = use_state(|| None::<String>);
    let typed = {
        let (props, draft) = (props.clone(), draft.clone());
        Callback::from(move |event: Event| {
            draft.set(None);
            let value = number_of(&event);
            // What is no number gives way to the one there was.
            if value.is_finite() {
                props.on_choose.emit(props.held(value));
            }
        })
    };
    let dragged = {
        let props = props.clone();
        Callback::from(move |event: InputEvent| props.on_choose.emit(props.value_at(number_of(&event))))
    };
    let (least, most) = props.range;
    let (from, to, step) = if props.log { (0.0, PLACES, 1.0) } else { (least, most, props.step) };
    // The number of digits that the step has, without the dust of binary fractions.
    let digits = if props.step < 1.0 { 2 } else { 0 };
    let value = format!("{:.digits$}", props.value);
    html! {
        <div class="bench-number">
            <label for={id.clone()}>{ &props.label }</label>
            <span class="bench-typed">
                <input {id} type="number" min={least.to_string()} max={most.to_string()} step={props.step.to_string()}
                    value={(*draft).clone().unwrap_or(value)} oninput={drafting(&draft)} onchange={typed} />
                { &props.unit }
            </span>
            <input type="range" aria-label={props.label.clone()} min={from.to_string()} max={to.to_string()} step={step.to_string()}
                value={props.place(props.value).to_string()} aria-valuetext={format!("{:.digits$} {}", props.value, props.unit)} oninput={dragged} />
        </div>
    }
}

/// Words that can be chosen.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct TextProps {
    /// What they are.
    pub label: String,
    /// What they are now.
    pub value: String,
    /// Others were chosen.
    pub on_choose: Callback<String>,
}

/// Words to type.
#[component]
pub(super) fn Text(props: &TextProps) -> Html {
    let draft = use_state(|| None::<String>);
    let onchange = {
        let (on_choose, draft) = (props.on_choose.clone(), draft.clone());
        Callback::from(move |event: Event| {
            draft.set(None);
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                on_choose.emit(input.value());
            }
        })
    };
    html! {
        <label class="bench-field">
            { &props.label }
            <input type="text" value={(*draft).clone().unwrap_or_else(|| props.value.clone())} oninput={drafting(&draft)} {onchange} />
        </label>
    }
}

/// Keeps what is being typed.
fn drafting(draft: &UseStateHandle<Option<String>>) -> Callback<InputEvent> {
    let draft = draft.clone();
    Callback::from(move |event: InputEvent| {
        draft.set(event.target_dyn_into::<HtmlInputElement>().map(|input| input.value()));
    })
}

fn number_of(event: &web_sys::Event) -> f64 {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    input.map_or(f64::NAN, |input| input.value_as_number())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn props(log: bool, range: (f64, f64), step: f64) -> NumberProps {
        let on_choose = Callback::noop();
        NumberProps { label: String::new(), unit: String::new(), value: 1.0, range, step, log, on_choose }
    }

    #[test]
    fn a_slider_in_factors_reaches_both_ends_in_round_numbers() {
        let props = props(true, (1.0, 40_000.0), 1.0);
        let values: Vec<f64> = (0..=200).map(|place| props.value_at(f64::from(place))).collect();
        assert_eq!((values[0], values[200]), (1.0, 40_000.0));
        assert!(values.is_sorted());
        for value in [1.0, 40.0, 400.0, 40_000.0] {
            assert!((props.value_at(props.place(value)) - value).abs() <= value * 0.03, "{value}");
        }
    }

    #[test]
    fn a_number_is_held_in_its_range_and_step() {
        let props = props(false, (0.0, 3.0), 0.05);
        for (given, held) in [(-1.0, 0.0), (0.76, 0.75), (9.0, 3.0)] {
            assert!((props.held(given) - held).abs() < 1e-9);
        }
    }
}
