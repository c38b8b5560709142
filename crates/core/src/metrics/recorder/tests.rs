//! The recorder beside adding everything up by hand.

use super::*;
use crate::metrics::notable::REMEMBERED;
use crate::metrics::part::PartFigures;
use crate::metrics::series::WIDTH;
use crate::sim::record::{Lookup, Operation, Outcome};
use proptest::prelude::*;

fn request(root: u64, started: Time, ended: Time, outcome: Outcome) -> Record {
    Record::Call(CallSpan {
        path: root,
        root,
        parent: 0,
        from: (root % 2) as InstanceIndex,
        to: 0,
        node: 1,
        started,
        sent: started,
        ended,
        outcome,
        operation: Operation::Read,
        // Every third has no path.
        endpoint: (root % 3) as u8,
        lookup: Lookup::None,
        attempt: 0,
        key: 0,
    })
}

fn visit(arrived: Time, started: Time, ended: Time) -> Record {
    Record::Visit(VisitSpan {
        path: 1,
        root: 1,
        instance: 1,
        arrived,
        started,
        ended,
        worked: ended - started,
        outcome: Outcome::Ok,
        operation: Operation::Read,
        lookup: Lookup::Hit,
        wasted: false,
    })
}

/// Gives the records, in the order they ended, to a recorder in batches of `batch`, up to `until`.
fn record(records: &[Record], batch: usize, until: Time) -> Recorder {
    let ended = |record: &Record| match record {
        Record::Call(span) => span.ended,
        Record::Visit(span) => span.ended,
        _ => 0,
    };
    let mut recorder = Recorder::new(2, 2, 0..2);
    let mut rest = records;
    while recorder.window_end() <= until {
        let here = rest.partition_point(|record| ended(record) <= recorder.window_end());
        for part in rest[..here].chunks(batch) {
            recorder.observe(part, |instance| u16::try_from(instance).ok());
        }
        rest = &rest[here..];
        let now = recorder.window_end();
        recorder.close_window(
            [
                Reading { node: 0, sent: 3, ..Reading::default() },
                Reading {
                    node: 1,
                    ready: true,
                    cores: 2,
                    busy_time: now / 2,
                    ready_time: now,
                    queue: 4,
                    ..Reading::default()
                },
            ]
            .into_iter(),
        );
    }
    recorder.observe(rest, |instance| u16::try_from(instance).ok());
    recorder
}

