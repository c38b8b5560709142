//! What the patterns of caching cost and save, against theory and by counting.
//!
//! References: duplicate loads of an expiry without protection 1 + rate x load time, with XFetch e^(1/beta) (Vattani,
//! Chierichetti, Lowenstein, VLDB 2015, and own simulation); loads of one key with a time to live rate / (1 + rate x
//! ttl); jitter spreads fills of one moment over 2 x jitter x ttl.

use headroom_core::metrics::{NodeReport, Report};
use headroom_core::scenario::Value;
use headroom_core::sim::time::SECOND;
use headroom_tests::batches::Batches;
use headroom_tests::runs::{golden, report, session};

fn cache(report: &Report) -> &NodeReport {
    &report.nodes["cache"]
}

/// One key, 10 requests a second, 3 s to load it: the example of Vattani et al.
const ONE_KEY: &str = r#"
    title = "One key"
    duration = "20000s"
    [nodes.clients]
    kind = "clients"
    to = "app"
    arrivals = { process = "poisson", rate = 10 }
    [nodes.app]
    kind = "service"
    workers = 10000
    service_time = { distribution = "fixed", value = "0s" }
    cache = { node = "cache" }
    to = "db"
    [nodes.cache]
    kind = "cache"
    capacity = 10
    ttl = "30s"
    [nodes.db]
    kind = "database"
    max_connections = 10000
    service_time = { distribution = "fixed", value = "3s" }
"#;

/// Loads for each value, in 39 batches of the run.
fn loads_per_value(changes: &[(&str, Value)]) -> (Batches, Report) {
    let mut session = session(ONE_KEY, changes);
    session.advance(session.duration(), u64::MAX);
    let batch = 500 * SECOND;
    let of = |from: u64| {
        cache(&session.report_between(from, from + batch)).loads_per_value.expect("values were loaded")
    };
    // The first value of all is nobody's to give out meanwhile.
    (Batches::new((1..40).map(|number| of(number * batch)).collect()), session.report())
}

fn assert_near(batches: &Batches, expected: f64, what: &str) {
    let (mean, error) = (batches.mean(), batches.standard_error());
    println!("{what}: {mean:.3} +- {error:.3}, expected {expected:.3}");
    assert!(
        (mean - expected).abs() < 4.0 * error.max(0.002),
        "{what}: {mean} +- {error}, expected {expected}"
    );
}

#[test]
fn an_expiry_costs_as_many_loads_as_come_while_one_lasts() {
    let (loads, _) = loads_per_value(&[]);
    assert_near(&loads, 31.0, "no protection");
}

#[test]
fn with_one_who_loads_for_all_an_expiry_costs_one_load() {
    let (loads, whole) = loads_per_value(&[("nodes.cache.on_miss", "wait".into())]);
    assert_eq!((loads.mean(), loads.standard_error()), (1.0, 0.0));
    // Of the 30 who come while it lasts, all but the first wait for it, 1.5 s on average.
    let of = cache(&whole);
    let expiries = of.loads.unwrap() as f64;
    let waited = of.coalesced.unwrap() as f64 / expiries;
    assert!((waited - 30.0).abs() < 4.0 * (30.0 / expiries).sqrt(), "{waited}");
    assert_eq!(whole.nodes["db"].calls, of.loads);
    assert_eq!(whole.requests.failed, 0);
}

#[test]
fn whoever_waits_too_long_loads_by_itself() {
    let changes = [("nodes.cache.on_miss", "wait".into()), ("nodes.cache.wait_timeout", "1s".into())];
    let (_, whole) = loads_per_value(&changes);
    // Whoever comes in the first two of the three seconds has waited one before the value comes: 20, and the first.
    let loads = cache(&whole).loads.unwrap() as f64 / cache(&whole).expirations.unwrap() as f64;
    println!("{loads} loads an expiry");
    assert!((loads - 21.0).abs() < 1.0, "{loads}");
    // The others are answered by the first.
    assert!(cache(&whole).coalesced.unwrap() > 0);
}

