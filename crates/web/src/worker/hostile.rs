//! Messages that no page of ours would send: the desk takes whatever can be read as a command, answers what it
//! answers, and goes on. 30,000 messages in 3,000 sittings of a small system: real commands with values exchanged and
//! members left out, and then with bytes changed on the way.

use super::desk::{Desk, Out};
use crate::protocol::{Answer, Command, Source};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// Everything there is in a small run of some thousand events.
const SYSTEM: &str = r#"
title = "All kinds"
duration = "2s"
warmup = "1s"
limits = { alive = 500 }
[nodes.clients]
kind = "clients"
to = "lb"
arrivals = { process = "poisson", rate = 50 }
keys = { distribution = "zipf", count = 100, alpha = 1.0 }
reads = 0.9
timeout = "500ms"
[nodes.lb]
kind = "balancer"
algorithm = "random"
to = ["app"]
[nodes.app]
kind = "service"
replicas = 2
queue = 10
service_time = { distribution = "exponential", mean = "5ms" }
cache = { node = "cache" }
to = "db"
[nodes.cache]
kind = "cache"
capacity = 20
tags = 10
[nodes.db]
kind = "database"
service_time = { distribution = "lognormal", mean = "10ms", cv = 1.0 }
[links."app -> db"]
latency = "1ms"
pool = { pool_size = 2, max_overflow = 1, timeout = "100ms" }
"#;

fn load() -> Command {
    let source = Source::Scenario(SYSTEM.to_owned());
    Command::Load { run: 1, source, set: Vec::new(), actions: Vec::new(), seed: None, at_us: 0.0 }
}

/// One of each command, and acts of each kind.
fn commands() -> Vec<Value> {
    let acts = json!([
        { "at_us": 1e5, "act": { "Set": { "path": "nodes.cache.capacity", "value": 5 } } },
        { "at_us": 2e5, "act": { "Kill": { "node": "app", "slot": 1 } } },
        { "at_us": 3e5, "act": { "Start": { "node": "app", "slot": null } } },
        { "at_us": 4e5, "act": { "Drain": { "node": "app", "slot": 0 } } },
        { "at_us": 5e5, "act": { "Purge": { "node": "cache", "tag": 3, "soft": true } } },
        { "at_us": 5e5, "act": { "Flush": { "node": "cache" } } },
        { "at_us": 6e5, "act": { "Slow": { "node": "db", "factor": 3.0, "for_us": 1e6 } } },
        { "at_us": 7e5, "act": { "Partition": { "between": ["app", "db"], "for_us": 1e5 } } },
        { "at_us": 8e5, "act": { "Spike": { "node": "clients", "factor": 5.0, "for_us": 1e5 } } }
    ]);
    let measure = json!({ "metric": "latency_s.p99", "from_us": 1e5, "to_us": null });
    vec![
        json!({ "Load": { "run": 1, "source": { "Scenario": SYSTEM }, "set": [["nodes.app.cores", 2]], "actions": acts, "seed": 7, "at_us": 5e5 } }),
        json!({ "Tick": { "run": 1, "wall_ms": 16.0, "speed": 1.0 } }),
        json!({ "Tick": { "run": 1, "wall_ms": 100.0, "speed": 1e9 } }),
        json!({ "Seek": { "run": 1, "at_us": 1.5e6 } }),
        json!({ "Seek": { "run": 1, "at_us": 0.0 } }),
        json!({ "StepEvent": { "run": 1 } }),
        json!({ "StepRequest": { "run": 1 } }),
        json!({ "SetActions": { "run": 1, "actions": acts, "at_us": 1e6 } }),
        json!({ "SetActions": { "run": 1, "actions": [acts[0], acts[7]], "at_us": 1e6 } }),
        json!({ "Inspect": { "run": 1, "instance": 3 } }),
        json!({ "Trace": { "run": 1, "root": "slowest:0" } }),
        json!({ "Trace": { "run": 1, "root": "slower:5:0:1e6" } }),
        json!({ "Follow": { "run": 1, "root": "next" } }),
        json!({ "Follow": { "run": 1, "root": "failed:0:0:1e9" } }),
        json!({ "Measure": { "run": 1, "of": [measure, { "metric": "nodes.cache.hit_ratio", "from_us": null, "to_us": 9e5 }] } }),
        json!({ "Evaluate": { "run": 1, "lab": "busy-is-not-full", "step": "hold", "set": [["nodes.clients.arrivals.rate", 72]], "acts": [] } }),
        json!({ "RunFor": { "run": 1, "until_us": 2e6 } }),
        json!({ "Compare": { "run": 1, "variants": [[acts[0]], [acts[1]], []], "until_us": 1e6, "of": measure } }),
        json!({ "CompareSides": { "run": 1, "sides": [{ "set": [["nodes.app.cores", 2]], "actions": [acts[1]] }, { "set": [], "actions": acts }], "seeds": 2, "metrics": ["latency_s.p99"] } }),
        json!({ "Next": { "run": 1, "what": "Eviction" } }),
        json!({ "Next": { "run": 1, "what": "Queue" } }),
        json!({ "Table": { "run": 1 } }),
        json!({ "Report": { "run": 1 } }),
        json!({ "Check": { "text": SYSTEM } }),
        json!({ "Cancel": { "run": 1 } }),
    ]
}

