//! A limit on calls in flight that finds itself from their round-trip times (Netflix's concurrency-limits).
//!
//! By Little's law the right limit is throughput times the round-trip time without queueing; above it calls only queue.
//!
//! - **AIMD** (`AIMDLimit`): one more after each sample, a tenth less after a drop or a time-out.
//! - **Vegas** (`VegasLimit`; Brakmo and Peterson, 1995): the queue is estimated as `limit * (1 - least rtt / rtt)`.
//!   While it is short the limit grows, when it is long the limit shrinks. The least round-trip time is taken afresh
//!   every 15 to 30 times the limit samples, at random, or it would never rise.
//! - **Gradient2** (`Gradient2Limit`): the limit follows the ratio of a long mean of round-trip times to the latest,
//!   between a half and one, plus a queue of 4; a fifth of the way at a time.
//!
//! None grows while fewer than half of the calls allowed are in flight: then it is not the limit that limits.
//! With [`SampleWindow`] the algorithm sees one sample for many calls (`WindowedLimit`): their mean round-trip time, the
//! most in flight, and whether any was dropped. Gradient2 is meant to be used so.
//!
//! Before a server that is always full neither of the last two stays where it should: what Vegas takes for the least
//! round-trip time, and Gradient2 for the mean, comes to hold the queue that the limit itself made, and it creeps up.
//!
//! Costs: O(1) a sample. Plain floats, no functions of them, so all platforms agree.
//!
//! Left out: functions of the user's for thresholds and steps, the deprecated `GradientLimit`, percentiles of a window.

use crate::engine::mixing::unit;
use crate::engine::{Nanos, Time};
use serde::{Deserialize, Serialize};

/// How the limit is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AdaptiveLimitAlgorithm {
    /// Additive increase, multiplicative decrease: by drops and time-outs alone.
    Aimd,
    /// By the queue that the round-trip time tells of, compared with the least.
    #[default]
    Vegas,
    /// By the round-trip time compared with its long mean.
    Gradient2,
}

/// Many calls seen as one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleWindow {
    /// A window lasts at least so long, in ns.
    pub length: Nanos,
    /// With fewer calls a window is not looked at.
    pub least_samples: u32,
}

impl Default for SampleWindow {
    fn default() -> Self {
        SampleWindow { length: 1_000_000_000, least_samples: 10 }
    }
}

/// An algorithm and its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdaptiveLimitSettings {
    /// How the limit is found.
    pub algorithm: AdaptiveLimitAlgorithm,
    /// Where it starts.
    pub initial_limit: u32,
    /// It is never lower; 0 counts as 1.
    pub min_limit: u32,
    /// It is never higher.
    pub max_limit: u32,
    /// AIMD: a call that takes longer counts as dropped, in ns.
    pub timeout: Nanos,
    /// None: each call is a sample.
    pub window: Option<SampleWindow>,
}

impl AdaptiveLimitSettings {
    /// Netflix's defaults.
    pub const fn of(algorithm: AdaptiveLimitAlgorithm) -> AdaptiveLimitSettings {
        let (min_limit, max_limit) = match algorithm {
            AdaptiveLimitAlgorithm::Vegas => (1, 1_000),
            AdaptiveLimitAlgorithm::Aimd | AdaptiveLimitAlgorithm::Gradient2 => (20, 200),
        };
        let (initial_limit, timeout, window) = (20, 5_000_000_000, None);
        AdaptiveLimitSettings { algorithm, initial_limit, min_limit, max_limit, timeout, window }
    }

    fn bounded(&self, limit: f64) -> f64 {
        limit.min(self.max_limit.into()).max(self.min_limit.max(1).into())
    }
}

/// A call that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitSample {
    /// How long it took, in ns; 0 counts as 1.
    pub rtt: Nanos,
    /// Calls in flight when it began, itself among them.
    pub in_flight: u32,
    /// It was refused or timed out.
    pub dropped: bool,
    /// A random word: only Vegas looks at it, now and then.
    pub draw: u64,
}

/// A limit that finds itself.
#[derive(Clone, Debug)]
pub struct AdaptiveLimit {
    settings: AdaptiveLimitSettings,
    limit: f64,
    vegas: Vegas,
    gradient: Gradient,
    window: WindowSum,
}

#[derive(Clone, Copy, Debug, Default)]
struct Vegas {
    /// The least round-trip time known; 0: none yet.
    rtt_no_load: Nanos,
    /// Samples since that was last taken afresh.
    probe_count: u64,
    /// From a half to one; 0: not drawn yet.
    probe_jitter: f64,
}

/// A mean over long (`ExpAvgMeasurement`): a plain one of the first ten samples, then an exponential one of about 600.
#[derive(Clone, Copy, Debug, Default)]
struct Gradient {
    long_rtt: f64,
    /// Of the first samples.
    sum: f64,
    samples: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct WindowSum {
    rtts: u128,
    samples: u32,
    most_in_flight: u32,
    dropped: bool,
    /// When the next window may be looked at.
    next_update: Time,
}

const VEGAS_PROBE: f64 = 30.0;
const GRADIENT_SMOOTHING: f64 = 0.2;
const GRADIENT_QUEUE: f64 = 4.0;
const GRADIENT_WARM_UP: u32 = 10;
const GRADIENT_FACTOR: f64 = 2.0 / 601.0;
const AIMD_BACKOFF: f64 = 0.9;

impl AdaptiveLimit {
    /// At its initial limit.
    pub fn new(settings: AdaptiveLimitSettings) -> Self {
        AdaptiveLimit {
            settings,
            limit: settings.bounded(settings.initial_limit.into()),
            vegas: Vegas::default(),
            gradient: Gradient::default(),
            window: WindowSum::default(),
        }
    }

