//! What callers and servers do so that a failure stays small: wait, give up, try elsewhere, refuse in time.
//!
//! - The caller's side: [`backoff`] how long to wait before a retry, [`retry_budget`] how many retries; [`hedge`] when to
//!   send a second copy; [`breaker`] not to call what fails; [`bulkhead`] so many calls at a time; [`throttle`] to refuse
//!   oneself what would be refused.
//! - The server's side: [`rate_limit`] so many calls per period; [`adaptive_limit`] so many in flight as it can bear;
//!   [`codel`] what to drop from a queue; [`priority_queue`] who is next, and who is refused first.
//! - Between them: [`health`] probes that say who is healthy; [`outlier`] results that say so; [`mod@panic`] what to do when
//!   too few are.
//!
//! All are plain state machines: `now` and random words come in as arguments, nothing is allocated in the steady
//! state, and what is counted is counted in whole numbers. Each file says which product or paper it follows.

pub mod adaptive_limit;
#[cfg(test)]
mod adaptive_limit_tests;
pub mod backoff;
#[cfg(test)]
mod backoff_tests;
pub mod breaker;
#[cfg(test)]
mod breaker_tests;
pub mod bulkhead;
pub mod call_window;
pub mod codel;
pub mod health;
pub mod hedge;
mod latencies;
pub mod outlier;
#[cfg(test)]
mod outlier_tests;
pub mod panic;
pub mod priority_queue;
pub mod rate_limit;
pub mod retry_budget;
#[cfg(test)]
mod retry_budget_tests;
pub mod share;
mod slots;
pub mod throttle;

pub use share::Share;
