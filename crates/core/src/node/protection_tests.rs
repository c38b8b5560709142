//! What services and callers do against too many requests, counted in small systems.

use super::tests::{Emitted, run, simulator};
use crate::engine::resilience::breaker::BreakerState;
use crate::sim::record::{CallSpan, NoteKind, Operation, Outcome};
use crate::sim::time::{MILLISECOND, SECOND};

/// A server of a core that takes 10 ms a request, asked `rate` times a second at even distances for 10 s.
fn served(rate: u32, server: &str, link: &str) -> Emitted {
    let text = format!(
        r#"
        title = "t"
        duration = "12s"
        [nodes.clients]
        kind = "clients"
        to = "server"
        arrivals = {{ process = "constant", rate = {rate} }}
        [nodes.server]
        kind = "service"
        service_time = {{ distribution = "fixed", value = "10ms" }}
        {server}
        [links."clients -> server"]
        {link}
        "#
    );
    run(&mut simulator(&text, &[]), 10 * SECOND)
}

/// Requests that were refused at the door by the rate limit in 10 s, of 50 a second.
#[test]
fn a_rate_limit_lets_in_what_it_says() {
    for (limit, refused) in [
        // Of 500 sent from 0.02 s to 10 s may pass: 40 at once, and 40 a second in 9.98 s.
        ("{ limit = 40 }", 500 - 40 - 399),
        // A bucket of one has 0.8 after 20 ms, and holds no more than 1 after 40: every other passes.
        ("{ limit = 40, burst = 1 }", 250),
        // In the first second there are 49.
        ("{ limit = 40, algorithm = \"fixed-window\" }", 9 * 10 + 9),
        ("{ limit = 0 }", 500),
        ("{ limit = 50, burst = 1 }", 0),
    ] {
        let emitted = served(50, &format!("rate_limit = {limit}"), "");
        let (found, told) = (emitted.noted(NoteKind::RateLimited), emitted.ended(Outcome::Refused));
        assert_eq!(found, refused, "{limit}");
        assert_eq!(found, told, "{limit}");
    }
}

/// Two customers through one gateway, which asks for 10 and for 90 a second; 20 a second are allowed.
#[test]
fn a_limit_for_each_customer_spares_the_modest_one() {
    for (per, modest, both) in [("client", 99..=99, 99 + 219), ("all", 0..=60, 219)] {
        let text = format!(
            r#"
            title = "t"
            duration = "12s"
            [nodes.modest]
            kind = "clients"
            to = "gateway"
            arrivals = {{ process = "constant", rate = 10 }}
            [nodes.greedy]
            kind = "clients"
            to = "gateway"
            arrivals = {{ process = "poisson", rate = 90 }}
            [nodes.gateway]
            kind = "balancer"
            to = ["server"]
            [nodes.server]
            kind = "service"
            service_time = {{ distribution = "fixed", value = "0.1ms" }}
            rate_limit = {{ limit = 20, per = "{per}" }}
            "#
        );
        let emitted = run(&mut simulator(&text, &[]), 10 * SECOND);
        let served = |from: u32| {
            let of = |call: &&CallSpan| call.from == from && call.outcome == Outcome::Ok;
            emitted.roots().filter(of).count()
        };
        assert!(modest.contains(&served(0)), "{per}: modest {}", served(0));
        // 20 at once, and 20 a second in all but 10 s.
        assert!((served(0) + served(1)).abs_diff(both) <= 1, "{per}: greedy {}", served(1));
    }
}

/// 150 a second at a server of 100: without anything the line grows to 500. Each keeps it short, and loses a third.
#[test]
fn a_short_line_serves_as_many() {
    let longest = |emitted: &Emitted| {
        let ok = emitted.roots().filter(|call| call.outcome == Outcome::Ok);
        ok.map(|call| call.ended - call.started).max().unwrap_or_default() / 1_000_000
    };
    let long = served(150, "", "");
    assert!(longest(&long) > 3_000, "{} ms", longest(&long));
    for (server, most) in [
        ("queue = 20", 211),
        ("adaptive_limit = { algorithm = \"aimd\", timeout = \"100ms\" }", 400),
        ("codel = { target = \"20ms\", interval = \"200ms\" }", 2_500),
    ] {
        let emitted = served(150, server, "");
        let ok = emitted.ended(Outcome::Ok);
        assert!((990..=1_000).contains(&ok), "{server}: {ok} answered");
        assert!(longest(&emitted) <= most, "{server}: {} ms", longest(&emitted));
        if !server.starts_with("queue") {
            let shed = emitted.noted(NoteKind::Shed);
            assert_eq!(shed, emitted.ended(Outcome::Refused), "{server}");
        }
    }
}

/// Three calls at a time: with 200 workers behind, never more are inside; what is beyond is refused at once.
#[test]
fn a_bulkhead_lets_so_many_out() {
    let emitted = served(1_000, "workers = 200", "max_calls = 3");
    let mut ends: Vec<(u64, i32)> =
        emitted.visits.iter().flat_map(|visit| [(visit.arrived, 1), (visit.ended, -1)]).collect();
    ends.sort_unstable();
    let inside = ends.iter().scan(0, |inside, (_, step)| {
        *inside += step;
        Some(*inside)
    });
    assert_eq!(inside.max(), Some(3));
    assert_eq!(emitted.visits.len(), 999, "a core is busy from the first request, at 1 ms, on");
    let refused = || emitted.roots().filter(|call| call.outcome == Outcome::Refused);
    assert!(refused().count() > 8_900 && refused().all(|call| call.started == call.ended));
}

