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

/// Forty calls at once, a tenth of a second apart, over connections that carry several: shares of the servers from 32 s on,
/// the largest first, and how many connections there are. Behind layer 4 a server gets what comes over a connection, be
/// that much or little, and a fifth one nothing; where connections end, they still lead to one server each.
#[test]
fn calls_go_along_with_the_connection_that_carries_them() {
    let grow = r#"{ at = "10s", do = "set", path = "nodes.app.replicas", value = 5 }"#;
    for (layer, pool, connections, expected) in [
        ("l4", ", streams = 100", 1, [1.0, 0.0, 0.0, 0.0, 0.0]),
        ("l4", ", streams = 100, recycle = \"15s\"", 1, [1.0, 0.0, 0.0, 0.0, 0.0]),
        ("l4", ", streams = 20", 2, [0.5, 0.5, 0.0, 0.0, 0.0]),
        ("l4", ", streams = 16", 3, [0.4, 0.4, 0.2, 0.0, 0.0]),
        ("l4", ", streams = 10", 4, [0.25, 0.25, 0.25, 0.25, 0.0]),
        ("l4", "", 40, [0.25, 0.25, 0.25, 0.25, 0.0]),
        ("l7", ", streams = 100", 1, [0.2, 0.2, 0.2, 0.2, 0.2]),
    ] {
        let mut simulator = simulator(&system(layer, pool, grow), &[]);
        let emitted = run(&mut simulator, 40 * SECOND);
        let open = simulator.gauge(0).pool.map(|pool| pool.open);
        assert_eq!(open, Some(connections), "{layer}{pool}");
        let mut found = shares(&emitted, 32 * SECOND);
        found.sort_by(|a, b| b.total_cmp(a));
        for (share, expected) in found.iter().zip(expected) {
            assert!((share - expected).abs() < 0.001, "{layer}{pool}: {found:?}");
        }
        assert_eq!(emitted.ended(Outcome::Ok), emitted.roots().count(), "{layer}{pool}");
    }
}

/// The one connection of all calls is reset when its server dies: those inside fail, or the next one if nobody is, and all
/// others go elsewhere together.
#[test]
fn a_dead_server_takes_all_calls_of_its_connection() {
    let pool = ", streams = 100";
    let emitted = run(&mut simulator(&system("l4", pool, ""), &[]), 12 * SECOND);
    let busy = shares(&emitted, 0).iter().position(|share| *share == 1.0).unwrap();
    let (mut some, mut none) = (0, 0);
    for hundredth in 0..10 {
        let time = 10 * SECOND + hundredth * 10 * MILLISECOND + MILLISECOND / 2;
        let inside = emitted.roots().filter(|call| call.started < time && call.ended > time).count();
        some += u32::from(inside > 10);
        none += u32::from(inside == 0);
        let kill = format!(r#"{{ at = "{time}ns", do = "kill", node = "app[{busy}]" }}"#);
        let emitted = run(&mut simulator(&system("l4", pool, &kill), &[]), 20 * SECOND);
        let failed = emitted.roots().filter(|call| call.outcome != Outcome::Ok).count();
        assert_eq!(failed, inside.max(1), "{time}");
        let after = shares(&emitted, 12 * SECOND);
        assert!(after[busy] == 0.0 && after.contains(&1.0), "{after:?}");
    }
    assert!(some > 0 && none > 0, "{some} times with calls inside, {none} times without");
}

/// `max_connections` of a server counts connections, not the calls on them.
#[test]
fn a_server_counts_connections_and_not_calls() {
    for (streams, failing) in [(1, true), (4, true), (100, false)] {
        let text = format!(
            r#"
            title = "t"
            duration = "5s"
            [nodes.clients]
            kind = "clients"
            to = "db"
            arrivals = {{ process = "closed", users = 40, think_time = {{ distribution = "fixed", value = "90ms" }} }}
            [nodes.db]
            kind = "database"
            cores = 40
            max_connections = 2
            service_time = {{ distribution = "fixed", value = "10ms" }}
            [links."clients -> db"]
            pool = {{ pool_size = 40, max_overflow = 0, streams = {streams} }}
            "#
        );
        let mut simulator = simulator(&text, &[]);
        let emitted = run(&mut simulator, 5 * SECOND);
        assert_eq!(emitted.ended(Outcome::Error) > 0, failing, "{streams} streams");
        assert!(simulator.gauge(1).connections <= 2, "{streams} streams");
    }
}

/// A database dies and comes back while calls test the connections they share: whoever finds out first ends a connection
/// for all, and the others still get another. As many calls end a second as without it, so that none of 12 users hangs.
#[test]
fn nobody_hangs_on_a_connection_that_others_found_dead() {
    let run_with = |actions: &str| -> f64 {
        let text = format!(
            r#"
            title = "t"
            duration = "6s"
            actions = [{actions}]
            [nodes.clients]
            kind = "clients"
            to = "db"
            arrivals = {{ process = "closed", users = 12, think_time = {{ distribution = "exponential", mean = "3ms" }} }}
            [nodes.db]
            kind = "database"
            cores = 12
            service_time = {{ distribution = "fixed", value = "2ms" }}
            [links."clients -> db"]
            latency = "2ms"
            pool = {{ pool_size = 2, max_overflow = 1, streams = 6, pre_ping = true, connect_round_trips = 1 }}
            "#
        );
        let emitted = run(&mut simulator(&text, &[]), 6 * SECOND);
        let good = emitted.roots().filter(|call| call.outcome == Outcome::Ok && call.started > 4 * SECOND);
        good.count() as f64
    };
    let undisturbed = run_with("");
    for at in 2_000..2_020 {
        let kill = format!(r#"{{ at = "{at}ms", do = "kill", node = "db", for = "500ms" }}"#);
        let found = run_with(&kill) / undisturbed;
        assert!((found - 1.0).abs() < 0.05, "killed at {at} ms: {found} of the calls");
    }
}
