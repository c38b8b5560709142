//! `cargo xtask build`: the page for a static host, in `dist/`.

use crate::step::{self, Done, program, step};
use crate::tools;

/// Brings the tools and builds.
pub(crate) fn run() -> Done {
    tools::page()?;
    step("build the page (dist/)", || {
        // Whatever NO_COLOR says: trunk takes only true and false for it.
        step::run(program("trunk").env_remove("NO_COLOR").args(["build", "--release", "--log", "warn"]))
    })
}
