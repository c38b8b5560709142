//! The line in front of a card: requests that wait to be let in, drawn along the edge they came by.

use super::geometry::{Curve, Point};

/// Share of the edge that a line may cover; the rest is for those still travelling.
const MOST_OF_EDGE: f64 = 0.62;

/// Fewer than this many places are no line: then the card tells the number, which would not fit beside so short a one.
const FEWEST: f64 = 5.0;

/// A drawn line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Marks, the next one to be let in first.
    pub places: Vec<Point>,
    /// Share of the edge before the line's end, where arriving marks stop.
    pub free: f64,
}

/// Whether an edge is long enough for a line of marks `pitch` pixels apart.
pub fn has_room(curve: &Curve, pitch: f64) -> bool {
    let (from, to) = curve.ends();
    // The number stands beside the line, so a bent edge would lead it over other cards.
    let straight = (from.x - to.x).abs() < 1.0 || (from.y - to.y).abs() < 1.0;
    straight && curve.length() * MOST_OF_EDGE / pitch >= FEWEST
}

/// The line of `waiting` requests at the end of `curve`, one mark for 2^`exponent`.
pub fn line(curve: &Curve, waiting: f64, exponent: u32, pitch: f64) -> Line {
    let length = curve.length();
    let most = (length * MOST_OF_EDGE / pitch).floor();
    let drawn = (waiting / 2.0_f64.powi(exponent as i32)).ceil().clamp(0.0, most);
    let from_end = |place: f64| curve.at(1.0 - (place + 0.9) * pitch / length);
    let places = (0..drawn as u32).map(|place| from_end(f64::from(place))).collect();
    let free = if drawn > 0.0 { 1.0 - (drawn + 0.9) * pitch / length } else { 1.0 };
    Line { places, free }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stands_before_its_server_and_stops_growing() {
        let curve = Curve::across(Point::new(0.0, 50.0), Point::new(600.0, 50.0));
        // (waiting, exponent, marks drawn)
        for (waiting, exponent, drawn) in [(0.0, 0, 0), (4.0, 0, 4), (4.0, 1, 2), (500.0, 0, 18), (5.0, 2, 2)]
        {
            let line = line(&curve, waiting, exponent, 20.0);
            assert_eq!(line.places.len(), drawn, "{waiting} {exponent}");
            assert!(line.places.is_sorted_by(|a, b| a.x > b.x));
            assert!(line.free > 0.3 && line.free <= 1.0);
            if let Some(last) = line.places.last() {
                assert!(curve.at(line.free).x < last.x);
            }
        }
        assert!(has_room(&curve, 20.0));
        assert!(!has_room(&Curve::across(Point::new(0.0, 0.0), Point::new(60.0, 0.0)), 20.0));
        assert!(!has_room(&Curve::across(Point::new(0.0, 0.0), Point::new(600.0, 90.0)), 20.0));
    }
}
