//! How many retries a caller may send, so that retries do not keep alive the overload that they answer.
//!
//! Two rules. By requests (Finagle's `RetryBudget`, tower's `TpsBudget`, Linkerd): each request deposits a share of a
//! retry, each retry withdraws one, and what was deposited or withdrawn counts for a window and is then forgotten; a
//! minimum per second, for who sends little, is there from the start. By active requests (Envoy's `RetryBudget`): at
//! any moment retries are at most a share of what is under way, or a minimum.
//!
//! Finagle says 20 % and 10 per second over 10 s, Envoy 20 % and 3, Google's SRE book 10 %. The share has to leave room
//! below the capacity: 10 % of 280 requests/s are 28 retries/s, and 308 is too much for a server that can do 300.
//!
//! Costs: O(1); ten slots of eight bytes. The window is ten slots, as there: the one begun and nine before it. Counted
//! in millionths of a retry, so 30 % is 30 %; Finagle rounds what a retry costs, 1,000 / 0.3, to a whole number.

use super::Share;
use super::slots::Slots;
use crate::engine::{Nanos, Time};

const SLOTS: usize = 10;
const RETRY: i64 = Share::WHOLE as i64;

/// What limits retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryBudgetSettings {
    /// A share of the requests of the last while.
    Requests {
        /// Retries per request.
        ratio: Share,
        /// Retries per second beyond that, in ones and not in shares of one: so many times the window may come at once.
        min_per_second: u32,
        /// How long a deposit counts, in ns; Finagle takes 1 to 60 s.
        window: Nanos,
    },
    /// A share of the requests under way.
    Active {
        /// Retries under way per request under way.
        ratio: Share,
        /// So many retries may be under way in any case.
        at_least: u32,
    },
}

impl RetryBudgetSettings {
    /// Finagle's and tower's: 20 % of the requests and 10 per second, over 10 s.
    pub const FINAGLE: RetryBudgetSettings = RetryBudgetSettings::Requests {
        ratio: Share::percent(20),
        min_per_second: 10,
        window: 10_000_000_000,
    };
    /// Envoy's: 20 % of the requests under way, at least 3.
    pub const ENVOY: RetryBudgetSettings =
        RetryBudgetSettings::Active { ratio: Share::percent(20), at_least: 3 };

    fn width(&self) -> Nanos {
        match self {
            RetryBudgetSettings::Requests { window, .. } => window / SLOTS as u64,
            RetryBudgetSettings::Active { .. } => 0,
        }
    }

    /// What a request deposits.
    fn share(&self) -> Option<Share> {
        match self {
            RetryBudgetSettings::Requests { ratio, .. } => Some(*ratio),
            RetryBudgetSettings::Active { .. } => None,
        }
    }
}

/// What is left for retries.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    settings: RetryBudgetSettings,
    /// Deposits less withdrawals, in millionths of a retry.
    credits: Slots<i64>,
    retries: u32,
}

impl RetryBudget {
    /// A budget nothing was deposited in.
    pub fn new(settings: RetryBudgetSettings) -> Self {
        RetryBudget { settings, credits: Slots::new(SLOTS, settings.width()), retries: 0 }
    }

    /// The settings in force.
    pub fn settings(&self) -> RetryBudgetSettings {
        self.settings
    }

    /// A request is sent that is not a retry.
    #[inline]
    pub fn deposit(&mut self, now: Time) {
        if let RetryBudgetSettings::Requests { ratio, .. } = self.settings {
            self.credits.add(now, i64::from(ratio.in_millionths()));
        }
    }

    /// Whether a retry may be sent now, which it then is. `active` counts the requests under way, retries among them;
    /// only the rule that goes by them looks at it.
    #[inline]
    pub fn withdraw(&mut self, now: Time, active: u32) -> bool {
        if self.balance(now, active) == 0 {
            return false;
        }
        if let RetryBudgetSettings::Requests { .. } = self.settings {
            self.credits.add(now, -RETRY);
        }
        self.retries = self.retries.saturating_add(1);
        true
    }

    /// A retry that was sent has ended.
    #[inline]
    pub fn retry_ended(&mut self) {
        self.retries = self.retries.saturating_sub(1);
    }

    /// How many retries may be sent now.
    pub fn balance(&mut self, now: Time, active: u32) -> u32 {
        match self.settings {
            RetryBudgetSettings::Requests { min_per_second, window, .. } => {
                // A millionth of a retry is a thousandth of one per second over a microsecond.
                let reserve = u128::from(min_per_second) * u128::from(window) / 1_000;
                let credits = i128::from(self.credits.sum(now)) + reserve as i128;
                u32::try_from((credits / i128::from(RETRY)).max(0)).unwrap_or(u32::MAX)
            }
            RetryBudgetSettings::Active { ratio, at_least } => {
                let most = ratio.of(active.into()).max(at_least.into());
                u32::try_from(most.saturating_sub(self.retries.into())).unwrap_or(u32::MAX)
            }
        }
    }

    /// Retries sent that have not ended.
    pub fn retries(&self) -> u32 {
        self.retries
    }

    /// Changes the settings. With another share or window it begins afresh, as a caller does that is started with them: a
    /// window's worth of larger deposits would be spent under the smaller share.
    pub fn reconfigure(&mut self, settings: RetryBudgetSettings) {
        if settings.width() != self.settings.width() || settings.share() != self.settings.share() {
            self.credits = Slots::new(SLOTS, settings.width());
        }
        self.settings = settings;
    }

    /// Bytes the budget occupies here.
    pub fn memory(&self) -> u64 {
        size_of::<RetryBudget>() as u64 + self.credits.memory()
    }

    /// Recounts the credits from scratch.
    ///
    /// # Errors
    /// What does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        self.credits.validate()
    }
}
