//! A counter that starts again with each period (GitHub's and many others' limits): simple, and it lets twice the limit
//! pass around the moment it starts again.
//!
//! Periods begin at whole multiples of their length. Costs: O(1).

use super::{RateLimitSettings, RetryAfter};
use crate::engine::Time;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FixedWindow {
    /// Number of the period since time 0.
    period: u64,
    count: u32,
}

impl FixedWindow {
    pub(super) fn allow(&mut self, now: Time, settings: &RateLimitSettings) -> Result<(), RetryAfter> {
        let length = settings.period.max(1);
        let period = now / length;
        if period > self.period {
            *self = FixedWindow { period, count: 0 };
        }
        if self.count < settings.limit {
            self.count += 1;
            return Ok(());
        }
        Err(RetryAfter(length - now % length))
    }
}
