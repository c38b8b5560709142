//! The JSON Schema (2020-12) of a scenario file, from the scenario's own types: structure and words by `schemars`,
//! ranges, units and defaults by attributes beside each field. It completes an editor, describes settings on the
//! command line and drives the page's settings.
//!
//! What plain JSON Schema cannot say stands in keys of our own, at each setting:
//!
//! - `x-live`: when a change is felt in a run that goes on. `now`; `next` request, message or draw; `drain`: what is in
//!   use stays so until it is done; `rebuild`: at once, at the cost of putting things in a new order; `restart`: only
//!   by running again. A type's own `x-live` is that of its settings which say nothing else.
//! - `x-unit`: what a number counts.
//! - `x-min`, `x-max`: bounds of a duration or size, which is a string.
//! - `x-usual`: the part of the range that a slider covers; without it, all. `x-scale = "log"`: it covers magnitudes.
//! - `x-step`: from one value to the next.
//!
//! Not in it: what only the whole file can tell (see `check`), and bounds that one setting gives another.

mod amounts;
#[cfg(test)]
pub(crate) mod tests;
mod tidy;

pub(super) use amounts::{Dollars, Duration, Period, Size, SomeDuration, Text};

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Scenario;

/// The JSON Schema of a scenario file.
pub fn json_schema() -> Value {
    let mut schema =
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Scenario>().to_value();
    tidy::tidy(&mut schema);
    schema
}
