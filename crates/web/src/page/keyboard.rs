//! The keyboard: Space plays, `.` steps, arrows scrub, `i` says the state, `?` lists.

use super::latest::Latest;
use super::route::Place;
use super::store::{Action, Panel, SPEEDS, State, stop_of};
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

/// A second forth or back.
const NUDGE: f64 = 1e6;

/// What is focused decides which keys are its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Nothing that uses keys.
    Page,
    /// A slider: arrows, Home and End are its own.
    Slider,
    /// A button or link: Space is its own.
    Button,
    /// Text, lists: every key is its own.
    Typing,
}

/// A key with what was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// As the browser names it.
    pub name: String,
    /// Control, or Command on a Mac.
    pub control: bool,
    /// Shift.
    pub shift: bool,
}

/// What `key` means now; nothing if it is not the page's.
pub fn meaning(key: &Key, focus: Focus, state: &State) -> Option<Action> {
    let name = key.name.as_str();
    if name == "Escape" && state.presenter.on {
        return Some(Action::Present);
    }
    if name == "Escape" {
        return Some(match (state.lesson.checking, &state.transport.looped, &state.panel) {
            (true, ..) => Action::StopChecking,
            (_, Some(_), None) => Action::EndLoop,
            _ => Action::Close,
        });
    }
    // The workbench has keys of its own.
    if focus == Focus::Typing || (state.place == Place::Workbench && name != "/") {
        return None;
    }
    if key.control {
        return match (name, key.shift) {
            ("z", false) => Some(Action::Undo),
            ("y", false) | ("z" | "Z", true) => Some(Action::Redo),
            _ => None,
        };
    }
    let time = state.head.time;
    let scrubs = focus != Focus::Slider;
    let speed = |by: isize| {
        let stop = stop_of(state.transport.speed).saturating_add_signed(by).min(SPEEDS.len() - 1);
        Some(Action::Speed(SPEEDS[stop].0))
    };
    match name {
        // What these show has no place before a room.
        "f" | "l" | "e" | "b" | "c" | "?" | "/" if state.presenter.on => None,
        " " if focus != Focus::Button => {
            Some(if state.transport.playing { Action::Pause } else { Action::Play })
        }
        "." => Some(Action::StepEvent),
        ">" => Some(Action::StepRequest),
        "ArrowLeft" if scrubs => Some(Action::Seek(time - NUDGE)),
        "ArrowRight" if scrubs => Some(Action::Seek(time + NUDGE)),
        "Home" if scrubs => Some(Action::Restart),
        "[" => speed(-1),
        "]" => speed(1),
        "f" => Some(Action::Follow("next".to_owned())),
        "n" if state.presenter.on => Some(Action::NextAct),
        "n" => Some(Action::Open(Panel::Parts)),
        "l" => Some(Action::Slowly),
        "e" => Some(Action::Next(state.sought)),
        "b" => next_branch(state),
        "c" => Some(Action::Compare),
        "?" => Some(Action::Open(Panel::Keys)),
        "/" => Some(Action::Open(Panel::Search)),
        "p" if state.lab().is_some() && state.place != Place::Home => Some(Action::Present),
        "v" if state.presenter.on => Some(Action::Veil),
        _ => None,
    }
}

/// The branch after the one on the screen, round and round.
fn next_branch(state: &State) -> Option<Action> {
    let branches = state.acts.branches();
    let here = branches.here(state.acts.list())?;
    Some(Action::Branch((here + 1) % branches.lists().len()))
}

/// Listens while the page is shown.
#[hook]
pub fn use_keyboard(latest: &Rc<Latest>, dispatch: &Rc<Callback<Action>>) {
    let (latest, dispatch) = (latest.clone(), dispatch.clone());
    use_effect_with((), move |()| {
        let listener = web_sys::window().map(|window| {
            let options = gloo::events::EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window, "keydown", options, move |event| {
                if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                    hear(event, &latest, &dispatch);
                }
            })
        });
        move || drop(listener)
    });
}

fn hear(event: &KeyboardEvent, latest: &Latest, dispatch: &Callback<Action>) {
    if event.default_prevented() || event.alt_key() {
        return;
    }
    let focus = focus(event.target().and_then(|target| target.dyn_into::<Element>().ok()));
    let key =
        Key { name: event.key(), control: event.ctrl_key() || event.meta_key(), shift: event.shift_key() };
    if key.name == "i" && !key.control && focus != Focus::Typing {
        say_state();
        return;
    }
    let meaning = meaning(&key, focus, &latest.read());
    if let Some(action) = meaning {
        if key.name != "Escape" {
            event.prevent_default();
        }
        dispatch.emit(action);
    }
}

