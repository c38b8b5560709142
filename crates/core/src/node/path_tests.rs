//! Requests with paths in a system: where a balancer sends them, how long they take, and that luck stays theirs.

use super::tests::{at, run, simulator, target};
use crate::scenario::{Action, Scenario, TimedAction, Value};
use crate::sim::record::{CallSpan, Outcome};
use crate::sim::time::{MILLISECOND, SECOND, Time};
use std::collections::{BTreeMap, BTreeSet};

const SHOP: &str = r#"
    title = "shop"
    duration = "60s"
    [nodes.clients]
    kind = "clients"
    to = "lb"
    arrivals = { process = "poisson", rate = 200 }
    keys = { distribution = "uniform", count = 200 }
    paths = [{ path = "/pay", share = 9 }, { path = "/search", share = 1 }]
    [nodes.lb]
    kind = "balancer"
    to = ["app", "search"]
    routes = []
    [nodes.app]
    kind = "service"
    replicas = 3
    service_time = { distribution = "fixed", value = "5ms" }
    path_times = [{ path = "/search", service_time = { distribution = "fixed", value = "50ms" } }]
    [nodes.search]
    kind = "service"
    replicas = 2
    service_time = { distribution = "fixed", value = "5ms" }
    path_times = [{ path = "/search", service_time = { distribution = "fixed", value = "50ms" } }]
"#;

const SEARCH: &str = r#"[{ path = "/search", to = ["search"] }]"#;
const APART: &str = r#"[{ path = "/search", to = ["search"] }, { path = "/pay", to = ["app"] }]"#;

fn shop(routes: &str) -> String {
    SHOP.replace("routes = []", &format!("routes = {routes}"))
}

/// The calls that the balancer made, with the name of the node that each went to.
fn passed_on(text: &str, actions: &[TimedAction], until: Time) -> Vec<(String, CallSpan)> {
    let mut simulator = simulator(text, actions);
    let emitted = run(&mut simulator, until);
    simulator.validate();
    let scenario = simulator.scenario();
    let passed = emitted.calls.iter().filter(|call| call.parent != 0 && call.parent != u64::MAX);
    passed.map(|call| (scenario.nodes[usize::from(call.node)].name.clone(), *call)).collect()
}

/// Which nodes got calls for each path.
fn nodes_by_path(calls: &[(String, CallSpan)]) -> BTreeMap<u8, BTreeSet<&str>> {
    let mut nodes: BTreeMap<u8, BTreeSet<&str>> = BTreeMap::new();
    for (node, call) in calls {
        nodes.entry(call.endpoint).or_default().insert(node);
    }
    nodes
}

