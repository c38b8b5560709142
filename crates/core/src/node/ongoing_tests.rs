//! Disturbances that overlap: the end of one is not the end of another.

use super::tests::{run, simulator};
use crate::sim::record::Outcome;
use crate::sim::time::{MILLISECOND, SECOND};

/// A request a second, from the first on, to a server that takes 10 ms.
fn system(actions: &str) -> String {
    format!(
        r#"
        title = "t"
        duration = "9s"
        actions = [{actions}]
        nodes.clients = {{ kind = "clients", to = "server", timeout = "500ms", arrivals = {{ process = "constant", rate = 1 }} }}
        nodes.server = {{ kind = "service", service_time = {{ distribution = "fixed", value = "10ms" }} }}
        links."clients -> server".latency = "0ms"
        "#
    )
}

/// Instead of milliseconds: it was answered with an error, or not at all.
const ERROR: u64 = 1_000;
const SILENCE: u64 = 2_000;

/// How long the requests of the first seven seconds took in milliseconds.
fn took(actions: &str) -> [u64; 7] {
    let emitted = run(&mut simulator(&system(actions), &[]), 9 * SECOND);
    [1, 2, 3, 4, 5, 6, 7].map(|second| {
        let call = emitted.roots().find(|call| call.started == second * SECOND);
        call.map_or(0, |call| match call.outcome {
            Outcome::Ok => (call.ended - call.started) / MILLISECOND,
            Outcome::TimedOut => SILENCE,
            _ => ERROR,
        })
    })
}

#[test]
fn the_end_of_one_is_not_the_end_of_another() {
    let one = |what: &str, from: &str, lasting: &str| {
        let (kind, rest) = what.split_once(' ').unwrap_or((what, ""));
        let on = if ["lose", "partition"].contains(&kind) {
            r#"between = ["clients", "server"]"#
        } else {
            r#"node = "server""#
        };
        format!(r#"{{ at = "{from}s", do = "{kind}", {on}, for = "{lasting}s"{rest} }}, "#)
    };
    let (twice, four_times) = ("slow , factor = 2", "slow , factor = 4");
    let (all_fail, none_fails) = ("fail , ratio = 1.0", "fail , ratio = 0.0");
    let all_lost = "lose , ratio = 1.0";
    for (first, second, expected) in [
        // One behind the other, and one within the other.
        ((twice, "0.5", "4"), (twice, "2.5", "4"), [20, 20, 20, 20, 20, 20, 10]),
        ((four_times, "0.5", "4"), (twice, "2.5", "4"), [40, 40, 40, 40, 20, 20, 10]),
        ((twice, "0.5", "4"), (four_times, "2.5", "4"), [20, 20, 40, 40, 40, 40, 10]),
        ((twice, "0.5", "6"), (four_times, "2.5", "1"), [20, 20, 40, 20, 20, 20, 10]),
        ((four_times, "0.5", "6"), (twice, "2.5", "1"), [40, 40, 40, 40, 40, 40, 10]),
        // What stands still for 200 ms more does nothing of its 10 ms, and then half as fast.
        ((twice, "0.5", "6"), ("pause", "2.9", "0.3"), [20, 20, 219, 20, 20, 20, 10]),
        (("pause", "2.9", "0.3"), (twice, "3.1", "2"), [10, 10, 219, 20, 20, 10, 10]),
        (("pause", "2.9", "0.3"), ("pause", "3.1", "0.2"), [10, 10, 309, 10, 10, 10, 10]),
        ((all_fail, "0.5", "2"), (all_fail, "1.5", "3"), [ERROR, ERROR, ERROR, ERROR, 10, 10, 10]),
        ((all_fail, "0.5", "4"), (all_fail, "1.5", "1"), [ERROR, ERROR, ERROR, ERROR, 10, 10, 10]),
        ((all_fail, "0.5", "4"), (none_fails, "1.5", "4"), [ERROR, ERROR, ERROR, ERROR, 10, 10, 10]),
        ((all_lost, "0.5", "2"), (all_lost, "1.5", "3"), [SILENCE, SILENCE, SILENCE, SILENCE, 10, 10, 10]),
        ((all_lost, "0.5", "4"), (all_lost, "1.5", "1"), [SILENCE, SILENCE, SILENCE, SILENCE, 10, 10, 10]),
        (
            ("partition", "0.5", "4"),
            ("partition", "1.5", "1"),
            [SILENCE, SILENCE, SILENCE, SILENCE, 10, 10, 10],
        ),
    ] {
        let actions = [first, second].map(|(what, from, lasting)| one(what, from, lasting)).concat();
        assert_eq!(took(&actions), expected, "{actions}");
    }
}

/// Three times as many for 6 s, and meanwhile twice as many for 1 s: from 4 s to 6 s still three times as many.
#[test]
fn a_small_spike_does_not_end_a_large_one() {
    let actions = r#"{ at = "0.5s", do = "spike", node = "clients", factor = 3, for = "6s" },
        { at = "2.5s", do = "spike", node = "clients", factor = 2, for = "1s" }"#;
    let emitted = run(&mut simulator(&system(&actions.replace('\n', " ")), &[]), 9 * SECOND);
    let came = |from: u64, to: u64| {
        emitted.roots().filter(|call| (from * SECOND..to * SECOND).contains(&call.started)).count()
    };
    assert_eq!((came(4, 6), came(7, 9)), (6, 2));
}
