//! Routes by header and cookie: which requests carry which, and where they go.

use super::tests::{at, run, simulator};
use crate::scenario::{Action, TimedAction, Value};
use crate::sim::record::CallSpan;
use crate::sim::time::SECOND;
use std::collections::{BTreeMap, BTreeSet};

/// The balancer is instance 1; the servers are 2, 3 and 4.
fn shop(clients: &str, routes: &str) -> String {
    format!(
        r#"
        title = "t"
        duration = "60s"
        [nodes.clients]
        kind = "clients"
        to = "lb"
        arrivals = {{ process = "poisson", rate = 500 }}
        addresses = {{ count = 1000 }}
        {clients}
        [nodes.lb]
        kind = "balancer"
        to = ["old"]
        routes = {routes}
        [nodes.old]
        kind = "service"
        service_time = {{ distribution = "fixed", value = "0.1ms" }}
        [nodes.new]
        kind = "service"
        service_time = {{ distribution = "fixed", value = "0.1ms" }}
        [nodes.pay]
        kind = "service"
        service_time = {{ distribution = "fixed", value = "0.1ms" }}
        "#
    )
}

const OLD: u32 = 2;
const NEW: u32 = 3;
const PAY: u32 = 4;

/// The calls that the balancer passed on within 20 s.
fn passed_on(text: &str, actions: &[TimedAction]) -> Vec<CallSpan> {
    let emitted = run(&mut simulator(text, actions), 20 * SECOND);
    emitted.calls.into_iter().filter(|call| call.from == 1).collect()
}

fn share(calls: &[CallSpan], to: u32) -> f64 {
    calls.iter().filter(|call| call.to == to).count() as f64 / calls.len() as f64
}

const BOTH: &str = r#"headers = [{ header = "x-version: beta", share = 0.3 }, { header = "x-mobile: 1", share = 1 }]
    cookies = [{ cookie = "group=beta", share = 0.4 }]
    paths = [{ path = "/", share = 1 }, { path = "/pay", share = 1 }]"#;

