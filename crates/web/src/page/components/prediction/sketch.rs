//! A curve through a few points: drawn by pointer or by one slider a point, then the true one over it.
//!
//! Points stand side by side at equal distances, whatever they are; heights are spread as the lab says. The picture
//! stretches to the width there is, so it holds lines only, and words stand beside it. Where values have names, each has a
//! stripe of the height, and the line goes in steps.

use super::super::Page;
use crate::page::format;
use crate::page::store::Action;
use crate::page::value::Span;
use crate::page::words::{say, word};
use headroom_labs::Sketch;
use web_sys::{Element, HtmlInputElement, PointerEvent};
use yew::prelude::*;

/// Size of the picture's own units.
const WIDTH: f64 = 280.0;
const HEIGHT: f64 = 140.0;

/// The curve under the pointer, with a slider for each of its points.
pub(super) fn draw(page: &Page, sketch: &Sketch, unit: &str, curve: &[f64]) -> Html {
    let span = Span::of(sketch);
    let point = |(index, value): (usize, &f64)| point_slider(page, sketch, unit, span, index, *value);
    let onpointerdown = touch(page, sketch, curve.len(), true);
    let onpointermove = touch(page, sketch, curve.len(), false);
    html! {
        <div class="sketch">
            <p class="dim hint-line">{ word("draw-or-slide") }</p>
            <div class="sketch-picture" {onpointerdown} {onpointermove}>
                { ends(sketch, unit) }{ picture(sketch, Some(curve), None) }
            </div>
            { labels(sketch) }
            <p class="dim hint-line">{ sketch.along.plain() }</p>
            <div class="sketch-points">{ for curve.iter().enumerate().map(point) }</div>
        </div>
    }
}

/// Both curves and their figures.
pub(super) fn answered(sketch: &Sketch, unit: &str, said: Option<&[f64]>, was: &[f64]) -> Html {
    let row = |(index, point): (usize, &headroom_labs::Point)| {
        let figure = |curve: &[f64]| curve.get(index).map(|value| told(sketch, unit, *value));
        html! {
            <tr key={index}>
                <th scope="row">{ &point.label }</th>
                if let Some(said) = said { <td>{ figure(said) }</td> }
                <td><strong>{ figure(was) }</strong></td>
            </tr>
        }
    };
    html! {
        <div class="sketch">
            <div class="sketch-picture">{ ends(sketch, unit) }{ picture(sketch, said, Some(was)) }</div>
            { labels(sketch) }
            <table class="sketch-table">
                <caption class="dim">{ sketch.along.plain() }</caption>
                <thead>
                    <tr>
                        <td></td>
                        if said.is_some() { <th scope="col"><span class="said-line" aria-hidden="true"></span>{ word("you-said") }</th> }
                        <th scope="col"><span class="was-line" aria-hidden="true"></span>{ word("it-was") }</th>
                    </tr>
                </thead>
                <tbody>{ for sketch.points.iter().enumerate().map(row) }</tbody>
            </table>
        </div>
    }
}

/// A figure, or the name of one that has a name.
fn told(sketch: &Sketch, unit: &str, value: f64) -> String {
    sketch.level(value).map_or_else(|| format::figure(value, unit), str::to_owned)
}

/// The heights of the picture: a stripe for each value that has a name.
fn heights(sketch: &Sketch) -> Span {
    let around = if sketch.levels.is_empty() { 0.0 } else { 0.5 };
    let span = Span::of(sketch);
    Span { min: span.min - around, max: span.max + around, ..span }
}

