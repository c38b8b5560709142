//! What happens to a system while it runs.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::read::{Field, Fields, Problems, Tree, quoted};
#[cfg(feature = "schema")]
use super::schema::{Duration, SomeDuration, Text};
use super::{Region, Value, Zone, units};
use crate::sim::time::{Nanos, Time};

/// Something that happens at a time. Actions at one time apply in their order, before that time's events.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "restart")))]
pub struct TimedAction {
    /// When.
    #[serde(serialize_with = "units::duration")]
    #[cfg_attr(feature = "schema", schemars(with = "Duration"))]
    pub at: Time,
    /// What.
    #[serde(flatten)]
    pub action: Action,
}

/// What can be done to a system while it runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("x-live" = "restart")))]
pub enum Action {
    /// Change a setting.
    Set {
        /// Where it stands: `nodes.cache.capacity`, `links."app -> db".pool.pool_size`.
        #[cfg_attr(feature = "schema", schemars(with = "Text"))]
        path: String,
        /// What it shall be.
        #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
        value: Value,
    },
    /// An instance dies: all inside is lost. Without a slot, all instances of the node.
    Kill {
        /// Who.
        #[cfg_attr(feature = "schema", schemars(with = "Text"))]
        node: Target,
        /// For how long, until those that died start again. Without it, for good.
        #[serde(
            rename = "for",
            serialize_with = "units::maybe_duration",
            skip_serializing_if = "Option::is_none"
        )]
        #[cfg_attr(feature = "schema", schemars(with = "Option<SomeDuration>"))]
        lasting: Option<Nanos>,
    },
    /// A dead instance starts again; without a slot, all dead ones, or one more if none is dead.
    Start {
        /// Who.
        #[cfg_attr(feature = "schema", schemars(with = "Text"))]
        node: Target,
    },
    /// An instance takes no new calls, finishes what is inside and leaves.
    Drain {
        /// Who.
        #[cfg_attr(feature = "schema", schemars(with = "Text"))]
        node: Target,
    },
    /// A cache loses its entries.
    Flush {
        /// Who.
        #[cfg_attr(feature = "schema", schemars(with = "Text"))]
        node: Target,
    },
    /// A cache loses the entries of one tag, or they end.
    Purge {
        /// Who.
        #[cfg_attr(feature = "schema", schemars(with = "Text"))]
        node: Target,
        /// Which tag, from 0.
        #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 999999)))]
        tag: u64,
        /// Whether its entries only end now, so that a cache may still give them out in its grace, or when loading them
        /// anew fails. Without it, they go.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "schema", schemars(default))]
        soft: bool,
    },
    /// An instance works slower for a while.
    Slow {
        /// Who.
        #[cfg_attr(feature = "schema", schemars(with = "Text"))]
        node: Target,
        /// How many times longer work takes.
        #[cfg_attr(feature = "schema", schemars(range(min = 0.01, max = 1000.0)))]
        factor: f64,
        /// For how long.
        #[serde(rename = "for", serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration"))]
        lasting: Nanos,
    },
    /// No message passes between two nodes for a while.
    Partition {
        /// The two.
        #[cfg_attr(feature = "schema", schemars(with = "[Text; 2]"))]
        between: [String; 2],
        /// For how long.
        #[serde(rename = "for", serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration"))]
        lasting: Nanos,
    },
    /// Clients send more for a while.
    Spike {
        /// Which clients.
        #[cfg_attr(feature = "schema", schemars(with = "Text"))]
        node: String,
        /// How many times more.
        #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1000.0)))]
        factor: f64,
        /// For how long.
        #[serde(rename = "for", serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration"))]
        lasting: Nanos,
    },
    /// An instance stands still for a while, as in a garbage collection: what is inside waits.
    Pause {
        /// Who.
        #[cfg_attr(feature = "schema", schemars(with = "Text"))]
        node: Target,
        /// For how long.
        #[serde(rename = "for", serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration"))]
        lasting: Nanos,
    },
    /// Requests to a node fail for a while, once their work is done.
    Fail {
        /// Which node.
        #[cfg_attr(feature = "schema", schemars(with = "Text"))]
        node: String,
        /// Share of them. 0 to 1.
        #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0)))]
        ratio: f64,
        /// For how long.
        #[serde(rename = "for", serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration"))]
        lasting: Nanos,
    },
    /// Messages between two nodes are lost for a while.
    Lose {
        /// The two.
        #[cfg_attr(feature = "schema", schemars(with = "[Text; 2]"))]
        between: [String; 2],
        /// Share of them, beside those that the link always loses. 0 to 1.
        #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0)))]
        ratio: f64,
        /// For how long.
        #[serde(rename = "for", serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration"))]
        lasting: Nanos,
    },
    /// A zone is out for a while: all instances in it die, and start again at its end.
    Outage {
        /// Which zone.
        zone: Zone,
        /// Of which region. Without it, of nodes that stand in no region.
        #[serde(skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
        /// For how long.
        #[serde(rename = "for", serialize_with = "units::duration")]
        #[cfg_attr(feature = "schema", schemars(with = "SomeDuration"))]
        lasting: Nanos,
    },
}

