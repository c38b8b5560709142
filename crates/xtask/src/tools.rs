//! The tools that build the page: found, or installed into cargo's own folder of programs.
//!
//! Versions: trunk 0.21.14 is the last that builds with the toolchain in `rust-toolchain.toml`; wasm-bindgen's
//! program must be of the very version in `Cargo.lock`; any recent wasm-opt does.

use std::path::Path;

use crate::step::{self, Done, Failure, program, run, step};

const WASM: &str = "wasm32-unknown-unknown";
const TRUNK: &str = "0.21.14";
/// wasm-opt comes from this package of the npm registry, which carries it as WebAssembly and so runs everywhere.
const BINARYEN: &str = "binaryen@132.0.0";

/// Everything `trunk build` calls.
pub(crate) fn page() -> Done {
    wasm_target()?;
    wasm_bindgen()?;
    wasm_opt()?;
    trunk()
}

/// The standard library for WebAssembly.
pub(crate) fn wasm_target() -> Done {
    let mut rustc = program("rustc");
    let folder = step::output(rustc.args(["--print", "target-libdir", "--target", WASM]));
    if folder.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    step("install the wasm32-unknown-unknown target", || {
        run(program("rustup").args(["target", "add", WASM])).map_err(|failure| {
            Failure(format!(
                "{failure}\nInstall rustup (https://rustup.rs), then run: rustup target add {WASM}"
            ))
        })
    })
}

fn trunk() -> Done {
    if step::find("trunk").is_some() {
        return Ok(());
    }
    step(&format!("install trunk {TRUNK} (from source 7 to 14 min, once)"), || {
        // Its default features look for newer versions of itself, which a build has no use for.
        let lean = ["--no-default-features", "--features", "rustls"];
        install("trunk", TRUNK, &[&["--locked"][..], &lean].concat())
    })
}

fn wasm_bindgen() -> Done {
    let Some(version) = locked_version("wasm-bindgen") else {
        // Nothing in the workspace uses it.
        return Ok(());
    };
    let installed = step::output(program("wasm-bindgen").arg("--version"));
    if installed.is_some_and(|line| line.split_whitespace().nth(1) == Some(version.as_str())) {
        return Ok(());
    }
    step(&format!("install wasm-bindgen {version} (from source 4 to 11 min, once)"), || {
        // Not `--locked`: the lock file it was published with no longer builds.
        install("wasm-bindgen-cli", &version, &[])
    })
}

fn wasm_opt() -> Done {
    if step::find("wasm-opt").is_some() {
        return Ok(());
    }
    step(&format!("install wasm-opt ({BINARYEN})"), || {
        let home = step::cargo_home().ok_or_else(|| Failure("no home folder: set CARGO_HOME".to_owned()))?;
        let mut npm = npm()?;
        run(npm.args(["install", "--global", "--silent", "--prefix"]).arg(home).arg(BINARYEN))
    })
}

/// Node's package manager.
pub(crate) fn npm() -> Result<std::process::Command, Failure> {
    if step::find("npm").is_none() {
        return Err(Failure("npm is missing; install Node.js 20 or newer (https://nodejs.org)".to_owned()));
    }
    Ok(program("npm"))
}

/// Installs a program by cargo, ready-made where `cargo binstall` is there to fetch it.
fn install(package: &str, version: &str, options: &[&str]) -> Done {
    if step::find("cargo-binstall").is_some() {
        let wanted = format!("{package}@{version}");
        if run(program("cargo").args(["binstall", "--no-confirm", &wanted])).is_ok() {
            return Ok(());
        }
    }
    run(program("cargo").args(["install", package, "--version", version]).args(options))
}

/// The version of `package` in `Cargo.lock`.
fn locked_version(package: &str) -> Option<String> {
    let lock = std::fs::read_to_string(step::root().join("Cargo.lock")).ok()?;
    version_in(&lock, package)
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let line = lock.lines().skip_while(|line| *line != name).nth(1)?;
    Some(line.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_of_exactly_the_named_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "yew"), None);
    }
}
