//! What the scenario says of calls that fail or take long, in the words of the engines.

use crate::engine::resilience::Share;
use crate::engine::resilience::backoff::Backoff;
use crate::engine::resilience::breaker::{BreakerRule, BreakerSettings};
use crate::engine::resilience::call_window::CallWindow;
use crate::engine::resilience::hedge::{HedgeDelay, HedgeSettings};
use crate::engine::resilience::retry_budget::RetryBudgetSettings;
use crate::engine::resilience::throttle::ThrottleSettings;
use crate::scenario::{Breaker, Hedging, Link, Retry};
use crate::sim::attempts::{CallPolicy, RetryPolicy};
use crate::sim::time::{MILLISECOND, Nanos, SECOND};

/// How long a call counts for the budget of retries.
const BUDGET_WINDOW: Nanos = 10 * SECOND;

/// What callers over a link do; nothing without an entry.
pub(super) fn call_policy(link: Option<&Link>) -> CallPolicy {
    let Some(link) = link else { return CallPolicy::default() };
    CallPolicy {
        retry: link.retry.as_ref().map(retry),
        breaker: link.breaker.as_ref().map(breaker),
        hedge: link.hedging.as_ref().map(hedge),
        most_calls: link.max_calls,
        throttle: link.throttle.as_ref().map(|throttle| ThrottleSettings {
            multiplier: Share::of_one(throttle.multiplier),
            window: throttle.window,
        }),
    }
}

fn retry(spec: &Retry) -> RetryPolicy {
    RetryPolicy {
        most: spec.most,
        backoff: Backoff { kind: spec.backoff, base: spec.base, cap: spec.cap },
        budget: spec.budget.map(|ratio| RetryBudgetSettings::Requests {
            ratio: Share::of_one(ratio),
            min_per_second: spec.budget_floor,
            window: BUDGET_WINDOW,
        }),
    }
}

fn breaker(spec: &Breaker) -> BreakerSettings {
    BreakerSettings {
        rule: BreakerRule::Rate {
            window: CallWindow::Calls(spec.window),
            minimum_calls: spec.minimum_calls,
            failure_rate: Share::of_one(spec.failure_ratio),
            slow_call_rate: Share::percent(100),
            slow_call_duration: spec.slow_after.unwrap_or(Nanos::MAX),
        },
        wait_in_open: spec.wait,
        permitted_in_half_open: spec.trial_calls,
    }
}

fn hedge(spec: &Hedging) -> HedgeSettings {
    HedgeSettings {
        delay: spec.after.map_or(HedgeDelay::Percentile, HedgeDelay::Fixed),
        max_extra_load: Share::of_one(spec.most),
        at_least: MILLISECOND,
    }
}
