//! Reading a scenario, with every problem of the file at once.
//!
//! Three passes, each collecting: **syntax** ([`syntax`]: TOML to a [`Tree`] that knows its place in the text),
//! **shape** (the `read` function of each type, by way of [`Fields`] and [`Field`]: keys, types, units, ranges),
//! **meaning** ([`super::check`]: names that must exist, cycles, limits, actions).
//!
//! Shape is not left to serde, which stops at the first error of a table: a table with three mistakes would need
//! three attempts. A changed setting takes the same way from the kept tree on, so that it is judged by the same code.

mod field;
mod fields;
mod path;
mod problems;
mod suggest;
mod syntax;
mod tree;

pub(super) use field::{Field, quoted};
pub(super) use fields::Fields;
pub(super) use path::{Path, Step, parse_path};
pub(super) use problems::Problems;
pub(super) use suggest::did_you_mean;
pub(super) use syntax::parse;
pub(super) use tree::{Content, Entry, Tree};
