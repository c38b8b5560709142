//! Copies that have ended and are given out all the same: in their grace, and when loading them anew fails; purges that
//! only end what they name. A run against a plain model of one key, and a table.
//!
//! References: RFC 5861 (stale-while-revalidate, stale-if-error: served while staleness is at most the time given), RFC 9111
//! section 4.2 (a copy is fresh while its lifetime is greater than its age); Fastly and Varnish (`xkey.softpurge`): a soft
//! purge marks as stale, so that both still apply.

#![allow(clippy::unwrap_used, reason = "helpers of tests, where a panic is the verdict")]

use headroom_core::metrics::{NodeReport, Report};
use headroom_core::scenario::{Scenario, Value};
use headroom_tests::runs::{golden, report};
use proptest::prelude::*;

/// One key, read ten times a second; all times of the tests are in milliseconds.
const ONE_KEY: &str = r#"
    title = "One key"
    duration = "20s"
    [nodes.clients]
    kind = "clients"
    to = "cache"
    arrivals = { process = "constant", rate = 10 }
    [nodes.cache]
    kind = "cache"
    capacity = 10
    tags = 1
    to = "db"
    timeout = "10ms"
    [nodes.db]
    kind = "database"
    service_time = { distribution = "fixed", value = "0s" }
"#;

const INTERVAL: u64 = 100;
const TIMEOUT: u64 = 10;

/// What happens between two reads.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// The database is gone, and asking it fails at once.
    Dies,
    Starts,
    /// The database cannot be reached for so long, and asking it takes the time-out.
    CutOff(u64),
    Purge {
        soft: bool,
    },
}

#[derive(Clone, Debug)]
struct Case {
    ttl: Option<u64>,
    grace: Option<u64>,
    stale_if_error: Option<u64>,
    /// With the number of the read before them.
    events: Vec<(u64, Event)>,
}

/// What the run comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    hits: u64,
    misses: u64,
    stale_on_error: u64,
    failed: u64,
}

/// The plain model: reads one after the other, each of them over before the next.
fn model(case: &Case, reads: u64) -> Counts {
    let mut counts = Counts::default();
    let (mut dead, mut cut_until) = (false, 0);
    let mut copy_ends: Option<u64> = None;
    let never = u64::MAX;
    for read in 1..=reads {
        for (_, event) in case.events.iter().filter(|(before, _)| before + 1 == read) {
            let at = (read - 1) * INTERVAL + INTERVAL / 2;
            match event {
                Event::Dies => dead = true,
                Event::Starts => dead = false,
                Event::CutOff(lasting) => cut_until = at + lasting,
                Event::Purge { soft: true } => copy_ends = copy_ends.map(|ends| ends.min(at)),
                Event::Purge { soft: false } => copy_ends = None,
            }
        }
        let now = read * INTERVAL;
        let is_cut = now < cut_until;
        // When the answer of the database comes, or that there is none. Of one that is known to be gone nothing is asked.
        let answered = if is_cut && !dead { now + TIMEOUT } else { now };
        let reloaded = if is_cut || dead { None } else { Some(case.ttl.map_or(never, |ttl| now + ttl)) };
        match copy_ends {
            Some(ends) if now < ends => counts.hits += 1,
            Some(ends) if case.grace.is_some_and(|grace| now - ends < grace) => {
                counts.hits += 1;
                copy_ends = reloaded.or(copy_ends);
            }
            _ if reloaded.is_some() => {
                counts.misses += 1;
                copy_ends = reloaded;
            }
            Some(ends) if case.stale_if_error.is_some_and(|longest| answered - ends <= longest) => {
                counts.misses += 1;
                counts.stale_on_error += 1;
            }
            _ => {
                counts.misses += 1;
                counts.failed += 1;
            }
        }
    }
    counts
}

fn millis(time: u64) -> Value {
    format!("{time}ms").as_str().into()
}

