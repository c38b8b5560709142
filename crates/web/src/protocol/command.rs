//! What the page asks of the worker.

use super::{Happening, Micros, RunId, Setting, Side, TimedAct};
use headroom_wire::Wire;

/// Page to worker.
#[derive(Clone, Debug, PartialEq, Wire)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub enum Command {
    /// Start a run; answered by `Loaded` or `Problems`. Ends the run before it.
    Load {
        /// Its number from now on.
        run: RunId,
        /// Which system.
        source: Source,
        /// Settings changed before the run begins (a step's `start`, a link's `set`).
        set: Vec<Setting>,
        /// What the learner did, in order.
        actions: Vec<TimedAct>,
        /// In place of the scenario's own.
        seed: Option<u64>,
        /// Where to stand at first; the run is simulated up to there.
        at_us: Micros,
    },
    /// Advance by `wall_ms * speed` for at most 8 ms of real time; answered by one frame, and by `Series` when a
    /// window was completed.
    Tick {
        /// Of this run.
        run: RunId,
        /// Real time since the last tick.
        wall_ms: f64,
        /// Simulated seconds per real second; [`super::FASTEST`] for no limit, 0 to stand still.
        speed: f64,
    },
    /// Stand at another time; answered by a frame and `Series`, with `Progress` when it takes long.
    Seek {
        /// Of this run.
        run: RunId,
        /// Where.
        at_us: Micros,
    },
    /// Process one event; answered by a frame.
    StepEvent {
        /// Of this run.
        run: RunId,
    },
    /// Go on until a client's request ends; answered by a frame.
    StepRequest {
        /// Of this run.
        run: RunId,
    },
    /// Replace everything the learner did by this list and stand at `at_us`. Acting, undoing, redoing and putting
    /// back are all this. Answered by `Loaded` (settings have new values), a frame and `Series`.
    SetActions {
        /// Of this run.
        run: RunId,
        /// The whole list, ordered by time.
        actions: Vec<TimedAct>,
        /// Time on the screen.
        at_us: Micros,
    },
    /// Look inside one instance from now on (with each frame), or inside none; answered by `Inside`.
    Inspect {
        /// Of this run.
        run: RunId,
        /// Index in the frame's instances.
        instance: Option<u32>,
    },
    /// Everything that one client's request caused; answered by `Trace`.
    Trace {
        /// Of this run.
        run: RunId,
        /// Its identity, 16 hexadecimal digits, or what else tells it: `next` for the next that is sent, `slowest:N`
        /// for the N-th slowest kept so far, `slower:US:FROM:TO` for one that took longer and ended then,
        /// `failed:N:FROM:TO` for the N-th that failed then.
        root: String,
    },
    /// Figures over windows of the run so far; answered by `Measured`.
    Measure {
        /// Of this run.
        run: RunId,
        /// What to measure.
        of: Vec<Measure>,
    },
    /// Judge a task by five runs of its own; answered by `Progress` and `Evaluated`.
    Evaluate {
        /// Of this run.
        run: RunId,
        /// The lab's id.
        lab: String,
        /// The step's id.
        step: String,
        /// Settings as the learner left them: every path changed since the lab began.
        set: Vec<Setting>,
        /// What the learner did, in order: an incident is judged by when what was done.
        acts: Vec<TimedAct>,
    },
    /// Run as fast as it goes to a time, then stand there; answered by `Progress`, frames, `Series`, `Arrived`.
    RunFor {
        /// Of this run.
        run: RunId,
        /// Where to stop.
        until_us: Micros,
    },
    /// The same figure in several futures of this run, which itself stays where it is; answered by `Progress` and
    /// `Compared`.
    Compare {
        /// Of this run.
        run: RunId,
        /// Whole lists of acts, one per variant.
        variants: Vec<Vec<TimedAct>>,
        /// How far each is run.
        until_us: Micros,
        /// The figure.
        of: Measure,
    },
    /// The whole report of the run so far; answered by `Reported`.
    Report {
        /// Of this run.
        run: RunId,
    },
    /// Read a scenario without running it; answered by `Problems`, empty if it is fine.
    Check {
        /// TOML.
        text: String,
    },
    /// Give up what takes long: an evaluation, a seek, a fast run.
    Cancel {
        /// Of this run.
        run: RunId,
    },
    /// How long a hundred requests took, standing for all so far; answered by `Dots`.
    Dots {
        /// Of this run.
        run: RunId,
    },
    /// Send the messages of one request with each frame, sampled or not, from now on, or of none any more; answered
    /// by `Trace`.
    Follow {
        /// Of this run.
        run: RunId,
        /// Which, named as in `Trace`.
        root: Option<String>,
    },
    /// Two systems over several seeds, each seed's luck given to both; the run itself stays where it is. Answered by
    /// `Progress` and `ComparedSides`.
    CompareSides {
        /// Of this run.
        run: RunId,
        /// What the other is compared with, and the other.
        sides: [Side; 2],
        /// How many seeds.
        seeds: u32,
        /// Figures by their paths in the report.
        metrics: Vec<String>,
    },
    /// Go to where something happens next, or stay if it does not; answered by `Progress`, `Happened` and a frame.
    Next {
        /// Of this run.
        run: RunId,
        /// What.
        what: Happening,
    },
    /// The series of the run so far as a table; answered by `Table`.
    Table {
        /// Of this run.
        run: RunId,
    },
    /// Here is a lab's file, which later commands speak of.
    Bring {
        /// Its bytes, as they were fetched.
        lab: Vec<u8>,
    },
}

/// Where a scenario comes from.
#[derive(Clone, Debug, PartialEq, Wire)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub enum Source {
    /// A lab, by its id.
    Lab(String),
    /// The text of a scenario file.
    Scenario(String),
}

/// A figure over a stretch of the run.
#[derive(Clone, Debug, PartialEq, Wire)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub struct Measure {
    /// Path in the report, such as `latency_s.p99` or `nodes.cache.hit_ratio`.
    pub metric: String,
    /// From when; the end of the warm-up if absent.
    pub from_us: Option<Micros>,
    /// Until when; the present if absent or later.
    pub to_us: Option<Micros>,
}

/// What takes long enough to report progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Wire)]
pub enum Task {
    /// Going to another time.
    Seek,
    /// Running fast to a time.
    RunFor,
    /// Judging a task.
    Evaluate,
    /// Running several futures.
    Compare,
    /// Running two systems over several seeds.
    CompareSides,
    /// Looking for what happens next.
    Search,
}
