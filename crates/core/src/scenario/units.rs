//! Durations, sizes and money as people write them: `250ms`, `64 MiB`, dollars.

use std::ops::RangeInclusive;

use serde::Serializer;

use super::MicroDollars;
use crate::sim::time::{MILLISECOND, Nanos};

/// The longest time a setting may have: a year. So sums of times never overflow.
const YEAR: Nanos = 8_760 * 3_600_000_000_000;

/// Any duration, none included.
pub(super) const ANY_DURATION: RangeInclusive<Nanos> = 0..=YEAR;

/// Any duration but none.
pub(super) const SOME_DURATION: RangeInclusive<Nanos> = 1..=YEAR;

/// From one time to the next of what happens again and again by itself. Were it shorter, a run would do nothing else.
pub(super) const PERIOD: RangeInclusive<Nanos> = MILLISECOND..=YEAR;

/// The units of durations, from the smallest.
pub(super) const DURATIONS: [&str; 6] = ["ns", "us", "ms", "s", "m", "h"];

/// The units of sizes, from the smallest.
pub(super) const SIZES: [&str; 9] = ["B", "kB", "KiB", "MB", "MiB", "GB", "GiB", "TB", "TiB"];

const DURATION_UNITS: [(&str, u64); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

const SIZE_UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

/// A duration as people write it, exactly: `1.5s`, `250ms`, `2m`. Reading it again gives the same duration.
pub fn format_duration(nanos: Nanos) -> String {
    if nanos == 0 {
        return "0s".to_owned();
    }
    // Hours and minutes only where they are whole; smaller units with a decimal fraction.
    let whole = |size: u64| nanos.is_multiple_of(size);
    let (unit, size) = DURATION_UNITS
        .into_iter()
        .find(|&(unit, size)| if matches!(unit, "h" | "m") { whole(size) } else { nanos >= size })
        .unwrap_or(("ns", 1));
    format!("{}{unit}", decimal(nanos, size))
}

/// A number of bytes as people write it, exactly: `64 MiB`, `10 kB`, `1500 B`.
pub fn format_size(bytes: u64) -> String {
    let (unit, size) = SIZE_UNITS
        .into_iter()
        .find(|&(_, size)| bytes >= size && bytes.is_multiple_of(size))
        .unwrap_or(("B", 1));
    format!("{} {unit}", bytes / size)
}

/// Reads a duration as scenarios have it, such as `1.5s`; nothing if it is none.
pub fn read_duration(text: &str) -> Option<Nanos> {
    parse_duration(text).ok()
}

/// Reads a number of bytes as scenarios have it, such as `64 MiB`; nothing if it is none.
pub fn read_size(text: &str) -> Option<u64> {
    parse_size(text).ok()
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Below zero.
    Negative,
    /// More than 64 bits hold.
    TooLarge,
    /// Not a number and a unit.
    Nonsense,
}

/// Reads `1.5s`; finer than a nanosecond is rounded half up.
pub(super) fn parse_duration(text: &str) -> Result<Nanos, Unreadable> {
    parse_amount(text, &DURATION_UNITS)
}

/// Reads `64 MiB`; a part of a byte is rounded half up.
pub(super) fn parse_size(text: &str) -> Result<u64, Unreadable> {
    parse_amount(text, &SIZE_UNITS)
}

fn parse_amount(text: &str, units: &[(&str, u64)]) -> Result<u64, Unreadable> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let size = units.iter().find(|(name, _)| *name == unit.trim_start()).ok_or(Unreadable::Nonsense)?.1;
    let amount = scale(&number.replace('_', ""), size)?;
    if negative && amount > 0 { Err(Unreadable::Negative) } else { Ok(amount) }
}

