//! What the worker tells the page, frames apart.

use super::{Comparison, Happening, Micros, RunId, Task, View};
use headroom_wire::Wire;

/// Worker to page.
#[derive(Clone, Debug, PartialEq, Wire)]
pub enum Answer {
    /// The worker runs and can be spoken to. Sent once, before anything else.
    Ready {
        /// Version of the engines.
        engine: u32,
    },
    /// A run was started, or its settings changed.
    Loaded {
        /// Of this run.
        run: RunId,
        /// The system.
        view: Box<View>,
    },
    /// A scenario or a change cannot be used; the run, if there was one, is as before.
    Problems {
        /// Of this run; absent when a text was only checked.
        run: Option<RunId>,
        /// Everything that is wrong.
        problems: Vec<Problem>,
    },
    /// Per-window figures from window `from` on; rows the page has from there on are replaced.
    Series {
        /// Of this run.
        run: RunId,
        /// Index of the first window in `rows`: it begins at `from * 250 ms`.
        from: u32,
        /// One per window.
        rows: Vec<Row>,
    },
    /// The inside of the instance that is inspected.
    Inside {
        /// Of this run.
        run: RunId,
        /// What it looks like.
        inside: Inside,
    },
    /// Everything one request caused, parents before children.
    Trace {
        /// Of this run.
        run: RunId,
        /// The request, 16 hexadecimal digits.
        root: String,
        /// Empty if the request is not known.
        spans: Vec<TraceSpan>,
    },
    /// Figures that were asked for, in that order; absent ones have no or too few samples.
    Measured {
        /// Of this run.
        run: RunId,
        /// When they were taken.
        at_us: Micros,
        /// In the report's units.
        values: Vec<Option<f64>>,
    },
    /// The figure of each variant, in that order.
    Compared {
        /// Of this run.
        run: RunId,
        /// In the report's units.
        values: Vec<Option<f64>>,
    },
    /// A task was judged.
    Evaluated {
        /// Of this run.
        run: RunId,
        /// The verdict.
        evaluated: Evaluated,
    },
    /// Something takes long.
    Progress {
        /// Of this run.
        run: RunId,
        /// What.
        task: Task,
        /// 0 to 1.
        done: f64,
    },
    /// A fast run stands where it should.
    Arrived {
        /// Of this run.
        run: RunId,
        /// There.
        at_us: Micros,
    },
    /// The report of the run so far: the JSON of the command line.
    Reported {
        /// Of this run.
        run: RunId,
        /// Up to this time, which a run file's `until` has to repeat for the same digest.
        at_us: Micros,
        /// As `headroom run --json` prints it.
        report: serde_json::Value,
    },
    /// The worker cannot go on. The page keeps settings and actions and can start another.
    Crashed {
        /// For the report that a learner can copy.
        message: String,
    },
    /// How long a hundred requests took, standing for all since the end of warm-up.
    Dots {
        /// Of this run.
        run: RunId,
        /// How long.
        dots: Dots,
    },
    /// Two systems beside each other.
    ComparedSides {
        /// Of this run.
        run: RunId,
        /// What they came to.
        comparison: Box<Comparison>,
    },
    /// A search is over, and the run on its way to where it shall stand.
    Happened {
        /// Of this run.
        run: RunId,
        /// What was looked for.
        what: Happening,
        /// Whether it happens at all.
        found: bool,
        /// Where the run stands: there, or where it stood.
        at_us: Micros,
        /// The instance it happens at.
        place: Option<u32>,
    },
    /// The series of the run so far.
    Table {
        /// Of this run.
        run: RunId,
        /// As `headroom run --series` writes it.
        text: String,
    },
    /// The run takes none of the acts it was just told, for the problems said before; it goes on with those it had.
    Refused {
        /// Of this run.
        run: RunId,
        /// How many acts they were.
        acts: u32,
    },
}

/// Latencies as a hundred requests.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Dots {
    /// Mean of all, in microseconds; none of nothing.
    pub mean_us: Option<Micros>,
    /// In ascending order, in microseconds; empty where no request has ended.
    pub latencies_us: Vec<Micros>,
}

/// What is wrong with a scenario, and where.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct Problem {
    /// Such as `nodes.cache.capacity`; empty for the file as a whole.
    pub path: String,
    /// Bytes of the text it is about.
    pub span: Option<(u32, u32)>,
    /// One plain sentence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Figures of one 250 ms window. Times are in microseconds; `None` means nothing ended there.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Row {
    /// Requests that clients sent.
    pub sent: u32,
    /// Requests that ended well.
    pub ok: u32,
    /// Requests that ended otherwise.
    pub failed: u32,
    /// Mean time of those that ended.
    pub mean: Option<f64>,
    /// Half took less.
    pub p50: Option<f64>,
    /// 95 of 100 took less.
    pub p95: Option<f64>,
    /// 99 of 100 took less.
    pub p99: Option<f64>,
    /// Requests inside the system at its end.
    pub inside: u32,
    /// Per node, in the view's order: hits among lookups, 0 to 1; `None` for others and without lookups.
    pub hit_ratio: Vec<Option<f64>>,
    /// Per node: busy cores among cores, 0 to 1.
    pub utilisation: Vec<Option<f64>>,
    /// Per node: what its inspector shows.
    pub nodes: Vec<NodeRow>,
    /// Per clients node, where there are several: 95 of 100 of its requests took less.
    pub places: Vec<Option<f64>>,
    /// Per path: 99 of 100 of its requests took less.
    pub paths: Vec<Option<f64>>,
}

