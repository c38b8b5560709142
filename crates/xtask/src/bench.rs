//! `cargo xtask bench`: the benchmarks, built for speed, printed as figures and ratios.

use crate::step::{self, Done, Failure, program};
use crate::{browser, build};

/// Runs one benchmark, or all of them.
pub(crate) fn run(arguments: &[String]) -> Done {
    match arguments.first().map(String::as_str) {
        None => eviction()
            .and_then(|()| mrc())
            .and_then(|()| runs())
            .and_then(|()| compare())
            .and_then(|()| page(&[])),
        Some("eviction") => eviction(),
        Some("mrc") => mrc(),
        Some("runs") => runs(),
        Some("compare") => compare(),
        Some("frames" | "restart" | "play") => page(arguments),
        Some(other) => Err(Failure(format!(
            "no benchmark `{other}`; there are eviction, mrc, runs, compare, frames, restart and play"
        ))),
    }
}

/// Requests per second of each eviction policy.
fn eviction() -> Done {
    step::run(program("cargo").args(["bench", "--package", "headroom-core", "--bench", "eviction"]))
}

/// Seconds of a whole miss-ratio curve.
fn mrc() -> Done {
    step::run(program("cargo").args(["bench", "--package", "headroom-core", "--bench", "mrc"]))
}

/// Whole runs: beside nexosim natively, then the same in a browser.
fn runs() -> Done {
    let figures = step::root().join("target/bench.json");
    let mut native = program("cargo");
    native.args(["run", "--profile", "bench", "--package", "headroom-bench", "--"]);
    step::run(native.arg(&figures))?;
    build::run()?;
    step::run(browser::script("bench.js")?.arg(&figures))
}

/// What the same luck is worth when two systems are compared, for six changes.
fn compare() -> Done {
    let mut nextest = program("cargo");
    nextest.args(["nextest", "run", "--package", "headroom-tests", "--test", "common_random_numbers"]);
    step::run(nextest.args(["--no-capture", "--status-level", "none", "--final-status-level", "none"]))
}

/// The page in a browser: frames, a worker started again, memory over a long play.
fn page(arguments: &[String]) -> Done {
    build::run()?;
    step::run(browser::script("bench-page.js")?.args(arguments))
}
