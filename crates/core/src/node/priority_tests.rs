//! Priorities in small systems: who is let in first, who is refused, and that it travels with the request.

use super::tests::{Emitted, run, simulator};
use crate::scenario::{Action, TimedAction, Value};
use crate::sim::record::{NoteKind, Outcome};
use crate::sim::time::{MILLISECOND, SECOND, Time};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Users and jobs of 60 a second each, all at a node that carries 100. They are instances 0 and 1.
fn two_classes(app: &str) -> String {
    format!(
        r#"
        title = "two classes"
        duration = "60s"
        nodes.users = {{ kind = "clients", to = "app", arrivals = {{ process = "poisson", rate = 60 }}, priority = "high" }}
        nodes.jobs = {{ kind = "clients", to = "app", arrivals = {{ process = "poisson", rate = 60 }}, priority = "low" }}
        [nodes.app]
        service_time = {{ distribution = "fixed", value = "10ms" }}
        {app}
        "#
    )
}

/// Of users and of jobs: how many were answered and how many refused, of those that began in a time.
fn told(emitted: &Emitted, (from, to): (Time, Time)) -> [(usize, usize); 2] {
    [0, 1].map(|clients| {
        let of = |outcome: Outcome| {
            let began = |started: &Time| (from..to).contains(started);
            let calls = emitted.roots().filter(|call| call.from == clients && began(&call.started));
            calls.filter(|call| call.outcome == outcome).count()
        };
        (of(Outcome::Ok), of(Outcome::Refused))
    })
}

/// 6,000 of about 7,200 fit into a minute. Without priorities users lose their share of it, a sixth. With them they lose
/// only to users who wait: if the server were never idle, 107 in a line of 3 (a chain in steps of 10 ms, of 0.6 that
/// come and one that goes), 15 in one of 5, none in one of 20. All take as long as each other, so all together are
/// answered as often as without priorities, to the last one.
#[test]
fn what_matters_least_is_refused_first() {
    for (kind, discipline) in [
        ("kind = \"service\"\n", ""),
        ("kind = \"service\"\n", "discipline = \"lifo\"\n"),
        ("kind = \"database\"\ncores = 1\nmax_connections = 100000\n", ""),
    ] {
        for (queue, users_refused) in [(0, 1_800..=2_100), (3, 60..=130), (5, 1..=30), (20, 0..=0)] {
            let all = |priorities: bool| {
                let app = format!("{kind}{discipline}queue = {queue}\npriorities = {priorities}");
                let emitted = run(&mut simulator(&two_classes(&app), &[]), 60 * SECOND);
                (told(&emitted, (0, 60 * SECOND)), emitted.noted(NoteKind::Shed))
            };
            let (([users, jobs], shed), (alike, none_shed)) = (all(true), all(false));
            let place = format!("{kind}{discipline}{queue}: {users:?} and {jobs:?}, {alike:?}");
            assert!(users_refused.contains(&users.1), "{place}");
            let sum = |[(ok, refused), (others_ok, others_refused)]: [(usize, usize); 2]| {
                (ok + others_ok, refused + others_refused)
            };
            assert_eq!(sum([users, jobs]), sum(alike), "{place}");
            assert!(alike[0].1 > 450, "{place}");
            assert_eq!((shed > 0, none_shed), (queue > 0, 0), "{place}: {shed} gave way");
            assert!(shed <= jobs.1, "{place}: {shed} gave way");
        }
    }
}

/// Both stand in a line of 50 that is always full, and then priorities begin, or cease, to count.
#[test]
fn priorities_may_begin_and_cease_while_a_line_stands() {
    for (begins, ends) in [(false, true), (true, false)] {
        let path = "nodes.app.priorities".to_owned();
        let set = Action::Set { path, value: Value::Flag(ends) };
        let actions = [TimedAction { at: 30 * SECOND, action: set }];
        let app = format!("kind = \"service\"\nqueue = 50\npriorities = {begins}");
        let emitted = run(&mut simulator(&two_classes(&app), &actions), 60 * SECOND);
        for (from, counts) in [(5, begins), (35, ends)] {
            let [users, jobs] = told(&emitted, (from * SECOND, (from + 20) * SECOND));
            let lost: RangeInclusive<usize> = if counts { 0..=0 } else { 120..=330 };
            assert!(lost.contains(&users.1), "from {from} s, {begins}: users {users:?}, jobs {jobs:?}");
        }
    }
}

/// Through a balancer and a service that tries again, and after the client has given up: who waits at the store has
/// the priority of the clients its request comes from.
#[test]
fn a_priority_travels_with_the_request() {
    let text = r#"
        title = "far"
        duration = "20s"
        nodes.jobs = { kind = "clients", to = "door", timeout = "100ms", arrivals = { process = "poisson", rate = 60 }, priority = "low" }
        nodes.others = { kind = "clients", to = "door", timeout = "100ms", arrivals = { process = "poisson", rate = 30 } }
        nodes.users = { kind = "clients", to = "door", timeout = "100ms", arrivals = { process = "poisson", rate = 60 }, priority = "high" }
        [nodes.door]
        kind = "balancer"
        to = ["app"]
        [nodes.app]
        kind = "service"
        workers = 100000
        service_time = { distribution = "fixed", value = "0.1ms" }
        to = "store"
        [nodes.store]
        kind = "service"
        queue = 40
        priorities = true
        service_time = { distribution = "fixed", value = "10ms" }
        error_ratio = 0.1
        [links."app -> store"]
        retry = { most = 2 }
    "#;
    let mut simulator = simulator(text, &[]);
    let (mut waited, mut clients, mut given_up) = (Vec::new(), BTreeMap::new(), 0);
    let mut tried_again = 0;
    for moment in 1..=400 {
        let emitted = run(&mut simulator, moment * 50 * MILLISECOND);
        clients.extend(emitted.roots().map(|call| (call.root, call.from)));
        tried_again += emitted.calls.iter().filter(|call| call.attempt > 0).count();
        let line = simulator.inside(5, 100).waiting;
        assert!(line.is_sorted_by_key(|waiting| waiting.priority), "at {moment}: {line:?}");
        given_up += line.iter().filter(|waiting| clients.contains_key(&waiting.root)).count();
        waited.extend(line.iter().map(|waiting| (waiting.root, waiting.priority)));
    }
    for (root, priority) in &waited {
        let expected = clients.get(root).map(|clients| [2, 1, 0][*clients as usize]);
        assert!(expected.is_none() || expected == *priority, "{root:x}: {priority:?}, of {expected:?}");
    }
    assert!(waited.len() > 5_000 && given_up > 1_000 && tried_again > 100, "{given_up}, {tried_again}");
    let line = simulator.inside(4, 100).waiting;
    assert!(line.iter().all(|waiting| waiting.priority.is_none()), "{line:?}");
}
