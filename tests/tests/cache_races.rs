//! Old values in a cache: that the races of cache-aside happen, and what cures them.
//!
//! A read is stale if it is answered with a value older than the committed one; how old it is counts from the commit of
//! the next version. Expected are: none without writes; with readers that put old values back, some, each up to the
//! time to live old; none with versions or leases (Nishtala et al., NSDI 2013), where links cost nothing, so that
//! nothing lies between a commit and its removal.

use headroom_core::metrics::Report;
use headroom_core::scenario::Value;
use headroom_tests::runs::{golden, report};

/// Without the scenario's own action, so that one guard holds for the whole run.
fn run(changes: &[(&str, Value)]) -> Report {
    let quiet = ("actions", Value::List(Vec::new()));
    report(&golden("old-value-comes-back"), &[&[quiet], changes].concat())
}

fn stale_reads(report: &Report) -> u64 {
    report.nodes["cache"].stale_reads.expect("a cache counts them")
}

#[test]
fn readers_put_old_values_back_until_a_guard_refuses_them() {
    let none = run(&[]);
    let cache = &none.nodes["cache"];
    let age = cache.stale_age_s.unwrap();
    println!("no guard: {} of {} hits stale, ages {age:?}", stale_reads(&none), cache.hits.unwrap());
    assert!(stale_reads(&none) > 100, "{}", stale_reads(&none));
    assert_eq!(cache.refused_fills, Some(0));
    // The time to live bounds it, but for the query that was under way.
    assert!(age.max > 1.0 && age.max < 30.5, "{age:?}");
    for guard in ["versions", "leases"] {
        let guarded = run(&[("nodes.cache.race_guard", guard.into())]);
        let cache = &guarded.nodes["cache"];
        println!(
            "{guard}: {} stale, {} refused, hit ratio {:.4} (without {:.4})",
            stale_reads(&guarded),
            cache.refused_fills.unwrap(),
            cache.hit_ratio.unwrap(),
            none.nodes["cache"].hit_ratio.unwrap()
        );
        assert_eq!(stale_reads(&guarded), 0, "{guard}");
        assert!(cache.refused_fills.unwrap() > 10, "{guard}: {:?}", cache.refused_fills);
        assert_eq!(guarded.requests.failed, 0);
    }
}

#[test]
fn a_second_delete_shortens_what_it_cannot_prevent() {
    let once = run(&[]);
    let twice = run(&[("nodes.app.cache.second_delete", "200ms".into())]);
    println!("once: {}, twice: {} stale", stale_reads(&once), stale_reads(&twice));
    assert!(stale_reads(&twice) > 0 && stale_reads(&twice) < stale_reads(&once));
    // The query of whoever puts an old value back may take long, but is over by then: what is stale is removed.
    assert!(twice.nodes["cache"].stale_age_s.unwrap().max < 0.2 + 1e-6);
}

#[test]
fn removing_before_the_commit_is_worse_than_after() {
    let after = run(&[]);
    let before = run(&[("nodes.app.cache.on_write", "delete-before".into())]);
    println!("before the commit: {}, after it: {} stale", stale_reads(&before), stale_reads(&after));
    assert!(stale_reads(&before) > stale_reads(&after));
}

#[test]
fn writes_that_touch_nothing_leave_a_value_old_until_it_expires() {
    let ignored = run(&[("nodes.app.cache.on_write", "none".into())]);
    let age = ignored.nodes["cache"].stale_age_s.unwrap();
    println!("nothing on a write: {} stale, {age:?}", stale_reads(&ignored));
    assert!(stale_reads(&ignored) > 10 * stale_reads(&run(&[])));
    assert!(age.max > 20.0 && age.max < 30.5, "{age:?}");
    assert_eq!(ignored.oldest_read_s, Some(age.max));
    let reads_only = run(&[("nodes.clients.reads", 1.0.into())]);
    assert_eq!(stale_reads(&reads_only), 0);
    assert_eq!(reads_only.nodes["cache"].stale_age_s, None);
    assert_eq!(reads_only.oldest_read_s, Some(0.0));
}

#[test]
fn news_of_writes_are_late_or_lost() {
    let event = |delay: &str, loss: f64| {
        run(&[
            ("nodes.app.cache.on_write", "event".into()),
            ("nodes.app.cache.event_delay", delay.into()),
            ("nodes.app.cache.event_loss", loss.into()),
            ("nodes.cache.race_guard", "versions".into()),
        ])
    };
    assert_eq!(stale_reads(&event("0s", 0.0)), 0);
    let late = event("100ms", 0.0);
    let age = late.nodes["cache"].stale_age_s.unwrap();
    println!("100 ms late: {} stale, {age:?}", stale_reads(&late));
    // Between commit and removal a value is 50 ms old on average, where reads come evenly.
    assert!(age.max <= 0.1 + 1e-9, "{age:?}");
    assert!((age.mean - 0.05).abs() < 0.005, "{age:?}");
    let lost = event("100ms", 0.2);
    println!("and one of five lost: {} stale", stale_reads(&lost));
    assert!(stale_reads(&lost) > 2 * stale_reads(&late));
    assert!(lost.nodes["cache"].stale_age_s.unwrap().max > 1.0);
}

#[test]
fn two_writers_may_be_stored_in_one_order_and_cached_in_the_other() {
    let run = |guard: &str| report(&golden("two-writers"), &[("nodes.cache.race_guard", guard.into())]);
    let ages = |report: &Report| report.nodes["cache"].stale_age_s.unwrap();
    let (none, versions) = (run("none"), run("versions"));
    println!("no guard: {} stale, {:?}", stale_reads(&none), ages(&none));
    println!("versions: {} stale, {:?}", stale_reads(&versions), ages(&versions));
    // Without a guard the order lasts until the next write of the key.
    assert!(ages(&none).max > 1.0, "{:?}", ages(&none));
    // With versions nothing is old for longer than an answer is on its way: 21 ms, in the cache's own time 0.2 ms.
    assert!(versions.nodes["cache"].refused_fills.unwrap() > 10);
    assert!(ages(&versions).max < 0.0212, "{:?}", ages(&versions));
    // In step, over one connection, answers do not overtake each other.
    let in_order = report(&golden("two-writers"), &[("links.\"cache -> db\".reorder", false.into())]);
    assert!(ages(&in_order).max < 0.0212, "{:?}", ages(&in_order));
}
