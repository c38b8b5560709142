//! What the charts of one node draw, all its instances together.

use super::content::{Content, Shown, Style};
use crate::protocol::{CacheRow, NodeRow, Row};
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
    /// The same of a database.
    Queries,
    /// Time of a call, and the part of it that is a wait for a connection.
    Took,
    /// Hits of a cache, beside what it and those before it answer together.
    Levels,
    /// Old values that a cache gives out, and copies that it gives out because loading failed.
    Stale,
    /// Misses that somebody else's load answers.
    Coalesced,
    /// Writes that are answered and wait to be written.
    Buffered,
    /// How the breaker of its calls stands.
    Breaker,
}

/// Keys of the states of a breaker, as [`NodeRow::breaker`] counts them.
const STATES: [&str; 3] = ["scene-breaker-closed", "scene-breaker-half-open", "scene-breaker-open"];

impl Figure {
    /// Key of the chart's name.
    pub fn title(self) -> &'static str {
        match self {
            Figure::Busy => "chart-utilisation",
            Figure::Queue => "chart-queue",
            Figure::Rate => "chart-rate",
            Figure::Queries => "chart-queries",
            Figure::Took => "chart-took",
            Figure::Levels => "chart-levels",
            Figure::Stale => "chart-stale",
            Figure::Coalesced => "chart-coalesced",
            Figure::Buffered => "chart-buffered",
            Figure::Breaker => "chart-breaker",
        }
    }

    /// Whether there has been anything to draw: a system that does not use what a figure is about has no chart of it.
    pub fn is_used(self, node: usize, rows: &[Row]) -> bool {
        let any = |used: fn(&CacheRow) -> bool| {
            rows.iter().any(|row| row.nodes.get(node).and_then(|node| node.cache.as_ref()).is_some_and(used))
        };
        match self {
            Figure::Busy | Figure::Queue | Figure::Rate | Figure::Queries | Figure::Took => true,
            Figure::Breaker => {
                rows.iter().any(|row| row.nodes.get(node).is_some_and(|node| node.breaker.is_some()))
            }
            Figure::Stale => any(|cache| cache.stale > 0.0 || cache.on_error > 0.0),
            Figure::Coalesced => any(|cache| cache.coalesced > 0.0),
            Figure::Buffered => any(|cache| cache.buffered > 0.0),
            // The first of several answers what it answers alone.
            Figure::Levels => rows.iter().any(|row| {
                let combined = row.nodes.get(node).and_then(|node| node.cache.as_ref()?.combined);
                let own = row.hit_ratio.get(node).copied().flatten();
                combined.zip(own).is_some_and(|(combined, own)| combined > own + 1e-9)
            }),
        }
    }

    /// The content out of the rows shown.
    pub(super) fn content(self, node: usize, shown: &Shown) -> Content {
        let of = |figure: fn(&NodeRow) -> Option<f64>| {
            move |second: &[Row]| mean(second, |row| row.nodes.get(node).and_then(figure))
        };
        let cached = |figure: fn(&CacheRow) -> f64| {
            move |second: &[Row]| mean(second, |row| row.nodes.get(node)?.cache.as_ref().map(figure))
        };
        let dashed = |ink| Style { dash: 4.0, ..style(ink) };
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
            Figure::Rate | Figure::Queries => {
                let line = shown.line(self.title(), style(Ink::Text), of(|row| Some(row.rate)));
                Content { lines: vec![line], unit: "unit-per-second", ..Content::default() }
            }
            Figure::Took => {
                let mut lines =
                    vec![shown.line("chart-took-all", style(Ink::Accent), of(|row| row.took.map(millis)))];
                let wait = of(|row| row.connection_wait.map(millis));
                let waited = shown.line("chart-took-waiting", dashed(Ink::Saturated), wait);
                if waited.values.iter().flatten().any(|wait| *wait > 0.0) {
                    lines.insert(0, waited);
                }
                Content { lines, unit: "unit-ms", ..Content::default() }
            }
            Figure::Levels => {
                let own = |row: &Row| row.hit_ratio.get(node).copied().flatten().map(|share| share * 100.0);
                let all =
                    |row: &Row| row.nodes.get(node)?.cache.as_ref()?.combined.map(|share| share * 100.0);
                let lines = vec![
                    shown.line("chart-levels-own", dashed(Ink::Hit), |second| mean(second, own)),
                    shown.line("chart-levels-all", style(Ink::Hit), |second| mean(second, all)),
                ];
                Content { lines, unit: "unit-percent", bound: Some(100.0), decimals: 1, ..Content::default() }
            }
            Figure::Stale => {
                let mut lines =
                    vec![shown.line("chart-stale-old", style(Ink::Text), cached(|cache| cache.stale))];
                let on_error =
                    shown.line("chart-stale-on-error", dashed(Ink::Error), cached(|cache| cache.on_error));
                if on_error.values.iter().flatten().any(|rate| *rate > 0.0) {
                    lines.insert(0, on_error);
                }
                Content { lines, unit: "unit-per-second", ..Content::default() }
            }
            Figure::Coalesced => {
                let line = shown.line("chart-coalesced", style(Ink::Text), cached(|cache| cache.coalesced));
                Content { lines: vec![line], unit: "unit-per-second", ..Content::default() }
            }
            Figure::Buffered => {
                let line = shown.line("chart-buffered", style(Ink::Write), cached(|cache| cache.buffered));
                Content { lines: vec![line], unit: "unit-writes", ..Content::default() }
            }
            Figure::Breaker => {
                // A state is not a mean of states.
                let last = |second: &[Row]| second.last()?.nodes.get(node)?.breaker;
                let line = shown.line("chart-breaker", Style { width: 2.2, ..style(Ink::Text) }, last);
                Content { lines: vec![line], levels: &STATES, bound: Some(2.4), ..Content::default() }
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
                NodeRow {
                    rate: 40.0,
                    queue: 3.0,
                    took: Some(20_000.0),
                    connection_wait: Some(wait),
                    ..NodeRow::default()
                },
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

    /// What counts is how it stands where a second ends, not what it was on average.
    #[test]
    fn a_breaker_stands_as_it_stands_last() {
        let row = |breaker: Option<f64>| Row {
            nodes: vec![NodeRow::default(), NodeRow { breaker, ..NodeRow::default() }],
            ..Row::default()
        };
        let rows = [Some(0.0), Some(2.0), Some(2.0), Some(1.0), None].map(row);
        let content = Figure::Breaker.content(1, &Shown { rows: &rows, first: 0, last: 4 });
        assert_eq!(content.lines[0].values, [0.0, 2.0, 2.0, 1.0].map(Some));
        assert_eq!((content.lines[0].now, content.levels.len()), (Some(1.0), 3));
        assert_eq!([0, 1, 9].map(|node| Figure::Breaker.is_used(node, &rows)), [false, true, false]);
    }

    #[test]
    fn a_cache_has_the_charts_of_what_it_uses() {
        let row = |combined: Option<f64>, cache: CacheRow| Row {
            hit_ratio: vec![None, Some(0.5)],
            nodes: vec![
                NodeRow::default(),
                NodeRow { cache: Some(CacheRow { combined, ..cache }), ..NodeRow::default() },
            ],
            ..Row::default()
        };
        let none = CacheRow::default();
        // (a row, which chart it has, its figures of now)
        let cases: [(Row, Option<Figure>, &[f64]); 8] = [
            (row(None, none), None, &[]),
            (row(Some(0.5), none), None, &[]),
            (row(Some(0.8), none), Some(Figure::Levels), &[50.0, 80.0]),
            (row(None, CacheRow { stale: 3.0, ..none }), Some(Figure::Stale), &[3.0]),
            (row(None, CacheRow { stale: 3.0, on_error: 8.0, ..none }), Some(Figure::Stale), &[8.0, 3.0]),
            (row(None, CacheRow { on_error: 8.0, ..none }), Some(Figure::Stale), &[8.0, 0.0]),
            (row(None, CacheRow { coalesced: 4.0, ..none }), Some(Figure::Coalesced), &[4.0]),
            (row(None, CacheRow { buffered: 120.0, ..none }), Some(Figure::Buffered), &[120.0]),
        ];
        for (row, has, now) in cases {
            let rows = [row];
            for figure in [Figure::Levels, Figure::Stale, Figure::Coalesced, Figure::Buffered] {
                assert_eq!(figure.is_used(1, &rows), has == Some(figure), "{figure:?} of {rows:?}");
                assert!(!figure.is_used(0, &rows) && !figure.is_used(9, &rows));
            }
            let content = has.map(|figure| figure.content(1, &Shown { rows: &rows, first: 0, last: 1 }));
            let lines = content.iter().flat_map(|content| &content.lines);
            assert_eq!(lines.filter_map(|line| line.now).collect::<Vec<_>>(), now, "{has:?}");
        }
    }
}
