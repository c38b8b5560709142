//! The course: labs, lessons and their checks.
//!
//! [`course`] is what there is to learn, and [`lab`] one of its labs, as plain data. The content stands in `content/`
//! as TOML and Markdown; the build script checks it and turns it into bytes once, so neither reader is part of the
//! page. Costs: the first call of [`course`] reads about 50 KB of them, half as much in the page, later ones nothing.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

use std::sync::OnceLock;

pub mod evaluate;
pub mod find;
mod library;
pub mod measure;
mod model;
pub mod predict;
mod recover;
pub mod setup;

pub use library::*;
pub use model::*;

/// The course around its labs, read once.
///
/// # Panics
/// Never: a test reads the built-in bytes, and nothing else can get in.
#[allow(clippy::expect_used)]
pub fn course() -> &'static Course {
    static COURSE: OnceLock<Course> = OnceLock::new();
    COURSE.get_or_init(|| {
        headroom_wire::from_bytes(BYTES).expect("the build script writes what this type reads")
    })
}

/// The course as the build script wrote it.
#[cfg(not(target_arch = "wasm32"))]
const BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/course.bin"));
/// The same without what the page never says, beliefs and the runs that refute them, and without what it fetches when it
/// is wanted: [`sayings`].
#[cfg(target_arch = "wasm32")]
const BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/course-of-the-page.bin"));
