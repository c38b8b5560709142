//! `<SceneCanvas>`: the scene as a component. It draws on each animation frame by itself and renders only when its
//! properties change.

use super::feed::FrameFeed;
use super::follow::Followed;
use super::geometry::Point;
use super::gestures::{self, Look, STEP};
use super::paint::Painter;
use super::state::{Picked, Scene};
use super::theme::Theme;
use super::words::{Say, Words};
use crate::browser::{self, AnimationLoop};
use crate::protocol::View;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};
use yew::prelude::*;

/// Properties of [`SceneCanvas`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SceneProps {
    /// The system.
    pub view: Rc<View>,
    /// Frames of the run, taken from here as they come.
    pub frames: FrameFeed,
    /// Whether the run goes on; marks stand still otherwise, but for those of a step, drawn to their end.
    pub playing: bool,
    /// Indices of nodes that are bright while the others are dimmed; empty for all.
    #[prop_or_default]
    pub focus: Rc<[u16]>,
    /// The chosen instance, by its index in the frame.
    #[prop_or_default]
    pub selected: Option<u32>,
    /// The request that is followed.
    #[prop_or_default]
    pub followed: Option<Followed>,
    /// Name of the theme: colours are read again when it changes.
    pub theme: AttrValue,
    /// Words.
    pub say: SayWith,
    /// Nodes of a large system whose instances are drawn one by one.
    #[prop_or_default]
    pub unfolded: Rc<[u16]>,
    /// Whether one may look closer.
    #[prop_or_default]
    pub looks: bool,
    /// One sentence that says what the picture shows, for those who do not see it.
    pub label: AttrValue,
    /// A list of all that stands there was asked for.
    #[prop_or_default]
    pub on_list: Callback<()>,
    /// Something was clicked; `None` for the empty ground.
    #[prop_or_default]
    pub on_pick: Callback<Option<Picked>>,
}

/// The page's word function as a property: all are the same.
#[derive(Clone, Copy, Debug)]
pub struct SayWith(pub Say);

impl PartialEq for SayWith {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A frame may come so long after a pause, in milliseconds.
const LATE: f64 = 200.0;

/// What the drawing loop works with between renders.
struct Stage {
    scene: Scene,
    theme: Theme,
    props: SceneProps,
    still: bool,
    since_frame: f64,
    since_pause: f64,
    /// A paused run was stepped: its new marks are drawn to their end.
    stepping: bool,
    stale: bool,
}

/// The moving picture of a system.
#[component]
pub fn SceneCanvas(props: &SceneProps) -> Html {
    let canvas = use_node_ref();
    let stage = use_mut_ref(|| None::<Stage>);
    update(&mut stage.borrow_mut(), props);
    {
        let (canvas, stage) = (canvas.clone(), stage.clone());
        use_effect_with((), move |()| {
            let animation = AnimationLoop::start(move |wall_ms| {
                if let Some(element) = canvas.cast::<HtmlCanvasElement>() {
                    draw(&element, &stage, wall_ms);
                }
            });
            move || drop(animation)
        });
    }
    let dragged = use_memo((), |()| Rc::new(Cell::new(false)));
    let look: Rc<dyn Fn(Look)> = {
        let stage = stage.clone();
        Rc::new(move |look| {
            if let Some(stage) = stage.borrow_mut().as_mut() {
                stage.scene.look(look);
                stage.stale = true;
            }
        })
    };
    {
        let (canvas, look, dragged) = (canvas.clone(), look.clone(), (*dragged).clone());
        use_effect_with(props.looks, move |looks| {
            let element = canvas.cast::<HtmlCanvasElement>().filter(|_| *looks);
            let listeners = element.map(|element| gestures::attach(&element, dragged, look));
            move || drop(listeners)
        });
    }
    let on_click = {
        let (stage, on_pick) = (stage.clone(), props.on_pick.clone());
        Callback::from(move |event: MouseEvent| {
            if dragged.replace(false) {
                return;
            }
            let point = Point::new(f64::from(event.offset_x()), f64::from(event.offset_y()));
            on_pick.emit(stage.borrow().as_ref().and_then(|stage| stage.scene.pick(point)));
        })
    };
    html! {
        <>
            <canvas ref={canvas} class={classes!("scene-canvas", props.looks.then_some("looks"))} role="img"
                aria-label={props.label.clone()} onclick={on_click} />
            if props.looks { { buttons(props, &look) } }
        </>
    }
}

/// Closer, further, all of it; and a list of what stands there.
fn buttons(props: &SceneProps, look: &Rc<dyn Fn(Look)>) -> Html {
    let say = |key: &str| (props.say.0)(key, &[]);
    let button = |sign: &'static str, key: &str, on: Look| {
        let (label, look) = (say(key), look.clone());
        let onclick = Callback::from(move |_: MouseEvent| look(on));
        html! { <button type="button" aria-label={label.clone()} title={label} {onclick}>{ sign }</button> }
    };
    let list = props.on_list.reform(|_: MouseEvent| ());
    let large = props.view.nodes.len() > super::large::MOST_NODES;
    html! {
        <div class={classes!("look", large.then_some("always"))} role="group" aria-label={say("scene-look")}>
            { button("+", "scene-closer", Look::Closer(STEP, None)) }
            { button("\u{2212}", "scene-further", Look::Closer(1.0 / STEP, None)) }
            { button("\u{2922}", "scene-whole", Look::All) }
            <button type="button" aria-label={say("scene-parts")} title={say("scene-parts")} onclick={list}>{ "\u{2261}" }</button>
        </div>
    }
}

