//! DNS as a balancer: who asks when, who remembers what, and what becomes of calls to those who are no more.

use super::tests::{Emitted, run, simulator};
use crate::sim::record::{InstanceIndex, Outcome};
use crate::sim::time::{MILLISECOND, SECOND, Time};

/// The servers are instances 2 to 5; what comes later is 6.
const FIRST: InstanceIndex = 2;

fn system(clients: &str, dns: &str, rest: &str) -> String {
    format!(
        r#"
        title = "t"
        duration = "60s"
        [nodes.clients]
        kind = "clients"
        to = "name"
        {clients}
        [nodes.name]
        kind = "balancer"
        layer = "dns"
        to = ["app"]
        {dns}
        [nodes.app]
        kind = "service"
        replicas = 4
        start_up = "2s"
        service_time = {{ distribution = "fixed", value = "1ms" }}
        {rest}
        "#
    )
}

/// Ten requests a second, the first at 0.1 s, from users of one resolver.
const ONE: &str = r#"arrivals = { process = "constant", rate = 10 }
    addresses = { count = 50, per_network = 50 }"#;

fn ran(text: &str, until: Time) -> Emitted {
    run(&mut simulator(text, &[]), until)
}

/// Which servers got requests, in the order of these, each with how many in a row.
fn runs(emitted: &Emitted) -> Vec<(InstanceIndex, usize)> {
    let mut visits: Vec<_> = emitted.visits.iter().filter(|visit| visit.instance >= FIRST).collect();
    visits.sort_by_key(|visit| visit.arrived);
    let mut runs: Vec<(InstanceIndex, usize)> = Vec::new();
    for visit in visits {
        match runs.last_mut() {
            Some((last, count)) if *last == visit.instance => *count += 1,
            _ => runs.push((visit.instance, 1)),
        }
    }
    runs
}

