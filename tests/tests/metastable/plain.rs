//! The same in plain lines: one line of people, one clerk. The budget is a bucket of ten tries, empty at first.

use super::{Case, SECONDS, is_well};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const WORK: u64 = 1_000_000_000 / 300;
const PATIENCE: u64 = 1_000_000_000;

/// Numbers from 0 to 1, as by lot.
pub(super) fn lots(seed: u64) -> impl FnMut() -> f64 {
    let mut luck = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        luck ^= luck << 13;
        luck ^= luck >> 7;
        luck ^= luck << 17;
        (luck >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Seconds after the outage until requests succeed again; none if that is never. People come by `draw`.
pub(super) fn back_after(case: &Case, outage: usize, mut draw: impl FnMut() -> f64) -> Option<usize> {
    // (time, in order, retry, gives up): somebody comes, or has waited long enough.
    let mut events = BinaryHeap::new();
    let (mut now, mut number) = (0.0, 0u64);
    let mut next = move || {
        now -= (1.0 - draw()).ln() / f64::from(case.rate);
        (now * 1e9) as u64
    };
    events.push(Reverse((next(), number, false, false)));
    let (begins, over) = (outage as u64 * 1_000_000_000, (outage as u64 + 10) * 1_000_000_000);
    let (mut free, mut tokens) = (0u64, 0.0_f64);
    let mut quarters = vec![(0u64, 0u64); SECONDS * 4 + 8];
    let mut looked_at = (outage + 10) * 4 + 40;
    while let Some(Reverse((time, _, retry, gives_up))) = events.pop() {
        number += 1;
        // Nothing that comes counts for a quarter of a second that is over.
        while looked_at <= quarter_of(time) {
            let (ok, sent) = quarters[looked_at - 40..looked_at]
                .iter()
                .fold((0, 0), |sum, each| (sum.0 + each.0, sum.1 + each.1));
            if is_well(ok, sent) {
                return Some(looked_at / 4 - 10 - (outage + 10));
            }
            if looked_at == SECONDS * 4 {
                return None;
            }
            looked_at += 1;
        }
        if gives_up {
            let again = !retry && case.retries && case.budget.is_none_or(|_| tokens >= 1.0);
            if again {
                tokens -= 1.0;
                events.push(Reverse((time, number, true, false)));
            }
            continue;
        }
        if !retry {
            quarters[quarter_of(time)].1 += 1;
            events.push(Reverse((next(), number, false, false)));
            number += 1;
            if let Some(share) = case.budget {
                tokens = (tokens + share).min(10.0);
            }
        }
        let mut start = time.max(free);
        if start >= begins && start < over {
            start = over;
        }
        let late = case.drops && start >= time + PATIENCE;
        let done = if late { start } else { start + WORK };
        free = done;
        if !late && done <= time + PATIENCE {
            quarters[quarter_of(done)].0 += 1;
        } else {
            events.push(Reverse((time + PATIENCE, number, retry, true)));
        }
    }
    None
}

fn quarter_of(time: u64) -> usize {
    (time / 250_000_000) as usize
}
