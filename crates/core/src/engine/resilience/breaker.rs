//! A circuit breaker: it stops calls to a callee that fails, and lets a few through after a while to see whether it
//! has recovered (Nygard, Release It!, 2007).
//!
//! It is closed (calls pass), open (none passes) or half-open (a few pass). Two rules say when it opens:
//!
//! - By rate, as resilience4j's `CircuitBreakerStateMachine`: of the last n calls or seconds, once there are enough to
//!   judge, too many failed or were slow. Half-open it looks at the `permitted_in_half_open` calls by the same
//!   thresholds, and opens or closes. Its defaults are those of `CircuitBreakerConfig`.
//! - After n failures in a row, as sony/gobreaker. Half-open one failure opens it, and `permitted_in_half_open`
//!   successes in a row close it.
//!
//! An open breaker becomes half-open when a call asks later than `wait_in_open` after it opened, as in both products;
//! nothing happens by the passing of time alone.
//!
//! **Calls begun in an earlier state.** resilience4j does not ask: a result counts in the state in which it arrives, so
//! a call begun before the breaker opened may decide a half-open one. In the open state results change nothing.
//! gobreaker drops results of calls begun before the last change. Each rule does as its product.
//!
//! Costs: O(1) a call. Nothing is allocated once a window of calls has been full.
//!
//! Left out: resilience4j's turn to half-open by a timer, its longest wait in half-open, waits that grow from try to try,
//! and its states disabled, forced open and metrics only; gobreaker's interval after which failures are forgotten.

use super::Share;
use super::call_window::{CallCounts, CallWindow, Window};
use crate::engine::{Nanos, Time};

/// When a breaker opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerRule {
    /// When too many of the last calls failed or were slow.
    Rate {
        /// Which calls count.
        window: CallWindow,
        /// With fewer in the window nothing is decided.
        minimum_calls: u32,
        /// From this share of failures on it opens.
        failure_rate: Share,
        /// From this share of slow calls on it opens.
        slow_call_rate: Share,
        /// A call that took longer is slow, in ns.
        slow_call_duration: Nanos,
    },
    /// When so many calls failed one after the other.
    ConsecutiveFailures(u32),
}

/// What can be set on a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// When it opens.
    pub rule: BreakerRule,
    /// How long it stays open at least, in ns.
    pub wait_in_open: Nanos,
    /// So many calls are let through half-open; at least 1.
    pub permitted_in_half_open: u32,
}

impl BreakerSettings {
    /// resilience4j's defaults: half of the last 100 calls, and not before there are 100; all of them slower than a
    /// minute; a minute open; ten calls half-open.
    pub const RESILIENCE4J: BreakerSettings = BreakerSettings {
        rule: BreakerRule::Rate {
            window: CallWindow::Calls(100),
            minimum_calls: 100,
            failure_rate: Share::percent(50),
            slow_call_rate: Share::percent(100),
            slow_call_duration: 60_000_000_000,
        },
        wait_in_open: 60_000_000_000,
        permitted_in_half_open: 10,
    };
    /// gobreaker's defaults: the sixth failure in a row; a minute open; one call half-open.
    pub const GOBREAKER: BreakerSettings = BreakerSettings {
        rule: BreakerRule::ConsecutiveFailures(6),
        wait_in_open: 60_000_000_000,
        permitted_in_half_open: 1,
    };

    fn window(&self) -> CallWindow {
        match self.rule {
            BreakerRule::Rate { window, .. } => window,
            BreakerRule::ConsecutiveFailures(_) => CallWindow::Calls(1),
        }
    }

    fn permitted(&self) -> u32 {
        self.permitted_in_half_open.max(1)
    }
}

/// What a breaker does with calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls pass.
    Closed,
    /// None passes.
    Open,
    /// A few pass.
    HalfOpen,
}

/// A breaker has gone from one state to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerChange {
    /// What it was.
    pub from: BreakerState,
    /// What it is.
    pub to: BreakerState,
}

/// A call may be made; its result is told with this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    /// How often the breaker had changed when the call began.
    generation: u64,
}

/// The answer to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
    /// None: the call is refused.
    pub permit: Option<Permit>,
    /// What asking has changed.
    pub change: Option<BreakerChange>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// Well.
    Success,
    /// Badly.
    Failure,
    /// In a way that says nothing about the callee (cancelled, say): as if it had not been.
    Ignored,
}

/// A circuit breaker.
#[derive(Clone, Debug)]
pub struct Breaker {
    settings: BreakerSettings,
    state: BreakerState,
    /// Changes of state so far.
    generation: u64,
    opened_at: Time,
    /// Calls that may still begin in the half-open state.
    permits: u32,
    closed: Window,
    half_open: Window,
    /// Failures in a row since the last change while closed; successes in a row while half-open.
    in_a_row: u32,
}

impl Breaker {
    /// Closed, and nothing known.
    pub fn new(settings: BreakerSettings) -> Self {
        Breaker {
            settings,
            state: BreakerState::Closed,
            generation: 0,
            opened_at: 0,
            permits: 0,
            closed: Window::new(settings.window()),
            half_open: Window::new(CallWindow::Calls(settings.permitted())),
            in_a_row: 0,
        }
    }

