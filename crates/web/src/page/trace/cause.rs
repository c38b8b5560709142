//! Why a request failed: from what its client saw down to what it was stuck in.

use super::{Doing, Piece, last, pieces};
use crate::protocol::{Micros, TraceSpan};

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
    let (mut index, mut moment) = (0, f64::INFINITY);
    loop {
        // What came after somebody further up had decided did not matter any more.
        moment = spans[index].ended_us.map_or(moment, |ended| ended.min(moment));
        let next = below(spans, index, moment);
        chain.push(Cause { index, stuck: if next.is_none() { stuck(spans, index, moment) } else { None } });
        match next {
            Some(next) => index = next,
            None => return chain,
        }
    }
}

/// The call below that decided what became of the one at `index` at that moment: where a caller gave up, the one that
/// was open then; where an error came back, the last that failed.
fn below(spans: &[TraceSpan], index: usize, moment: Micros) -> Option<usize> {
    let span = &spans[index];
    let gave_up =
        !matches!(&*span.outcome, "error" | "refused") || span.ended_us.is_none_or(|own| own > moment);
    let decided = |other: &TraceSpan| {
        let open = other.started_us < moment && last(other) >= moment;
        let failed = !matches!(&*other.outcome, "ok" | "open");
        if gave_up { open } else { failed }
    };
    let inside = index + 1..spans.len();
    let inside = inside.take_while(|&other| spans[other].depth > span.depth);
    inside.filter(|&other| spans[other].depth == span.depth + 1 && decided(&spans[other])).last()
}

/// What the call did at that moment.
fn stuck(spans: &[TraceSpan], index: usize, moment: Micros) -> Option<Piece> {
    let row = pieces(spans, index, moment);
    row.into_iter().rfind(|piece| piece.doing != Doing::Below)
}