    /// The settings in force.
    pub fn settings(&self) -> AdaptiveLimitSettings {
        self.settings
    }

    /// So many calls may be in flight now.
    #[inline]
    pub fn limit(&self) -> u32 {
        self.limit as u32
    }

    /// A call has ended now.
    pub fn on_sample(&mut self, now: Time, sample: LimitSample) {
        let Some(window) = self.settings.window else { return self.update(sample) };
        let sum = &mut self.window;
        sum.rtts += u128::from(sample.rtt);
        sum.samples = sum.samples.saturating_add(1);
        sum.most_in_flight = sum.most_in_flight.max(sample.in_flight);
        sum.dropped |= sample.dropped;
        if now <= sum.next_update {
            return;
        }
        let sum = std::mem::take(sum);
        self.window.next_update = now.saturating_add(window.length);
        if sum.samples >= window.least_samples.max(1) {
            let rtt = (sum.rtts / u128::from(sum.samples)) as Nanos;
            let (in_flight, dropped) = (sum.most_in_flight, sum.dropped);
            self.update(LimitSample { rtt, in_flight, dropped, draw: sample.draw });
        }
    }

    fn update(&mut self, sample: LimitSample) {
        let sample = LimitSample { rtt: sample.rtt.max(1), ..sample };
        let limit = match self.settings.algorithm {
            AdaptiveLimitAlgorithm::Aimd => self.aimd(sample),
            AdaptiveLimitAlgorithm::Vegas => self.vegas(sample),
            AdaptiveLimitAlgorithm::Gradient2 => self.gradient2(sample),
        };
        self.limit = self.settings.bounded(limit);
    }

    fn aimd(&self, sample: LimitSample) -> f64 {
        if sample.dropped || sample.rtt > self.settings.timeout {
            f64::from((self.limit * AIMD_BACKOFF) as u32)
        } else if f64::from(sample.in_flight) * 2.0 >= self.limit {
            self.limit + 1.0
        } else {
            self.limit
        }
    }

    fn vegas(&mut self, sample: LimitSample) -> f64 {
        let LimitSample { rtt, in_flight, dropped, draw } = sample;
        let Vegas { rtt_no_load, probe_count, probe_jitter } = &mut self.vegas;
        let jitter = 0.5 + unit(draw) / 2.0;
        if *probe_jitter == 0.0 {
            *probe_jitter = jitter;
        }
        *probe_count += 1;
        if *probe_jitter * VEGAS_PROBE * self.limit <= *probe_count as f64 {
            self.vegas = Vegas { rtt_no_load: rtt, probe_count: 0, probe_jitter: jitter };
            return self.limit;
        }
        if *rtt_no_load == 0 || rtt < *rtt_no_load {
            *rtt_no_load = rtt;
            return self.limit;
        }
        let step = log10(self.limit as u32);
        if dropped {
            return self.limit - step;
        }
        if f64::from(in_flight) * 2.0 < self.limit {
            return self.limit;
        }
        // Netflix compares it rounded up to a whole number: below three is at most two.
        let queue = self.limit * (1.0 - *rtt_no_load as f64 / rtt as f64);
        let (alpha, beta) = (3.0 * step, 6.0 * step);
        if queue <= step {
            self.limit + beta
        } else if queue <= alpha - 1.0 {
            self.limit + step
        } else if queue > beta {
            self.limit - step
        } else {
            self.limit
        }
    }

    fn gradient2(&mut self, sample: LimitSample) -> f64 {
        let short = sample.rtt as f64;
        let Gradient { long_rtt, sum, samples } = &mut self.gradient;
        if *samples < GRADIENT_WARM_UP {
            *samples += 1;
            *sum += short;
            *long_rtt = *sum / f64::from(*samples);
        } else {
            *long_rtt = *long_rtt * (1.0 - GRADIENT_FACTOR) + short * GRADIENT_FACTOR;
        }
        let ratio = *long_rtt / short;
        // Back from long overload the mean would take long to come down.
        if ratio > 2.0 {
            *long_rtt *= 0.9;
        }
        if f64::from(sample.in_flight) < self.limit / 2.0 {
            return self.limit;
        }
        let target = self.limit * ratio.clamp(0.5, 1.0) + GRADIENT_QUEUE;
        self.limit * (1.0 - GRADIENT_SMOOTHING) + target * GRADIENT_SMOOTHING
    }

    /// Changes the settings. The limit stays, within the new bounds; another algorithm learns afresh from there.
    pub fn reconfigure(&mut self, settings: AdaptiveLimitSettings) {
        if settings.algorithm != self.settings.algorithm {
            (self.vegas, self.gradient) = (Vegas::default(), Gradient::default());
        }
        if settings.window != self.settings.window {
            self.window = WindowSum::default();
        }
        self.settings = settings;
        self.limit = settings.bounded(self.limit);
    }

    /// Bytes it occupies here.
    pub fn memory(&self) -> u64 {
        size_of::<AdaptiveLimit>() as u64
    }

    /// Whether the limit is within its bounds.
    ///
    /// # Errors
    /// What does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        let bounded = self.settings.bounded(self.limit);
        if self.limit == bounded { Ok(()) } else { Err(format!("a limit of {}", self.limit)) }
    }
}

/// The decimal logarithm rounded down, at least one: 1 below 100, 2 below 1,000 (`Log10RootIntFunction`).
fn log10(limit: u32) -> f64 {
    f64::from(limit.max(1).ilog10().max(1))
}