/// A decimal fraction times `size`, in whole numbers throughout.
fn scale(number: &str, size: u64) -> Result<u64, Unreadable> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return Err(Unreadable::Nonsense);
    }
    let whole: u64 = whole.parse().map_err(|_| Unreadable::TooLarge)?;
    // 18 digits are finer than any unit here.
    let fraction = &fraction[..fraction.len().min(18)];
    let parts: u128 = fraction.parse().map_err(|_| Unreadable::Nonsense)?;
    let denominator = 10_u128.pow(fraction.len() as u32);
    let rest = (parts * u128::from(size) + denominator / 2) / denominator;
    u64::try_from(u128::from(whole) * u128::from(size) + rest).map_err(|_| Unreadable::TooLarge)
}

/// `amount / size` as a decimal fraction, where `size` is a power of ten or divides `amount`.
fn decimal(amount: u64, size: u64) -> String {
    let (whole, rest) = (amount / size, amount % size);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = size.ilog10() as usize;
    let fraction = format!("{rest:0digits$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

pub(super) fn duration<S: Serializer>(nanos: &Nanos, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_duration(*nanos))
}

pub(super) fn maybe_duration<S: Serializer>(nanos: &Option<Nanos>, serializer: S) -> Result<S::Ok, S::Error> {
    match nanos {
        Some(nanos) => duration(nanos, serializer),
        None => serializer.serialize_none(),
    }
}

pub(super) fn size<S: Serializer>(bytes: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_size(*bytes))
}

pub(super) fn maybe_size<S: Serializer>(bytes: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    match bytes {
        Some(bytes) => size(bytes, serializer),
        None => serializer.serialize_none(),
    }
}

pub(super) fn dollars<S: Serializer>(micros: &MicroDollars, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(*micros as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_as_people_write_them() {
        for (text, nanos) in [
            ("250ms", 250_000_000),
            ("1.5s", 1_500_000_000),
            ("2m", 120_000_000_000),
            ("1h", 3_600_000_000_000),
            ("10us", 10_000),
            ("100ns", 100),
            (" 1_000 ms ", 1_000_000_000),
            ("0.4ns", 0),
            ("0.5ns", 1),
            ("1.0000000005s", 1_000_000_001),
            ("0s", 0),
            ("-0s", 0),
        ] {
            assert_eq!(parse_duration(text), Ok(nanos), "{text}");
        }
        for (text, why) in [
            ("", Unreadable::Nonsense),
            ("5", Unreadable::Nonsense),
            ("ms", Unreadable::Nonsense),
            ("5 parsecs", Unreadable::Nonsense),
            ("1.s", Unreadable::Nonsense),
            (".5s", Unreadable::Nonsense),
            ("1.2.3s", Unreadable::Nonsense),
            ("1e3s", Unreadable::Nonsense),
            ("5 S", Unreadable::Nonsense),
            ("-1s", Unreadable::Negative),
            ("99999999999999999999s", Unreadable::TooLarge),
            ("6000000h", Unreadable::TooLarge),
        ] {
            assert_eq!(parse_duration(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn amounts_print_short() {
        for (nanos, text) in [
            (0, "0s"),
            (100, "100ns"),
            (1_500, "1.5us"),
            (250_000_000, "250ms"),
            (1_500_000_000, "1.5s"),
            (90_000_000_000, "90s"),
            (120_000_000_000, "2m"),
            (5_400_000_000_000, "90m"),
            (7_200_000_000_000, "2h"),
            (43_123_456_789, "43.123456789s"),
        ] {
            assert_eq!(format_duration(nanos), text);
        }
        for (bytes, text) in
            [(0, "0 B"), (1_500, "1500 B"), (10_000, "10 kB"), (64 << 20, "64 MiB"), (1_024, "1 KiB")]
        {
            assert_eq!(format_size(bytes), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_the_same(amount in any::<u64>(), shift in 0_u32..64) {
            let amount = amount >> shift;
            prop_assert_eq!(parse_duration(&format_duration(amount)), Ok(amount));
            prop_assert_eq!(parse_size(&format_size(amount)), Ok(amount));
        }
    }
}
