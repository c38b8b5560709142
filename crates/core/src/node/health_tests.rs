//! What balancers find out by themselves: each test is a small farm, what befalls it, and what must come of that.

use super::tests::{at, run, simulator, target};
use super::{Simulator, Standing};
use crate::scenario::{Action, Algorithm, TimedAction, Value};
use crate::sim::record::{BACKGROUND, CallSpan, InstanceIndex, NoteKind, Operation, Outcome};
use crate::sim::time::{MILLISECOND, SECOND, Time};

/// Four servers; the balancer is instance 1, the servers are 2 to 5.
const FARM: &str = r#"
    title = "farm"
    duration = "100s"
    [nodes.clients]
    kind = "clients"
    to = "lb"
    arrivals = { process = "constant", rate = 400 }
    [nodes.lb]
    kind = "balancer"
    algorithm = "round-robin"
    to = ["app"]
    LB
    [nodes.app]
    kind = "service"
    replicas = 4
    start_up = "3s"
    service_time = { distribution = "fixed", value = "1ms" }
"#;

pub(super) const FIRST: InstanceIndex = 2;

/// The farm with other settings of its balancer.
pub(super) fn farm(settings: &str) -> String {
    FARM.replace("LB", settings)
}

pub(super) fn kill(time: Time, slot: u32) -> TimedAction {
    at(time, Action::Kill { node: target("app", Some(slot)), lasting: None })
}

fn set(time: Time, path: &str, value: i64) -> TimedAction {
    at(time, Action::Set { path: path.to_owned(), value: Value::Whole(value) })
}

/// What a run came to.
pub(super) struct Came {
    pub(super) calls: Vec<CallSpan>,
    notes: Vec<(NoteKind, Time, InstanceIndex)>,
    simulator: Simulator,
}

pub(super) fn came(text: &str, actions: &[TimedAction], until: Time) -> Came {
    let mut simulator = simulator(text, actions);
    let emitted = run(&mut simulator, until);
    Came { calls: emitted.calls, notes: emitted.told, simulator }
}

impl Came {
    /// Requests of clients that failed.
    pub(super) fn lost(&self) -> usize {
        self.requests().filter(|call| call.outcome != Outcome::Ok).count()
    }

    pub(super) fn requests(&self) -> impl Iterator<Item = &CallSpan> {
        self.calls.iter().filter(|call| call.parent == 0)
    }

    /// Calls of the balancer to an instance, but for checks.
    fn passed_on(&self, to: InstanceIndex) -> impl Iterator<Item = &CallSpan> {
        self.calls.iter().filter(move |call| call.to == to && call.operation != Operation::Probe)
    }

    pub(super) fn noted(&self, kind: NoteKind) -> Vec<(Time, InstanceIndex)> {
        let of_kind = self.notes.iter().filter(|(of, ..)| *of == kind);
        of_kind.map(|(_, time, instance)| (*time, *instance)).collect()
    }
}

/// Checks of the four servers begin a quarter of the interval apart. A killed server is asked on until `fall` checks have
/// failed: its share of 400 requests a second is lost for so long.
#[test]
fn a_dead_server_is_out_when_it_has_failed_its_checks() {
    // Settings; when which server dies; when it is out.
    for (settings, dies, slot, out) in [
        ("", 10_100, 1, 10_100),
        // At 10.5, 12.5 and 14.5 s.
        ("health_check = {}", 10_100, 1, 14_500),
        // At 12, 14 and 16 s.
        ("health_check = {}", 10_100, 0, 16_000),
        ("health_check = { fall = 1 }", 10_100, 1, 10_500),
        ("health_check = { interval = \"400ms\", fall = 5 }", 10_054, 3, 11_900),
    ] {
        let came = came(&farm(settings), &[kill(dies * MILLISECOND, slot)], 30 * SECOND);
        let expected = (out - dies) as usize / 10;
        let lost = came.lost();
        assert!(lost.abs_diff(expected) <= 1, "{settings}: {lost} lost, not {expected}");
        let noted = came.noted(NoteKind::InstanceUnhealthy);
        let told = (!settings.is_empty()).then_some((out * MILLISECOND, FIRST + slot));
        assert_eq!(noted, told.into_iter().collect::<Vec<_>>(), "{settings}");
    }
}

