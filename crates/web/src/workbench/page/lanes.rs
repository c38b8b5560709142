//! The lanes: of each contender its name, its cache as a row of cells, newcomers left, and its hit ratio.
//!
//! A cell stands for some entries; the more they were read since they came in, the stronger it is. Entries nobody asked
//! for again stay empty: what a scan does to a policy is seen at once.

use super::Part;
use super::names::{place, sample, title_of};
use crate::page::format::{figure, number};
use crate::page::words::{say, word};
use crate::workbench::protocol::{Lane, MOST_CELLS};
use yew::prelude::*;

/// Width of a cell with its gap, its height, and the strip's below which marks stand.
const CELL: f64 = 12.0;
const HEIGHT: f64 = 22.0;
const MARKS: f64 = 8.0;

/// Mean reads at which a cell is at its strongest.
const STRONGEST: f64 = 16.0;

/// All lanes.
#[component]
pub(super) fn Lanes(part: &Part) -> Html {
    let bench = &part.bench;
    let capacity = (!bench.settings.in_bytes).then_some(bench.settings.capacity);
    let per_cell = bench.stand.lanes.iter().map(|lane| lane.per_cell).max().unwrap_or(1);
    let legend = if bench.settings.in_bytes {
        word("bench-legend-bytes")
    } else if per_cell == 1 {
        word("bench-legend-one")
    } else {
        say("bench-legend", &[("entries", number(per_cell as f64))])
    };
    html! {
        <>
            <ol class="bench-lanes">
                { for bench.stand.lanes.iter().enumerate().map(|(place, lane)| lane_of(place, lane, capacity)) }
            </ol>
            <p class="bench-legend">{ legend }</p>
        </>
    }
}

fn lane_of(place: usize, lane: &Lane, capacity: Option<u64>) -> Html {
    let hits = (lane.requests > 0).then(|| 1.0 - lane.misses as f64 / lane.requests as f64);
    let ratio = hits.map_or_else(|| "–".to_owned(), |hits| figure(hits * 100.0, "%"));
    html! {
        <li key={lane.name.clone()} class="bench-lane">
            <div class="bench-who">
                <strong>{ sample(place) }{ title_of(&lane.name) }</strong>
                <span>{ word(&format!("policy-{}", lane.name)) }</span>
            </div>
            <div class="bench-strip">
                { strip(lane, capacity) }
                if lane.queues.len() > 1 { <p class="bench-queues">{ queues(lane) }</p> }
            </div>
            <p class="bench-ratio"><strong>{ ratio }</strong><span>{ word("bench-hit-ratio") }</span></p>
        </li>
    }
}

fn strip(lane: &Lane, capacity: Option<u64>) -> Html {
    let per_cell = lane.per_cell.max(1);
    let places = capacity.map_or(lane.cells.len(), |capacity| capacity.div_ceil(per_cell) as usize);
    let places = places.max(lane.cells.len()).clamp(1, MOST_CELLS + 1);
    let x_of = |entry: u64| entry as f64 / per_cell as f64 * CELL;
    let cell = |place: usize| {
        let strength = lane.cells.get(place).map(strength);
        let class = match strength {
            None => "bench-free",
            Some(strength) if strength > 0.0 => "bench-read",
            Some(_) => "bench-unread",
        };
        let opacity = strength.filter(|strength| *strength > 0.0).map(|strength| format!("{strength:.2}"));
        html! {
            <rect {class} x={(place as f64 * CELL + 1.0).to_string()} y="1" width="10" height={(HEIGHT - 2.0).to_string()}
                rx="2" fill-opacity={opacity} />
        }
    };
    let starts = lane.queues.iter().map(|(_, at)| *at).filter(|at| *at > 0 && *at < lane.entries);
    let border = |at: u64| {
        let x = x_of(at);
        html! { <path class="bench-border" d={format!("M{x:.1} -2V{:.1}", HEIGHT + 3.0)} /> }
    };
    let hand = lane.hand.map(|at| x_of(at) + CELL / 2.0 * if per_cell == 1 { 1.0 } else { 0.5 });
    let last = lane.last.map(|at| x_of(at) + if per_cell == 1 { 0.0 } else { -CELL / 4.0 });
    let width = places as f64 * CELL;
    html! {
        <svg viewBox={format!("-3 -4 {} {}", width + 6.0, HEIGHT + MARKS + 4.0)} role="img" aria-label={told(lane)}
            style={format!("max-width: {}px", width.max(60.0) * 1.4)}>
            { for (0..places).map(cell) }
            { for starts.map(border) }
            if let Some(x) = last {
                <rect class="bench-last" x={format!("{x:.1}")} y="-1" width={if per_cell == 1 { "12" } else { "6" }} height={(HEIGHT + 2.0).to_string()} rx="3" />
            }
            if let Some(x) = hand {
                <path class="bench-hand" d={format!("M{x:.1} {} l5 6h-10z", HEIGHT + 1.0)} />
            }
        </svg>
    }
}

/// How strong a cell is, 0 if nobody asked for its entries again.
fn strength(&(entries, read, reads): &(u32, u32, u64)) -> f64 {
    if read == 0 || entries == 0 {
        return 0.0;
    }
    let mean = reads as f64 / f64::from(entries);
    let share = f64::from(read) / f64::from(entries);
    let often = ((1.0 + mean).ln() / (1.0 + STRONGEST).ln()).min(1.0);
    (0.25 + 0.75 * often) * (0.4 + 0.6 * share)
}

/// "protected 320 · probation 76 · window 4", as they stand from the left.
fn queues(lane: &Lane) -> String {
    let ends = lane.queues.iter().skip(1).map(|(_, at)| *at).chain([lane.entries]);
    let each = lane.queues.iter().zip(ends);
    let texts: Vec<String> = each
        .map(|((key, at), end)| format!("{} {}", place(key), number(end.saturating_sub(*at) as f64)))
        .collect();
    texts.join(" · ")
}

/// The row in words.
fn told(lane: &Lane) -> String {
    let read: u64 = lane.cells.iter().map(|(_, read, _)| u64::from(*read)).sum();
    let figures = [("entries", number(lane.entries as f64)), ("read", number(read as f64))];
    let row = say("bench-row", &figures);
    if lane.queues.len() > 1 { format!("{row} {}", queues(lane)) } else { row }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_more_is_stronger() {
        assert_eq!(strength(&(4, 0, 0)), 0.0);
        let strengths = [(4, 1, 1), (4, 2, 4), (4, 4, 16), (4, 4, 400)].map(|cell| strength(&cell));
        assert!(strengths.is_sorted() && strengths[0] > 0.1 && strengths[3] <= 1.0, "{strengths:?}");
    }

    #[test]
    fn queues_are_told_with_their_entries() {
        let lane = Lane {
            entries: 10,
            queues: vec![("place-main".into(), 0), ("place-small".into(), 9)],
            ..Lane::default()
        };
        assert_eq!(queues(&lane), "main 9 · small 1");
    }
}
