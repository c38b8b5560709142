//! The kernel of the simulation.
//!
//! [`time`] what a moment is; [`random`], [`exponential`], [`ahead`], [`distribution`] and [`keys`] luck; [`queue`] what happens next;
//! [`call`] calls and visits; [`instance`] what is addressed, [`processor`] what takes time there; [`link`] what lies between;
//! [`kernel`] how they move, [`door`] who is let in, [`simulation`] the loop, `overload` what ends it early; [`record`] the one stream a run emits. What a visit does is decided by a
//! [`kernel::Handler`], which the kinds of node implement.

pub mod ahead;
pub mod attempts;
pub mod call;
mod calling;
pub mod distribution;
pub mod door;
mod event;
pub mod exponential;
mod heap;
pub mod instance;
pub mod kernel;
pub mod keys;
pub mod link;
pub mod living;
mod overload;
mod pooling;
pub mod processor;
pub mod queue;
pub mod random;
pub mod record;
mod records;
pub mod simulation;
pub mod slab;
pub mod time;
pub mod truth;