/// With one resolver: for so many requests each answer serves, from the one that asked up to the one just before its time
/// is over, and the next request gets the next server.
#[test]
fn an_answer_serves_until_its_time_is_over() {
    for (dns, expected) in [
        (r#"ttl = "0s""#, vec![1; 400]),
        (r#"ttl = "0.1s""#, vec![1; 400]),
        (r#"ttl = "0.100000001s""#, vec![2; 200]),
        // Asked at 0.1 s, 10.1 s and so on.
        (r#"ttl = "10s""#, vec![100; 4]),
        // The answer of 0.1 s comes at 0.12 s, and serves the request of 10.1 s as well.
        (
            r#"ttl = "10s"
            service_time = { distribution = "fixed", value = "20ms" }"#,
            vec![101, 101, 101, 97],
        ),
        (r#"ttl = "1h""#, vec![400]),
    ] {
        let emitted = ran(&system(ONE, dns, ""), 40 * SECOND + 50 * MILLISECOND);
        let runs = runs(&emitted);
        let counts: Vec<usize> = runs.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, expected, "{dns}");
        let in_turn = (0..).zip(&runs).all(|(turn, (server, _))| *server == FIRST + turn % 4);
        assert!(in_turn, "{dns}: {runs:?}");
        let asked = emitted.roots().filter(|call| call.ended - call.started > 10 * MILLISECOND).count();
        assert_eq!(asked, if dns.contains("20ms") { runs.len() } else { 0 }, "{dns}");
    }
}

/// Shares of four servers, by how many resolvers the users share: DNS deals out resolvers, not requests.
#[test]
fn few_resolvers_make_uneven_shares() {
    for (addresses, expected) in [
        ("{ count = 12, per_network = 12 }", [12, 0, 0, 0]),
        ("{ count = 12, per_network = 6 }", [6, 6, 0, 0]),
        ("{ count = 12, per_network = 4 }", [4, 4, 4, 0]),
        ("{ count = 12, per_network = 3 }", [3, 3, 3, 3]),
        ("{ count = 12, per_network = 2 }", [4, 4, 2, 2]),
        ("{ count = 12, per_network = 1 }", [3, 3, 3, 3]),
    ] {
        let clients = format!(
            r#"arrivals = {{ process = "closed", users = 12, think_time = {{ distribution = "fixed", value = "99ms" }} }}
            addresses = {addresses}"#
        );
        let emitted = ran(&system(&clients, r#"ttl = "1h""#, ""), 10 * SECOND);
        let at = |server: u32| emitted.visits.iter().filter(|visit| visit.instance == FIRST + server).count();
        let mut shares: Vec<usize> = (0..4).map(|server| at(server) / 99).collect();
        shares.sort_by(|a, b| b.cmp(a));
        assert_eq!(shares, expected, "{addresses}");
    }
}

/// A server dies or is taken away at 5 s. Its resolver sends all requests there until its answer is too old, and all of
/// them fail; nobody else is told anything, and nobody gets its address any more once DNS knows.
#[test]
fn who_remembers_a_dead_server_keeps_to_it() {
    let kill = r#"{ at = "5s", do = "kill", node = "app[0]" }"#;
    let fewer = r#"{ at = "5s", do = "set", path = "nodes.app.replicas", value = 3 }"#;
    let checks = r#"health_check = { interval = "500ms", fall = 1, timeout = "100ms" }"#;
    // What befalls it; settings; the first and last tenth of a second in which a request fails.
    for (action, server, dns, failing) in [
        (kill, 0, r#"ttl = "0s""#.to_owned(), None),
        (kill, 0, r#"ttl = "8s""#.to_owned(), Some((50, 80))),
        (kill, 0, format!("ttl = \"8s\"\n{checks}"), Some((50, 80))),
        (kill, 0, r#"ttl = "20s""#.to_owned(), Some((50, 200))),
        (fewer, 3, r#"ttl = "20s""#.to_owned(), Some((50, 200))),
    ] {
        // The resolver of the test gets the server: the first, or after three others the last.
        let others = format!(
            r#"arrivals = {{ process = "closed", users = {}, think_time = {{ distribution = "fixed", value = "99ms" }} }}
            addresses = {{ count = 4, per_network = 1 }}"#,
            server + 1
        );
        let text = format!("actions = [{action}]\n{}", system(&others, &dns, "").trim_start());
        let emitted = ran(&text, 30 * SECOND);
        let failed: Vec<Time> = emitted
            .roots()
            .filter(|call| call.outcome != Outcome::Ok)
            .map(|call| (call.started + 50 * MILLISECOND) / (100 * MILLISECOND))
            .collect();
        let ends = failed.first().copied().zip(failed.last().copied());
        match (ends, failing) {
            (None, None) => {}
            (Some((first, last)), Some((begin, end))) => {
                assert!(first.abs_diff(begin) <= 1 && last.abs_diff(end) <= 1, "{dns}: {first} to {last}");
                // All of them: one every 100 ms, a little more often as failing is quicker than work.
                let count = failed.len() as u64;
                assert!((end - begin..=(end - begin) + 4).contains(&count), "{dns}: {count}");
            }
            _ => panic!("{dns}: {ends:?}"),
        }
    }
}

/// An answer is an address: what takes a dead server's place there gets its calls, without anybody asking again.
#[test]
fn a_replacement_is_found_at_the_same_address() {
    let actions = r#"actions = [
        { at = "5s", do = "kill", node = "app[0]" },
        { at = "6s", do = "start", node = "app[0]" },
    ]"#;
    let emitted = ran(&format!("{actions}\n{}", system(ONE, r#"ttl = "1h""#, "").trim_start()), 20 * SECOND);
    let failed: Vec<Time> =
        emitted.roots().filter(|call| call.outcome != Outcome::Ok).map(|call| call.started).collect();
    // It starts for 2 s.
    assert_eq!(
        (failed.len(), failed[0] / SECOND, failed[failed.len() - 1] / SECOND),
        (30, 5, 7),
        "{failed:?}"
    );
    let last =
        emitted.visits.iter().filter(|visit| visit.instance >= FIRST).map(|visit| visit.instance).max();
    assert_eq!(last, Some(FIRST + 4));
}

/// Nobody asks over a connection that is open, however old the answer is: a fifth server gets requests from 12 s on only
/// where connections end or there are none.
#[test]
fn open_connections_are_not_asked_about() {
    let grow = r#"actions = [{ at = "5s", do = "set", path = "nodes.app.replicas", value = 5 }]"#;
    for (pool, expected) in [("", true), (r#", recycle = "5s""#, true), (", recycle = \"1h\"", false)] {
        let clients = r#"arrivals = { process = "closed", users = 20, think_time = { distribution = "fixed", value = "50ms" } }
            addresses = { count = 20, per_network = 1 }"#;
        let link = if pool.is_empty() {
            String::new()
        } else {
            format!("[links.\"clients -> name\"]\npool = {{ pool_size = 20, max_overflow = 0{pool} }}")
        };
        let text = format!("{grow}\n{}", system(clients, r#"ttl = "2s""#, &link).trim_start());
        let emitted = ran(&text, 20 * SECOND);
        let new = emitted.visits.iter().filter(|visit| visit.instance == FIRST + 4);
        let came = new.filter(|visit| visit.arrived > 12 * SECOND).count();
        assert_eq!(came > 100, expected, "{pool}: {came}");
        assert!(expected || came == 0, "{pool}: {came}");
        assert_eq!(emitted.ended(Outcome::Ok), emitted.roots().count(), "{pool}");
    }
}

/// Each instance of a service that asks has a resolver of its own, and names its servers in turn.
#[test]
fn servers_ask_too() {
    let text = r#"
        title = "t"
        duration = "20s"
        [nodes.clients]
        kind = "clients"
        to = "web"
        arrivals = { process = "constant", rate = 100 }
        [nodes.web]
        kind = "service"
        replicas = 2
        service_time = { distribution = "fixed", value = "1ms" }
        to = "name"
        [nodes.name]
        kind = "balancer"
        layer = "dns"
        ttl = "1h"
        to = ["app"]
        [nodes.app]
        kind = "service"
        replicas = 3
        service_time = { distribution = "fixed", value = "1ms" }
    "#;
    let emitted = ran(text, 10 * SECOND);
    // 0 is the clients, 1 and 2 ask, 3 answers.
    let at = |server: u32| emitted.visits.iter().filter(|visit| visit.instance == server).count();
    assert_eq!((at(4), at(5), at(6)), (at(1), at(2), 0));
}
