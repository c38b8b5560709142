//! How the amounts that people write as text, and some others, look in the schema. Their ranges are those of the
//! reader.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::super::{QueueLimit, units};

/// Any duration, none included.
pub(in crate::scenario) struct Duration;

/// Any duration but none.
pub(in crate::scenario) struct SomeDuration;

/// From one time to the next of what happens again and again by itself.
pub(in crate::scenario) struct Period;

/// At least 1 byte and at most `MOST`, as text or as a number.
pub(in crate::scenario) struct Size<const MOST: u64>;

/// Money in dollars; none by default.
pub(in crate::scenario) struct Dollars;

/// Text for people, or the name of a node.
pub(in crate::scenario) struct Text;

/// Puts a schema in the place of a type.
macro_rules! looks_like {
    ($([const $most:ident: u64])? $type:ident $(<$argument:ident>)? => $schema:expr) => {
        impl $(<const $most: u64>)? JsonSchema for $type $(<$argument>)? {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

looks_like!(Duration => duration(&units::ANY_DURATION));
looks_like!(SomeDuration => duration(&units::SOME_DURATION));
looks_like!(Period => duration(&units::PERIOD));
looks_like!([const MOST: u64] Size<MOST> => size(MOST));
looks_like!(Dollars => json_schema!({ "type": "number", "minimum": 0, "maximum": 1e6, "x-unit": "$", "default": 0.0 }));
looks_like!(Text => json_schema!({ "type": "string", "minLength": 1, "maxLength": 200 }));
looks_like!(QueueLimit => json_schema!({
    "anyOf": [
        { "type": "integer", "minimum": 0, "maximum": 1_000_000 },
        { "const": "unlimited", "description": "Any number, until the run's own limit." }
    ],
    "x-unit": "places",
    "x-usual": [1, 100_000],
    "x-scale": "log"
}));

/// Never `format: "duration"`, which means ISO 8601.
fn duration(range: &std::ops::RangeInclusive<u64>) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": r"^\s*[0-9_]+(\.[0-9_]+)?\s*(h|m|s|ms|us|ns)\s*$",
        "x-min": units::format_duration(*range.start()),
        "x-max": units::format_duration(*range.end()),
        "x-scale": "log"
    })
}

fn size(most: u64) -> Schema {
    json_schema!({
        "type": ["string", "integer"],
        "pattern": r"^\s*[0-9_]+(\.[0-9_]+)?\s*([KMGT]iB|[kMGT]?B)\s*$",
        "minimum": 1,
        "maximum": most,
        "x-min": units::format_size(1),
        "x-max": units::format_size(most),
        "x-scale": "log"
    })
}
