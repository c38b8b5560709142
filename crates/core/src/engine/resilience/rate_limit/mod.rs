//! Rate limiting: at most so many calls per period, by five algorithms behind one question.
//!
//! One file per algorithm behind [`RateLimitAlgorithm`]. Only calls that are let through count; a refused one is told
//! after how long it would be let through if no other came before. Time is whole nanoseconds and credit is whole
//! numbers, so nothing drifts: `limit` per `period` is that in the long run, whatever the two are.
//!
//! [`PerKey`] keeps a limit for each client.

mod fixed_window;
mod gcra;
mod per_key;
mod sliding_log;
mod sliding_window;
#[cfg(test)]
mod tests;
mod token_bucket;
#[cfg(test)]
mod twins;

pub use per_key::PerKey;

use crate::engine::{Nanos, Time};
use fixed_window::FixedWindow;
use gcra::Gcra;
use serde::{Deserialize, Serialize};
use sliding_log::SlidingLog;
use sliding_window::SlidingWindow;
use token_bucket::TokenBucket;

/// How calls are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RateLimitAlgorithm {
    /// A bucket of tokens that fills evenly; a call takes one.
    #[default]
    TokenBucket,
    /// Generic cell rate algorithm: the moment the next call is due; one may come a burst earlier.
    Gcra,
    /// A counter that starts again with each period.
    FixedWindow,
    /// The counter of this period, and of the last one the share that still lies within a period.
    SlidingWindow,
    /// The moments of all calls of the last period.
    SlidingLog,
}

impl RateLimitAlgorithm {
    /// Every algorithm, in the order of the list above.
    pub const ALL: [RateLimitAlgorithm; 5] = [
        RateLimitAlgorithm::TokenBucket,
        RateLimitAlgorithm::Gcra,
        RateLimitAlgorithm::FixedWindow,
        RateLimitAlgorithm::SlidingWindow,
        RateLimitAlgorithm::SlidingLog,
    ];
}

/// An algorithm and what it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// How calls are counted.
    pub algorithm: RateLimitAlgorithm,
    /// So many calls per period; 0 allows none.
    pub limit: u32,
    /// The period in ns; 0 counts as 1.
    pub period: Nanos,
    /// Token bucket and GCRA: so many may come at once; 0 counts as 1.
    pub burst: u32,
}

impl RateLimitSettings {
    fn limit(&self) -> u128 {
        self.limit.into()
    }

    fn period(&self) -> u128 {
        self.period.max(1).into()
    }

    fn burst(&self) -> u128 {
        self.burst.max(1).into()
    }
}

/// A call is refused, and would be let through after so many ns if none came before; the largest number: never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter(pub Nanos);

impl RetryAfter {
    /// After so long, or never where that is beyond any time.
    fn nanos(nanos: u128) -> RetryAfter {
        RetryAfter(Nanos::try_from(nanos).unwrap_or(Nanos::MAX))
    }
}

/// A limit for all calls together.
#[derive(Clone, Debug)]
pub struct RateLimiter {
    settings: RateLimitSettings,
    state: State,
}

/// What an algorithm remembers.
#[derive(Clone, Debug)]
enum State {
    TokenBucket(TokenBucket),
    Gcra(Gcra),
    FixedWindow(FixedWindow),
    SlidingWindow(SlidingWindow),
    SlidingLog(SlidingLog),
}

impl State {
    fn new(settings: &RateLimitSettings) -> State {
        match settings.algorithm {
            RateLimitAlgorithm::TokenBucket => State::TokenBucket(TokenBucket::full(settings)),
            RateLimitAlgorithm::Gcra => State::Gcra(Gcra::default()),
            RateLimitAlgorithm::FixedWindow => State::FixedWindow(FixedWindow::default()),
            RateLimitAlgorithm::SlidingWindow => State::SlidingWindow(SlidingWindow::default()),
            RateLimitAlgorithm::SlidingLog => State::SlidingLog(SlidingLog::default()),
        }
    }

    fn allow(&mut self, now: Time, settings: &RateLimitSettings) -> Result<(), RetryAfter> {
        if settings.limit == 0 {
            return Err(RetryAfter(Nanos::MAX));
        }
        match self {
            State::TokenBucket(state) => state.allow(now, settings),
            State::Gcra(state) => state.allow(now, settings),
            State::FixedWindow(state) => state.allow(now, settings),
            State::SlidingWindow(state) => state.allow(now, settings),
            State::SlidingLog(state) => state.allow(now, settings),
        }
    }

    /// As new, without giving memory back.
    fn reset(&mut self, settings: &RateLimitSettings) {
        match self {
            State::SlidingLog(state) => state.clear(),
            state => *state = State::new(settings),
        }
    }

    fn reconfigure(&mut self, now: Time, old: &RateLimitSettings, new: &RateLimitSettings) {
        if old.algorithm != new.algorithm {
            *self = State::new(new);
            return;
        }
        match self {
            State::TokenBucket(state) => state.reconfigure(now, old, new),
            State::Gcra(state) => state.reconfigure(now, old, new),
            State::FixedWindow(_) | State::SlidingWindow(_) if old.period != new.period => {
                *self = State::new(new);
            }
            State::FixedWindow(_) | State::SlidingWindow(_) | State::SlidingLog(_) => {}
        }
    }

    fn memory(&self) -> u64 {
        match self {
            State::SlidingLog(state) => state.memory(),
            _ => 0,
        }
    }

    fn validate(&self, settings: &RateLimitSettings) -> Result<(), String> {
        match self {
            State::TokenBucket(state) => state.validate(settings),
            State::SlidingLog(state) => state.validate(),
            State::Gcra(_) | State::FixedWindow(_) | State::SlidingWindow(_) => Ok(()),
        }
    }
}

impl RateLimiter {
    /// One that has let nothing through yet.
    pub fn new(settings: RateLimitSettings) -> Self {
        RateLimiter { settings, state: State::new(&settings) }
    }

    /// The settings in force.
    pub fn settings(&self) -> RateLimitSettings {
        self.settings
    }

    /// Whether a call may pass now, which it then does.
    ///
    /// # Errors
    /// It may not; how long it would have to wait.
    #[inline]
    pub fn allow(&mut self, now: Time) -> Result<(), RetryAfter> {
        self.state.allow(now, &self.settings)
    }

    /// Changes the settings. Token bucket and GCRA keep what is used up, a log keeps its moments, windows keep their
    /// counts if the period stays; another algorithm starts afresh.
    pub fn reconfigure(&mut self, now: Time, settings: RateLimitSettings) {
        self.state.reconfigure(now, &self.settings, &settings);
        self.settings = settings;
    }

    /// Bytes the limiter occupies here.
    pub fn memory(&self) -> u64 {
        size_of::<RateLimiter>() as u64 + self.state.memory()
    }

    /// Whether the state makes sense.
    ///
    /// # Errors
    /// What does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        self.state.validate(&self.settings)
    }
}
