//! Draws a chart's content on a canvas with plotters.
//!
//! Plotters does coordinates, bands, grid and lines. Text and dashes are the canvas's own: plotters measures fonts
//! of its own and rounds to whole pixels, which shows at 12 px. For the same reason the canvas gets at least two
//! pixels for each one on the screen, so that thin lines stay smooth.

use super::axis::{self, round_most};
use super::content::{Content, Line};
use crate::scene::ink::Ink;
use crate::scene::theme::Theme;
use headroom_core::sort;
use js_sys::Array;
use plotters::prelude::*;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d as Context, HtmlCanvasElement};

/// Space left of the plot, for labels of the value axis, in CSS pixels.
pub const LEFT: f64 = 52.0;
/// Space right of it.
pub const RIGHT: f64 = 12.0;
/// Space above it, for the unit and for flags.
pub const TOP: f64 = 22.0;
/// Where labels of flags stand, from the top.
const ROWS: [f64; 2] = [TOP - 4.0, TOP + 10.0];
/// Space below it, for times.
pub const BOTTOM: f64 = 24.0;

/// A moment worth a mark on the time axis, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// When.
    pub at: f64,
    /// How long it lasts; 0 for a change that stays.
    pub lasts: f64,
    /// Such as "capacity → 500" or "×5".
    pub label: String,
}

/// The axes and what stands on them.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame<'a> {
    /// First second shown.
    pub from: f64,
    /// Last second shown.
    pub to: f64,
    /// Upper bound of the values.
    pub most: f64,
    /// Statistics start here.
    pub warmup: f64,
    /// What the learner changed.
    pub changes: &'a [Flag],
    /// What the lab does.
    pub disturbances: &'a [Flag],
    /// The unit, in words.
    pub unit: &'a str,
    /// What the level is, in words.
    pub level: &'a str,
    /// Names of the lines, in words, in their order.
    pub names: &'a [String],
    /// Names of the values 0, 1, 2 ..., in words, where they are states.
    pub levels: &'a [String],
}

impl Frame<'_> {
    /// Where the value axis has lines.
    fn rungs(&self) -> Vec<f64> {
        match self.levels.len() {
            0 => [0.0, 0.5, 1.0].map(|share| self.most * share).to_vec(),
            count => (0..count).map(|level| level as f64).collect(),
        }
    }
}

/// Chooses an upper bound.
pub fn bound(content: &Content, present: f64) -> f64 {
    content.bound.unwrap_or_else(|| round_most(content.most(), present))
}

/// Draws; gives up silently where the canvas has no context, as there is nobody to tell.
pub fn draw(canvas: &HtmlCanvasElement, theme: &Theme, content: &Content, frame: &Frame, ratio: f64) {
    let size = (f64::from(canvas.width()) / ratio, f64::from(canvas.height()) / ratio);
    let (Some(context), Some(backend)) = (context(canvas), CanvasBackend::with_canvas_object(canvas.clone()))
    else {
        return;
    };
    let _ = context.reset_transform();
    context.clear_rect(0.0, 0.0, f64::from(canvas.width()), f64::from(canvas.height()));
    context.set_line_join("round");
    let sheet = Sheet { context: &context, theme, content, frame, ratio, size };
    // Drawing on a canvas cannot fail but for a missing context, which was asked for above.
    let _ = sheet.plot(backend);
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    sheet.labels();
    let _ = context.reset_transform();
}

fn context(canvas: &HtmlCanvasElement) -> Option<Context> {
    canvas.get_context("2d").ok().flatten()?.dyn_into().ok()
}

struct Sheet<'a> {
    context: &'a Context,
    theme: &'a Theme,
    content: &'a Content,
    frame: &'a Frame<'a>,
    ratio: f64,
    size: (f64, f64),
}

type Area<'a> = DrawingAreaErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>;
type Chart<'a> = ChartContext<
    'a,
    CanvasBackend,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