fn picture(sketch: &Sketch, said: Option<&[f64]>, was: Option<&[f64]>) -> Html {
    let (span, stripes) = (heights(sketch), sketch.levels.len());
    let place = |count: usize, index: f64, value: f64| {
        (index / count as f64 * WIDTH, HEIGHT * (1.0 - span.filled(value) / 100.0))
    };
    // A step has two ends, a point is in the middle.
    let within: &[f64] = if stripes > 0 { &[0.0, 1.0] } else { &[0.5] };
    let line = |curve: &[f64]| {
        let points = curve.iter().enumerate().flat_map(|(index, value)| {
            within.iter().map(move |within| place(curve.len(), index as f64 + within, *value))
        });
        points.map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
    };
    let parts = if stripes > 0 { stripes } else { 4 };
    let grid = (1..parts).map(|part| part as f64 / parts as f64 * HEIGHT);
    html! {
        <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
            { for grid.map(|y| html! {
                <line x1="0" x2={WIDTH.to_string()} y1={y.to_string()} y2={y.to_string()} class="grid-line" vector-effect="non-scaling-stroke" />
            }) }
            if let Some(said) = said { <polyline points={line(said)} class="said-line" vector-effect="non-scaling-stroke" /> }
            if let Some(was) = was { <polyline points={line(was)} class="was-line" vector-effect="non-scaling-stroke" /> }
            // Dots as lines of no length: they stay round however the picture is stretched.
            if was.is_none() {
                { for said.into_iter().flatten().enumerate().map(|(index, value)| {
                    let (x, y) = place(said.map_or(1, <[f64]>::len), index as f64 + 0.5, *value);
                    html! { <path d={format!("M{x:.1} {y:.1}h0")} class="sketch-dot" vector-effect="non-scaling-stroke" /> }
                }) }
            }
        </svg>
    }
}

/// What the upper and the lower edge stand for, or each stripe.
fn ends(sketch: &Sketch, unit: &str) -> Html {
    if !sketch.levels.is_empty() {
        let stripe = 100.0 / sketch.levels.len() as f64;
        let level = |(index, level): (usize, &String)| {
            let style = format!("bottom: {:.1}%", stripe * (index as f64 + 0.6));
            html! { <span class="sketch-end level" {style} aria-hidden="true">{ level }</span> }
        };
        return html! { <>{ for sketch.levels.iter().enumerate().map(level) }</> };
    }
    html! {
        <>
            <span class="sketch-end" aria-hidden="true">{ format::figure(sketch.max, unit) }</span>
            <span class="sketch-end low" aria-hidden="true">{ format::figure(sketch.min, unit) }</span>
        </>
    }
}

fn labels(sketch: &Sketch) -> Html {
    html! {
        <div class="sketch-labels" aria-hidden="true">
            { for sketch.points.iter().map(|point| html! { <span>{ &point.label }</span> }) }
        </div>
    }
}

/// A pointer that is down sets the point nearest to it.
fn touch(page: &Page, sketch: &Sketch, count: usize, down: bool) -> Callback<PointerEvent> {
    let dispatch = page.dispatch.clone();
    let (span, named) = (heights(sketch), !sketch.levels.is_empty());
    let (least, most) = (sketch.min, sketch.max);
    Callback::from(move |event: PointerEvent| {
        // The picture itself: nothing in it takes the pointer, and yew listens further out.
        let Some(picture) = event.target_dyn_into::<Element>() else { return };
        if down {
            // Without it the line ends where the pointer leaves the picture; that is all.
            let _ = picture.set_pointer_capture(event.pointer_id());
        } else if event.buttons() & 1 == 0 {
            return;
        }
        let bounds = picture.get_bounding_client_rect();
        let across = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
        let up = 1.0 - (f64::from(event.client_y()) - bounds.top()) / bounds.height().max(1.0);
        let index = (across * count as f64).clamp(0.0, count as f64 - 1.0) as usize;
        let (from, to, _) = span.attributes();
        let value = span.value(from + up.clamp(0.0, 1.0) * (to - from));
        let value = if named { value.round().clamp(least, most) } else { value };
        dispatch.emit(Action::Draw(index, value));
    })
}

fn point_slider(page: &Page, sketch: &Sketch, unit: &str, span: Span, index: usize, value: f64) -> Html {
    let label = sketch.points.get(index).map(|point| point.label.clone()).unwrap_or_default();
    let shown = told(sketch, unit, value);
    let span = if sketch.levels.is_empty() { span } else { Span { step: 1.0, ..span } };
    let (min, max, step) = span.attributes();
    let dispatch = page.dispatch.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            dispatch.emit(Action::Draw(index, span.turned(value, input.value_as_number())));
        }
    });
    html! {
        <label class="sketch-point" key={index}>
            <span>{ say("sketch-point", &[("at", label)]) }</span>
            <input type="range" class="slider" min={min.to_string()} max={max.to_string()} step={step.to_string()}
                value={span.position(value).to_string()} style={format!("--filled: {:.2}%", span.filled(value))}
                aria-valuetext={shown.clone()} {oninput} />
            <output>{ shown }</output>
        </label>
    }
}