#[test]
fn single_flight_costs_one_load_for_each_process() {
    for replicas in [1u64, 4] {
        let (loads, _) = loads_per_value(&[
            ("nodes.app.cache.single_flight", true.into()),
            ("nodes.app.replicas", (replicas as i64).into()),
        ]);
        // At 10 a second each of four processes sees a request while a load lasts but for one time in e^7.5.
        assert_near(&loads, replicas as f64, "single flight");
    }
}

#[test]
fn xfetch_costs_e_to_one_over_beta_loads() {
    for (beta, expected) in [(1.0, std::f64::consts::E), (2.0, 0.5f64.exp())] {
        let changes = [("nodes.cache.xfetch_beta", beta.into()), ("nodes.cache.ttl", "120s".into())];
        let (loads, whole) = loads_per_value(&changes);
        assert_near(&loads, expected, &format!("beta {beta}"));
        let of = cache(&whole);
        println!("expirations {:?} of {:?} loads", of.expirations, of.loads);
        assert!(of.expirations.unwrap() * 20 < of.loads.unwrap());
    }
}

#[test]
fn in_its_grace_an_old_value_is_given_out_while_one_loads() {
    let (loads, whole) = loads_per_value(&[("nodes.cache.grace", "10s".into())]);
    assert_eq!((loads.mean(), loads.standard_error()), (1.0, 0.0));
    // One reader of each cycle of 30 s, a pause and 3 s waits; the others do not.
    let slow = whole.latency_s.over_100ms.unwrap();
    let expected = 1.0 / (10.0 * (30.0 + 0.1 + 3.0));
    assert!((slow - expected).abs() < 0.1 * expected, "{slow}, expected {expected}");
}

#[test]
fn jitter_spreads_what_was_filled_together() {
    // 1,000 keys read in order once a second, each filled within the first.
    let text = golden("fragments");
    let peak = |jitter: f64, seconds: std::ops::Range<u64>| {
        let mut session = session(&text, &[("nodes.cache.ttl_jitter", jitter.into())]);
        session.advance(session.duration(), u64::MAX);
        let loads =
            |second: u64| cache(&session.report_between(second * SECOND, (second + 1) * SECOND)).loads;
        seconds.map(|second| loads(second).unwrap()).max().unwrap()
    };
    // Those that end at 10 s may end again from 20 s on.
    let (together, spread) = (peak(0.0, 10..32), peak(0.5, 10..20));
    println!("most loads in a second: {together} together, {spread} spread");
    // A load takes 5 ms: the last few end in the next second.
    assert!((990..=1_000).contains(&together), "{together}");
    // n / (2 j T) = 1,000 / 20 a second, each at the next read: three standard deviations of a Poisson count above.
    assert!((50..=75).contains(&spread), "{spread}");
}

#[test]
fn a_write_that_removes_by_tag_takes_all_that_carry_it() {
    // One of 1,000 requests writes: about one in a second, of which each key is asked for once.
    let loads = |removes: &str| {
        let changes = [
            ("actions", Value::List(Vec::new())),
            ("nodes.cache.ttl", "1h".into()),
            ("nodes.clients.reads", 0.999.into()),
            ("nodes.cache.removes", removes.into()),
        ];
        let whole = report(&golden("fragments"), &changes);
        assert_eq!(cache(&whole).stale_reads, Some(0));
        // Each key is loaded once at first.
        cache(&whole).loads.unwrap() - 1_000
    };
    let (by_key, by_tag) = (loads("key"), loads("tag"));
    println!("loads after a write: {by_key} by key, {by_tag} by tag");
    assert!(by_key > 30);
    // 1,000 keys with 40 tags: 25 of them go together. Writes of one tag within a second share their loads.
    let each = by_tag as f64 / by_key as f64;
    assert!(each > 23.0 && each <= 25.5, "{each}");
}

