//! What is told of a request, by hand-made spans: a table of where its time went.

use super::samples::{miss, span};
use super::*;

fn told(spans: &[TraceSpan], index: usize, until: f64) -> Vec<(Doing, f64, f64)> {
    let millis = |us: f64| (us / 10.0).round() / 100.0;
    let pieces = pieces(spans, index, until * 1e3);
    pieces.iter().map(|piece| (piece.doing, millis(piece.from), millis(piece.to))).collect()
}

#[test]
fn a_row_tells_work_from_waiting_from_those_below_from_travel() {
    use Doing::{Below, Core, Pool, Queue, Travel, Work};
    let spans = miss();
    let app = [
        (Travel, 0.0, 1.0),
        (Queue, 1.0, 5.0),
        (Core, 5.0, 6.0),
        (Work, 6.0, 8.0),
        (Below, 8.0, 8.9),
        (Below, 8.9, 60.0),
        (Travel, 60.0, 61.0),
    ];
    assert_eq!(told(&spans, 0, 1e9), app);
    // A cache has no cores: what it takes is its own time, not a wait.
    assert_eq!(told(&spans, 1, 1e9), [(Travel, 8.0, 8.2), (Work, 8.2, 8.7), (Travel, 8.7, 8.9)]);
    let database = [
        (Pool, 8.9, 40.0),
        (Travel, 40.0, 41.0),
        (Core, 41.0, 44.0),
        (Work, 44.0, 59.0),
        (Travel, 59.0, 60.0),
    ];
    assert_eq!(told(&spans, 2, 1e9), database);
    let sums = sums(&pieces(&spans, 0, f64::INFINITY)).map(|us| us / 1e3);
    assert_eq!(sums.map(|ms| (ms * 10.0).round() / 10.0), [0.0, 4.0, 1.0, 0.0, 2.0, 52.0, 2.0]);
}

#[test]
fn rows_leave_no_gap_and_their_own_parts_add_up_to_the_whole() {
    let spans = miss();
    let mut own = 0.0;
    for index in 0..spans.len() {
        let row = pieces(&spans, index, f64::INFINITY);
        assert!(row.windows(2).all(|pair| pair[0].to == pair[1].from), "{index}");
        assert_eq!((row[0].from, row[row.len() - 1].to), (spans[index].started_us, last(&spans[index])));
        own += row
            .iter()
            .filter(|piece| piece.doing != Doing::Below)
            .map(|piece| piece.to - piece.from)
            .sum::<f64>();
    }
    assert!((own - 61e3).abs() < 1e-6, "{own}");
}

#[test]
fn a_row_grows_and_the_request_is_in_one_place_at_a_time() {
    use Doing::{Core, Pool, Queue, Travel, Work};
    let spans = miss();
    assert_eq!(told(&spans, 0, 5.5), [(Travel, 0.0, 1.0), (Queue, 1.0, 5.0), (Core, 5.0, 5.5)]);
    assert_eq!(told(&spans, 2, 5.5), []);
    let cases = [
        (0.5, Some((0, Travel))),
        (4.0, Some((0, Queue))),
        (5.5, Some((0, Core))),
        (7.0, Some((0, Work))),
        (8.5, Some((1, Work))),
        (30.0, Some((2, Pool))),
        (50.0, Some((2, Work))),
        (60.5, Some((0, Travel))),
        (-1.0, None),
        (61.0, None),
    ];
    for (time, expected) in cases {
        let found = place(&spans, time * 1e3).map(|(index, piece)| (index, piece.doing));
        assert_eq!(found, expected, "{time}");
    }
}

#[test]
fn work_goes_on_for_nobody_when_its_caller_has_given_up() {
    let mut late = span(0, "App", [0.0, 0.0, 1.0, 5.0, 40.0, 10.0], 35.0, 4);
    late.outcome = "timed-out".to_owned();
    let row = pieces(&[late.clone()], 0, f64::INFINITY);
    let told: Vec<_> = row.iter().map(|piece| (piece.doing, piece.to / 1e3, piece.late)).collect();
    assert_eq!(
        told,
        [
            (Doing::Travel, 1.0, false),
            (Doing::Queue, 5.0, false),
            (Doing::Work, 10.0, false),
            (Doing::Work, 40.0, true),
        ]
    );
    assert_eq!(place(&[late], 20e3), None);
}

#[test]
fn a_failure_is_followed_down_to_what_it_was_stuck_in() {
    let mut spans = miss();
    assert_eq!(causes(&spans), []);
    // The client gives up after 30 ms, while the app still waits for a connection; the app lets the call go.
    spans[0].outcome = "timed-out".to_owned();
    spans[0].ended_us = Some(30e3);
    let chain = |spans: &[TraceSpan]| -> Vec<(usize, Option<Doing>)> {
        causes(spans).iter().map(|cause| (cause.index, cause.stuck.map(|piece| piece.doing))).collect()
    };
    spans[2].outcome = "cancelled".to_owned();
    spans[2].sent_us = 31e3;
    spans[2].ended_us = Some(31e3);
    (spans[2].arrived_us, spans[2].let_in_us, spans[2].done_us) = (None, None, None);
    assert_eq!(chain(&spans), [(0, None), (2, Some(Doing::Pool))]);
    // An error comes back from below: the one that failed, not the cache that answered.
    spans[0].outcome = "error".to_owned();
    spans[2].outcome = "refused".to_owned();
    assert_eq!(chain(&spans), [(0, None), (2, Some(Doing::Pool))]);
    // The app took the call up again after its client had gone: what it was stuck in is what it was in then.
    let mut passed_on = span(0, "Balancer", [0.0, 0.0, 1.0, 1.0, 30.0, 30.0], 0.0, 0);
    passed_on.outcome = "timed-out".to_owned();
    let later = span(1, "App", [1.0, 1.0, 2.0, 30.5, 40.0, 41.0], 5.0, 4);
    assert_eq!(chain(&[passed_on, later]), [(0, None), (1, Some(Doing::Queue))]);
    // Nobody below: the client's own call waited to be let in.
    let mut alone = span(0, "App", [0.0, 0.0, 1.0, 30.0, 30.0, 30.0], 0.0, 4);
    alone.outcome = "timed-out".to_owned();
    assert_eq!(chain(&[alone]), [(0, Some(Doing::Queue))]);
}