#[test]
fn a_route_sends_a_path_to_its_nodes_and_the_rest_goes_to_all() {
    let both: &[&str] = &["app", "search"];
    for (routes, pay, search) in [
        ("[]", both, both),
        (SEARCH, both, &["search"][..]),
        (APART, &["app"][..], &["search"][..]),
        (r#"[{ path = "/pay", to = ["app"] }]"#, &["app"][..], both),
        (r#"[{ path = "/search", to = ["app", "search"] }]"#, both, both),
    ] {
        for algorithm in
            ["round-robin", "least-connections", "peak-ewma", "ring", "maglev", "join-idle-queue"]
        {
            let text = shop(routes).replace(
                "to = [\"app\", \"search\"]\n",
                &format!("to = [\"app\", \"search\"]\n    algorithm = \"{algorithm}\"\n"),
            );
            let calls = passed_on(&text, &[], 20 * SECOND);
            let nodes = nodes_by_path(&calls);
            assert_eq!(nodes[&1].iter().copied().collect::<Vec<_>>(), pay, "/pay, {routes}, {algorithm}");
            assert_eq!(
                nodes[&2].iter().copied().collect::<Vec<_>>(),
                search,
                "/search, {routes}, {algorithm}"
            );
            assert!(calls.len() > 3_500, "{}", calls.len());
        }
    }
}

/// A node that only a route leads to gets nothing else, and the others share evenly in each group.
#[test]
fn each_group_is_chosen_from_by_itself() {
    let text = shop(SEARCH).replace("to = [\"app\", \"search\"]", "to = [\"app\"]");
    let calls = passed_on(&text, &[], 20 * SECOND);
    let mut counts: BTreeMap<(u8, u32), usize> = BTreeMap::new();
    for (_, call) in &calls {
        *counts.entry((call.endpoint, call.to)).or_default() += 1;
    }
    assert_eq!(counts.len(), 3 + 2, "{counts:?}");
    for path in [1, 2] {
        let of_path = counts.iter().filter(|((of, _), _)| *of == path).map(|(_, count)| *count);
        let (least, most) = (of_path.clone().min().unwrap(), of_path.max().unwrap());
        assert!(most - least <= 1, "in turn: {least} to {most}");
    }
}

#[test]
fn a_path_takes_its_own_time_wherever_it_is_served() {
    let mut simulator = simulator(SHOP, &[]);
    let emitted = run(&mut simulator, 20 * SECOND);
    let asked: BTreeMap<u64, u8> = emitted.calls.iter().map(|call| (call.path, call.endpoint)).collect();
    let worked = emitted.visits.iter().filter(|visit| visit.worked > 0);
    for visit in worked.clone() {
        let expected = if asked[&visit.path] == 2 { 50 } else { 5 };
        assert_eq!(visit.worked, expected * MILLISECOND);
    }
    assert!(worked.count() > 3_500);
}

/// Common random numbers: the same requests ask for the same paths, whatever becomes of them.
#[test]
fn routes_change_no_request() {
    let asked = |routes: &str| -> BTreeMap<u64, (u8, u64)> {
        let mut simulator = simulator(&shop(routes), &[]);
        let calls = run(&mut simulator, 10 * SECOND).calls;
        let of_clients = calls.iter().filter(|call| call.parent == 0);
        of_clients.map(|call| (call.root, (call.endpoint, call.key))).collect()
    };
    let (without, with) = (asked("[]"), asked(APART));
    let both: Vec<u64> = without.keys().filter(|root| with.contains_key(root)).copied().collect();
    assert!(both.len() > 1_500);
    for root in both {
        assert_eq!(without[&root], with[&root]);
    }
}

#[test]
fn routes_and_times_change_while_a_run_goes_on() {
    let set = |seconds: u64, path: &str, value: &str| {
        let Some(Value::Table(file)) = toml::from_str(&format!("value = {value}")).ok() else { panic!() };
        let value = file.into_iter().next().unwrap().1;
        at(seconds * SECOND, Action::Set { path: path.to_owned(), value })
    };
    let quick = r#"[{ path = "/search", service_time = { distribution = "fixed", value = "1ms" } }]"#;
    let actions = [
        set(5, "nodes.lb.routes", APART),
        set(10, "nodes.lb.routes", "[]"),
        set(15, "nodes.lb.routes", APART),
        set(16, "nodes.app.path_times", quick),
    ];
    let calls = passed_on(SHOP, &actions, 20 * SECOND);
    let within = |from: u64, to: u64| -> Vec<(String, CallSpan)> {
        let range = from * SECOND..to * SECOND;
        calls.iter().filter(|(_, call)| range.contains(&call.started)).cloned().collect()
    };
    let both = BTreeSet::from(["app", "search"]);
    for (from, to, pay, search) in [
        (0, 5, both.clone(), both.clone()),
        (5, 10, BTreeSet::from(["app"]), BTreeSet::from(["search"])),
        (10, 15, both.clone(), both.clone()),
        (15, 20, BTreeSet::from(["app"]), BTreeSet::from(["search"])),
    ] {
        let calls = within(from, to);
        let nodes = nodes_by_path(&calls);
        assert_eq!((&nodes[&1], &nodes[&2]), (&pay, &search), "{from} to {to} s");
    }
    let scenario = Scenario::read(SHOP).unwrap();
    for (path, value) in
        [("nodes.lb.routes", Value::List(Vec::new())), ("nodes.lb.layer", Value::Text("l4".to_owned()))]
    {
        assert!(scenario.with_live(&[(path.to_owned(), value)]).is_ok(), "{path}");
    }
    let read = |text: &str| Scenario::read(text).unwrap();
    let routed = read(&shop(APART));
    let layer = [("nodes.lb.layer".to_owned(), Value::Text("l4".to_owned()))];
    let problems = routed.with_live(&layer).unwrap_err();
    assert!(problems[0].message.starts_with("a layer-4 balancer cannot see paths"), "{problems:?}");
}

/// A server that dies is found out by each group for itself; retries stay in the group.
#[test]
fn groups_check_and_try_again_by_themselves() {
    // One that is overloaded would fail its checks.
    let text = shop(APART).replace("replicas = 2", "replicas = 4").replace(
        "to = [\"app\", \"search\"]\n",
        "to = [\"app\", \"search\"]\n    retries = 1\n    health_check = { interval = \"200ms\", timeout = \"50ms\", fall = 2 }\n    outlier_detection = { interval = \"1s\" }\n",
    );
    let actions = [at(5 * SECOND, Action::Kill { node: target("search", Some(0)), lasting: None })];
    let calls = passed_on(&text, &actions, 20 * SECOND);
    let nodes = nodes_by_path(&calls);
    assert_eq!((nodes[&1].len(), nodes[&2].len()), (1, 1), "{nodes:?}");
    let again: Vec<_> = calls.iter().filter(|(_, call)| call.attempt > 0).collect();
    assert!(!again.is_empty() && again.iter().all(|(node, call)| node == "search" && call.endpoint == 2));
    assert!(again.iter().all(|(_, call)| call.outcome == Outcome::Ok), "the other one answers");
    // Once it is found out, it gets no calls.
    let dead = again.iter().map(|(_, call)| call.started).max().unwrap();
    assert!(dead < 6 * SECOND, "tried again at {dead}");
}
