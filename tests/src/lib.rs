//! Helpers shared by the tests against theory, oracles and golden runs.

pub mod bad;
pub mod batches;
pub mod theory;