fn focus(element: Option<Element>) -> Focus {
    let Some(element) = element else { return Focus::Page };
    let kind = element.get_attribute("type").unwrap_or_default();
    match element.tag_name().as_str() {
        "INPUT" if kind == "range" => Focus::Slider,
        "INPUT" if kind == "radio" || kind == "checkbox" => Focus::Slider,
        "INPUT" | "TEXTAREA" | "SELECT" => Focus::Typing,
        "BUTTON" | "A" | "SUMMARY" => Focus::Button,
        _ => Focus::Page,
    }
}

/// How long the sentence stays, in milliseconds: it is read in half of that.
const SAID_MS: u32 = 12_000;

/// The picture's sentence, into the part of the page that is read out; it is shown as well, for a while.
fn say_state() {
    let document = web_sys::window().and_then(|window| window.document());
    let Some(document) = document else { return };
    let sentence = document
        .query_selector(".stage canvas")
        .ok()
        .flatten()
        .and_then(|canvas| canvas.get_attribute("aria-label"));
    if let (Some(sentence), Some(state)) = (sentence, document.get_element_by_id("state")) {
        state.set_text_content(Some(&sentence));
        let clear = move || {
            // Another one may have been asked for meanwhile.
            if state.text_content().as_deref() == Some(&sentence) {
                state.set_text_content(None);
            }
        };
        Timeout::new(SAID_MS, clear).forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::store::Progress;

    fn press(name: &str, control: bool, shift: bool, focus: Focus) -> Option<Action> {
        let lab = Place::Lab { lab: "busy-is-not-full".into(), step: String::new() };
        let mut state = State::new(lab, Progress::default());
        state.head.time = 5e6;
        meaning(&Key { name: name.into(), control, shift }, focus, &state)
    }

    #[test]
    fn keys_have_one_meaning_each_and_leave_controls_theirs() {
        use Focus::{Button, Page, Slider, Typing};
        let cases = [
            (" ", false, Page, Some(Action::Pause)),
            (" ", false, Slider, Some(Action::Pause)),
            (" ", false, Button, None),
            (" ", false, Typing, None),
            (".", false, Button, Some(Action::StepEvent)),
            ("ArrowRight", false, Page, Some(Action::Seek(6e6))),
            ("ArrowLeft", false, Slider, None),
            ("Home", false, Page, Some(Action::Restart)),
            ("z", true, Page, Some(Action::Undo)),
            ("z", true, Typing, None),
            ("y", true, Slider, Some(Action::Redo)),
            ("f", false, Page, Some(Action::Follow("next".to_owned()))),
            ("l", false, Page, Some(Action::Slowly)),
            ("e", false, Button, Some(Action::Next(crate::protocol::Happening::Queue))),
            ("b", false, Page, None),
            ("c", false, Page, Some(Action::Compare)),
            ("c", false, Typing, None),
            ("?", false, Page, Some(Action::Open(Panel::Keys))),
            ("/", false, Button, Some(Action::Open(Panel::Search))),
            ("/", false, Typing, None),
            ("Escape", false, Typing, Some(Action::Close)),
            ("p", false, Button, Some(Action::Present)),
            ("p", false, Typing, None),
            ("q", false, Page, None),
        ];
        for (name, control, focus, expected) in cases {
            assert_eq!(press(name, control, false, focus), expected, "{name} {focus:?}");
        }
        assert_eq!(press("Z", true, true, Page), Some(Action::Redo));
    }

    #[test]
    fn a_room_has_keys_of_its_own() {
        let lab = Place::Lab { lab: "busy-is-not-full".into(), step: String::new() };
        let state = State::new(lab, Progress::default()).after(Action::Present);
        let press = |name: &str| {
            meaning(&Key { name: name.into(), control: false, shift: false }, Focus::Page, &state)
        };
        for (name, expected) in [
            ("n", Some(Action::NextAct)),
            ("v", Some(Action::Veil)),
            ("p", Some(Action::Present)),
            ("Escape", Some(Action::Present)),
            ("/", None),
        ] {
            assert_eq!(press(name), expected, "{name}");
        }
        let home = State::new(Place::Home, Progress::default());
        let p = Key { name: "p".into(), control: false, shift: false };
        assert_eq!(meaning(&p, Focus::Page, &home), None);
    }

    #[test]
    fn speed_keys_stop_at_the_ends() {
        assert_eq!(press("]", false, false, Focus::Page), Some(Action::Speed(5.0)));
        assert_eq!(press("[", false, false, Focus::Page), Some(Action::Speed(0.1)));
    }
}
