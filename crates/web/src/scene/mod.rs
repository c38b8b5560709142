//! The picture of a running system: what stands where ([`layout`]), what each card shows ([`inside`]), what travels
//! ([`marks`], [`sampling`], [`line`], [`bands`]), seen from somewhere ([`camera`]), put on a canvas ([`paint`]) by one
//! component ([`SceneCanvas`]). Large systems are laid out by [`large`] and [`layered`].
//!
//! All that decides is plain Rust and tested natively; only [`theme`], [`paint`] and [`canvas`] touch the browser.

pub mod bands;
pub mod behind;
pub mod camera;
pub mod canvas;
pub mod far;
pub mod feed;
pub mod follow;
pub mod geometry;
pub mod gestures;
pub mod ink;
pub mod inside;
pub mod large;
pub mod layered;
pub mod layers;
pub mod layout;
pub mod line;
pub mod marks;
pub mod paint;
mod paint_flow;
pub mod sampling;
#[cfg(test)]
pub mod sixty;
pub mod state;
pub mod theme;
pub mod words;

pub use canvas::{SayWith, SceneCanvas};
pub use feed::FrameFeed;
pub use follow::{Followed, Spot};
pub use state::Picked;

use crate::protocol::View;

/// More layers than this need a taller picture where they are drawn from top to bottom.
const FEW_LAYERS: usize = 4;

/// Whether a system is deep, so that its picture on a phone wants more height.
pub fn is_deep(view: &View) -> bool {
    let links: Vec<(u16, u16)> = view.links.iter().map(|link| (link.from, link.to)).collect();
    layers::assign(view.nodes.len(), &links).len() > FEW_LAYERS
}
