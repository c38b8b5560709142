//! "Save": the scene, the charts and the run as files.

use super::Page;
use super::charts::plots;
use super::menu::{Item, menu};
use crate::page::saving;
use crate::page::store::{Action, Menu};
use crate::page::words::word;
use yew::prelude::*;

/// The menu in the bar at the top.
pub(super) fn save_menu(page: &Page) -> Html {
    let lab = page.state.lab().map(|lab| lab.id.clone()).unwrap_or_default();
    let scene = |kind: &'static str| {
        let (lab, frames) = (lab.clone(), page.frames.clone());
        Callback::from(move |()| saving::scene(&lab, kind, &frames))
    };
    let charts = |kind: &'static str| {
        let (lab, plots) = (lab.clone(), plots(page, None, &Callback::noop()));
        let titled = plots.into_iter().filter(|plot| !plot.veiled);
        let titled: Vec<_> = titled.map(|plot| (word(plot.kind.title()), plot)).collect();
        Callback::from(move |()| saving::charts(&lab, kind, titled.clone()))
    };
    let items = || {
        vec![
            Item { label: word("save-scene-png"), key: "", act: scene("png") },
            Item { label: word("save-scene-svg"), key: "", act: scene("svg") },
            Item { label: word("save-charts-png"), key: "", act: charts("png") },
            Item { label: word("save-charts-svg"), key: "", act: charts("svg") },
            Item { label: word("save-table"), key: "", act: page.on(Action::SaveTable) },
            Item { label: word("save-run"), key: "", act: page.on(Action::SaveRun) },
        ]
    };
    menu(page, Menu::Save, "save", html! { word("save") }, "quiet", items)
}
