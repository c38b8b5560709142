//! `cargo xtask bench`: the benchmarks, built for speed, printed as figures and ratios.

use crate::step::{self, Done, program};

/// Runs the benchmarks whose names `arguments` give; all of them without names.
pub(crate) fn run(arguments: &[String]) -> Done {
    let mut cargo = program("cargo");
    cargo.args(["run", "--release", "--package", "headroom-bench", "--"]);
    step::run(cargo.args(arguments))
}