/// Figures of one node, all its instances together, in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
pub struct NodeRow {
    /// Calls to it that ended, a second.
    pub rate: f64,
    /// Visits waiting to be let in, at its end.
    pub queue: f64,
    /// Mean time of a call to it as its callers saw it, in microseconds; `None` where none ended.
    pub took: Option<f64>,
    /// The part of that for which they waited for a connection.
    pub connection_wait: Option<f64>,
    /// What only a cache has.
    pub cache: Option<CacheRow>,
    /// How the breaker of its calls stands at its end: 0 closed, 1 half-open, 2 open; `None` without one.
    pub breaker: Option<f64>,
}

/// Figures of a cache in one window, beside what every node has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
pub struct CacheRow {
    /// Reads answered with a value older than the committed one, a second.
    pub stale: f64,
    /// Reads answered with a copy that had ended because loading it failed, a second.
    pub on_error: f64,
    /// Misses answered by somebody else's load, a second.
    pub coalesced: f64,
    /// Writes answered and not yet written, at its end.
    pub buffered: f64,
    /// Lookups answered here or by a cache before, 0 to 1; `None` where it is the only one.
    pub combined: Option<f64>,
    /// Age of the oldest value answered, in microseconds since a newer one was committed; 0 where all were new.
    pub oldest: Micros,
}

/// Something that happened to an instance, or to the whole system.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct LogEntry {
    /// When.
    pub at_us: Micros,
    /// What: the end of a key of the page's words.
    pub what: String,
    /// The number that its words tell, if any.
    pub number: f64,
    /// How many times within a second.
    pub count: u32,
}

/// One instance, looked into.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct Inside {
    /// Index in the frame's instances.
    pub instance: u32,
    /// When.
    pub at_us: Micros,
    /// What is in it.
    pub parts: Vec<InsidePart>,
    /// What happened to it, the latest first.
    pub log: Vec<LogEntry>,
}

/// What an instance holds.
#[derive(Clone, Debug, PartialEq, Wire)]
pub enum InsidePart {
    /// Requests being worked on, oldest first, at most 32.
    Running {
        /// Who.
        requests: Vec<InFlight>,
    },
    /// Requests waiting to be let in, next first, at most 32.
    Waiting {
        /// Who.
        requests: Vec<InFlight>,
        /// How many there are in all.
        total: u32,
    },
    /// Keys of a cache, next victim last, at most 64.
    Entries {
        /// Keys.
        keys: Vec<u64>,
        /// How many there are in all.
        total: u32,
    },
}

/// A request inside an instance.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct InFlight {
    /// The client's request, 16 hexadecimal digits.
    pub root: String,
    /// Time since it arrived here.
    pub age_us: Micros,
    /// Work left, if it is being worked on.
    pub left_us: Option<Micros>,
    /// Its priority, 0 the highest, where it waits in a line that goes by priorities.
    pub priority: Option<u8>,
}

/// One call of a trace with the visit it caused.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct TraceSpan {
    /// 0 for the client's own call.
    pub depth: u32,
    /// The callee's name on the screen.
    pub label: String,
    /// `read`, `write`, `fill` or `delete`.
    pub operation: String,
    /// `ok`, `error`, `refused`, `timed-out`, `cancelled`, or `open` if it has not ended.
    pub outcome: String,
    /// `hit` or `miss` where a cache answered.
    pub lookup: Option<String>,
    /// The caller began (and may have waited for a connection).
    pub started_us: Micros,
    /// It left the caller.
    pub sent_us: Micros,
    /// The callee received it.
    pub arrived_us: Option<Micros>,
    /// The callee began to work.
    pub let_in_us: Option<Micros>,
    /// The callee was done.
    pub done_us: Option<Micros>,
    /// Work that the callee did itself in between; the rest of that time it stood still or waited for others.
    pub worked_us: Micros,
    /// The caller was done with it.
    pub ended_us: Option<Micros>,
    /// The callee, by its index in the frame's instances; absent if none was chosen.
    pub instance: Option<u32>,
    /// Cores that the callee's visits share; 0 where work is not a matter of cores.
    pub cores: u32,
    /// How many the callee lets in at a time; 0 for any number.
    pub places: u32,
    /// Most connections of the caller's pool to the callee; 0 without a pool.
    pub pool: u32,
    /// Whether the callee was slower than it should be in that time, or stood still.
    pub slowed: bool,
}

/// A node's part of the cost.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct ReceiptLine {
    /// The node's name on the screen.
    pub label: String,
    /// Millionths of a dollar an hour.
    pub micro_dollars_per_hour: f64,
    /// How it comes about, such as "3 × 4 cores × $0.05".
    pub how: String,
}

/// A task's verdict over five runs.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct Evaluated {
    /// The lab's id.
    pub lab: String,
    /// The step's id.
    pub step: String,
    /// Whether all runs met all goals.
    pub pass: bool,
    /// One per goal, in the lab's order.
    pub goals: Vec<GoalRange>,
    /// Cost of the learner's settings, if the lab has prices.
    pub cost_micro_dollars: Option<f64>,
    /// The figure that par is about; absent without a par.
    pub par: Option<f64>,
    /// Whether it passed and is as good as the best known way.
    pub at_par: bool,
    /// Whether it met all goals with a fault as well; absent where none was tried.
    pub survived: Option<bool>,
    /// Seed of the run to look at: the first that missed a goal, or the lab's own where all met them.
    pub seed: u64,
}

/// A goal's figure over five runs.
#[derive(Clone, Debug, PartialEq, Wire)]
pub struct GoalRange {
    /// Path in the report, or of a setting.
    pub metric: String,
    /// Smallest over the runs; absent where there were too few samples to say.
    pub low: Option<f64>,
    /// Largest over the runs.
    pub high: Option<f64>,
    /// Whether every run met it.
    pub pass: bool,
}
