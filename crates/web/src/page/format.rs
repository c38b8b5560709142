//! Figures as people read them: with a unit, no more digits than they are worth.

use crate::protocol::Micros;
use headroom_core::metrics::written::thousands;

/// A number with separators and at most three digits after the point, none that say nothing: "1,200", "0.75".
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    let places = match value.abs() {
        size if size >= 100.0 || value.fract() == 0.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{:.places$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0.0 && text.contains(|c: char| c.is_ascii_digit() && c != '0') { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", thousands(whole))
}

/// A figure with its unit: "96 ms", "56.5 %", "$0.87", "1,200 a second". A share just short of all is never rounded
/// up to all.
pub fn figure(value: f64, unit: &str) -> String {
    match unit {
        "$" => money(value * 1e6),
        "%" => format!("{} %", percent(value)),
        "" => number(value),
        // As the charts have it.
        "s" if value > 0.0 && value < 1.0 => figure(value * 1e3, "ms"),
        _ => format!("{} {unit}", number(three_digits(value))),
    }
}

/// From lowest to highest: "96 - 113 ms"; one figure where they look the same.
pub fn range(low: f64, high: f64, unit: &str) -> String {
    let (from, to) = (figure(low, unit), figure(high, unit));
    if from == to {
        return to;
    }
    let shared = format!(" {unit}");
    format!("{}\u{2013}{to}", from.strip_suffix(&shared).unwrap_or(&from))
}

fn percent(value: f64) -> String {
    let floor_at = |scale: f64| (value * scale + 1e-9).floor() / scale;
    match value {
        v if v >= 100.0 || v <= 0.0 => number(v),
        v if v > 99.9 => format!("{:.2}", floor_at(100.0)),
        v if v > 99.0 => format!("{:.1}", floor_at(10.0)),
        v => format!("{v:.1}"),
    }
}

fn three_digits(value: f64) -> f64 {
    match value.abs() {
        size if size >= 100.0 => value.round(),
        size if size >= 10.0 => (value * 10.0).round() / 10.0,
        _ => (value * 100.0).round() / 100.0,
    }
}

/// A moment of the run: "0:12.400", "34:59.000".
pub fn clock(micros: Micros) -> String {
    let millis = (micros.max(0.0) / 1_000.0).round() as u64;
    format!("{}:{:02}.{:03}", millis / 60_000, millis / 1_000 % 60, millis % 1_000)
}

/// A moment to the second: "0:43".
pub fn clock_short(micros: Micros) -> String {
    let seconds = (micros.max(0.0) / 1e6).floor() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Money an hour from its millionths: "$0.94", rounded half up.
pub fn money(micro_dollars: f64) -> String {
    let cents = ((micro_dollars / 10_000.0) + 0.5 + 1e-9).floor() as i64;
    format!("${}.{:02}", cents / 100, cents % 100)
}

/// A length of time in the unit that suits it: "0.4 ms", "52 ms", "1.2 s".
pub fn duration(micros: Micros) -> String {
    let millis = micros / 1_000.0;
    match millis {
        ms if ms < 0.0005 => "0 ms".to_owned(),
        ms if ms < 999.5 => format!("{} ms", number(three_digits(ms))),
        ms => format!("{} s", number((ms / 10.0).round() / 100.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let cases = [
            (0.0, "0"),
            (80.0, "80"),
            (0.75, "0.75"),
            (0.5, "0.5"),
            (1_200.0, "1,200"),
            (1_234_567.8, "1,234,568"),
            (12.345, "12.3"),
            (-4.0, "-4"),
            (-0.0001, "0"),
            (f64::NAN, "-"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn figures() {
        let cases = [
            (56.5, "%", "56.5 %"),
            (99.96, "%", "99.96 %"),
            (99.999, "%", "99.99 %"),
            (99.9, "%", "99.9 %"),
            (100.0, "%", "100 %"),
            (0.865, "$", "$0.87"),
            (112.7, "ms", "113 ms"),
            (49.96, "ms", "50 ms"),
            (0.0096, "s", "9.6 ms"),
            (0.28, "s", "280 ms"),
            (47.5, "s", "47.5 s"),
            (78.0, "a second", "78 a second"),
            (3.0, "", "3"),
        ];
        for (value, unit, text) in cases {
            assert_eq!(figure(value, unit), text);
        }
    }

    #[test]
    fn ranges_name_their_unit_once() {
        assert_eq!(range(96.0, 113.0, "ms"), "96–113 ms");
        assert_eq!(range(50.01, 49.99, "ms"), "50 ms");
        assert_eq!(range(0.87, 0.94, "$"), "$0.87–$0.94");
    }

    #[test]
    fn moments_and_lengths() {
        assert_eq!(clock(12_400_000.0), "0:12.400");
        assert_eq!(clock(2_099_999_600.0), "35:00.000");
        assert_eq!(clock_short(43_999_999.0), "0:43");
        let lengths = [
            (0.0, "0 ms"),
            (400.0, "0.4 ms"),
            (52_340.0, "52.3 ms"),
            (203_400.0, "203 ms"),
            (1_234_000.0, "1.23 s"),
        ];
        for (micros, text) in lengths {
            assert_eq!(duration(micros), text);
        }
    }

    #[test]
    fn money_is_rounded_half_up() {
        for (micro, text) in
            [(940_000.0, "$0.94"), (865_000.0, "$0.87"), (1_265_000.0, "$1.27"), (0.0, "$0.00")]
        {
            assert_eq!(money(micro), text);
        }
    }
}
