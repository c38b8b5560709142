//! Simulated time: whole nanoseconds since the start of the run, so that sums are exact on every platform.

/// A moment, in nanoseconds since the start of the run.
pub type Time = u64;

/// A length of simulated time in nanoseconds.
pub type Nanos = u64;

/// One second in nanoseconds.
pub const SECOND: Nanos = 1_000_000_000;

/// One millisecond in nanoseconds.
pub const MILLISECOND: Nanos = 1_000_000;

/// Seconds as a float, for figures people read. Never used to order or compute events.
pub fn seconds(nanos: Nanos) -> f64 {
    nanos as f64 / SECOND as f64
}

/// The nearest nanosecond to `seconds`; negative and NaN become 0, too large becomes the largest time.
pub fn from_seconds(seconds: f64) -> Nanos {
    let nanos = seconds * SECOND as f64 + 0.5;
    if nanos < 9.0e18 {
        // By way of signed numbers, which a processor can do in one instruction.
        (nanos as i64).max(0) as Nanos
    } else {
        // The cast saturates and sends NaN to 0.
        nanos as Nanos
    }
}