/// Takes over changed properties.
fn update(stage: &mut Option<Stage>, props: &SceneProps) {
    match stage {
        None => {
            *stage = Some(Stage {
                scene: Scene::new(props.view.clone(), 0.0, 0.0),
                theme: Theme::read(),
                props: props.clone(),
                still: browser::prefers_reduced_motion(),
                since_frame: 0.0,
                since_pause: f64::INFINITY,
                stepping: false,
                stale: true,
            });
        }
        Some(stage) if stage.props != *props => {
            if !Rc::ptr_eq(&stage.props.view, &props.view) {
                stage.scene.set_view(props.view.clone());
            }
            stage.scene.unfold(&props.unfolded);
            stage.scene.follow(props.followed.map(|followed| followed.root));
            stage.still = browser::prefers_reduced_motion();
            stage.theme = Theme::read();
            if stage.props.playing && !props.playing {
                stage.since_pause = 0.0;
                stage.stepping = false;
            }
            stage.props = props.clone();
            stage.stale = true;
        }
        Some(_) => {}
    }
}

fn draw(canvas: &HtmlCanvasElement, stage: &RefCell<Option<Stage>>, wall_ms: f64) {
    let mut stage = stage.borrow_mut();
    let Some(stage) = stage.as_mut() else { return };
    let ratio = browser::drawn_ratio(canvas);
    let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
    if width < 1.0 || height < 1.0 {
        return;
    }
    if browser::fit(canvas, width, height, ratio) {
        stage.scene.resize(width, height);
        stage.stale = true;
    }
    stage.since_frame += wall_ms;
    stage.since_pause += wall_ms;
    while let Some((frame, jumped)) = stage.props.frames.pop() {
        // A frame that was on its way when the run was paused belongs to the playing before.
        stage.stepping = !stage.props.playing && !jumped && stage.since_pause > LATE;
        if stage.scene.take(frame, stage.since_frame, jumped) {
            stage.stepping = false;
        }
        stage.since_frame = 0.0;
        stage.stale = true;
    }
    // Paused marks stand where they are, to be looked at and clicked.
    let moves = stage.props.playing || stage.stepping && stage.scene.marks().moving();
    if moves {
        stage.scene.advance(wall_ms);
    } else if stage.stale {
        stage.scene.settle();
    }
    if let Some(portrait) = stage.props.frames.take_portrait() {
        const RATIO: f64 = 2.0;
        browser::fit(&portrait.canvas, width, height, RATIO);
        paint(&portrait.canvas, stage, RATIO);
        (portrait.done)();
    }
    if !moves && !stage.stale {
        return;
    }
    stage.stale = false;
    if let Some(shown) =
        stage.props.followed.and_then(|each| stage.scene.followed(each, &stage.scene.free_shares()))
    {
        stage.scene.keep_in_view(shown.at);
    }
    paint(canvas, stage, ratio);
}

fn paint(canvas: &HtmlCanvasElement, stage: &Stage, ratio: f64) {
    let context =
        canvas.get_context("2d").ok().flatten().and_then(|c| c.dyn_into::<CanvasRenderingContext2d>().ok());
    if let Some(context) = context {
        let words = Words::new(stage.props.say.0);
        let props = &stage.props;
        let painter = Painter {
            context: &context,
            theme: &stage.theme,
            words: &words,
            ratio,
            focus: &props.focus,
            selected: props.selected,
            followed: props.followed,
            still: stage.still,
        };
        painter.paint(&stage.scene);
    }
}
