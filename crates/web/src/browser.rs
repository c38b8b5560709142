//! The few things of the browser that drawing needs: frames, pixels, preferences.

use js_sys::Promise;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlCanvasElement, MessageChannel, MessagePort};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = import, catch)]
    fn load(script: &str) -> Result<Promise, JsValue>;
}

/// A script of the page's folder as a module, fetched when it is first asked for.
///
/// # Errors
/// It cannot be had, as the browser says.
pub async fn import(script: &str) -> Result<JsValue, JsValue> {
    JsFuture::from(load(script)?).await
}

/// Calls back before each repaint until it is dropped.
#[derive(Debug)]
pub struct AnimationLoop {
    running: Rc<Cell<bool>>,
}

type FrameClosure = Closure<dyn FnMut(f64)>;

impl AnimationLoop {
    /// `draw` gets the milliseconds since it was called last, at most 100: a page that was hidden goes on, it does
    /// not catch up.
    pub fn start(mut draw: impl FnMut(f64) + 'static) -> Self {
        let running = Rc::new(Cell::new(true));
        let alive = running.clone();
        let holder: Rc<RefCell<Option<FrameClosure>>> = Rc::default();
        let next = holder.clone();
        let mut before = None;
        *holder.borrow_mut() = Some(Closure::new(move |now: f64| {
            if !alive.get() {
                // Dropping the closure from inside itself ends the cycle of references.
                next.borrow_mut().take();
                return;
            }
            let passed = now - before.replace(now).unwrap_or(now);
            draw(passed.clamp(0.0, 100.0));
            request_frame(&next);
        }));
        request_frame(&holder);
        Self { running }
    }
}

impl Drop for AnimationLoop {
    fn drop(&mut self) {
        self.running.set(false);
    }
}

fn request_frame(closure: &RefCell<Option<FrameClosure>>) {
    if let (Some(window), Some(closure)) = (web_sys::window(), closure.borrow().as_ref()) {
        let _ = window.request_animation_frame(closure.as_ref().unchecked_ref());
    }
}

/// Device pixels per CSS pixel.
pub fn pixel_ratio() -> f64 {
    web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(0.5, 4.0)
}

/// Pixels per CSS pixel of an element, as it is drawn: more where the style sheet enlarges it.
pub fn drawn_ratio(element: &web_sys::Element) -> f64 {
    let enlarged = element.get_bounding_client_rect().width() / f64::from(element.client_width());
    pixel_ratio() * if enlarged.is_finite() { enlarged.max(1.0) } else { 1.0 }
}

/// Whether the system asks for little motion.
pub fn prefers_reduced_motion() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media("(prefers-reduced-motion: reduce)").ok().flatten())
        .is_some_and(|query| query.matches())
}

/// Turns of the event loop, for work that goes on in slices and lets messages in between them.
///
/// A timer of 0 ms would do, were it not one of 4 ms in every browser once timers follow each other: a third of the time
/// would be lost to waiting. What is posted to a channel comes back at once, behind what waits already.
#[derive(Clone, Debug)]
pub struct Turns(MessagePort);

impl Turns {
    /// `turn` is called once for each turn that is asked for, as long as the program lives; nothing where the browser
    /// has no channels.
    pub fn new(turn: impl FnMut() + 'static) -> Option<Self> {
        let channel = MessageChannel::new().ok()?;
        let turn = Closure::<dyn FnMut()>::new(turn);
        channel.port1().set_onmessage(Some(turn.as_ref().unchecked_ref()));
        turn.forget();
        Some(Self(channel.port2()))
    }

    /// Asks for one turn; whether it will come.
    pub fn ask(&self) -> bool {
        self.0.post_message(&JsValue::NULL).is_ok()
    }
}

/// Gives the canvas as many pixels as it covers on the screen; true if that changed (and so emptied) it.
pub fn fit(canvas: &HtmlCanvasElement, width: f64, height: f64, ratio: f64) -> bool {
    let (columns, rows) = ((width * ratio).round() as u32, (height * ratio).round() as u32);
    let changed = canvas.width() != columns || canvas.height() != rows;
    if changed {
        canvas.set_width(columns);
        canvas.set_height(rows);
    }
    changed
}

/// Runs work at most once per interval; the last asked for in an interval runs at its end.
#[derive(Debug)]
pub struct Throttle {
    interval_ms: f64,
    last: Cell<f64>,
    waiting: RefCell<Option<gloo::timers::callback::Timeout>>,
}

impl Throttle {
    /// At most once per `interval_ms`.
    pub fn new(interval_ms: f64) -> Self {
        Self { interval_ms, last: Cell::new(f64::NEG_INFINITY), waiting: RefCell::new(None) }
    }

    /// Runs `work` now or at the end of the interval, in place of what was still waiting.
    pub fn run(self: &Rc<Self>, work: impl FnOnce() + 'static) {
        let left = self.last.get() + self.interval_ms - now_ms();
        if left <= 0.0 {
            self.waiting.replace(None);
            self.last.set(now_ms());
            work();
            return;
        }
        // Work that keeps coming must not put itself off for ever: the interval counts from the last run.
        let this = self.clone();
        let timeout = gloo::timers::callback::Timeout::new(left.ceil() as u32, move || {
            this.last.set(now_ms());
            work();
        });
        self.waiting.replace(Some(timeout));
    }
}

/// A letter as a capital. In the browser by its own tables: the standard library's weigh as much as a lesson.
pub fn capital(letter: char) -> String {
    if cfg!(target_arch = "wasm32") {
        js_sys::JsString::from(letter.to_string()).to_upper_case().into()
    } else {
        letter.to_uppercase().collect()
    }
}

/// Milliseconds since the page was opened.
pub fn now_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}