/// What takes the place of the dead is checked on at the same address: it rises after two checks from when it is ready.
/// While it starts, nobody listens there.
#[test]
fn a_replacement_has_to_rise() {
    let start = at(20_100 * MILLISECOND, Action::Start { node: target("app", Some(1)) });
    let came = came(&farm("health_check = {}"), &[kill(10_100 * MILLISECOND, 1), start], 40 * SECOND);
    // Ready at 23.1 s, checked at 24.5 and 26.5 s.
    assert_eq!(came.noted(NoteKind::InstanceHealthy), [(26_500 * MILLISECOND, FIRST + 4)]);
    let first = came.passed_on(FIRST + 4).map(|call| call.started).min();
    let after = first.map(|first| first - 26_500 * MILLISECOND);
    assert!(after.is_some_and(|after| after <= 10 * MILLISECOND), "{after:?}");
    // Lost only before it was out.
    assert!(came.lost().abs_diff(440) <= 1, "{}", came.lost());
}

/// One that is added gets calls from its first check on, which is when it is ready; those taken away get none at once.
#[test]
fn newcomers_are_checked_first_and_leavers_are_told_of() {
    let text = farm("health_check = {}");
    let actions = [set(10 * SECOND, "nodes.app.replicas", 5), set(20 * SECOND, "nodes.app.replicas", 3)];
    let came = came(&text, &actions, 40 * SECOND);
    assert_eq!(came.noted(NoteKind::InstanceHealthy), [(13 * SECOND, FIRST + 4)]);
    assert_eq!((came.noted(NoteKind::InstanceUnhealthy), came.lost()), (vec![], 0));
    for (instance, from, to) in [(FIRST + 4, 13, 20), (FIRST + 3, 0, 20), (FIRST, 0, 40)] {
        let started = || came.passed_on(instance).map(|call| call.started);
        let (first, last) = (started().min().unwrap(), started().max().unwrap());
        assert!(first >= from * SECOND && first <= from * SECOND + 20 * MILLISECOND, "{instance}: {first}");
        assert!(last <= to * SECOND && last >= to * SECOND - 20 * MILLISECOND, "{instance}: {last}");
    }
}

/// Probes are calls like others, but nobody's requests: one for each server in each interval.
#[test]
fn checks_are_seen_and_counted_but_are_no_requests() {
    let came = came(&farm("health_check = { interval = \"500ms\" }\n    replicas = 2"), &[], 10 * SECOND);
    let probes = came.calls.iter().filter(|call| call.operation == Operation::Probe);
    // From time 0 on, every half second, of four servers by two balancers.
    assert_eq!(probes.clone().count(), 2 * (21 + 3 * 20));
    assert!(
        probes
            .clone()
            .all(|call| call.parent == BACKGROUND && call.path == call.root && call.outcome == Outcome::Ok)
    );
    let sent = came.simulator.gauge(0).sent;
    assert_eq!(came.requests().count() as u64, sent - u64::from(came.simulator.alive().0.min(1)));
}

/// A server that stands still with a request inside answers no checks, and gets no calls until it does again.
#[test]
fn a_server_that_stands_still_fails_its_checks() {
    let check = "health_check = { interval = \"500ms\", timeout = \"200ms\" }";
    let slow = Action::Slow { node: target("app", Some(2)), factor: 1e3, lasting: 10 * SECOND };
    let came = came(&farm(check), &[at(10_100 * MILLISECOND, slow)], 40 * SECOND);
    // Checked at 10.25, 10.75 and 11.25 s, each in vain for 200 ms; back at full speed at 20.1 s.
    let out: Time = 11_450 * MILLISECOND;
    assert_eq!(came.noted(NoteKind::InstanceUnhealthy), [(out, FIRST + 2)]);
    let healthy = came.noted(NoteKind::InstanceHealthy);
    assert!(
        healthy.len() == 1 && healthy[0].0 > 20_700 * MILLISECOND && healthy[0].0 < 23 * SECOND,
        "{healthy:?}"
    );
    let during = |call: &&CallSpan| (out + 1..healthy[0].0).contains(&call.started);
    assert_eq!(came.passed_on(FIRST + 2).filter(during).count(), 0);
    assert_eq!(came.lost(), 0, "they only waited");
}

/// Caches, databases and balancers answer checks too.
#[test]
fn all_that_may_stand_behind_a_balancer_is_checked() {
    let text = farm("health_check = { interval = \"100ms\" }")
        .replace("[\"app\"]", "[\"app\", \"front\", \"db\", \"cdn\"]")
        + r#"
    [nodes.front]
    kind = "balancer"
    service_time = { distribution = "fixed", value = "1ms" }
    to = ["app"]
    [nodes.db]
    kind = "database"
    service_time = { distribution = "fixed", value = "1ms" }
    [nodes.cdn]
    kind = "cache"
    capacity = 100
    latency = "1ms"
    to = "app"
"#;
    let came =
        came(&text, &[at(5 * SECOND, Action::Kill { node: target("db", None), lasting: None })], 8 * SECOND);
    for node in [3, 4, 5] {
        let probes = came.calls.iter().filter(|call| call.node == node && call.operation == Operation::Probe);
        let failed = probes.clone().filter(|call| call.outcome != Outcome::Ok).count();
        assert!(probes.count() >= 79 && (failed > 25) == (node == 4), "node {node}: {failed} failed");
    }
    assert_eq!(came.noted(NoteKind::InstanceUnhealthy).len(), 1);
}

