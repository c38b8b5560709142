//! Settings changed while a system runs: every one that the schema calls live, to values from the schema, at random
//! times under load. After each slice the system is recounted from scratch; at the end no request may be lost.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::Simulator;
use crate::scenario::schema_tests::places::{self, Place};
use crate::scenario::{Action, Scenario, Target, TimedAction, Value, json_schema};
use crate::sim::record::Record;
use crate::sim::simulation::Stop;
use crate::sim::time::{MILLISECOND, SECOND, Time};

/// Length of a run.
const LENGTH: Time = 2 * SECOND;
/// The most events of a run: some settings make a second of load very long.
const MOST_EVENTS: u64 = 60_000;

/// Busy enough that something waits everywhere. Nodes are named by their kind.
const SYSTEM: &str = r#"
    title = "busy"
    duration = "2s"
    [nodes.clients]
    kind = "clients"
    to = "balancer"
    arrivals = { process = "poisson", rate = 2000 }
    keys = { distribution = "zipf", count = 1000, alpha = 0.9 }
    reads = 0.9
    timeout = "200ms"
    deadline = "300ms"
    [nodes.balancer]
    kind = "balancer"
    to = ["service"]
    service_time = { distribution = "uniform", min = "0.1ms", max = "0.3ms" }
    connection_time = { distribution = "fixed", value = "1ms" }
    layer = "l4"
    [nodes.service]
    kind = "service"
    replicas = 3
    cores = 2
    workers = 20
    queue = 100
    service_time = { distribution = "lognormal", mean = "2ms", cv = 1.0 }
    cache = { node = "cache" }
    to = "database"
    timeout = "150ms"
    start_up = "50ms"
    grace = "100ms"
    error_ratio = 0.01
    rate_limit = { limit = 900, burst = 50, per = "client" }
    codel = { target = "5ms", interval = "50ms" }
    adaptive_limit = { initial = 50 }
    [nodes.cache]
    kind = "cache"
    replicas = 2
    capacity = 100
    ttl = "500ms"
    latency = "0.5ms"
    [nodes.database]
    kind = "database"
    max_connections = 40
    cores = 8
    queue = 200
    service_time = { distribution = "exponential", mean = "8ms" }
    write_time = { distribution = "pareto", min = "5ms", alpha = 1.5, cap = "1s" }
    [links."service -> database"]
    latency = "1ms"
    jitter = "0.5ms"
    bandwidth = "10 MB"
    loss = 0.001
    pool = { pool_size = 5, max_overflow = 5, timeout = "100ms", recycle = "1s" }
    retry = { most = 1, backoff = "full-jitter", base = "5ms", budget = 0.2 }
    breaker = { window = 50, minimum_calls = 20, wait = "100ms" }
    hedging = { after = "20ms", most = 0.1 }
    max_calls = 8
    throttle = { multiplier = 1.5, window = "1s" }
    [links."clients -> balancer"]
    pool = { pool_size = 60, max_overflow = 60, timeout = "50ms", recycle = "300ms" }
    retry = { most = 2, backoff = "decorrelated-jitter", base = "5ms", cap = "50ms" }
"#;

const BALANCER: &str = "to = [\"service\"]";
/// What a balancer may do that finds out by itself who is well.
const CARE: &str = r#"
    health_check = { interval = "50ms", timeout = "20ms" }
    retries = 2
    per_try_timeout = "30ms"
    outlier_detection = { interval = "200ms", base_ejection_time = "300ms", success_rate_request_volume = 10 }
"#;

/// What else the clients may be like, since a setting belongs to one way of arriving, and to one of asking for keys.
const ARRIVALS: [&str; 6] = [
    r#"{ process = "poisson", rate = 2000 }"#,
    r#"{ process = "constant", rate = 2000 }"#,
    r#"{ process = "closed", users = 300, think_time = { distribution = "fixed", value = "50ms" } }"#,
    r#"{ process = "profile", shape = "sine", mean = 2000, amplitude = 1000, period = "1s" }"#,
    r#"{ process = "profile", shape = "spike", base = 1000, peak = 4000, at = "0.5s", for = "0.5s" }"#,
    r#"{ process = "profile", shape = "ramp", points = [{ at = "0s", rate = 500 }, { at = "2s", rate = 4000 }] }"#,
];
const KEYS: [&str; 5] = [
    r#"{ distribution = "uniform", count = 1000 }"#,
    r#"{ distribution = "zipf", count = 1000, alpha = 0.9 }"#,
    r#"{ distribution = "hot-set", count = 1000, hot = 50, share = 0.8 }"#,
    r#"{ distribution = "scan", count = 1000 }"#,
    r#"{ distribution = "latest", count = 1000, alpha = 0.9 }"#,
];

