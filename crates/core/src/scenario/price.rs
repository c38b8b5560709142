//! What a node costs.

use serde::Serialize;

use super::units;

/// Money in millionths of a dollar, so that sums are exact.
pub type MicroDollars = u64;

/// What a node costs. In a file the prices are dollars, rounded half up to a millionth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Price {
    /// An instance for an hour.
    #[serde(serialize_with = "units::dollars")]
    pub per_hour: MicroDollars,
    /// A core for an hour.
    #[serde(serialize_with = "units::dollars")]
    pub per_core_hour: MicroDollars,
    /// Room for 1,000 keys for an hour.
    #[serde(serialize_with = "units::dollars")]
    pub per_1000_keys_hour: MicroDollars,
    /// Room for a GiB for an hour.
    #[serde(serialize_with = "units::dollars")]
    pub per_gib_hour: MicroDollars,
    /// A million calls answered.
    #[serde(serialize_with = "units::dollars")]
    pub per_million_calls: MicroDollars,
}
