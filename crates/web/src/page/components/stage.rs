//! The scene with what stands around it: waiting, a state in one sentence, what takes long.

use super::Page;
use super::twin;
use crate::page::store::{Action, Guess, Panel, Phase};
use crate::page::trace::{self, Doing};
use crate::page::words::{say, word};
use crate::protocol::Task;
use crate::scene::{Followed, Picked, SayWith, SceneCanvas, Spot, is_deep};
use std::rc::Rc;
use yew::prelude::*;

/// Properties of [`Scene`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct StageProps {
    /// The page.
    pub page: Page,
    /// Whether a click opens figures.
    #[prop_or(true)]
    pub picks: bool,
}

/// The scene.
#[component]
pub(super) fn Scene(props: &StageProps) -> Html {
    let page = &props.page;
    let state = &page.state;
    let focus = focus_of(page);
    let on_pick = {
        let (dispatch, picks) = (page.dispatch.clone(), props.picks);
        let state = state.clone();
        Callback::from(move |picked: Option<Picked>| {
            if picks {
                dispatch.emit(match picked {
                    // Where a question asks for a node, a click answers it.
                    Some(Picked::Instance(instance)) => match state.spot_of(instance) {
                        Some(spot) => Action::Guess(Guess::Choice(spot)),
                        None => Action::Inspect(Some(instance)),
                    },
                    Some(Picked::Request(root)) => Action::Follow(format!("{root:016x}")),
                    Some(Picked::Link(from, to)) => Action::InspectLink(from, to),
                    None => Action::Close,
                });
            }
        })
    };
    let selected = match state.panel {
        Some(Panel::Instance(instance)) => Some(instance),
        _ => None,
    };
    let deep = state.view.as_deref().is_some_and(is_deep);
    html! {
        <div class={classes!("stage", deep.then_some("deep"))}>
            { match &state.view {
                Some(view) => html! {
                    <SceneCanvas view={view.clone()} frames={page.frames.clone()} playing={state.transport.playing}
                        {focus} {selected} followed={followed(page)} theme={page.theme.clone()} say={SayWith(say)} {on_pick}
                        unfolded={state.unfolded_nodes.clone()} looks={props.picks} on_list={page.on(Action::Open(Panel::Parts))}
                        label={twin::sentence(page)} />
                },
                None => html! { <p class="waiting">{ word(if state.phase == Phase::Loading { "starting" } else { "not-loaded" }) }</p> },
            } }
            { waiting(page) }
            { super::conditions::conditions(page) }
            { super::time::told(page) }
            { busy(page) }
        </div>
    }
}

/// The request that is followed, and where it stands while nothing of it travels.
fn followed(page: &Page) -> Option<Followed> {
    let root = page.state.follow.as_ref()?.root?;
    let (_, spans) = page.state.trace.as_ref()?;
    let at = trace::place(spans, page.state.head.time).and_then(|(index, piece)| {
        let callee = spans[index].instance;
        let caller = trace::parent(spans, index).and_then(|above| spans[above].instance);
        Some(match piece.doing {
            Doing::Pool => (caller?, Spot::Leaves),
            Doing::Queue => (callee?, Spot::Before),
            Doing::Core => (callee?, Spot::Waits),
            Doing::Held | Doing::Work | Doing::Below => (callee?, Spot::Works),
            Doing::Travel => return None,
        })
    });
    Some(Followed { root, at })
}

fn focus_of(page: &Page) -> Rc<[u16]> {
    let (Some(view), Some(step)) = (&page.state.view, page.state.step()) else { return Rc::new([]) };
    let index = |name: &String| {
        view.nodes.iter().position(|node| node.name == *name).and_then(|index| u16::try_from(index).ok())
    };
    step.focus.iter().filter_map(index).collect()
}

fn waiting(page: &Page) -> Html {
    let state = &page.state;
    let still = state.head.time <= 0.0 && !state.transport.playing && state.view.is_some();
    if still && !state.locked() {
        html! { <p class="waiting">{ word("press-play") }</p> }
    } else {
        Html::default()
    }
}

fn busy(page: &Page) -> Html {
    let Some((task, done)) = page.state.busy else { return Html::default() };
    if matches!(task, Task::Evaluate | Task::CompareSides) {
        return Html::default();
    }
    let percent = ("percent", format!("{:.0}", done * 100.0));
    html! {
        <div class="busy-bar" role="status">
            <span>{ say(match task { Task::Seek => "seeking", Task::Search => "searching", _ => "simulating" }, &[percent]) }</span>
            <progress max="1" value={done.to_string()} aria-label={word("progress")} />
        </div>
    }
}
