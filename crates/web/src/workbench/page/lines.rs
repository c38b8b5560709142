//! The two charts: hit ratio over the trace, and miss ratio over the size of the cache; each also as a table.
//!
//! Lines are told apart by colour and dashes, as in the lanes. Costs: a path of at most 200 points per line, made anew
//! when the figures change.

use super::Part;
use super::names::{line, sample, title_of};
use super::transport::written;
use crate::page::format::{figure, number};
use crate::page::words::{say, word};
use crate::workbench::protocol::Lane;
use yew::prelude::*;

/// The plot within a chart's 520 x 230, in its own units.
const LEFT: f64 = 44.0;
const RIGHT: f64 = 508.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 196.0;

/// Where a share of 0 to 1 stands.
fn y_of(share: f64) -> f64 {
    BOTTOM - share.clamp(0.0, 1.0) * (BOTTOM - TOP)
}

/// A horizontal axis.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Axis {
    /// From 0 on.
    Linear(f64),
    /// From the first to the second, in equal factors.
    Log(f64, f64),
}

impl Axis {
    fn x_of(self, value: f64) -> f64 {
        let share = match self {
            Axis::Linear(most) => value / most.max(1.0),
            Axis::Log(least, most) if most > least => (value / least).ln() / (most / least).ln(),
            Axis::Log(..) => 0.5,
        };
        LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    /// Values worth a label.
    fn ticks(self) -> Vec<f64> {
        match self {
            Axis::Linear(most) => {
                let mut ticks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share * most).round()).to_vec();
                ticks.dedup();
                ticks
            }
            Axis::Log(least, most) => {
                let powers = (0..13).map(|power| 10f64.powi(power));
                let mut ticks: Vec<f64> = powers.filter(|tick| *tick >= least && *tick <= most).collect();
                if ticks.len() < 2 {
                    ticks = vec![least, most];
                }
                ticks.dedup();
                ticks
            }
        }
    }
}

/// A path through the points, broken where one is missing.
fn path(points: impl Iterator<Item = Option<(f64, f64)>>) -> String {
    let mut text = String::new();
    let mut is_down = false;
    for point in points {
        match point {
            Some((x, y)) => {
                text.push_str(&format!("{}{x:.1} {y:.1}", if is_down { "L" } else { "M" }));
                is_down = true;
            }
            None => is_down = false,
        }
    }
    text
}

/// A contender's name, and its points: place on the axis and share.
type Line = (String, Vec<(f64, Option<f64>)>);

/// What a chart is drawn of.
struct Figures {
    title: String,
    axis: Axis,
    x_title: String,
    x_text: fn(f64) -> String,
    lines: Vec<Line>,
    /// A line down at this place.
    mark: Option<f64>,
    /// Beside the title.
    note: String,
}

/// Hit ratio over the trace.
#[component]
pub(super) fn OverTime(part: &Part) -> Html {
    let table = use_state(|| false);
    let stand = &part.bench.stand;
    let accesses = part.bench.about.as_ref().map_or(0, |about| about.accesses);
    let point = |(window, ratio): (usize, &Option<f64>)| {
        let middle = (window as f64 + 0.5) * stand.width as f64;
        (middle.min(accesses as f64), *ratio)
    };
    let lines = stand.lanes.iter();
    let lines = lines.map(|lane| (lane.name.clone(), lane.ratios.iter().enumerate().map(point).collect()));
    chart(
        &table,
        Figures {
            title: word("bench-over-time"),
            axis: Axis::Linear(accesses as f64),
            x_title: word("bench-axis-accesses"),
            x_text: number,
            lines: lines.collect(),
            mark: (accesses > 0).then_some(stand.at as f64),
            note: String::new(),
        },
    )
}

