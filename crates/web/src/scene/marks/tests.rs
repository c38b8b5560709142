//! Marks on the cache lab's layout.

use super::*;
use crate::protocol::frame::{Gauges, What};
use crate::scene::layout::{Area, Block};

const KINDS: [NodeKind; 4] = [NodeKind::Clients, NodeKind::Service, NodeKind::Cache, NodeKind::Database];

fn layout() -> Layout {
    let block = Block { size: (140.0, 90.0), compact: (100.0, 50.0), instances: 1, unfolded: false };
    let area = Area { width: 900.0, height: 500.0, top: 0.0, bottom: 0.0 };
    Layout::new(&vec![block; 4], &[(0, 1), (1, 2), (1, 3)], area)
}

fn frame(time: f64, hops: Vec<Hop>) -> Frame {
    let instances = (0..4).map(|node| Gauges { node, ..Gauges::default() }).collect();
    Frame { time, speed: 1.0, instances, hops, ..Frame::default() }
}

fn hop(root: u64, from: u32, to: u32, departed_ms: f64, takes_ms: f64) -> Hop {
    let (departed, arrives) = (departed_ms * 1000.0, (departed_ms + takes_ms) * 1000.0);
    Hop { root, from, to, departed, arrives, ..Hop::default() }
}

fn reply(root: u64, from: u32, to: u32, lookup: u8, outcome: u8) -> Hop {
    Hop {
        what: What { direction: REPLY, lookup, outcome, ..What::default() },
        ..hop(root, from, to, 0.0, 0.0)
    }
}

fn taken(hops: Vec<Hop>) -> Marks {
    let mut marks = Marks::default();
    marks.take(&frame(16_000.0, hops), &KINDS, &layout(), 16.0);
    marks
}

#[test]
fn a_short_hop_is_stretched_and_a_long_one_is_not() {
    let marks = taken(vec![hop(0, 0, 1, 0.0, 0.5), hop(64, 0, 1, 0.0, 900.0)]);
    let lasts: Vec<f64> = marks.marks.iter().map(|mark| mark.ends - mark.starts).collect();
    assert_eq!(lasts, [240.0, 900.0]);
    assert!(marks.stretched());
    assert!(!taken(vec![hop(0, 0, 1, 0.0, 300.0)]).stretched());
}

#[test]
fn speed_scales_what_is_real() {
    let mut marks = Marks::default();
    let slow = Frame { speed: 0.001, ..frame(100.0, vec![hop(0, 0, 1, 0.0, 0.5)]) };
    marks.take(&slow, &KINDS, &layout(), 16.0);
    assert_eq!(marks.marks[0].ends - marks.marks[0].starts, 500.0);
}

#[test]
fn hops_of_one_request_follow_one_another() {
    let hops =
        vec![hop(0, 0, 1, 0.0, 0.1), hop(0, 1, 2, 1.0, 0.1), reply(0, 2, 1, 1, 0), reply(0, 1, 0, 0, 0)];
    let marks = taken(hops);
    for pair in marks.marks.windows(2) {
        assert!(pair[1].starts >= pair[0].ends, "{pair:?}");
    }
    assert_eq!(marks.marks.iter().map(|mark| mark.against).collect::<Vec<_>>(), [false, false, true, true]);
}

#[test]
fn order_on_a_link_is_kept() {
    let marks = taken(vec![hop(0, 0, 1, 0.0, 400.0), hop(64, 0, 1, 1.0, 0.1), hop(128, 0, 1, 2.0, 300.0)]);
    for pair in marks.marks.windows(2) {
        assert!(pair[0].starts <= pair[1].starts && pair[0].ends <= pair[1].ends, "{pair:?}");
    }
}

#[test]
fn nobody_waits_behind_others_for_longer_than_a_hop() {
    // (wanted, lasts, start and end of the latest on the lane, start and end)
    let cases = [
        (0.0, 240.0, (f64::NEG_INFINITY, f64::NEG_INFINITY), (0.0, 240.0)),
        (0.0, 240.0, (100.0, 340.0), (100.0, 340.0)),
        (0.0, 240.0, (10.0, 450.0), (10.0, 450.0)),
        (0.0, 240.0, (1_700.0, 1_940.0), (0.0, 240.0)),
        (0.0, 240.0, (10.0, 490.0), (0.0, 240.0)),
    ];
    for (wanted, lasts, latest, expected) in cases {
        assert_eq!(in_order(wanted, lasts, latest), expected, "{wanted} {latest:?}");
    }
}

#[test]
fn a_jump_shows_what_is_on_its_way_there() {
    let mut marks = taken(vec![hop(0, 0, 1, 0.0, 0.1)]);
    let hops = vec![hop(64, 0, 1, 600.0, 0.1), hop(128, 0, 1, 900.0, 0.1), hop(192, 0, 1, 990.0, 0.1)];
    marks.jump(&frame(1_000_000.0, hops), &KINDS, &layout());
    // The first left 400 ms ago and has arrived.
    let shown: Vec<(u64, bool)> = marks.visible().map(|(mark, gone)| (mark.root, gone < 0.5)).collect();
    assert_eq!(shown, [(128, true), (192, true)]);
    assert!(!marks.moving(), "nothing is drawn to its end by itself");
}

