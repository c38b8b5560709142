//! How many calls of late failed or were slow: of the last n calls, or of the last n seconds in buckets of one second
//! (resilience4j's `FixedSizeSlidingWindowMetrics` and `SlidingTimeWindowMetrics`).
//!
//! Costs: O(1) a call; a byte for each of n calls, twelve for each of n seconds.

use super::slots::Slots;
use crate::engine::Time;
use std::ops::{AddAssign, SubAssign};

const SECOND: Time = 1_000_000_000;

/// Which calls count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallWindow {
    /// The last so many.
    Calls(u32),
    /// Those that ended in the second of now and so many less one before it.
    Seconds(u32),
}

/// What a window holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallCounts {
    /// Calls that ended.
    pub calls: u32,
    /// Those that failed.
    pub failed: u32,
    /// Those that were slow, failed or not.
    pub slow: u32,
}

impl CallCounts {
    pub(super) fn one(failed: bool, slow: bool) -> Self {
        CallCounts { calls: 1, failed: failed.into(), slow: slow.into() }
    }
}

impl AddAssign for CallCounts {
    fn add_assign(&mut self, other: CallCounts) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.slow += other.slow;
    }
}

impl SubAssign for CallCounts {
    fn sub_assign(&mut self, other: CallCounts) {
        self.calls -= other.calls;
        self.failed -= other.failed;
        self.slow -= other.slow;
    }
}

const FAILED: u8 = 1;
const SLOW: u8 = 2;

#[derive(Clone, Debug)]
pub(super) enum Window {
    Calls {
        /// Outcomes, the oldest at `next` once all places are taken.
        ring: Vec<u8>,
        size: u32,
        next: u32,
        sum: CallCounts,
    },
    Seconds(Slots<CallCounts>),
}

impl Window {
    pub(super) fn new(window: CallWindow) -> Self {
        match window {
            CallWindow::Calls(size) => {
                Window::Calls { ring: Vec::new(), size: size.max(1), next: 0, sum: CallCounts::default() }
            }
            CallWindow::Seconds(seconds) => Window::Seconds(Slots::new(seconds as usize, SECOND)),
        }
    }

    /// Adds a call that ended now, and gives the counts with it.
    pub(super) fn record(&mut self, now: Time, failed: bool, slow: bool) -> CallCounts {
        let one = CallCounts::one(failed, slow);
        match self {
            Window::Calls { ring, size, next, sum } => {
                let outcome = u8::from(failed) * FAILED + u8::from(slow) * SLOW;
                if (ring.len() as u32) < *size {
                    ring.push(outcome);
                } else {
                    *sum -= counts(std::mem::replace(&mut ring[*next as usize], outcome));
                    *next = (*next + 1) % *size;
                }
                *sum += one;
                *sum
            }
            Window::Seconds(slots) => {
                slots.add(now, one);
                slots.sum(now)
            }
        }
    }

    pub(super) fn counts(&mut self, now: Time) -> CallCounts {
        match self {
            Window::Calls { sum, .. } => *sum,
            Window::Seconds(slots) => slots.sum(now),
        }
    }

    pub(super) fn clear(&mut self) {
        match self {
            Window::Calls { ring, next, sum, .. } => {
                ring.clear();
                (*next, *sum) = (0, CallCounts::default());
            }
            Window::Seconds(slots) => slots.clear(),
        }
    }

    pub(super) fn memory(&self) -> u64 {
        match self {
            Window::Calls { ring, .. } => ring.capacity() as u64,
            Window::Seconds(slots) => slots.memory(),
        }
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        match self {
            Window::Calls { ring, sum, .. } => {
                let mut recounted = CallCounts::default();
                ring.iter().for_each(|&outcome| recounted += counts(outcome));
                if recounted == *sum {
                    Ok(())
                } else {
                    Err(format!("{recounted:?} in the window, not {sum:?}"))
                }
            }
            Window::Seconds(slots) => slots.validate(),
        }
    }
}

fn counts(outcome: u8) -> CallCounts {
    CallCounts::one(outcome & FAILED != 0, outcome & SLOW != 0)
}