/// Of 1,000 a second a server takes 100. A throttle with K = 2 lets twice as many go as are answered, and one with 1.1
/// a tenth more; at first nothing is known, so all go.
#[test]
fn a_throttle_sends_few_more_than_are_answered() {
    for multiplier in [2.0, 1.1] {
        let link = format!("throttle = {{ multiplier = {multiplier}, window = \"1s\" }}");
        let emitted = served(1_000, "queue = 50", &link);
        let (arrived, answered) = (emitted.visits.len() as f64, emitted.ended(Outcome::Ok) as f64);
        assert!(answered > 950.0, "{multiplier}: {answered} answered");
        let ratio = arrived / answered / multiplier;
        assert!((0.95..1.2).contains(&ratio), "{multiplier}: {arrived} arrived, {answered} answered");
    }
}

/// One of three messages is lost for 4 s, half of all fail for 4 s, the server stands still for 2 s.
#[test]
fn what_breaks_in_part_breaks_so_much_for_so_long() {
    let of = |action: &str| {
        let text = format!(
            r#"
            title = "t"
            duration = "12s"
            actions = [{action}]
            [nodes.clients]
            kind = "clients"
            to = "server"
            timeout = "5s"
            arrivals = {{ process = "constant", rate = 500 }}
            [nodes.server]
            kind = "service"
            service_time = {{ distribution = "fixed", value = "1ms" }}
            "#
        );
        run(&mut simulator(&text, &[]), 12 * SECOND)
    };
    let lost =
        of(r#"{ at = "2s", do = "lose", between = ["clients", "server"], ratio = 0.3333, for = "4s" }"#);
    // Question or answer: 1 - (2/3)^2 of 2,000; five standard deviations are 111.
    let found = lost.ended(Outcome::TimedOut);
    assert!(found.abs_diff(1_111) < 111, "{found} timed out");
    let failed = of(r#"{ at = "2s", do = "fail", node = "server", ratio = 0.5, for = "4s" }"#);
    let found = failed.ended(Outcome::Error);
    assert!(found.abs_diff(1_000) < 112, "{found} failed");
    let inside = |call: &CallSpan| (2 * SECOND..6 * SECOND).contains(&call.ended);
    assert!(failed.roots().all(|call| call.outcome == Outcome::Ok || inside(call)));
    let paused = of(r#"{ at = "2s", do = "pause", node = "server", for = "2s" }"#);
    assert_eq!(paused.ended(Outcome::Ok), paused.roots().count());
    let longest = paused.roots().map(|call| call.ended - call.started).max().unwrap_or_default();
    assert!((1_990_000_000..2_002_000_000).contains(&longest), "{longest} ns");
}

/// A store that fails two of five: its service fails as often, or never.
#[test]
fn with_a_fallback_an_error_behind_is_none() {
    for (fallback, least, most) in [(false, 350, 450), (true, 0, 0)] {
        let text = format!(
            r#"
            title = "t"
            duration = "12s"
            [nodes.clients]
            kind = "clients"
            to = "app"
            reads = 0.5
            arrivals = {{ process = "constant", rate = 200 }}
            [nodes.app]
            kind = "service"
            workers = 10
            service_time = {{ distribution = "fixed", value = "1ms" }}
            to = "search"
            writes_to = "pay"
            fallback = {fallback}
            [nodes.search]
            kind = "service"
            service_time = {{ distribution = "fixed", value = "1ms" }}
            error_ratio = 0.4
            [nodes.pay]
            kind = "service"
            service_time = {{ distribution = "fixed", value = "1ms" }}
            "#
        );
        let emitted = run(&mut simulator(&text, &[]), 10 * SECOND);
        let errors = emitted.ended(Outcome::Error);
        assert!((least..=most).contains(&errors), "{fallback}: {errors} errors");
        let fell_back = emitted.noted(NoteKind::FellBack);
        assert_eq!(fell_back > 0, fallback);
        let at = |instance: u32| emitted.visits.iter().filter(move |visit| visit.instance == instance);
        assert!(at(2).all(|visit| visit.operation == Operation::Read) && at(2).count() > 900);
        assert!(at(3).all(|visit| visit.operation == Operation::Write) && at(3).count() > 900);
    }
}

/// Five answers of a server that always fails open the breaker; a second later one call tries whether it still does.
#[test]
fn a_breaker_can_be_looked_at() {
    let text = r#"
        title = "t"
        duration = "3s"
        [nodes.clients]
        kind = "clients"
        to = "server"
        arrivals = { process = "constant", rate = 10 }
        [nodes.server]
        kind = "service"
        service_time = { distribution = "fixed", value = "50ms" }
        error_ratio = 1
        [links."clients -> server"]
        latency = "0ms"
        breaker = { window = 5, minimum_calls = 5, wait = "1s", trial_calls = 1 }
    "#;
    let mut simulator = simulator(text, &[]);
    for (millisecond, state) in [
        (10, BreakerState::Closed),
        (540, BreakerState::Closed),
        (560, BreakerState::Open),
        (1_590, BreakerState::Open),
        (1_620, BreakerState::HalfOpen),
        (1_660, BreakerState::Open),
    ] {
        run(&mut simulator, millisecond * MILLISECOND);
        assert_eq!(simulator.breakers(0).collect::<Vec<_>>(), [Some(state)], "at {millisecond} ms");
    }
    assert_eq!((simulator.breakers(1).count(), simulator.breakers(7).count()), (0, 0));
}
