//! What a balancer tells of keys that move: each test is a small farm, what becomes of its servers, and who asks where then.

use super::health_tests::{farm, kill};
use super::tests::{Emitted, at, run, simulator, target};
use crate::scenario::{Action, TimedAction, Value};
use crate::sim::record::{InstanceIndex, NoteKind, Operation};
use crate::sim::time::{SECOND, Time};
use std::collections::BTreeMap;

/// The farm with a thousand keys, and these settings of its balancer.
fn keyed(settings: &str) -> String {
    let keys = "rate = 400 }\n    keys = { distribution = \"uniform\", count = 1000 }";
    farm("").replace("algorithm = \"round-robin\"", settings).replace("rate = 400 }", keys)
}

fn set(path: &str, value: Value) -> Vec<TimedAction> {
    vec![at(10 * SECOND, Action::Set { path: path.to_owned(), value })]
}

/// The shares that were told, by when.
fn told(emitted: &Emitted) -> Vec<(Time, f64)> {
    let moves = emitted.notes.iter().filter(|(kind, ..)| *kind == NoteKind::KeysMoved);
    moves.map(|(_, time, moved)| (time / SECOND, *moved as f64 / 1e3)).collect()
}

/// Where each key was asked for in a stretch.
fn homes(emitted: &Emitted, from: Time, to: Time) -> BTreeMap<u64, InstanceIndex> {
    let during = emitted.calls.iter().filter(|call| (from * SECOND..to * SECOND).contains(&call.started));
    let asked = during.filter(|call| call.parent != 0 && call.operation != Operation::Probe && call.to > 1);
    asked.map(|call| (call.key, call.to)).collect()
}

/// The share of the keys that are asked for elsewhere than before.
fn moved(before: &BTreeMap<u64, InstanceIndex>, after: &BTreeMap<u64, InstanceIndex>) -> f64 {
    let moved = before.iter().filter(|(key, home)| after.get(key).is_some_and(|now| now != *home)).count();
    moved as f64 / before.len() as f64
}

/// One more server, one fewer, one that dies: the share that is told is that of the keys which are asked for elsewhere.
#[test]
fn what_is_told_is_what_happens() {
    let changes = [
        ("one more", set("nodes.app.replicas", Value::Whole(5))),
        ("one fewer", set("nodes.app.replicas", Value::Whole(3))),
        ("one dies", vec![kill(10 * SECOND, 1)]),
    ];
    for algorithm in ["hash", "ring", "jump", "rendezvous", "maglev"] {
        for (change, actions) in &changes {
            let text = keyed(&format!("algorithm = {algorithm:?}"));
            let mut simulator = simulator(&text, actions);
            let emitted = run(&mut simulator, 30 * SECOND);
            let happened = moved(&homes(&emitted, 0, 10), &homes(&emitted, 14, 30));
            let told = told(&emitted);
            println!("{algorithm}, {change}: told {told:?}, happened {happened:.3}");
            assert_eq!(told.len(), 1, "{algorithm}, {change}: {told:?}");
            // Two samples of a thousand keys each, three standard errors.
            let error = 3.0 * (2.0 * happened * (1.0 - happened) / 1e3).sqrt();
            assert!((told[0].1 - happened).abs() <= error, "{algorithm}, {change}: {told:?}, not {happened}");
        }
    }
}

/// By algorithm and what happens: how often keys move, and by how much each time, within three standard errors.
#[test]
fn each_change_is_told_once() {
    let one_dies_and_returns =
        vec![kill(10 * SECOND, 3), at(20 * SECOND, Action::Start { node: target("app", Some(3)) })];
    let add = || set("nodes.app.replicas", Value::Whole(5));
    type Case = (&'static str, Vec<TimedAction>, &'static [(Time, f64)]);
    let cases: [Case; 10] = [
        ("algorithm = \"hash\"", vec![], &[]),
        ("algorithm = \"hash\"", add(), &[(13, 0.8)]),
        ("algorithm = \"ip-hash\"", add(), &[(13, 0.8)]),
        ("algorithm = \"round-robin\"", add(), &[]),
        ("algorithm = \"sticky\"", add(), &[]),
        // Three of four remain, and the keys of the fourth come back to who takes its place.
        ("algorithm = \"rendezvous\"", one_dies_and_returns.clone(), &[(10, 0.25), (23, 0.25)]),
        // Checked every 2 s, at 11.5 s first: out after three checks, and back after two from when it is ready, at 23 s.
        (
            "algorithm = \"rendezvous\"\n health_check = {}",
            one_dies_and_returns.clone(),
            &[(15, 0.25), (25, 0.25)],
        ),
        // Ejected after five failures in a row.
        ("algorithm = \"maglev\"\n outlier_detection = {}", vec![kill(10 * SECOND, 3)], &[(10, 0.25)]),
        // A bound sends keys elsewhere for the moment. They do not move.
        ("algorithm = \"ring\"", set("nodes.lb.hash_balance_factor", Value::Whole(125)), &[]),
        // Another algorithm has other homes: a key stays by chance, one in four.
        ("algorithm = \"hash\"", set("nodes.lb.algorithm", Value::Text("jump".to_owned())), &[(10, 0.75)]),
    ];
    for (settings, actions, expected) in cases {
        let mut simulator = simulator(&keyed(settings), &actions);
        let told = told(&run(&mut simulator, 30 * SECOND));
        let agrees = |((time, moved), (when, share)): (&(Time, f64), &(Time, f64))| {
            time == when && (moved - share).abs() <= 3.0 * (share * (1.0 - share) / 1e3).sqrt()
        };
        println!("{settings}: {told:?}");
        let all = told.len() == expected.len() && told.iter().zip(expected).all(agrees);
        assert!(all, "{settings}, {actions:?}: {told:?}, not {expected:?}");
    }
}