/// Miss ratio over the size of the cache.
#[component]
pub(super) fn OverSize(part: &Part) -> Html {
    let table = use_state(|| false);
    let bench = &part.bench;
    let mut lines: Vec<Line> =
        bench.settings.contenders.iter().map(|it| (it.name().to_owned(), Vec::new())).collect();
    for (contender, size, ratio) in bench.curve.iter() {
        if let Some((_, points)) = lines.get_mut(*contender as usize) {
            points.push((*size as f64, Some(*ratio)));
        }
    }
    for (_, points) in &mut lines {
        headroom_core::sort::by_key(points, |(size, _)| headroom_core::sort::Total(*size));
    }
    let sizes = || bench.curve.iter().map(|(_, size, _)| *size as f64);
    let (least, most) = (sizes().fold(f64::INFINITY, f64::min), sizes().fold(1.0, f64::max));
    let in_bytes = bench.settings.in_bytes;
    let is_under_way = bench.about.is_some() && bench.curve_done < 1.0;
    let note = if is_under_way {
        say("bench-curve-at", &[("done", number((bench.curve_done * 100.0).floor()))])
    } else {
        String::new()
    };
    chart(
        &table,
        Figures {
            title: word("bench-over-size"),
            axis: Axis::Log(least.min(most), most),
            x_title: word(if in_bytes { "bench-axis-bytes" } else { "bench-axis-entries" }),
            x_text: if in_bytes { |size| written(size as u64) } else { number },
            lines,
            mark: bench.about.is_some().then_some(bench.settings.capacity as f64),
            note,
        },
    )
}

fn chart(table: &UseStateHandle<bool>, figures: Figures) -> Html {
    let toggle = {
        let table = table.clone();
        Callback::from(move |_: MouseEvent| table.set(!*table))
    };
    html! {
        <section class="bench-chart" aria-label={figures.title.clone()}>
            <header>
                <h2>{ &figures.title }</h2>
                <p class="bench-note">{ &figures.note }</p>
                <button type="button" class="quiet" aria-pressed={table.to_string()} onclick={toggle}>{ word("bench-as-table") }</button>
            </header>
            if **table { { as_table(&figures) } } else { { drawn(&figures) } }
        </section>
    }
}

fn drawn(figures: &Figures) -> Html {
    let label = |share: f64| {
        html! {
            <>
                <path class="bench-grid" d={format!("M{LEFT} {y:.1}H{RIGHT}", y = y_of(share))} />
                <text x={(LEFT - 8.0).to_string()} y={(y_of(share) + 4.0).to_string()} text-anchor="end">{ number(share * 100.0) }</text>
            </>
        }
    };
    let axis = figures.axis;
    let tick = |value: f64| {
        let x = axis.x_of(value);
        let anchor = if x > RIGHT - 20.0 {
            "end"
        } else if x < LEFT + 20.0 {
            "start"
        } else {
            "middle"
        };
        html! { <text x={format!("{x:.1}")} y="212" text-anchor={anchor}>{ (figures.x_text)(value) }</text> }
    };
    let drawn = |(place, (_, points)): (usize, &Line)| {
        let (stroke, dashes) = line(place);
        let d = path(points.iter().map(|(x, share)| share.map(|share| (axis.x_of(*x), y_of(share)))));
        html! { <path {d} {stroke} stroke-dasharray={dashes} stroke-width="2" fill="none" stroke-linejoin="round" /> }
    };
    html! {
        <>
            <svg viewBox="0 0 520 230" role="img" aria-label={in_words(figures)}>
                <text x="0" y={(TOP - 3.0).to_string()}>{ "%" }</text>
                { for [0.0, 0.5, 1.0].into_iter().map(label) }
                { for axis.ticks().into_iter().map(tick) }
                <text x={RIGHT.to_string()} y="227" text-anchor="end">{ &figures.x_title }</text>
                if let Some(mark) = figures.mark {
                    <path class="bench-mark" d={format!("M{x:.1} {TOP}V{BOTTOM}", x = axis.x_of(mark))} />
                }
                { for figures.lines.iter().enumerate().map(drawn) }
            </svg>
            <ul class="bench-key">
                { for figures.lines.iter().enumerate().map(|(place, (name, _))| html! { <li>{ sample(place) }{ title_of(name) }</li> }) }
            </ul>
        </>
    }
}

