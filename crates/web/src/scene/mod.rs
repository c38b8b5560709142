//! The picture of a running system: what stands where ([`layout`]), what each card shows ([`inside`]), what travels
//! ([`marks`], [`sampling`], [`line`]), put on a canvas ([`paint`]) by one component ([`SceneCanvas`]).
//!
//! All that decides is plain Rust and tested natively; only [`theme`], [`paint`] and [`canvas`] touch the browser.

pub mod canvas;
pub mod feed;
pub mod follow;
pub mod geometry;
pub mod ink;
pub mod inside;
pub mod layers;
pub mod layout;
pub mod line;
pub mod marks;
pub mod paint;
pub mod sampling;
pub mod state;
pub mod theme;
pub mod words;

pub use canvas::{SayWith, SceneCanvas};
pub use feed::FrameFeed;
pub use follow::{Followed, Spot};
pub use state::Picked;
