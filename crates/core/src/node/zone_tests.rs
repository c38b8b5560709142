//! Who dies with a zone or for a while, and who comes back, counted in small systems.

use super::Simulator;
use super::tests::{run, simulator};
use crate::sim::instance::Life;
use crate::sim::record::Outcome;
use crate::sim::time::{SECOND, Time};

/// Clients, a balancer of two apps of `replicas` each in zones, a cache and a store. Actions as in a file.
fn system(settings: &str, actions: &str) -> Simulator {
    let text = format!(
        r#"
        title = "t"
        duration = "12s"
        actions = [{actions}]
        [regions]
        tokyo = ["far"]
        [nodes.clients]
        kind = "clients"
        to = "lb"
        arrivals = {{ process = "constant", rate = 100 }}
        [nodes.lb]
        kind = "balancer"
        to = ["app", "far"]
        [nodes.app]
        kind = "service"
        replicas = 6
        service_time = {{ distribution = "fixed", value = "1ms" }}
        cache = {{ node = "cache" }}
        to = "db"
        {settings}
        [nodes.far]
        kind = "service"
        replicas = 3
        zones = 3
        service_time = {{ distribution = "fixed", value = "1ms" }}
        [nodes.cache]
        kind = "cache"
        capacity = 10
        replicas = 2
        zones = 2
        [nodes.db]
        kind = "database"
        service_time = {{ distribution = "fixed", value = "1ms" }}
        "#
    );
    simulator(&text, &[])
}