/// Nobody tells of the dead server: five calls in a row are lost, then it is out for 30 s and until the next sweep, then
/// five again, and out for twice as long. Ten per cent of four servers are none.
#[test]
fn failures_in_a_row_eject_until_a_sweep_brings_back() {
    // Settings; when it is ejected and returns, in tenths of a second; calls lost.
    let tens: Vec<Time> = (3..=9).map(|at| at * 100).collect();
    for (settings, ejected, returned, lost) in [
        ("", vec![121, 500], vec![500], 10),
        ("base_ejection_time = \"5s\"", vec![121, 200, 400, 600, 900], vec![200, 400, 600, 900], 25),
        ("max_ejection_time = \"1s\"", [&[121, 200], &tens[..]].concat(), [&[200], &tens[..]].concat(), 45),
        ("always_eject_one_host = false", vec![], vec![], 8_690),
        ("always_eject_one_host = false, max_ejection_percent = 25", vec![121, 500], vec![500], 10),
        ("consecutive_failures = 20", vec![122, 501], vec![500], 40),
        ("consecutive_failures = 0", vec![], vec![], 8_690),
    ] {
        let text = farm(&format!("outlier_detection = {{ {settings} }}"));
        let came = came(&text, &[kill(12_101 * MILLISECOND, 2)], 99 * SECOND);
        for (kind, expected) in [(NoteKind::InstanceEjected, ejected), (NoteKind::InstanceReturned, returned)]
        {
            let noted = came.noted(kind);
            assert!(noted.iter().all(|(_, instance)| *instance == FIRST + 2), "{settings}: {noted:?}");
            let times: Vec<Time> = noted.iter().map(|(time, _)| time / (100 * MILLISECOND)).collect();
            assert_eq!(times, expected, "{settings}: {kind:?}");
        }
        assert!(came.lost().abs_diff(lost) <= 1, "{settings}: {} lost", came.lost());
    }
}

/// Five servers without failures and one that turns away 45 % have a mean of 92.5 and a deviation of 16.8 %: the threshold
/// is 60.6 %, the sixth is below it.
#[test]
fn a_low_success_rate_ejects_at_a_sweep() {
    for (settings, ejected) in
        [("", 1), ("success_rate_stdev_factor = 0.0", 0), ("success_rate_minimum_hosts = 7", 0)]
    {
        let text = farm(&format!("outlier_detection = {{ consecutive_failures = 0, {settings} }}"))
            .replace(", }", " }")
            .replace("replicas = 4", "replicas = 5")
            .replace("[\"app\"]", "[\"app\", \"flaky\"]")
            + "\n    [nodes.flaky]\n    kind = \"service\"\n    queue = 0\n    \
               service_time = { distribution = \"exponential\", mean = \"15ms\" }\n";
        let came = came(&text, &[], 11 * SECOND);
        let noted = came.noted(NoteKind::InstanceEjected);
        assert_eq!(noted, vec![(10 * SECOND, FIRST + 5); ejected], "{settings}");
    }
}

/// All stand still for a second, from 10.01 s on. Checks begin 50 ms apart, each takes 100 ms to fail: servers are out at
/// 10.55, 10.6, 10.65 and 10.7 s. Who panics then asks all, and loses nothing.
#[test]
fn a_pause_of_all_servers_with_and_without_panic() {
    for (threshold, began) in [(50, Some(10_650)), (25, Some(10_700)), (0, None)] {
        let check = "health_check = { interval = \"200ms\", timeout = \"100ms\" }";
        let text = farm(&format!("{check}\n    panic_threshold = {threshold}"));
        let pause = Action::Slow { node: target("app", None), factor: 1e3, lasting: SECOND };
        let came = came(&text, &[at(10_010 * MILLISECOND, pause)], 20 * SECOND);
        let out: Vec<Time> =
            came.noted(NoteKind::InstanceUnhealthy).iter().map(|(time, _)| time / MILLISECOND).collect();
        assert_eq!(out, [10_550, 10_600, 10_650, 10_700]);
        let back = came.noted(NoteKind::InstanceHealthy);
        let panics: Vec<Time> =
            came.noted(NoteKind::PanicBegan).iter().map(|(time, _)| time / MILLISECOND).collect();
        assert_eq!(panics, began.into_iter().collect::<Vec<_>>(), "{threshold} %");
        // Every 2.5 ms one finds nobody, until the first has risen.
        let alone = if began.is_some() { 0 } else { (back[0].0 - 10_700 * MILLISECOND) / 2_500_000 };
        assert!(
            came.lost().abs_diff(alone as usize) <= 1,
            "{threshold} %: {} lost, not {alone}",
            came.lost()
        );
        assert_eq!(alone > 100, began.is_none(), "{threshold} %: {alone}");
        // Over with half of them, or with one of them.
        let ended: Vec<Time> = came.noted(NoteKind::PanicEnded).iter().map(|(time, _)| *time).collect();
        let enough = match threshold {
            50 => Some(back[1].0),
            25 => Some(back[0].0),
            _ => None,
        };
        assert_eq!(ended, enough.into_iter().collect::<Vec<_>>(), "{threshold} %");
    }
}

