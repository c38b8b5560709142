//! What each kind of chart draws: its lines out of the per-window rows, its bound, its figures of now.
//!
//! Every point of a line is over the second that ended there, as the figure of now in the header is: counts become
//! rates, means and ratios are weighted, percentiles come so from the worker (they cannot be averaged). One pass over
//! the rows in view, four for each point. Leaves out: any other smoothing.

use super::node::Figure;
use super::pair::Pair;
use crate::protocol::{Row, WINDOW};
use crate::scene::ink::Ink;

/// Rows a second.
const PER_SECOND: usize = (1e6 / WINDOW) as usize;

/// What a chart is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// p50, p95 and p99 of the time a request takes.
    Latency,
    /// The mean of it, beside the part that is work, in microseconds, if the lab names one.
    MeanTime {
        /// Mean service time.
        served: Option<f64>,
    },
    /// Hits among lookups of caches, by node and label.
    HitRatio {
        /// Index and name.
        nodes: Vec<(usize, String)>,
    },
    /// Requests sent, served and failed a second.
    Requests,
    /// Busy cores of services, by node and label.
    Utilisation {
        /// Index and name.
        nodes: Vec<(usize, String)>,
    },
    /// Calls a second to services and databases, by node and label.
    Calls {
        /// Index and name.
        nodes: Vec<(usize, String)>,
    },
    /// Who waits at services and databases, whoever still wants them, by node and label.
    Waiting {
        /// Index and name.
        nodes: Vec<(usize, String)>,
    },
    /// Requests in the system.
    Inside,
    /// p99 of the requests for each path.
    Paths {
        /// Their names.
        names: Vec<String>,
    },
    /// p95 of each of several clients nodes.
    Places {
        /// Their names, in their order.
        names: Vec<String>,
    },
    /// Age of the oldest value that a cache answered.
    StaleAge,
    /// A figure of one node.
    Node {
        /// Index of the node.
        node: usize,
        /// Which.
        figure: Figure,
    },
    /// What matters most of another kind, of two runs on one clock.
    Pair(Box<Pair>),
}

/// How a line is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Its colour.
    pub ink: Ink,
    /// How strong, 0 to 1.
    pub strength: f64,
    /// Width in pixels.
    pub width: f64,
    /// Dashed: length of a dash in pixels, 0 for a full line.
    pub dash: f64,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Key of its name, or the name itself for a node's.
    pub name: String,
    /// How it is drawn.
    pub style: Style,
    /// Value per row of the range, in the chart's unit; gaps where nothing was measured.
    pub values: Vec<Option<f64>>,
    /// Its figure now, in the chart's unit.
    pub now: Option<f64>,
    /// Whether the header tells the figure.
    pub told: bool,
}

/// A chart's content within a stretch of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    /// Index of the first row.
    pub first: usize,
    /// All lines, the most important last (on top).
    pub lines: Vec<Line>,
    /// A level to compare with, and the key of its name.
    pub level: Option<f64>,
    /// Key of the unit.
    pub unit: &'static str,
    /// Fixed upper bound, where the unit has one.
    pub bound: Option<f64>,
    /// Decimals of figures.
    pub decimals: usize,
    /// Keys of the names of the values 0, 1, 2 ..., where they are states and no figures.
    pub levels: &'static [&'static str],
    /// Only its colour tells a line from the others, so that the header shows it.
    pub by_colour: bool,
}

impl Kind {
    /// Key of the chart's name.
    pub fn title(&self) -> &'static str {
        match self {
            Kind::Latency => "chart-latency",
            Kind::MeanTime { .. } => "chart-mean-time",
            Kind::HitRatio { .. } => "chart-hit-ratio",
            Kind::Requests => "chart-requests",
            Kind::Utilisation { .. } => "chart-utilisation",
            Kind::Calls { .. } => "chart-rate",
            Kind::Waiting { .. } => "chart-queue",
            Kind::Inside => "chart-inside",
            Kind::Places { .. } => "chart-places",
            Kind::Paths { .. } => "chart-paths",
            Kind::StaleAge => "chart-stale-age",
            Kind::Node { figure, .. } => figure.title(),
            Kind::Pair(pair) => pair.kind.title(),
        }
    }

    /// The content out of `rows` between `from` and `to` seconds.
    pub fn content(&self, rows: &[Row], from: f64, to: f64) -> Content {
        let first = ((from * PER_SECOND as f64).floor().max(1.0) as usize - 1).min(rows.len());
        let last = ((to * PER_SECOND as f64 + 1e-9).floor().max(0.0) as usize).clamp(first, rows.len());
        let shown = Shown { rows, first, last };
        let content = match self {
            Kind::Latency => latency(&shown),
            Kind::MeanTime { served } => mean_time(&shown, *served),
            Kind::HitRatio { nodes } => hit_ratio(&shown, nodes),
            Kind::Requests => requests(&shown),
            Kind::Utilisation { nodes } => utilisation(&shown, nodes),
            Kind::Calls { nodes } => calls(&shown, nodes),
            Kind::Waiting { nodes } => waiting(&shown, nodes),
            Kind::Node { node, figure } => figure.content(*node, &shown),
            Kind::Pair(pair) => return pair.content(rows, from, to),
            Kind::Places { names } => parts(&shown, names, |row| &row.places),
            Kind::Paths { names } => parts(&shown, names, |row| &row.paths),
            Kind::StaleAge => stale_age(&shown),
            Kind::Inside => {
                let inside = |second: &[Row]| second.last().map(|row| f64::from(row.inside));
                let line = shown.line("chart-inside-line", style(Ink::Text, 1.8), inside);
                Content { lines: vec![line], unit: "unit-requests", ..Content::default() }
            }
        };
        Content { first, ..content }
    }
}

