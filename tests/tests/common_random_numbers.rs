//! Comparing on the same seeds tells more than comparing on other ones: for the mean the interval of a difference is
//! never wider, and several times narrower where a change leaves most requests as they are; for p99, which a few requests
//! decide, it is at most a fifth wider.
//!
//! Lab 2.1 without its spike, 100 seeds. How much narrower depends on the change: more cores touch hardly any request;
//! a smaller cache turns some hits into misses, each with luck of its own. Printed for six changes; `--no-capture`
//! shows them. Slow: 1,300 runs.

use headroom_core::metrics::Interval;
use headroom_core::scenario::{Scenario, Value};
use headroom_core::session::compare::{Cell, Variant};
use headroom_core::sim::time::SECOND;

const SEEDS: u64 = 100;
const UNTIL: u64 = 30 * SECOND;

/// The mean and p99 of every seed from `first` on.
fn measure(scenario: &Scenario, change: Option<(&str, Value)>, first: u64) -> [Vec<f64>; 2] {
    let changes = change.into_iter().map(|(path, value)| (path.to_owned(), value)).collect();
    let variant = Variant { name: String::new(), changes, actions: Vec::new() };
    let names = ["latency_s.mean", "latency_s.p99"].map(str::to_owned);
    let mut figures = [Vec::new(), Vec::new()];
    for seed in first..first + SEEDS {
        let mut cell = Cell::new(scenario, &variant, seed, UNTIL).expect("the change is allowed");
        while !cell.advance(u64::MAX) {}
        for (figures, figure) in figures.iter_mut().zip(cell.figures(&names)) {
            figures.push(figure.expect("there are requests enough"));
        }
    }
    figures
}

#[test]
fn the_same_luck_sharpens_every_comparison() {
    let lab = headroom_labs::lab("what-a-miss-costs").expect("the lab is there");
    let calm = [("actions".to_owned(), Value::List(Vec::new()))];
    let scenario = Scenario::read(&lab.scenario).and_then(|scenario| scenario.with(&calm)).expect("it reads");
    let base = measure(&scenario, None, 1);
    println!(
        "95 % interval of the difference over {SEEDS} seeds, in ms: with the same luck, with luck of its own"
    );
    // What is changed, and how many times narrower the mean's interval must be at least.
    let changes: [(&str, Value, f64); 6] = [
        ("nodes.app.cores", 8.into(), 3.0),
        ("nodes.cache.capacity", 500.into(), 1.8),
        ("links.\"app -> db\".pool.pool_size", 20.into(), 1.0),
        ("nodes.cache.policy", "fifo".into(), 1.0),
        ("nodes.lb.algorithm", "random".into(), 1.0),
        ("nodes.cache.ttl", "10s".into(), 1.0),
    ];
    for (index, (path, value, narrower)) in changes.into_iter().enumerate() {
        let shared = measure(&scenario, Some((path, value.clone())), 1);
        let apart = measure(&scenario, Some((path, value)), 1_000 * (index as u64 + 1));
        for (figure, name) in ["mean", "p99"].into_iter().enumerate() {
            let paired = Interval::of_pairs(&base[figure], &shared[figure]).half_width;
            let unpaired = Interval::of_samples(&base[figure], &apart[figure]).half_width;
            let (shared, apart, times) = (paired * 1e3, unpaired * 1e3, unpaired / paired);
            println!("  {path:42} {name:4}  +-{shared:7.4}  +-{apart:7.4}  {times:5.1} x narrower");
            assert!(paired <= 1.2 * unpaired, "{path}: {name} {paired} is wider than {unpaired}");
            if name == "mean" {
                assert!(paired * narrower <= unpaired, "{path}: {paired} * {narrower} > {unpaired}");
            }
        }
    }
}
