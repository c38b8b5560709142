//! Two runs in one chart, on one clock: of each the line that matters most, told apart by their patterns.
//!
//! The first run is dashed and dim, the second a full line in the chart's own ink; failures are drawn of both where
//! there are any. Costs both contents. Left out: figures of now, for the runs are over.

use super::chart::Rows;
use super::content::{Content, Kind, Line};
use crate::protocol::Row;
use crate::scene::ink::Ink;

/// Length of the first run's dashes in pixels.
const DASH: f64 = 5.0;

/// Two runs of one kind of chart; the second one's rows are the chart's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// What is drawn of each.
    pub kind: Kind,
    /// The first run.
    pub rows: Rows,
    /// What the runs are called.
    pub names: [String; 2],
}

impl Pair {
    pub(super) fn content(&self, rows: &[Row], from: f64, to: f64) -> Content {
        let first = self.kind.content(&self.rows.0, from, to);
        let second = self.kind.content(rows, from, to);
        let length =
            [&first, &second].into_iter().flat_map(|run| &run.lines).map(|line| line.values.len()).max();
        let mut lines = Vec::new();
        for (run, name, dashed) in [(&first, &self.names[0], true), (&second, &self.names[1], false)] {
            for line in chosen(run) {
                let mut line = Line { name: name.clone(), now: None, told: false, ..line.clone() };
                // A run that reached its limit is shorter; a table has a row for each moment.
                line.values.resize(length.unwrap_or(0), None);
                line.style.dash = if dashed { DASH } else { 0.0 };
                if dashed && line.style.ink != Ink::Error {
                    line.style.ink = Ink::Dim;
                    line.style.width = 1.6;
                }
                lines.push(line);
            }
        }
        Content { lines, level: None, ..second }
    }
}

/// The strongest line, and failures if there are any.
fn chosen(run: &Content) -> impl Iterator<Item = &Line> {
    let main = run.lines.iter().rfind(|line| line.style.ink != Ink::Error);
    let failed = run.lines.iter().filter(|line| line.style.ink == Ink::Error);
    main.into_iter().chain(failed.filter(|line| line.values.iter().any(Option::is_some)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    fn pair(kind: Kind, rows: Vec<Row>) -> Pair {
        Pair { kind, rows: Rows(Rc::new(rows)), names: ["before".into(), "after".into()] }
    }

    fn row(p99: f64, failed: u32) -> Row {
        Row { p50: Some(1.0), p99: Some(p99), ok: 5, failed, ..Row::default() }
    }

    #[test]
    fn the_strongest_line_of_each_is_drawn_in_a_pattern_of_its_own() {
        let pair = pair(Kind::Latency, vec![row(9e3, 0); 4]);
        let content = pair.content(&[row(4e3, 0), row(5e3, 0)], 0.0, 10.0);
        let drawn: Vec<_> = content.lines.iter().map(|line| (line.name.as_str(), line.style.dash)).collect();
        assert_eq!(drawn, [("before", DASH), ("after", 0.0)]);
        assert_eq!(content.lines[0].values, [Some(9.0); 4]);
        assert_eq!(content.lines[1].values, [Some(4.0), Some(5.0), None, None], "the shorter ends earlier");
    }

    #[test]
    fn failures_are_drawn_of_the_run_that_has_them() {
        let pair = pair(Kind::Requests, vec![row(1.0, 3)]);
        let content = pair.content(&[row(1.0, 0)], 0.0, 1.0);
        let names: Vec<_> = content.lines.iter().map(|line| (line.name.as_str(), line.style.ink)).collect();
        assert_eq!(names, [("before", Ink::Dim), ("before", Ink::Error), ("after", Ink::Text)]);
    }
}