/// The rows in view, each with those of the second that it ends.
pub(super) struct Shown<'a> {
    pub(super) rows: &'a [Row],
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Shown<'_> {
    /// The second that ended with the row before `end`; shorter where the run began.
    fn second(&self, end: usize) -> &[Row] {
        &self.rows[end.saturating_sub(PER_SECOND)..end]
    }

    pub(super) fn line(&self, name: &str, style: Style, of: impl Fn(&[Row]) -> Option<f64>) -> Line {
        let values = (self.first..self.last).map(|index| of(self.second(index + 1))).collect();
        Line { name: name.to_owned(), style, values, now: of(self.second(self.last)), told: true }
    }
}

impl Content {
    /// The largest value drawn.
    pub fn most(&self) -> f64 {
        let values = self.lines.iter().flat_map(|line| line.values.iter().copied().flatten());
        values.chain(self.level).fold(0.0, f64::max)
    }

    /// When the value at `index` of each line was complete, in seconds.
    pub fn time(&self, index: usize) -> f64 {
        (self.first + index + 1) as f64 / PER_SECOND as f64
    }

    /// Index of the value that was complete at `time`, if there is one.
    pub fn index_at(&self, time: f64) -> Option<usize> {
        let row = (time * PER_SECOND as f64).round() as usize;
        let index = row.checked_sub(self.first + 1)?;
        (index < self.lines.first()?.values.len()).then_some(index)
    }
}

fn style(ink: Ink, width: f64) -> Style {
    Style { ink, strength: 1.0, width, dash: 0.0 }
}

/// One hue in three strengths, p99 thickest.
fn latency(shown: &Shown) -> Content {
    type Of = fn(&Row) -> Option<f64>;
    let lines: [(&str, f64, f64, Of); 3] = [
        ("chart-p50", 0.5, 1.0, |row| row.p50),
        ("chart-p95", 0.75, 1.4, |row| row.p95),
        ("chart-p99", 1.0, 2.4, |row| row.p99),
    ];
    let line = |(name, strength, width, of): (&str, f64, f64, Of)| {
        let style = Style { strength, ..style(Ink::Accent, width) };
        shown.line(name, style, |second| second.last().and_then(of).map(millis))
    };
    Content { lines: lines.into_iter().map(line).collect(), unit: "unit-ms", ..Content::default() }
}

fn mean_time(shown: &Shown, served: Option<f64>) -> Content {
    let ended = |row: &Row| f64::from(row.ok + row.failed);
    let mean = |second: &[Row]| weighted(second, |row| row.mean.map(|mean| (millis(mean), ended(row))));
    let line = shown.line("chart-mean", style(Ink::Accent, 2.2), mean);
    Content { lines: vec![line], level: served.map(millis), unit: "unit-ms", ..Content::default() }
}

fn hit_ratio(shown: &Shown, nodes: &[(usize, String)]) -> Content {
    let line = |(order, (node, label)): (usize, &(usize, String))| {
        let of = |row: &Row| row.hit_ratio.get(*node).copied().flatten().map(|ratio| ratio * 100.0);
        let ratio = |second: &[Row]| {
            weighted(second, |row| of(row).map(|ratio| (ratio, f64::from(row.sent).max(1.0))))
        };
        let style = Style { dash: dash(order), ..style(Ink::Hit, 2.0) };
        let name = if nodes.len() > 1 { label } else { "chart-hit-ratio-line" };
        shown.line(name, style, ratio)
    };
    let lines = nodes.iter().enumerate().map(line).collect();
    Content { lines, unit: "unit-percent", bound: Some(100.0), decimals: 1, ..Content::default() }
}