#[test]
fn shapes_tell_what_a_message_is() {
    let write = |direction| What { direction, operation: WRITE, ..What::default() };
    let fill = What { operation: FILL, ..What::default() };
    let other = |direction, outcome| What { direction, outcome, other_path: true, ..What::default() };
    // (hops of one request, shape of the last)
    let cases = [
        (vec![hop(0, 0, 1, 0.0, 0.0)], Shape::Read),
        (vec![hop(0, 1, 2, 0.0, 0.0)], Shape::Read),
        (vec![reply(0, 2, 1, HIT, 0)], Shape::Hit),
        (vec![reply(0, 2, 1, MISS, 0)], Shape::Miss),
        (vec![reply(0, 2, 1, MISS, 0), hop(0, 1, 3, 0.0, 0.0)], Shape::Miss),
        (vec![reply(0, 2, 1, MISS, 0), hop(0, 1, 3, 0.0, 0.0), reply(0, 3, 1, 0, 0)], Shape::Miss),
        (vec![reply(0, 2, 1, MISS, 0), Hop { what: fill, ..hop(0, 1, 2, 0.0, 0.0) }], Shape::Miss),
        (vec![reply(0, 2, 1, MISS, 0), reply(0, 1, 0, 0, 0)], Shape::Read),
        (vec![Hop { what: write(0), ..hop(0, 1, 3, 0.0, 0.0) }], Shape::Write),
        (vec![Hop { what: write(REPLY), ..hop(0, 3, 1, 0.0, 0.0) }], Shape::Write),
        (vec![Hop { what: other(0, 0), ..hop(0, 0, 1, 0.0, 0.0) }], Shape::Write),
        (vec![Hop { what: other(REPLY, 0), ..hop(0, 1, 0, 0.0, 0.0) }], Shape::Write),
        (vec![Hop { what: other(REPLY, 2), ..hop(0, 1, 0, 0.0, 0.0) }], Shape::Error),
        (vec![reply(0, 1, 0, 0, 2)], Shape::Error),
        (
            vec![Hop { what: What { direction: CANCEL, ..What::default() }, ..hop(0, 0, 1, 0.0, 0.0) }],
            Shape::Error,
        ),
    ];
    for (hops, shape) in cases {
        let marks = taken(hops.clone());
        assert_eq!(marks.marks.last().map(|mark| mark.shape), Some(shape), "{hops:?}");
    }
}

#[test]
fn a_copy_that_is_not_needed_any_more_is_no_error() {
    let given_up = |outcome| {
        let what = What { direction: CANCEL, outcome, ..What::default() };
        taken(vec![Hop { what, ..hop(0, 0, 1, 0.0, 0.0) }]).marks.len()
    };
    assert_eq!([Outcome::TimedOut as u8, CANCELLED].map(given_up), [1, 0]);
}

#[test]
fn a_call_that_is_made_again_is_told_apart() {
    let repeated = |direction| What { direction, again: true, ..What::default() };
    for (hops, marked, seen) in [
        (vec![hop(0, 0, 1, 0.0, 0.0)], false, false),
        (vec![Hop { what: repeated(0), ..hop(0, 0, 1, 0.0, 0.0) }], true, true),
        // Giving it up is an error like any other.
        (vec![Hop { what: repeated(CANCEL), ..hop(0, 0, 1, 0.0, 0.0) }], false, true),
    ] {
        let marks = taken(hops);
        assert_eq!((marks.marks[0].again, marks.has_repeated()), (marked, seen));
    }
}

#[test]
fn heavy_traffic_is_sampled_and_errors_are_kept() {
    let layout = layout();
    let mut marks = Marks::default();
    let mut root = 0_u64;
    for tick in 1..=120 {
        // 3,000 requests a second, one in a hundred fails; identities as a hash would spread them.
        let hops: Vec<Hop> = (0..50)
            .map(|_| {
                root += 1;
                let mixed = root
                    .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                    .rotate_left(23)
                    .wrapping_mul(0xbf58_476d_1ce4_e5b9);
                if root.is_multiple_of(100) { reply(mixed, 1, 0, 0, 1) } else { hop(mixed, 0, 1, 0.0, 0.1) }
            })
            .collect();
        marks.advance(16.7);
        marks.take(&frame(f64::from(tick) * 16_700.0, hops), &KINDS, &layout, 16.7);
    }
    let k = marks.exponent();
    assert!((3..=6).contains(&k), "k = {k}");
    let on_link = marks.visible().filter(|(mark, _)| mark.edge == 0 && !mark.against).count() as f64;
    let per_mark = layout.edges[0].curve.length() / on_link;
    assert!((5.0..25.0).contains(&per_mark), "one mark per {per_mark} px");
    assert!(marks.marks.iter().all(|mark| mark.shape == Shape::Error || is_sampled(mark.root, k)));
    let errors = marks.marks.iter().filter(|mark| mark.shape == Shape::Error).count();
    assert!((5..=MOST_ERRORS).contains(&errors), "{errors} errors");
}

