//! The right column: the step's knobs, every setting of the system by node, what it costs, and what can be broken.

use super::Page;
use super::brief::brief;
use super::knob::{Dial, Knob, help_of};
use super::purge::{self, Purge};
use super::transport::outage_in_words;
use crate::page::format;
use crate::page::store::{Action, Prediction, State};
use crate::page::words::{say, word};
use crate::protocol::{Act, Control, NodeKind, NodeView, ReceiptLine, View};
use yew::prelude::*;

/// The right column.
#[component]
pub(super) fn Settings(page: &Page) -> Html {
    let state = &page.state;
    let column = use_node_ref();
    {
        let column = column.clone();
        use_effect_with(state.unfolded.settings, move |asked| {
            // On a phone they lie below everything else.
            if let Some(column) = column.cast::<web_sys::Element>().filter(|_| *asked) {
                column.scroll_into_view();
            }
        });
    }
    let Some(view) = state.view.clone() else {
        return html! { <aside class={classes!("settings", state.unfolded.settings.then_some("shown"))} aria-label={word("settings")} /> };
    };
    let open = matches!(state.lesson.prediction, Prediction::Open { .. });
    html! {
        <aside ref={column} class={classes!("settings", state.unfolded.settings.then_some("shown"))} aria-label={word("settings")} tabindex="0">
            { step_knobs(page, open) }
            <h2>{ word("all-settings") }</h2>
            <div class="groups">
                { for groups(&view).into_iter().map(|(name, controls)| group(page, name, &controls)) }
                if view.receipt.iter().any(|line| line.micro_dollars_per_hour > 0.0) { { receipt(&view.receipt) } }
            </div>
            { history(page) }
            { breaking(page, &view) }
        </aside>
    }
}

fn step_knobs(page: &Page, open: bool) -> Html {
    let (Some(lab), Some(step)) = (page.state.lab(), page.state.step()) else { return Html::default() };
    let known = |path: &&String| page.state.opening.contains_key(*path);
    let knobs = step.knobs.iter().filter(known).filter_map(|path| lab.knob(step, path));
    let controls = page.state.view.iter().flat_map(|view| &view.controls);
    let explained = |knob: &headroom_labs::Knob| {
        let help = controls.clone().find(|control| control.path == knob.path).map(help_of);
        Dial { help: help.unwrap_or_default(), ..Dial::from(knob) }
    };
    let knobs: Vec<Dial> = knobs.map(explained).collect();
    if knobs.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h2>{ word(if open { "this-step-locked" } else { "this-step" }) }</h2>
            { for knobs.into_iter().map(|dial| {
                let key = dial.path.clone();
                html! { <Knob {key} page={page.clone()} {dial} returns=true place="step" /> }
            }) }
        </>
    }
}

/// Controls under their headings, both in the order of the file.
fn groups(view: &View) -> Vec<(&str, Vec<&Control>)> {
    let mut groups: Vec<(&str, Vec<&Control>)> = Vec::new();
    for control in &view.controls {
        match groups.iter_mut().find(|(name, _)| *name == control.group) {
            Some((_, controls)) => controls.push(control),
            None => groups.push((&control.group, vec![control])),
        }
    }
    groups
}

fn group(page: &Page, name: &str, controls: &[&Control]) -> Html {
    let dials: Vec<Dial> = controls.iter().map(|control| Dial::from(*control)).collect();
    let brief = brief(&page.state, controls);
    html! {
        <details class="group" key={name.to_owned()}>
            <summary><span class="name">{ name }</span><span class="brief">{ brief }</span></summary>
            <div class="inside">
                { for dials.into_iter().map(|dial| {
                    let key = dial.path.clone();
                    html! { <Knob {key} page={page.clone()} {dial} returns=true place="all" /> }
                }) }
            </div>
        </details>
    }
}

fn receipt(lines: &[ReceiptLine]) -> Html {
    let total: f64 = lines.iter().map(|line| line.micro_dollars_per_hour).sum();
    html! {
        <details class="group" key="receipt">
            <summary>
                <span class="name">{ word("cost") }</span>
                <span class="brief">{ say("an-hour", &[("money", format::money(total))]) }</span>
            </summary>
            <div class="inside">
                <table class="receipt">
                    <tbody>
                        { for lines.iter().filter(|line| line.micro_dollars_per_hour > 0.0).map(|line| html! {
                            <tr>
                                <th scope="row">{ &line.label }<small>{ &line.how }</small></th>
                                <td>{ format::money(line.micro_dollars_per_hour) }</td>
                            </tr>
                        }) }
                    </tbody>
                    <tfoot><tr><th scope="row">{ word("in-all") }</th><td>{ format::money(total) }</td></tr></tfoot>
                </table>
            </div>
        </details>
    }
}

