//! Figures to take along, and the address to hand on.

use super::bench::Bench;
use crate::page::saving;
use crate::workbench::settings::Trace;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::Callback;

/// Both charts as one table: which figure, policy, place on its axis, share.
pub(super) fn table(bench: &Bench) -> String {
    let mut text = "figure,policy,x,value\n".to_owned();
    let mut row = |figure: &str, policy: &str, x: u64, value: f64| {
        text.push_str(&format!("{figure},{policy},{x},{value}\n"));
    };
    for lane in &bench.stand.lanes {
        let accesses = bench.about.as_ref().map_or(0, |about| about.accesses);
        let ends = (1..).map(|window: u64| (window * bench.stand.width).min(accesses));
        for (end, ratio) in ends.zip(&lane.ratios) {
            if let Some(ratio) = ratio {
                row("hit-ratio-by-access", &lane.name, end, *ratio);
            }
        }
    }
    let contenders = &bench.settings.contenders;
    let axis = if bench.settings.in_bytes { "miss-ratio-by-bytes" } else { "miss-ratio-by-entries" };
    let mut points: Vec<_> = bench.curve.iter().collect();
    headroom_core::sort::by_key(&mut points, |(contender, size, _)| (*contender, *size));
    for (contender, size, ratio) in points {
        if let Some(contender) = contenders.get(*contender as usize) {
            row(axis, contender.name(), *size, *ratio);
        }
    }
    text
}

/// Saves that table.
pub(super) fn save(bench: &Bench) {
    saving::text("headroom-workbench.csv".to_owned(), table(bench), "text/csv");
}

/// Copies the address; `done` is told whether that worked.
pub(super) fn share(bench: &Bench, done: Callback<bool>) {
    let Some(window) = web_sys::window() else { return };
    let location = window.location();
    let base = location.origin().and_then(|origin| Ok(origin + &location.pathname()?)).unwrap_or_default();
    let address = base + bench.settings.address().trim_start_matches("./");
    // Without https there is none.
    let Some(clipboard) = clipboard(&window) else { return done.emit(false) };
    spawn_local(async move {
        let copied = JsFuture::from(clipboard.write_text(&address)).await;
        done.emit(copied.is_ok());
    });
}

fn clipboard(window: &web_sys::Window) -> Option<web_sys::Clipboard> {
    let navigator = window.navigator();
    let has_one = js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false);
    has_one.then(|| navigator.clipboard())
}

/// Whether a link says all, or leaves out the learner's file.
pub(super) fn says_all(bench: &Bench) -> bool {
    bench.settings.trace != Trace::File
}
