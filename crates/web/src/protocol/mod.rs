//! What page and worker say to each other.
//!
//! Commands and answers are the enums [`Command`] and [`Answer`] in the bytes of [`headroom_wire`], a `Uint8Array` each;
//! frames are one transferable `Float64Array` each ([`frame`]). Everything carries the number of the run it belongs to, so that what
//! a former run still says is dropped. Times are microseconds of simulated time as `f64`, seeds stay below 2^53, and the
//! 64-bit hashes that identify requests are written in hexadecimal: JavaScript's numbers hold no more.
//!
//! Frames are pulled: the page sends [`Command::Tick`] on each animation frame, the worker advances for at most
//! 8 ms and answers one frame. A page that is hidden sends none, and the run stands still.

mod act;
mod answer;
mod command;
mod comparison;
pub mod frame;
mod happening;
mod view;

pub use act::{Act, TimedAct, ZonePlace};
pub use answer::{
    Answer, CacheRow, Dots, Evaluated, GoalRange, InFlight, Inside, InsidePart, LogEntry, NodeRow, Problem,
    ReceiptLine, Row, TraceSpan,
};
pub use command::{Command, Measure, Source, Task};
pub use comparison::{ComparedFigure, Comparison, Found, Side};
pub use happening::Happening;
pub use view::{Control, ControlKind, Disturbance, Effect, InstanceView, LinkView, NodeKind, NodeView, View};

/// Number of a run: raised by the page with each [`Command::Load`].
pub type RunId = u32;

/// Microseconds of simulated time since the start of the run.
pub type Micros = f64;

/// A scenario path and the value it gets, such as `nodes.cache.capacity` and `500`.
pub type Setting = (String, serde_json::Value);

/// The speed that means "as fast as it goes".
pub const FASTEST: f64 = 1e9;

/// Length of one window of [`Row`]s in microseconds.
pub const WINDOW: Micros = 250_000.0;
