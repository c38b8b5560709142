//! How near the policies of lab 2.3 come to the best possible: the keys that each cache was asked for, replayed over
//! Belady's rule (Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal
//! 5(2), 1966), which gives up what is wanted again last.
//!
//! Left out of the replay: the time a load takes.
#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

mod support;

use headroom_core::engine::cache::{Access, Belady, Capacity, Future, Operation};
use headroom_core::node::Simulator;
use headroom_core::scenario::{NodeSpec, Scenario};
use headroom_core::sim::record::{CallSpan, Lookup, Operation as Asked, Record};
use headroom_core::sim::simulation::Stop;
use headroom_labs::{Settings, Task, lab, setup};
use std::sync::Arc;
use support::SEEDS;

/// What settings must stay within, as a share of the reads.
const NEAR: f64 = 0.02;

/// The calls of each cache in the order in which they were made, by the name of the cache.
fn calls(scenario: &Scenario) -> Vec<(String, u64, Vec<CallSpan>)> {
    let mut caches: Vec<(usize, String, u64, Vec<CallSpan>)> = Vec::new();
    for (index, node) in scenario.nodes.iter().enumerate() {
        if let NodeSpec::Cache(cache) = &node.spec {
            caches.push((index, node.name.clone(), cache.capacity.unwrap(), Vec::new()));
        }
    }
    let mut simulator = Simulator::new(&Arc::new(scenario.clone()), &[]).unwrap();
    loop {
        let stop = simulator.run_until(scenario.duration, 10_000);
        for record in simulator.records() {
            let Record::Call(call) = record else { continue };
            if let Some(cache) = caches.iter_mut().find(|cache| cache.0 == usize::from(call.node)) {
                cache.3.push(*call);
            }
        }
        simulator.clear_records();
        match stop {
            Stop::Budget => {}
            Stop::Reached => break,
            Stop::Overloaded(overload) => panic!("{overload:?}"),
        }
    }
    let in_order = |mut calls: Vec<CallSpan>| {
        calls.sort_by_key(|call| (call.started, call.path));
        calls
    };
    caches.into_iter().map(|(_, name, room, calls)| (name, room, in_order(calls))).collect()
}

/// The hit ratio of Belady's rule over the reads made from `since` on.
fn best(calls: &[CallSpan], room: u64, since: u64) -> f64 {
    let mut future = Future::new();
    for call in calls {
        let operation = if call.operation == Asked::Read { Operation::Read } else { Operation::Write };
        future.push(&Access { operation, ..Access::read(call.started, call.key) }).unwrap();
    }
    future.close();
    let mut belady = Belady::new(Capacity::Entries(room), &future);
    let before = calls.iter().filter(|call| call.started < since).count();
    belady.advance(&future, before);
    let earlier = belady.counts();
    belady.advance(&future, usize::MAX);
    let all = belady.counts();
    (all.hits() - earlier.hits()) as f64 / (all.requests - earlier.requests) as f64
}

/// Of the reads made from `since` on, those that hit.
fn found(calls: &[CallSpan], since: u64) -> f64 {
    let reads = calls.iter().filter(|call| call.started >= since && call.operation == Asked::Read);
    let hits = reads.clone().filter(|call| call.lookup == Lookup::Hit).count();
    hits as f64 / reads.count() as f64
}

/// For each cache, on each seed: what it answers, and what would be the best.
fn ratios(settings: &Settings) -> Vec<Vec<(String, f64, f64)>> {
    let lab = lab("who-leaves").unwrap();
    (0..SEEDS)
        .map(|more| {
            let mut scenario = setup::scenario(lab, settings).unwrap();
            scenario.seed += more;
            let since = scenario.warmup;
            calls(&scenario)
                .into_iter()
                .map(|(name, room, calls)| (name, found(&calls, since), best(&calls, room, since)))
                .collect()
        })
        .collect()
}

#[test]
fn solutions_are_within_two_points_of_the_best_possible_and_what_tempts_is_not() {
    let lab = lab("who-leaves").unwrap();
    let Some(Task::Design(design)) = &lab.step("choose").unwrap().task else { panic!() };
    // With as many cores as keep the database idle, so that only policies differ; all that tempts but those.
    let policies = |settings: &Settings| {
        let mut settings = settings.clone();
        settings.insert("nodes.db.cores".to_owned(), 30.into());
        settings
    };
    for (what, list) in [("solution", &design.solutions), ("temptation", &design.temptations)] {
        for settings in list {
            for caches in ratios(&policies(settings)) {
                println!("{what} {settings:?}: {caches:.3?}");
                let near = caches.iter().all(|(_, found, best)| *found >= best - NEAR);
                assert_eq!(near, what == "solution", "{settings:?}: {caches:?}");
                // Nobody is better than the best, but for the room that a load takes only once it is over.
                assert!(caches.iter().all(|(_, found, best)| *found <= best + 0.005), "{caches:?}");
            }
        }
    }
}

/// "Nobody can do better": of a loop, all but the misses that there must be.
#[test]
fn the_best_possible_of_the_loop_is_what_the_lesson_says() {
    for caches in ratios(&Settings::new()) {
        let (_, lru, best) = caches.iter().find(|(name, ..)| name == "totals").unwrap();
        println!("LRU {lru}, best {best}");
        assert!((0.79..=0.81).contains(best), "{best}");
        assert_eq!(*lru, 0.0);
    }
}
