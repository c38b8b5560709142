//! Helpers shared by the tests against theory, oracles, golden runs and bad input.

pub mod bad;
pub mod batches;
pub mod caches;
pub mod runs;
pub mod theory;
