//! How long something takes: in processor time of this thread where the system tells it (Linux), so that other
//! programs disturb less; else by the clock.
#![allow(clippy::disallowed_types, reason = "a benchmark reads the clock")]

use std::time::{Duration, Instant};

/// The result of `work` and the time it took. Good to about 4 ms: what is shorter must be repeated.
pub(crate) fn timed<R>(work: impl FnOnce() -> R) -> (R, Duration) {
    let (start, start_on_processor) = (Instant::now(), on_processor());
    let result = work();
    let elapsed = start.elapsed();
    let time = on_processor().zip(start_on_processor).map_or(elapsed, |(end, start)| end - start);
    (result, time)
}

fn on_processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
