//! Points, boxes and curves of the scene, in CSS pixels.
//!
//! A [`Curve`] is a cubic Bézier that carries a table of its arc length, so that a mark moves at an even speed.
//! Building one costs 24 evaluations, a look-up a binary search in the table and one evaluation.
//! Leaves out: anything but axis-aligned boxes and single curves.

/// A place on the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// From the left edge.
    pub x: f64,
    /// From the top edge.
    pub y: f64,
}

impl Point {
    /// The point at `x`, `y`.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// Straight distance to `other`.
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// An axis-aligned box.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Extent to the right.
    pub width: f64,
    /// Extent downwards.
    pub height: f64,
}

impl Rect {
    /// Whether `point` lies inside or on the border.
    pub fn contains(&self, point: Point) -> bool {
        point.x >= self.x && point.x <= self.right() && point.y >= self.y && point.y <= self.bottom()
    }

    /// Whether the two share more than a border.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Right edge.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// The middle.
    pub fn centre(&self) -> Point {
        Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
}

/// Pieces of the arc-length table of a segment: enough that speed along a card-to-card edge varies by less than 1 %.
const PIECES: usize = 24;

/// A chain of cubic Béziers walked by arc length.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Of each: start, two handles, end.
    pub segments: Vec<[Point; 4]>,
    lengths: Vec<f64>,
}

impl Curve {
    /// From `from` to `to`, leaving and arriving horizontally.
    pub fn across(from: Point, to: Point) -> Self {
        Self::new(vec![level(from, to)])
    }

    /// The same by way of other points, which it passes horizontally.
    pub fn through(from: Point, bends: &[Point], to: Point) -> Self {
        let mut last = from;
        let mut segments = Vec::new();
        for &next in bends.iter().chain(&[to]) {
            segments.push(level(last, next));
            last = next;
        }
        Self::new(segments)
    }

    /// From `from` to `to`, leaving and arriving vertically.
    pub fn down(from: Point, to: Point) -> Self {
        let reach = ((to.y - from.y) / 2.0).abs().max(12.0);
        Self::new(vec![[from, Point::new(from.x, from.y + reach), Point::new(to.x, to.y - reach), to]])
    }

    /// The curve of these segments, at least one.
    pub fn new(segments: Vec<[Point; 4]>) -> Self {
        let pieces = segments.len() * PIECES;
        let mut curve = Self { segments, lengths: vec![0.0; pieces + 1] };
        let mut previous = curve.evaluate(0.0);
        for piece in 1..=pieces {
            let next = curve.evaluate(piece as f64);
            curve.lengths[piece] = curve.lengths[piece - 1] + previous.distance(next);
            previous = next;
        }
        curve
    }

    /// Its two ends.
    pub fn ends(&self) -> (Point, Point) {
        (self.segments[0][0], self.segments[self.segments.len() - 1][3])
    }

    /// Length in pixels.
    pub fn length(&self) -> f64 {
        self.lengths[self.lengths.len() - 1]
    }

    /// The place after `fraction` (0 to 1, clamped) of the length.
    pub fn at(&self, fraction: f64) -> Point {
        let walked = fraction.clamp(0.0, 1.0) * self.length();
        let last = self.lengths.len() - 1;
        let after = self.lengths.partition_point(|&length| length < walked).clamp(1, last);
        let (low, high) = (self.lengths[after - 1], self.lengths[after]);
        let within = if high > low { (walked - low) / (high - low) } else { 0.0 };
        self.evaluate(after as f64 - 1.0 + within)
    }

    /// The point so many pieces from the start.
    fn evaluate(&self, pieces: f64) -> Point {
        let segment = ((pieces / PIECES as f64) as usize).min(self.segments.len() - 1);
        let t = pieces / PIECES as f64 - segment as f64;
        let s = 1.0 - t;
        let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
        let mut point = Point::default();
        for (weight, each) in weights.iter().zip(&self.segments[segment]) {
            point.x += weight * each.x;
            point.y += weight * each.y;
        }
        point
    }
}

fn level(from: Point, to: Point) -> [Point; 4] {
    let reach = ((to.x - from.x) / 2.0).abs().max(24.0);
    [from, Point::new(from.x + reach, from.y), Point::new(to.x - reach, to.y), to]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_curve_is_walked_evenly() {
        let curve = Curve::across(Point::new(0.0, 10.0), Point::new(200.0, 10.0));
        assert!((curve.length() - 200.0).abs() < 0.01);
        for step in 0..=10 {
            let point = curve.at(f64::from(step) / 10.0);
            assert!((point.x - f64::from(step) * 20.0).abs() < 0.5, "{step}: {point:?}");
            assert!((point.y - 10.0).abs() < 1e-9);
        }
    }

    #[test]
    fn equal_fractions_are_equal_distances_on_a_bent_curve() {
        let curve = Curve::across(Point::new(0.0, 0.0), Point::new(140.0, 250.0));
        let mut previous = curve.at(0.0);
        for step in 1..=20 {
            let point = curve.at(f64::from(step) / 20.0);
            let moved = previous.distance(point);
            assert!((moved - curve.length() / 20.0).abs() < curve.length() * 0.005, "{step}: {moved}");
            previous = point;
        }
    }

    #[test]
    fn a_chain_passes_its_bends_at_an_even_speed() {
        let bends = [Point::new(100.0, 80.0), Point::new(200.0, -20.0)];
        let curve = Curve::through(Point::new(0.0, 0.0), &bends, Point::new(300.0, 40.0));
        for bend in bends {
            let nearest = (0..=300).map(|step| curve.at(f64::from(step) / 300.0).distance(bend));
            assert!(nearest.fold(f64::INFINITY, f64::min) < 1.5);
        }
        let moved =
            |step: u32| curve.at(f64::from(step) / 40.0).distance(curve.at(f64::from(step + 1) / 40.0));
        assert!((0..40).all(|step| (moved(step) - curve.length() / 40.0).abs() < curve.length() * 0.005));
    }

    #[test]
    fn ends_are_exact_and_fractions_are_clamped() {
        let (from, to) = (Point::new(3.0, 4.0), Point::new(30.0, 90.0));
        let curve = Curve::down(from, to);
        assert!(curve.at(-1.0).distance(from) < 1e-9);
        assert!(curve.at(2.0).distance(to) < 1e-9);
    }
}