const VALUES: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1",
    "2",
    "1.5",
    "1e300",
    "-1e300",
    "1e-300",
    "4294967296",
    "9007199254740993",
    "18446744073709551615",
    "1e6",
    "2e6",
    "\"\"",
    "\"app\"",
    "\"db\"",
    "\"clients\"",
    "\"cache\"",
    "\"nobody\"",
    "\"nodes.app.replicas\"",
    "\"nodes.app.queue\"",
    "\"nodes.clients.arrivals.rate\"",
    "\"nodes.db.max_connections\"",
    "\"links.\\\"app -> db\\\".pool.pool_size\"",
    "\"nodes.app.to\"",
    "\"seed\"",
    "\"limits.alive\"",
    "\"a.b.c\"",
    "\"10ms\"",
    "\"slowest:99999999999999999999\"",
    "\"ffffffffffffffff\"",
    "\"Kill\"",
    "\"nodes.nobody.hit_ratio\"",
    "[]",
    "{}",
    "[[]]",
    "[\"app\", 3]",
    "{\"distribution\":\"fixed\",\"value\":\"0s\"}",
];

/// What is done to a message.
#[derive(Clone, Debug)]
enum Damage {
    /// A value somewhere inside becomes another.
    Value(Index, &'static str),
    /// A value somewhere inside goes.
    Cut(Index),
    /// A byte on the way becomes another.
    Byte(Index, u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        8 => (any::<Index>(), select(VALUES)).prop_map(|(at, value)| Damage::Value(at, value)),
        1 => any::<Index>().prop_map(Damage::Cut),
        3 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
    ]
}

/// The places in a message, below the name of the command.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (format!("{at}/{key}"), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(n, item)| (format!("{at}/{n}"), item)).collect()
        }
        _ => Vec::new(),
    };
    for (place, value) in inside {
        places(value, &place, found);
        found.push(place);
    }
}

/// The command that arrives, if what arrives is one.
fn apply(message: &Value, damages: &[Damage]) -> Option<Command> {
    let mut message = message.clone();
    let mut changed = Vec::new();
    for damage in damages {
        let mut found = Vec::new();
        places(&message, "", &mut found);
        match damage {
            Damage::Value(at, value) => {
                let place = at.get(&found);
                if let Some(old) = message.pointer_mut(place) {
                    *old = serde_json::from_str(value).unwrap();
                }
            }
            Damage::Cut(at) => {
                let (outer, key) = at.get(&found).rsplit_once('/').unwrap();
                match message.pointer_mut(outer) {
                    Some(Value::Object(fields)) => drop(fields.remove(key)),
                    Some(Value::Array(items)) => drop(items.remove(key.parse().unwrap())),
                    _ => {}
                }
            }
            Damage::Byte(at, byte) => changed.push((at, *byte)),
        }
        if !message.as_object().is_some_and(|fields| fields.values().any(Value::is_object)) {
            break;
        }
    }
    let command: Command = serde_json::from_value(message).ok()?;
    let mut bytes = headroom_wire::to_bytes(&command);
    for (at, byte) in changed {
        let place = at.index(bytes.len());
        bytes[place] = byte;
    }
    headroom_wire::from_bytes(&bytes).ok()
}

/// Hears a command and works a little at what takes long, like a worker whose page is in a hurry.
fn hear(desk: &mut Desk, command: Command, out: &mut Vec<Out>) {
    desk.hear(command, out, &mut || true);
    for _ in 0..3 {
        desk.work(out, &mut || true);
    }
}

fn sitting() -> impl Strategy<Value = Vec<(Index, Vec<Damage>)>> {
    proptest::collection::vec((any::<Index>(), proptest::collection::vec(damage(), 0..3)), 10)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) })]

    #[test]
    fn no_message_stops_the_desk(messages in sitting()) {
        let commands = commands();
        let mut desk = Desk::default();
        let mut out = Vec::new();
        hear(&mut desk, load(), &mut out);
        for (which, damages) in messages {
            if let Some(command) = apply(which.get(&commands), &damages) {
                hear(&mut desk, command, &mut out);
            }
        }
        let readable = |out: &Out| match out {
            Out::Answer(answer) => headroom_wire::from_bytes::<Answer>(&headroom_wire::to_bytes(&**answer)).is_ok(),
            Out::Frame(frame) => frame.time.is_finite(),
        };
        prop_assert!(out.iter().all(readable));
        let mut out = Vec::new();
        hear(&mut desk, load(), &mut out);
        let loaded = |out: &Out| matches!(out, Out::Answer(answer) if matches!(**answer, Answer::Loaded { .. }));
        prop_assert!(out.iter().any(loaded), "the next run loads");
    }
}

#[test]
fn every_undamaged_message_is_a_command() {
    for message in commands() {
        assert!(apply(&message, &[]).is_some(), "{message}");
    }
}