fn action(at: u64, fields: &[(&str, Value)]) -> Value {
    let at = ("at", millis(at));
    let fields = fields.iter().chain(std::iter::once(&at));
    Value::Table(fields.map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

fn settings(case: &Case) -> Vec<(&'static str, Value)> {
    let actions = case.events.iter().map(|(before, event)| {
        let fields: Vec<(&str, Value)> = match event {
            Event::Dies => vec![("do", "kill".into()), ("node", "db".into())],
            Event::Starts => vec![("do", "start".into()), ("node", "db".into())],
            Event::CutOff(lasting) => vec![
                ("do", "partition".into()),
                ("between", Value::List(vec!["cache".into(), "db".into()])),
                ("for", millis(*lasting)),
            ],
            Event::Purge { soft } => vec![
                ("do", "purge".into()),
                ("node", "cache".into()),
                ("tag", 0.into()),
                ("soft", (*soft).into()),
            ],
        };
        action(before * INTERVAL + INTERVAL / 2, &fields)
    });
    let mut settings = vec![("actions", Value::List(actions.collect()))];
    let times = [
        ("nodes.cache.ttl", case.ttl),
        ("nodes.cache.grace", case.grace),
        ("nodes.cache.stale_if_error", case.stale_if_error),
    ];
    settings.extend(times.into_iter().filter_map(|(path, time)| Some((path, millis(time?)))));
    settings
}

fn cache(report: &Report) -> &NodeReport {
    &report.nodes["cache"]
}

fn run(case: &Case) -> (Counts, u64) {
    let report = report(ONE_KEY, &settings(case));
    let of = cache(&report);
    let counts = Counts {
        hits: of.hits.unwrap(),
        misses: of.misses.unwrap(),
        stale_on_error: of.stale_on_error.unwrap_or(0),
        failed: report.requests.failed,
    };
    assert_eq!(of.stale_on_error.is_some(), case.stale_if_error.is_some());
    assert_eq!(report.requests.open, 0);
    (counts, report.requests.sent)
}

/// A lifetime of 600 and stale-if-error of 1,200 as RFC 5861's example, in milliseconds: of a copy that was loaded at 100,
/// the reads at 700 (lifetime not greater than age: stale) to 1,900 (stale for 1,200) are served while the store fails.
#[test]
fn a_copy_is_served_on_error_for_so_long() {
    let base =
        Case { ttl: Some(600), grace: None, stale_if_error: Some(1_200), events: vec![(2, Event::Dies)] };
    let counts = |case: &Case| {
        let (counts, reads) = run(case);
        assert_eq!((counts, reads), (model(case, reads), reads), "{case:?}");
        (counts.hits, counts.stale_on_error, reads - counts.failed)
    };
    assert_eq!(counts(&base), (5, 13, 19));
    // A time-out tells of the failure 10 ms later, when the copy of the last of these is too old.
    let cut = Case { events: vec![(2, Event::CutOff(60_000))], ..base.clone() };
    assert_eq!(counts(&cut), (5, 12, 18));
    // Of the 1,200 a grace takes the first 500: those are hits.
    assert_eq!(counts(&Case { grace: Some(500), ..base.clone() }), (10, 8, 19));
    assert_eq!(counts(&Case { stale_if_error: None, ..base.clone() }), (5, 0, 6));
    // A soft purge ends the copy at 350, a hard one removes it.
    let purged = |soft| Case { events: vec![(2, Event::Dies), (3, Event::Purge { soft })], ..base.clone() };
    assert_eq!(counts(&purged(true)), (2, 12, 15));
    assert_eq!(counts(&purged(false)), (2, 0, 3));
    // One of what never ends ends it too.
    let endless = Case { ttl: None, ..purged(true) };
    assert_eq!(counts(&endless), (2, 12, 15));
}

fn event() -> impl Strategy<Value = (u64, Event)> {
    let event = prop_oneof![
        Just(Event::Dies),
        Just(Event::Starts),
        (1..60_u64).prop_map(|steps| Event::CutOff(steps * INTERVAL)),
        any::<bool>().prop_map(|soft| Event::Purge { soft }),
    ];
    (1..199_u64, event)
}

fn case() -> impl Strategy<Value = Case> {
    let time = || proptest::option::weighted(0.7, (1..30_u64).prop_map(|steps| steps * INTERVAL / 2));
    let events = proptest::collection::btree_map(1..199_u64, event(), 0..8);
    (time(), time(), time(), events).prop_map(|(ttl, grace, stale_if_error, events)| Case {
        ttl,
        grace,
        stale_if_error,
        events: alternating(events.into_iter().map(|(before, (_, event))| (before, event))),
    })
}

/// What is dead does not die, what lives does not start again, and links are cut one time after the other.
fn alternating(events: impl Iterator<Item = (u64, Event)>) -> Vec<(u64, Event)> {
    let (mut dead, mut cut_until) = (false, 0);
    let fits = |&(before, event): &(u64, Event)| match event {
        Event::Dies => !std::mem::replace(&mut dead, true),
        Event::Starts => std::mem::replace(&mut dead, false),
        Event::CutOff(lasting) => {
            let at = before * INTERVAL;
            let is_new = at >= cut_until;
            cut_until = cut_until.max(at + lasting);
            is_new
        }
        Event::Purge { .. } => true,
    };
    events.filter(fits).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_run_is_as_the_plain_model_says(case in case()) {
        let (counts, reads) = run(&case);
        prop_assert_eq!(counts, model(&case, reads));
    }
}

#[test]
fn all_who_wait_for_a_load_that_fails_get_the_copy() {
    let base = Case {
        ttl: Some(1_000),
        grace: None,
        stale_if_error: Some(60_000),
        events: vec![(20, Event::CutOff(60_000))],
    };
    let waiting = [("nodes.cache.on_miss", "wait".into()), ("nodes.cache.timeout", "450ms".into())];
    let report = report(ONE_KEY, &[settings(&base), waiting.to_vec()].concat());
    let of = cache(&report);
    // Loaded at 0.1 and 1.1 s. From 2.1 s on a load lasts 450 ms in vain, and four others wait for it.
    assert_eq!((report.requests.failed, of.coalesced), (0, Some(0)));
    let asked = report.nodes["db"].calls.unwrap();
    let answered = of.stale_on_error.unwrap();
    println!("{answered} answers of {asked} calls");
    assert!(answered > 150);
    assert_eq!(answered, 5 * (asked - 2));
}

#[test]
fn most_requests_survive_an_outage() {
    let run = |changes: &[(&str, Value)]| report(&golden("stale-if-error"), changes);
    let (with, without) = (run(&[]), run(&[("nodes.edge.stale_if_error", "none".into())]));
    let figures = |report: &Report| (report.requests.failed, report.nodes["edge"].stale_on_error);
    println!("with {:?}, without {:?}", figures(&with), figures(&without));
    assert!(with.requests.failed * 3 < without.requests.failed);
    assert!(with.nodes["edge"].stale_on_error.unwrap() > 100);
    assert_eq!(without.nodes["edge"].stale_on_error, None);
}

#[test]
fn a_purge_is_written_as_it_was_unless_it_is_soft() {
    let text = golden("stale-if-error");
    let scenario = Scenario::read(&text).unwrap();
    let purges: Vec<String> = (scenario.actions.iter().map(|action| serde_json::to_string(action).unwrap()))
        .filter(|text| text.contains("purge"))
        .collect();
    assert_eq!(
        purges,
        [
            r#"{"at":"10s","do":"purge","node":"edge","tag":3}"#,
            r#"{"at":"25s","do":"purge","node":"edge","tag":3,"soft":true}"#,
        ]
    );
}
