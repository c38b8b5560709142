//! Dark or light: the system's preference, unless the switch says otherwise.

use super::storage;
use gloo::events::EventListener;
use yew::prelude::*;

const KEY: &str = "headroom.theme";

/// The theme on the screen, and a callback for the other one.
#[hook]
pub fn use_theme() -> (AttrValue, Callback<()>) {
    let chosen = use_state(|| storage::get(KEY).filter(|theme| theme == "dark" || theme == "light"));
    let light = use_state(prefers_light);
    {
        let light = light.clone();
        use_effect_with((), move |()| {
            let query = web_sys::window().and_then(|window| window.match_media(QUERY).ok().flatten());
            let listener =
                query.map(|query| EventListener::new(&query, "change", move |_| light.set(prefers_light())));
            move || drop(listener)
        });
    }
    let shown = chosen.as_deref().unwrap_or(if *light { "light" } else { "dark" }).to_owned();
    // Before the canvases read the colours, which they do while rendering.
    apply(chosen.as_deref());
    let other = if shown == "dark" { "light" } else { "dark" };
    let switch = Callback::from(move |()| {
        storage::set(KEY, other);
        chosen.set(Some(other.to_owned()));
    });
    (shown.into(), switch)
}

const QUERY: &str = "(prefers-color-scheme: light)";

fn prefers_light() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media(QUERY).ok().flatten())
        .is_some_and(|query| query.matches())
}

fn apply(chosen: Option<&str>) {
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.document_element());
    if let (Some(root), Some(theme)) = (root, chosen) {
        // The attribute's name is valid, so this cannot fail.
        let _ = root.set_attribute("data-theme", theme);
    }
}
