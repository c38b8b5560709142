//! What a request does, moment by moment, read off its trace: who works on it, what it waits for, where it travels.
//!
//! Each call becomes a row of [`Piece`]s without gaps, from its start to its end. Times of the parts follow from the
//! records: the way there and back, the wait for a connection before it left, the wait to be let in after it arrived,
//! and inside, whatever is not with those below is its own. Of its own time what the processor did not use is a wait
//! for a core, and lies before the work: a visit asks for all its work at once. O(calls) a row.
//!
//! Leaves out: cores shared by all at once, whose waits lie within the work; they are drawn before it as well.

mod cause;

pub use cause::{Cause, causes};

use crate::protocol::{Micros, TraceSpan};

/// What a call does at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// The caller waits for one of its connections to be free.
    Pool,
    /// The callee has not let it in.
    Queue,
    /// The callee's cores are all busy with others.
    Core,
    /// The callee has it on a core, and is slower than it should be.
    Held,
    /// The callee works on it.
    Work,
    /// The callee waits for an answer of somebody else.
    Below,
    /// The message travels.
    Travel,
}

impl Doing {
    /// All, in the order of their numbers.
    pub const ALL: [Doing; 7] =
        [Doing::Pool, Doing::Queue, Doing::Core, Doing::Held, Doing::Work, Doing::Below, Doing::Travel];

    /// Whether nothing happens to the request itself.
    pub fn waits(self) -> bool {
        matches!(self, Doing::Pool | Doing::Queue | Doing::Core | Doing::Held)
    }
}

/// A stretch of a call's time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// What it does.
    pub doing: Doing,
    /// From when.
    pub from: Micros,
    /// Until when.
    pub to: Micros,
    /// Its caller no longer waits: what is done is done for nobody.
    pub late: bool,
}

/// The pieces of the call at `index`, as far as they had come by `until`.
pub fn pieces(spans: &[TraceSpan], index: usize, until: Micros) -> Vec<Piece> {
    let Some(span) = spans.get(index) else { return Vec::new() };
    let gone = span.ended_us.unwrap_or(f64::INFINITY);
    let mut row = Row { pieces: Vec::new(), gone, until };
    row.add(Doing::Pool, span.started_us, span.sent_us);
    let Some(arrived) = span.arrived_us.filter(|arrived| *arrived >= span.sent_us) else {
        row.add(Doing::Travel, span.sent_us, gone);
        return row.pieces;
    };
    let let_in = span.let_in_us.unwrap_or(arrived).max(arrived);
    let done = span.done_us.unwrap_or(f64::INFINITY).max(let_in);
    row.add(Doing::Travel, span.sent_us, arrived);
    row.add(Doing::Queue, arrived, let_in);
    let mut from = let_in;
    let mut first = true;
    for child in children(spans, index) {
        let (starts, ends) = (child.started_us.min(done), child.ended_us.unwrap_or(done).min(done));
        row.own(span, from, starts, first);
        row.add(Doing::Below, starts.max(from), ends);
        from = from.max(ends);
        first = false;
    }
    row.own(span, from, done, first);
    row.add(Doing::Travel, done, gone);
    row.pieces
}

/// How long a call did each of what it can do, in the order of [`Doing::ALL`], while its caller waited.
pub fn sums(pieces: &[Piece]) -> [Micros; 7] {
    let mut sums = [0.0; 7];
    for piece in pieces.iter().filter(|piece| !piece.late) {
        sums[piece.doing as usize] += piece.to - piece.from;
    }
    sums
}

/// Where the request is at `time`: the call, what that does, and since when. Nothing before it began and after it ended.
pub fn place(spans: &[TraceSpan], time: Micros) -> Option<(usize, Piece)> {
    let here = |index: usize| {
        let found = pieces(spans, index, f64::INFINITY).into_iter();
        let mut found = found.filter(|piece| piece.doing != Doing::Below && !piece.late);
        found.rfind(|piece| piece.from <= time && time < piece.to).map(|piece| (index, piece))
    };
    // Those below come after those above.
    (0..spans.len()).rev().find_map(here)
}

/// When the request ended, as its client saw it.
pub fn end(spans: &[TraceSpan]) -> Option<Micros> {
    spans.first()?.ended_us
}

/// When the last of all it caused was over; work may go on for nobody.
pub fn last(span: &TraceSpan) -> Micros {
    let times = [span.ended_us, span.done_us, span.let_in_us, span.arrived_us];
    times.into_iter().flatten().fold(span.sent_us, f64::max)
}

/// The call that made the one at `index`.
pub fn parent(spans: &[TraceSpan], index: usize) -> Option<usize> {
    let depth = spans.get(index)?.depth.checked_sub(1)?;
    (0..index).rev().find(|&above| spans[above].depth == depth)
}

/// The calls that the one at `index` made, in order.
pub fn children(spans: &[TraceSpan], index: usize) -> impl Iterator<Item = &TraceSpan> {
    let depth = spans[index].depth;
    let below = spans[index + 1..].iter().take_while(move |span| span.depth > depth);
    below.filter(move |span| span.depth == depth + 1)
}

/// A row in the making.
struct Row {
    pieces: Vec<Piece>,
    gone: Micros,
    until: Micros,
}

impl Row {
    fn add(&mut self, doing: Doing, from: Micros, to: Micros) {
        let to = to.min(self.until);
        let mut piece = |from: Micros, to: Micros, late: bool| {
            if to > from {
                self.pieces.push(Piece { doing, from, to, late });
            }
        };
        piece(from, to.min(self.gone), false);
        piece(from.max(self.gone), to, true);
    }

    /// Time inside that is with nobody below. Work comes first in a visit; what stands between answers is a wait to be
    /// let in again.
    fn own(&mut self, span: &TraceSpan, from: Micros, to: Micros, first: bool) {
        if !first && span.cores > 0 && !span.slowed {
            return self.add(Doing::Queue, from, to);
        }
        let works = if span.cores > 0 { to - span.worked_us } else { from };
        let works = works.clamp(from, to.max(from));
        self.add(if span.slowed { Doing::Held } else { Doing::Core }, from, works);
        self.add(Doing::Work, works, to);
    }
}

#[cfg(test)]
pub mod samples;
#[cfg(test)]
mod tests;
