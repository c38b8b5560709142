//! Where nodes stand: places of the world with measured round trips between them.

use serde::{Deserialize, Serialize};

use super::read::Fields;
#[cfg(feature = "schema")]
use super::schema::Text;
use crate::sim::time::{MILLISECOND, Nanos};

/// A place of the world: a region of a cloud provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Region {
    /// Northern Virginia, on the east coast of the United States.
    Virginia,
    /// Oregon, on the west coast of the United States.
    Oregon,
    /// Ireland.
    Ireland,
    /// Frankfurt, Germany.
    Frankfurt,
    /// Tokyo, Japan.
    Tokyo,
    /// Singapore.
    Singapore,
    /// Sydney, Australia.
    Sydney,
    /// São Paulo, Brazil.
    SaoPaulo,
}

/// The nodes in one place: `sydney = ["edge", "app"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub region: Region,
    /// Names of nodes.
    pub nodes: Vec<String>,
}

/// Round trips between the regions of Amazon's cloud in milliseconds, mean of both directions, rounded: as tabulated
/// at acomputerscientistlearnsaws.blogspot.com/2017/04/aws-regions.html from measurements of that time. Today's differ
/// by some per cent; the order of places does not. Within a place: 1 ms, as between its zones.
const ROUND_TRIPS: [[u16; 8]; 8] = [
    [1, 88, 81, 89, 145, 217, 230, 120],
    [88, 1, 137, 160, 89, 161, 162, 183],
    [81, 137, 1, 20, 212, 239, 310, 191],
    [89, 160, 20, 1, 237, 326, 323, 195],
    [145, 89, 212, 237, 1, 74, 104, 257],
    [217, 161, 239, 326, 74, 1, 175, 328],
    [230, 162, 310, 323, 104, 175, 1, 323],
    [120, 183, 191, 195, 257, 328, 323, 1],
];

impl Region {
    /// Time for a message and its answer, in ns.
    pub fn round_trip(self, other: Region) -> Nanos {
        u64::from(ROUND_TRIPS[self as usize][other as usize]) * MILLISECOND
    }
}

/// Reads `{ sydney = ["edge", "app"] }`.
pub(super) fn read(fields: &mut Fields<'_>) -> Vec<Place> {
    let nodes =
        |fields: &mut Fields<'_>, key| fields.optional(key, |field| field.list(200, |item| item.text()));
    let places =
        REGIONS.into_iter().filter_map(|(key, region)| Some(Place { region, nodes: nodes(fields, key)? }));
    places.filter(|place| !place.nodes.is_empty()).collect()
}

/// Every region, by its key in a file.
const REGIONS: [(&str, Region); 8] = [
    ("virginia", Region::Virginia),
    ("oregon", Region::Oregon),
    ("ireland", Region::Ireland),
    ("frankfurt", Region::Frankfurt),
    ("tokyo", Region::Tokyo),
    ("singapore", Region::Singapore),
    ("sydney", Region::Sydney),
    ("sao_paulo", Region::SaoPaulo),
];

/// What the schema shows of the table.
#[cfg(feature = "schema")]
#[expect(dead_code, reason = "only its schema is wanted")]
#[derive(schemars::JsonSchema)]
#[schemars(extend("x-live" = "restart"))]
pub(super) struct Regions {
    /// Nodes in northern Virginia.
    #[schemars(length(max = 200), extend("default" = Vec::<String>::new()))]
    virginia: Vec<Text>,
    /// Nodes in Oregon.
    #[schemars(length(max = 200), extend("default" = Vec::<String>::new()))]
    oregon: Vec<Text>,
    /// Nodes in Ireland.
    #[schemars(length(max = 200), extend("default" = Vec::<String>::new()))]
    ireland: Vec<Text>,
    /// Nodes in Frankfurt.
    #[schemars(length(max = 200), extend("default" = Vec::<String>::new()))]
    frankfurt: Vec<Text>,
    /// Nodes in Tokyo.
    #[schemars(length(max = 200), extend("default" = Vec::<String>::new()))]
    tokyo: Vec<Text>,
    /// Nodes in Singapore.
    #[schemars(length(max = 200), extend("default" = Vec::<String>::new()))]
    singapore: Vec<Text>,
    /// Nodes in Sydney.
    #[schemars(length(max = 200), extend("default" = Vec::<String>::new()))]
    sydney: Vec<Text>,
    /// Nodes in São Paulo.
    #[schemars(length(max = 200), extend("default" = Vec::<String>::new()))]
    sao_paulo: Vec<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_go_both_ways_and_one_detour_is_much_shorter() {
        let mut detours = Vec::new();
        for (from, row) in ROUND_TRIPS.iter().enumerate() {
            for (to, &direct) in row.iter().enumerate().skip(from) {
                assert_eq!(direct, ROUND_TRIPS[to][from]);
                let round =
                    (0..8).filter(|by| *by != from && *by != to).map(|by| row[by] + ROUND_TRIPS[by][to]);
                if from != to && round.min().unwrap() < direct * 4 / 5 {
                    detours.push((from, to));
                }
            }
        }
        // Frankfurt to Singapore was slow, 326 ms; by Ireland it would have been 259.
        assert_eq!(detours, [(Region::Frankfurt as usize, Region::Singapore as usize)]);
    }
}
