//! Requests for tests.

use crate::protocol::TraceSpan;

/// A call that starts, is sent, arrives, is let in, is done and ends at these times, in ms.
pub fn span(depth: u32, label: &str, times: [f64; 6], worked: f64, cores: u32) -> TraceSpan {
    let [started, sent, arrived, let_in, done, ended] = times.map(|ms| ms * 1e3);
    TraceSpan {
        depth,
        label: label.to_owned(),
        operation: "read".to_owned(),
        outcome: "ok".to_owned(),
        lookup: None,
        started_us: started,
        sent_us: sent,
        arrived_us: Some(arrived),
        let_in_us: Some(let_in),
        done_us: Some(done),
        worked_us: worked * 1e3,
        ended_us: Some(ended),
        instance: Some(depth),
        cores,
        places: 8,
        pool: 15,
        slowed: false,
    }
}

/// A client's read that an app server takes to a cache, in vain, and to a database.
pub fn miss() -> Vec<TraceSpan> {
    vec![
        span(0, "App", [0.0, 0.0, 1.0, 5.0, 60.0, 61.0], 2.0, 4),
        span(1, "Cache", [8.0, 8.0, 8.2, 8.2, 8.7, 8.9], 0.0, 0),
        span(1, "Database", [8.9, 40.0, 41.0, 41.0, 59.0, 60.0], 15.0, 2),
    ]
}
