//! A system as the page sees it: the page has no reader of scenarios.

use super::{Micros, Setting};
use headroom_wire::Wire;

/// Everything the page knows of a loaded run that does not change from frame to frame.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct View {
    /// The scenario's title.
    pub title: String,
    /// Below 2^53.
    pub seed: u64,
    /// Version of the engines; figures of another version may differ.
    pub engine: u32,
    /// Length of the run.
    pub duration_us: Micros,
    /// Statistics start here.
    pub warmup_us: Micros,
    /// Width of the moving window that charts show; the whole run if absent.
    pub view_us: Option<Micros>,
    /// In the order of the file.
    pub nodes: Vec<NodeView>,
    /// Those alive when the view was made; frames are the truth of who lives.
    pub instances: Vec<InstanceView>,
    /// Who calls whom.
    pub links: Vec<LinkView>,
    /// Every setting of the scenario with its present value.
    pub controls: Vec<Control>,
    /// The lab's own actions, for the time axis.
    pub disturbances: Vec<Disturbance>,
    /// What the system costs, node by node.
    pub receipt: Vec<super::ReceiptLine>,
    /// Path and value of each setting that the run began with, where [`Self::controls`] differ by now.
    pub changed_from: Vec<Setting>,
    /// Zones that may be out: the first of each region in which something is spread over several.
    pub zones: Vec<super::ZonePlace>,
    /// The paths that requests ask for, if any.
    pub paths: Vec<String>,
}

/// What a node is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub enum NodeKind {
    /// Sends requests.
    Clients,
    /// Hands each request to one of many.
    Balancer,
    /// Computes.
    #[default]
    Service,
    /// Keeps copies.
    Cache,
    /// Keeps the data.
    Database,
}

/// One node.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct NodeView {
    /// Its name in the scenario, such as `app`.
    pub name: String,
    /// Its name on the screen, such as "App".
    pub label: String,
    /// What it is.
    pub kind: NodeKind,
    /// How many instances it shall have.
    pub replicas: u32,
    /// One line under the label that only settings decide, such as "least conn." or "LRU"; may be empty.
    pub detail: String,
}

/// One instance of a node.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct InstanceView {
    /// Index in [`View::nodes`].
    pub node: u16,
    /// Counted from 0 within the node.
    pub slot: u16,
    /// Its name on the screen, such as "App 2", or the node's where it is the only one.
    pub label: String,
}

/// One node calls another.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct LinkView {
    /// Index in [`View::nodes`].
    pub from: u16,
    /// Index in [`View::nodes`].
    pub to: u16,
    /// One way.
    pub latency_us: Micros,
    /// Whether calls wait for a connection of a pool.
    pub pooled: bool,
}

/// One setting, described by the schema.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct Control {
    /// Such as `nodes.cache.capacity` or `links."app -> db".pool.pool_size`.
    pub path: String,
    /// Heading it stands under: the node's or link's name on the screen.
    pub group: String,
    /// Name on the screen, such as "Capacity".
    pub label: String,
    /// What it does, one or two sentences.
    pub help: String,
    /// Its present value, as in the scenario (a duration is a string such as "20ms").
    pub value: serde_json::Value,
    /// How it is set.
    pub kind: ControlKind,
    /// When a change of it is felt.
    pub effect: Effect,
}

/// How a setting is set.
#[derive(Clone, Debug, PartialEq, Wire)]
pub enum ControlKind {
    /// A number.
    Number {
        /// Least.
        min: f64,
        /// Most that the slider offers.
        max: f64,
        /// Between neighbouring values.
        step: f64,
        /// Whether the slider is logarithmic.
        log: bool,
        /// Such as "keys" or "/s"; may be empty.
        unit: String,
    },
    /// A length of time, sent as a string such as "20ms"; bounds in milliseconds.
    Duration {
        /// Least, in milliseconds.
        min: f64,
        /// Most that the slider offers, in milliseconds.
        max: f64,
        /// Between neighbouring values, in milliseconds.
        step: f64,
        /// Whether the slider is logarithmic.
        log: bool,
    },
    /// One of several words.
    Choice {
        /// In the schema's order.
        options: Vec<String>,
    },
    /// Yes or no.
    Toggle,
    /// Shown, not set here.
    Fixed,
}

/// When a change is felt: `x-live` of the schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Wire)]
pub enum Effect {
    /// At once.
    #[default]
    Now,
    /// From the next use on.
    Next,
    /// When those in use are done.
    Drain,
    /// After a rebuild.
    Rebuild,
    /// Only by starting the run again.
    Restart,
}

/// One of the scenario's own actions.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct Disturbance {
    /// When it begins.
    pub at_us: Micros,
    /// How long it lasts; 0 for a moment.
    pub for_us: Micros,
    /// Such as "×5".
    pub label: String,
}