#[test]
fn light_traffic_is_drawn_one_by_one() {
    let layout = layout();
    let mut marks = Marks::default();
    for tick in 1..=120_u32 {
        let hops = vec![hop(u64::from(tick) * 2 + 1, 0, 1, 0.0, 0.1)];
        marks.advance(16.7);
        marks.take(&frame(f64::from(tick) * 16_700.0, hops), &KINDS, &layout, 16.7);
    }
    assert_eq!(marks.exponent(), 0);
}

#[test]
fn going_back_in_time_clears_the_screen() {
    let mut marks = taken(vec![hop(0, 0, 1, 0.0, 0.1)]);
    assert_eq!(marks.visible().count(), 1);
    assert!(marks.moving());
    marks.take(&frame(5_000.0, Vec::new()), &KINDS, &layout(), 16.0);
    assert_eq!(marks.visible().count(), 0);
    assert!(!marks.moving());
    // What has left there already is drawn all the same.
    marks.take(&frame(4_000.0, vec![hop(0, 0, 1, 0.0, 0.1)]), &KINDS, &layout(), 16.0);
    assert_eq!(marks.visible().count(), 1);
}

#[test]
fn marks_end() {
    let mut marks = taken(vec![hop(0, 0, 1, 0.0, 0.1)]);
    marks.advance(120.0);
    assert!(marks.visible().all(|(_, gone)| (0.4..0.6).contains(&gone)));
    marks.advance(200.0);
    assert_eq!(marks.visible().count(), 0);
}

#[test]
fn a_click_finds_the_nearest_mark() {
    let marks = taken(vec![hop(0, 0, 1, 0.0, 0.1), hop(64, 0, 1, 0.0, 900.0)]);
    let place = |mark: &Mark, _: f64| Point::new(if mark.root == 0 { 10.0 } else { 20.0 }, 0.0);
    assert_eq!(marks.hit(Point::new(17.0, 0.0), 8.0, place), Some(64));
    assert_eq!(marks.hit(Point::new(60.0, 0.0), 8.0, place), None);
}

#[test]
fn hops_between_strangers_are_left_out() {
    assert_eq!(taken(vec![hop(0, 0, 3, 0.0, 0.1), hop(0, 0, u32::MAX, 0.0, 0.1)]).marks.len(), 0);
}

#[test]
fn a_followed_request_is_drawn_whatever_the_sample_and_hardly_stretched() {
    let mut marks = Marks::default();
    let sampled =
        |time: f64, root: u64| Frame { sampling: 6, ..frame(time, vec![hop(root, 0, 1, 0.0, 0.5)]) };
    marks.follow(Some(3));
    marks.take(&sampled(16_000.0, 3), &KINDS, &layout(), 16.0);
    assert_eq!(
        marks.marks.iter().map(|mark| mark.ends - mark.starts).collect::<Vec<_>>(),
        [SHORTEST_FOLLOWED]
    );
    // What is neither followed nor sampled is not drawn, and goes when it is no longer followed.
    marks.take(&sampled(32_000.0, 5), &KINDS, &layout(), 16.0);
    assert_eq!(marks.marks.iter().map(|mark| mark.root).collect::<Vec<_>>(), [3]);
    marks.follow(None);
    marks.take(&sampled(48_000.0, 5), &KINDS, &layout(), 16.0);
    assert_eq!(marks.marks, []);
}

#[test]
fn flows_are_counted_in_simulated_time_whatever_the_speed() {
    for speed in [1.0, 100.0] {
        let mut marks = Marks::default();
        for tick in 0..120_u32 {
            // Ten calls of one in four requests, and four answers of which one failed.
            let answers = (0..4).map(|each| reply(4 * each, 1, 0, 0, if each == 0 { 1 } else { 0 }));
            let hops = (0..10).map(|each| hop(4 * each, 0, 1, 0.0, 0.1)).chain(answers).collect();
            let time = f64::from(tick + 1) * 16_000.0 * speed;
            marks.take(&Frame { sampling: 2, speed, ..frame(time, hops) }, &KINDS, &layout(), 16.0);
        }
        let flow = marks.flows()[0];
        let rate = 40.0 / (0.016 * speed);
        assert!((flow.rate / rate - 1.0).abs() < 0.01, "{} of {rate} at {speed}", flow.rate);
        assert!((flow.failing - 0.25).abs() < 0.01, "{}", flow.failing);
        assert_eq!((marks.counted(), marks.banded()), (2, speed > 60.0));
        assert_eq!(marks.visible().count() == 0, marks.banded(), "marks or bands");
    }
}
