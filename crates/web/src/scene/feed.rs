//! Frames on their way from the worker's messages to the canvas, past the page's components: sixty a second are
//! too many to render for.

use crate::protocol::Micros;
use crate::protocol::frame::Frame;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use web_sys::HtmlCanvasElement;

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
    /// Another canvas of the same size that wants the picture once.
    portrait: Option<Portrait>,
}

/// A canvas to be drawn on once, and what is done when it is.
pub struct Portrait {
    /// Where to draw.
    pub canvas: HtmlCanvasElement,
    /// What to do then.
    pub done: Box<dyn FnOnce()>,
}

impl std::fmt::Debug for Portrait {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Portrait").finish_non_exhaustive()
    }
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

    /// Wants the picture as it stands on another canvas of the same size.
    pub fn ask_portrait(&self, canvas: HtmlCanvasElement, done: Box<dyn FnOnce()>) {
        self.0.borrow_mut().portrait = Some(Portrait { canvas, done });
    }

    /// The canvas that wants the picture, once.
    pub fn take_portrait(&self) -> Option<Portrait> {
        self.0.borrow_mut().portrait.take()
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
