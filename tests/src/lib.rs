//! Helpers shared by the tests against theory, oracles and golden runs.