/// Shares of the old, the new and the pay server: each route is for what carries all that it names, and the first that
/// fits counts, as in nginx and Envoy.
#[test]
fn the_first_route_that_fits_gets_the_request() {
    for (routes, old, new, pay) in [
        ("[]", 1.0, 0.0, 0.0),
        (r#"[{ header = "x-version: beta", to = ["new"] }]"#, 0.7, 0.3, 0.0),
        (r#"[{ header = "x-mobile: 1", to = ["new"] }]"#, 0.0, 1.0, 0.0),
        (r#"[{ cookie = "group=beta", to = ["new"] }]"#, 0.6, 0.4, 0.0),
        (r#"[{ header = "x-version: beta", cookie = "group=beta", to = ["new"] }]"#, 0.88, 0.12, 0.0),
        (
            r#"[{ header = "x-version: beta", to = ["new"] }, { cookie = "group=beta", to = ["new"] }]"#,
            0.42,
            0.58,
            0.0,
        ),
        (r#"[{ path = "/pay", header = "x-version: beta", to = ["new"] }]"#, 0.85, 0.15, 0.0),
        (
            r#"[{ path = "/pay", to = ["pay"] }, { header = "x-version: beta", to = ["new"] }]"#,
            0.35,
            0.15,
            0.5,
        ),
        (
            r#"[{ header = "x-version: beta", to = ["new"] }, { path = "/pay", to = ["pay"] }]"#,
            0.35,
            0.3,
            0.35,
        ),
    ] {
        let calls = passed_on(&shop(BOTH, routes), &[]);
        assert!(calls.len() > 9_000, "{}", calls.len());
        for (server, expected) in [(OLD, old), (NEW, new), (PAY, pay)] {
            let found = share(&calls, server);
            // 1,000 users and their cookies are the fewest draws.
            let deviation = libm::sqrt(expected * (1.0 - expected) / 1_000.0);
            assert!(
                (found - expected).abs() <= 4.0 * deviation,
                "{routes}: {found} to {server}, not {expected}"
            );
        }
    }
}

/// A user has a cookie for good; a header comes and goes from request to request. Forty clients of one user each.
#[test]
fn a_cookie_is_a_users_and_a_header_a_requests() {
    for (route, one_each) in [(r#"cookie = "group=beta""#, true), (r#"header = "x-version: beta""#, false)] {
        let mut text = String::from("title = \"t\"\nduration = \"60s\"\n");
        for user in 0..40 {
            text += &format!(
                r#"
                [nodes.user-{user}]
                kind = "clients"
                to = "lb"
                arrivals = {{ process = "closed", users = 1, think_time = {{ distribution = "fixed", value = "100ms" }} }}
                {BOTH}
                "#
            );
        }
        let shop = shop("", &format!("[{{ {route}, to = [\"new\"] }}]"));
        text += &shop[shop.find("[nodes.lb]").unwrap()..];
        let emitted = run(&mut simulator(&text, &[]), 20 * SECOND);
        let user: BTreeMap<u64, u32> = emitted.roots().map(|call| (call.root, call.from)).collect();
        let mut servers: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for call in emitted.calls.iter().filter(|call| call.from == 40 && user.contains_key(&call.root)) {
            servers.entry(user[&call.root]).or_default().insert(call.to);
        }
        assert_eq!(servers.len(), 40);
        let constant = servers.values().filter(|servers| servers.len() == 1).count();
        assert_eq!(constant, if one_each { 40 } else { 0 }, "{route}");
        // Of 40 users 0.4 have the cookie: 16, give or take four deviations.
        let of_new = servers.values().filter(|servers| servers.contains(&42)).count();
        assert!((4..=28).contains(&of_new) || !one_each, "{of_new} of 40 have the cookie");
    }
}

/// A larger share only adds: who was among the few stays there, in the same run and in another.
#[test]
fn a_larger_share_only_adds() {
    let route = r#"[{ cookie = "group=beta", to = ["new"] }, { header = "x-version: beta", to = ["new"] }]"#;
    let few = BOTH.replace("0.3", "0.02").replace("0.4", "0.05");
    let with = |clients: &str| -> BTreeMap<u64, u32> {
        passed_on(&shop(clients, route), &[]).iter().map(|call| (call.root, call.to)).collect()
    };
    let (few, many) = (with(&few), with(BOTH));
    let both: Vec<&u64> = few.keys().filter(|root| many.contains_key(root)).collect();
    assert!(both.len() > 9_000);
    assert!(both.iter().all(|root| few[root] == OLD || many[root] == NEW));
    assert!(few.values().any(|to| *to == NEW));
}

/// A balancer behind another sees what the first was asked with; a server keeps that to itself.
#[test]
fn balancers_pass_headers_on_and_servers_do_not() {
    for (front, seen) in [
        (r#"kind = "balancer", to = ["lb"]"#, true),
        (r#"kind = "service", to = "lb", service_time = { distribution = "fixed", value = "0.1ms" }"#, false),
    ] {
        let routes = r#"[{ header = "x-mobile: 1", to = ["new"] }, { cookie = "group=beta", to = ["pay"] }]"#;
        let text = shop(BOTH, routes).replace(r#"to = "lb""#, r#"to = "front""#);
        let emitted = run(&mut simulator(&format!("nodes.front = {{ {front} }}\n{text}"), &[]), 10 * SECOND);
        // Their order in the file: front, clients, lb, old, new.
        let to =
            |server: u32| emitted.calls.iter().filter(|call| call.from == 2 && call.to == server).count();
        let (old, new) = (to(OLD + 1), to(NEW + 1));
        assert_eq!((old > 4_000, new > 4_000), (!seen, seen), "{front}: {old}, {new}");
        assert_eq!(old.min(new), 0, "{front}");
    }
}

#[test]
fn shares_and_routes_change_while_a_run_goes_on() {
    let set = |seconds: u64, path: &str, value: Value| {
        at(seconds * SECOND, Action::Set { path: path.to_owned(), value })
    };
    let clients = r#"headers = [{ header = "x-version: beta", share = 0 }]"#;
    let actions = [
        set(5, "nodes.clients.headers[0].share", Value::Whole(1)),
        set(10, "nodes.lb.routes", Value::List(Vec::new())),
    ];
    let text = shop(clients, r#"[{ header = "x-version: beta", to = ["new"] }]"#)
        .replace(r#"to = ["old"]"#, r#"to = ["old", "new"]"#);
    let calls = passed_on(&text, &actions);
    let within = |from: u64, to: u64| -> Vec<CallSpan> {
        let range = from * SECOND..to * SECOND;
        calls.iter().filter(|call| range.contains(&call.started)).copied().collect()
    };
    // What goes to all goes to both, in turn.
    for (from, to, new) in [(0, 5, 0.5), (5, 10, 1.0), (10, 20, 0.5)] {
        let found = share(&within(from, to), NEW);
        assert!((found - new).abs() < 0.001, "{from} to {to} s: {found}");
    }
}
