//! What a run reports of itself.

use super::tests::{SHOP, finish, scenario, session};
use super::*;
use crate::sim::record::Outcome;
use crate::sim::time::SECOND;

#[test]
fn a_report_so_far_is_the_report_of_a_run_that_ends_there() {
    let mut long = session();
    long.advance(3 * SECOND, u64::MAX);
    let so_far = long.report();
    finish(&mut long);
    long.seek(3 * SECOND);
    long.advance(0, u64::MAX);
    assert_eq!(long.report(), so_far);
    assert_eq!(so_far.window_s.to, 3.0);
    assert_eq!(so_far.requests.sent, so_far.requests.ok + so_far.requests.failed + so_far.requests.open);
    assert!(so_far.requests.open > 0);
}

#[test]
fn percentiles_of_windows_together_lie_between_those_of_each() {
    let mut session = session();
    finish(&mut session);
    let (alone, together) = (session.rows(0, 1).rows, session.rows(0, 4).rows);
    assert_eq!(session.rows(9, 4).rows, together[9..]);
    let mut apart = 0;
    for (last, row) in together.iter().enumerate() {
        let parts = &alone[(last + 1).saturating_sub(4)..=last];
        let of_parts = parts.iter().filter_map(|part| part.latency_s.p99);
        let (least, most) = of_parts.fold((f64::MAX, 0.0_f64), |(l, m), p99| (l.min(p99), m.max(p99)));
        let p99 = row.latency_s.p99.unwrap();
        assert!((least..=most).contains(&p99), "{last}: {p99} is not between {least} and {most}");
        apart += usize::from(Some(p99) != alone[last].latency_s.p99);
        // All else is the window's own.
        assert_eq!(row.latency_s.mean, alone[last].latency_s.mean);
        assert_eq!((row.sent, row.ok, &row.nodes), (alone[last].sent, alone[last].ok, &alone[last].nodes));
    }
    assert!(apart > together.len() / 2);
}

#[test]
fn little_s_law_holds() {
    let text = SHOP.replace("duration = \"6s\"", "duration = \"200s\"");
    let mut session = Session::new(scenario(&text), Vec::new()).unwrap();
    finish(&mut session);
    let figures = session.run.recorder.figures(SECOND, Time::MAX, session.now());
    for (node, figures_of) in session.origin().nodes.iter().zip(&figures.nodes).skip(1) {
        let (counted, computed) =
            (figures_of.mean_inside().unwrap(), figures_of.little(figures.length()).unwrap());
        assert!((counted - computed).abs() <= 0.1 * computed + 0.05, "{}: {counted} {computed}", node.name);
    }
    assert!(figures.outcomes[Outcome::Ok as usize] > 0);
}

/// Four servers to five after two of four seconds: how many keys moved in which stretch, and how uneven the servers are. 50
/// users of one network are all at one of five servers, so that it has five times the mean.
#[test]
fn keys_that_move_and_the_busiest_share_are_told() {
    const FARM: &str = r#"
        title = "farm"
        duration = "4s"
        [nodes.clients]
        kind = "clients"
        to = "lb"
        arrivals = { process = "constant", rate = 1000 }
        keys = { distribution = "uniform", count = 5000 }
        addresses = { count = 50, per_network = 50 }
        [nodes.lb]
        kind = "balancer"
        algorithm = "ALGORITHM"
        to = ["app"]
        [nodes.app]
        kind = "service"
        replicas = 4
        cores = 2
        service_time = { distribution = "fixed", value = "1ms" }
        [[actions]]
        at = "2100ms"
        do = "set"
        path = "nodes.app.replicas"
        value = 5
    "#;
    // Keys moved before and after the change, and the largest share after it.
    for (algorithm, before, moved, share) in [
        ("hash", Some(0.0), Some(0.8), 1.05),
        ("maglev", Some(0.0), Some(0.2), 1.05),
        ("ip-hash", Some(0.0), Some(0.8), 5.0),
        ("round-robin", None, None, 1.0),
    ] {
        let text = FARM.replace("ALGORITHM", algorithm);
        let mut session = Session::new(scenario(&text), Vec::new()).unwrap();
        finish(&mut session);
        let figure = |from: Time, to: Time, name: &str| session.report_between(from, to).metric(name);
        assert_eq!(figure(0, 2 * SECOND, "nodes.lb.keys_moved"), before, "{algorithm}");
        let after = figure(2 * SECOND, 4 * SECOND, "nodes.lb.keys_moved");
        let agrees = after.zip(moved).is_some_and(|(after, moved)| (after - moved).abs() < 0.04);
        assert!(agrees || after == moved, "{algorithm}: {after:?}");
        let busiest = figure(2 * SECOND + SECOND / 2, 4 * SECOND, "nodes.app.busiest_share").unwrap();
        assert!((busiest / share - 1.0).abs() < 0.06, "{algorithm}: {busiest}");
        assert_eq!(figure(0, 4 * SECOND, "nodes.lb.busiest_share"), None, "there is one balancer");
    }
}

/// Where users stand in several places, their latencies are told apart; where they stand in one, they are all there is.
#[test]
fn latencies_are_told_by_where_requests_come_from() {
    let text = r#"
title = "Near and far"
duration = "5s"

[nodes.near]
kind = "clients"
to = "app"
arrivals = { process = "constant", rate = 100 }

[nodes.far]
kind = "clients"
to = "app"
arrivals = { process = "constant", rate = 20 }

[nodes.app]
kind = "service"
cores = 8
service_time = { distribution = "fixed", value = "1ms" }

[links."near -> app"]
latency = "2ms"

[links."far -> app"]
latency = "50ms"
"#;
    let mut session = Session::new(scenario(text), Vec::new()).unwrap();
    finish(&mut session);
    let report = session.report();
    // (figure, in ms, whether there are enough requests to say): a percentile needs 10 samples beyond it.
    let cases = [
        ("nodes.near.latency_s.mean", 5.0, true),
        ("nodes.near.latency_s.p95", 5.0, true),
        ("nodes.far.latency_s.p50", 101.0, true),
        ("nodes.far.latency_s.p95", 101.0, false),
        ("latency_s.p50", 5.0, true),
    ];
    for (name, expected, enough) in cases {
        let found = report.metric(name).unwrap() * 1000.0;
        assert!((found - expected).abs() < 0.02 * expected, "{name}: {found}");
        assert_eq!(report.enough_for(name), enough, "{name}");
    }
    session.seek(SECOND);
    finish(&mut session);
    assert_eq!(session.report(), report);
    let mut of_one = super::tests::session();
    finish(&mut of_one);
    assert_eq!(of_one.report().metric("nodes.clients.latency_s.mean"), None);
}
