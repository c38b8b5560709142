//! `cargo xtask test`: everything that must pass before a change lands, in stages that fail fast.

use std::time::Instant;

use crate::step::{self, Done, Failure, find, program, step};
use crate::{browser, build, codegen, tools};

/// Runs every stage, or the one named first in `arguments` with the rest as its options.
pub(crate) fn run(arguments: &[String]) -> Done {
    let Some((stage, options)) = arguments.split_first() else {
        return all();
    };
    match stage.as_str() {
        "format" => format(),
        "lint" => lint(),
        "codegen" => codegen::check(),
        "native" => native(options),
        "wasm" => wasm(),
        "page" => build::run(),
        "browser" => build::run().and_then(|()| browser::test(options)),
        "firefox" => build::run().and_then(|()| browser::test_firefox()),
        other => Err(Failure(format!(
            "no stage `{other}`; there are format, lint, codegen, native, wasm, page, browser, firefox"
        ))),
    }
}

fn all() -> Done {
    let started = Instant::now();
    format()?;
    lint()?;
    codegen::check()?;
    native(&[])?;
    wasm()?;
    if step::root().join("crates/web/src/bin").is_dir() {
        build::run()?;
        browser::test(&[])?;
        browser::test_firefox()?;
    }
    println!("{:>10}  everything passed", step::duration(started.elapsed()));
    Ok(())
}

fn cargo(arguments: &[&str]) -> Done {
    step::run(program("cargo").args(arguments))
}

fn format() -> Done {
    step("format", || cargo(&["fmt", "--all", "--check"]))
}

fn lint() -> Done {
    step("clippy, warnings denied", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])
    })
}

fn native(options: &[String]) -> Done {
    step("native tests", || {
        let mut command = program("cargo");
        if find("cargo-nextest").is_some() {
            command.args(["nextest", "run", "--status-level", "slow", "--final-status-level", "fail"]);
        } else {
            command.arg("test").args(["--lib", "--bins", "--tests", "--examples"]);
        }
        step::run(command.arg("--workspace").args(options))
    })?;
    // nextest leaves the examples in documentation to cargo.
    step("examples in the documentation", || cargo(&["test", "--workspace", "--doc"]))
}

/// The engines and the course must not need a browser, nor anything that only a browser has.
fn wasm() -> Done {
    tools::wasm_target()?;
    step("core and labs for wasm32", || {
        let wasm = ["--target", "wasm32-unknown-unknown"];
        cargo(
            &[&["check", "--package", "headroom-core", "--package", "headroom-labs", "--lib"][..], &wasm]
                .concat(),
        )
    })
}