#[test]
fn requests_count_where_they_were_sent_and_where_they_ended() {
    let late = request(2, 10, 9 * WIDTH + 5, Outcome::TimedOut);
    let records = [
        request(1, 5, 105, Outcome::Ok),
        visit(10, 20, 50),
        request(3, WIDTH + 1, 2 * WIDTH + 1, Outcome::Ok),
        late,
    ];
    let recorder = record(&records, 1, 12 * WIDTH);
    let first = recorder.figures(0, 1, 12 * WIDTH);
    assert_eq!((first.requests_ended(), first.requests_ok(), first.ended), (2, 1, 1));
    assert_eq!((first.failed.max, first.ok.sum), (9 * WIDTH - 5, 100));
    assert_eq!((first.from, first.to), (0, WIDTH));
    let whole = recorder.figures(0, 12 * WIDTH, 12 * WIDTH);
    assert_eq!((whole.requests_ended(), whole.completed, whole.ended), (3, 2, 3));
    let node = &whole.nodes[1];
    assert_eq!((node.visits, node.wait, node.worked, node.hits), (1, 10, 30, 1));
    assert_eq!((node.utilisation(), node.mean_queue()), (Some(0.25), Some(4.0)));
    let open: Vec<u32> = recorder.series().iter_from(0).map(|window| window.open).collect();
    assert_eq!(open, [2, 2, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
    let roots: Vec<u64> = recorder.notable().map(|request| request.root).collect();
    assert_eq!(roots, [1, 3, 2]);
}

/// Three instances of one node, ready for two windows, one window and never: busy a half, all of it, not at all.
#[test]
fn how_far_instances_of_a_node_are_apart() {
    let mut recorder = Recorder::new(1, 0, std::iter::empty());
    let reading = |ready_time: Nanos, busy_time: Nanos, queue: u32, arrived: u64| Reading {
        arrived,
        ready: ready_time > 0,
        cores: 1,
        ready_time,
        busy_time,
        queue,
        ..Reading::default()
    };
    recorder.close_window([reading(WIDTH, WIDTH / 4, 3, 10), reading(0, 0, 0, 0)].into_iter());
    let last = [reading(2 * WIDTH, WIDTH, 1, 40), reading(WIDTH, WIDTH, 9, 20), reading(0, 0, 0, 0)];
    recorder.close_window(last.into_iter());
    let figures = recorder.figures(0, 2 * WIDTH, 2 * WIDTH);
    assert_eq!(figures.utilisation_range(0), Some((0.5, 1.0)));
    assert_eq!(figures.utilisation_range(1), None);
    // Of 60 visits to one and a half instances, 40 to the one.
    assert_eq!((figures.busiest_share(0), figures.busiest_share(1)), (Some(1.0), None));
    let second = recorder.figures(WIDTH, 2 * WIDTH, 2 * WIDTH);
    assert_eq!(second.busiest_share(0), Some(30.0 / 25.0), "30 and 20 in the second window");
    let node = &figures.nodes[0];
    assert_eq!((node.longest_queue, node.shortest_queue, node.queue), (3 + 9, 3 + 1, 3 + 10));
    let first = recorder.figures(0, WIDTH, 2 * WIDTH);
    assert_eq!(first.utilisation_range(0), None, "one instance had any time");
    let mut wide = recorder.series().get(0).unwrap().clone();
    wide.merge(recorder.series().get(1).unwrap());
    assert_eq!((wide.instances.len(), wide.instances[0].busy, wide.instances[1].busy), (3, WIDTH, WIDTH));
}

#[test]
fn the_slowest_and_the_first_failed_are_remembered() {
    let mut records: Vec<Record> = (1..=100u64)
        .map(|i| {
            request(i, 1000, 1000 + (i * 37) % 101, if i % 2 == 0 { Outcome::Ok } else { Outcome::Refused })
        })
        .collect();
    records.sort_by_key(|record| if let Record::Call(span) = record { span.ended } else { 0 });
    let recorder = record(&records, 7, WIDTH);
    let latencies: Vec<u64> = recorder.notable().map(|request| request.ended - request.started).collect();
    assert!((81..=100).all(|latency| latencies.contains(&latency)), "{latencies:?}");
    assert!(latencies.len() <= 2 * REMEMBERED);
    let failed = recorder.notable().filter(|request| request.outcome == Outcome::Refused).count();
    assert!(failed >= REMEMBERED);
}

#[test]
fn a_very_long_run_stays_small_and_exact() {
    let mut recorder = Recorder::new(2, 0, std::iter::empty());
    let mut sent = Vec::new();
    for i in 0..40_000u64 {
        let start = recorder.window_start();
        recorder.observe(&[request(i + 1, start, start + 7, Outcome::Ok)], |_| None);
        // And one that was sent in the window before.
        let before = start.checked_sub(3);
        let carried = before.map(|sent| request(i + 1, sent, start + 7, Outcome::Ok));
        recorder.observe(carried.as_slice(), |_| None);
        sent.extend(before.into_iter().chain([start]));
        recorder.close_window(std::iter::empty());
    }
    let now = recorder.window_start();
    let figures = recorder.figures(0, now, now);
    assert_eq!((figures.requests_ok(), figures.ok.sum), (79_999, 280_000 + 39_999 * 10));
    // Windows have become wider. What the last one of a stretch sent ended in the one behind it, and counts.
    let half = recorder.series().start(recorder.series().len() / 2);
    let before = sent.iter().filter(|sent| **sent < half).count() as u64;
    assert_eq!(recorder.figures(0, half, now).requests_ok(), before);
    assert_eq!(recorder.figures(half, now, now).requests_ok(), 79_999 - before);
    assert!(recorder.series().len() <= 16_384 && recorder.bytes() < 16 << 20, "{}", recorder.bytes());
}

proptest! {
    /// The same figures as adding everything up by hand, however the records are cut, and from a clone that went
    /// on by itself.
    #[test]
    fn agrees_with_adding_up(
        sizes in prop::collection::vec((0..20 * WIDTH, 0..6 * WIDTH, any::<bool>()), 0..200),
        batch in 1usize..50,
        from in 0u64..8,
        to in 8u64..24,
    ) {
        let mut spans: Vec<(Time, Time, Outcome)> = sizes
            .iter()
            .map(|&(start, length, ok)| (start, start + length, if ok { Outcome::Ok } else { Outcome::Error }))
            .collect();
        spans.sort_by_key(|span| (span.1, span.0));
        let records: Vec<Record> =
            spans.iter().enumerate().map(|(i, span)| request(i as u64 + 1, span.0, span.1, span.2)).collect();
        let recorder = record(&records, batch, 26 * WIDTH);
        let figures = recorder.figures(from * WIDTH, to * WIDTH, 26 * WIDTH);
        let sent = |span: &&(Time, Time, Outcome)| (from * WIDTH..to * WIDTH).contains(&span.0);
        let ok = |span: &&(Time, Time, Outcome)| span.2 == Outcome::Ok;
        prop_assert_eq!(figures.requests_ended(), spans.iter().filter(sent).count() as u64);
        prop_assert_eq!(figures.requests_ok(), spans.iter().filter(sent).filter(ok).count() as u64);
        prop_assert_eq!(figures.ok.counts.total(), figures.requests_ok());
        let sum: u128 = spans.iter().filter(sent).map(|span| u128::from(span.1 - span.0)).sum();
        prop_assert_eq!(figures.ok.sum + figures.failed.sum, sum);
        for (place, path) in figures.paths.iter().enumerate() {
            let of_path = |(i, _): &(usize, &(Time, Time, Outcome))| (i + 1) % 3 == place + 1;
            let of: Vec<_> = spans.iter().enumerate().filter(of_path).map(|(_, span)| span).filter(sent).collect();
            let well = of.iter().filter(|span| span.2 == Outcome::Ok).count() as u64;
            prop_assert_eq!((path.requests_ended(), path.requests_ok()), (of.len() as u64, well));
            let latency: u128 = of.iter().map(|span| u128::from(span.1 - span.0)).sum();
            prop_assert_eq!(path.ok.sum + path.failed.sum, latency);
            prop_assert_eq!(path.ok.counts.total() + path.failed.counts.total(), of.len() as u64);
        }
        for (node, part) in &figures.origins {
            let latencies = part.ok.with(&part.failed);
            let mine = spans.iter().zip(1..).filter(|(span, root)| sent(span) && root % 2 == u64::from(*node));
            let mine: Vec<u64> = mine.map(|(span, _)| span.1 - span.0).collect();
            prop_assert_eq!(latencies.counts.total(), mine.len() as u64);
            prop_assert_eq!(latencies.sum, mine.iter().map(|latency| u128::from(*latency)).sum());
            prop_assert_eq!(latencies.max, mine.iter().copied().max().unwrap_or(0));
        }
        let everything = recorder.figures(0, u64::MAX, 26 * WIDTH);
        let of_origins: u64 = everything.origins.iter().map(|(_, part)| part.requests_ended()).sum();
        prop_assert_eq!(of_origins, spans.len() as u64);
        let mut of_paths = vec![0; recorder.paths()];
        for window in recorder.series().iter_from(0) {
            let (paths, origins) = window.parts_ended.split_at(recorder.paths());
            let of_origins: u64 = origins.iter().map(Tally::ended).sum();
            prop_assert_eq!(of_origins, window.ended().map(Tally::ended).iter().sum::<u64>());
            of_paths.iter_mut().zip(paths).for_each(|(sum, path)| *sum += path.ended());
        }
        let asked = everything.paths.iter().map(PartFigures::requests_ended).collect::<Vec<_>>();
        prop_assert_eq!(of_paths, asked);
        prop_assert_eq!(everything.requests_ended(), spans.len() as u64);
        prop_assert_eq!(everything.ended, spans.len() as u64);
    }
}
