//! What retries and second copies do, against what theory says of them.

use std::sync::Arc;

use headroom_core::metrics::Report;
use headroom_core::scenario::Scenario;
use headroom_core::session::{Ended, Session};

fn run(text: &str) -> Report {
    let scenario = Scenario::read(text).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut session = Session::new(Arc::new(scenario), Vec::new()).expect("a run");
    while session.advance(session.duration(), u64::MAX).ended == Ended::No {}
    session.report()
}

fn calls(report: &Report, node: &str) -> f64 {
    report.nodes[node].calls.unwrap_or_default() as f64
}

/// Three layers that try three times each call the last one 27 times for each request that it fails (`facts/theory.md`,
/// "3 tiers x 2 retries = 27x in an outage").
#[test]
fn retries_of_layers_multiply() {
    for (most, times) in [(1, 8.0), (2, 27.0)] {
        let retry = format!("retry = {{ most = {most}, backoff = \"fixed\", base = \"1ms\" }}");
        let report = run(&format!(
            r#"
title = "Three layers"
duration = "60s"
[nodes.clients]
kind = "clients"
to = "web"
arrivals = {{ process = "constant", rate = 10 }}
[nodes.web]
kind = "service"
workers = 100
service_time = {{ distribution = "fixed", value = "0.01ms" }}
to = "app"
[nodes.app]
kind = "service"
workers = 100
service_time = {{ distribution = "fixed", value = "0.01ms" }}
to = "db"
[nodes.db]
kind = "service"
service_time = {{ distribution = "fixed", value = "1ms" }}
[links."clients -> web"]
{retry}
[links."web -> app"]
{retry}
[links."app -> db"]
{retry}
[[actions]]
at = "0s"
do = "kill"
node = "db"
"#
        ));
        let requests = report.requests.sent as f64;
        assert_eq!(report.requests.ok, 0, "{most} retries");
        // The last request may not have ended with the run.
        let amplified = calls(&report, "db") / requests;
        assert!((amplified - times).abs() < 0.1, "{most} retries: {amplified} calls a request");
    }
}

/// A second copy at the 95th percentile of an exponential time: p99 falls from 4.605 to 3.800 means, for 5 % more load
/// (`facts/theory.md`).
#[test]
fn a_second_copy_halves_the_tail_for_a_twentieth_more() {
    let hedged = |policy: &str| {
        run(&format!(
            r#"
title = "Second copies"
seed = 3
duration = "400s"
warmup = "20s"
[nodes.clients]
kind = "clients"
to = "server"
arrivals = {{ process = "poisson", rate = 1000 }}
[nodes.server]
kind = "service"
cores = 1000
service_time = {{ distribution = "exponential", mean = "100ms" }}
[links."clients -> server"]
{policy}
"#
        ))
    };
    let (plain, copies) = (hedged(""), hedged("hedging = { most = 0.05 }"));
    let p99 = |report: &Report| report.latency_s.p99.expect("enough requests") / 0.1;
    // 380,000 requests: the 99th percentile of an exponential time has a standard error of 10 / sqrt(n), 0.016 means, and
    // the histogram's buckets are 1 % wide.
    assert!((p99(&plain) - 4.605).abs() < 0.1, "{}", p99(&plain));
    assert!((p99(&copies) - 3.800).abs() < 0.1, "{}", p99(&copies));
    let extra = calls(&copies, "server") / calls(&plain, "server") - 1.0;
    assert!((0.045..=0.0505).contains(&extra), "{extra}");
}

/// The smaller of two: of a time that is 10 ms, and 100 ms for 4 of 100, a copy after 20 ms leaves 100 ms to 0.16 of 100,
/// and 30 ms to the others that were slow, at 4 % more load.
#[test]
fn a_second_copy_of_two_speeds_is_the_smaller_of_two() {
    let report = run(r#"
title = "Two speeds"
seed = 5
duration = "400s"
[nodes.clients]
kind = "clients"
to = "server"
arrivals = { process = "poisson", rate = 1000 }
[nodes.server]
kind = "service"
cores = 1000
service_time = { distribution = "bimodal", low = "10ms", high = "100ms", high_share = 0.04 }
[links."clients -> server"]
hedging = { after = "20ms", most = 0.05 }
"#);
    let requests = report.requests.sent as f64;
    let extra = calls(&report, "server") / requests - 1.0;
    // Standard error of a share of 0.04 among 400,000: 0.0003.
    assert!((extra - 0.04).abs() < 0.0015, "{extra}");
    let latency = &report.latency_s;
    assert!((latency.p99.expect("enough requests") - 0.030).abs() < 0.001, "{:?}", latency.p99);
    let mean = 0.96 * 0.010 + 0.04 * (0.96 * 0.030 + 0.04 * 0.100);
    assert!((latency.mean.expect("some requests") - mean).abs() < 0.0001, "{:?} and {mean}", latency.mean);
}

/// A breaker lets a server be that answers too late: a hundred calls to learn it, and those on their way by then; then ten
/// each time that it tries, five times in the minute.
#[test]
fn a_breaker_spares_a_server_that_is_too_slow() {
    // Each visit works a second, for nobody.
    let visits = |policy: &str| {
        let report = run(&format!(
            r#"
title = "Too slow"
duration = "60s"
[nodes.clients]
kind = "clients"
to = "server"
arrivals = {{ process = "constant", rate = 100 }}
timeout = "95ms"
[nodes.server]
kind = "service"
cores = 1000
service_time = {{ distribution = "fixed", value = "1s" }}
[links."clients -> server"]
{policy}
"#
        ));
        assert_eq!(report.requests.ok, 0);
        report.nodes["server"].wasted_work_s.unwrap_or_default()
    };
    assert!(visits("") > 5_800.0);
    let spared = visits("breaker = { window = 100, minimum_calls = 100, wait = \"10s\", trial_calls = 10 }");
    assert_eq!(spared.round() as u32, 100 + 9 + 5 * 10);
}
