//! The moments of the calls of the last period: exact, no more than the limit in any period whatever, and as much memory
//! as there may be calls (a sorted set in Redis).
//!
//! A call counts for exactly a period: one at 0 leaves room at `period`. Costs: O(1) amortised; eight bytes a call.

use super::{RateLimitSettings, RetryAfter};
use crate::engine::Time;
use std::collections::VecDeque;

#[derive(Clone, Debug, Default)]
pub(super) struct SlidingLog {
    /// The earliest first.
    calls: VecDeque<Time>,
}

impl SlidingLog {
    pub(super) fn allow(&mut self, now: Time, settings: &RateLimitSettings) -> Result<(), RetryAfter> {
        let period = settings.period.max(1);
        while self.calls.front().is_some_and(|at| now.saturating_sub(*at) >= period) {
            self.calls.pop_front();
        }
        // Under a lower limit than before there may be more.
        let too_many = self.calls.len().checked_sub(settings.limit as usize);
        let Some(leaves) = too_many.and_then(|too_many| self.calls.get(too_many)) else {
            self.calls.push_back(now.max(self.calls.back().copied().unwrap_or_default()));
            return Ok(());
        };
        Err(RetryAfter(leaves.saturating_add(period).saturating_sub(now)))
    }

    pub(super) fn clear(&mut self) {
        self.calls.clear();
    }

    pub(super) fn memory(&self) -> u64 {
        (self.calls.capacity() * size_of::<Time>()) as u64
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        match self.calls.iter().zip(self.calls.iter().skip(1)).find(|(earlier, later)| earlier > later) {
            Some((earlier, later)) => Err(format!("a call at {earlier} before one at {later}")),
            None => Ok(()),
        }
    }
}
