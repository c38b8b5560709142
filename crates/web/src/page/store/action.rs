//! Everything that can happen to the page.

use super::{Guess, Head, Unfolded, Which};
use crate::page::route::Place;
use crate::page::share::Shared;
use crate::protocol::{Act, Answer, Happening, Micros};
use serde_json::Value;

/// A message to the store.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Another address.
    Go(Place),
    /// Claims and symptoms are at hand now, or could not be fetched.
    Sayings(bool),
    /// A link with a run was opened, or could not be read.
    OpenShared(Shared),
    /// The worker said something.
    Answer(Box<Answer>),
    /// A frame has come; a few times a second.
    Beat {
        /// Its figures.
        head: Head,
        /// Wall time in milliseconds.
        now_ms: f64,
    },
    /// Rows for the charts have come while time stands: so many times by now.
    Rows(u32),
    /// Let time pass.
    Play,
    /// Let it stand.
    Pause,
    /// Simulated seconds per second.
    Speed(f64),
    /// Go to a time.
    Seek(Micros),
    /// Go to the beginning.
    Restart,
    /// One event.
    StepEvent,
    /// Until a request ends.
    StepRequest,
    /// The last two seconds again and again, slowly; or no longer.
    Slowly,
    /// On from where the repeating began.
    EndLoop,
    /// To where something happens next.
    Next(Happening),
    /// The run as it went on a branch.
    Branch(usize),
    /// Other luck.
    Seed(u64),
    /// A knob is being turned.
    Turn {
        /// The setting.
        path: String,
        /// Its value.
        value: Value,
    },
    /// The knob was let go.
    LetGo,
    /// A setting back to where the step opened.
    PutBack(String),
    /// The step from its beginning.
    ResetStep,
    /// Take the last act back.
    Undo,
    /// Do it again.
    Redo,
    /// Break something.
    Do(Act),
    /// An answer was chosen, not yet locked in.
    Guess(Guess),
    /// Draw one point of a sketch: which, and its value. Points come faster than the page is drawn.
    Draw(usize, f64),
    /// Lock it in and run.
    LockIn,
    /// Run without an answer.
    ShowMe,
    /// See the run of this answer, of those that were tried.
    Watch(usize),
    /// The next step.
    Forward,
    /// The step before.
    Back,
    /// Judge the task.
    Check,
    /// No longer.
    StopChecking,
    /// Time to measure the goals so far.
    Measure,
    /// Ask how long a hundred requests took so far.
    CountDots,
    /// Show it to a room, or no longer.
    Present,
    /// Cover figures and chart, or uncover them.
    Veil,
    /// So many hands were raised for this answer.
    Hands(usize, u32),
    /// What leads on for a room.
    NextAct,
    /// How par was reached.
    ShowWay,
    /// One more hint.
    Hint,
    /// An answer to a question about requests.
    Find(usize),
    /// Look into an instance.
    Inspect(Option<u32>),
    /// Draw the instances of a node one by one, or together again.
    UnfoldNode(u16),
    /// Look at a link, by the indices of its nodes.
    InspectLink(u16, u16),
    /// Show a request's way.
    Trace(String),
    /// Go along with a request.
    Follow(String),
    /// Make a link.
    Share,
    /// Compare two ways the system may be.
    Compare,
    /// One side of the comparison is another.
    Side(usize, Which),
    /// The run as a file.
    SaveRun,
    /// Its series as a table.
    SaveTable,
    /// The link was made.
    Packed(String),
    /// Open something over the page.
    Open(Panel),
    /// Close it.
    Close,
    /// Put the notice away.
    PutAway,
    /// Show or hide what is folded.
    Unfold(Unfolded),
    /// Forget what was done in this browser.
    ClearProgress,
    /// Add what this text of a file says was done.
    ReadProgress(String),
    /// Take back that progress was cleared.
    RestoreProgress,
    /// The worker cannot go on.
    Crashed(String),
    /// Start another worker with the same run.
    Reload,
}

/// Which list of acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// Ways through time.
    Time,
    /// What can be saved.
    Save,
}

/// What is open over the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Panel {
    /// An instance's figures.
    Instance(u32),
    /// A link's figures, by the indices of its nodes.
    Link(u16, u16),
    /// All that stands in the picture, as a list.
    Parts,
    /// A request's way.
    Trace,
    /// The link to this run.
    Share,
    /// Two ways the system may be.
    Compare,
    /// A short list of acts.
    Menu(Menu),
    /// The keyboard.
    Keys,
    /// Labs, terms, symptoms and claims by what is in them.
    Search,
}
