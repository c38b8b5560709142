//! Miss ratios from samples of the keys (SHARDS, FAST 2015, and miniature simulations, ATC 2017) against the exact ones,
//! on the four traces that libCacheSim's figures are for.
//!
//! What is tested is the error that is told with an estimate: the interval of 95 % from eight samples must hold the exact
//! figure nine times of ten, and be narrow enough to be of use.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use headroom_core::engine::cache::{
    Access, Capacity, Counts, Policy, Replay, Sample, Settings, Shards, StackDistances,
};
use headroom_core::metrics::Interval;
use headroom_core::trace::{Columns, Format, OnFault, Reader};
use std::io::Read;

const TRACES: [&str; 4] = ["zipf", "scan", "loop", "drift"];
const SAMPLES: u64 = 8;
const RATE: f64 = 0.1;
/// Scaled, these are caches of 100 entries and more.
const SIZES: [u64; 5] = [1_000, 2_000, 4_000, 8_000, 16_000];
/// Half the width of an interval that still tells one policy from another.
const WIDEST: f64 = 0.03;

#[test]
fn intervals_hold_the_exact_miss_ratio() {
    let (mut held, mut compared) = (0, 0);
    let mut told = String::new();
    for name in TRACES {
        let accesses = trace(name);
        for policy in [Policy::Lru, Policy::Fifo] {
            let exact = exact(policy, &accesses);
            let samples: Vec<Vec<f64>> =
                (0..SAMPLES).map(|salt| sampled(policy, &accesses, Sample::new(RATE, salt))).collect();
            for (at, size) in SIZES.into_iter().enumerate() {
                let ratios: Vec<f64> = samples.iter().map(|curve| curve[at]).collect();
                let interval = Interval::of(&ratios);
                let (low, high) = interval.ends();
                held += u32::from((low..=high).contains(&exact[at]));
                compared += 1;
                told.push_str(&format!(
                    "{policy:?} of {size} on {name}: {:.4} +- {:.4}, exact {:.4}\n",
                    interval.mean, interval.half_width, exact[at]
                ));
                assert!(interval.half_width < WIDEST, "{told}");
            }
        }
    }
    println!("{told}");
    assert!(held * 10 >= compared * 9, "{held} of {compared} intervals hold the exact figure:\n{told}");
}

fn exact(policy: Policy, accesses: &[Access]) -> Vec<f64> {
    let counts: Vec<Counts> = match policy {
        Policy::Lru => {
            let mut distances = StackDistances::new();
            accesses.iter().for_each(|access| _ = distances.access(access));
            distances.curve(SIZES)
        }
        _ => SIZES.into_iter().map(|size| replayed(policy, size, accesses)).collect(),
    };
    counts.iter().map(|counts| counts.miss_ratio().unwrap()).collect()
}

fn sampled(policy: Policy, accesses: &[Access], sample: Sample) -> Vec<f64> {
    if policy == Policy::Lru {
        let mut shards = Shards::new(sample);
        accesses.iter().for_each(|access| shards.access(access));
        return shards.curve(&SIZES).unwrap();
    }
    let few: Vec<Access> = accesses.iter().filter(|access| sample.takes(access.key)).copied().collect();
    let misses = SIZES.map(|size| replayed(policy, sample.scaled(size), &few).misses);
    misses.map(|misses| sample.miss_ratio(misses, accesses.len() as u64).unwrap()).to_vec()
}

fn replayed(policy: Policy, size: u64, accesses: &[Access]) -> Counts {
    let mut replay = Replay::new(Settings { policy, capacity: Capacity::Entries(size), ttl: None }, 1);
    replay.feed(accesses);
    replay.counts()
}

fn trace(name: &str) -> Vec<Access> {
    let path = format!("{}/data/eviction/{name}.u32le.zst", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut bytes = Vec::new();
    ruzstd::decoding::StreamingDecoder::new(file).unwrap().read_to_end(&mut bytes).unwrap();
    let mut reader = Reader::new(Format::of_file(&path).unwrap(), Columns::default(), OnFault::Stop);
    let mut accesses = Vec::new();
    reader.feed(&bytes, &mut accesses).unwrap();
    reader.finish(&mut accesses).unwrap();
    accesses
}
