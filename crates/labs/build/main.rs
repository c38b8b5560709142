//! Turns the course (`content/`) into one file for what is common, one for what people say and see, and one per lab, and
//! refuses a course that is not whole.
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
    let (course, labs) = content::read(&root)?;
    check::check(&course, &labs)?;
    let out = PathBuf::from(variable("OUT_DIR")?);
    write(&out.join("course.bin"), &headroom_wire::to_bytes(&course))?;
    let (course, sayings) = for_the_page(course);
    write(&out.join("course-of-the-page.bin"), &headroom_wire::to_bytes(&course))?;
    write(&out.join("sayings.bin"), &headroom_wire::to_bytes(&sayings))?;
    let mut list = String::from("[\n");
    for lab in &labs {
        write(&out.join(format!("{}.bin", lab.id)), &headroom_wire::to_bytes(lab))?;
        list += &format!("    include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{}.bin\")),\n", lab.id);
    }
    write(&out.join("labs.rs"), (list + "]\n").as_bytes())
}

/// The course without what only tests and people read: beliefs, and the runs that refute them and the claims. Claims and
/// symptoms stand apart, since few visits want them.
fn for_the_page(mut course: model::Course) -> (model::Course, model::Sayings) {
    course.misconceptions.clear();
    let (mut claims, symptoms) = (std::mem::take(&mut course.claims), std::mem::take(&mut course.symptoms));
    claims.iter_mut().for_each(|claim| claim.refutation = None);
    (course, model::Sayings { claims, symptoms })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Vec<String>> {
    std::fs::write(path, bytes).map_err(|error| vec![format!("{}: {error}", path.display())])
}

fn variable(name: &str) -> Result<String, Vec<String>> {
    std::env::var(name).map_err(|error| vec![format!("{name}: {error}")])
}
