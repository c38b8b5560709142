//! Settings as sliders turn them: between a scenario's values, slider positions and words.

use super::format;
use crate::json;
use headroom_labs::{Scale, Sketch};
use serde_json::Value;

/// Positions of a logarithmic slider.
const POSITIONS: f64 = 200.0;

/// The numbers a slider offers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Least.
    pub min: f64,
    /// Most.
    pub max: f64,
    /// Between neighbours.
    pub step: f64,
    /// How they are spread.
    pub scale: Scale,
}

impl Span {
    /// The heights of a sketch.
    pub fn of(sketch: &Sketch) -> Self {
        Self { min: sketch.min, max: sketch.max, step: 0.0, scale: sketch.scale }
    }

    /// The value in the middle of the slider.
    pub fn middle(&self) -> f64 {
        let (from, to, _) = self.attributes();
        self.value(((from + to) / 2.0).round())
    }

    /// Attributes `min`, `max`, `step` of the slider's element.
    pub fn attributes(&self) -> (f64, f64, f64) {
        if self.is_log() {
            (0.0, POSITIONS, 1.0)
        } else {
            (self.min, self.max, self.step.max(f64::MIN_POSITIVE))
        }
    }

    /// Where the slider stands for `value`.
    pub fn position(&self, value: f64) -> f64 {
        let value = value.clamp(self.min.min(self.max), self.max);
        if !self.is_log() {
            return value;
        }
        let share = (value / self.least()).max(1.0).ln() / (self.max / self.least()).ln();
        (share * POSITIONS).round()
    }

    /// The value for a slider that stands at `position`.
    pub fn value(&self, position: f64) -> f64 {
        if !self.is_log() {
            return position;
        }
        let exact = self.least() * (self.max / self.least()).powf(position / POSITIONS);
        self.rounded(exact).clamp(self.min, self.max)
    }

    /// The value when the slider, which stood for `from`, is moved to `position`. Small moves are not lost in the
    /// rounding: a key press always leads on.
    pub fn turned(&self, from: f64, position: f64) -> f64 {
        let to = self.value(position);
        let moved = position - self.position(from);
        if !self.is_log() || to != from || moved == 0.0 {
            return to;
        }
        (from + self.unit(from).copysign(moved)).clamp(self.min, self.max)
    }

    /// How much of the track is filled, as a percentage.
    pub fn filled(&self, value: f64) -> f64 {
        let (from, to, _) = self.attributes();
        if to > from { ((self.position(value) - from) / (to - from) * 100.0).clamp(0.0, 100.0) } else { 0.0 }
    }

    fn is_log(&self) -> bool {
        self.scale == Scale::Log && self.max > self.least()
    }

    fn least(&self) -> f64 {
        if self.min > 0.0 { self.min } else { self.step.max(1e-9) }
    }

    /// How finely values near `exact` are told apart.
    fn unit(&self, exact: f64) -> f64 {
        let coarse = 10_f64.powf(exact.log10().floor() - 1.0);
        if self.step > 0.0 { coarse.max(self.step) } else { coarse }
    }

    /// To a multiple of the step, but to no more than two digits' worth of detail: a slider that jumps 4,873 to
    /// 4,911 looks broken.
    fn rounded(&self, exact: f64) -> f64 {
        let unit = self.unit(exact);
        // Steps need not be powers of ten, so the last word is the step's.
        let near = (exact / unit).round() * unit;
        if self.step > 0.0 { (near / self.step).round() * self.step } else { near }
    }
}

/// The number in a setting, a length of time in milliseconds.
pub fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => milliseconds(text),
        _ => None,
    }
}

/// `number` in the form that `like` has: a length of time stays one, a whole number stays whole.
pub fn like(number: f64, like: &Value) -> Value {
    match like {
        Value::String(text) if milliseconds(text).is_some() => {
            Value::String(format!("{}ms", trimmed(number)))
        }
        _ if number.fract() == 0.0 && number.abs() < 9e15 => Value::from(number as i64),
        _ => Value::from(number),
    }
}

/// A setting in words, with its unit.
pub fn shown(value: &Value, unit: &str) -> String {
    match value {
        Value::String(text) => match milliseconds(text) {
            Some(ms) => format::duration(ms * 1_000.0),
            None => named(text),
        },
        Value::Number(number) => {
            let text = format::number(number.as_f64().unwrap_or(f64::NAN));
            if unit.is_empty() { text } else { format!("{text} {unit}") }
        }
        Value::Bool(true) => super::words::word("yes"),
        Value::Bool(false) => super::words::word("no"),
        Value::Null => "-".to_owned(),
        // A distribution, by its size or else its name.
        other => match ["value", "mean", "distribution"].iter().find_map(|key| other.get(key)) {
            Some(told) => shown(told, unit),
            None => json::written(other),
        },
    }
}

