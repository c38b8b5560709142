//! Two systems beside each other, with the same luck.

use super::{Micros, Row, Setting, TimedAct};
use headroom_wire::Wire;

/// How a system differs from the run on the screen as it was loaded.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub struct Side {
    /// Settings it begins with.
    pub set: Vec<Setting>,
    /// What is done to it, in order of time.
    pub actions: Vec<TimedAct>,
}

/// What both came to, with as many seeds as were asked for.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Comparison {
    /// Seeds: that of the run on the screen and those after it.
    pub seeds: u32,
    /// How long each run was.
    pub until_us: Micros,
    /// One per figure that was asked for, in that order.
    pub figures: Vec<ComparedFigure>,
    /// Per-window figures of both with the first seed.
    pub rows: [Vec<Row>; 2],
    /// The limit that a run reached, as a sentence.
    pub overloaded: Option<String>,
}

/// One figure of both.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct ComparedFigure {
    /// Path in the report.
    pub metric: String,
    /// Nothing where a run had too few requests to say.
    pub found: Option<Found>,
}

/// A figure's means, in the report's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Wire)]
pub struct Found {
    /// Over the first side's runs.
    pub from: f64,
    /// Over the second side's.
    pub to: f64,
    /// Of the differences between runs with the same seed.
    pub difference: f64,
    /// How far the true difference may lie from it, with 95 % confidence.
    pub within: f64,
    /// Runs that differ to the side on which the mean does.
    pub agree: u32,
}
