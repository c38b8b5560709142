//! Benchmarks of whole runs as printed figures and ratios: `cargo xtask bench`.
//!
//! They print and never fail on a figure: machines are noisy. The sides of a comparison take turns in one process,
//! and the best round of each counts. What each side records is said beside its figure.
//!
//! The figures are also written to the file that the first argument names, for those who go on to measure the same
//! scenarios in a browser.

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

mod headroom;
mod nexosim_queue;
mod queue;

const ROUNDS: u64 = 5;
/// Requests of `scenarios/queue.toml`, about.
const REQUESTS: u64 = 2_000_000;

fn main() -> ExitCode {
    match compare() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<(), Box<dyn Error>> {
    let [mut ours, mut theirs, mut cache_lab] = [0.0_f64; 3];
    for round in 0..ROUNDS {
        ours = ours.max(calls_per_second(headroom::QUEUE)?);
        theirs = theirs.max(nexosim_requests_per_second(round)?);
        cache_lab = cache_lab.max(calls_per_second(headroom::CACHE_LAB)?);
    }
    println!("Native, one thread, best of {ROUNDS} rounds");
    println!("M/M/1, 80 % busy, {REQUESTS} requests:");
    println!("  headroom: {} million requests/s, with spans, digest, histograms and series", millions(ours));
    println!("  nexosim 1.0: {} million requests/s, with a count and a sum", millions(theirs));
    println!("  ratio {:.1} (at least 5, aim 8)", ours / theirs);
    println!("The first cache lab at 20,000 requests/s, 51 app servers:");
    println!("  headroom: {} million calls/s, with all of the above", millions(cache_lab));

    if let Some(file) = std::env::args().nth(1) {
        let rates = BTreeMap::from([("queue", ours), ("cache-lab", cache_lab)]);
        std::fs::write(file, serde_json::to_string_pretty(&rates)?)?;
    }
    Ok(())
}

fn calls_per_second(scenario: &str) -> Result<f64, Box<dyn Error>> {
    let started = Instant::now();
    let calls = headroom::run(scenario)?;
    Ok(calls as f64 / started.elapsed().as_secs_f64())
}

fn nexosim_requests_per_second(seed: u64) -> Result<f64, Box<dyn Error>> {
    let started = Instant::now();
    let served = nexosim_queue::run(REQUESTS, seed)?;
    let time = started.elapsed().as_secs_f64();
    queue::check(served)?;
    Ok(served.requests as f64 / time)
}

fn millions(rate: f64) -> String {
    format!("{:.2}", rate / 1e6)
}
