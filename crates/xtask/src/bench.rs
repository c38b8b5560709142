//! `cargo xtask bench`: the benchmarks, built for speed, printed as figures and ratios.

use crate::step::{self, Done, Failure, program};
use crate::{browser, build};
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs one benchmark, or all of them.
pub(crate) fn run(arguments: &[String]) -> Done {
    match arguments.first().map(String::as_str) {
        None => eviction()
            .and_then(|()| mrc())
            .and_then(|()| balance())
            .and_then(|()| runs())
            .and_then(|()| compare())
            .and_then(|()| page(&[])),
        Some("eviction") => eviction(),
        Some("mrc") => mrc(),
        Some("balance") => balance(),
        Some("runs") => runs(),
        Some("compare") => compare(),
        Some("frames" | "restart" | "play") => page(arguments),
        Some(other) => Err(Failure(format!(
            "no benchmark `{other}`; there are eviction, mrc, balance, runs, compare, frames, restart and play"
        ))),
    }
}

/// Requests per second of each eviction policy, beside libCacheSim's where that can be installed.
fn eviction() -> Done {
    let target = step::root().join("target");
    let theirs = target.join("libcachesim.txt");
    match libcachesim(&target) {
        Ok(figures) => {
            std::fs::write(&theirs, figures)
                .map_err(|error| Failure(format!("{}: {error}", theirs.display())))?;
            step::run(eviction_bench().arg("--beside").arg(theirs))
        }
        Err(Failure(reason)) => {
            println!("Without libCacheSim beside it: {reason}");
            step::run(&mut eviction_bench())
        }
    }
}

fn eviction_bench() -> Command {
    let mut cargo = program("cargo");
    cargo.args(["bench", "--package", "headroom-core", "--bench", "eviction", "--"]);
    cargo
}

/// What libCacheSim makes of the same requests, through its Python package in an environment of its own.
fn libcachesim(target: &Path) -> Result<Vec<u8>, Failure> {
    let environment = target.join("libcachesim");
    let python = environment.join("bin/python");
    if !environment.join("installed").exists() {
        step::run(program("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
        step::run(program(&python.to_string_lossy()).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "libcachesim==0.3.5",
        ]))?;
        std::fs::write(environment.join("installed"), "")
            .map_err(|error| Failure(format!("{}: {error}", environment.display())))?;
    }
    let trace = target.join("zipf.oracleGeneral.bin");
    step::run(eviction_bench().arg("--write-trace").arg(&trace))?;
    let script = step::root().join("crates/core/benches/beside_libcachesim.py");
    let output = program(&python.to_string_lossy()).arg(script).arg(&trace).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Failure(format!("{}: {error}", python.display())))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Failure(format!("beside_libcachesim.py ended with {}", output.status)))
    }
}

/// Seconds of a whole miss-ratio curve.
fn mrc() -> Done {
    step::run(program("cargo").args(["bench", "--package", "headroom-core", "--bench", "mrc"]))
}

/// Choices per second of each balancing algorithm.
fn balance() -> Done {
    step::run(program("cargo").args(["bench", "--package", "headroom-core", "--bench", "balance"]))
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
