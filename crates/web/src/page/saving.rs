//! Files for the learner to keep: the scene and the charts as pictures, the charts' figures, the run.
//!
//! What makes files of all that is a script of its own, `pictures.js`, loaded when the first one is saved.

use super::share::RunFile;
use crate::browser::import;
use crate::charts::{ChartProps, paint};
use crate::scene::FrameFeed;
use crate::scene::ink::Ink;
use crate::scene::theme::Theme;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlCanvasElement};

const SCRIPT: &str = "./pictures.js";

#[wasm_bindgen]
extern "C" {
    type Pictures;
    #[wasm_bindgen(method)]
    fn save(this: &Pictures, name: &str, content: &str, kind: &str);
    #[wasm_bindgen(method)]
    fn sheet(this: &Pictures, kind: &str, width: f64, height: f64, background: &str) -> Sheet;

    type Sheet;
    #[wasm_bindgen(method)]
    fn place(this: &Sheet, x: f64, y: f64, width: f64, height: f64) -> HtmlCanvasElement;
    #[wasm_bindgen(method)]
    fn write(this: &Sheet, text: &str, x: f64, y: f64, font: &str, colour: &str);
    #[wasm_bindgen(method, js_name = save)]
    fn keep(this: &Sheet, name: &str);
}

/// A chart's size, whatever it has on the screen: wide enough for a page of a course.
const CHART: (f64, f64) = (640.0, 220.0);

/// Space round a chart's name, in pixels.
const MARGIN: f64 = 14.0;
const HEAD: f64 = 40.0;

/// The run as a file that `headroom run` makes again.
pub fn run(lab: &str, file: &RunFile) {
    text(format!("{lab}-run.json"), file.write() + "\n", "application/json");
}

/// The series as `headroom run --series` writes it.
pub fn table(lab: &str, series: String) {
    text(format!("{lab}-series.csv"), series, "text/csv");
}

/// The scene as it stands, as `png` or `svg`; it is drawn with the next frame.
pub fn scene(lab: &str, kind: &'static str, frames: &FrameFeed) {
    let Some((width, height)) = size_of(".stage canvas") else { return };
    let (name, frames) = (format!("{lab}-scene.{kind}"), frames.clone());
    with_pictures(move |pictures| {
        let sheet = pictures.sheet(kind, width, height, Theme::read().ink(Ink::Background));
        let canvas = sheet.place(0.0, 0.0, width, height);
        frames.ask_portrait(canvas, Box::new(move || sheet.keep(&name)));
    });
}

/// The charts one under the other, as `png` or `svg`. `titles` come with each.
pub fn charts(lab: &str, kind: &'static str, charts: Vec<(String, ChartProps)>) {
    let (width, height) = CHART;
    let name = format!("{lab}-charts.{kind}");
    with_pictures(move |pictures| {
        let theme = Theme::read();
        let whole = (HEAD + height + MARGIN) * charts.len() as f64;
        let sheet = pictures.sheet(kind, width + 2.0 * MARGIN, whole, theme.ink(Ink::Background));
        for (index, (title, props)) in charts.iter().enumerate() {
            let top = (HEAD + height + MARGIN) * index as f64;
            sheet.write(title, MARGIN, top + 26.0, &theme.font(14.0, true), theme.ink(Ink::Text));
            paint(&sheet.place(MARGIN, top + HEAD, width, height), props, &mut 0.0);
        }
        sheet.keep(&name);
    });
}

/// Any text as a file, of a type such as `text/csv`.
pub fn text(name: String, content: String, kind: &'static str) {
    with_pictures(move |pictures| pictures.save(&name, &content, kind));
}

fn with_pictures(work: impl FnOnce(&Pictures) + 'static) {
    spawn_local(async move {
        // Where the script cannot be had, the browser has said so.
        if let Ok(module) = import(SCRIPT).await {
            work(module.unchecked_ref());
        }
    });
}

/// How many pixels an element covers.
fn size_of(selector: &str) -> Option<(f64, f64)> {
    let document = web_sys::window()?.document()?;
    let element: Element = document.query_selector(selector).ok()??;
    Some((f64::from(element.client_width()), f64::from(element.client_height())))
}
