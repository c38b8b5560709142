//! Two systems beside each other, as the page asks for them.

use super::*;
use crate::protocol::{Comparison, Side};
use headroom_core::scenario::Scenario;
use headroom_core::session::compare::{Cell, Compared, Variant};
use headroom_core::sim::time::Time;

const SHOP: &str = r#"
title = "Shop"
seed = 7
duration = "20s"
warmup = "2s"
[nodes.clients]
kind = "clients"
to = "server"
arrivals = { process = "poisson", rate = 600 }
[nodes.server]
kind = "service"
service_time = { distribution = "exponential", mean = "1ms" }
"#;

const METRICS: [&str; 2] = ["latency_s.mean", "latency_s.p99"];

fn compare(desk: &mut Desk, sides: [Side; 2], seeds: u32) -> Option<Comparison> {
    let metrics = METRICS.map(str::to_owned).into();
    let out = hear(desk, Command::CompareSides { run: 1, sides, seeds, metrics });
    answers(&out).find_map(|answer| match answer {
        Answer::ComparedSides { comparison, .. } => Some((**comparison).clone()),
        _ => None,
    })
}

fn two_cores() -> Side {
    Side { set: vec![("nodes.server.cores".to_owned(), 2.into())], actions: Vec::new() }
}

#[test]
fn figures_are_those_of_whole_runs_with_the_seeds_from_the_runs_own_on() {
    let mut desk = Desk::default();
    hear(&mut desk, load_text(SHOP));
    let found = compare(&mut desk, [Side::default(), two_cores()], 4).expect("a comparison");
    let scenario = Scenario::read(SHOP).unwrap();
    let run = |cores: Option<i64>, seed: u64| {
        let changes = cores.map(|cores| ("nodes.server.cores".to_owned(), cores.into()));
        let variant =
            Variant { name: String::new(), changes: changes.into_iter().collect(), actions: Vec::new() };
        let mut cell = Cell::new(&scenario, &variant, seed, Time::MAX).unwrap();
        while !cell.advance(u64::MAX) {}
        cell.figures(&METRICS.map(str::to_owned))
    };
    for (index, figure) in found.figures.iter().enumerate() {
        let of = |cores| (7..11).map(|seed| run(cores, seed)[index]).collect::<Vec<_>>();
        let whole = Compared::new(&[of(None), of(Some(2))]).unwrap();
        let difference = whole.difference(1, true);
        let found = figure.found.expect("requests enough");
        assert_eq!((found.from, found.to), (whole.mean(0).mean, whole.mean(1).mean), "{}", figure.metric);
        assert_eq!(
            (found.difference, found.within),
            (difference.interval.mean, difference.interval.half_width)
        );
        assert_eq!((found.agree, found.difference < 0.0), (4, true), "{}", figure.metric);
    }
    assert_eq!(found.rows.each_ref().map(Vec::len), [80, 80], "both charts, four rows a second");
    assert_ne!(found.rows[0], found.rows[1]);
}

#[test]
fn the_run_stays_where_it_is_and_a_comparison_can_be_given_up() {
    let mut desk = Desk::default();
    hear(&mut desk, load_text(SHOP));
    hear(&mut desk, Command::RunFor { run: 1, until_us: 5e6 });
    compare(&mut desk, [Side::default(), two_cores()], 2);
    let out = hear(&mut desk, Command::Tick { run: 1, wall_ms: 0.0, speed: 1.0 });
    assert_eq!(frame(&out).time, 5e6);

    let mut out = Vec::new();
    let [from, to] = [Side::default(), two_cores()];
    let metrics = METRICS.map(str::to_owned).into();
    desk.hear(Command::CompareSides { run: 1, sides: [from, to], seeds: 10, metrics }, &mut out, &mut || {
        true
    });
    desk.work(&mut out, &mut || true);
    assert!(desk.is_busy());
    desk.hear(Command::Cancel { run: 1 }, &mut out, &mut || true);
    assert!(!desk.is_busy() && !answers(&out).any(|answer| matches!(answer, Answer::ComparedSides { .. })));
}

#[test]
fn what_cannot_be_is_said_before_anything_is_run() {
    let mut desk = Desk::default();
    hear(&mut desk, load_text(SHOP));
    let bad = Side { set: vec![("nodes.server.cores".to_owned(), 0.into())], actions: Vec::new() };
    let metrics = METRICS.map(str::to_owned).into();
    let out =
        hear(&mut desk, Command::CompareSides { run: 1, sides: [Side::default(), bad], seeds: 2, metrics });
    assert!(matches!(answers(&out).next(), Some(Answer::Problems { problems, .. }) if problems.len() == 1));
}
