//! `<Chart>`: a chart as a component: its name and figures of now in the header, the plot, a cursor shared with the
//! other charts, and the same figures as a sentence and as a table.

use super::axis;
use super::content::{Content, Kind, Line};
use super::plot::{self, Flag};
use crate::browser::{self, Throttle};
use crate::protocol::Row;
use crate::scene::SayWith;
use crate::scene::ink::Ink;
use crate::scene::theme::Theme;
use crate::scene::theme::property;
use std::rc::Rc;
use web_sys::{HtmlCanvasElement, HtmlElement};
use yew::prelude::*;

/// Least time between two drawings, in milliseconds.
const REDRAW: f64 = 100.0;

/// Rows shared with the page; two are equal if they are the same list.
#[derive(Clone, Debug, Default)]
pub struct Rows(pub Rc<Vec<Row>>);

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A figure in the header that leads to a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Name of the line whose figure it is.
    pub line: &'static str,
    /// What the figure says, in a sentence, and what a click does.
    pub tip: String,
    /// It was clicked.
    pub on_ask: Callback<MouseEvent>,
}

/// Properties of [`Chart`]. Times are in seconds.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ChartProps {
    /// What it is about.
    pub kind: Kind,
    /// The figures.
    pub rows: Rows,
    /// Time on the screen: lines end here.
    pub now: f64,
    /// First and last second of the time axis ([`axis::time_range`]).
    pub range: (f64, f64),
    /// Statistics start here.
    pub warmup: f64,
    /// What the learner changed.
    #[prop_or_default]
    pub changes: Rc<Vec<Flag>>,
    /// What the lab does.
    #[prop_or_default]
    pub disturbances: Rc<Vec<Flag>>,
    /// Figures that lead to a request.
    #[prop_or_default]
    pub asks: Vec<Ask>,
    /// Hidden until the prediction is made.
    #[prop_or_default]
    pub veiled: bool,
    /// The time under the pointer in any of the charts.
    #[prop_or_default]
    pub cursor: Option<f64>,
    /// The pointer moved over this one, or left it.
    #[prop_or_default]
    pub on_cursor: Callback<Option<f64>>,
    /// Name of the theme: colours are read again when it changes.
    pub theme: AttrValue,
    /// Words.
    pub say: SayWith,
}

/// A chart over time.
#[component]
pub fn Chart(props: &ChartProps) -> Html {
    let say = props.say.0;
    let table = use_state(|| false);
    let content = props.kind.content(&props.rows.0, props.range.0, props.now.min(props.range.1));
    let title = say(props.kind.title(), &[]);
    if props.veiled {
        return html! {
            <section class="chart" aria-label={title.clone()}>
                <header class="chart-head"><h2>{title}</h2></header>
                <p class="chart-veil">{say("chart-veiled", &[])}</p>
            </section>
        };
    }
    let toggle = {
        let table = table.clone();
        Callback::from(move |_: MouseEvent| table.set(!*table))
    };
    html! {
        <section class={classes!("chart", (content.lines.len() > 1).then_some("chart-many"))} aria-label={label_of(&props.kind, &title)}>
            <header class="chart-head">
                <h2>{title}</h2>
                <p class="chart-now" title={say("chart-now-note", &[])}>{figures(&content, &props.asks, &props.say)}</p>
            </header>
            <button type="button" class="chart-as-table" aria-pressed={table.to_string()} onclick={toggle}>
                {say("chart-as-table", &[])}
            </button>
            if *table {
                {as_table(&content, &props.say)}
            } else {
                <Plot ..props.clone() />
            }
        </section>
    }
}

/// What the chart is called among all on the page.
fn label_of(kind: &Kind, title: &str) -> String {
    match kind {
        Kind::Pair(pair) => format!("{title}: {}", pair.names.join(", ")),
        _ => title.to_owned(),
    }
}

