//! What the schema of scenario files says about each setting. The tables are made by the build script from
//! `schema.json`, which `cargo xtask codegen` makes from the scenario's own types: nothing is listed by hand.

use crate::protocol::Effect;
use serde_json::Value;

include!(concat!(env!("OUT_DIR"), "/settings.rs"));

/// A table in one of its variants.
pub(super) struct Shape {
    /// Keys and words that the table has in this variant.
    words: &'static [(&'static str, &'static str)],
    settings: &'static [Setting],
}

/// A setting.
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) effect: Effect,
    pub(super) form: Form,
}

/// How a setting is set.
pub(super) enum Form {
    /// See [`crate::protocol::ControlKind::Number`].
    Number { min: f64, max: f64, step: f64, log: bool, unit: &'static str },
    /// See [`crate::protocol::ControlKind::Duration`].
    Duration { min: f64, max: f64, step: f64, log: bool },
    /// A number of bytes, such as "64 MiB": shown, not set on the page.
    Size,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Yes or no.
    Toggle,
    /// Settings of its own, in one of these shapes.
    Table(&'static [Shape]),
}

/// The settings of a table, by the variant it is.
pub(super) fn of(shapes: &'static [Shape], table: &Value) -> &'static [Setting] {
    let is =
        |shape: &&Shape| shape.words.iter().all(|(key, word)| table.get(key).is_some_and(|of| of == word));
    shapes.iter().find(is).map_or(&[], |shape| shape.settings)
}
