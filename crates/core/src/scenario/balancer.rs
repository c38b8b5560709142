//! Spreads calls over other nodes.

use serde::Serialize;

pub use crate::engine::balance::Algorithm;

use super::read::Fields;
#[cfg(feature = "schema")]
use super::schema::Text;
use super::{Price, Work};

/// Spreads calls over the ready instances of other nodes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "next")))]
pub struct Balancer {
    /// How it chooses.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Algorithm::default(), "x-live" = "rebuild")))]
    pub algorithm: Algorithm,
    /// The nodes behind it.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Vec<Text>", length(min = 1, max = 200), extend("x-live" = "restart"))
    )]
    pub to: Vec<String>,
    /// Time it takes to choose and pass on. Without it, none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_time: Option<Work>,
    /// What it costs.
    #[cfg_attr(feature = "schema", schemars(extend("default" = Price::default(), "x-live" = "now")))]
    pub price: Price,
}

impl Balancer {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let algorithm = fields.or("algorithm", Algorithm::default(), |field| field.choice());
        let to = fields.required("to", "a list of the nodes behind it", |field| {
            field.some_list(200, "nodes", |item| item.text())
        });
        let service_time = fields.optional("service_time", Work::read);
        let price = fields.or("price", Price::default(), Price::read);
        Some(Self { algorithm, to: to?, service_time, price })
    }
}
