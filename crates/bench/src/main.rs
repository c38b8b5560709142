//! Benchmarks of whole runs as printed figures, ratios and budgets: `cargo xtask bench`.
//!
//! They print and never fail on a figure: machines are noisy. The sides of a comparison take turns in one process,
//! are timed by the processor time of their thread, and the best round of each counts. What each side records is said
//! beside its figure.
//!
//! The figures are also written to the file that the first argument names, for those who go on to measure the same
//! scenarios in a browser. A second argument names one side of M/M/1, `headroom` or `nexosim`, to be run alone and
//! once, as under a profiler.

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;

mod headroom;
mod nexosim_queue;
mod queue;
#[path = "../../core/benches/timing/mod.rs"]
mod timing;

use timing::timed;

const ROUNDS: u64 = 5;
/// Requests of `scenarios/queue.toml`, about.
const REQUESTS: u64 = 2_000_000;
/// What our side does besides simulating.
const ALL_ON: &str = "records every span: digest, histograms, series, slowest requests, keyframes";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (file, alone) = (arguments.next(), arguments.next());
    let done = match alone.as_deref() {
        None => compare(file.as_deref()),
        Some("headroom") => calls_per_second(headroom::QUEUE).map(drop),
        Some("nexosim") => nexosim_requests_per_second(0).map(drop),
        Some(other) => Err(format!("no side `{other}`; there are headroom and nexosim").into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(file: Option<&str>) -> Result<(), Box<dyn Error>> {
    let [mut ours, mut theirs, mut cache_lab] = [0.0_f64; 3];
    let mut seek = f64::INFINITY;
    for round in 0..ROUNDS {
        ours = ours.max(calls_per_second(headroom::QUEUE)?);
        theirs = theirs.max(nexosim_requests_per_second(round)?);
        cache_lab = cache_lab.max(calls_per_second(headroom::CACHE_LAB)?);
        seek = seek.min(headroom::longest_seek_ms(&headroom::seek_scenario())?);
    }
    println!("Native, one thread, best of {ROUNDS} rounds");
    println!("M/M/1, 80 % busy, {REQUESTS} requests");
    println!("  headroom     {} million requests/s; {ALL_ON}", millions(ours));
    println!("  nexosim 1.0  {} million requests/s; records a count and a sum", millions(theirs));
    println!("  ratio        {:.1}; budget: at least 5, aim 8", ours / theirs);
    println!("The first cache lab at 20,000 requests/s, 51 app servers");
    println!("  headroom     {} million calls/s; {ALL_ON}", millions(cache_lab));
    println!("The same at 14,000 requests/s, 3 million calls: the longest of {} seeks", headroom::SEEKS);
    println!("  headroom     {seek:.0} ms; budget: at most 250");

    if let Some(file) = file {
        let figures = BTreeMap::from([("queue", ours), ("cache-lab", cache_lab), ("seek", seek)]);
        std::fs::write(file, serde_json::to_string_pretty(&figures)?)?;
    }
    Ok(())
}

fn calls_per_second(scenario: &str) -> Result<f64, Box<dyn Error>> {
    let (calls, time) = timed(|| headroom::run(scenario));
    Ok(calls? as f64 / time.as_secs_f64())
}

fn nexosim_requests_per_second(seed: u64) -> Result<f64, Box<dyn Error>> {
    let (served, time) = timed(|| nexosim_queue::run(REQUESTS, seed));
    let served = served?;
    queue::check(served)?;
    Ok(served.requests as f64 / time.as_secs_f64())
}

fn millions(rate: f64) -> String {
    format!("{:.2}", rate / 1e6)
}