impl Sheet<'_> {
    fn plot(&self, backend: CanvasBackend) -> Result<(), Area<'_>> {
        let root = backend.into_drawing_area();
        let scaled = |pixels: f64| (pixels * self.ratio).round() as i32;
        let mut chart = ChartBuilder::on(&root)
            .margin_left(scaled(LEFT))
            .margin_right(scaled(RIGHT))
            .margin_top(scaled(TOP))
            .margin_bottom(scaled(BOTTOM))
            .build_cartesian_2d(self.frame.from..self.frame.to, 0.0..self.frame.most)?;
        self.bands(&mut chart)?;
        self.grid(&mut chart)?;
        for line in &self.content.lines {
            self.line(&mut chart, line)?;
        }
        self.level(&mut chart)?;
        self.dashes(&[3.0, 3.0]);
        self.moments(&mut chart, self.frame.changes, Ink::Text)?;
        self.moments(&mut chart, self.frame.disturbances, Ink::Saturated)?;
        self.dashes(&[]);
        root.present()
    }

    fn shown<'b>(&self, flags: &'b [Flag]) -> impl Iterator<Item = &'b Flag> {
        let (from, to) = (self.frame.from, self.frame.to);
        flags.iter().filter(move |flag| flag.at + flag.lasts >= from && flag.at <= to)
    }

    /// Lines at the times of flags; what lasts is a band already.
    fn moments(&self, chart: &mut Chart, flags: &[Flag], ink: Ink) -> Result<(), Area<'_>> {
        for flag in self.shown(flags).filter(|flag| flag.lasts == 0.0) {
            let ends = vec![(flag.at, 0.0), (flag.at, self.frame.most)];
            self.path(chart, ends, self.colour(ink, 0.8), 1.4)?;
        }
        Ok(())
    }

    /// Warm-up and disturbances.
    fn bands(&self, chart: &mut Chart) -> Result<(), Area<'_>> {
        let mut bands = Vec::new();
        let mut band = |from: f64, to: f64, colour: RGBAColor| {
            let (from, to) = (from.max(self.frame.from), to.min(self.frame.to));
            if to > from {
                bands.push(Rectangle::new([(from, 0.0), (to, self.frame.most)], colour.filled()));
            }
        };
        band(0.0, self.frame.warmup, self.colour(Ink::Accent, 0.07));
        for flag in self.frame.disturbances {
            band(flag.at, flag.at + flag.lasts, self.colour(Ink::Saturated, 0.16));
        }
        chart.draw_series(bands)?;
        Ok(())
    }

    fn grid(&self, chart: &mut Chart) -> Result<(), Area<'_>> {
        for y in self.frame.rungs() {
            self.path(
                chart,
                vec![(self.frame.from, y), (self.frame.to, y)],
                self.colour(Ink::Line, 1.0),
                1.0,
            )?;
        }
        Ok(())
    }

    fn line(&self, chart: &mut Chart, line: &Line) -> Result<(), Area<'_>> {
        let dash = line.style.dash;
        if dash > 0.0 {
            self.dashes(&[dash, dash.min(4.0)]);
        }
        let colour = self.colour(line.style.ink, line.style.strength);
        let columns = (self.size.0 * 2.0).max(50.0) as usize;
        for run in runs(line, self.content, columns) {
            let clipped = run.into_iter().map(|(time, value)| (time, value.min(self.frame.most))).collect();
            self.path(chart, clipped, colour, line.style.width)?;
        }
        self.dashes(&[]);
        Ok(())
    }

    fn level(&self, chart: &mut Chart) -> Result<(), Area<'_>> {
        let Some(level) = self.content.level else { return Ok(()) };
        self.dashes(&[4.0, 3.0]);
        let until = self.level_end();
        self.path(chart, vec![(self.frame.from, level), (until, level)], self.colour(Ink::Dim, 1.0), 1.2)?;
        self.dashes(&[]);
        Ok(())
    }

    /// The level ends where the lines do, so that its name stands behind it.
    fn level_end(&self) -> f64 {
        let values = self.content.lines.first().map_or(0, |line| line.values.len());
        let span = self.frame.to - self.frame.from;
        let reached = if values > 0 { self.content.time(values - 1) } else { self.frame.from };
        reached.clamp(self.frame.from + span * 0.1, self.frame.to - span * 0.15)
    }

    fn path(
        &self,
        chart: &mut Chart,
        points: Vec<(f64, f64)>,
        colour: RGBAColor,
        width: f64,
    ) -> Result<(), Area<'_>> {
        let width = (width * self.ratio).round().max(1.0) as u32;
        chart.draw_series(LineSeries::new(points, colour.stroke_width(width)))?;
        Ok(())
    }

    fn dashes(&self, lengths: &[f64]) {
        let lengths: Array = lengths.iter().map(|length| JsValue::from_f64(length * self.ratio)).collect();
        let _ = self.context.set_line_dash(&lengths);
    }

    fn colour(&self, ink: Ink, alpha: f64) -> RGBAColor {
        let (red, green, blue) = self.theme.rgb(ink);
        RGBAColor(red, green, blue, alpha)
    }

    fn labels(&self) {
        let (width, height) = self.size;
        let (right, bottom) = (width - RIGHT, height - BOTTOM);
        let x_of =
            |time: f64| LEFT + (time - self.frame.from) / (self.frame.to - self.frame.from) * (right - LEFT);
        let y_of = |value: f64| bottom - value / self.frame.most * (bottom - TOP);
        self.context.set_font(&self.theme.font(11.5, false));
        self.ink(Ink::Dim);
        for (index, value) in self.frame.rungs().into_iter().enumerate() {
            match self.frame.levels.get(index) {
                // A name is wider than a figure: it stands over its line, from the edge on.
                Some(name) => self.text(name, 0.0, y_of(value) - 4.0, "left"),
                None => {
                    self.text(&axis::label(value, self.frame.most), LEFT - 8.0, y_of(value) + 4.0, "right")
                }
            }
        }
        // A long unit begins at the edge, a short one ends over the figures.
        let width = self.context.measure_text(self.frame.unit).map_or(0.0, |measured| measured.width());
        self.text(self.frame.unit, (LEFT - 8.0 - width).max(0.0), TOP - 10.0, "left");
        let most_labels = ((right - LEFT) / 76.0).floor().clamp(2.0, 8.0) as usize;
        for time in axis::time_ticks(self.frame.from, self.frame.to, most_labels) {
            let align = if x_of(time) > right - 18.0 { "right" } else { "center" };
            let x = if align == "right" { right } else { x_of(time).max(LEFT + 12.0) };
            self.text(&axis::clock(time), x, height - 6.0, align);
        }
        if let Some(level) = self.content.level {
            let behind = x_of(self.level_end()) + 8.0;
            let width = self.context.measure_text(self.frame.level).map_or(0.0, |measured| measured.width());
            if behind + width <= self.size.0 {
                self.text(self.frame.level, behind, y_of(level) + 3.0, "left");
            } else {
                self.text(self.frame.level, right, y_of(level) - 5.0, "right");
            }
        }
        self.untold(&x_of, &y_of);
        self.flags(x_of, right);
    }

    /// A line whose figure is not in the header, or one of many, is named where it ends, if it stands apart from the
    /// others there.
    fn untold(&self, x_of: &impl Fn(f64) -> f64, y_of: &impl Fn(f64) -> f64) {
        let many = self.content.lines.len() > 3;
        for (index, line) in self.content.lines.iter().enumerate().filter(|(_, line)| !line.told || many) {
            let (Some(Some(last)), Some(now)) = (line.values.last(), line.now) else { continue };
            let others = self.content.lines.iter().enumerate().filter(|(other, _)| *other != index);
            let apart = |line: &Line| line.now.is_none_or(|other| (y_of(other) - y_of(now)).abs() > 16.0);
            if others.map(|(_, line)| line).all(apart) {
                let end = x_of(self.content.time(line.values.len() - 1));
                self.text(
                    self.frame.names.get(index).map_or("", String::as_str),
                    end,
                    y_of(last.min(self.frame.most)) - 6.0,
                    "right",
                );
            }
        }
    }

    /// A label begins at its time, over the plot; where another stands it is in a second row, within the plot. What finds
    /// no room in either is left out, its line stays.
    fn flags(&self, x_of: impl Fn(f64) -> f64, right: f64) {
        self.ink(Ink::Text);
        let mut free_from = [LEFT; ROWS.len()];
        let mut flags: Vec<&Flag> =
            self.shown(self.frame.changes).chain(self.shown(self.frame.disturbances)).collect();
        sort::by_key(&mut flags, |flag| sort::Total(flag.at));
        // Two that say the same of the same moment are one.
        flags.dedup_by(|flag, before| flag.at == before.at && flag.label == before.label);
        for flag in flags {
            let width = self.context.measure_text(&flag.label).map_or(0.0, |measured| measured.width());
            let anchor = x_of(flag.at.max(self.frame.from));
            // At the right edge it ends where it would begin elsewhere.
            let start = if anchor + width > right { anchor - width } else { anchor };
            if let Some(row) = free_from.iter().position(|free| start >= *free) {
                self.text(&flag.label, start, ROWS[row], "left");
                free_from[row] = start + width + 8.0;
            }
        }
    }

    fn ink(&self, ink: Ink) {
        self.context.set_fill_style_str(self.theme.ink(ink));
    }

    fn text(&self, text: &str, x: f64, y: f64, align: &str) {
        self.context.set_text_align(align);
        let _ = self.context.fill_text(text, x, y);
    }
}

