//! A run as a link: the address of its lab with `#run=` and base64url(deflate-raw(JSON)).
//!
//! The JSON is the run file that the command line reads as well. Reading refuses what is too long, damaged or of a
//! newer format; whatever a link holds, the worst that happens is the lab as it ships.

mod base64;
pub mod pack;

use super::value::milliseconds;
use crate::json;
use crate::protocol::{Act, Micros, Setting, TimedAct, ZonePlace};
use headroom_core::sort;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The longest run file that is read, in bytes.
pub const LONGEST: usize = 1 << 20;

/// The format's version.
const VERSION: u32 = 1;

/// What a link held.
#[derive(Clone, Debug, PartialEq)]
pub enum Shared {
    /// A run.
    Run(RunFile),
    /// Nothing that can be read.
    Damaged,
}

/// A run: lab, seed, settings, actions, and how far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunFile {
    /// Version of the format.
    pub headroom: u32,
    /// Version of the engines that made it.
    pub engine: u32,
    /// The lab's id.
    pub lab: String,
    /// The seed, if not the lab's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Settings changed before the run began.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, Value>,
    /// What was done, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<FileAct>,
    /// Seconds it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
    /// Its digest, 16 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// An act as scenario files write it: times with units, `node[slot]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileAct {
    at: String,
    #[serde(rename = "do")]
    what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    between: Option<[String; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    factor: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    lasting: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tag: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    soft: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
}

impl RunFile {
    /// A run of a lab up to `until`.
    pub fn new(lab: &str, engine: u32, set: Vec<Setting>, acts: &[TimedAct], until: Micros) -> Self {
        Self {
            headroom: VERSION,
            engine,
            lab: lab.to_owned(),
            set: headroom_labs::settings(set),
            actions: acts.iter().map(FileAct::from).collect(),
            until: Some(until / 1e6),
            ..Self::default()
        }
    }

    /// Reads the JSON of a link.
    pub fn read(json: &str) -> Shared {
        if json.len() > LONGEST {
            return Shared::Damaged;
        }
        let read: Option<Self> = json::read(json);
        let usable = |file: &Self| {
            file.headroom == VERSION
                && file.until.is_none_or(|until| until.is_finite() && until >= 0.0)
                && file.seed.is_none_or(|seed| seed < 1 << 53)
                && file.actions.iter().all(|act| act.read().is_some())
        };
        read.filter(usable).map_or(Shared::Damaged, Shared::Run)
    }

    /// Its JSON, on one line.
    pub fn write(&self) -> String {
        json::text(self)
    }

    /// What was done.
    pub fn acts(&self) -> Vec<TimedAct> {
        let mut acts: Vec<TimedAct> = self.actions.iter().filter_map(FileAct::read).collect();
        sort::by_key(&mut acts, |act| sort::Total(act.at_us));
        acts
    }

    /// Settings changed before the run began.
    pub fn settings(&self) -> Vec<Setting> {
        self.set.iter().map(|(path, value)| (path.clone(), value.clone())).collect()
    }

    /// How far it ran.
    pub fn until_us(&self) -> Micros {
        self.until.map_or(0.0, |seconds| (seconds * 1e6).round())
    }
}

