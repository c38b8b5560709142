//! A run is the same whatever is done to look at it.

use super::*;
use crate::scenario::{Action, Value};
use crate::sim::time::{MILLISECOND, SECOND};
use proptest::prelude::*;

/// A small system with everything that could go wrong on the way: a cache, a pool, time-outs, a spike, a death.
pub(super) const SHOP: &str = r#"
title = "Shop"
seed = 7
duration = "6s"
warmup = "1s"

[nodes.clients]
kind = "clients"
to = "app"
arrivals = { process = "poisson", rate = 300 }
keys = { distribution = "zipf", count = 1000, alpha = 0.99 }
reads = 0.9
timeout = "200ms"

[nodes.app]
kind = "service"
replicas = 2
cores = 2
workers = 16
service_time = { distribution = "lognormal", mean = "2ms", cv = 1.0 }
cache = { node = "cache", pattern = "cache-aside" }
to = "db"

[nodes.cache]
kind = "cache"
capacity = 100
latency = "0.5ms"

[nodes.db]
kind = "database"
max_connections = 10
service_time = { distribution = "exponential", mean = "10ms" }

[links."app -> db"]
latency = "1ms"
pool = { pool_size = 2, max_overflow = 2, timeout = "1s" }

[[actions]]
at = "2s"
do = "spike"
node = "clients"
factor = 4
for = "1s"

[[actions]]
at = "4s"
do = "kill"
node = "app[1]"
"#;

pub(super) fn scenario(text: &str) -> Arc<Scenario> {
    Arc::new(Scenario::read(text).unwrap())
}

pub(super) fn session() -> Session {
    Session::new(scenario(SHOP), Vec::new()).unwrap()
}

pub(super) fn finish(session: &mut Session) {
    while session.advance(Time::MAX, u64::MAX).ended == Ended::No {}
}

/// The digest of the whole run with these actions, in one step.
pub(super) fn whole(actions: &[TimedAction]) -> u64 {
    let mut session = Session::new(scenario(SHOP), actions.to_vec()).unwrap();
    finish(&mut session);
    session.digest()
}

fn set(at: Time, path: &str, value: impl Into<Value>) -> TimedAction {
    TimedAction { at, action: Action::Set { path: path.into(), value: value.into() } }
}

