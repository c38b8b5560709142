//! What a node costs.

use serde::Serialize;

use super::read::Field;
#[cfg(feature = "schema")]
use super::schema::Dollars;
use super::units;

/// Money in millionths of a dollar, so that sums are exact.
pub type MicroDollars = u64;

/// What a node costs. In a file the prices are dollars, rounded half up to a millionth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "now")))]
pub struct Price {
    /// An instance for an hour.
    #[serde(serialize_with = "units::dollars")]
    #[cfg_attr(feature = "schema", schemars(with = "Dollars"))]
    pub per_hour: MicroDollars,
    /// A core for an hour.
    #[serde(serialize_with = "units::dollars")]
    #[cfg_attr(feature = "schema", schemars(with = "Dollars"))]
    pub per_core_hour: MicroDollars,
    /// Room for 1,000 keys for an hour.
    #[serde(serialize_with = "units::dollars")]
    #[cfg_attr(feature = "schema", schemars(with = "Dollars"))]
    pub per_1000_keys_hour: MicroDollars,
    /// Room for a GiB for an hour.
    #[serde(serialize_with = "units::dollars")]
    #[cfg_attr(feature = "schema", schemars(with = "Dollars"))]
    pub per_gib_hour: MicroDollars,
    /// A million calls answered.
    #[serde(serialize_with = "units::dollars")]
    #[cfg_attr(feature = "schema", schemars(with = "Dollars"))]
    pub per_million_calls: MicroDollars,
}

impl Price {
    pub(super) fn read(field: Field<'_>) -> Option<Self> {
        field.table(|fields| {
            let mut price = |key| fields.or(key, 0, |field| field.dollars());
            Some(Self {
                per_hour: price("per_hour"),
                per_core_hour: price("per_core_hour"),
                per_1000_keys_hour: price("per_1000_keys_hour"),
                per_gib_hour: price("per_gib_hour"),
                per_million_calls: price("per_million_calls"),
            })
        })
    }
}
