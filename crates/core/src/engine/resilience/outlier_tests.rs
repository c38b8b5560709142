//! Envoy's figures, and a twin that keeps every result.

use super::Share;
use super::outlier::*;
use crate::engine::{Nanos, Time};
use proptest::prelude::*;
use std::collections::BTreeMap;

const SECOND: Nanos = 1_000_000_000;

fn detector(hosts: u32, settings: OutlierSettings) -> OutlierDetector {
    let mut detector = OutlierDetector::new(0, settings);
    detector.follow(0..hosts);
    detector
}

/// Fails so often in a row.
fn fail(detector: &mut OutlierDetector, now: Time, host: u32, times: u32) -> Vec<OutlierChange> {
    (0..times).filter_map(|_| detector.on_result(now, host, false)).collect()
}

fn sweep(detector: &mut OutlierDetector, now: Time) -> Vec<OutlierChange> {
    assert_eq!(detector.next_sweep(), now);
    let mut out = Vec::new();
    detector.sweep(now, &mut out);
    detector.validate().unwrap();
    out
}

/// 30 s times the ejections, at most 300 s: ejected again as soon as it is back.
#[test]
fn ejections_last_longer_and_longer() {
    let mut detector = detector(10, OutlierSettings::default());
    let mut now = 0;
    for expected in [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300] {
        assert_eq!(fail(&mut detector, now, 3, 4), []);
        assert_eq!(detector.on_result(now, 3, false), Some(OutlierChange::EjectedForFailures(3)));
        let since = now;
        while detector.is_ejected(3) {
            now += 10 * SECOND;
            let changes = sweep(&mut detector, now);
            assert_eq!(changes.is_empty(), detector.is_ejected(3));
        }
        assert_eq!((now - since) / SECOND, expected);
    }
    // Twelve ejections are eleven base times; each quiet interval takes one off.
    for _ in 0..9 {
        now += 10 * SECOND;
        sweep(&mut detector, now);
    }
    fail(&mut detector, now, 3, 5);
    let since = now;
    while detector.is_ejected(3) {
        now += 10 * SECOND;
        sweep(&mut detector, now);
    }
    assert_eq!((now - since) / SECOND, 90, "eleven less nine, and one more");
}

#[test]
fn at_most_a_tenth_but_at_least_one() {
    // Hosts, per cent, whether one in any case, and how many of all can be out.
    for (hosts, percent, one, most) in [
        (10, 10, true, 1),
        (19, 10, true, 1),
        (20, 10, true, 2),
        (5, 10, true, 1),
        (5, 10, false, 0),
        (1, 10, true, 1),
        (4, 50, false, 2),
        (3, 100, false, 3),
        (3, 0, true, 1),
        (3, 0, false, 0),
    ] {
        let mut detector = detector(
            hosts,
            OutlierSettings {
                max_ejection_percent: Share::percent(percent),
                always_eject_one_host: one,
                ..OutlierSettings::default()
            },
        );
        let changes: Vec<_> = (0..hosts).flat_map(|host| fail(&mut detector, 0, host, 5)).collect();
        let expected: Vec<_> = (0..most).map(OutlierChange::EjectedForFailures).collect();
        assert_eq!((changes, detector.ejected()), (expected, most), "{hosts} hosts, {percent} %");
        detector.validate().unwrap();
    }
}

/// `successRateEjectionThreshold`'s example: 50, 100, 100, 100, 100 give a threshold of 52.
#[test]
fn success_rates_of_the_source() {
    // Successes of each host, requests of each, and who is out. The threshold is the mean less 1.9 deviations.
    for (successes, requests, expected) in [
        (vec![50, 100, 100, 100, 100], 100, vec![0]),
        (vec![100, 100, 100, 100, 50], 100, vec![4]),
        // Too few requests, too few hosts, all alike.
        (vec![49, 99, 99, 99, 99], 99, vec![]),
        (vec![50, 100, 100, 100], 100, vec![]),
        (vec![50, 50, 50, 50, 50], 100, vec![]),
        // Two of five: 70 less 1.9 times 24.5 is 23.5.
        (vec![50, 100, 50, 100, 50], 100, vec![]),
        // 92 less 1.9 times 4 is 84.4; 92 - 8 = 84 is below.
        (vec![84, 94, 94, 94, 94], 100, vec![0]),
    ] {
        let mut detector = detector(
            successes.len() as u32,
            OutlierSettings { consecutive_failures: 0, ..OutlierSettings::default() },
        );
        for (host, successes) in (0..).zip(&successes) {
            (0..requests).for_each(|request| _ = detector.on_result(0, host, request < *successes));
        }
        let expected: Vec<_> = expected.into_iter().map(OutlierChange::EjectedForSuccessRate).collect();
        assert_eq!(sweep(&mut detector, 10 * SECOND), expected, "{successes:?}");
        assert_eq!(sweep(&mut detector, 20 * SECOND), [], "what is past is past");
    }
}