#[test]
fn slices_seeks_steps_and_viewers_make_no_difference() {
    let expected = whole(&[]);
    type Way = (&'static str, fn(&mut Session));
    let ways: [Way; 7] = [
        ("10,000 slices", |session| {
            for slice in 1..=10_000 {
                session.advance(slice * 600_000, u64::MAX);
            }
        }),
        ("a few events at a time", |session| while session.advance(Time::MAX, 7).ended == Ended::No {}),
        ("event by event at first", |session| {
            for _ in 0..5_000 {
                session.step_event();
            }
        }),
        ("request by request at first", |session| {
            for _ in 0..500 {
                session.step_request(u64::MAX);
            }
        }),
        ("with a viewer", |session| {
            session.set_hops(Some(0));
            session.advance(3 * SECOND, u64::MAX);
            assert!(!session.take_hops().0.is_empty());
            let _ = (session.report(), session.instances(), session.inside(1, 10), session.digest());
        }),
        ("there and back", |session| {
            for to in [5 * SECOND, SECOND, 4 * SECOND, 0, 3 * SECOND + 1, 3 * SECOND] {
                session.seek(to);
                while session.advance(to, 100_000).target.is_some() {}
                assert_eq!(session.now(), to);
            }
        }),
        ("a seek that is given up", |session| {
            session.seek(5 * SECOND);
            session.advance(0, 500);
            session.seek(2 * SECOND);
            session.advance(0, 10);
        }),
    ];
    for (name, way) in ways {
        let mut session = session();
        way(&mut session);
        finish(&mut session);
        assert_eq!(session.digest(), expected, "{name}");
    }
}

#[test]
fn charts_keep_the_future_while_the_past_is_looked_at() {
    let mut session = session();
    finish(&mut session);
    let rows = session.rows(0, 1);
    session.seek(2 * SECOND);
    session.advance(0, u64::MAX);
    assert_eq!((session.now(), session.reached()), (2 * SECOND, 6 * SECOND));
    assert_eq!(session.rows(0, 1), rows);
    let sent: u64 = rows.rows.iter().map(|row| row.sent).sum();
    let ended: u64 = rows.rows.iter().map(|row| row.ok + row.failed).sum();
    assert_eq!(sent, ended + u64::from(rows.rows.last().unwrap().open));
    // An action cuts the future off.
    session.replace_actions(vec![set(2 * SECOND + 1, "nodes.cache.capacity", 10)]).unwrap();
    assert_eq!(session.reached(), 2 * SECOND);
    assert_eq!(session.rows(0, 1).rows.len(), 8);
}

#[test]
fn acting_undoing_and_redoing_are_replacing_the_list() {
    let small = set(3 * SECOND, "nodes.cache.capacity", 10);
    let pool = set(4 * SECOND + MILLISECOND, "links.\"app -> db\".pool.pool_size", 20);
    let mut session = session();
    session.advance(5 * SECOND, u64::MAX);
    let lists = [vec![small.clone()], vec![small.clone(), pool.clone()], vec![pool], vec![small], vec![]];
    for actions in lists {
        let progress = session.replace_actions(actions.clone()).unwrap();
        assert_eq!(progress.target, Some(5 * SECOND));
        while session.advance(0, 1_000).target.is_some() {}
        assert_eq!(session.now(), 5 * SECOND);
        let mut rest = session.clone();
        finish(&mut rest);
        assert_eq!(rest.digest(), whole(&actions), "{actions:?}");
    }
    assert_eq!(session.digest(), {
        let mut untouched = self::session();
        untouched.advance(5 * SECOND, u64::MAX);
        untouched.digest()
    });
}

#[test]
fn an_action_ahead_needs_no_replay() {
    let mut session = session();
    session.advance(SECOND, u64::MAX);
    let action = set(session.now() + 1, "nodes.cache.capacity", 10);
    let progress = session.replace_actions(vec![action.clone()]).unwrap();
    assert_eq!(progress.target, None);
    finish(&mut session);
    assert_eq!(session.digest(), whole(&[action]));
    assert_eq!(session.scenario().get("nodes.cache.capacity"), Some(Value::Whole(10)));
    assert_eq!(session.origin().get("nodes.cache.capacity"), Some(Value::Whole(100)));
}

#[test]
fn a_bad_action_changes_nothing() {
    let mut session = session();
    session.advance(2 * SECOND, u64::MAX);
    let before = session.digest();
    let problems = session.replace_actions(vec![set(SECOND, "nodes.cache.capacty", 10)]).unwrap_err();
    assert!(problems[0].path.contains("capacty"), "{problems:?}");
    assert_eq!((session.digest(), session.now(), session.actions().len()), (before, 2 * SECOND, 0));
}

#[test]
fn any_request_can_be_traced() {
    let mut session = session();
    finish(&mut session);
    let slowest = *session.notable().max_by_key(|request| request.ended - request.started).unwrap();
    let trace = session.trace(slowest.root, None).unwrap();
    let own = trace.calls.iter().find(|call| call.parent == 0).unwrap();
    assert_eq!((own.started, own.ended, own.outcome), (slowest.started, slowest.ended, slowest.outcome));
    assert!(trace.calls.iter().all(|call| call.root == slowest.root) && !trace.open);
    assert!(!trace.visits.is_empty());
    // Without a hint, near it, and far from it: the same spans.
    for near in [None, Some(slowest.ended), Some(0), Some(6 * SECOND)] {
        assert_eq!(session.trace(slowest.root, near).as_ref(), Some(&trace));
    }
    assert_eq!(session.trace(12345, Some(SECOND)), None);
}

#[test]
fn a_run_that_reaches_its_limit_says_so_and_keeps_its_digest() {
    let crowded = SHOP
        .replace("timeout = \"200ms\"", "")
        .replace("rate = 300", "rate = 5000")
        .replace("seed = 7", "seed = 7\n[limits]\nalive = 1000\n");
    let text = crowded.replace("duration = \"6s\"\nwarmup = \"1s\"\n", "");
    let (head, limits) = text.split_once("[limits]").unwrap();
    let (limit, rest) = limits.split_once("[nodes.clients]").unwrap();
    let text = format!("{head}duration = \"6s\"\n[limits]{limit}[nodes.clients]{rest}");
    let mut session = Session::new(scenario(&text), Vec::new()).unwrap();
    let progress = session.advance(Time::MAX, u64::MAX);
    assert_eq!(progress.ended, Ended::Overloaded);
    let said = session.overloaded().unwrap();
    assert!(said.contains("give the queue a limit"), "{said}");
    assert_eq!(session.report().overloaded, Some(said));
    let digest = session.digest();
    session.seek(0);
    finish(&mut session);
    assert_eq!(session.digest(), digest);
}

#[test]
fn a_circle_that_takes_no_time_ends_the_run() {
    let text = r#"
title = "Nobody is there"
duration = "10s"
[nodes.clients]
kind = "clients"
to = "server"
arrivals = { process = "closed", users = 3 }
[nodes.server]
kind = "service"
service_time = { distribution = "fixed", value = "1ms" }
[[actions]]
at = "2s"
do = "kill"
node = "server"
"#;
    let scenario = Arc::new(Scenario::read(text).unwrap());
    let mut session = Session::new(Arc::clone(&scenario), Vec::new()).unwrap();
    finish(&mut session);
    assert_eq!(session.now(), 2 * SECOND);
    assert!(session.overloaded().unwrap().starts_with("time stands still"));
    let mut slowly = Session::new(scenario, Vec::new()).unwrap();
    while slowly.advance(10 * SECOND, 100_003).ended == Ended::No {}
    assert_eq!(slowly.digest(), session.digest(), "it ends at the same event, whatever the slices");
}

#[test]
fn the_series_ends_where_the_run_stands() {
    let mut session = session();
    finish(&mut session);
    session.seek(2 * SECOND + 100);
    session.advance(0, u64::MAX);
    let mut short = self::session();
    short.advance(2 * SECOND + 100, u64::MAX);
    assert_eq!(session.series(), short.series());
    assert_eq!(session.series().lines().count(), 1 + 8);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever a learner does, the run they end with is the run of their actions.
    #[test]
    fn any_way_to_a_list_of_actions_is_the_same_run(
        ways in prop::collection::vec(
            (0..6 * SECOND, prop::collection::vec((0..6 * SECOND, 1i64..400), 0..3), 1u64..50_000),
            1..4,
        )
    ) {
        let mut session = session();
        let mut last = Vec::new();
        for (place, changes, slice) in ways {
            session.seek(place);
            session.advance(0, slice);
            last = changes.into_iter().map(|(at, keys)| set(at, "nodes.cache.capacity", keys)).collect();
            last.sort_by_key(|action: &TimedAction| action.at);
            session.replace_actions(last.clone()).unwrap();
            session.advance(0, slice);
        }
        finish(&mut session);
        prop_assert_eq!(session.digest(), whole(&last));
    }
}

/// What chaos breaks belongs to the run: the same after a seek back, in one step or in many, and on a branch.
#[test]
fn chaos_is_part_of_the_run() {
    let text =
        SHOP.replace("duration = \"6s\"", "duration = \"20s\"\nchaos = { every = \"1s\", for = \"500ms\" }");
    let of = |seed: u64| {
        let text = text.replace("seed = 7", &format!("seed = {seed}"));
        Session::new(scenario(&text), Vec::new()).unwrap()
    };
    let digest = |seed: u64| {
        let mut session = of(seed);
        finish(&mut session);
        session.digest()
    };
    let whole = digest(7);
    assert_eq!(digest(7), whole);
    assert_ne!(digest(8), whole);
    let mut session = of(7);
    finish(&mut session);
    for to in [11 * SECOND, 3 * SECOND + 7, 0] {
        session.seek(to);
        finish(&mut session);
        assert_eq!(session.digest(), whole, "after a seek to {to}");
    }
    let mut slowly = of(7);
    while slowly.advance(Time::MAX, 997).ended == Ended::No {}
    assert_eq!(slowly.digest(), whole);
    // A branch that is left again.
    session.seek(5 * SECOND);
    session.replace_actions(vec![set(5 * SECOND + 1, "nodes.app.cores", 4)]).unwrap();
    finish(&mut session);
    assert_ne!(session.digest(), whole);
    session.replace_actions(Vec::new()).unwrap();
    finish(&mut session);
    assert_eq!(session.digest(), whole);
    let calm = SHOP.replace("duration = \"6s\"", "duration = \"20s\"");
    let mut calm = Session::new(scenario(&calm), Vec::new()).unwrap();
    finish(&mut calm);
    assert_ne!(calm.digest(), whole);
}

/// The fifth error opens it at 0.65 s, and from 1.7 s to 1.85 s one call tries in vain; a row says how it stands at its end.
#[test]
fn reports_and_rows_say_how_a_breaker_stands() {
    let text = r#"
        title = "t"
        duration = "3s"
        [nodes.clients]
        kind = "clients"
        to = "server"
        arrivals = { process = "constant", rate = 10 }
        [nodes.server]
        kind = "service"
        cores = 4
        service_time = { distribution = "fixed", value = "150ms" }
        error_ratio = 1
        [links."clients -> server"]
        latency = "0ms"
        breaker = { window = 5, minimum_calls = 5, wait = "1s", trial_calls = 1 }
    "#;
    let mut session = Session::new(scenario(text), Vec::new()).unwrap();
    finish(&mut session);
    let rows = session.rows(0, 1).rows;
    let stood: Vec<Option<u8>> = rows.iter().map(|row| row.nodes[0].breaker).collect();
    assert_eq!(stood, [0, 0, 2, 2, 2, 2, 1, 2, 2, 2, 2, 1].map(Some));
    assert!(rows.iter().all(|row| row.nodes[1].breaker.is_none()), "the server calls nobody");
    // (up to the end of window, as it stood)
    for (windows, state) in [(2, 0), (6, 2), (7, 1), (8, 2)] {
        let report = session.report_between(0, windows * 250 * MILLISECOND);
        assert_eq!(report.metric("nodes.clients.breaker"), Some(f64::from(state)), "{windows}");
        assert_eq!(report.metric("nodes.server.breaker"), None);
    }
}
