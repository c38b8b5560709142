//! What competes in a replay: a policy by its name, or the optimum; and capacities as people write them.

use headroom_core::engine::cache::{Capacity, MOST_ENTRIES};
use headroom_core::race::Contender;
use headroom_core::scenario::{format_size, read_size};

/// Most sizes of a range.
const MOST_SIZES: u32 = 1_000;

/// Sizes of a range that does not say how many.
const SIZES: u32 = 13;

/// Reads the name of a policy.
pub(crate) fn contender(text: &str) -> Result<Contender, String> {
    Contender::named(text).ok_or_else(|| format!("there are {}", names()))
}

/// Every name there is.
pub(crate) fn names() -> String {
    Contender::all().map(Contender::name).collect::<Vec<_>>().join(", ")
}

/// Reads a number of entries, or of bytes if it has a unit.
pub(crate) fn capacity(text: &str) -> Result<Capacity, String> {
    let digits = text.trim().replace('_', "");
    let read = match digits.parse() {
        Ok(entries) => Some(Capacity::Entries(entries)),
        Err(_) => read_size(text).map(Capacity::Bytes),
    };
    match read {
        Some(Capacity::Entries(0) | Capacity::Bytes(0)) => Err("of no capacity nothing is stored".to_owned()),
        Some(Capacity::Entries(MOST_ENTRIES_AND_ONE..)) => {
            Err(format!("at most {MOST_ENTRIES} entries can be replayed"))
        }
        Some(capacity) => Ok(capacity),
        None => Err("give a number of entries such as 1000, or of bytes such as 64MiB".to_owned()),
    }
}

const MOST_ENTRIES_AND_ONE: u64 = MOST_ENTRIES + 1;

/// Sizes of caches, rising, all in entries or all in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) numbers: Vec<u64>,
    pub(crate) in_bytes: bool,
}

impl Sizes {
    pub(crate) fn capacity(&self, number: u64) -> Capacity {
        if self.in_bytes { Capacity::Bytes(number) } else { Capacity::Entries(number) }
    }
}

/// Reads `100,1000,10000`, or a range `100..1000000:13` of so many sizes, each larger by the same factor.
pub(crate) fn sizes(text: &str) -> Result<Sizes, String> {
    let mut capacities = Vec::new();
    for part in text.split(',') {
        match part.split_once("..") {
            None => capacities.push(capacity(part)?),
            Some((from, rest)) => {
                let (to, count) = rest.split_once(':').unwrap_or((rest, ""));
                let count = if count.is_empty() { Ok(SIZES) } else { count.trim().parse() };
                let count = count.ok().filter(|count| (2..=MOST_SIZES).contains(count));
                let count = count
                    .ok_or_else(|| format!("a range has 2 to {MOST_SIZES} sizes, such as 100..1000:7"))?;
                capacities.extend(range(capacity(from)?, capacity(to)?, count)?);
            }
        }
    }
    let in_bytes = matches!(capacities.first(), Some(Capacity::Bytes(_)));
    let mut numbers = Vec::new();
    for capacity in capacities {
        match (capacity, in_bytes) {
            (Capacity::Entries(number), false) | (Capacity::Bytes(number), true) => numbers.push(number),
            _ => return Err("give all sizes in entries or all in bytes".to_owned()),
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(Sizes { numbers, in_bytes })
}

fn range(from: Capacity, to: Capacity, count: u32) -> Result<Vec<Capacity>, String> {
    let (low, high, make): (u64, u64, fn(u64) -> Capacity) = match (from, to) {
        (Capacity::Entries(low), Capacity::Entries(high)) => (low, high, Capacity::Entries),
        (Capacity::Bytes(low), Capacity::Bytes(high)) => (low, high, Capacity::Bytes),
        _ => return Err("both ends of a range are in entries, or both in bytes".to_owned()),
    };
    if low >= high {
        return Err("a range goes from a smaller size to a larger one".to_owned());
    }
    let factor = high as f64 / low as f64;
    let at = |step: u32| match step {
        0 => low,
        _ if step == count - 1 => high,
        _ => (low as f64 * factor.powf(f64::from(step) / f64::from(count - 1))).round() as u64,
    };
    Ok((0..count).map(at).map(make).collect())
}

/// A capacity for people.
pub(crate) fn written(capacity: Capacity) -> String {
    match capacity {
        Capacity::Entries(entries) => crate::table::count(entries),
        Capacity::Bytes(bytes) => format_size(bytes),
    }
}

/// A size of a range for people: in bytes rarely a round number, so three digits of it.
pub(crate) fn written_short(capacity: Capacity) -> String {
    let Capacity::Bytes(bytes) = capacity else { return written(capacity) };
    let exact = format_size(bytes);
    let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    let unit = units.into_iter().find(|(_, size)| bytes as f64 >= *size);
    match unit {
        Some((name, size)) if exact.len() > "1024 KiB".len() => {
            let number = bytes as f64 / size;
            let digits = if number >= 100.0 { 0 } else { 1 + usize::from(number < 10.0) };
            format!("{number:.digits$} {name}")
        }
        _ => exact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_a_range_have_few_digits() {
        for (bytes, text) in [
            (1_000_000, "1 MB"),
            (64 << 20, "64 MiB"),
            (1_024 << 10, "1 MiB"),
            (3_981_072, "3.98 MB"),
            (15_848_932, "15.8 MB"),
            (251_188_643, "251 MB"),
            (999, "999 B"),
        ] {
            assert_eq!(written_short(Capacity::Bytes(bytes)), text);
        }
        assert_eq!(written_short(Capacity::Entries(1_234_567)), "1,234,567");
    }

    #[test]
    fn capacities_are_entries_or_bytes() {
        assert_eq!(capacity("1000"), Ok(Capacity::Entries(1_000)));
        assert_eq!(capacity("1_000"), Ok(Capacity::Entries(1_000)));
        assert_eq!(capacity("64MiB"), Ok(Capacity::Bytes(64 << 20)));
        assert_eq!(capacity("1.5 kB"), Ok(Capacity::Bytes(1_500)));
        for wrong in ["", "0", "0B", "-1", "ten", "1 mile", "4000001"] {
            assert!(capacity(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_listed_or_ranged() {
        let entries = |numbers: &[u64]| Ok(Sizes { numbers: numbers.to_vec(), in_bytes: false });
        assert_eq!(sizes("1000,10,10"), entries(&[10, 1_000]));
        assert_eq!(sizes("10..1000:3"), entries(&[10, 100, 1_000]));
        assert_eq!(sizes("1..3:9,7"), entries(&[1, 2, 3, 7]));
        assert_eq!(sizes("100..1000000").map(|sizes| sizes.numbers.len()), Ok(13));
        assert_eq!(sizes("1KiB..4KiB:3"), Ok(Sizes { numbers: vec![1_024, 2_048, 4_096], in_bytes: true }));
        for wrong in ["", "10..", "10..10", "10..5", "10..20:1", "10..20:x", "10,1KiB", "1..1KiB", "1..2..3"]
        {
            assert!(sizes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_policy_is_known_by_its_name() {
        for name in names().split(", ") {
            assert_eq!(contender(name).map(Contender::name), Ok(name));
        }
        assert!(contender("best").is_err_and(|told| told.contains("lru")));
    }
}