/// "p50 **2** · p95 **31** · p99 **45 ms**": the last first, for the style lays them out from the right and drops what
/// finds no room, so that the most important stays.
fn figures(content: &Content, asks: &[Ask], say: &SayWith) -> Html {
    let told: Vec<&Line> = content.lines.iter().filter(|line| line.told).collect();
    let last = told.len().saturating_sub(1);
    // A single figure is named by the chart's own title.
    let named = content.lines.len() > 1 || content.level.is_some();
    let unit = unit(content, say);
    let figure = |(index, line): (usize, &&Line)| {
        let value = worded(line.now, content, say);
        let strongest = line.style.ink == Ink::Accent && index == last;
        // Where several lines share the header, only the strongest has room for the unit; the axis has it too.
        let with_unit = index == last && line.now.is_some() && (strongest || last == 0);
        let text = if with_unit { format!("{value} {}", unit_of(&value, content, say)) } else { value };
        let colour = content.by_colour.then(|| ["--colour: var(", property(line.style.ink), ")"].concat());
        let told = html! {
            <>
                if named { {(say.0)(&line.name, &[])} {" "} }
                <b class={classes!(strongest.then_some("chart-strong"))} style={colour}>{text}</b>
            </>
        };
        let ask = asks.iter().find(|ask| ask.line == line.name);
        html! {
            <span class="chart-figure">
                {match ask {
                    Some(ask) => asked(told, ask),
                    None => told,
                }}
                if index < last || content.level.is_some() { {"\u{a0}·\u{a0}"} }
            </span>
        }
    };
    let level = content.level.map(|level| {
        let served = format!("{} {unit}", written(level, 0));
        html! { <span class="chart-figure">{(say.0)("chart-of-which-served", &[])}{" "}<b>{served}</b></span> }
    });
    html! { <>{level}{for told.iter().enumerate().rev().map(figure)}</> }
}

/// A figure that is a button; what it says shows while the pointer or the keyboard is on it.
fn asked(told: Html, ask: &Ask) -> Html {
    let tip = format!("ask-{}", ask.line);
    html! {
        <>
            <button type="button" class="chart-ask" aria-describedby={tip.clone()} onclick={ask.on_ask.clone()}>{told}</button>
            <span role="tooltip" class="chart-tip" id={tip}>{&ask.tip}</span>
        </>
    }
}

/// The unit in words; states have none.
fn unit(content: &Content, say: &SayWith) -> String {
    if content.levels.is_empty() { (say.0)(content.unit, &[]) } else { String::new() }
}

/// The unit of this figure: one request, two requests.
fn unit_of(figure: &str, content: &Content, say: &SayWith) -> String {
    match (figure, content.unit) {
        ("1", "unit-requests") => (say.0)("unit-request", &[]),
        ("1", "unit-writes") => (say.0)("unit-write", &[]),
        _ => unit(content, say),
    }
}

/// A value in words: a figure, the name of a state, or that there is none.
fn worded(value: Option<f64>, content: &Content, say: &SayWith) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match content.levels.get(value as usize) {
        Some(state) => (say.0)(state, &[]),
        None => written(value, content.decimals),
    }
}

fn written(value: f64, decimals: usize) -> String {
    if decimals > 0 {
        format!("{value:.decimals$}")
    } else if value < 9.95 && value.fract().abs() > 0.05 {
        format!("{value:.1}")
    } else {
        crate::scene::words::number(value)
    }
}

/// One row a second, the newest first.
fn as_table(content: &Content, say: &SayWith) -> Html {
    let count = content.lines.first().map_or(0, |line| line.values.len());
    let rows = (0..count).rev().filter(|&index| ((content.time(index) * 4.0) as u64).is_multiple_of(4)).take(600).map(|index| {
        let cell = |line: &Line| {
            html! { <td>{worded(line.values[index], content, say)}</td> }
        };
        html! {
            <tr><th scope="row">{axis::clock(content.time(index))}</th>{for content.lines.iter().map(cell)}</tr>
        }
    });
    let head = |line: &Line| html! { <th scope="col">{(say.0)(&line.name, &[])}</th> };
    html! {
        <div class="chart-table" tabindex="0">
            <table>
                <thead>
                    <tr><th scope="col">{(say.0)("chart-time", &[])}</th>{for content.lines.iter().map(head)}</tr>
                </thead>
                <tbody>{for rows}</tbody>
            </table>
        </div>
    }
}

/// One sentence: what it shows, now and at most.
pub fn describe(kind: &Kind, content: &Content, range: (f64, f64), say: &SayWith) -> String {
    let figures = |key: &str, line: &Line| {
        let now = worded(line.now, content, say);
        let most = line
            .values
            .iter()
            .copied()
            .flatten()
            .fold(None, |most: Option<f64>, value| Some(most.map_or(value, |most| most.max(value))));
        let most = worded(most, content, say);
        let name = (say.0)(&line.name, &[]);
        let unit = unit_of(&most, content, say);
        (say.0)(key, &[("name", name), ("now", now), ("most", most), ("unit", unit)])
    };
    let lines: Vec<String> = content.lines.iter().map(|line| figures("chart-sentence-line", line)).collect();
    let title = (say.0)(kind.title(), &[]);
    let span = [("title", title), ("from", axis::clock(range.0)), ("to", axis::clock(range.1))];
    format!("{} {}", (say.0)("chart-sentence", &span), lines.join(" "))
}