/// A node, `app`, or one of its instances, `app[1]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The node.
    pub node: String,
    /// The instance's slot, from 0; `None` for all instances.
    pub slot: Option<u32>,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.slot {
            Some(slot) => write!(f, "{}[{slot}]", self.node),
            None => f.write_str(&self.node),
        }
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl TimedAction {
    pub(super) fn read(field: Field<'_>) -> Option<Self> {
        field.table(|fields| {
            let at = fields.required("at", "when it happens", |field| field.duration(units::ANY_DURATION));
            let action = Action::read(fields);
            Some(Self { at: at?, action: action? })
        })
    }
}

impl Action {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let names = [
            "set",
            "kill",
            "start",
            "drain",
            "flush",
            "purge",
            "slow",
            "partition",
            "spike",
            "pause",
            "fail",
            "lose",
            "outage",
        ];
        match fields.tag("do", "what happens", &names)? {
            "set" => {
                let path = fields.required("path", "the setting to change", |field| field.text());
                let value = fields.required("value", "what it shall be", |field| field.value());
                Some(Self::Set { path: path?, value: value? })
            }
            "kill" => {
                let lasting = fields.optional("for", |field| field.duration(units::SOME_DURATION));
                Some(Self::Kill { node: read_target(fields)?, lasting })
            }
            "start" => Some(Self::Start { node: read_target(fields)? }),
            "drain" => Some(Self::Drain { node: read_target(fields)? }),
            "flush" => Some(Self::Flush { node: read_target(fields)? }),
            "purge" => {
                let tag = fields
                    .required("tag", "the tag to remove, from 0", |field| field.whole(0..=999_999_u64, ""));
                let soft = fields.or("soft", false, |field| field.flag());
                Some(Self::Purge { node: read_target(fields)?, tag: tag?, soft })
            }
            "slow" => {
                let (node, factor, lasting) =
                    (read_target(fields), read_factor(fields, 0.01), read_lasting(fields));
                Some(Self::Slow { node: node?, factor: factor?, lasting: lasting? })
            }
            "partition" => {
                let between = fields.required("between", "the two nodes", read_pair);
                let lasting = read_lasting(fields);
                Some(Self::Partition { between: between?, lasting: lasting? })
            }
            "pause" => {
                let (node, lasting) = (read_target(fields), read_lasting(fields));
                Some(Self::Pause { node: node?, lasting: lasting? })
            }
            "fail" => {
                let node = fields.required("node", "a service or a database", |field| field.text());
                let (ratio, lasting) = (read_ratio(fields), read_lasting(fields));
                Some(Self::Fail { node: node?, ratio: ratio?, lasting: lasting? })
            }
            "lose" => {
                let between = fields.required("between", "the two nodes", read_pair);
                let (ratio, lasting) = (read_ratio(fields), read_lasting(fields));
                Some(Self::Lose { between: between?, ratio: ratio?, lasting: lasting? })
            }
            "outage" => {
                let zone = fields.required("zone", "which zone, such as \"a\"", |field| field.choice());
                let region = fields.optional("region", |field| field.choice());
                let lasting = read_lasting(fields);
                Some(Self::Outage { zone: zone?, region, lasting: lasting? })
            }
            _ => {
                let node = fields.required("node", "the clients", |field| field.text());
                let (factor, lasting) = (read_factor(fields, 0.0), read_lasting(fields));
                Some(Self::Spike { node: node?, factor: factor?, lasting: lasting? })
            }
        }
    }
}

fn read_target(fields: &mut Fields<'_>) -> Option<Target> {
    fields.required("node", "a node, or an instance such as \"app[1]\"", |field| {
        let text = field.text()?;
        match Target::parse(&text) {
            Some(target) => Some(target),
            None => field.reject(format!(
                "{} is no instance; give a node, \"app\", or one of its instances, \"app[1]\"",
                quoted(&text)
            )),
        }
    })
}

fn read_factor(fields: &mut Fields<'_>, least: f64) -> Option<f64> {
    fields.required("factor", "how many times", |field| field.number(least..=1_000.0, "times"))
}

fn read_ratio(fields: &mut Fields<'_>) -> Option<f64> {
    fields.required("ratio", "which share, 0 to 1", |field| field.share())
}

fn read_lasting(fields: &mut Fields<'_>) -> Option<Nanos> {
    fields.required("for", "how long it lasts", |field| field.duration(units::SOME_DURATION))
}

fn read_pair(field: Field<'_>) -> Option<[String; 2]> {
    let names = field.list(2, |item| item.text())?;
    match <[String; 2]>::try_from(names) {
        Ok(pair) => Some(pair),
        Err(names) => field.reject(format!("{} nodes; give 2", names.len())),
    }
}

impl Target {
    fn parse(text: &str) -> Option<Self> {
        let Some((node, slot)) = text.split_once('[') else {
            return Some(Self { node: text.to_owned(), slot: None });
        };
        let slot = slot.strip_suffix(']')?.parse().ok()?;
        Some(Self { node: node.to_owned(), slot: Some(slot) })
    }
}

/// Reads what [`Serialize`] writes, by the same code as a file, so that an action means the same in a file, in a
/// link and between page and worker.
impl<'de> Deserialize<'de> for TimedAction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tree = Tree::from(&Value::deserialize(deserializer)?);
        let problems = Problems::default();
        let action = Self::read(Field::root(&tree, &problems));
        match (action, problems.into_sorted().first()) {
            (Some(action), None) => Ok(action),
            (_, Some(problem)) => Err(D::Error::custom(problem)),
            (None, None) => Err(D::Error::custom("not an action")),
        }
    }
}
