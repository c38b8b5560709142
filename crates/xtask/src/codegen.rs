//! `cargo xtask codegen`: files that follow from the code and are checked in, so that the page is built without the
//! code that makes them. With `--check` nothing is written, and a file that is not as it should be is an error.

use std::fs;
use std::process::Stdio;

use crate::step::{self, Done, Failure, program, step};

/// The JSON Schema of scenario files, which the page's build turns into its settings.
const SCHEMA: &str = "crates/web/schema.json";

/// Writes the files, or checks them.
pub(crate) fn run(options: &[String]) -> Done {
    match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            let schema = schema()?;
            let path = step::root().join(SCHEMA);
            fs::write(path, schema).map_err(|error| Failure(format!("{SCHEMA}: {error}")))?;
            println!("{SCHEMA}: written");
            Ok(())
        }
        ["--check"] => check(),
        _ => Err(Failure("codegen takes no option but --check".to_owned())),
    }
}

/// Whether the files follow from the code as it stands.
pub(crate) fn check() -> Done {
    step("generated files", || {
        let stored = fs::read_to_string(step::root().join(SCHEMA)).unwrap_or_default();
        if stored == schema()? {
            return Ok(());
        }
        Err(Failure(format!("{SCHEMA} does not follow from the scenario's types; run: cargo xtask codegen")))
    })
}

fn schema() -> Result<String, Failure> {
    let mut cargo = program("cargo");
    cargo.args(["run", "--quiet", "--package", "headroom-cli", "--", "schema"]);
    let output = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    match output {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout)
            .map_err(|error| Failure(format!("`headroom schema` printed something else than text: {error}"))),
        Ok(output) => Err(Failure(format!("`headroom schema` failed ({})", output.status))),
        Err(error) => Err(Failure(format!("cargo could not be started: {error}"))),
    }
}
