//! Balancers in a system: who is asked by whom, and what they learn from answers.

use super::tests::{at, run, simulator, target};
use crate::scenario::{Action, TimedAction, Value};
use crate::sim::record::{CallSpan, InstanceIndex, Outcome};
use crate::sim::time::{MILLISECOND, SECOND, Time};
use std::collections::{BTreeMap, BTreeSet};

const FARM: &str = r#"
    title = "farm"
    duration = "60s"
    [nodes.clients]
    kind = "clients"
    to = "lb"
    arrivals = { process = "poisson", rate = 400 }
    keys = { distribution = "uniform", count = 200 }
    [nodes.lb]
    kind = "balancer"
    algorithm = "round-robin"
    to = ["app"]
    [nodes.app]
    kind = "service"
    replicas = 4
    service_time = { distribution = "exponential", mean = "2ms" }
"#;

/// The farm with some lines changed.
fn farm(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(FARM.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "no {from}");
        text.replace(from, to)
    })
}

/// The calls to the servers, as the balancer made them.
fn calls(text: &str, actions: &[TimedAction], until: Time) -> Vec<CallSpan> {
    let mut simulator = simulator(text, actions);
    let emitted = run(&mut simulator, until);
    let is_app = |index: InstanceIndex| {
        let info = simulator.instances().nth(index as usize);
        info.is_some_and(|info| simulator.scenario().nodes[usize::from(info.node)].name != "lb")
    };
    let lb = |call: &&CallSpan| call.parent != 0 && call.to != u32::MAX && is_app(call.to);
    emitted.calls.iter().filter(lb).copied().collect()
}

/// How many calls each instance got.
fn shares(calls: &[CallSpan]) -> Vec<f64> {
    let mut counts: BTreeMap<InstanceIndex, f64> = BTreeMap::new();
    for call in calls {
        *counts.entry(call.to).or_default() += 1.0;
    }
    counts.into_values().map(|count| count / calls.len() as f64).collect()
}

const ALGORITHM: &str = "\"round-robin\"";
const USERS: &str = "rate = 400 }";

#[test]
fn ip_hash_sends_a_network_to_one_server() {
    let users = |words: &str| format!("rate = 400 }}\n    addresses = {{ {words} }}");
    // 50 users of one network; 1,000 users of as many; 1,000 in five offices, of which one server gets two.
    let shares = |words: &str| {
        shares(&calls(&farm(&[(ALGORITHM, "\"ip-hash\""), (USERS, &users(words))]), &[], 10 * SECOND))
    };
    assert_eq!(shares("count = 50, per_network = 50"), [1.0]);
    let even = shares("count = 1000");
    assert!(even.len() == 4 && even.iter().all(|share| (0.18..0.32).contains(share)), "{even:?}");
    let uneven = shares("count = 1000, per_network = 200");
    assert!(uneven.iter().any(|share| *share > 0.37), "{uneven:?}");
    // What comes through another server has that one's address.
    let front = "to = \"front\"\n    arrivals";
    let text = farm(&[(ALGORITHM, "\"ip-hash\""), ("to = \"lb\"\n    arrivals", front)])
        + "\n    [nodes.front]\n    kind = \"service\"\n    to = \"lb\"\n    cores = 4\n    \
           service_time = { distribution = \"fixed\", value = \"1ms\" }\n";
    let mut simulator = simulator(&text, &[]);
    let emitted = run(&mut simulator, 5 * SECOND);
    let busy: BTreeSet<InstanceIndex> = emitted.calls.iter().map(|call| call.to).collect();
    // The front, the balancer, and one of four servers.
    assert_eq!(busy.len(), 3, "{busy:?}");
}

#[test]
fn a_cookie_leads_back_until_its_server_dies() {
    let closed =
        "{ process = \"closed\", users = 1, think_time = { distribution = \"fixed\", value = \"5ms\" } }";
    let text = farm(&[(ALGORITHM, "\"sticky\""), ("{ process = \"poisson\", rate = 400 }", closed)]);
    let kill = [at(5 * SECOND, Action::Kill { node: target("app", Some(0)), lasting: None })];
    let calls = calls(&text, &kill, 10 * SECOND);
    let (before, after): (Vec<CallSpan>, Vec<CallSpan>) =
        calls.into_iter().partition(|call| call.started < 5 * SECOND);
    assert_eq!([shares(&before).len(), shares(&after).len()], [1, 1]);
    assert!(before[0].to != after[0].to && before.len() > 500 && after.len() > 500);
}

