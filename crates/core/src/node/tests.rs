//! What a system does as a whole. Each test is a scenario and what must come of it.

use super::Simulator;
use crate::scenario::{Action, Scenario, Target, TimedAction};
use crate::sim::instance::Life;
use crate::sim::record::{CallSpan, InstanceIndex, Lookup, NoteKind, Outcome, Record, VisitSpan};
use crate::sim::simulation::Stop;
use crate::sim::time::{MILLISECOND, SECOND, Time};
use std::sync::Arc;

/// All that a run emitted.
#[derive(Default)]
pub(super) struct Emitted {
    pub(super) calls: Vec<CallSpan>,
    pub(super) visits: Vec<VisitSpan>,
    pub(super) notes: Vec<(NoteKind, Time, u64)>,
    /// The same with where they were told.
    pub(super) told: Vec<(NoteKind, Time, InstanceIndex)>,
}

impl Emitted {
    pub(super) fn roots(&self) -> impl Iterator<Item = &CallSpan> {
        self.calls.iter().filter(|call| call.parent == 0)
    }

    pub(super) fn ended(&self, outcome: Outcome) -> usize {
        self.roots().filter(|call| call.outcome == outcome).count()
    }

    pub(super) fn noted(&self, kind: NoteKind) -> usize {
        self.notes.iter().filter(|(of, _, _)| *of == kind).count()
    }
}