#[test]
fn a_cache_that_reads_through_gives_the_same_hits() {
    let text = golden("levels");
    let whole = report(&text, &[]);
    let ratio = |name: &str| whole.nodes[name].hit_ratio.unwrap();
    let names = ["browser", "edge", "proxy", "local", "shared"];
    println!("{:?}", names.map(ratio));
    let mut passed = 1.0;
    for name in names {
        passed *= 1.0 - ratio(name);
        let combined = whole.nodes[name].combined_hit_ratio.unwrap();
        assert!((combined - (1.0 - passed)).abs() < 1e-12, "{name}: {combined}");
    }
    // What misses everywhere is what reaches the database; some reads are on their way at the end.
    let (reads, reached) = (whole.nodes["browser"].calls.unwrap(), whole.nodes["db"].calls.unwrap());
    assert!(
        (reached as f64 / reads as f64 - passed).abs() < 0.001,
        "{reached} of {reads}, expected {passed}"
    );
}

#[test]
fn writes_through_are_read_and_writes_around_are_missed() {
    let text = golden("write-behind");
    let run = |writes: &str| {
        report(&text, &[("nodes.cache.writes", writes.into()), ("actions", Value::List(Vec::new()))])
    };
    let [through, around, behind] = ["through", "around", "behind"].map(run);
    for (name, of) in [("through", &through), ("around", &around), ("behind", &behind)] {
        println!(
            "{name}: hit ratio {:.3}, database {:?} calls, mean {:.4} s, stale {:?}",
            cache(of).hit_ratio.unwrap(),
            of.nodes["db"].calls,
            of.latency_s.mean.unwrap(),
            cache(of).stale_reads
        );
        assert_eq!(of.requests.failed, 0);
    }
    assert!(cache(&through).hit_ratio > cache(&around).hit_ratio);
    // Writes of one second to one key are written once.
    assert!(behind.nodes["db"].calls.unwrap() < through.nodes["db"].calls.unwrap());
    assert!(behind.latency_s.mean < through.latency_s.mean);
}

#[test]
fn what_a_crash_loses_is_what_was_answered_and_not_written() {
    for coalesce in [true, false] {
        let changes = [
            ("nodes.cache.buffer.coalesce", coalesce.into()),
            // No new ones come once it has died.
            ("nodes.clients.timeout", "1s".into()),
        ];
        let mut session = session(&golden("write-behind"), &changes);
        session.advance(session.duration(), u64::MAX);
        let killed = 10_700 * SECOND / 1000;
        let until = session.report_between(0, killed + 300 * SECOND / 1000);
        let of = cache(&until);
        let (acknowledged, flushed, lost) =
            (of.acknowledged_writes.unwrap(), of.flushed_writes.unwrap(), of.lost_writes.unwrap());
        println!("coalesced: {coalesce}: {acknowledged} answered, {flushed} written, {lost} lost");
        assert_eq!(lost, acknowledged - flushed);
        // 200 writes a second for 0.7 s since the last flush, and those on their way.
        assert!((100..=200).contains(&lost), "{lost}");
    }
}

#[test]
fn a_full_buffer_writes_through() {
    let small = report(
        &golden("write-behind"),
        &[
            ("nodes.cache.buffer.capacity", 20.into()),
            ("nodes.cache.buffer.coalesce", false.into()),
            ("actions", Value::List(Vec::new())),
        ],
    );
    let of = cache(&small);
    // 20 a second wait, the others do not.
    let per_second = of.acknowledged_writes.unwrap() as f64 / 20.0;
    assert!((per_second - 20.0).abs() < 1.1, "{per_second}");
    assert!(small.nodes["db"].calls.unwrap() > 3_000);
}