/// Of dead servers a panic makes things worse: three of four calls a second go to them again.
#[test]
fn a_panic_asks_the_dead_too() {
    for (dead, threshold, lost) in [(2, 50, 0), (3, 50, 3_000), (3, 25, 0), (3, 26, 3_000), (4, 0, 4_000)] {
        let text =
            farm(&format!("health_check = {{ interval = \"100ms\" }}\n    panic_threshold = {threshold}"));
        let deaths: Vec<TimedAction> = (0..dead).map(|slot| kill(5 * SECOND, slot)).collect();
        let came = came(&text, &deaths, 20 * SECOND);
        let late = |call: &&CallSpan| call.started >= 10 * SECOND && call.outcome != Outcome::Ok;
        let late = came.requests().filter(late).count();
        assert!(late.abs_diff(lost) <= 1, "{dead} dead, {threshold} %: {late}");
    }
}

/// What the balancer tells of those behind it: who is out and why, as it goes.
#[test]
fn a_balancer_tells_how_each_of_its_servers_stands() {
    use Standing::{Ejected, In, StartingSlowly, Unhealthy};
    let text =
        farm("health_check = { interval = \"1s\" }\n    outlier_detection = {}\n    slow_start = \"4s\"")
            .replace("\"round-robin\"", "\"weighted-round-robin\"");
    let actions = [
        kill(10_100 * MILLISECOND, 1),
        at(20 * SECOND, Action::Start { node: target("app", Some(1)) }),
        set(30 * SECOND, "nodes.app.replicas", 5),
        kill(60 * SECOND, 0),
        kill(60 * SECOND, 2),
        kill(60 * SECOND, 3),
    ];
    let mut simulator = simulator(&text, &actions);
    // Its first check after the fifth refusal is later; it falls for its checks at 12.25 s.
    for (second, standings, panics) in [
        (10, vec![In, In, In, In], false),
        (11, vec![In, Ejected, In, In], false),
        (13, vec![In, Unhealthy, In, In], false),
        // Ready at 23 s, healthy at 24.25 s, ejected until 50 s.
        (25, vec![In, Ejected, In, In], false),
        (32, vec![In, Ejected, In, In], false),
        // Ready and checked at 33 s.
        (34, vec![In, Ejected, In, In, StartingSlowly], false),
        (38, vec![In, Ejected, In, In, In], false),
        (51, vec![In, In, In, In, In], false),
        // Two of five are left.
        (65, vec![Unhealthy, In, Unhealthy, Unhealthy, In], true),
    ] {
        run(&mut simulator, second * SECOND);
        let outlook = simulator.outlook(1, 0).unwrap();
        let found: Vec<Standing> = outlook.known.iter().map(|known| known.standing).collect();
        assert_eq!((found, outlook.panics), (standings, panics), "at {second} s");
        let in_flight: u32 = outlook.known.iter().map(|known| known.in_flight).sum();
        assert_eq!(in_flight, simulator.gauge(1).in_flight);
    }
}

/// Whatever the algorithm, those that are out get nothing, though answers of theirs that were on their way still come.
#[test]
fn who_is_out_gets_nothing_by_any_algorithm() {
    let settings = "health_check = { interval = \"500ms\" }\n    panic_threshold = 0";
    for algorithm in Algorithm::ALL.map(|algorithm| serde_json::to_string(&algorithm).unwrap()) {
        let text = farm(settings).replace("\"round-robin\"", &algorithm)
            + "\n    [links.\"lb -> app\"]\n    latency = \"3ms\"\n";
        let came = came(&text, &[kill(5 * SECOND, 0), kill(5 * SECOND, 1), kill(5 * SECOND, 3)], 20 * SECOND);
        let out = came.noted(NoteKind::InstanceUnhealthy);
        assert_eq!(out.len(), 3, "{algorithm}");
        for (since, instance) in out {
            let late = came.passed_on(instance).filter(|call| call.started > since).count();
            assert_eq!(late, 0, "{algorithm}: calls to {instance}, which is out since {since}");
        }
    }
}
