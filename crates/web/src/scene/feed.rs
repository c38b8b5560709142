//! Frames on their way from the worker's messages to the canvas, past the page's components: sixty a second are
//! too many to render for.

use crate::protocol::frame::Frame;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Frames kept while nobody draws, as in a hidden tab.
const MOST_KEPT: usize = 8;

/// A short queue of frames. Clones share it; two are equal if they are the same queue.
#[derive(Clone, Debug, Default)]
pub struct FrameFeed(Rc<RefCell<VecDeque<Frame>>>);

impl FrameFeed {
    /// Adds a frame; the oldest goes when nobody takes them.
    pub fn push(&self, frame: Frame) {
        let mut frames = self.0.borrow_mut();
        if frames.len() == MOST_KEPT {
            frames.pop_front();
        }
        frames.push_back(frame);
    }

    /// Takes the oldest frame.
    pub fn pop(&self) -> Option<Frame> {
        self.0.borrow_mut().pop_front()
    }
}

impl PartialEq for FrameFeed {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
