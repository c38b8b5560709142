//! What callers and servers do so that a failure stays small: wait, give up, try elsewhere, refuse in time.
//!
//! - The caller's side: [`backoff`] how long to wait before a retry; [`share`] a part of a whole, exactly.
//!
//! All are plain state machines: `now` and random words come in as arguments, nothing is allocated in the steady
//! state, and what is counted is counted in whole numbers. Each file says which product or paper it follows.

pub mod backoff;
#[cfg(test)]
mod backoff_tests;
pub mod share;

pub use share::Share;
