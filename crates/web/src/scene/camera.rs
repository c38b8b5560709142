//! Where one looks from: how much of the drawing is on the canvas, and how large.
//!
//! A point of the drawing stands on the canvas at `zoom` times itself, shifted. A drawing that fits is shown whole and
//! cannot be lost: the view never leaves it.

use super::geometry::Point;

/// Largest factor.
const CLOSEST: f64 = 2.5;

/// A factor and a shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Pixels of the canvas for one of the drawing.
    pub zoom: f64,
    /// Where the drawing's corner stands on the canvas.
    pub shift: Point,
    /// The factor at which all of it is seen.
    whole: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self { zoom: 1.0, shift: Point::default(), whole: 1.0 }
    }
}

/// Width and height.
pub type Size = (f64, f64);

impl Camera {
    /// All of a drawing in the middle of a canvas, never larger than life.
    pub fn whole(drawing: Size, canvas: Size) -> Self {
        let zoom = (canvas.0 / drawing.0.max(1.0)).min(canvas.1 / drawing.1.max(1.0)).min(1.0);
        Self { zoom, shift: Point::default(), whole: zoom }.within(drawing, canvas)
    }

    /// Whether only a part of the drawing is on the canvas.
    pub fn is_close(&self) -> bool {
        self.zoom > self.whole * 1.001
    }

    /// The point of the drawing under a point of the canvas.
    pub fn under(&self, point: Point) -> Point {
        Point::new((point.x - self.shift.x) / self.zoom, (point.y - self.shift.y) / self.zoom)
    }

    /// Where a point of the drawing stands on the canvas.
    pub fn place(&self, point: Point) -> Point {
        Point::new(point.x * self.zoom + self.shift.x, point.y * self.zoom + self.shift.y)
    }

    /// Closer by a factor; what is under `at` stays there.
    pub fn closer(self, factor: f64, at: Point, drawing: Size, canvas: Size) -> Self {
        let zoom = (self.zoom * factor).clamp(self.whole, CLOSEST.max(self.whole));
        let under = self.under(at);
        let shift = Point::new(at.x - under.x * zoom, at.y - under.y * zoom);
        Self { zoom, shift, ..self }.within(drawing, canvas)
    }

    /// Moved by so many pixels.
    pub fn moved(self, by: Point, drawing: Size, canvas: Size) -> Self {
        let shift = Point::new(self.shift.x + by.x, self.shift.y + by.y);
        Self { shift, ..self }.within(drawing, canvas)
    }

    /// Moved as little as brings a point of the drawing into the middle half of the canvas.
    pub fn keeping(self, point: Point, drawing: Size, canvas: Size) -> Self {
        let at = self.place(point);
        let pull = |at: f64, size: f64| at.clamp(size * 0.25, size * 0.75) - at;
        self.moved(Point::new(pull(at.x, canvas.0), pull(at.y, canvas.1)), drawing, canvas)
    }

    /// The drawing covers the canvas, or stands in its middle where it is smaller.
    fn within(self, drawing: Size, canvas: Size) -> Self {
        let bound = |shift: f64, drawing: f64, canvas: f64| {
            let spare = canvas - drawing * self.zoom;
            if spare >= 0.0 { spare / 2.0 } else { shift.clamp(spare, 0.0) }
        };
        let shift =
            Point::new(bound(self.shift.x, drawing.0, canvas.0), bound(self.shift.y, drawing.1, canvas.1));
        Self { shift, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWING: Size = (2_000.0, 1_000.0);
    const CANVAS: Size = (800.0, 600.0);

    #[test]
    fn a_drawing_that_fits_is_shown_as_it_is() {
        assert_eq!(Camera::whole(CANVAS, CANVAS), Camera::default());
        let camera = Camera::whole(DRAWING, CANVAS);
        assert_eq!((camera.zoom, camera.shift), (0.4, Point::new(0.0, 100.0)));
        assert!(!camera.is_close());
    }

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let at = Point::new(300.0, 300.0);
        let whole = Camera::whole(DRAWING, CANVAS);
        let closer = whole.closer(2.0, at, DRAWING, CANVAS);
        assert!(closer.is_close());
        assert!(closer.place(whole.under(at)).distance(at) < 1e-9);
        assert_eq!(closer.closer(0.01, at, DRAWING, CANVAS), whole);
        assert_eq!(closer.closer(1e9, at, DRAWING, CANVAS).zoom, CLOSEST);
    }

    #[test]
    fn the_view_never_leaves_the_drawing_and_follows_what_is_kept() {
        let camera = Camera::whole(DRAWING, CANVAS).closer(3.0, Point::new(400.0, 300.0), DRAWING, CANVAS);
        for by in [Point::new(1e6, 1e6), Point::new(-1e6, -1e6), Point::new(f64::MAX, 0.0)] {
            let moved = camera.moved(by, DRAWING, CANVAS);
            let (from, to) = (moved.under(Point::default()), moved.under(Point::new(CANVAS.0, CANVAS.1)));
            assert!(
                from.x >= -1e-6 && from.y >= -1e-6 && to.x <= DRAWING.0 + 1e-6 && to.y <= DRAWING.1 + 1e-6
            );
        }
        for point in [Point::new(0.0, 0.0), Point::new(1_990.0, 20.0), Point::new(1_000.0, 500.0)] {
            let at = camera.keeping(point, DRAWING, CANVAS).place(point);
            assert!(
                at.x >= -1e-6 && at.x <= CANVAS.0 + 1e-6 && at.y >= -1e-6 && at.y <= CANVAS.1 + 1e-6,
                "{at:?}"
            );
        }
    }
}