impl FileAct {
    fn read(&self) -> Option<TimedAct> {
        let node = || self.node.clone();
        let target = || target(self.node.as_deref()?);
        let for_us = || micros(self.lasting.as_deref()?);
        let factor = || self.factor.filter(|factor| factor.is_finite());
        let ratio = || self.ratio.filter(|ratio| ratio.is_finite());
        let act = match self.what.as_str() {
            "set" => Act::Set { path: self.path.clone()?, value: self.value.clone()? },
            // For a while only a file can; the page would kill for good.
            "kill" if self.lasting.is_none() => target().map(|(node, slot)| Act::Kill { node, slot })?,
            "start" => target().map(|(node, slot)| Act::Start { node, slot })?,
            "drain" => target().map(|(node, slot)| Act::Drain { node, slot })?,
            "flush" => Act::Flush { node: node()? },
            "purge" => Act::Purge { node: node()?, tag: self.tag?, soft: self.soft },
            "slow" => Act::Slow { node: node()?, factor: factor()?, for_us: for_us()? },
            "partition" => Act::Partition { between: self.between.clone()?, for_us: for_us()? },
            "spike" => Act::Spike { node: node()?, factor: factor()?, for_us: for_us()? },
            "pause" => {
                let (node, slot) = target()?;
                Act::Pause { node, slot, for_us: for_us()? }
            }
            "fail" => Act::Fail { node: node()?, ratio: ratio()?, for_us: for_us()? },
            "lose" => Act::Lose { between: self.between.clone()?, ratio: ratio()?, for_us: for_us()? },
            "outage" => {
                let place = ZonePlace { zone: self.zone.clone()?, region: self.region.clone() };
                Act::Outage { place, for_us: for_us()? }
            }
            _ => return None,
        };
        Some(TimedAct { at_us: micros(&self.at)?, act })
    }
}

impl From<&TimedAct> for FileAct {
    fn from(timed: &TimedAct) -> Self {
        let file = |what: &str| Self { at: time(timed.at_us), what: what.to_owned(), ..Self::default() };
        let at = |what: &str, node: &str, slot: &Option<u16>| Self {
            node: Some(place(node, *slot)),
            ..file(what)
        };
        match &timed.act {
            Act::Set { path, value } => {
                Self { path: Some(path.clone()), value: Some(value.clone()), ..file("set") }
            }
            Act::Kill { node, slot } => at("kill", node, slot),
            Act::Start { node, slot } => at("start", node, slot),
            Act::Drain { node, slot } => at("drain", node, slot),
            Act::Flush { node } => at("flush", node, &None),
            Act::Purge { node, tag, soft } => {
                Self { tag: Some(*tag), soft: *soft, ..at("purge", node, &None) }
            }
            Act::Slow { node, factor, for_us } => {
                Self { factor: Some(*factor), lasting: Some(time(*for_us)), ..at("slow", node, &None) }
            }
            Act::Spike { node, factor, for_us } => {
                Self { factor: Some(*factor), lasting: Some(time(*for_us)), ..at("spike", node, &None) }
            }
            Act::Partition { between, for_us } => {
                Self { between: Some(between.clone()), lasting: Some(time(*for_us)), ..file("partition") }
            }
            Act::Pause { node, slot, for_us } => {
                Self { lasting: Some(time(*for_us)), ..at("pause", node, slot) }
            }
            Act::Fail { node, ratio, for_us } => {
                Self { ratio: Some(*ratio), lasting: Some(time(*for_us)), ..at("fail", node, &None) }
            }
            Act::Lose { between, ratio, for_us } => {
                let (between, lasting) = (Some(between.clone()), Some(time(*for_us)));
                Self { between, ratio: Some(*ratio), lasting, ..file("lose") }
            }
            Act::Outage { place, for_us } => {
                let ZonePlace { zone, region } = place.clone();
                Self { zone: Some(zone), region, lasting: Some(time(*for_us)), ..file("outage") }
            }
        }
    }
}

fn time(micros: Micros) -> String {
    format!("{}us", micros.round())
}

fn micros(text: &str) -> Option<Micros> {
    milliseconds(text).map(|ms| (ms * 1_000.0).round()).filter(|micros| (0.0..=9e15).contains(micros))
}

fn place(node: &str, slot: Option<u16>) -> String {
    slot.map_or_else(|| node.to_owned(), |slot| format!("{node}[{slot}]"))
}

fn target(text: &str) -> Option<(String, Option<u16>)> {
    match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some((node, slot)) => Some((node.to_owned(), Some(slot.parse().ok()?))),
        None => Some((text.to_owned(), None)),
    }
}

#[cfg(test)]
mod tests;
