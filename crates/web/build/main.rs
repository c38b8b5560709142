//! What the page carries ready-made, so that its readers are not in it: the [`words`] of `locales/` and the table of
//! [`settings`] from `schema.json`.

use std::path::PathBuf;
use std::process::ExitCode;

mod settings;
mod words;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build");
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("cargo::error={}", problem.replace('\n', " | "));
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    let out = std::env::var("OUT_DIR").map(PathBuf::from).map_err(|error| format!("OUT_DIR: {error}"))?;
    words::build(&out)?;
    settings::build(&out)
}
