//! Engines of scalable systems (caches, balancers, pools, processors) inside a deterministic discrete-event
//! simulation.
//!
//! Modules, each using only those listed after it: [`session`] (a run under control), [`metrics`] (observers of a
//! run), [`node`] (the kinds of node, wiring engines into the simulation), [`scenario`] (the description of a
//! system), [`race`] (eviction policies side by side over a trace), [`sim`] (the kernel: time, events, draws, calls and visits, processors, links), [`trace`] (recorded accesses
//! to a cache), [`engine`] (pure algorithms); and [`decimal`] and [`sort`], which all may use. Nothing here knows a screen, a clock or a file.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod decimal;
pub mod engine;
pub mod metrics;
pub mod node;
pub mod race;
pub mod scenario;
pub mod session;
pub mod sim;
pub mod sort;
pub mod trace;

/// Raised whenever a golden digest changes; share links, run files and goldens carry it.
pub const ENGINE: u32 = 1;
