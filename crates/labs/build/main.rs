//! Turns the course (`content/`) into one file that the library carries, and refuses a course that is not whole.
//!
//! Lab files are TOML, lessons Markdown; both are read here, once, so that neither reader is in the page.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

mod check;
mod content;
mod markup;

#[path = "../src/model/mod.rs"]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod model;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=content");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/model");
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            for problem in problems {
                println!("cargo::error={}", problem.replace('\n', " | "));
            }
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Vec<String>> {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("content");
    let course = content::read(&root)?;
    check::check(&course)?;
    let out = Path::new(&variable("OUT_DIR")?).join("course.bin");
    std::fs::write(&out, headroom_wire::to_bytes(&course))
        .map_err(|error| vec![format!("{}: {error}", out.display())])
}

fn variable(name: &str) -> Result<String, Vec<String>> {
    std::env::var(name).map_err(|error| vec![format!("{name}: {error}")])
}