/// The canvas and the cursor over it.
#[component]
fn Plot(props: &ChartProps) -> Html {
    let canvas = use_node_ref();
    let latest = use_mut_ref(|| props.clone());
    *latest.borrow_mut() = props.clone();
    let bound = use_mut_ref(|| 0.0_f64);
    let throttle = use_memo((), |()| Throttle::new(REDRAW));
    {
        let (canvas, latest, bound) = (canvas.clone(), latest.clone(), bound.clone());
        let shown = (props.rows.clone(), props.kind.clone(), props.changes.clone(), props.theme.clone());
        let span = (props.range, props.now);
        use_effect_with((shown, span), move |_| {
            throttle.run(move || {
                if let Some(element) = canvas.cast::<HtmlCanvasElement>() {
                    let props = latest.borrow();
                    paint(&element, &props, &mut bound.borrow_mut());
                }
            });
        });
    }
    let content = props.kind.content(&props.rows.0, props.range.0, props.now.min(props.range.1));
    let label = describe(&props.kind, &content, props.range, &props.say);
    let on_move = {
        let (canvas, on_cursor, range) = (canvas.clone(), props.on_cursor.clone(), props.range);
        Callback::from(move |event: PointerEvent| {
            let width = canvas.cast::<HtmlElement>().map_or(0, |element| element.client_width());
            let across = f64::from(width) - plot::LEFT - plot::RIGHT;
            let share = (f64::from(event.offset_x()) - plot::LEFT) / across.max(1.0);
            on_cursor.emit((0.0..=1.0).contains(&share).then_some(range.0 + share * (range.1 - range.0)));
        })
    };
    let on_leave = props.on_cursor.reform(|_: PointerEvent| None);
    html! {
        <div class="chart-plot" onpointermove={on_move} onpointerleave={on_leave}>
            <canvas ref={canvas} class="chart-canvas" role="img" aria-label={label} />
            {props.cursor.map(|time| cursor(time, &content, props))}
        </div>
    }
}

/// The line under the pointer, and what every line of this chart was there.
fn cursor(time: f64, content: &Content, props: &ChartProps) -> Html {
    let (from, to) = props.range;
    let share = ((time - from) / (to - from)).clamp(0.0, 1.0);
    let left = format!("left: calc({}px + (100% - {}px) * {share:.4})", plot::LEFT, plot::LEFT + plot::RIGHT);
    let read = |line: &Line| {
        let value = content.index_at(time).and_then(|index| line.values[index])?;
        let name = (props.say.0)(&line.name, &[]);
        let value = worded(Some(value), content, &props.say);
        let unit = unit_of(&value, content, &props.say);
        Some(html! { <span>{name}{" "}<b>{value}</b>{" "}{unit}</span> })
    };
    let side = if share > 0.55 { "chart-cursor chart-cursor-left" } else { "chart-cursor" };
    html! {
        <div class={side} style={left} aria-hidden="true">
            <div class="chart-cursor-figures">
                <span>{axis::clock((time * 4.0).round() / 4.0)}</span>
                {for content.lines.iter().filter_map(read)}
            </div>
        </div>
    }
}

/// Draws a chart on a canvas, with an upper bound near `bound`.
pub fn paint(canvas: &HtmlCanvasElement, props: &ChartProps, bound: &mut f64) {
    let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
    if width < plot::LEFT + plot::RIGHT + 10.0 || height < plot::TOP + plot::BOTTOM + 10.0 {
        return;
    }
    let ratio = browser::drawn_ratio(canvas).max(2.0);
    browser::fit(canvas, width, height, ratio);
    let content = props.kind.content(&props.rows.0, props.range.0, props.now.min(props.range.1));
    *bound = plot::bound(&content, *bound);
    let say = props.say.0;
    let level = content.level.map_or_else(String::new, |level| {
        say("chart-level-served", &[("time", format!("{} {}", written(level, 0), say(content.unit, &[])))])
    });
    let names: Vec<String> = content.lines.iter().map(|line| say(&line.name, &[])).collect();
    let frame = plot::Frame {
        from: props.range.0,
        to: props.range.1.max(props.range.0 + 0.25),
        most: *bound,
        warmup: props.warmup,
        changes: &props.changes,
        disturbances: &props.disturbances,
        unit: &unit(&content, &props.say),
        levels: &content.levels.iter().map(|state| say(state, &[])).collect::<Vec<_>>(),
        level: &level,
        names: &names,
    };
    plot::draw(canvas, &Theme::read(), &content, &frame, ratio);
}
