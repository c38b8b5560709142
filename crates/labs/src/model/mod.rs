//! What a lab, a step and a course are made of: plain data, without behaviour beyond looking things up.
//!
//! The build script compiles these same files. It reads them from TOML and Markdown and writes them as the bytes of
//! [`headroom_wire`], which the page and the worker read; so there is one description of the format, and the page holds no TOML reader.

mod change;
mod claim;
mod course;
mod lab;
mod moment;
mod predict;
mod prose;
mod task;
mod visit;

pub use change::{Change, TimedChange};
pub use claim::{Claim, Sayings, Standing, Symptom};
pub use course::{Chapter, Course, Misconception, Outline, Refutation, Term};
pub use lab::{Chart, ExitQuestion, Hints, Knob, KnobNote, KnobOption, Lab, Look, Pulse, Scale, Step};
pub use lab::{RealConfig, Settings, Transfer, settings};
pub use moment::Moment;
pub use predict::{Ask, Best, Choice, Number, Point, Prediction, Range, Sketch, Spot, Variant};
pub use prose::{Block, Inline, Mark, Prose};
pub use task::{Answer, Design, Find, Goal, Incident, Par, Task, Trait, Unseen};
