//! `cargo xtask bench`: the benchmarks, built for speed, printed as figures and ratios.

use crate::step::{self, Done, Failure, program};
use crate::{browser, build};

/// Runs one benchmark, or all of them.
pub(crate) fn run(arguments: &[String]) -> Done {
    match arguments.first().map(String::as_str) {
        None => eviction().and_then(|()| runs()),
        Some("eviction") => eviction(),
        Some("runs") => runs(),
        Some(other) => Err(Failure(format!("no benchmark `{other}`; there are eviction and runs"))),
    }
}

/// Requests per second of each eviction policy.
fn eviction() -> Done {
    step::run(program("cargo").args(["bench", "--package", "headroom-core", "--bench", "eviction"]))
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
