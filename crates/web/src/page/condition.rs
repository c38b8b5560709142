//! What must be said in words because figures alone would mislead: nothing ends, everything fails, the worker is slow.
//!
//! Read from the windows of the last second; costs a look at each window back to where the failing began.

use crate::protocol::{Micros, Row};

/// Windows in a second.
const SECOND: usize = 4;
const WINDOW: Micros = 250_000.0;
/// Below this share of the speed asked for the worker is slow.
const SLOW: f64 = 0.7;
/// Frames told of, a tenth of a second apart, before it is said: a moment is no state.
const LASTING: u8 = 10;

/// Something to be said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// Requests are inside, and none has ended in this second.
    Silent,
    /// All that end have failed since then.
    AllFail(Micros),
}

/// What is to be said at `time`; nothing while requests end well.
pub fn condition(rows: &[Row], time: Micros) -> Option<Condition> {
    let end = ((time / WINDOW) as usize).min(rows.len());
    let rows = rows.get(..end)?;
    let second = rows.get(end.checked_sub(SECOND)?..)?;
    let sum = |of: fn(&Row) -> u32| second.iter().map(of).sum::<u32>();
    if sum(|row| row.ok) > 0 {
        return None;
    }
    if sum(|row| row.failed) == 0 {
        return (second.last()?.inside > 0).then_some(Condition::Silent);
    }
    let well = rows.iter().rposition(|row| row.ok > 0).map_or(0, |last| last + 1);
    // Before the first failure nothing ended at all.
    let first = rows[well..].iter().position(|row| row.failed > 0).map_or(well, |more| well + more);
    Some(Condition::AllFail(first as f64 * WINDOW))
}

/// Counts frames in which the worker was slower than asked.
pub fn count_slow(slow: u8, asked: f64, reached: f64) -> u8 {
    if reached > 0.0 && reached < SLOW * asked { slow.saturating_add(1) } else { 0 }
}

/// Whether it has been slow for so long that it is to be said.
pub fn is_slow(slow: u8) -> bool {
    slow >= LASTING
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(windows: &[(u32, u32, u32)]) -> Vec<Row> {
        let row = |(ok, failed, inside): &(u32, u32, u32)| Row {
            ok: *ok,
            failed: *failed,
            inside: *inside,
            ..Row::default()
        };
        windows.iter().map(row).collect()
    }

    #[test]
    fn silence_and_failure_are_told_apart_and_dated() {
        let (good, silent, failing, idle) = ((5, 0, 3), (0, 0, 3), (0, 4, 3), (0, 0, 0));
        for (windows, expected) in [
            (vec![good; 6], None),
            (vec![good, good, silent, silent, silent, silent], Some(Condition::Silent)),
            (vec![good, idle, idle, idle, idle], None),
            (vec![good, good, silent, failing, failing, silent], Some(Condition::AllFail(750_000.0))),
            (vec![failing; 4], Some(Condition::AllFail(0.0))),
            (vec![failing, failing, failing, (1, 9, 3)], None),
            (vec![failing; 3], None),
        ] {
            let time = windows.len() as f64 * WINDOW;
            assert_eq!(condition(&rows(&windows), time), expected, "{windows:?}");
        }
        let broken = rows(&[good, good, good, good, failing, failing, failing, failing]);
        assert_eq!(condition(&broken, 1e6), None, "of an earlier moment");
    }

    #[test]
    fn slow_is_what_stays_slow() {
        let frames = |reached: f64, count| (0..count).fold(0, |slow, _| count_slow(slow, 100.0, reached));
        for (reached, count, slow) in
            [(40.0, 10, true), (40.0, 9, false), (71.0, 50, false), (0.0, 50, false)]
        {
            assert_eq!(is_slow(frames(reached, count)), slow, "{reached} {count}");
        }
        assert!(!is_slow(count_slow(frames(40.0, 50), 100.0, 99.0)));
    }
}
