//! Figures as people read them: three digits or so, and the unit that the figure's name says. The command line prints
//! them, the page shows them, so that both say the same to the digit. Each costs one formatted number. Left out: the
//! page's figures on the scene and of goals, which have units of the lab's own.

/// Seconds as people read them: three digits and the unit that fits; `-` for nothing.
pub fn time(seconds: Option<f64>) -> String {
    let Some(seconds) = seconds else { return "-".to_owned() };
    let (value, unit) = match seconds {
        s if s >= 1.0 || s == 0.0 => (s, "s"),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s => (s * 1e6, "µs"),
    };
    format!("{} {unit}", digits(value))
}

/// A figure in the unit that its name says.
pub fn figure(name: &str, value: f64) -> String {
    if !value.is_finite() {
        return "?".to_owned();
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let size = Some(value.abs());
    let unit = match name {
        name if name.starts_with("latency") || name.ends_with("_s") && !name.ends_with("per_s") => time(size),
        name if name.ends_with("_ratio") || name.ends_with("utilisation") => {
            format!("{:.2} %", value.abs() * 100.0)
        }
        "cost_per_hour" => format!("${:.3}", value.abs()),
        _ => number(size),
    };
    format!("{sign}{unit}")
}

/// A share as a percentage; `-` for nothing.
pub fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// A number with three digits or more; `-` for nothing.
pub fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), digits)
}

/// A count with its thousands apart.
pub fn count(number: u64) -> String {
    thousands(&number.to_string())
}

/// Digits with a comma before every three.
pub fn thousands(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn digits(value: f64) -> String {
    match value.abs() {
        size if size >= 99.95 => count_of(value),
        size if size >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn count_of(value: f64) -> String {
    if value < 0.0 { format!("-{}", count(-value.round() as u64)) } else { count(value.round() as u64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_thousands_apart() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (125_000, "125,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn numbers_read_well() {
        for (seconds, text) in [
            (None, "-"),
            (Some(0.0), "0.00 s"),
            (Some(1.2345), "1.23 s"),
            (Some(0.04567), "45.7 ms"),
            (Some(0.000_001), "1.00 µs"),
            (Some(2100.0), "2,100 s"),
        ] {
            assert_eq!(time(seconds), text);
        }
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(percent(Some(0.75)), "75.0 %");
        assert_eq!(number(Some(99.96)), "100");
    }
}
