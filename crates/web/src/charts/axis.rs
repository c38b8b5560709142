//! Axes: round bounds, ticks, and times as people write them.

/// The least of 1, 1.6, 2, 4, 5, 8 times a power of ten that leaves some air above `most`. Halves of all of these
/// are short numbers, so an axis needs three labels. Stays at `present` while that still fits well.
pub fn round_most(most: f64, present: f64) -> f64 {
    if !most.is_finite() || most <= 0.0 {
        return if present > 0.0 { present } else { 1.0 };
    }
    if most <= present * 0.95 && most > present * 0.3 {
        return present;
    }
    let wanted = most * 1.15;
    let power = 10.0_f64.powf(wanted.log10().floor());
    let factor =
        [1.0, 1.6, 2.0, 4.0, 5.0, 8.0].into_iter().find(|factor| factor * power >= wanted * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// A label with as many decimals as half of `most` needs.
pub fn label(value: f64, most: f64) -> String {
    if most >= 10.0 || value == 0.0 {
        crate::scene::words::number(value)
    } else {
        let decimals = if most >= 2.0 { 1 } else { 2 };
        let text = format!("{value:.decimals$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// Times to label between `from` and `to` seconds: at most `count`, at round steps.
pub fn time_ticks(from: f64, to: f64, count: usize) -> Vec<f64> {
    const STEPS: [f64; 15] =
        [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 21_600.0];
    let wanted = (to - from) / count.max(1) as f64;
    let Some(step) = STEPS.into_iter().find(|step| *step >= wanted * (1.0 - 1e-9)) else {
        return vec![from, to];
    };
    let first = (from / step).ceil() as i64;
    let last = (to / step + 1e-9).floor() as i64;
    (first..=last).map(|tick| tick as f64 * step).collect()
}

/// "0:40", "35:00", "1:00:00"; with tenths where `step` seconds are a fraction.
pub fn clock(seconds: f64) -> String {
    let tenths = (seconds.max(0.0) * 100.0).round() as u64;
    let (whole, fraction) = (tenths / 100, tenths % 100);
    let (hours, minutes, rest) = (whole / 3_600, whole / 60 % 60, whole % 60);
    let mut text =
        if hours > 0 { format!("{hours}:{minutes:02}:{rest:02}") } else { format!("{minutes}:{rest:02}") };
    if fraction > 0 {
        text.push_str(format!(".{fraction:02}").trim_end_matches('0'));
    }
    text
}

/// The stretch of time that charts show at `now`: the whole run, or a window of `view` seconds that moves along once
/// it is full.
pub fn time_range(now: f64, duration: f64, view: Option<f64>) -> (f64, f64) {
    match view {
        Some(view) if view < duration => {
            let end = now.max(view).min(duration);
            (end - view, end)
        }
        _ => (0.0, duration),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_round() {
        // (largest value, present bound, bound)
        let cases = [
            (45.0, 0.0, 80.0),
            (130.0, 0.0, 160.0),
            (1_200.0, 0.0, 1_600.0),
            (1_000.0, 160.0, 1_600.0),
            (0.3, 0.0, 0.4),
            (0.0, 0.0, 1.0),
            (f64::NAN, 5.0, 5.0),
            // A bound that still fits stays.
            (100.0, 160.0, 160.0),
            (20.0, 160.0, 40.0),
            (8.8, 0.0, 16.0),
        ];
        for (most, present, bound) in cases {
            assert!(
                (round_most(most, present) - bound).abs() < bound * 1e-9,
                "{most} {present}: {}",
                round_most(most, present)
            );
        }
    }

    #[test]
    fn labels_are_short() {
        let cases = [
            (80.0, 160.0, "80"),
            (0.0, 0.4, "0"),
            (0.2, 0.4, "0.2"),
            (2.5, 5.0, "2.5"),
            (1_000.0, 2_000.0, "1,000"),
        ];
        for (value, most, text) in cases {
            assert_eq!(label(value, most), text);
        }
    }

    #[test]
    fn times_are_labelled_at_round_steps() {
        let cases: [(f64, f64, &[f64]); 4] = [
            (0.0, 60.0, &[0.0, 30.0, 60.0]),
            (0.0, 40.0, &[0.0, 15.0, 30.0]),
            (37.0, 77.0, &[45.0, 60.0, 75.0]),
            (0.0, 2_100.0, &[0.0, 1_800.0]),
        ];
        for (from, to, ticks) in cases {
            assert_eq!(time_ticks(from, to, 3), ticks, "{from} {to}");
        }
        assert_eq!(time_ticks(0.0, 40.0, 4), [0.0, 10.0, 20.0, 30.0, 40.0]);
    }

    #[test]
    fn times_are_written_as_on_a_clock() {
        let cases = [
            (0.0, "0:00"),
            (40.0, "0:40"),
            (12.5, "0:12.5"),
            (0.25, "0:00.25"),
            (2_100.0, "35:00"),
            (3_661.0, "1:01:01"),
        ];
        for (seconds, text) in cases {
            assert_eq!(clock(seconds), text);
        }
    }

    #[test]
    fn a_window_moves_once_it_is_full() {
        assert_eq!(time_range(12.0, 2_100.0, Some(40.0)), (0.0, 40.0));
        assert_eq!(time_range(100.0, 2_100.0, Some(40.0)), (60.0, 100.0));
        assert_eq!(time_range(12.0, 60.0, None), (0.0, 60.0));
        assert_eq!(time_range(12.0, 30.0, Some(40.0)), (0.0, 30.0));
    }
}