pub(super) fn simulator(text: &str, actions: &[TimedAction]) -> Simulator {
    let scenario = Scenario::read(text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    Simulator::new(&Arc::new(scenario), actions).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Runs in slices, recounting after each, and collects what comes out.
pub(super) fn run(simulator: &mut Simulator, until: Time) -> Emitted {
    let mut emitted = Emitted::default();
    loop {
        let stop = simulator.run_until(until, 500);
        simulator.validate();
        for record in simulator.records() {
            match record {
                Record::Call(call) => emitted.calls.push(*call),
                Record::Visit(visit) => emitted.visits.push(*visit),
                Record::Note(note) => {
                    emitted.notes.push((note.kind, note.time, note.a));
                    emitted.told.push((note.kind, note.time, note.instance));
                }
                Record::Hop(_) => {}
            }
        }
        simulator.clear_records();
        match stop {
            Stop::Budget => {}
            Stop::Reached => return emitted,
            Stop::Overloaded(overload) => panic!("{overload:?}"),
        }
    }
}

pub(super) fn at(time: Time, action: Action) -> TimedAction {
    TimedAction { at: time, action }
}

pub(super) fn target(node: &str, slot: Option<u32>) -> Target {
    Target { node: node.to_owned(), slot }
}

const ONE_SERVER: &str = r#"
    title = "one server"
    duration = "100s"
    [nodes.clients]
    kind = "clients"
    to = "server"
    arrivals = { process = "constant", rate = 50 }
    timeout = "10ms"
    [nodes.server]
    kind = "service"
    service_time = { distribution = "fixed", value = "100ms" }
    queue = 5
"#;

#[test]
fn work_that_nobody_waits_for_is_done_and_counted() {
    // 50 requests a second of 100 ms each, given up after 10 ms: the server is busy for nobody.
    let mut simulator = simulator(ONE_SERVER, &[]);
    let emitted = run(&mut simulator, 100 * SECOND);
    assert_eq!(emitted.ended(Outcome::Ok), 0);
    assert!(emitted.roots().all(|call| call.ended - call.started <= 10 * MILLISECOND));
    let server = simulator.gauge(1);
    assert!(server.busy_time > 99 * SECOND, "busy for {} ns of 100 s", server.busy_time);
    let served: Vec<_> = emitted.visits.iter().filter(|visit| visit.outcome == Outcome::Ok).collect();
    assert!(served.len() >= 995 && served.iter().all(|visit| visit.wasted), "{} served", served.len());
}

#[test]
fn work_stops_where_cancelling_stops_it() {
    let text = ONE_SERVER.replace("queue = 5", "queue = 5\n    on_cancel = \"stop\"");
    let mut simulator = simulator(&text, &[]);
    let emitted = run(&mut simulator, 100 * SECOND);
    // Each request is cut after 10 of the 20 ms between two.
    let busy = simulator.gauge(1).busy_time;
    assert!((49 * SECOND..=51 * SECOND).contains(&busy), "busy for {busy} ns");
    assert!(emitted.visits.iter().all(|visit| visit.outcome == Outcome::Cancelled));
}

#[test]
fn a_full_queue_turns_away() {
    let text = ONE_SERVER.replace("timeout = \"10ms\"", "");
    let mut simulator = simulator(&text, &[]);
    let emitted = run(&mut simulator, 100 * SECOND);
    let (ok, refused) = (emitted.ended(Outcome::Ok), emitted.ended(Outcome::Refused));
    assert!((990..=1000).contains(&ok), "{ok} served");
    assert!(refused >= 3990, "{refused} refused");
    let most = emitted.visits.iter().filter(|visit| visit.outcome == Outcome::Ok);
    // Six places: one at work and five in line.
    assert!(most.map(|visit| visit.ended - visit.arrived).max() <= Some(600 * MILLISECOND));
}

const SCALED: &str = r#"
    title = "scaled"
    duration = "60s"
    [nodes.clients]
    kind = "clients"
    to = "lb"
    arrivals = { process = "poisson", rate = 150 }
    [nodes.lb]
    kind = "balancer"
    algorithm = "least-connections"
    to = ["app"]
    [nodes.app]
    kind = "service"
    replicas = 1
    start_up = "2s"
    service_time = { distribution = "exponential", mean = "5ms" }
    [links."lb -> app"]
    latency = "1ms"
"#;

#[test]
fn nothing_is_lost_while_instances_come_and_go() {
    let set = |replicas: i64| Action::Set { path: "nodes.app.replicas".into(), value: replicas.into() };
    let actions = [at(20 * SECOND, set(10)), at(40 * SECOND, set(2))];
    let mut simulator = simulator(SCALED, &actions);
    let emitted = run(&mut simulator, 60 * SECOND);
    assert!(emitted.roots().all(|call| call.outcome == Outcome::Ok));
    assert_eq!(emitted.noted(NoteKind::Ready), 9);
    assert_eq!(emitted.noted(NoteKind::Gone), 8);
    let ready = simulator.instances().filter(|info| info.life == Life::Ready && info.node == 2).count();
    assert_eq!(ready, 2);
    let first_ready = emitted.notes.iter().find(|(kind, _, _)| *kind == NoteKind::Ready).map(|note| note.1);
    assert_eq!(first_ready, Some(22 * SECOND), "an instance is ready after its start-up");
    let sent = emitted.roots().count();
    let (alive, _) = simulator.alive();
    assert!(sent > 8_000 && alive < 20);
}

#[test]
fn killing_loses_what_is_inside_and_starting_brings_it_back() {
    let text =
        SCALED.replace("replicas = 1", "replicas = 2").replace("start_up = \"2s\"", "start_up = \"1s\"");
    let actions = [
        at(10 * SECOND, Action::Kill { node: target("app", Some(1)), lasting: None }),
        at(30 * SECOND, Action::Start { node: target("app", Some(1)) }),
        at(50 * SECOND, Action::Kill { node: target("app", None), lasting: None }),
    ];
    let mut simulator = simulator(&text, &actions);
    let emitted = run(&mut simulator, 60 * SECOND);
    assert_eq!(emitted.noted(NoteKind::Died), 3);
    let lost = emitted.ended(Outcome::Error);
    assert!(lost < 30, "{lost} were inside");
    // Nobody is left after 50 s: every request is turned away.
    let late: Vec<_> = emitted.roots().filter(|call| call.started > 50 * SECOND).collect();
    assert!(late.len() > 1_000 && late.iter().all(|call| call.outcome == Outcome::Refused));
    let between = emitted.visits.iter().filter(|visit| (11 * SECOND..30 * SECOND).contains(&visit.arrived));
    assert!(between.filter(|visit| visit.instance > 1).all(|visit| visit.instance == 2));
}

#[test]
fn slowing_an_instance_slows_the_work_it_has() {
    let text = ONE_SERVER.replace("timeout = \"10ms\"", "").replace("rate = 50", "rate = 1");
    let slow = Action::Slow { node: target("server", None), factor: 4.0, lasting: 10 * SECOND };
    let mut simulator = simulator(&text, &[at(50 * SECOND + 50 * MILLISECOND, slow)]);
    let emitted = run(&mut simulator, 100 * SECOND);
    let took = |second: Time| {
        let call = emitted.roots().find(|call| call.started == second * SECOND);
        call.map(|call| (call.ended - call.started) / MILLISECOND)
    };
    // The one at 50 s has half of its work done when the slow time begins: 50 + 4 x 50 ms.
    assert_eq!([took(49), took(50), took(51), took(61)], [Some(100), Some(250), Some(400), Some(100)]);
}

const CACHED: &str = r#"
    title = "cached"
    duration = "30s"
    [nodes.clients]
    kind = "clients"
    to = "app"
    arrivals = { process = "poisson", rate = 500 }
    keys = { distribution = "zipf", count = 1000, alpha = 0.9 }
    reads = 0.9
    [nodes.app]
    kind = "service"
    workers = 100
    cores = 4
    service_time = { distribution = "fixed", value = "1ms" }
    cache = { node = "cache" }
    to = "db"
    [nodes.cache]
    kind = "cache"
    capacity = 1_000
    latency = "0.5ms"
    [nodes.db]
    kind = "database"
    max_connections = 20
    service_time = { distribution = "fixed", value = "5ms" }
    [links."app -> db"]
    latency = "1ms"
    pool = { pool_size = 3, max_overflow = 2, timeout = "50ms" }
"#;

#[test]
fn a_hit_a_miss_and_a_write_take_the_ways_they_should() {
    let mut simulator = simulator(CACHED, &[]);
    let emitted = run(&mut simulator, 30 * SECOND);
    let took = |call: &CallSpan| (call.ended - call.started) / 100_000;
    let db_calls: Vec<_> = emitted.calls.iter().filter(|call| call.node == 3).collect();
    let waited: u64 = db_calls.iter().map(|call| call.sent - call.started).sum();
    let lookups = |kind| emitted.roots().filter(|call| call.lookup == kind).count();
    let misses = lookups(Lookup::Miss);
    let writes = emitted.roots().filter(|call| call.lookup == Lookup::None).count();
    assert_eq!(db_calls.len(), misses + writes, "each miss and each write asks the database once");
    // Work 1.0 ms, look-up 0.5 ms; a miss adds 1 + 5 + 1 ms at the database and 0.5 ms for the fill.
    let quickest = |kind| emitted.roots().filter(|call| call.lookup == kind).map(took).min();
    assert_eq!([quickest(Lookup::Hit), quickest(Lookup::Miss)], [Some(15), Some(90)]);
    // A write: work, database, delete.
    assert_eq!(quickest(Lookup::None), Some(85));
    assert!(lookups(Lookup::Hit) > 5_000 && waited > 0);
    // The cache holds every key, so a key misses at most once, plus once after each write of it.
    assert!(misses <= 1_000 + writes, "{misses} misses, {writes} writes");
    let pool = simulator.gauge(1).pool.unwrap_or_default();
    assert!(pool.limit == Some(5) && simulator.gauge(3).connections <= 5);
}

#[test]
fn a_dead_database_fails_its_callers_and_is_reconnected_to() {
    let actions = [
        at(10 * SECOND, Action::Kill { node: target("db", None), lasting: None }),
        at(12 * SECOND, Action::Start { node: target("db", None) }),
        at(20 * SECOND, Action::Flush { node: target("cache", None) }),
    ];
    let mut simulator = simulator(CACHED, &actions);
    let emitted = run(&mut simulator, 30 * SECOND);
    let failed_after = |from: Time, to: Time| {
        emitted
            .roots()
            .filter(|call| call.outcome != Outcome::Ok && (from..to).contains(&call.started))
            .count()
    };
    assert_eq!(failed_after(0, 9 * SECOND), 0);
    assert!(failed_after(10 * SECOND, 12 * SECOND) > 50);
    // At most the connections that were open find their other end gone.
    assert!(failed_after(12 * SECOND, 30 * SECOND) <= 5, "{}", failed_after(12 * SECOND, 30 * SECOND));
    assert_eq!(emitted.noted(NoteKind::Flushed), 1);
}

#[test]
fn an_endless_queue_ends_as_overloaded() {
    let text = ONE_SERVER
        .replace("queue = 5", "")
        .replace("timeout = \"10ms\"", "")
        .replace("rate = 50", "rate = 5000");
    let mut simulator = simulator(&text, &[]);
    let stop = simulator.run_until(100 * SECOND, u64::MAX);
    let Stop::Overloaded(overload) = stop else { panic!("{stop:?}") };
    assert_eq!((overload.alive, overload.instance), (125_000, 1));
    assert_eq!(simulator.run_until(100 * SECOND, 10), stop, "it stays so");
    simulator.validate();
}

#[test]
fn a_clone_goes_on_as_the_original_does() {
    let mut original =
        simulator(CACHED, &[at(12 * SECOND, Action::Kill { node: target("db", None), lasting: None })]);
    run(&mut original, 10 * SECOND);
    let mut copy = original.clone();
    let (one, other) = (run(&mut original, 30 * SECOND), run(&mut copy, 30 * SECOND));
    assert!(one.calls == other.calls && one.visits == other.visits && one.notes == other.notes);
}

#[test]
fn drawing_and_silence_change_nothing() {
    let mut plain = simulator(CACHED, &[]);
    let mut drawn = plain.clone();
    drawn.set_hops(Some(0b11));
    let mut silent = plain.clone();
    silent.set_recording(false);
    let (one, other) = (run(&mut plain, 20 * SECOND), run(&mut drawn, 20 * SECOND));
    assert!(one.calls == other.calls && one.visits == other.visits && one.notes == other.notes);
    assert!(run(&mut silent, 20 * SECOND).calls.is_empty());
    silent.set_recording(true);
    let (one, other) = (run(&mut plain, 30 * SECOND), run(&mut silent, 30 * SECOND));
    assert!(one.calls == other.calls && one.visits == other.visits);
}

/// One that loads for others as well comes back and is refused, for want of room in the line or since it is too late when
/// its turn comes: the others are refused with it, and do not wait for ever.
#[test]
fn who_waits_for_a_load_shares_its_end() {
    for (deadline, line) in [("", "queue = 1"), ("deadline = \"15ms\"", "drop_expired = true")] {
        let text = SHARED.replace("DEADLINE", deadline).replace("LINE", line);
        let mut simulator = simulator(&text, &[]);
        let came = run(&mut simulator, 20 * SECOND);
        let longest =
            came.calls.iter().filter(|call| call.parent == 0).map(|call| call.ended - call.started).max();
        assert!(longest < Some(SECOND), "{line}: a request took {longest:?} ns");
        let (calls, _) = simulator.alive();
        assert!(calls < 100, "{line}: {calls} calls are still open");
    }
}

const SHARED: &str = r#"
title = "Shared loads"
duration = "20s"

[nodes.clients]
kind = "clients"
to = "app"
arrivals = { process = "poisson", rate = 300 }
keys = { distribution = "uniform", count = 5 }
DEADLINE

[nodes.app]
kind = "service"
cores = 1
workers = 1
hold = false
LINE
service_time = { distribution = "exponential", mean = "5ms" }
to = "db"
cache = { node = "cache", single_flight = true }

[nodes.cache]
kind = "cache"
capacity = 3

[nodes.db]
kind = "database"
max_connections = 1000
service_time = { distribution = "fixed", value = "10ms" }
"#;
