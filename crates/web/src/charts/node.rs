//! What the charts of one node draw, all its instances together.

use super::content::{Content, Shown, Style};
use crate::protocol::{NodeRow, Row};
use crate::scene::ink::Ink;

/// A figure of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Busy cores among cores.
    Busy,
    /// Visits that wait to be let in.
    Queue,
    /// Calls to it a second.
    Rate,
    /// Time of a call, and the part of it that is a wait for a connection.
    Took,
}

impl Figure {
    /// Key of the chart's name.
    pub fn title(self) -> &'static str {
        match self {
            Figure::Busy => "chart-utilisation",
            Figure::Queue => "chart-queue",
            Figure::Rate => "chart-rate",
            Figure::Took => "chart-took",
        }
    }

    /// The content out of the rows shown.
    pub(super) fn content(self, node: usize, shown: &Shown) -> Content {
        let of = |figure: fn(&NodeRow) -> Option<f64>| {
            move |second: &[Row]| mean(second, |row| row.nodes.get(node).and_then(figure))
        };
        match self {
            Figure::Busy => {
                let busy =
                    |row: &Row| row.utilisation.get(node).copied().flatten().map(|share| share * 100.0);
                let line = shown.line("chart-utilisation", style(Ink::Text), |second| mean(second, busy));
                Content { lines: vec![line], unit: "unit-percent", bound: Some(100.0), ..Content::default() }
            }
            Figure::Queue => {
                let line = shown.line("chart-queue", style(Ink::Text), of(|row| Some(row.queue)));
                Content { lines: vec![line], unit: "unit-requests", ..Content::default() }
            }
            Figure::Rate => {
                let line = shown.line("chart-rate", style(Ink::Text), of(|row| Some(row.rate)));
                Content { lines: vec![line], unit: "unit-per-second", ..Content::default() }
            }
            Figure::Took => {
                let mut lines =
                    vec![shown.line("chart-took-all", style(Ink::Accent), of(|row| row.took.map(millis)))];
                let wait = of(|row| row.connection_wait.map(millis));
                let waited =
                    shown.line("chart-took-waiting", Style { dash: 4.0, ..style(Ink::Saturated) }, wait);
                if waited.values.iter().flatten().any(|wait| *wait > 0.0) {
                    lines.insert(0, waited);
                }
                Content { lines, unit: "unit-ms", ..Content::default() }
            }
        }
    }
}

fn style(ink: Ink) -> Style {
    Style { ink, strength: 1.0, width: 1.8, dash: 0.0 }
}

fn millis(us: f64) -> f64 {
    us / 1e3
}

fn mean(second: &[Row], of: impl Fn(&Row) -> Option<f64>) -> Option<f64> {
    let (sum, count) =
        second.iter().filter_map(of).fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_shows_its_own_figures_and_a_wait_only_where_there_is_one() {
        let row = |wait: f64| Row {
            utilisation: vec![None, Some(0.5)],
            nodes: vec![
                NodeRow::default(),
                NodeRow { rate: 40.0, queue: 3.0, took: Some(20_000.0), connection_wait: Some(wait) },
            ],
            ..Row::default()
        };
        let cases = [(Figure::Busy, 50.0), (Figure::Queue, 3.0), (Figure::Rate, 40.0), (Figure::Took, 20.0)];
        for (figure, expected) in cases {
            let rows = [row(0.0), row(0.0)];
            let shown = Shown { rows: &rows, first: 0, last: 2 };
            let content = figure.content(1, &shown);
            assert_eq!(
                content.lines.iter().map(|line| line.now).collect::<Vec<_>>(),
                [Some(expected)],
                "{figure:?}"
            );
            assert_eq!(figure.content(9, &shown).lines[0].now, None, "{figure:?} of no node");
        }
        let waited = [row(0.0), row(8_000.0)];
        let content = Figure::Took.content(1, &Shown { rows: &waited, first: 0, last: 2 });
        assert_eq!(content.lines.iter().map(|line| line.now).collect::<Vec<_>>(), [Some(4.0), Some(20.0)]);
    }
}
