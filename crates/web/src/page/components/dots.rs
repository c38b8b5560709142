//! All requests so far as a hundred dots: one dot a request of a hundred, piled up where it took as long, and the mean
//! standing where it stands, which is often where hardly any dot is.
//!
//! Times stand on a logarithmic axis from 0.1 ms (what is quicker stands at its left end) to 10 s. Drawing costs one pass
//! over the dots. Looked at twice a second; left out: which requests the dots are.

use super::Page;
use crate::page::format;
use crate::page::store::Action;
use crate::page::words::{say, word};
use crate::protocol::Dots as Spread;
use gloo::timers::callback::Interval;
use yew::prelude::*;

/// Size of the picture's own units: a dot is ten wide.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 150.0;
const PITCH: f64 = 10.0;
/// Room under the dots for the axis.
const FOOT: f64 = 20.0;
/// Ends of the axis, in microseconds.
const SHORTEST: f64 = 1e2;
const LONGEST: f64 = 1e7;

/// Properties of [`Dots`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct DotsProps {
    /// The page.
    pub page: Page,
    /// Whether the open question hides it.
    pub veiled: bool,
}

/// The hundred dots.
#[component]
pub(super) fn Dots(props: &DotsProps) -> Html {
    let page = &props.page;
    let dispatch = page.dispatch.clone();
    use_effect_with(page.state.run, move |_| {
        let interval = Interval::new(500, move || dispatch.emit(Action::CountDots));
        move || drop(interval)
    });
    let spread = &page.state.dots;
    let title = word("chart-dots");
    let content = if props.veiled {
        html! { <p class="chart-veil">{ word("chart-veiled") }</p> }
    } else if spread.latencies_us.is_empty() {
        html! { <p class="dots-none">{ word("no-requests-yet") }</p> }
    } else {
        html! {
            <>
                <p class="hidden">{ sentence(spread) }</p>
                { picture(spread) }
            </>
        }
    };
    html! {
        <section class="chart" aria-label={title.clone()}>
            <header class="chart-head">
                <h2>{ title }</h2>
                if let (false, Some(mean)) = (props.veiled, spread.mean_us) {
                    <p class="chart-now"><span>{ word("chart-mean") }{ " " }<b>{ format::duration(mean) }</b></span></p>
                }
            </header>
            { content }
        </section>
    }
}

/// Where a latency stands, from 0 to 1.
fn across(micros: f64) -> f64 {
    ((micros.max(1.0) / SHORTEST).ln() / (LONGEST / SHORTEST).ln()).clamp(0.0, 1.0)
}

/// The middle of each dot.
fn piles(latencies: &[f64]) -> Vec<(f64, f64)> {
    let columns = (WIDTH / PITCH) as usize;
    let mut heights = vec![0.0; columns];
    let columns_of: Vec<usize> = latencies
        .iter()
        .map(|latency| ((across(*latency) * WIDTH / PITCH) as usize).min(columns - 1))
        .collect();
    for column in &columns_of {
        heights[*column] += 1.0;
    }
    // A pile that is too high is pressed together.
    let highest = heights.iter().fold(1.0_f64, |most, height| most.max(*height));
    let step = PITCH.min((HEIGHT - FOOT - PITCH) / highest);
    let mut stands = vec![0.0; columns];
    let place = |column: usize| {
        let below: f64 = stands[column];
        stands[column] += 1.0;
        ((column as f64 + 0.5) * PITCH, HEIGHT - FOOT - PITCH / 2.0 - below * step)
    };
    columns_of.into_iter().map(place).collect()
}

fn picture(spread: &Spread) -> Html {
    let dots = piles(&spread.latencies_us);
    let foot = HEIGHT - FOOT;
    let tick = |micros: f64| {
        let x = across(micros) * WIDTH;
        let anchor = if x < 1.0 {
            "start"
        } else if x > WIDTH - 1.0 {
            "end"
        } else {
            "middle"
        };
        html! { <text x={x.to_string()} y={(HEIGHT - 4.0).to_string()} text-anchor={anchor}>{ format::duration(micros) }</text> }
    };
    html! {
        <svg class="dots" viewBox={format!("0 0 {WIDTH} {HEIGHT}")} aria-hidden="true">
            <line class="dots-axis" x1="0" x2={WIDTH.to_string()} y1={foot.to_string()} y2={foot.to_string()} />
            { for [1e2, 1e3, 1e4, 1e5, 1e6, 1e7].into_iter().map(tick) }
            { for dots.into_iter().map(|(x, y)| html! { <circle cx={x.to_string()} cy={y.to_string()} r="4" /> }) }
            if let Some(mean) = spread.mean_us {
                <line class="dots-mean" x1={(across(mean) * WIDTH).to_string()} x2={(across(mean) * WIDTH).to_string()} y1="0" y2={foot.to_string()} />
                <text class="dots-mean-name" x={(across(mean) * WIDTH + 5.0).to_string()} y="12">{ word("chart-mean") }</text>
            }
        </svg>
    }
}

fn sentence(spread: &Spread) -> String {
    let at = |index: usize| {
        spread.latencies_us.get(index).map_or_else(String::new, |time| format::duration(*time))
    };
    let mean = spread.mean_us.map_or_else(String::new, format::duration);
    let last = spread.latencies_us.len().saturating_sub(1);
    let figures =
        [("half", at(49)), ("most", at(94)), ("nearly", at(98)), ("slowest", at(last)), ("mean", mean)];
    say("dots-sentence", &figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_stand_where_they_took_as_long_and_within_the_picture() {
        let latencies: Vec<f64> =
            (0..95).map(|n| 8e3 + f64::from(n)).chain([2e5, 5e5, 1e6, 2e7, 0.0]).collect();
        let dots = piles(&latencies);
        assert_eq!(dots.len(), 100);
        assert!(
            dots.iter().all(|(x, y)| (0.0..=WIDTH).contains(x) && (0.0..=HEIGHT - FOOT).contains(y)),
            "{dots:?}"
        );
        assert!(dots[..95].iter().all(|(x, _)| *x == dots[0].0), "one pile");
        assert!(dots[95].0 < dots[96].0 && dots[96].0 < dots[97].0 && dots[97].0 < dots[98].0);
        assert_eq!(dots[99].0, PITCH / 2.0, "what is quicker than the axis stands at its left end");
    }
}
