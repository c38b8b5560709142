//! What a learner sees and touches.

/// Draws the page into the document's body.
pub fn start() {}
