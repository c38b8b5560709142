//! Requests per second of each eviction policy: 4 million Zipf (0.9) requests over a million keys, every miss stored.
//!
//! `cargo xtask bench eviction`, which puts libCacheSim beside it; `cargo bench -p headroom-core --bench eviction` for ours
//! alone. Prints the best of three runs per policy and capacity, each from an empty cache, and what a clone of the
//! full one costs.
//!
//! `-- --write-trace FILE` only writes the requests as libCacheSim reads them (its "oracleGeneral"); `-- --beside FILE`
//! compares with the lines `policy capacity rate tuned-rate miss-ratio` of a file.
#![allow(clippy::disallowed_types, reason = "a benchmark reads the clock")]

use headroom_core::engine::cache::{Cache, Capacity, Lookup, Policy, Settings};
use requests::{ALPHA, KEYS, REQUESTS, zipf};
use std::hint::black_box;
use std::time::{Duration, Instant};
use std::{fs, io};
use timing::timed;

mod requests;
mod timing;

const RUNS: usize = 3;

fn main() -> io::Result<()> {
    let requests = zipf();
    if let Some(file) = argument("--write-trace") {
        return write_trace(&file, &requests);
    }
    let theirs = argument("--beside").map(fs::read_to_string).transpose()?;
    println!("{REQUESTS} requests, Zipf {ALPHA} over {KEYS} keys, one thread, million requests/s");
    for capacity in [10_000, 100_000] {
        for policy in Policy::ALL {
            one(policy, capacity, &requests, theirs.as_deref());
        }
    }
    Ok(())
}

fn argument(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

fn one(policy: Policy, capacity: u64, requests: &[u32], theirs: Option<&str>) {
    let settings = Settings { policy, capacity: Capacity::Entries(capacity), ttl: None };
    let (mut best, mut misses, mut full) = (Duration::MAX, 0, None);
    for _ in 0..RUNS {
        let (run, time) = timed(|| {
            let mut cache = Cache::new(settings);
            (serve(&mut cache, requests), cache)
        });
        best = best.min(time);
        misses = run.0;
        full = Some(run.1);
    }
    let rate = REQUESTS as f64 / best.as_secs_f64() / 1e6;
    let miss_ratio = misses as f64 / REQUESTS as f64;
    let name = format!("{policy:?}");
    print!("{name:9} of {capacity:6}: {rate:5.1}, miss ratio {miss_ratio:.4}");
    let theirs = theirs.into_iter().flat_map(str::lines).map(|line| line.split(' ').collect::<Vec<_>>());
    let mut same = theirs.filter(|fields| fields[0] == name && fields[1] == capacity.to_string());
    if let Some([_, _, default, tuned, theirs]) = same.next().as_deref() {
        let ratio = |theirs: &str| rate / theirs.parse::<f64>().unwrap_or(f64::NAN);
        print!(
            "; libCacheSim {default:>5}, tuned {tuned:>5}, {theirs}: ratio {:.1}, tuned {:.1}",
            ratio(default),
            ratio(tuned)
        );
    }
    clone_cost(&full.expect("there was a run"));
}

/// Records of 24 bytes: time (4), key (8), size (4), time of the next request of the key (8, unknown), little-endian.
fn write_trace(file: &str, requests: &[u32]) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(requests.len() * 24);
    for (now, &key) in (0u32..).zip(requests) {
        bytes.extend_from_slice(&(now / 1_000).to_le_bytes());
        bytes.extend_from_slice(&u64::from(key).to_le_bytes());
        bytes.extend_from_slice(&1u32.to_le_bytes());
        bytes.extend_from_slice(&(-1i64).to_le_bytes());
    }
    fs::write(file, bytes)
}

fn serve(cache: &mut Cache, requests: &[u32]) -> usize {
    let mut evicted = Vec::new();
    let mut misses = 0;
    for (now, &key) in requests.iter().enumerate() {
        // A millisecond apart, as a busy cache sees them: Redis counts whole seconds.
        let (now, key) = (now as u64 * 1_000_000, u64::from(key));
        if !matches!(cache.get(now, key), Lookup::Hit { .. }) {
            misses += 1;
            evicted.clear();
            cache.put(now, key, 1, 0, &mut evicted);
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
        println!("; a clone of {size} KiB {time:.1?}");
    }
}