/// A word of the scenario as people write it: "least connections", "LRU".
pub fn named(word: &str) -> String {
    match word {
        "lru" | "fifo" | "lifo" | "lfu" | "mru" | "lfuda" | "slru" | "2q" | "lru-k" | "arc" | "lirs"
        | "s3-fifo" | "gdsf" => word.to_ascii_uppercase(),
        "w-tinylfu" => "W-TinyLFU".to_owned(),
        "hash" => "key modulo".to_owned(),
        "redis-lru" => "Redis LRU".to_owned(),
        "redis-lfu" => "Redis LFU".to_owned(),
        _ => word.replace('-', " "),
    }
}

/// Whether two values are the same, lengths of time by what they say: "60s" is "1m".
pub fn same(one: &Value, other: &Value) -> bool {
    let length = |value: &Value| value.as_str().and_then(milliseconds);
    one == other || length(one).is_some_and(|length_of_one| length(other) == Some(length_of_one))
}

/// Milliseconds in a length of time as people write it: "250ms", "30s", "1.5 m", "20us".
pub fn milliseconds(text: &str) -> Option<f64> {
    let units = [
        ("ms", 1.0),
        ("us", 1e-3),
        ("µs", 1e-3),
        ("ns", 1e-6),
        ("min", 60_000.0),
        ("s", 1_000.0),
        ("m", 60_000.0),
        ("h", 3.6e6),
    ];
    let (unit, factor) = units.into_iter().find(|(unit, _)| text.ends_with(unit))?;
    let number = headroom_core::decimal::read(text.strip_suffix(unit)?.trim())?;
    number.is_finite().then_some(number * factor)
}

fn trimmed(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CAPACITY: Span = Span { min: 100.0, max: 10_000.0, step: 100.0, scale: Scale::Log };
    const RATE: Span = Span { min: 10.0, max: 110.0, step: 1.0, scale: Scale::Linear };

    #[test]
    fn a_distribution_is_told_by_its_size() {
        for (value, text) in [
            (json!({ "distribution": "fixed", "value": "0.5ms" }), "0.5 ms"),
            (json!({ "distribution": "exponential", "mean": "20ms" }), "20 ms"),
            (json!({ "distribution": "bimodal", "low": "10ms", "high": "200ms" }), "bimodal"),
            (json!([4, 2, 1]), "[4,2,1]"),
        ] {
            assert_eq!(shown(&value, ""), text);
        }
    }

    #[test]
    fn a_slider_returns_to_where_it_stood() {
        for (span, values) in
            [(CAPACITY, [100.0, 500.0, 2_000.0, 10_000.0]), (RATE, [10.0, 50.0, 95.0, 110.0])]
        {
            for value in values {
                assert_eq!(span.value(span.position(value)), value, "{span:?}");
            }
        }
        assert_eq!(RATE.position(500.0), 110.0);
    }

    #[test]
    fn every_position_is_a_multiple_of_the_step_within_bounds() {
        for position in 0..=200 {
            let value = CAPACITY.value(f64::from(position));
            assert!((100.0..=10_000.0).contains(&value) && value % 100.0 == 0.0, "{position}: {value}");
        }
    }

    #[test]
    fn a_key_press_always_leads_on() {
        let mut value = 10_000.0;
        for direction in [-1.0, 1.0] {
            let end = if direction < 0.0 { 100.0 } else { 10_000.0 };
            for _ in 0..400 {
                let next = CAPACITY.turned(value, CAPACITY.position(value) + direction);
                assert!(value == end || (next - value) * direction > 0.0, "{value} {next}");
                value = next;
            }
            assert_eq!(value, end);
        }
        assert_eq!(RATE.turned(50.0, 51.0), 51.0);
    }

    #[test]
    fn settings_are_read_and_written_in_their_own_form() {
        let cases = [
            (json!(500), Some(500.0), json!(500)),
            (json!(0.99), Some(0.99), json!(0.99)),
            (json!("20ms"), Some(20.0), json!("20ms")),
            (json!("1.5s"), Some(1_500.0), json!("1500ms")),
            (json!("lru"), None, json!("lru")),
        ];
        for (value, number, written) in cases {
            assert_eq!(number_of(&value), number);
            if let Some(number) = number {
                assert_eq!(like(number, &value), written);
            }
        }
    }

    #[test]
    fn settings_in_words() {
        let cases = [
            (json!(2_000), "keys", "2,000 keys"),
            (json!("20ms"), "", "20 ms"),
            (json!("least-connections"), "", "least connections"),
            (json!("lru"), "", "LRU"),
            (json!("s3-fifo"), "", "S3-FIFO"),
            (json!("w-tinylfu"), "", "W-TinyLFU"),
            (json!("redis-lfu"), "", "Redis LFU"),
        ];
        for (value, unit, text) in cases {
            assert_eq!(shown(&value, unit), text);
        }
    }
}
