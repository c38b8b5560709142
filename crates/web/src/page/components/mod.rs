//! The parts of the page: small functions from the store to elements.

mod asks;
mod branches;
mod brief;
mod charts;
mod claims;
mod closing;
mod code;
mod comparing;
mod conditions;
mod crash;
mod dots;
mod glossary;
mod header;
mod home;
mod icons;
mod incident;
mod inspector;
mod keeping;
mod knob;
mod lab;
mod lesson;
mod link_inspector;
mod menu;
mod notice;
mod overlay;
mod parts;
mod prediction;
mod presenter;
mod prose;
mod purge;
mod saving;
mod search;
mod settings;
mod sharing;
mod sparks;
mod stage;
mod stars;
mod symptoms;
mod task;
mod time;
mod transport;
mod twin;
mod verdict;
mod waterfall;
mod way;
mod workbench;

pub use claims::commonly_said;
pub use crash::Crash;
pub use glossary::glossary;
pub use header::Header;
pub use home::home;
pub use lab::lab_page;
pub use notice::notice_bar;
pub use search::Search;
pub use symptoms::symptoms;
pub use workbench::Workbench;

use super::stage::StageHandle;
use super::store::{Action, State};
use crate::scene::FrameFeed;
use std::rc::Rc;
use yew::prelude::*;

/// What every part gets: the state, where to send messages, what is drawn.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Page {
    /// Everything the page knows.
    pub state: Rc<State>,
    /// Where messages go.
    pub dispatch: Callback<Action>,
    /// Frames, rows, insides.
    pub stage: StageHandle,
    /// Frames on their way to the canvas.
    pub frames: FrameFeed,
    /// Name of the theme on the screen.
    pub theme: AttrValue,
}

impl Page {
    /// A handler that sends `action`.
    pub fn on<E>(&self, action: Action) -> Callback<E> {
        let dispatch = self.dispatch.clone();
        Callback::from(move |_: E| dispatch.emit(action.clone()))
    }
}
