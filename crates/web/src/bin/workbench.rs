//! The cache workbench, a program of its own: in a window what the page opens, in a worker what replays traces.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{DedicatedWorkerGlobalScope, Element};

fn main() {
    if js_sys::global().is_instance_of::<DedicatedWorkerGlobalScope>() {
        headroom_web::workbench::work();
    }
}

/// Draws the workbench into `root`, until that leaves the document.
#[wasm_bindgen]
pub fn open(root: Element) {
    headroom_web::workbench::open(root);
}
