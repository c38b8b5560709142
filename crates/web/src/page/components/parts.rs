//! What stands in the picture as a list, for those who do not point at it: each instance and each link opens.

use super::Page;
use super::{inspector, link_inspector};
use crate::page::store::Action;
use crate::page::words::word;
use crate::protocol::frame::Life;
use yew::prelude::*;

/// The list.
pub(super) fn parts(page: &Page) -> Html {
    let Some(view) = &page.state.view else { return Html::default() };
    let frame = page.stage.frame();
    let alive = frame.instances.iter().zip(0..).filter(|(gauges, _)| gauges.life != Life::Gone);
    html! {
        <>
            <h3>{ word("parts-nodes") }</h3>
            <div class="row">
                { for alive.map(|(gauges, index)| html! {
                    <button class="button" onclick={page.on(Action::Inspect(Some(index)))}>{ inspector::name(page, gauges) }</button>
                }) }
            </div>
            <h3>{ word("parts-links") }</h3>
            <div class="row">
                { for view.links.iter().map(|link| html! {
                    <button class="button" onclick={page.on(Action::InspectLink(link.from, link.to))}>
                        { link_inspector::title(page, (link.from, link.to)) }
                    </button>
                }) }
            </div>
        </>
    }
}
