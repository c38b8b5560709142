//! Requests per second of each eviction policy: 4 million Zipf (0.9) requests over a million keys, every miss stored.
//!
//! `cargo bench -p headroom-core --bench eviction`. Prints the best of five runs per policy and capacity, each run
//! on a cache warmed by one pass, then what a clone costs.
#![allow(clippy::disallowed_types, reason = "a benchmark reads the clock")]

use headroom_core::engine::cache::{Cache, Capacity, Lookup, Policy, Settings};
use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::hint::black_box;
use std::time::{Duration, Instant};
use timing::timed;

mod timing;

const KEYS: u32 = 1_000_000;
const REQUESTS: usize = 4_000_000;
const ALPHA: f64 = 0.9;

fn main() {
    let requests = zipf();
    println!("{REQUESTS} requests, Zipf {ALPHA} over {KEYS} keys");
    for capacity in [10_000, 100_000] {
        for policy in Policy::ALL {
            let mut cache = Cache::new(Settings { policy, capacity: Capacity::Entries(capacity), ttl: None });
            let mut evicted = Vec::new();
            serve(&mut cache, &requests, &mut evicted);
            let mut best = Duration::MAX;
            let mut misses = 0;
            for _ in 0..5 {
                let time;
                (misses, time) = timed(|| serve(&mut cache, &requests, &mut evicted));
                best = best.min(time);
            }
            let rate = REQUESTS as f64 / best.as_secs_f64() / 1e6;
            let miss_ratio = misses as f64 / REQUESTS as f64;
            println!("{policy:?} of {capacity}: {rate:.1} million requests/s, miss ratio {miss_ratio:.4}");
            if let Some(theirs) = libcachesim(policy) {
                let ratio = rate / theirs;
                println!("  libCacheSim {theirs:.1}: ratio {ratio:.1}; budget: above 1, aim 2");
            }
            clone_cost(&cache);
        }
    }
}

/// Million requests per second of libCacheSim, at its best. It is no part of this project: the figure was taken once,
/// on a machine like those the budgets were set on, so the ratio is a hint on any other.
fn libcachesim(policy: Policy) -> Option<f64> {
    match policy {
        Policy::Lru => Some(7.0),
        Policy::Fifo => None,
    }
}

fn serve(cache: &mut Cache, requests: &[u32], evicted: &mut Vec<u64>) -> usize {
    let mut misses = 0;
    for (now, &key) in requests.iter().enumerate() {
        let key = u64::from(key);
        if !matches!(cache.get(now as u64, key), Lookup::Hit { .. }) {
            misses += 1;
            evicted.clear();
            cache.put(now as u64, key, 1, 0, evicted);
        }
    }
    black_box(misses)
}

fn clone_cost(cache: &Cache) {
    let clone = |_| {
        let start = Instant::now();
        let kept = black_box(cache.clone());
        (start.elapsed(), kept.memory() / 1024)
    };
    if let Some((time, size)) = (0..20).map(clone).min() {
        println!("  clone of {size} KiB: {time:.1?}");
    }
}

/// Keys by their rank, drawn from a table of the cumulative distribution.
fn zipf() -> Vec<u32> {
    let mut total = 0.0;
    let cumulative: Vec<f64> = (1..=KEYS)
        .map(|rank| {
            total += libm::pow(f64::from(rank), -ALPHA);
            total
        })
        .collect();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let uniform = |rng: &mut Xoshiro256PlusPlus| (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let mut draw = || {
        let at = uniform(&mut rng) * total;
        cumulative.partition_point(|&sum| sum < at) as u32
    };
    (0..REQUESTS).map(|_| draw()).collect()
}
