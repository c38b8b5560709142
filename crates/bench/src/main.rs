//! Benchmarks as printed figures and ratios: `cargo xtask bench [NAME…]`.
//!
//! They print and never fail on a figure: machines are noisy. Each side of a comparison runs in the same process,
//! alternately, and the best of its rounds counts.

use std::process::ExitCode;
use std::time::Instant;

mod nexosim_queue;
mod queue;

use queue::{EXPECTED_MEAN, Served};

const REQUESTS: u64 = 2_000_000;
const ROUNDS: u64 = 3;

fn main() -> ExitCode {
    println!("M/M/1, 80 % busy, {REQUESTS} requests, best of {ROUNDS} rounds");
    let mut best = 0.0_f64;
    for round in 0..ROUNDS {
        let started = Instant::now();
        match nexosim_queue::run(REQUESTS, round) {
            Ok(served) => best = best.max(rate(served, started)),
            Err(error) => {
                eprintln!("nexosim: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("  nexosim 1.0, one thread, counts and mean only: {:.2} million requests/s", best / 1e6);
    ExitCode::SUCCESS
}

/// Requests per second of wall time, after a look at whether the run was the queue it should be.
fn rate(served: Served, started: Instant) -> f64 {
    let rate = served.requests as f64 / started.elapsed().as_secs_f64();
    let off = (served.mean_s / EXPECTED_MEAN - 1.0).abs();
    if off > 0.05 {
        println!("  mean {:.3} ms, theory {:.3} ms", served.mean_s * 1e3, EXPECTED_MEAN * 1e3);
    }
    rate
}
