//! Ways through time beyond play and step: the last two seconds again and again, and to what happens next.

use super::Page;
use super::icons;
use super::menu::{Item, menu};
use crate::page::format;
use crate::page::store::{Action, Menu};
use crate::page::words::{say, word};
use crate::protocol::Happening;
use yew::prelude::*;

/// The menu beside the steps.
pub(super) fn time_menu(page: &Page) -> Html {
    let state = &page.state;
    let items = || {
        let mut items = vec![Item { label: word("loop"), key: "l", act: page.on(Action::Slowly) }];
        items.extend(Happening::ALL.into_iter().filter(|what| state.offers(*what)).map(|what| Item {
            label: say("to-next", &[("what", word(name_of(what)))]),
            key: if what == state.sought { "e" } else { "" },
            act: page.on(Action::Next(what)),
        }));
        items
    };
    menu(page, Menu::Time, "more-time", icons::icon("more"), "key extra", items)
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
