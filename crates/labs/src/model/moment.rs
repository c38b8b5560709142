//! A time or a length of time in a lab: `"30s"` in its files, nanoseconds in what the page reads.

use std::fmt;

use headroom_wire::Wire;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// Simulated time in nanoseconds, at most 100 hours; written `"250ms"`, `"30s"` or `"5min"` in lab files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Wire)]
pub struct Moment(pub u64);

/// Beyond this a lab is mistyped, and JSON numbers stay exact below 2^53.
const LONGEST: u64 = 360_000 * 1_000_000_000;

impl Moment {
    /// The same in seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Reads `"250ms"`, `"30s"`, `"5min"`: a whole or decimal number and a unit. `None` if it is not one.
    pub fn read(text: &str) -> Option<Self> {
        let units: [(&str, f64); 5] = [("min", 60e9), ("ms", 1e6), ("us", 1e3), ("ns", 1.0), ("s", 1e9)];
        let (unit, factor) = units.into_iter().find(|(unit, _)| text.ends_with(unit))?;
        let number: f64 = text.strip_suffix(unit)?.trim().parse().ok()?;
        let nanos = (number * factor).round();
        (nanos >= 0.0 && nanos <= LONGEST as f64).then_some(Self(nanos as u64))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MomentVisitor)
    }
}

struct MomentVisitor;

impl Visitor<'_> for MomentVisitor {
    type Value = Moment;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as \"30s\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Moment, E> {
        Moment::read(text)
            .ok_or_else(|| E::custom(format!("`{text}` is not a time; write one such as \"30s\"")))
    }

    fn visit_u64<E: Error>(self, nanos: u64) -> Result<Moment, E> {
        Ok(Moment(nanos))
    }
}