/// The line's points without its gaps, thinned to the least and the greatest value per column where there are more
/// rows than columns.
fn runs(line: &Line, content: &Content, columns: usize) -> Vec<Vec<(f64, f64)>> {
    let bucket = line.values.len().div_ceil(columns.max(1)).max(1);
    let mut runs = vec![Vec::new()];
    for start in (0..line.values.len()).step_by(bucket) {
        let end = (start + bucket).min(line.values.len());
        let mut measured: Vec<(usize, f64)> =
            (start..end).filter_map(|index| line.values[index].map(|value| (index, value))).collect();
        if measured.len() > 2 {
            let by_value = |a: &&(usize, f64), b: &&(usize, f64)| a.1.total_cmp(&b.1);
            let extremes = [measured.iter().min_by(by_value), measured.iter().max_by(by_value)];
            let mut kept: Vec<(usize, f64)> = extremes.into_iter().flatten().copied().collect();
            sort::by_key(&mut kept, |(index, _)| *index);
            measured = kept;
        }
        let current = runs.len() - 1;
        if measured.is_empty() && !runs[current].is_empty() {
            runs.push(Vec::new());
        } else {
            runs[current].extend(measured.iter().map(|&(index, value)| (content.time(index), value)));
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::content::Kind;
    use crate::protocol::Row;

    /// The line of p50, which is drawn as it comes.
    fn content(values: &[Option<f64>]) -> Content {
        let rows: Vec<Row> = values.iter().map(|p50| Row { p50: *p50, ..Row::default() }).collect();
        Kind::Latency.content(&rows, 0.0, 1e6)
    }

    #[test]
    fn gaps_part_a_line() {
        let content = content(&[Some(1e3), None, Some(2e3), Some(3e3), None, None]);
        let runs = runs(&content.lines[0], &content, 100);
        let points: Vec<Vec<(f64, f64)>> = runs.into_iter().filter(|run| !run.is_empty()).collect();
        assert_eq!(points, [vec![(0.25, 1.0)], vec![(0.75, 2.0), (1.0, 3.0)]]);
    }

    #[test]
    fn many_rows_are_thinned_without_losing_peaks() {
        let mut values = vec![Some(5e3); 8_400];
        values[4_321] = Some(900e3);
        let content = content(&values);
        let points: Vec<(f64, f64)> = runs(&content.lines[0], &content, 400).into_iter().flatten().collect();
        assert!(points.len() <= 800);
        assert!(points.contains(&(4_322.0 / 4.0, 900.0)));
        assert!(points.is_sorted_by(|a, b| a.0 < b.0));
    }
}