/// What is offered shows beside what is served only where they part.
fn requests(shown: &Shown) -> Content {
    type Of = fn(&Row) -> u32;
    let lines: [(&str, Style, Of, bool); 3] = [
        ("chart-offered", Style { dash: 4.0, ..style(Ink::Dim, 1.4) }, |row| row.sent, false),
        ("chart-served", style(Ink::Text, 1.8), |row| row.ok, true),
        ("chart-failed", style(Ink::Error, 1.8), |row| row.failed, true),
    ];
    let line = |(name, style, of, told): (&str, Style, Of, bool)| {
        let rate = |second: &[Row]| {
            let sum: u32 = second.iter().map(of).sum();
            (!second.is_empty()).then(|| f64::from(sum) * PER_SECOND as f64 / second.len() as f64)
        };
        Line { told, ..shown.line(name, style, rate) }
    };
    let mut lines: Vec<Line> = lines.into_iter().map(line).collect();
    if shown.rows[shown.first..shown.last].iter().all(|row| row.failed == 0) {
        // A red line along the bottom would look like trouble.
        lines[2].values.iter_mut().for_each(|value| *value = None);
        lines[2].told = false;
    }
    Content { lines, unit: "unit-per-second", ..Content::default() }
}

fn utilisation(shown: &Shown, nodes: &[(usize, String)]) -> Content {
    let busy = |row: &Row, node: usize| row.utilisation.get(node).copied().flatten();
    let lines = of_each(shown, nodes, |row, node| busy(row, node).map(|share| share * 100.0));
    Content { lines, unit: "unit-percent", bound: Some(100.0), ..Content::default() }
}

fn calls(shown: &Shown, nodes: &[(usize, String)]) -> Content {
    let lines = of_each(shown, nodes, |row, node| row.nodes.get(node).map(|node| node.rate));
    Content { lines, unit: "unit-per-second", ..Content::default() }
}

fn waiting(shown: &Shown, nodes: &[(usize, String)]) -> Content {
    let lines = of_each(shown, nodes, |row, node| row.nodes.get(node).map(|node| node.queue));
    Content { lines, unit: "unit-requests", ..Content::default() }
}

/// A line for each node: the mean of each second.
fn of_each(shown: &Shown, nodes: &[(usize, String)], of: impl Fn(&Row, usize) -> Option<f64>) -> Vec<Line> {
    let line = |(order, (node, label)): (usize, &(usize, String))| {
        let mean = |second: &[Row]| weighted(second, |row| of(row, *node).map(|figure| (figure, 1.0)));
        shown.line(label, Style { dash: dash(order), ..style(Ink::Text, 1.8) }, mean)
    };
    nodes.iter().enumerate().map(line).collect()
}

/// A colour for each, as servers side by side have.
fn parts(shown: &Shown, names: &[String], of: fn(&Row) -> &[Option<f64>]) -> Content {
    let line = |(part, name): (usize, &String)| {
        let time = |second: &[Row]| of(second.last()?).get(part).copied().flatten().map(millis);
        shown.line(name, style(Ink::of_several(part), 1.8), time)
    };
    let lines = names.iter().enumerate().map(line).collect();
    Content { lines, unit: "unit-ms", by_colour: true, ..Content::default() }
}

/// Nodes are told apart by the pattern of their lines.
fn dash(order: usize) -> f64 {
    [0.0, 6.0, 2.0, 10.0][order % 4]
}

/// The oldest of all caches' answers in a second.
fn stale_age(shown: &Shown) -> Content {
    let of = |row: &Row| row.nodes.iter().filter_map(|node| Some(node.cache?.oldest)).reduce(f64::max);
    let oldest = |second: &[Row]| second.iter().filter_map(of).reduce(f64::max).map(|us| us / 1e6);
    let line = shown.line("chart-stale-age", style(Ink::Saturated, 1.8), oldest);
    Content { lines: vec![line], unit: "unit-s", decimals: 2, ..Content::default() }
}

fn millis(micros: f64) -> f64 {
    micros / 1_000.0
}

