//! Durations, sizes and money as people write them: `250ms`, `64 MiB`, dollars.

use serde::Serializer;

use super::MicroDollars;
use crate::sim::time::Nanos;

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