/// The slots of a node's instances that are ready: `app 0 2 3, far 0`.
fn ready(simulator: &Simulator) -> String {
    let names = ["clients", "lb", "app", "far", "cache", "db"];
    let of_node = |(node, name): (u16, &str)| {
        let here = |life: Life, of: u16| life == Life::Ready && of == node;
        let instances = simulator.instances().filter(|instance| here(instance.life, instance.node));
        let mut slots: Vec<u32> = instances.map(|instance| instance.slot).collect();
        slots.sort_unstable();
        let slots: String = slots.iter().map(|slot| slot.to_string()).collect();
        format!("{name} {slots}")
    };
    (0..).zip(names).skip(1).map(of_node).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_zone_takes_its_instances_with_it_and_gives_them_back() {
    const ALL: &str = "lb 0, app 012345, far 012, cache 01, db 0";
    let second = r#"{ at = "1s", do = "kill", node = "app[1]" }, "#;
    // (settings of the app, actions before, the outage, who is there in it, and after)
    let cases = [
        ("zones = 3", "", r#"zone = "a""#, "lb 0, app 1245, far 012, cache 1, db ", ALL),
        ("zones = 3", "", r#"zone = "b""#, "lb 0, app 0235, far 012, cache 0, db 0", ALL),
        ("zones = 3", "", r#"zone = "c""#, "lb 0, app 0134, far 012, cache 01, db 0", ALL),
        ("zones = 6", "", r#"zone = "f""#, "lb 0, app 01234, far 012, cache 01, db 0", ALL),
        // All eggs in one basket.
        ("", "", r#"zone = "a""#, "lb 0, app , far 012, cache 1, db ", ALL),
        // Of a region only that region, and of none only those that stand in none.
        ("zones = 3", "", r#"zone = "b", region = "tokyo""#, "lb 0, app 012345, far 02, cache 01, db 0", ALL),
        // Who died in another zone stays dead.
        (
            "zones = 3",
            second,
            r#"zone = "a""#,
            "lb 0, app 245, far 012, cache 1, db ",
            "lb 0, app 02345, far 012, cache 01, db 0",
        ),
        // Who died in this zone before its end comes back with the others, and nobody twice.
        ("zones = 3", second, r#"zone = "b""#, "lb 0, app 0235, far 012, cache 0, db 0", ALL),
    ];
    for (settings, before, place, during, after) in cases {
        let actions = format!(r#"{before}{{ at = "2s", do = "outage", {place}, for = "3s" }}"#);
        let mut simulator = system(settings, &actions);
        let mut at = |time: Time| {
            run(&mut simulator, time);
            ready(&simulator)
        };
        if before.is_empty() {
            assert_eq!(at(1_900_000_000), ALL, "{settings}, {place}");
        }
        assert_eq!(at(3 * SECOND), during, "{settings}, {place}");
        assert_eq!(at(4_900_000_000), during, "{settings}, {place}");
        assert_eq!(at(6 * SECOND), after, "{settings}, {place}");
    }
}

/// What starts again takes its time to start, and what was asked for meanwhile is not started again.
#[test]
fn an_outage_ends_with_a_start() {
    let outage = r#"{ at = "2s", do = "outage", zone = "a", for = "3s" }"#;
    let mut simulator = system("zones = 3\nstart_up = \"2s\"", outage);
    run(&mut simulator, 6 * SECOND);
    assert_eq!(ready(&simulator), "lb 0, app 1245, far 012, cache 01, db 0");
    run(&mut simulator, 8 * SECOND);
    assert_eq!(ready(&simulator), "lb 0, app 012345, far 012, cache 01, db 0");
    let grown = format!(r#"{outage}, {{ at = "3s", do = "start", node = "app" }}"#);
    let mut simulator = system("zones = 3", &grown);
    run(&mut simulator, 4 * SECOND);
    assert_eq!(ready(&simulator), "lb 0, app 012345, far 012, cache 1, db ");
    run(&mut simulator, 6 * SECOND);
    assert_eq!(ready(&simulator), "lb 0, app 012345, far 012, cache 01, db 0");
}

/// Of two zones one is left, and with it everyone is served; of one none is.
#[test]
fn who_is_spread_is_served() {
    // (zones, requests that fail in 3 s of outage, of 100 a second)
    for (zones, least, most) in [(1, 300, 301), (2, 0, 2)] {
        let text = format!(
            r#"
            title = "t"
            duration = "12s"
            actions = [{{ at = "2s", do = "outage", zone = "a", for = "3s" }}]
            [nodes.clients]
            kind = "clients"
            to = "app"
            arrivals = {{ process = "constant", rate = 100 }}
            [nodes.app]
            kind = "service"
            replicas = 4
            zones = {zones}
            service_time = {{ distribution = "fixed", value = "1ms" }}
            "#
        );
        let emitted = run(&mut simulator(&text, &[]), 10 * SECOND);
        let failed = emitted.roots().filter(|call| call.outcome != Outcome::Ok).count();
        assert!((least..=most).contains(&failed), "{zones} zones: {failed} failed");
    }
}

#[test]
fn who_dies_for_a_while_comes_back_alone() {
    const ALL: &str = "lb 0, app 012345, far 012, cache 01, db 0";
    // (what is done besides, who is there at 3 s, and at 6 s, when the time of those killed at 2 s is over)
    let cases = [
        (r#"node = "app[4]""#, "", "lb 0, app 01235, far 012, cache 01, db 0", ALL),
        (r#"node = "far""#, "", "lb 0, app 012345, far , cache 01, db 0", ALL),
        (r#"node = "db""#, "", "lb 0, app 012345, far 012, cache 01, db ", ALL),
        // Who died before, or after, is not of those.
        (
            r#"node = "app[4]""#,
            r#", { at = "1s", do = "kill", node = "app[0]" }, { at = "3s", do = "kill", node = "app[5]" }"#,
            "lb 0, app 123, far 012, cache 01, db 0",
            "lb 0, app 1234, far 012, cache 01, db 0",
        ),
        // Whose place is taken, or not wanted any more, stays away.
        (r#"node = "app[4]""#, r#", { at = "3s", do = "start", node = "app[4]" }"#, ALL, ALL),
        (
            r#"node = "app[4]""#,
            r#", { at = "3s", do = "set", path = "nodes.app.replicas", value = 2 }"#,
            "lb 0, app 01, far 012, cache 01, db 0",
            "lb 0, app 01, far 012, cache 01, db 0",
        ),
    ];
    for (who, besides, during, after) in cases {
        let actions = format!(r#"{{ at = "2s", do = "kill", {who}, for = "3s" }}{besides}"#);
        let mut simulator = system("", &actions);
        run(&mut simulator, 3 * SECOND + 100_000_000);
        assert_eq!(ready(&simulator), during, "{who}{besides}");
        run(&mut simulator, 6 * SECOND);
        assert_eq!(ready(&simulator), after, "{who}{besides}");
    }
}
