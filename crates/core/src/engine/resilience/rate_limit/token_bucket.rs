//! A token bucket (Turner, "New Directions in Communications", 1986; Stripe's and Amazon's limiters): it holds at most
//! `burst` tokens, `limit` new ones flow in evenly per period, a call takes one.
//!
//! A token is counted as `period` parts and each nanosecond brings `limit` of them, so that any rate is exact. At most
//! `burst + rate * t` calls pass in any time t. Costs: O(1).

use super::{RateLimitSettings, RetryAfter};
use crate::engine::Time;

#[derive(Clone, Copy, Debug)]
pub(super) struct TokenBucket {
    /// What is in the bucket, in parts of which `period` make a token.
    level: u128,
    /// When that was.
    at: Time,
}

fn capacity(settings: &RateLimitSettings) -> u128 {
    settings.burst() * settings.period()
}

impl TokenBucket {
    pub(super) fn full(settings: &RateLimitSettings) -> Self {
        TokenBucket { level: capacity(settings), at: 0 }
    }

    fn fill(&mut self, now: Time, settings: &RateLimitSettings) {
        let brought = u128::from(now.saturating_sub(self.at)) * settings.limit();
        self.level = (self.level + brought).min(capacity(settings));
        self.at = self.at.max(now);
    }

    pub(super) fn allow(&mut self, now: Time, settings: &RateLimitSettings) -> Result<(), RetryAfter> {
        self.fill(now, settings);
        match self.level.checked_sub(settings.period()) {
            Some(rest) => {
                self.level = rest;
                Ok(())
            }
            None => Err(RetryAfter::nanos((settings.period() - self.level).div_ceil(settings.limit()))),
        }
    }

    /// What is missing stays missing, in tokens; a smaller bucket is empty at worst.
    pub(super) fn reconfigure(&mut self, now: Time, old: &RateLimitSettings, new: &RateLimitSettings) {
        self.fill(now, old);
        let missing = scale(capacity(old) - self.level, old.period(), new.period());
        self.level = capacity(new).saturating_sub(missing);
    }

    pub(super) fn validate(&self, settings: &RateLimitSettings) -> Result<(), String> {
        let capacity = capacity(settings);
        if self.level <= capacity { Ok(()) } else { Err(format!("{} of {capacity} parts", self.level)) }
    }
}

/// Parts of which `from` make a token in parts of which `to` do, rounded up.
pub(super) fn scale(parts: u128, from: u128, to: u128) -> u128 {
    (parts / from) * to + (parts % from * to).div_ceil(from)
}