/// One change: which setting (of those there are), what to, when.
type Change = (prop::sample::Index, f64, u64);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0.0..1.0, 0..LENGTH / MILLISECOND), 1..40)
}

/// The settings of a scenario under `prefix` that a running system takes.
fn live_settings(scenario: &Scenario, prefix: &str) -> Vec<(String, Json)> {
    let known: Vec<(Place, Json)> = places::leaves(&json_schema());
    let here = |(place, schema): (Place, Json)| {
        let path = place.in_scenario(scenario)?;
        let live = schema["x-live"].as_str().is_some_and(|live| live != "restart");
        // Lists are changed whole, which no single value does.
        (path.starts_with(prefix) && live && schema["type"] != "array").then_some((path, schema))
    };
    known.into_iter().filter_map(here).collect()
}

/// A value for a setting: a word, a bound, or something between the usual bounds on a logarithmic scale.
fn value_for(schema: &Json, luck: f64) -> Json {
    let options = places::options(schema);
    let mut values: Vec<Json> = options.iter().filter_map(|option| option.get("const").cloned()).collect();
    for of in options.iter().copied().chain([schema]) {
        values.extend(["minimum", "maximum", "x-min", "x-max"].iter().filter_map(|key| of.get(key).cloned()));
        if of["type"] == "boolean" {
            values.extend([json!(true), json!(false)]);
        }
    }
    if let Some([least, most]) = schema["x-usual"].as_array().and_then(|usual| usual.first_chunk()) {
        values.extend([least.clone(), most.clone()]);
        if let (Some(least), Some(most)) = (least.as_u64(), most.as_u64()) {
            let between = (least as f64 + 1.0) * libm::pow(most as f64 / (least as f64 + 1.0), luck);
            values.extend([json!(between as u64), json!(between as u64 / 2 + 1)]);
        }
    }
    if values.is_empty() {
        values.push(json!("other"));
    }
    let place = (luck * values.len() as f64) as usize;
    values[place.min(values.len() - 1)].clone()
}

/// Those of the changes that fit together, as actions in the order of time.
fn actions(scenario: &Scenario, prefix: &str, changes: &[Change]) -> Vec<TimedAction> {
    let settings = live_settings(scenario, prefix);
    let mut changes = changes.to_vec();
    changes.sort_by_key(|(_, _, at)| *at);
    // Two at one time would be one batch.
    changes.dedup_by_key(|(_, _, at)| *at);
    let mut current = scenario.clone();
    let mut actions = Vec::new();
    for (setting, luck, at) in changes {
        let (path, schema) = setting.get(&settings);
        let value: Value = serde_json::from_value(value_for(schema, luck)).unwrap();
        if let Ok(changed) = current.with_live(&[(path.clone(), value.clone())]) {
            current = changed;
            let action = Action::Set { path: path.clone(), value };
            actions.push(TimedAction { at: at * MILLISECOND, action });
        }
    }
    actions
}

/// Runs in slices, recounting after each; then every request that was sent has ended or is still open.
fn run(scenario: &Scenario, actions: &[TimedAction]) -> Result<(), TestCaseError> {
    let mut simulator = Simulator::new(&Arc::new(scenario.clone()), actions).unwrap();
    let mut ended = 0;
    let mut events = 0;
    loop {
        let stop = simulator.run_until(LENGTH, 1_000);
        events += 1_000;
        simulator.validate();
        ended += roots(&simulator);
        simulator.clear_records();
        if stop != Stop::Budget || events >= MOST_EVENTS {
            break;
        }
    }
    let sent: u64 = (0..simulator.instances().count() as u32).map(|index| simulator.gauge(index).sent).sum();
    simulator.close();
    let open = roots(&simulator);
    prop_assert!(sent > 0);
    prop_assert_eq!(sent, ended + open, "requests sent, ended and open");
    Ok(())
}

/// How many of the calls that were emitted are requests of clients.
fn roots(simulator: &Simulator) -> u64 {
    let is_root = |record: &&Record| matches!(record, Record::Call(call) if call.parent == 0);
    simulator.records().iter().filter(is_root).count() as u64
}

fn check(prefix: &str, text: &str, changes: &[Change]) -> Result<(), TestCaseError> {
    check_with(prefix, text, changes, &[])
}

