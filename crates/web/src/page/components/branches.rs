//! The ways the run has gone, as a small tree in time with a name for each: press one to go there.

use super::Page;
use super::transport::flags_of;
use crate::page::format;
use crate::page::store::{Action, State};
use crate::page::words::word;
use yew::prelude::*;

/// Height of a branch's row and width of the tree, in units of the drawing.
const ROW: usize = 26;
const WIDTH: f64 = 96.0;
/// Room left and right in the tree.
const EDGE: f64 = 6.0;

/// Under the transport, once there is more than one way.
pub(super) fn branches(page: &Page) -> Html {
    let state = &page.state;
    let branches = state.acts.branches();
    let count = branches.lists().len();
    if count < 2 {
        return Html::default();
    }
    let here = branches.here(state.acts.list());
    html! {
        <section class="branches" aria-label={word("branches")}>
            { tree(state, count, here) }
            <ol>
                { for (0..count).map(|index| {
                    let current = (here == Some(index)).then_some("true");
                    html! {
                        <li key={index}>
                            <button class="quiet" aria-current={current} disabled={state.locked()}
                                onclick={page.on(Action::Branch(index))}>
                                <span class="at">{ format::clock_short(branches.fork(index).at) }</span>
                                { name_of(state, index) }
                            </button>
                        </li>
                    }
                }) }
            </ol>
        </section>
    }
}

/// What was changed where it left the branch it comes from: "Capacity → 500".
pub(super) fn name_of(state: &State, index: usize) -> String {
    let branches = state.acts.branches();
    let Some(list) = branches.lists().get(index) else { return word("branch-root") };
    let own = &list[branches.fork(index).shared.min(list.len())..];
    let told = |acts| flags_of(state, acts).into_iter().map(|(_, label)| label).collect::<Vec<String>>();
    let labels = told(own);
    match labels.as_slice() {
        // Nothing of its own: it is the branch whose last act was the last thing done.
        [] => told(list).pop().unwrap_or_else(|| word("branch-root")),
        [first, .., last] if labels.len() > 2 => format!("{first} … {last}"),
        labels => labels.join(", "),
    }
}

/// Lines along the time of the run, each leaving its branch where it parted.
fn tree(state: &State, count: usize, here: Option<usize>) -> Html {
    let branches = state.acts.branches();
    let duration = state.view.as_ref().map_or(1.0, |view| view.duration_us).max(1.0);
    let x = |at: f64| EDGE + (at / duration).clamp(0.0, 1.0) * (WIDTH - 4.0 * EDGE);
    let y = |index: usize| (index * ROW + ROW / 2) as f64;
    let line = |index: usize| {
        let fork = branches.fork(index);
        let from = y(fork.from.unwrap_or(index));
        let (colour, width, fill) = if here == Some(index) {
            ("var(--accent)", "2", "var(--accent)")
        } else {
            ("var(--dim)", "1.2", "var(--panel)")
        };
        let path = format!("M{:.1} {from}V{}H{}", x(fork.at), y(index), WIDTH - EDGE);
        // A dot: a line of no length with round ends, which stays round whatever the height of the rows.
        let end = format!("M{} {}h.01", WIDTH - EDGE, y(index));
        html! {
            <g key={index}>
                <path d={path} fill="none" stroke={colour} stroke-width={width} />
                <path d={end.clone()} stroke={colour} stroke-width="9" stroke-linecap="round" />
                <path d={end} stroke={fill} stroke-width="5" stroke-linecap="round" />
            </g>
        }
    };
    // The branch on the screen last, on top of the others.
    let others = (0..count).filter(|index| here != Some(*index));
    html! {
        <svg viewBox={format!("0 0 {WIDTH} {}", count * ROW)} preserveAspectRatio="none" aria-hidden="true"
            style={format!("--count: {count}")}>
            { for others.chain(here).map(line) }
        </svg>
    }
}
