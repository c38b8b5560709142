//! Why a request failed: from what its client saw down to what it was stuck in.

use super::{Doing, Piece, last, pieces};
use crate::protocol::TraceSpan;

/// One link of the chain: what became of the call at `index`, and what it was doing when that was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// The call.
    pub index: usize,
    /// What it did just then and since when; none where somebody below decides.
    pub stuck: Option<Piece>,
}

/// The chain of a request that has failed, from the client's own call down; empty for one that has not.
pub fn causes(spans: &[TraceSpan]) -> Vec<Cause> {
    let mut chain = Vec::new();
    let Some(first) = spans.first() else { return chain };
    if matches!(&*first.outcome, "ok" | "open") {
        return chain;
    }
    let mut index = 0;
    loop {
        let next = below(spans, index);
        chain.push(Cause { index, stuck: if next.is_none() { stuck(spans, index) } else { None } });
        match next {
            Some(next) => index = next,
            None => return chain,
        }
    }
}

/// The call below that decided what became of the one at `index`: where a caller gave up, the one that was open then;
/// where an error came back, the last that failed.
fn below(spans: &[TraceSpan], index: usize) -> Option<usize> {
    let span = &spans[index];
    let ended = span.ended_us?;
    let gave_up = matches!(&*span.outcome, "timed-out" | "cancelled");
    let decided = |other: &TraceSpan| {
        let open = other.started_us <= ended && last(other) >= ended;
        let failed = !matches!(&*other.outcome, "ok" | "open");
        if gave_up { open } else { failed }
    };
    let inside = index + 1..spans.len();
    let inside = inside.take_while(|&other| spans[other].depth > span.depth);
    inside.filter(|&other| spans[other].depth == span.depth + 1 && decided(&spans[other])).last()
}

/// What the call did when it ended, longest of all where it never left.
fn stuck(spans: &[TraceSpan], index: usize) -> Option<Piece> {
    let row = pieces(spans, index, f64::INFINITY);
    row.into_iter().filter(|piece| !piece.late && piece.doing != Doing::Below).next_back()
}
