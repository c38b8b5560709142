//! Eviction policies side by side over one trace: what a workbench for caches shows.
//!
//! A trace is kept whole as a [`Future`](crate::engine::cache::Future), read from a file ([`crate::trace`]) or made by a
//! [`Recipe`]. A [`Race`] lets caches of one capacity run over it, goes to any access of it, forward or back, and tells what
//! each policy did with the last one. A [`Curve`] gives the miss ratio of each over the size of the cache. Both work in
//! slices: who calls them says when it has been enough.

mod contender;
mod course;
mod curve;
mod recipe;
mod runner;
#[cfg(test)]
mod tests;

pub use contender::Contender;
pub use course::{MOST_WINDOWS, Race};
pub use curve::{Curve, CurvePoint, SIZES};
pub use recipe::{Generator, MOST_REQUESTS, Pattern, Recipe, RecipeError};
pub use runner::{Cell, Row, Told};
