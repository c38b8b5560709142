//! Tables for people: columns as wide as their widest cell, numbers to the right.

pub(crate) use headroom_core::metrics::written::{count, figure, number, percent, time};
use std::fmt;

/// Where a cell stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A table under construction.
#[derive(Debug)]
pub(crate) struct Table {
    aligns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(columns: [(&str, Align); N]) -> Table {
        Table::with_columns(columns)
    }

    /// As many columns as there are.
    pub(crate) fn with_columns<'a>(columns: impl IntoIterator<Item = (&'a str, Align)>) -> Table {
        let (header, aligns) = columns.into_iter().map(|(name, align)| (name.to_owned(), align)).unzip();
        Table { aligns, rows: vec![header] }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// A row of as many cells as there are columns.
    pub(crate) fn row_of(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    fn width(&self, column: usize) -> usize {
        self.rows.iter().map(|row| row.get(column).map_or(0, |cell| cell.chars().count())).max().unwrap_or(0)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<usize> = (0..self.aligns.len()).map(|column| self.width(column)).collect();
        for row in &self.rows {
            let mut line = String::new();
            for ((cell, align), width) in row.iter().zip(&self.aligns).zip(&widths) {
                match align {
                    Align::Left => line.push_str(&format!("{cell:<width$}  ")),
                    Align::Right => line.push_str(&format!("{cell:>width$}  ")),
                }
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new([("node", Align::Left), ("calls", Align::Right)]);
        table.row(["cache".into(), "1,000".into()]);
        assert_eq!(table.to_string(), "node   calls\ncache  1,000\n");
    }
}
