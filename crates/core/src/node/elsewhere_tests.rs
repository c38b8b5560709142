//! Balancers that try calls again: each test is a small farm, what befalls it, and what must come of that.

use super::health_tests::{came, farm, kill};
use super::tests::{at, target};
use crate::scenario::{Action, Algorithm, TimedAction};
use crate::sim::record::{InstanceIndex, NoteKind, Operation};
use crate::sim::time::{MILLISECOND, SECOND};
use std::collections::BTreeMap;

/// Checks that come too late to matter, so that the balancer goes on with the dead.
const BLIND: &str = "health_check = { interval = \"1h\" }";

/// One of four is dead, or two: with as many retries nobody loses a request, whatever the algorithm. The first attempt that
/// fails is followed by one elsewhere.
#[test]
fn a_call_that_failed_is_tried_elsewhere() {
    let all = Algorithm::ALL.map(|algorithm| serde_json::to_string(&algorithm).unwrap());
    for (algorithm, (dead, retries)) in all.iter().flat_map(|of| [(of, (1, 1)), (of, (2, 2)), (of, (1, 0))]) {
        let text = farm(&format!("{BLIND}\n    retries = {retries}")).replace("\"round-robin\"", algorithm)
            .replace("rate = 400 }", "rate = 400 }\n    keys = { distribution = \"uniform\", count = 1000 }\n    addresses = { count = 500 }");
        let deaths: Vec<TimedAction> = (0..dead).map(|slot| kill(2_001 * MILLISECOND, slot)).collect();
        let came = came(&text, &deaths, 12 * SECOND);
        // Who fails fast looks idle, so that some algorithms lose far more than its share.
        assert_eq!(came.lost() > 100, retries == 0, "{algorithm}: {} lost", came.lost());
        assert!(retries == 0 || came.lost() == 0, "{algorithm}: {} lost", came.lost());
        let mut tried: BTreeMap<u64, Vec<InstanceIndex>> = BTreeMap::new();
        for call in came
            .calls
            .iter()
            .filter(|call| call.parent != 0 && call.from == 1 && call.operation != Operation::Probe)
        {
            let before = tried.entry(call.parent).or_default();
            assert!(
                usize::from(call.attempt) == before.len() && !before.contains(&call.to),
                "{algorithm}: {call:?}"
            );
            before.push(call.to);
        }
        assert_eq!(tried.values().any(|tried| tried.len() > 1), retries > 0, "{algorithm}");
    }
}

/// One attempt is not enough where the next may be dead too, and with all dead each is tried once.
#[test]
fn retries_end() {
    for (dead, retries, attempts) in [(2, 1, 2), (4, 3, 4), (4, 2, 3), (4, 6, 7)] {
        let text = farm(&format!("{BLIND}\n    retries = {retries}"));
        let deaths: Vec<TimedAction> = (0..dead).map(|slot| kill(2 * SECOND, slot)).collect();
        let came = came(&text, &deaths, 4 * SECOND);
        assert!(came.lost() > 100, "{dead} dead, {retries} retries: {} lost", came.lost());
        let most = came.calls.iter().map(|call| call.attempt).max();
        assert_eq!(most, Some(attempts - 1), "{dead} dead, {retries} retries");
    }
}

/// One stands still for five seconds. What it has is tried elsewhere when the balancer's own time is over; without that,
/// only the clients give up, and the balancer learns nothing of it.
#[test]
fn a_time_out_of_its_own_is_what_a_balancer_sees() {
    let slow =
        || at(2 * SECOND, Action::Slow { node: target("app", Some(2)), factor: 1e3, lasting: 5 * SECOND });
    let outlier = "outlier_detection = {}";
    let own = "per_try_timeout = \"50ms\"";
    for (settings, timeout, ejected, tried, most_lost) in [
        (format!("{own}\n    retries = 1"), "1s", false, true, 0),
        (format!("{own}\n    retries = 1\n    {outlier}"), "1s", true, true, 0),
        // Five in a row, and those under way meanwhile.
        (format!("{own}\n    {outlier}"), "1s", true, false, 11),
        // Its clients have gone before it gives up.
        (format!("{own}\n    retries = 1"), "20ms", false, false, 501),
        (format!("{outlier}\n    retries = 1"), "20ms", false, false, 501),
    ] {
        let clients = format!("rate = 400 }}\n    timeout = \"{timeout}\"");
        let text = farm(&settings).replace("rate = 400 }", &clients);
        let came = came(&text, &[slow()], 7 * SECOND);
        assert_eq!(!came.noted(NoteKind::InstanceEjected).is_empty(), ejected, "{settings}, {timeout}");
        assert_eq!(came.calls.iter().any(|call| call.attempt > 0), tried, "{settings}, {timeout}");
        let lost = came.lost();
        assert!(lost <= most_lost && lost + 10 >= most_lost, "{settings}, {timeout}: {lost} lost");
        let longest = came.requests().map(|call| call.ended - call.started).max().unwrap();
        assert!(longest <= 60 * MILLISECOND, "{settings}: {longest} ns");
    }
}

/// The news that a client has gone takes 5 ms; by its deadline the balancer knows before.
#[test]
fn nothing_is_tried_again_for_who_has_gone() {
    for (timeout, tried) in [("20ms", false), ("40ms", true)] {
        let text = farm("per_try_timeout = \"16ms\"\n    retries = 1")
            .replace("rate = 400 }", &format!("rate = 400 }}\n    timeout = \"{timeout}\""))
            + "\n    [links.\"clients -> lb\"]\n    latency = \"5ms\"\n";
        let slow = Action::Slow { node: target("app", None), factor: 1e3, lasting: 5 * SECOND };
        let came = came(&text, &[at(2 * SECOND, slow)], 3 * SECOND);
        assert_eq!(came.calls.iter().any(|call| call.attempt > 0), tried, "{timeout}");
    }
}