#[test]
fn what_fails_is_written_later() {
    let cut = report(
        &golden("write-behind"),
        &[
            ("nodes.cache.timeout", "200ms".into()),
            (
                "actions",
                Value::List(vec![action(&[
                    ("at", "5.5s".into()),
                    ("do", "partition".into()),
                    ("between", Value::List(vec!["cache".into(), "db".into()])),
                    ("for", "3s".into()),
                ])]),
            ),
        ],
    );
    let of = cache(&cut);
    println!("{:?} answered, {:?} written", of.acknowledged_writes, of.flushed_writes);
    assert_eq!(of.lost_writes, Some(0));
    // All but those of the last second.
    assert!(of.acknowledged_writes.unwrap() - of.flushed_writes.unwrap() < 250);
}

fn action(fields: &[(&str, Value)]) -> Value {
    Value::Table(fields.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

#[test]
fn refresh_ahead_spares_hot_keys_and_not_cold_ones() {
    let text = golden("refresh-ahead");
    let without = report(&text, &[("nodes.cache.refresh_after", "none".into())]);
    let with = report(&text, &[]);
    for (name, of) in [("without", &without), ("with", &with)] {
        println!(
            "{name}: {:?} misses, {:?} refreshes, over 100 ms {:?}",
            cache(of).misses,
            cache(of).refreshes,
            of.latency_s.over_100ms
        );
    }
    assert_eq!(cache(&without).refreshes, Some(0));
    assert!(cache(&with).refreshes.unwrap() > 0);
    assert!(cache(&with).misses < cache(&without).misses);
    // Keys read less than once in the time to live are missed as before.
    assert!(cache(&with).misses.unwrap() as f64 > 0.5 * cache(&without).misses.unwrap() as f64);
    let waiting = report(&text, &[("nodes.cache.on_miss", "wait".into())]);
    assert_eq!(cache(&waiting).duplicate_loads, Some(0));
}

#[test]
fn what_does_not_exist_is_asked_for_again_unless_that_is_remembered() {
    let run = |changes: &[(&str, Value)]| report(&golden("missing-keys"), changes);
    let forgotten = run(&[("nodes.cache.negative_ttl", "none".into())]);
    let remembered = run(&[]);
    let calls = |report: &Report| report.nodes["db"].calls.unwrap();
    println!("database: {} calls, remembered {}", calls(&forgotten), calls(&remembered));
    assert!(calls(&remembered) * 3 < calls(&forgotten));
    // A quarter of 100 keys do not exist; reads of them reach the database each time: 25 % of 10,000.
    let share = calls(&forgotten) as f64 / forgotten.requests.ok as f64;
    assert!((0.15..0.36).contains(&share), "{share}");
}

#[test]
fn entries_that_nobody_reads_end_early() {
    let quiet = golden("fragments");
    let text = quiet.split("[[actions]]").next().unwrap().to_owned();
    let idle = report(&text, &[("nodes.cache.idle_ttl", "0.9s".into()), ("nodes.cache.ttl", "none".into())]);
    // Every key is read once a second.
    assert_eq!(cache(&idle).hits, Some(0));
    let kept = report(&text, &[("nodes.cache.idle_ttl", "1.1s".into()), ("nodes.cache.ttl", "none".into())]);
    assert_eq!(cache(&kept).misses, Some(1_000));
    // Without a time to live of its own reading keeps it; with one it ends.
    let both = report(&text, &[("nodes.cache.idle_ttl", "1.1s".into())]);
    assert!(cache(&both).misses.unwrap() >= 3_000);
}

#[test]
fn a_sweep_frees_what_nobody_asks_for() {
    let run = |expiry: &str| report(&golden("swept"), &[("nodes.cache.expiry", expiry.into())]);
    let (lazy, active) = (run("lazy"), run("active"));
    let entries = |report: &Report| cache(report).entries.unwrap();
    println!("lazy {} entries, active {}", entries(&lazy), entries(&active));
    assert_eq!(entries(&lazy), 4_000);
    // 200 new keys a second live 5 s: 1,000 are alive. Of the others 20 end between two sweeps, so as many must go in
    // one. Of 20 looked at, a share p of which is dead, 20 p go, and the sweep goes on while more than 5 do: by Wald's
    // equation 20 p / P(at most 5 of 20) in all, which is 20 where p = P.
    let dead = (0..1_000).map(|step| f64::from(step) / 1_000.0).find(|p| at_most_5_of_20(*p) <= *p).unwrap();
    let expected = 1_000.0 / (1.0 - dead);
    println!("expected {expected:.0}, of which dead {dead:.3}");
    assert!((entries(&active) as f64 / expected - 1.0).abs() < 0.05, "{}", entries(&active));
}

/// That of 20, each with probability `p`, at most 5 are.
fn at_most_5_of_20(p: f64) -> f64 {
    let ways = [1.0, 20.0, 190.0, 1_140.0, 4_845.0, 15_504.0];
    ways.iter().zip(0..).map(|(ways, k)| ways * p.powi(k) * (1.0 - p).powi(20 - k)).sum()
}

#[test]
fn a_purge_removes_the_entries_of_one_tag() {
    let purge =
        action(&[("at", "5.5s".into()), ("do", "purge".into()), ("node", "cache".into()), ("tag", 3.into())]);
    let run = |actions| {
        report(&golden("fragments"), &[("actions", Value::List(actions)), ("nodes.cache.ttl", "none".into())])
    };
    assert_eq!(cache(&run(Vec::new())).misses, Some(1_000));
    assert_eq!(cache(&run(vec![purge])).misses, Some(1_000 + 25));
}

#[test]
fn keys_that_carry_their_version_are_never_stale() {
    let text = golden("old-value-comes-back");
    let changes = [
        ("actions", Value::List(Vec::new())),
        ("nodes.app.cache.versioned_keys", true.into()),
        ("nodes.app.cache.on_write", "none".into()),
    ];
    let versioned = report(&text, &changes);
    assert_eq!(cache(&versioned).stale_reads, Some(0));
    // Old versions stay until there is no room: 200 keys are written 40 times a second.
    assert!(cache(&versioned).evictions.unwrap() > 1_000);
}

#[test]
fn caches_of_their_own_forget_what_their_own_writers_tell() {
    let run = |changes: &[(&str, Value)]| {
        let base = [
            ("actions", Value::List(Vec::new())),
            ("nodes.app.replicas", 4.into()),
            ("nodes.cache.replicas", 4.into()),
            ("nodes.cache.routing", "local".into()),
            ("nodes.cache.race_guard", "versions".into()),
        ];
        report(&golden("old-value-comes-back"), &[&base, changes].concat())
    };
    let alone = run(&[]);
    let told = run(&[("nodes.app.cache.on_write", "event".into())]);
    println!("alone {:?}, told {:?}", cache(&alone).stale_reads, cache(&told).stale_reads);
    assert!(cache(&alone).stale_reads.unwrap() > 1_000);
    assert_eq!(cache(&told).stale_reads, Some(0));
}

#[test]
fn the_keys_of_a_dead_instance_move_to_the_others() {
    let mut session = session(&golden("lost-shard"), &[]);
    session.advance(session.duration(), u64::MAX);
    let hits =
        |from: u64, to: u64| cache(&session.report_between(from * SECOND, to * SECOND)).hit_ratio.unwrap();
    let (before, storm, after) = (hits(10, 20), hits(20, 21), hits(30, 40));
    println!("hit ratio before {before:.4}, in the first second {storm:.4}, later {after:.4}");
    assert!(before > 0.999 && after > 0.999);
    // A third of 3,000 keys is missed once each, at 3,000 reads a second: the first read of each key of the dead one.
    let lost = cache(&session.report_between(20 * SECOND, 40 * SECOND)).misses.unwrap();
    assert!((900..=1_100).contains(&lost), "{lost}");
    assert!(storm < 0.85, "{storm}");
}
