//! Ways through time beyond play and step: the last two seconds again and again, and to what happens next.

use super::Page;
use super::icons;
use super::menu::{Item, menu};
use crate::page::format;
use crate::page::store::{Action, Menu, State};
use crate::page::words::{say, word};
use crate::protocol::{Happening, NodeKind};
use yew::prelude::*;

/// The menu beside the steps.
pub(super) fn time_menu(page: &Page) -> Html {
    let state = &page.state;
    let mut items = vec![Item { label: word("loop"), key: "l", act: page.on(Action::Slowly) }];
    items.extend(offered(state).map(|what| Item {
        label: say("to-next", &[("what", word(name_of(what)))]),
        key: if what == state.sought { "e" } else { "" },
        act: page.on(Action::Next(what)),
    }));
    menu(page, Menu::Time, "more-time", icons::icon("more"), "key extra", items)
}

/// What the system can come to, as far as it may be known.
fn offered(state: &State) -> impl Iterator<Item = Happening> {
    let caches = state.view.iter().any(|view| view.nodes.iter().any(|node| node.kind == NodeKind::Cache));
    let pools = state.view.iter().any(|view| view.links.iter().any(|link| link.pooled));
    let hidden = state.hides_disturbances();
    Happening::ALL.into_iter().filter(move |what| match what {
        Happening::Eviction | Happening::Expiry => caches,
        Happening::PoolTimeout => pools,
        Happening::Action => !hidden,
        Happening::Queue | Happening::Failure | Happening::Down | Happening::Up => true,
    })
}

fn name_of(what: Happening) -> &'static str {
    match what {
        Happening::Queue => "next-queue",
        Happening::Failure => "next-failure",
        Happening::PoolTimeout => "next-pool-timeout",
        Happening::Eviction => "next-eviction",
        Happening::Expiry => "next-expiry",
        Happening::Down => "next-down",
        Happening::Up => "next-up",
        Happening::Action => "next-action",
    }
}

/// What a search came to, or which stretch is being repeated; over the picture, until time goes on.
pub(super) fn told(page: &Page) -> Html {
    let state = &page.state;
    if let Some(stretch) = &state.transport.looped {
        let ends = [("from", format::clock(stretch.from)), ("to", format::clock(stretch.to))];
        return html! {
            <p class="told" role="status">
                { say("looping", &ends) }
                <button class="quiet underlined" onclick={page.on(Action::EndLoop)}>{ word("loop-end") }</button>
            </p>
        };
    }
    let Some(happened) = &state.happened else { return Html::default() };
    let what = ("what", word(name_of(happened.what)));
    let time = ("time", format::clock(happened.at_us));
    let place = happened.place.and_then(|place| {
        let view = state.view.as_ref()?;
        Some(view.instances.get(usize::try_from(place).ok()?)?.label.clone())
    });
    let text = match place {
        _ if !happened.found => say("next-none", &[what]),
        Some(place) => say("next-found-at", &[what, ("place", place), time]),
        None => say("next-found", &[what, time]),
    };
    html! { <p class="told" role="status">{ text }</p> }
}
