//! Developer commands: `cargo xtask <command>`.
//!
//! One file per command ([`serve`], [`test`], [`build`], [`codegen`], [`bench`]); [`tools`] and [`browser`] bring what they need,
//! [`step`] runs and times. Every step may be repeated at no cost: what is there already is left alone. Only the
//! standard library is used, so that the first `cargo xtask` answers within seconds.

use std::process::ExitCode;

mod bench;
mod browser;
mod build;
mod codegen;
mod serve;
mod step;
mod test;
mod tools;

const HELP: &str = "\
Developer commands of Headroom

  cargo xtask serve [trunk's options]   the page with live reload, built for speed; installs what is missing
  cargo xtask build                     the page for a static host, in dist/
  cargo xtask test [STAGE [options]]    everything that must pass, or one stage of it:
                                        format, lint, codegen, native, wasm, page, browser,
                                        firefox
                                        (options go to the test runner of `native` or `browser`)
  cargo xtask codegen [--check]         files that follow from the code and are checked in
  cargo xtask bench [ROW]               benchmarks, printed as figures and ratios; all of them, or one of
                                        eviction, mrc, runs, compare, frames, restart, play [MINUTES, 30]
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let result = match command {
        "serve" => serve::run(rest),
        "build" => build::run(),
        "test" => test::run(rest),
        "bench" => bench::run(rest),
        "codegen" => codegen::run(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(step::Failure(format!("no command `{other}`\n\n{HELP}"))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
