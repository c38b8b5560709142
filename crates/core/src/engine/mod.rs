//! Pure state machines: no clock, no global randomness, no input or output.