/// The lines' ends as a sentence.
fn in_words(figures: &Figures) -> String {
    let ends: Vec<String> = figures
        .lines
        .iter()
        .filter_map(|(name, points)| {
            let share = points.iter().rev().find_map(|(_, share)| *share)?;
            Some(format!("{} {}", title_of(name), figure(share * 100.0, "%")))
        })
        .collect();
    format!("{}. {}", figures.title, say("bench-chart-ends", &[("figures", ends.join(", "))]))
}

fn as_table(figures: &Figures) -> Html {
    let mut places: Vec<f64> = figures.lines.iter().flat_map(|(_, points)| points).map(|(x, _)| *x).collect();
    headroom_core::sort::by_key(&mut places, |x| headroom_core::sort::Total(*x));
    places.dedup();
    // Two hundred windows are more than one reads.
    let step = places.len().div_ceil(25).max(1);
    let row = |x: f64| {
        let cell = |(_, points): &Line| {
            let share = points.iter().find(|(at, _)| *at == x).and_then(|(_, share)| *share);
            html! { <td>{ share.map_or_else(|| "–".to_owned(), |share| figure(share * 100.0, "%")) }</td> }
        };
        html! { <tr><th scope="row">{ (figures.x_text)(x) }</th>{ for figures.lines.iter().map(cell) }</tr> }
    };
    html! {
        <div class="bench-table" tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{ &figures.x_title }</th>
                        { for figures.lines.iter().map(|(name, _)| html! { <th scope="col">{ title_of(name) }</th> }) }
                    </tr>
                </thead>
                <tbody>{ for places.into_iter().step_by(step).map(row) }</tbody>
            </table>
        </div>
    }
}

/// Exact figures of every lane.
#[component]
pub(super) fn Exact(part: &Part) -> Html {
    let lanes = &part.bench.stand.lanes;
    let has_bytes = part.bench.about.as_ref().is_some_and(|about| about.bytes.is_some());
    let row = |lane: &Lane| {
        let ratio = |misses: u64, requests: u64| {
            // As the command line writes it, to the last digit.
            if requests == 0 { "–".to_owned() } else { (misses as f64 / requests as f64).to_string() }
        };
        html! {
            <tr key={lane.name.clone()} data-policy={lane.name.clone()}>
                <th scope="row">{ title_of(&lane.name) }</th>
                <td>{ number(lane.requests as f64) }</td>
                <td>{ number(lane.misses as f64) }</td>
                <td class="bench-miss-ratio">{ ratio(lane.misses, lane.requests) }</td>
                if has_bytes { <td>{ ratio(lane.missed_bytes, lane.bytes) }</td> }
            </tr>
        }
    };
    html! {
        <details class="bench-exact">
            <summary>{ word("bench-exact") }</summary>
            <div class="bench-table" tabindex="0">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{ word("bench-policy") }</th>
                            <th scope="col">{ word("bench-requests") }</th>
                            <th scope="col">{ word("bench-misses") }</th>
                            <th scope="col">{ word("bench-miss-ratio") }</th>
                            if has_bytes { <th scope="col">{ word("bench-byte-miss-ratio") }</th> }
                        </tr>
                    </thead>
                    <tbody>{ for lanes.iter().map(row) }</tbody>
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_break_where_nothing_was_read() {
        let points = [Some((0.0, 1.0)), Some((1.0, 2.0)), None, Some((3.0, 4.0))];
        assert_eq!(path(points.into_iter()), "M0.0 1.0L1.0 2.0M3.0 4.0");
    }

    #[test]
    fn axes_stay_inside_and_rise() {
        for axis in
            [Axis::Linear(400_000.0), Axis::Log(40.0, 39_212.0), Axis::Log(1.0, 1.0), Axis::Linear(0.0)]
        {
            let places: Vec<f64> = axis.ticks().iter().map(|tick| axis.x_of(*tick)).collect();
            assert!(places.is_sorted() && !places.is_empty(), "{axis:?}: {places:?}");
            assert!(places.iter().all(|x| (LEFT..=RIGHT).contains(x)), "{axis:?}: {places:?}");
        }
    }
}
