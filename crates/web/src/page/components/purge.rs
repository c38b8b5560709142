//! Purging a tag of a cache whose entries carry tags: which one, and whether its entries go or only end.

use super::Page;
use super::transport::purge_in_words;
use crate::page::store::{Action, State};
use crate::page::value::number_of;
use crate::page::words::say;
use crate::protocol::{Act, NodeKind, View};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// A cache whose entries carry tags.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tagged {
    /// Its name in the scenario.
    pub node: String,
    label: String,
    tags: u32,
    /// Whether it may give out what has ended; else a soft purge is a hard one that frees no room.
    spares: bool,
}

/// Those there are.
pub(super) fn tagged(state: &State, view: &View) -> Vec<Tagged> {
    let caches = view.nodes.iter().filter(|node| node.kind == NodeKind::Cache);
    let tagged = caches.filter_map(|node| {
        let setting = |name: &str| state.value(&format!("nodes.{}.{name}", node.name));
        let tags = number_of(&setting("tags")?)? as u32;
        let is_time = |name: &str| setting(name).as_ref().and_then(number_of).is_some();
        let spares = is_time("grace") || is_time("stale_if_error");
        Some(Tagged { node: node.name.clone(), label: node.label.clone(), tags, spares })
    });
    tagged.filter(|cache| cache.tags > 0).collect()
}

/// Properties of [`Purge`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct PurgeProps {
    /// The page.
    pub page: Page,
    /// Of which cache.
    pub cache: Tagged,
}

/// The tag's number and what can be done to it; Enter in the field purges.
#[component]
pub(super) fn Purge(props: &PurgeProps) -> Html {
    let PurgeProps { page, cache } = props;
    let chosen = use_state(|| 0_u32);
    let tag = (*chosen).min(cache.tags - 1);
    let locked = page.state.locked();
    let oninput = Callback::from(move |event: InputEvent| {
        let input = event.target_dyn_into::<HtmlInputElement>();
        if let Some(tag) = input.and_then(|input| input.value().trim().parse().ok()) {
            chosen.set(tag);
        }
    });
    let act = |soft| Action::Do(Act::Purge { node: cache.node.clone(), tag, soft });
    let onsubmit = {
        let (dispatch, purge) = (page.dispatch.clone(), act(false));
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatch.emit(purge.clone());
        })
    };
    let last = (cache.tags - 1).to_string();
    html! {
        <form class="break purge" {onsubmit}>
            <label>{ say("purge-tag", &[("node", cache.label.clone()), ("last", last.clone())]) }{ " " }
                <input type="number" inputmode="numeric" min="0" max={last} step="1" value={tag.to_string()}
                    disabled={locked} {oninput} />
            </label>
            <button class="button" disabled={locked}>{ purge_in_words(&cache.label, tag, false) }</button>
            if cache.spares {
                <button type="button" class="button" disabled={locked} onclick={page.on(act(true))}>
                    { purge_in_words(&cache.label, tag, true) }
                </button>
            }
        </form>
    }
}