    /// The settings in force.
    pub fn settings(&self) -> BreakerSettings {
        self.settings
    }

    /// What it does with calls. One that is open stays so until a call asks.
    pub fn state(&self) -> BreakerState {
        self.state
    }

    /// What the window holds that it goes by; nothing when open, and nothing by failures in a row.
    pub fn counts(&mut self, now: Time) -> CallCounts {
        match self.state {
            BreakerState::Closed => self.closed.counts(now),
            BreakerState::HalfOpen => self.half_open.counts(now),
            BreakerState::Open => CallCounts::default(),
        }
    }

    /// Whether a call may be made now.
    pub fn try_acquire(&mut self, now: Time) -> Admission {
        let over = now.saturating_sub(self.opened_at) > self.settings.wait_in_open;
        let change = if self.state == BreakerState::Open && over { self.become_half_open() } else { None };
        let permitted = match self.state {
            BreakerState::Closed => true,
            BreakerState::Open => false,
            BreakerState::HalfOpen if self.permits == 0 => false,
            BreakerState::HalfOpen => {
                self.permits -= 1;
                true
            }
        };
        Admission { permit: permitted.then_some(Permit { generation: self.generation }), change }
    }

    /// A call has ended that took so long.
    pub fn record(
        &mut self,
        now: Time,
        permit: Permit,
        outcome: CallOutcome,
        took: Nanos,
    ) -> Option<BreakerChange> {
        match self.settings.rule {
            BreakerRule::ConsecutiveFailures(_) if permit.generation != self.generation => None,
            _ if outcome == CallOutcome::Ignored => {
                self.permits += u32::from(self.state == BreakerState::HalfOpen);
                None
            }
            BreakerRule::ConsecutiveFailures(most) => {
                self.record_in_a_row(now, outcome == CallOutcome::Failure, most)
            }
            BreakerRule::Rate { minimum_calls, failure_rate, slow_call_rate, slow_call_duration, window } => {
                let (failed, slow) = (outcome == CallOutcome::Failure, took > slow_call_duration);
                let (counts, size) = match self.state {
                    BreakerState::Open => return None,
                    BreakerState::Closed => (self.closed.record(now, failed, slow), window),
                    BreakerState::HalfOpen => {
                        let size = CallWindow::Calls(self.settings.permitted());
                        (self.half_open.record(now, failed, slow), size)
                    }
                };
                let enough = match size {
                    CallWindow::Calls(size) => minimum_calls.min(size.max(1)),
                    CallWindow::Seconds(_) => minimum_calls,
                };
                let CallCounts { calls, failed, slow } = counts;
                if calls < enough {
                    None
                } else if failure_rate.is_reached(failed.into(), calls.into())
                    || slow_call_rate.is_reached(slow.into(), calls.into())
                {
                    self.open(now)
                } else {
                    self.close_if_half_open()
                }
            }
        }
    }

    fn record_in_a_row(&mut self, now: Time, failed: bool, most: u32) -> Option<BreakerChange> {
        match (self.state, failed) {
            (BreakerState::Open, _) => None,
            (BreakerState::HalfOpen, true) => self.open(now),
            (BreakerState::HalfOpen, false) => {
                self.in_a_row += 1;
                if self.in_a_row >= self.settings.permitted() { self.close_if_half_open() } else { None }
            }
            (BreakerState::Closed, false) => {
                self.in_a_row = 0;
                None
            }
            (BreakerState::Closed, true) => {
                self.in_a_row = self.in_a_row.saturating_add(1);
                if self.in_a_row >= most { self.open(now) } else { None }
            }
        }
    }

    fn open(&mut self, now: Time) -> Option<BreakerChange> {
        self.opened_at = now;
        self.change(BreakerState::Open)
    }

    fn become_half_open(&mut self) -> Option<BreakerChange> {
        self.permits = self.settings.permitted();
        self.half_open.clear();
        self.change(BreakerState::HalfOpen)
    }

    fn close_if_half_open(&mut self) -> Option<BreakerChange> {
        if self.state != BreakerState::HalfOpen {
            return None;
        }
        self.closed.clear();
        self.change(BreakerState::Closed)
    }

    fn change(&mut self, to: BreakerState) -> Option<BreakerChange> {
        let from = std::mem::replace(&mut self.state, to);
        self.generation += 1;
        self.in_a_row = 0;
        Some(BreakerChange { from, to })
    }

    /// Changes the settings. The state stays. A window of another size begins afresh, and so does a half-open trial
    /// of another number of calls; one that is open waits as long as the new settings say.
    pub fn reconfigure(&mut self, settings: BreakerSettings) {
        if settings.window() != self.settings.window() {
            self.closed = Window::new(settings.window());
        }
        if settings.permitted() != self.settings.permitted() {
            self.half_open = Window::new(CallWindow::Calls(settings.permitted()));
            self.permits = settings.permitted();
        }
        self.settings = settings;
    }

    /// Bytes the breaker occupies here.
    pub fn memory(&self) -> u64 {
        size_of::<Breaker>() as u64 + self.closed.memory() + self.half_open.memory()
    }

    /// Recounts the windows from scratch.
    ///
    /// # Errors
    /// What does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        self.closed.validate().and_then(|()| self.half_open.validate())
    }
}
