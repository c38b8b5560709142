//! The two seconds that show what an answer is about, again and slowly.

use super::Page;
use crate::page::format;
use crate::page::store::Action;
use crate::page::words::say;
use crate::protocol::{Micros, Row, WINDOW};
use headroom_core::sort;
use headroom_labs::{Change, Prediction as Asked};
use yew::prelude::*;

/// After a setting was changed, or a machine has died, so much of what follows is shown.
const AFTER: Micros = 1.5e6;

/// The button.
pub(super) fn replay(page: &Page, asked: &Asked) -> Html {
    let opens = page.state.step().map_or(0.0, |step| step.opens_at.seconds());
    let changed = asked.at.seconds().max(opens) * 1e6;
    let until = asked.until.seconds() * 1e6;
    let end = decisive(asked, changed, until, &page.stage.rows());
    let dispatch = page.dispatch.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        dispatch.emit(Action::Seek(end));
        dispatch.emit(Action::Slowly);
    });
    let around = ("time", format::clock_short((end - 1e6).max(0.0)));
    html! { <button class="quiet underlined" {onclick}>{ say("replay-slowly", &[around]) }</button> }
}

/// Where the two seconds end: after a setting was changed or a machine died on the way; else where requests took
/// longest.
fn decisive(asked: &Asked, changed: Micros, until: Micros, rows: &[Row]) -> Micros {
    match asked.change.first() {
        Some(Change::Set { .. } | Change::Kill { .. }) if changed > 0.0 => (changed + AFTER).min(until),
        _ => worst(changed, until, rows).unwrap_or(until),
    }
}

/// The end of the window in which requests took longest, of those in this time.
fn worst(from: Micros, to: Micros, rows: &[Row]) -> Option<Micros> {
    let ends = rows.iter().zip(1_u32..).map(|(row, number)| (row, f64::from(number) * WINDOW));
    let within = ends.filter(|(_, end)| *end > from && *end <= to);
    let (_, end) =
        within.filter_map(|(row, end)| Some((row.p99?, end))).max_by_key(|(p99, _)| sort::Total(*p99))?;
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_window_of_the_time_asked_about() {
        let row = |p99: f64| Row { p99: Some(p99), ..Row::default() };
        let rows = [row(900.0), row(10.0), row(80.0), row(30.0), Row::default(), row(500.0)];
        assert_eq!(worst(WINDOW, 5.0 * WINDOW, &rows), Some(3.0 * WINDOW));
        assert_eq!(worst(0.0, 1e9, &rows), Some(WINDOW));
        assert_eq!(worst(4.0 * WINDOW, 5.0 * WINDOW, &rows), None);
    }
}