/// The same where something happens meanwhile.
fn check_with(
    prefix: &str,
    text: &str,
    changes: &[Change],
    more: &[TimedAction],
) -> Result<(), TestCaseError> {
    let scenario = Scenario::read(text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let mut actions = actions(&scenario, prefix, changes);
    actions.extend_from_slice(more);
    actions.sort_by_key(|action| action.at);
    run(&scenario, &actions)
}

/// Servers and balancers that die, start and drain.
fn deaths() -> impl Strategy<Value = Vec<TimedAction>> {
    let one = (0..5u8, 0..3u32, 0..LENGTH).prop_map(|(what, slot, at)| {
        let node = |name: &str| Target { node: name.to_owned(), slot: Some(slot) };
        let action = match what {
            0 | 1 => Action::Kill { node: node("service"), lasting: None },
            2 => Action::Start { node: node("service") },
            3 => Action::Drain { node: node("service") },
            _ => Action::Start { node: node("balancer") },
        };
        TimedAction { at, action }
    });
    prop::collection::vec(one, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn clients_change_while_they_send(
        arrivals in prop::sample::select(&ARRIVALS), keys in prop::sample::select(&KEYS), changes in changes()
    ) {
        let text = SYSTEM.replace(ARRIVALS[0], arrivals).replace(KEYS[1], keys);
        check("nodes.clients.", &text, &changes)?;
    }

    #[test]
    fn a_balancer_changes_under_load(changes in changes()) {
        check("nodes.balancer.", SYSTEM, &changes)?;
    }

    #[test]
    fn a_balancer_that_checks_changes_under_load(changes in changes(), deaths in deaths()) {
        let text = SYSTEM.replace(BALANCER, &format!("{BALANCER}{CARE}"));
        check_with("nodes.balancer.", &text, &changes, &deaths)?;
    }

    #[test]
    fn a_service_changes_under_load(
        discipline in prop::sample::select(&["fifo", "lifo", "processor-sharing"]), changes in changes()
    ) {
        let text = SYSTEM.replace("cores = 2\n", &format!("cores = 2\n    discipline = \"{discipline}\"\n"));
        check("nodes.service.", &text, &changes)?;
    }

    #[test]
    fn a_cache_changes_under_load(in_bytes in any::<bool>(), changes in changes()) {
        let room = if in_bytes { "capacity_bytes = \"100 KiB\"" } else { "capacity = 100" };
        check("nodes.cache.", &SYSTEM.replace("capacity = 100", room), &changes)?;
    }

    /// A cache that the service asks and that asks the database itself, by each way of writing.
    #[test]
    fn a_cache_that_reads_through_changes_under_load(
        writes in prop::sample::select(&["through", "around", "behind"]),
        guard in prop::sample::select(&["none", "versions", "leases"]),
        changes in changes(),
    ) {
        let rules = format!(
            "capacity = 100\n    to = \"database\"\n    writes = \"{writes}\"\n    race_guard = \"{guard}\"\n    \
             refresh_after = \"100ms\"\n    grace = \"200ms\"\n    xfetch_beta = 1.0\n    on_miss = \"wait\"\n    \
             wait_timeout = \"50ms\"\n    buffer = {{ flush_interval = \"20ms\", capacity = 30, batch = 5 }}"
        );
        let text = SYSTEM
            .replace("    cache = { node = \"cache\" }\n    to = \"database\"", "    to = \"cache\"")
            .replace("capacity = 100", &rules)
            .replace("service -> database", "cache -> database");
        check("nodes.", &text, &changes)?;
    }

    /// A cache that is asked by a service whose requests share loads, and of which several instances are told of
    /// writes.
    #[test]
    fn a_cache_that_is_told_of_writes_changes_under_load(changes in changes(), hold in any::<bool>()) {
        let usage = "cache = { node = \"cache\", single_flight = true, on_write = \"event\", event_loss = 0.1 }";
        let text = SYSTEM
            .replace("cache = { node = \"cache\" }", &format!("{usage}\n    hold = {hold}\n    on_cancel = \"stop\""))
            .replace(
                "capacity = 100",
                "capacity = 100\n    on_miss = \"wait\"\n    wait_timeout = \"20ms\"\n    tags = 7\n    removes = \"tag\"",
            );
        check("nodes.", &text, &changes)?;
    }

    #[test]
    fn a_database_changes_under_load(changes in changes()) {
        check("nodes.database.", SYSTEM, &changes)?;
    }

    #[test]
    fn a_link_and_its_pool_change_under_load(changes in changes()) {
        check("links.", SYSTEM, &changes)?;
    }

    #[test]
    fn everything_changes_at_once(changes in changes()) {
        check("", SYSTEM, &changes)?;
    }
}
