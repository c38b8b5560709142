//! The page (Yew) and the simulation worker: one program (`bin/app.rs`), which is either.
//!
//! [`workbench`] is a second program, for caches alone (`bin/workbench.rs`).
//!
//! [`page`] and [`worker`] share only [`protocol`]. What decides (reducers, layout, conversions, formats) is plain
//! Rust and tested natively; what touches the browser is thin.

pub mod browser;
pub mod charts;
pub mod json;
pub mod page;
pub mod protocol;
pub mod scene;
pub mod workbench;
pub mod worker;
