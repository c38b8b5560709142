//! How long to wait before a retry: fixed, exponential, or exponential with jitter, by the rules of the AWS
//! simulator (aws-samples/aws-arch-backoff-simulator, `backoff_simulator.py`; Brooker, "Exponential Backoff And
//! Jitter", AWS Architecture Blog 2015).
//!
//! With `e = min(cap, base * 2^n)` before the n-th retry, the first being n = 1:
//! exponential waits `e`; full jitter anything from 0 to `e`; equal jitter half of `e` and anything up to the other
//! half; decorrelated jitter anything from `base` to three times what it waited last (at first `base`), at most `cap`.
//! Without jitter clients that collided once collide again and again.
//!
//! Costs: O(1), no state: the caller keeps the last delay. Delays are whole nanoseconds, all in a range alike.
//!
//! Left out: Finagle's `exponentialJittered`, which feeds each delay drawn back as the next base.

use crate::engine::Nanos;
use crate::engine::mixing::below;
use serde::{Deserialize, Serialize};

/// How delays grow from retry to retry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum BackoffKind {
    /// The same before every retry.
    Fixed,
    /// Twice as long before every retry.
    Exponential,
    /// Anything between nothing and the exponential delay.
    #[default]
    FullJitter,
    /// Half of the exponential delay, and anything up to the other half.
    EqualJitter,
    /// Anything between the base and three times the last delay.
    DecorrelatedJitter,
}

impl BackoffKind {
    /// Every kind, in the order of the list above.
    pub const ALL: [BackoffKind; 5] = [
        BackoffKind::Fixed,
        BackoffKind::Exponential,
        BackoffKind::FullJitter,
        BackoffKind::EqualJitter,
        BackoffKind::DecorrelatedJitter,
    ];
}

/// Delays before retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// How they grow.
    pub kind: BackoffKind,
    /// What they grow from, in ns; a fixed delay is this.
    pub base: Nanos,
    /// The longest, in ns.
    pub cap: Nanos,
}

impl Backoff {
    /// The delay before a retry: the `retry`-th, from 1. `previous` is the delay before the last one, 0 if there was
    /// none: only decorrelated jitter looks at it. `draw` is a random word: only jitter looks at it.
    #[inline]
    pub fn delay(&self, retry: u32, previous: Nanos, draw: u64) -> Nanos {
        let exponential = || match self.base {
            0 => 0,
            // Shifted out of its width it is above any cap.
            base if retry > base.leading_zeros() => self.cap,
            base => (base << retry).min(self.cap),
        };
        match self.kind {
            BackoffKind::Fixed => self.base.min(self.cap),
            BackoffKind::Exponential => exponential(),
            BackoffKind::FullJitter => between(0, exponential(), draw),
            BackoffKind::EqualJitter => {
                let whole = exponential();
                between(whole / 2, whole, draw)
            }
            BackoffKind::DecorrelatedJitter => {
                let most = previous.max(self.base).saturating_mul(3);
                between(self.base, most, draw).min(self.cap)
            }
        }
    }
}

/// Any of the whole numbers from `least` to `most`, each alike.
#[inline]
fn between(least: Nanos, most: Nanos, draw: u64) -> Nanos {
    least + below(draw, (most - least).saturating_add(1))
}
