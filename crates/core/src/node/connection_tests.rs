//! Balancers of connections and of calls: what differs.

use super::tests::{Emitted, run, simulator};
use crate::sim::record::Outcome;
use crate::sim::time::{MILLISECOND, SECOND, Time};

/// Forty connections, each nearly always busy, at four servers of 10 ms, or what `changes` makes of that.
fn system(layer: &str, pool: &str, actions: &str) -> String {
    format!(
        r#"
        title = "t"
        duration = "40s"
        actions = [{actions}]
        [nodes.clients]
        kind = "clients"
        to = "lb"
        arrivals = {{ process = "closed", users = 40, think_time = {{ distribution = "fixed", value = "90ms" }} }}
        [nodes.lb]
        kind = "balancer"
        layer = "{layer}"
        algorithm = "least-connections"
        to = ["app"]
        connection_time = {{ distribution = "fixed", value = "3ms" }}
        [nodes.app]
        kind = "service"
        replicas = 4
        cores = 20
        service_time = {{ distribution = "fixed", value = "10ms" }}
        [links."clients -> lb"]
        pool = {{ pool_size = 40, max_overflow = 0{pool} }}
        "#
    )
}

/// The share of the visits that each server had from a time on.
fn shares(emitted: &Emitted, from: Time) -> Vec<f64> {
    // 0 is the clients, 1 the balancer.
    let at = |instance: u32| {
        emitted.visits.iter().filter(move |visit| visit.instance == instance && visit.arrived >= from).count()
    };
    let all: usize = (2..8).map(at).sum();
    (2..7).map(|instance| at(instance) as f64 / all as f64).collect()
}

/// A fifth server comes at 10 s: what it gets from 12 s on, and what it gets in the last ten seconds.
#[test]
fn a_new_server_behind_layer_4_waits_for_new_connections() {
    let grow = r#"{ at = "10s", do = "set", path = "nodes.app.replicas", value = 5 }"#;
    for (layer, pool, soon, late) in [
        ("l4", "", 0.0..=0.0, 0.0..=0.0),
        ("l4", r#", recycle = "15s""#, 0.0..=0.2, 0.19..=0.21),
        ("l7", "", 0.19..=0.21, 0.19..=0.21),
    ] {
        let emitted = run(&mut simulator(&system(layer, pool, grow), &[]), 40 * SECOND);
        let (first, last) = (shares(&emitted, 12 * SECOND)[4], shares(&emitted, 30 * SECOND)[4]);
        assert!(soon.contains(&first) && late.contains(&last), "{layer}{pool}: {first}, then {last}");
        assert_eq!(emitted.ended(Outcome::Ok), emitted.roots().count(), "{layer}{pool}");
    }
}

/// Four servers get ten connections each, and so a quarter of the calls.
#[test]
fn connections_are_spread_evenly() {
    let emitted = run(&mut simulator(&system("l4", "", ""), &[]), 20 * SECOND);
    for share in &shares(&emitted, 0)[..4] {
        assert!((share - 0.25).abs() < 0.001, "{share}");
    }
}

/// What a balancer says it has given each server is what came there, but for what is on its way; also when servers come.
#[test]
fn a_balancer_knows_whom_it_gave_how_many_calls() {
    let grow = r#"{ at = "5s", do = "set", path = "nodes.app.replicas", value = 5 }"#;
    for layer in ["l4", "l7"] {
        let mut simulator = simulator(&system(layer, "", grow), &[]);
        let emitted = run(&mut simulator, 20 * SECOND);
        let known = simulator.outlook(1, 0).unwrap().known;
        assert_eq!(known.len(), 5, "{layer}");
        for each in known {
            let came = emitted.visits.iter().filter(|visit| visit.instance == each.instance).count() as u64;
            let inside = u64::from(simulator.gauge(each.instance).visits);
            assert!((came + inside..=came + inside + 10).contains(&each.given), "{layer}: {each:?} {came}");
        }
    }
}

/// The first call over each of forty connections takes 3 ms longer, on either layer.
#[test]
fn a_connection_takes_its_time_once() {
    for layer in ["l4", "l7"] {
        let emitted = run(&mut simulator(&system(layer, "", ""), &[]), 20 * SECOND);
        let long = emitted.roots().filter(|call| call.ended - call.started > 12 * MILLISECOND);
        assert_eq!(long.count(), 40, "{layer}");
    }
}

/// A server dies: each of its ten connections loses one call, inside or the next, and goes elsewhere.
#[test]
fn a_dead_server_resets_its_connections() {
    let kill = r#"{ at = "10s", do = "kill", node = "app[1]" }"#;
    let emitted = run(&mut simulator(&system("l4", "", kill), &[]), 20 * SECOND);
    let failed = emitted.roots().filter(|call| call.outcome != Outcome::Ok).count();
    assert_eq!(failed, 10);
    assert!(emitted.roots().all(|call| call.outcome == Outcome::Ok || call.ended < 11 * SECOND));
    let after = shares(&emitted, 12 * SECOND);
    assert!(after[1] == 0.0 && (after[0] - 1.0 / 3.0).abs() < 0.03, "{after:?}");
}
