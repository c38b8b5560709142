//! Frames on their way from the worker's messages to the canvas, past the page's components: sixty a second are
//! too many to render for.

use crate::protocol::Micros;
use crate::protocol::frame::Frame;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Frames kept while nobody draws, as in a hidden tab.
const MOST_KEPT: usize = 8;

/// A short queue of frames. Clones share it; two are equal if they are the same queue.
#[derive(Clone, Debug, Default)]
pub struct FrameFeed(Rc<RefCell<Queue>>);

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Frame>,
    /// Where the run was told to go; the frame from there continues nothing.
    jump: Option<Micros>,
}

impl FrameFeed {
    /// Adds a frame; the oldest goes when nobody takes them.
    pub fn push(&self, frame: Frame) {
        let frames = &mut self.0.borrow_mut().frames;
        if frames.len() == MOST_KEPT {
            frames.pop_front();
        }
        frames.push_back(frame);
    }

    /// The run was told to go to `at`.
    pub fn expect_jump(&self, at: Micros) {
        self.0.borrow_mut().jump = Some(at);
    }

    /// Takes the oldest frame, and whether it comes from where the run was told to go.
    pub fn pop(&self) -> Option<(Frame, bool)> {
        let mut queue = self.0.borrow_mut();
        let frame = queue.frames.pop_front()?;
        let jumped = queue.jump.is_some_and(|at| (frame.time - at).abs() < 1.0);
        if jumped {
            queue.jump = None;
        }
        Some((frame, jumped))
    }
}

impl PartialEq for FrameFeed {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
