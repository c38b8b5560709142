//! Pure state machines: no clock, no global randomness, no input or output.
//!
//! [`cache`] what stays when there is no room for all; [`balance`] who gets the next call; [`pool`] who holds a
//! connection; [`resilience`] what keeps a failure small; [`mixing`] words mixed into words, for those who hash.
//!
//! Engines that only choose or store are plain functions on state. Protocols take an input and say what shall
//! happen: `on(now, input, &mut out)`. Every engine has `validate()`, which recounts from scratch what it keeps
//! counted, `memory()`, the bytes it occupies here, and `reconfigure`, which changes its settings under load.

pub mod balance;
pub mod cache;
pub mod mixing;
pub mod pool;
pub mod resilience;

/// A moment, in nanoseconds since the start of the run.
pub type Time = u64;

/// A length of time in nanoseconds.
pub type Nanos = u64;
