//! The program: the page in a window, the simulation in a worker.
//!
//! One program for both, since most of what either needs (the language's library, the course, the protocol) the other
//! needs too: it is downloaded and compiled once, and the page hands it to its worker.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

fn main() {
    if js_sys::global().is_instance_of::<DedicatedWorkerGlobalScope>() {
        headroom_web::worker::start();
    } else {
        headroom_web::page::start();
    }
}
