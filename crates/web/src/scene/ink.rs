//! What a card's drawing is made of: a few kinds of item in a few named inks.
//!
//! Pictures are built as lists of [`Item`]s by plain functions ([`super::inside`]) and put on the canvas by
//! [`super::paint`]; so what is drawn can be tested without a browser. Lists are short (a card has at most about
//! 90 items) and are made anew each frame.

use super::geometry::{Point, Rect};

/// A colour by its meaning; the theme says which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ink {
    /// Behind everything.
    Background,
    /// A card.
    Raised,
    /// Borders, edges, empty places.
    Line,
    /// Text that matters.
    Text,
    /// Text beside it.
    Dim,
    /// The one accent.
    Accent,
    /// Full, nothing left.
    Saturated,
    /// Reads.
    Read,
    /// Writes.
    Write,
    /// Hits.
    Hit,
    /// Misses.
    Miss,
    /// Errors.
    Error,
    /// The first of several side by side that are no requests.
    Neutral1,
    /// The second.
    Neutral2,
    /// The third.
    Neutral3,
    /// The fourth.
    Neutral4,
    /// The fifth.
    Neutral5,
}

impl Ink {
    /// A colour of its own for the `number`th of several side by side; after six they begin again.
    pub fn of_several(number: usize) -> Ink {
        // The two that are alike, both violet, stand farthest apart.
        [Ink::Neutral1, Ink::Neutral2, Ink::Neutral3, Ink::Text, Ink::Neutral5, Ink::Neutral4][number % 6]
    }
}

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Begins there.
    Left,
    /// Its middle is there.
    Middle,
    /// Ends there.
    Right,
}

/// One thing to draw.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A line of text on its base line.
    Text {
        /// Where.
        at: Point,
        /// What.
        text: String,
        /// Font size in pixels.
        size: f64,
        /// Semi-bold instead of regular.
        strong: bool,
        /// Colour.
        ink: Ink,
        /// Which end is at the point.
        align: Align,
        /// Room in pixels; what is longer is cut with an ellipsis.
        room: f64,
    },
    /// A filled circle.
    Dot {
        /// Where.
        centre: Point,
        /// In pixels.
        radius: f64,
        /// Colour.
        ink: Ink,
        /// 0 to 1.
        alpha: f64,
    },
    /// An empty circle.
    Ring {
        /// Where.
        centre: Point,
        /// In pixels.
        radius: f64,
        /// Colour.
        ink: Ink,
        /// Width of its line.
        width: f64,
        /// How much of it is drawn, clockwise from the top, 0 to 1.
        turn: f64,
    },
    /// A part of a circle's line.
    Arc {
        /// Middle of the circle.
        centre: Point,
        /// In pixels.
        radius: f64,
        /// Colour.
        ink: Ink,
        /// Width of its line.
        width: f64,
        /// Where it begins and ends, clockwise from the top, 0 to 1.
        between: (f64, f64),
    },
    /// Two slanted lines.
    Cross {
        /// Where they meet.
        centre: Point,
        /// Half its width in pixels.
        reach: f64,
        /// Colour.
        ink: Ink,
        /// Width of its lines.
        width: f64,
    },
    /// A filled box with round corners.
    Bar {
        /// Where.
        rect: Rect,
        /// Of its corners.
        radius: f64,
        /// Colour.
        ink: Ink,
        /// 0 to 1.
        alpha: f64,
        /// Striped, as a sign beside the colour.
        hatched: bool,
    },
}