#[test]
fn hashing_balancers_keep_a_key_where_it_is() {
    for algorithm in ["hash", "ring", "jump", "rendezvous", "maglev"] {
        let text = farm(&[(ALGORITHM, &format!("{algorithm:?}"))]);
        let mut homes: BTreeMap<u64, BTreeSet<InstanceIndex>> = BTreeMap::new();
        for call in calls(&text, &[], 10 * SECOND) {
            homes.entry(call.key).or_default().insert(call.to);
        }
        assert!(homes.len() == 200 && homes.values().all(|home| home.len() == 1), "{algorithm}: {homes:?}");
        // A replacement takes the place of the dead one on the ring, so its keys are at home again.
        let actions = [
            at(2 * SECOND, Action::Kill { node: target("app", Some(1)), lasting: None }),
            at(4 * SECOND, Action::Start { node: target("app", Some(1)) }),
        ];
        // Instance 3 was app[1], and 6 is.
        for call in calls(&text, &actions, 8 * SECOND).iter().filter(|call| call.started > 4 * SECOND) {
            let home = homes[&call.key].first().map(|home| if *home == 3 { 6 } else { *home });
            assert_eq!(Some(call.to), home, "{algorithm}: key {}", call.key);
        }
    }
}

/// One of two nodes takes ten times as long: it gets few calls from those who measure that, half from the others.
#[test]
fn slow_servers_are_noticed_by_who_measures() {
    for (algorithm, least, most) in
        [("round-robin", 0.49, 0.51), ("least-response-time", 0.0, 0.12), ("peak-ewma", 0.0, 0.2)]
    {
        let text = farm(&[
            (ALGORITHM, &format!("{algorithm:?}")),
            ("[\"app\"]", "[\"app\", \"slow\"]"),
            ("replicas = 4", "replicas = 1"),
            ("rate = 400", "rate = 60"),
        ]) + "\n    [nodes.slow]\n    kind = \"service\"\n    service_time = { distribution = \"exponential\", mean = \"20ms\" }\n";
        let calls = calls(&text, &[], 30 * SECOND);
        let quick = calls.iter().filter(|call| call.to == 2).count() as f64 / calls.len() as f64;
        assert!((least..=most).contains(&(1.0 - quick)), "{algorithm}: {} to the slow one", 1.0 - quick);
    }
}

#[test]
fn a_new_server_starts_slowly() {
    let text = farm(&[
        (ALGORITHM, "\"weighted-round-robin\"\n    slow_start = \"10s\""),
        ("replicas = 4", "replicas = 3"),
    ]);
    let actions = [
        at(5 * SECOND, Action::Kill { node: target("app", Some(1)), lasting: None }),
        at(6 * SECOND, Action::Start { node: target("app", Some(1)) }),
    ];
    let calls = calls(&text, &actions, 40 * SECOND);
    let newest = calls.iter().map(|call| call.to).max();
    let share = |from: Time, to: Time| {
        let during: Vec<&CallSpan> =
            calls.iter().filter(|call| (from * SECOND..to * SECOND).contains(&call.started)).collect();
        during.iter().filter(|call| Some(call.to) == newest).count() as f64 / during.len() as f64
    };
    // In the first second a tenth of its weight: 0.1 of 2.1; in the sixth half of it and a little: 0.55 of 2.55.
    for (from, expected) in [(6, 0.1 / 2.1), (11, 0.545 / 2.545), (20, 1.0 / 3.0)] {
        let found = share(from, from + 1);
        assert!((found - expected).abs() < 0.02, "{found} in second {from}, not {expected}");
    }
    assert!((share(17, 40) - 1.0 / 3.0).abs() < 0.002);
}

#[test]
fn each_of_several_balancers_counts_its_own_calls() {
    let text = farm(&[(ALGORITHM, "\"least-connections\"\n    replicas = 3")]);
    let fewer = Action::Set { path: "nodes.lb.replicas".to_owned(), value: Value::Whole(1) };
    let mut simulator = simulator(&text, &[at(5 * SECOND, fewer)]);
    let emitted = run(&mut simulator, 4 * SECOND);
    let counted: u32 = (1..=3).map(|index| simulator.gauge(index).in_flight).sum();
    let inside: u32 = (4..=7).map(|index| simulator.gauge(index).visits).sum();
    assert_eq!(counted, inside, "calls counted, and visits at the servers");
    let passed = |index| emitted.visits.iter().filter(|visit| visit.instance == index).count() as f64;
    let all = passed(1) + passed(2) + passed(3);
    assert!((1..=3).all(|index| (passed(index) / all - 1.0 / 3.0).abs() < 0.01), "clients take them in turn");
    // Two of them leave once they have passed on what is under way: nobody loses a request.
    let rest = run(&mut simulator, 10 * SECOND);
    let failed = emitted.roots().chain(rest.roots()).filter(|call| call.outcome != Outcome::Ok).count();
    assert_eq!(failed, 0);
    let late = rest.visits.iter().filter(|visit| visit.arrived > 5 * SECOND + MILLISECOND);
    assert!(late.filter(|visit| visit.instance <= 3).all(|visit| visit.instance == 1));
}
