//! Seconds for miss-ratio curves of 4 million Zipf (0.9) requests over a million keys: LRU exactly at all sizes in one
//! pass, LRU from a sample, and Belady's optimum at one size.
//!
//! `cargo bench -p headroom-core --bench mrc`. Prints the best of three runs.
#![allow(clippy::disallowed_types, reason = "a benchmark reads the clock")]

use headroom_core::engine::cache::{Access, Belady, Capacity, Future, Sample, Shards, StackDistances};
use requests::{ALPHA, KEYS, REQUESTS, zipf};
use std::hint::black_box;
use timing::timed;

mod requests;
mod timing;

const SIZES: [u64; 3] = [1_000, 10_000, 100_000];
/// Seconds that the exact curve may take.
const BUDGET: f64 = 3.0;

fn main() {
    let reads = zipf().into_iter().zip(0..).map(|(key, time)| Access::read(time, u64::from(key)));
    let requests: Vec<Access> = reads.collect();
    println!("{REQUESTS} requests, Zipf {ALPHA} over {KEYS} keys");
    let exact = best("exact LRU at every size", || {
        let mut distances = StackDistances::new();
        requests.iter().for_each(|access| _ = distances.access(access));
        distances
    });
    println!("  budget: below {BUDGET} s; {} MB", exact.memory() / 1_000_000);
    let exact: Vec<f64> = exact.curve(SIZES).iter().filter_map(|counts| counts.miss_ratio()).collect();
    for rate in [0.1, 0.01] {
        let sampled = best(&format!("LRU from {rate} of the keys"), || {
            let mut shards = Shards::new(Sample::new(rate, 1));
            requests.iter().for_each(|access| shards.access(access));
            shards
        });
        let sampled = sampled.curve(&SIZES).unwrap_or_default();
        for ((size, exact), sampled) in SIZES.iter().zip(&exact).zip(sampled) {
            println!("  of {size}: {sampled:.4}, exact {exact:.4}");
        }
    }
    let future = best("the future of each request", || {
        let mut future = Future::new();
        // Four million are far from too many.
        requests.iter().for_each(|access| _ = future.push(access));
        future.close();
        future
    });
    println!("  {} MB", future.memory() / 1_000_000);
    for size in SIZES {
        best(&format!("Belady of {size}"), || {
            let mut belady = Belady::new(Capacity::Entries(size), &future);
            while belady.advance(&future, usize::MAX) {}
            belady
        });
    }
}

fn best<R>(name: &str, mut work: impl FnMut() -> R) -> R {
    let (mut result, mut least) = timed(&mut work);
    for _ in 0..2 {
        let (again, time) = timed(&mut work);
        (result, least) = (black_box(again), least.min(time));
    }
    println!("{name}: {:.2} s", least.as_secs_f64());
    result
}
