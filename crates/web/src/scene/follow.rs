//! The one request that is followed: where its mark is drawn, on its way or standing where it waits.

use super::geometry::{Point, Rect};
use super::layout::Flow;
use super::marks::{Mark, Shape};
use super::state::Scene;

/// A request that is followed, and where it is while nothing of it travels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Followed {
    /// Which.
    pub root: u64,
    /// The instance where it is, by its index in the frame, and where there.
    pub at: Option<(u32, Spot)>,
}

/// Where at an instance a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// In front, to be let in.
    Before,
    /// Inside, but waiting.
    Waits,
    /// Inside, being worked on.
    Works,
    /// At the way out, for a connection to others.
    Leaves,
}

/// What is drawn of the request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// Where.
    pub at: Point,
    /// As what.
    pub shape: Shape,
    /// Whether it stands and waits.
    pub waits: bool,
}

impl Scene {
    /// The followed request as it is drawn: its latest mark on an edge, else the place where it stands.
    pub fn followed(&self, followed: Followed, free: &[f64]) -> Option<Shown> {
        let travelling = |(mark, gone): (&Mark, f64)| Shown {
            at: self.place(mark, gone, free),
            shape: mark.shape,
            waits: false,
        };
        let marks = self.marks().visible().filter(|(mark, _)| mark.root == followed.root);
        if let Some(shown) = marks.max_by(|a, b| a.0.starts.total_cmp(&b.0.starts)).map(travelling) {
            return Some(shown);
        }
        let (instance, spot) = followed.at?;
        let across = self.layout().flow == Flow::Across;
        let at = stands(self.card_rect(instance)?, spot, self.mark_radius(), across);
        Some(Shown { at, shape: Shape::Read, waits: spot != Spot::Works })
    }
}

/// Beside the card where it waits for it, in its upper corner while inside.
fn stands(card: Rect, spot: Spot, radius: f64, across: bool) -> Point {
    let apart = radius * 2.0;
    match spot {
        Spot::Before if across => Point::new(card.x - apart, card.centre().y),
        Spot::Before => Point::new(card.centre().x, card.y - apart),
        Spot::Waits | Spot::Works => Point::new(card.right() - apart - 4.0, card.y + apart + 4.0),
        Spot::Leaves if across => Point::new(card.right() + apart, card.centre().y),
        Spot::Leaves => Point::new(card.centre().x, card.bottom() + apart),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_before_inside_or_behind_the_card() {
        let card = Rect { x: 100.0, y: 50.0, width: 140.0, height: 80.0 };
        let at = |spot, across| stands(card, spot, 4.0, across);
        assert!(at(Spot::Before, true).x < card.x && at(Spot::Before, false).y < card.y);
        for across in [true, false] {
            assert!(card.contains(at(Spot::Waits, across)) && card.contains(at(Spot::Works, across)));
        }
        assert!(at(Spot::Leaves, true).x > card.right() && at(Spot::Leaves, false).y > card.bottom());
    }
}
