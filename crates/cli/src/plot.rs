//! Miss-ratio curves as a picture: one line for each policy, told apart by pattern and colour, over a logarithmic axis.
//! The colours are those the page tells policies apart with.

use crate::failure::Failure;
use crate::mrc::Curve;
use plotters::coord::Shift;
use plotters::coord::combinators::IntoLogRange;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const SIZE: (u32, u32) = (960, 540);
const FONT: &str = "system-ui, sans-serif";
/// Room for the names to the right of the lines.
const NAMES: u32 = 160;
/// A piece of the line before its name, from there to there.
const PIECE: (i32, i32) = (8, 40);
/// Names stand at least this far apart.
const LINE_HEIGHT: i32 = 18;

const PANEL: RGBColor = RGBColor(0xff, 0xff, 0xff);
const LINE: RGBColor = RGBColor(0xdd, 0xe3, 0xea);
const INK: RGBColor = RGBColor(0x17, 0x20, 0x2a);
const DIM: RGBColor = RGBColor(0x55, 0x62, 0x6f);
const COLOURS: [RGBColor; 6] = [
    INK,
    RGBColor(0x4f, 0x61, 0xd6),
    RGBColor(0x8a, 0x64, 0x20),
    RGBColor(0x1f, 0x7a, 0x80),
    RGBColor(0x7a, 0x55, 0xa8),
    RGBColor(0x56, 0x64, 0x72),
];

/// Length of a dash and of the gap after it, in pixels; none for a line without gaps.
const PATTERNS: [Option<(u32, u32)>; 4] = [None, Some((8, 5)), Some((2, 4)), Some((16, 4))];

/// The picture as SVG; `axis` says what sizes are counted in.
pub(crate) fn curves(curves: &[Curve], axis: &str) -> Result<String, Failure> {
    let mut svg = String::new();
    draw(&mut svg, curves, axis)
        .map_err(|error| Failure::Unusable(format!("the curves cannot be drawn: {error}")))?;
    Ok(svg)
}

type Drawn = Result<(), Box<dyn std::error::Error>>;

fn draw(svg: &mut String, curves: &[Curve], axis: &str) -> Drawn {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&PANEL)?;
    let sizes = curves.iter().flat_map(|curve| &curve.points).map(|point| point.size as f64);
    let (least, most) =
        sizes.fold((f64::INFINITY, 1.0), |(least, most), size| (size.min(least), size.max(most)));
    // One size alone is still a range.
    let (least, most) = if least < most { (least, most) } else { (most / 2.0, most * 2.0) };
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .margin_right(NAMES)
        .x_label_area_size(48)
        .y_label_area_size(64)
        .build_cartesian_2d((least..most).log_scale(), 0.0..1.0)?;
    let label = |size: i32| (FONT, size).into_font().color(&DIM);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(LINE)
        .axis_style(LINE)
        .x_labels(9)
        .y_labels(6)
        .label_style(label(13))
        .axis_desc_style(label(14))
        .x_desc(axis)
        .y_desc("miss ratio")
        .x_label_formatter(&|size| short(*size))
        .y_label_formatter(&|ratio| format!("{ratio:.1}"))
        .draw()?;
    let mut names = Vec::new();
    for (at, curve) in curves.iter().enumerate() {
        let style = colour(at).stroke_width(2);
        let points = curve.points.iter().map(|point| (point.size as f64, point.miss_ratio));
        match pattern(at) {
            None => chart.draw_series(LineSeries::new(points.clone(), style))?,
            Some((dash, gap)) => {
                let points: Vec<(f64, f64)> = points.clone().collect();
                chart.draw_series(DashedLineSeries::new(points, dash, gap, style))?
            }
        };
        for point in &curve.points {
            let Some(width) = point.half_width else { continue };
            let ends = [(point.miss_ratio - width).max(0.0), (point.miss_ratio + width).min(1.0)];
            chart.draw_series(LineSeries::new(ends.map(|end| (point.size as f64, end)), style))?;
        }
        if let Some(last) = points.clone().next_back() {
            names.push((chart.backend_coord(&last), at));
        }
    }
    drop(chart);
    let x = names.iter().map(|((x, _), _)| *x).max().unwrap_or(0);
    for (y, at) in spread(names.into_iter().map(|((_, y), at)| (y, at)).collect()) {
        draw_name(&area, (x, y), at, &curves[at].name)?;
    }
    area.present()?;
    Ok(())
}

/// A piece of a line, and its name.
fn draw_name(area: &DrawingArea<SVGBackend<'_>, Shift>, (x, y): (i32, i32), at: usize, name: &str) -> Drawn {
    let style = colour(at).stroke_width(2);
    let ends = [(x + PIECE.0, y), (x + PIECE.1, y)];
    match pattern(at) {
        None => area.draw(&PathElement::new(ends, style))?,
        Some((dash, gap)) => area.draw(&DashedPathElement::new(ends, dash, gap, style))?,
    }
    let position = Pos::new(HPos::Left, VPos::Center);
    let style = (FONT, 14).into_font().color(&colour(at)).pos(position);
    area.draw(&Text::new(name.to_owned(), (x + PIECE.1 + 6, y), style))?;
    Ok(())
}

fn colour(at: usize) -> RGBColor {
    COLOURS[at % COLOURS.len()]
}

/// Curves of one colour have different patterns.
fn pattern(at: usize) -> Option<(u32, u32)> {
    PATTERNS[(at + at / COLOURS.len()) % PATTERNS.len()]
}

/// Heights of names, from the top, as near to where they should be as they can without covering each other.
fn spread(mut names: Vec<(i32, usize)>) -> Vec<(i32, usize)> {
    names.sort_unstable();
    let mut free = LINE_HEIGHT;
    for (y, _) in &mut names {
        *y = free.max(*y);
        free = *y + LINE_HEIGHT;
    }
    let mut free = SIZE.1 as i32 - LINE_HEIGHT;
    for (y, _) in names.iter_mut().rev() {
        *y = free.min(*y);
        free = *y - LINE_HEIGHT;
    }
    names
}

/// A size with as few digits as it has.
fn short(size: f64) -> String {
    for (unit, factor) in [("G", 1e9), ("M", 1e6), ("k", 1e3)] {
        if size >= factor {
            return format!("{}{unit}", (size / factor * 100.0).round() / 100.0);
        }
    }
    format!("{}", (size * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_cover_each_other() {
        let cases: [(&[i32], &[i32]); 4] = [
            (&[100, 200], &[100, 200]),
            (&[200, 100, 100], &[100, 118, 200]),
            (&[0], &[18]),
            (&[520, 520, 530], &[486, 504, 522]),
        ];
        for (wanted, expected) in cases {
            let names = wanted.iter().copied().zip(0..).collect();
            let found: Vec<i32> = spread(names).into_iter().map(|(y, _)| y).collect();
            assert_eq!(found, expected, "{wanted:?}");
        }
    }

    #[test]
    fn no_two_of_two_dozen_curves_look_alike() {
        let mut looks: Vec<_> = (0..24).map(|at| (colour(at).0, colour(at).1, pattern(at))).collect();
        looks.sort_unstable();
        looks.dedup();
        assert_eq!(looks.len(), 24);
    }
}
