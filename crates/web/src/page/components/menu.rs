//! A button that shows a short list of acts and puts it away again.

use super::Page;
use crate::page::store::{Action, Menu, Panel};
use crate::page::words::word;
use yew::prelude::*;

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// What it says.
    pub label: String,
    /// The key that does the same, if there is one.
    pub key: &'static str,
    /// What it does.
    pub act: Callback<()>,
}

/// The button, named by `name`, and its list while that is open. What is pressed closes it.
pub(super) fn menu(
    page: &Page,
    menu: Menu,
    name: &str,
    face: Html,
    class: &'static str,
    items: impl FnOnce() -> Vec<Item>,
) -> Html {
    let open = page.state.panel == Some(Panel::Menu(menu));
    let toggle = if open { Action::Close } else { Action::Open(Panel::Menu(menu)) };
    let chosen = |item: Item| {
        let dispatch = page.dispatch.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Close);
            item.act.emit(());
        });
        html! {
            <li key={item.label.clone()}>
                <button class="quiet" {onclick}>
                    <span>{ item.label }</span>
                    if !item.key.is_empty() { <kbd>{ item.key }</kbd> }
                </button>
            </li>
        }
    };
    html! {
        <div class="menu">
            <button {class} aria-label={word(name)} title={word(name)} aria-expanded={open.to_string()}
                disabled={page.state.locked()} onclick={page.on(toggle)}>{ face }</button>
            if open { <ul aria-label={word(name)}>{ for items().into_iter().map(chosen) }</ul> }
        </div>
    }
}