#[test]
fn hosts_that_stay_are_remembered() {
    let mut detector = detector(4, OutlierSettings::default());
    fail(&mut detector, 0, 2, 5);
    fail(&mut detector, 0, 3, 4);
    detector.follow([9, 3, 2]);
    assert!(detector.is_ejected(2) && detector.ejected() == 1);
    assert_eq!(detector.on_result(0, 1, false), None, "has left");
    // One more failure of 3 is the fifth; it is not ejected since 2 is out, and counts afresh.
    assert_eq!(fail(&mut detector, 0, 3, 1), []);
    detector.follow([3, 9]);
    assert_eq!((detector.ejected(), detector.is_ejected(2)), (0, false));
    assert_eq!(fail(&mut detector, 0, 3, 4), []);
    assert_eq!(fail(&mut detector, 0, 3, 1), [OutlierChange::EjectedForFailures(3)]);
    detector.reconfigure(0, OutlierSettings { interval: SECOND, ..OutlierSettings::default() });
    detector.reconfigure(0, OutlierSettings { base_ejection_time: SECOND, ..OutlierSettings::default() });
    assert_eq!(sweep(&mut detector, SECOND), [OutlierChange::Returned(3)]);
    detector.validate().unwrap();
}

/// What a twin keeps of a host: everything.
#[derive(Default)]
struct Record {
    results: Vec<(u32, bool)>,
    row_from: usize,
    out_since: Option<Time>,
    back: Option<Time>,
    times: u64,
}

proptest! {
    #[test]
    fn twin(
        hosts in 1..8u32,
        steps in prop::collection::vec((0..8u32, 0..12u32, 0..25u8), 1..250),
        percent in prop::sample::select(vec![0, 10, 34, 60, 100]),
        one: bool,
    ) {
        let settings = OutlierSettings {
            consecutive_failures: 3,
            max_ejection_percent: Share::percent(percent),
            always_eject_one_host: one,
            success_rate_minimum_hosts: 3,
            success_rate_request_volume: 4,
            success_rate_stdev_factor: Some(Share::percent(100)),
            max_ejection_time: 70 * SECOND,
            ..OutlierSettings::default()
        };
        let mut detector = detector(hosts, settings);
        let mut twin: BTreeMap<u32, Record> = (0..hosts).map(|host| (host, Record::default())).collect();
        let (mut now, mut round) = (0, 0);
        let may = |twin: &BTreeMap<u32, Record>| {
            let out = twin.values().filter(|record| record.out_since.is_some()).count() as f64;
            100.0 * (out + 1.0) / f64::from(hosts) <= f64::from(percent) || one && out == 0.0
        };
        let eject = |record: &mut Record, now| {
            record.out_since = Some(now);
            if record.times * 30 < 70 + 30 {
                record.times += 1;
            }
        };
        for (host, results, well) in steps {
            if well == 24 || results == 0 {
                now += 10 * SECOND;
                let mut expected = Vec::new();
                for (host, record) in &mut twin {
                    let over = |since| now - since >= (record.times * 30).min(70) * SECOND;
                    if record.out_since.is_some_and(over) {
                        (record.out_since, record.back) = (None, Some(now));
                        record.row_from = record.results.len();
                        expected.push(OutlierChange::Returned(*host));
                    }
                }
                let rate = |record: &Record| {
                    let late = record.results.iter().filter(|(at, _)| *at == round);
                    let (all, good) = (late.clone().count(), late.filter(|(_, well)| *well).count());
                    (all >= 4 && record.out_since.is_none()).then(|| good as f64 * 100.0 / all as f64)
                };
                let rates: Vec<(u32, f64)> =
                    twin.iter().filter_map(|(host, record)| Some((*host, rate(record)?))).collect();
                if rates.len() >= 3 {
                    let n = rates.len() as f64;
                    let mean = rates.iter().map(|(_, rate)| rate).sum::<f64>() / n;
                    let deviation = (rates.iter().map(|(_, rate)| (rate - mean) * (rate - mean)).sum::<f64>() / n).sqrt();
                    for (host, _) in rates.iter().filter(|(_, rate)| *rate < mean - deviation) {
                        if may(&twin) {
                            eject(twin.get_mut(host).unwrap(), now);
                            expected.push(OutlierChange::EjectedForSuccessRate(*host));
                        }
                    }
                }
                for record in twin.values_mut() {
                    if record.out_since.is_none() && record.back.is_some_and(|back| now - back >= 10 * SECOND) {
                        record.times = record.times.saturating_sub(1);
                    }
                }
                round += 1;
                prop_assert_eq!(sweep(&mut detector, now), expected);
                continue;
            }
            for _ in 0..results {
                let well = well % 3 > 0;
                let mut expected = None;
                if let Some(record) = twin.get_mut(&host) {
                    record.results.push((round, well));
                    let row = record.results[record.row_from..].iter().rev().take_while(|(_, well)| !well);
                    if !well && row.count() == 3 && record.out_since.is_none() {
                        record.row_from = record.results.len();
                        if may(&twin) {
                            eject(twin.get_mut(&host).unwrap(), now);
                            expected = Some(OutlierChange::EjectedForFailures(host));
                        }
                    }
                }
                prop_assert_eq!(detector.on_result(now, host, well), expected);
            }
            for (host, record) in &twin {
                prop_assert_eq!(detector.is_ejected(*host), record.out_since.is_some());
            }
        }
    }
}
