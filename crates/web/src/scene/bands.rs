//! Flow bands: where so much passes that single marks say nothing, a link shows how much goes over it a second, as a
//! number and as the width of a band, and which part of it failed.
//!
//! The rates are counted on the sampled messages and multiplied back; the legend says on how many.

/// At this many simulated seconds a second a frame of a thirtieth covers two: bands from here on.
const FROM: f64 = 60.0;

/// Below this many, marks again.
const UNTIL: f64 = 40.0;

/// Widths of a band in pixels.
const THINNEST: f64 = 2.0;
const WIDEST: f64 = 18.0;

/// What goes over a link a simulated second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flow {
    /// Messages from caller to callee.
    pub rate: f64,
    /// Of the answers, the share that failed.
    pub failing: f64,
}

/// Whether bands are drawn at this speed, if they were before or not.
pub fn at_speed(speed: f64, before: bool) -> bool {
    speed >= if before { UNTIL } else { FROM }
}

/// Width of a band: its area stands for the rate, so thin ones are still seen beside wide ones.
pub fn width(rate: f64, most: f64) -> f64 {
    if rate <= 0.0 || most <= 0.0 {
        0.0
    } else {
        THINNEST + (WIDEST - THINNEST) * (rate / most).min(1.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_come_with_speed_and_do_not_flicker() {
        let speeds = [1.0, 20.0, 59.0, 61.0, 45.0, 100.0, 39.0, 45.0];
        let mut banded = false;
        let seen = speeds.map(|speed| {
            banded = at_speed(speed, banded);
            banded
        });
        assert_eq!(seen, [false, false, false, true, true, true, false, false]);
    }

    #[test]
    fn a_wider_band_carries_more() {
        assert_eq!([width(0.0, 10.0), width(10.0, 10.0), width(5.0, 0.0)], [0.0, WIDEST, 0.0]);
        let widths: Vec<f64> = (1..10).map(|rate| width(f64::from(rate), 10.0)).collect();
        assert!(widths.is_sorted() && widths[0] > THINNEST);
    }
}