fn weighted(rows: &[Row], of: impl Fn(&Row) -> Option<(f64, f64)>) -> Option<f64> {
    let (sum, weight) = rows
        .iter()
        .filter_map(of)
        .fold((0.0, 0.0), |(sum, all), (value, weight)| (sum + value * weight, all + weight));
    (weight > 0.0).then(|| sum / weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{CacheRow, NodeRow};

    fn old(seconds: f64) -> NodeRow {
        let cache = CacheRow { oldest: seconds * 1e6, ..CacheRow::default() };
        NodeRow { cache: Some(cache), ..NodeRow::default() }
    }

    fn rows() -> Vec<Row> {
        (0..40_u32)
            .map(|index| Row {
                sent: 300,
                ok: 290,
                failed: if index < 20 { 0 } else { 10 },
                mean: (!(4..9).contains(&index)).then_some(10_000.0 + f64::from(index) * 1_000.0),
                p50: Some(2_000.0),
                p95: Some(31_000.0),
                p99: (index != 5).then_some(45_000.0),
                inside: index,
                hit_ratio: vec![None, Some(0.565)],
                utilisation: vec![Some(0.8), None],
                nodes: vec![
                    old(0.5 * f64::from(index % 4)),
                    NodeRow { rate: 300.0, queue: 7.0, ..NodeRow::default() },
                ],
                places: vec![Some(20_000.0), Some(180_000.0)],
                paths: vec![Some(40_000.0)],
            })
            .collect()
    }

    #[test]
    fn rows_of_the_range_are_shown_at_the_end_of_their_window() {
        let content = Kind::Inside.content(&rows(), 2.0, 5.0);
        assert_eq!(content.first, 7);
        assert_eq!(content.time(0), 2.0);
        assert_eq!(content.lines[0].values.len(), 13);
        assert_eq!(content.lines[0].values[0], Some(7.0));
        assert_eq!(content.lines[0].now, Some(19.0));
        assert_eq!(content.index_at(2.0), Some(0));
        assert_eq!(content.index_at(5.1), Some(12));
        assert_eq!(content.index_at(9.0), None);
        assert_eq!(content.index_at(0.0), None);
    }

    #[test]
    fn figures_of_now() {
        // (kind, figures of its lines up to 10 s)
        let cases = [
            (Kind::Latency, vec![2.0, 31.0, 45.0]),
            (Kind::MeanTime { served: Some(10_000.0) }, vec![47.5]),
            (Kind::HitRatio { nodes: vec![(1, "Cache".into())] }, vec![56.5]),
            (Kind::HitRatio { nodes: vec![(1, "Near".into()), (1, "Far".into())] }, vec![56.5, 56.5]),
            (Kind::StaleAge, vec![1.5]),
            (Kind::Places { names: vec!["Near".into(), "Far".into()] }, vec![20.0, 180.0]),
            (Kind::Paths { names: vec!["/pay".into()] }, vec![40.0]),
            (Kind::Requests, vec![1_200.0, 1_160.0, 40.0]),
            (Kind::Utilisation { nodes: vec![(0, "App".into())] }, vec![80.0]),
            (Kind::Calls { nodes: vec![(0, "App".into()), (1, "Db".into())] }, vec![0.0, 300.0]),
            (Kind::Waiting { nodes: vec![(1, "Db".into())] }, vec![7.0]),
            (Kind::Inside, vec![39.0]),
        ];
        for (kind, figures) in cases {
            let content = kind.content(&rows(), 0.0, 10.0);
            let now: Vec<f64> = content.lines.iter().filter_map(|line| line.now).collect();
            assert_eq!(now.len(), figures.len(), "{kind:?}");
            for (now, figure) in now.iter().zip(figures) {
                assert!((now - figure).abs() < 1e-9, "{kind:?}: {now}");
            }
        }
    }

    #[test]
    fn what_was_not_measured_is_a_gap() {
        let content = Kind::MeanTime { served: None }.content(&rows(), 0.0, 10.0);
        let points = |from: usize, to: usize| content.lines[0].values[from..to].iter().flatten().count();
        assert_eq!(points(0, 9), 7, "nothing ended in the seconds that end with rows 7 and 8");
        assert_eq!(content.lines[0].values[7..9], [None, None]);
        assert_eq!(content.lines[0].values[9], Some(19.0));
        assert_eq!(Kind::Latency.content(&rows(), 0.0, 10.0).lines[2].values[5], None);
        let nothing = Kind::HitRatio { nodes: vec![(0, String::new())] }.content(&rows(), 0.0, 10.0);
        assert_eq!(nothing.lines[0].now, None);
        let foreign = Kind::HitRatio { nodes: vec![(9, String::new())] }.content(&rows(), 0.0, 10.0);
        assert_eq!(foreign.most(), 0.0);
    }

    #[test]
    fn failures_are_drawn_only_where_there_are_any() {
        let calm = Kind::Requests.content(&rows(), 0.0, 5.0);
        assert!(calm.lines[2].values.iter().all(Option::is_none));
        let broken = Kind::Requests.content(&rows(), 0.0, 10.0);
        assert!(broken.lines[2].values.iter().all(Option::is_some));
    }

    #[test]
    fn any_range_is_fine() {
        for (from, to) in [(0.0, 0.0), (-5.0, 3.0), (50.0, 60.0), (5.0, 1.0), (f64::NAN, f64::NAN)] {
            for kind in [Kind::Latency, Kind::Requests, Kind::Inside] {
                kind.content(&rows(), from, to);
                kind.content(&[], from, to);
            }
        }
    }
}
