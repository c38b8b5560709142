//! Wheel, drag, pinch and keys that move the [camera](super::camera).

use super::geometry::Point;
use gloo::events::{EventListener, EventListenerOptions};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, KeyboardEvent, PointerEvent, WheelEvent};

/// One step of a key, a button or a notch of the wheel.
pub const STEP: f64 = 1.3;

/// Pixels that a pointer may stray and still click.
const STRAY: f64 = 5.0;

/// What someone wants to see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Look {
    /// By a factor, around a point of the canvas; its middle if there is none.
    Closer(f64, Option<Point>),
    /// Moved by so many pixels.
    Moved(Point),
    /// All of it.
    All,
}

/// Listens to a canvas for as long as what it gives is kept. `dragged` is set while a pointer has gone too far to click.
pub fn attach(
    canvas: &HtmlCanvasElement,
    dragged: Rc<Cell<bool>>,
    look: Rc<dyn Fn(Look)>,
) -> Vec<EventListener> {
    let options = EventListenerOptions::enable_prevent_default();
    let pointers: Rc<RefCell<Vec<(i32, Point)>>> = Rc::default();
    let on = |name: &'static str, heard: Rc<dyn Fn(&PointerEvent)>| {
        EventListener::new(canvas, name, move |event| {
            if let Some(event) = event.dyn_ref::<PointerEvent>() {
                heard(event);
            }
        })
    };
    let at = |event: &PointerEvent| Point::new(f64::from(event.offset_x()), f64::from(event.offset_y()));
    let down: Rc<dyn Fn(&PointerEvent)> = {
        let (pointers, dragged) = (pointers.clone(), dragged.clone());
        Rc::new(move |event| {
            let mut pointers = pointers.borrow_mut();
            if pointers.is_empty() {
                dragged.set(false);
            }
            pointers.push((event.pointer_id(), at(event)));
        })
    };
    let moved: Rc<dyn Fn(&PointerEvent)> = {
        let (pointers, look, strayed) = (pointers.clone(), look.clone(), Cell::new(0.0));
        Rc::new(move |event| {
            let mut pointers = pointers.borrow_mut();
            let Some(index) = pointers.iter().position(|known| known.0 == event.pointer_id()) else { return };
            let (before, now) = (pointers[index].1, at(event));
            strayed.set(if dragged.get() { STRAY } else { strayed.get() + before.distance(now) });
            if strayed.get() >= STRAY {
                dragged.set(true);
                strayed.set(0.0);
            }
            pointers[index].1 = now;
            match pointers.iter().find(|known| known.0 != event.pointer_id()) {
                None => look(Look::Moved(Point::new(now.x - before.x, now.y - before.y))),
                Some((_, other)) => {
                    let middle = Point::new((now.x + other.x) / 2.0, (now.y + other.y) / 2.0);
                    look(Look::Closer(other.distance(now) / other.distance(before).max(1.0), Some(middle)));
                }
            }
        })
    };
    let up: Rc<dyn Fn(&PointerEvent)> =
        Rc::new(move |event| pointers.borrow_mut().retain(|known| known.0 != event.pointer_id()));
    let wheel = {
        let look = look.clone();
        EventListener::new_with_options(canvas, "wheel", options, move |event| {
            if let Some(event) = event.dyn_ref::<WheelEvent>() {
                event.prevent_default();
                let at = Point::new(f64::from(event.offset_x()), f64::from(event.offset_y()));
                look(Look::Closer((-event.delta_y() * 0.0015).exp(), Some(at)));
            }
        })
    };
    let mut listeners = vec![
        on("pointerdown", down),
        on("pointermove", moved),
        on("pointerup", up.clone()),
        on("pointercancel", up.clone()),
        on("pointerleave", up),
        wheel,
    ];
    listeners.extend(
        web_sys::window()
            .map(|window| EventListener::new(&window, "keydown", move |event| key(event, &*look))),
    );
    listeners
}

/// `+`, `-` and `0`, where nothing that uses them has the keyboard.
fn key(event: &web_sys::Event, look: &dyn Fn(Look)) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let typing = target.is_some_and(|target| {
        let range = target.get_attribute("type").as_deref() == Some("range");
        !range && matches!(&*target.tag_name(), "INPUT" | "TEXTAREA" | "SELECT")
    });
    if typing || event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return;
    }
    match &*event.key() {
        "+" | "=" => look(Look::Closer(STEP, None)),
        "-" => look(Look::Closer(1.0 / STEP, None)),
        "0" => look(Look::All),
        _ => {}
    }
}
