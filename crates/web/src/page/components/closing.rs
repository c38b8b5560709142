//! A lab's last card: how it carries over to one's own system, and where to go next.

use super::Page;
use super::code::Code;
use super::header::leave;
use super::prose::Prose;
use crate::json;
use crate::page::route::Place;
use crate::page::store::{Action, State};
use crate::page::value;
use crate::page::words::{say, word};
use headroom_labs::Lab;
use yew::prelude::*;

/// "In your system".
pub(super) fn closing(page: &Page) -> Html {
    let Some(lab) = page.state.lab() else { return Html::default() };
    let transfer = &lab.transfer;
    let config = filled(&page.state, &transfer.set.text);
    html! {
        <div class="transfer">
            <h1 tabindex="-1">{ word("in-your-system") }</h1>
            <p class="say"><Prose page={page.clone()} text={lab.promise.clone()} /></p>
            if page.state.progress.stars(&lab.id) > 0 { <p class="what">{ super::stars::count(page, &lab.id) }</p> }
            <h2>{ word("transfer-look") }</h2>
            { for transfer.look.iter().map(|look| html! {
                <><p class="what">{ look.what.plain() }</p><Code text={look.code.clone()} /></>
            }) }
            <h2>{ word("transfer-set") }</h2>
            <p class="what">{ transfer.set.what.plain() }</p>
            <Code text={config} />
            <h2>{ word("transfer-mind") }</h2>
            <ul>{ for transfer.mind.iter().map(|line| html! { <li>{ line.plain() }</li> }) }</ul>
            { super::claims::of_lab(page, &lab.id) }
            <h2>{ word("exit-questions") }</h2>
            { for lab.exit.iter().map(|exit| html! {
                <details><summary>{ exit.question.plain() }</summary><p class="what">{ exit.answer.plain() }</p></details>
            }) }
            { next(page, lab) }
        </div>
    }
}

fn next(page: &Page, lab: &Lab) -> Html {
    let labs = &State::course().outlines;
    let following = lab.next.as_deref().and_then(|id| State::course().outline(id)).or_else(|| {
        let at = labs.iter().position(|known| known.id == lab.id)?;
        labs.get(at + 1)
    });
    html! {
        <div class="act thumb">
            if let Some(next) = following {
                <a class="button primary wide" href={format!("./?lab={}", next.id)}
                    onclick={leave(page, Place::Lab { lab: next.id.clone(), step: String::new() })}>
                    { say("next-lab", &[("lab", next.title.clone())]) }
                </a>
            } else {
                <a class="button primary wide" href="./" onclick={leave(page, Place::Home)}>{ word("all-labs") }</a>
            }
            <div class="centred"><button class="quiet underlined" onclick={page.on(Action::Share)}>{ word("share-run") }</button></div>
        </div>
    }
}

/// `${path}` replaced by the value of that setting which the learner takes along.
fn filled(state: &State, text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((path, behind)) = after.split_once('}') else { break };
        out.push_str(before);
        let value = state.taken_along(path);
        out.push_str(&value.map_or_else(
            || path.to_owned(),
            |value| {
                match value.as_str() {
                    Some(text) => text.to_owned(),
                    None => value::number_of(&value)
                        .map_or_else(|| json::written(&value), |number| number.to_string()),
                }
            },
        ));
        rest = behind;
    }
    out.push_str(rest);
    out
}
