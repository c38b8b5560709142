//! Small pictures, drawn in place so that they take the colour of the words around them.

use headroom_labs::Mark;
use yew::prelude::*;

/// The shape of a kind of request, as the scene draws it.
pub(super) fn mark(mark: Mark) -> Html {
    let colour = format!("var(--{})", mark.name());
    let shape = match mark {
        Mark::Read => html! { <circle cx="6" cy="6" r="4.6" fill={colour} /> },
        Mark::Write => html! { <rect x="1.6" y="1.6" width="8.8" height="8.8" fill={colour} /> },
        Mark::Hit => html! { <path d="M6 1 11 10.6H1Z" fill={colour} /> },
        Mark::Miss => html! { <circle cx="6" cy="6" r="4" fill="none" stroke={colour} stroke-width="2" /> },
        Mark::Error => {
            html! { <path d="M2 2 10 10M10 2 2 10" stroke={colour} stroke-width="2.4" fill="none" /> }
        }
    };
    html! { <svg class="mark" viewBox="0 0 12 12" aria-hidden="true">{ shape }</svg> }
}

const STAR: &str = "M8 1.5 10 6l4.8.5-3.6 3.2 1 4.8L8 12l-4.2 2.5 1-4.8L1.2 6.5 6 6z";

/// An icon of the transport, by name.
pub(super) fn icon(name: &str) -> Html {
    let shape = match name {
        "play" => html! { <path d="M5 3v10l8-5z" fill="currentColor" /> },
        "pause" => html! { <path d="M5 3.5h2v9H5zM9 3.5h2v9H9z" fill="currentColor" /> },
        "restart" => html! {
            <path d="M4.2 8.2A4 4 0 1 0 6 4.8M6.4 2 5.6 5.2 8.8 6" fill="none" stroke="currentColor" stroke-width="1.6" />
        },
        "step-event" => html! {
            <><path d="M4 4v8l6-4z" fill="currentColor" /><path d="M12 3v10" stroke="currentColor" stroke-width="1.6" /></>
        },
        "step-request" => html! {
            <><path d="M2 4v8l5-4zM7 4v8l5-4z" fill="currentColor" /><path d="M13.2 3v10" stroke="currentColor" stroke-width="1.6" /></>
        },
        "more" => html! {
            <path d="M3 8h.01M8 8h.01M13 8h.01" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
        },
        "flag" => html! { <path d="M2.5 1v14M2.5 2l8 3-8 3z" stroke="currentColor" fill="currentColor" /> },
        "check" => {
            html! { <path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" stroke-width="2" /> }
        }
        "star" => html! { <path d={STAR} fill="currentColor" stroke="currentColor" /> },
        "star-open" => html! { <path d={STAR} fill="none" stroke="currentColor" /> },
        "cross" => {
            html! { <path d="M4 4l8 8M12 4l-8 8" fill="none" stroke="currentColor" stroke-width="2" /> }
        }
        _ => html! { <path d="M10 3 5 8l5 5" fill="none" stroke="currentColor" stroke-width="1.6" /> },
    };
    html! { <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{ shape }</svg> }
}

/// The product's sign: three bars with room above.
pub(super) fn brand() -> Html {
    html! {
        <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
            <rect x="1" y="12" width="4.6" height="7" rx="1" fill="var(--accent)" />
            <rect x="7.7" y="8" width="4.6" height="11" rx="1" fill="var(--hit)" />
            <rect x="14.4" y="3" width="4.6" height="16" rx="1" fill="var(--accent)" />
        </svg>
    }
}