fn history(page: &Page) -> Html {
    let acts = &page.state.acts;
    let locked = page.state.locked();
    html! {
        <div class="break" style="margin-top: 16px">
            <button class="button" disabled={locked || !acts.can_undo()} onclick={page.on(Action::Undo)}>{ word("undo") }</button>
            <button class="button" disabled={locked || !acts.can_redo()} onclick={page.on(Action::Redo)}>{ word("redo") }</button>
            <button class="button narrow" disabled={locked} onclick={page.on(Action::Compare)}>{ word("compare") }</button>
        </div>
    }
}

fn breaking(page: &Page, view: &View) -> Html {
    let locked = page.state.locked();
    html! {
        <>
            <h2 class="strong break-title">{ word("break-something") }</h2>
            <div class="break">
                { for breakages(view).into_iter().map(|(label, act)| html! {
                    <button class="button" disabled={locked} key={label.clone()} onclick={page.on(Action::Do(act))}>{ label }</button>
                }) }
            </div>
            { more_to_break(page, view) }
            { for purge::tagged(&page.state, view).into_iter().map(|cache| {
                let key = cache.node.clone();
                html! { <Purge {key} page={page.clone()} {cache} /> }
            }) }
        </>
    }
}

/// What breaks less plainly, folded away.
fn more_to_break(page: &Page, view: &View) -> Html {
    let locked = page.state.locked();
    html! {
        <details class="break-more">
            <summary>{ word("more-breakages") }</summary>
            <div class="break">
                { for grey_failures(view).into_iter().map(|(label, act)| html! {
                    <button class="button" disabled={locked} key={label.clone()} onclick={page.on(Action::Do(act))}>{ label }</button>
                }) }
            </div>
        </details>
    }
}

/// What goes wrong in part: pauses, errors of some, lost messages.
fn grey_failures(view: &View) -> Vec<(String, Act)> {
    let mut acts = Vec::new();
    let working = |node: &&NodeView| matches!(node.kind, NodeKind::Service | NodeKind::Database);
    for node in view.nodes.iter().filter(working) {
        let (name, label) = (node.name.clone(), node.label.clone());
        let several = node.replicas > 1;
        let who = if several { format!("{label} 2") } else { label.clone() };
        let slot = several.then_some(1);
        acts.push((
            say("pause-node", &[("node", who)]),
            Act::Pause { node: name.clone(), slot, for_us: 3e6 },
        ));
        acts.push((
            say("fail-node", &[("node", label)]),
            Act::Fail { node: name, ratio: 1.0 / 3.0, for_us: TEN_SECONDS },
        ));
    }
    for link in &view.links {
        let ends = [link.from, link.to].map(|index| &view.nodes[usize::from(index)]);
        let between = ends.map(|node| node.name.clone());
        let [from, to] = ends.map(|node| node.label.clone());
        let label = say("lose-messages", &[("from", from), ("to", to)]);
        acts.push((label, Act::Lose { between, ratio: 0.2, for_us: TEN_SECONDS }));
    }
    for place in &view.zones {
        acts.push((outage_in_words(place), Act::Outage { place: place.clone(), for_us: TEN_SECONDS }));
    }
    acts
}

/// How long what goes wrong lasts, in microseconds.
const TEN_SECONDS: f64 = 10e6;

/// What can go wrong with each kind of node, with its words.
pub(super) fn breakages(view: &View) -> Vec<(String, Act)> {
    let mut acts = Vec::new();
    for kind in [NodeKind::Cache, NodeKind::Service, NodeKind::Database, NodeKind::Clients] {
        for node in view.nodes.iter().filter(|node| node.kind == kind) {
            let (name, label) = (node.name.clone(), node.label.clone());
            let named = |key: &str, label: String| say(key, &[("node", label)]);
            acts.push(match kind {
                NodeKind::Cache => (named("flush", label), Act::Flush { node: name }),
                NodeKind::Service if node.replicas > 1 => {
                    (named("kill", format!("{label} 2")), Act::Kill { node: name, slot: Some(1) })
                }
                NodeKind::Clients => {
                    // Of several, each by its name: labels tell what is listed apart.
                    let alone = view.nodes.iter().filter(|node| node.kind == NodeKind::Clients).count() == 1;
                    let spike = word("spike");
                    let spike = if alone { spike } else { format!("{spike} ({label})") };
                    (spike, Act::Spike { node: name, factor: 5.0, for_us: TEN_SECONDS })
                }
                NodeKind::Service | NodeKind::Database | NodeKind::Balancer => {
                    (named("slow", label), Act::Slow { node: name, factor: 5.0, for_us: TEN_SECONDS })
                }
            });
        }
    }
    acts
}

/// Whether the settings stand beside the lesson from the start: not for a lab of two nodes, where one knob is all.
pub(super) fn stands_open(state: &State) -> bool {
    let nodes = state.view.as_ref().map(|view| view.nodes.len());
    let small = nodes.is_some_and(|nodes| nodes <= 2)
        || nodes.is_none() && state.lab().is_some_and(|lab| lab.knobs.len() <= 1);
    !small || state.unfolded.settings
}
