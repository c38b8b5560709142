//! The kernel of the simulation.
//!
//! [`time`] what a moment is; [`record`] the one stream a run emits.

pub mod record;
pub mod time;
