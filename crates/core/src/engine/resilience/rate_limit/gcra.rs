//! The generic cell rate algorithm, a leaky bucket as a meter (ATM Forum UNI 3.1, 1994; ITU-T I.371; redis-cell and
//! Rust's governor): calls are due every `period / limit`, and one may come earlier by as much as a burst allows.
//!
//! It keeps one moment, the theoretical arrival time of the next call. A call conforms if that is at most
//! `(burst - 1) * period / limit` from now, and moves it on by `period / limit`. It lets through exactly what a token
//! bucket of the same burst does: the moment's distance from now is what is missing in the bucket. Counted in parts of
//! which a nanosecond has `limit`, so that any rate is exact. Costs: O(1).

use super::token_bucket::scale;
use super::{RateLimitSettings, RetryAfter};
use crate::engine::Time;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gcra {
    /// In parts of a nanosecond since time 0.
    theoretical_arrival: u128,
}

impl Gcra {
    pub(super) fn allow(&mut self, now: Time, settings: &RateLimitSettings) -> Result<(), RetryAfter> {
        let now = u128::from(now) * settings.limit();
        let tolerance = (settings.burst() - 1) * settings.period();
        let early = self.theoretical_arrival.saturating_sub(now);
        if early > tolerance {
            return Err(RetryAfter::nanos((early - tolerance).div_ceil(settings.limit())));
        }
        self.theoretical_arrival = self.theoretical_arrival.max(now) + settings.period();
        Ok(())
    }

    /// What is missing stays missing, in calls; with a smaller burst a whole one at most.
    pub(super) fn reconfigure(&mut self, now: Time, old: &RateLimitSettings, new: &RateLimitSettings) {
        let now = u128::from(now);
        let missing = self.theoretical_arrival.saturating_sub(now * old.limit());
        let missing = scale(missing, old.period(), new.period()).min(new.burst() * new.period());
        self.theoretical_arrival = now * new.limit() + missing;
    }
}
