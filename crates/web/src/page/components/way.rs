//! One request's way in words.

use crate::page::format::duration;
use crate::page::trace::{self, Cause, Doing, Piece};
use crate::page::words::{say, word};
use crate::protocol::{Micros, TraceSpan};
use headroom_core::sort;

/// Shorter parts than this share of the whole are not told.
const WORTH_TELLING: f64 = 0.01;

/// What it asked for and what became of it; and what most of its time went to, once it is over.
pub(super) fn summary(spans: &[TraceSpan], until: Micros) -> String {
    let Some(first) = spans.first() else { return String::new() };
    let operation = ("operation", word(&format!("operation-{}", first.operation)));
    let Some(ended) = first.ended_us.filter(|ended| *ended <= until) else {
        return match until < first.started_us {
            true => word("not-sent"),
            false => say("still-open", &[operation, ("time", duration(until - first.started_us))]),
        };
    };
    let took = ("time", duration(ended - first.started_us));
    let outcome = ("outcome", word(&format!("outcome-{}", first.outcome)));
    let told = say("trace-summary", &[operation, took, outcome]);
    format!("{told}. {}", say("trace-why", &[("parts", most(spans, ended).join(", "))]))
}

/// The two longest parts of all its calls, each with who it was.
fn most(spans: &[TraceSpan], ended: Micros) -> Vec<String> {
    let mut parts = Vec::new();
    for index in 0..spans.len() {
        for (doing, time) in Doing::ALL.into_iter().zip(trace::sums(&trace::pieces(spans, index, ended))) {
            if doing != Doing::Below && time > 0.0 {
                parts.push((sort::Total(-time), index, doing, time));
            }
        }
    }
    sort::by_key(&mut parts, |part| (part.0, part.1));
    let key = |doing| match doing {
        Doing::Pool => "most-pool",
        Doing::Queue => "most-queue",
        Doing::Core => "most-core",
        Doing::Held => "most-held",
        Doing::Work | Doing::Below => "most-work",
        Doing::Travel => "most-travel",
    };
    parts.iter().take(2).map(|(_, index, doing, time)| part(spans, *index, key(*doing), *time)).collect()
}

/// Where it is at `time` and why it waits; and for how long it has been there.
pub(super) fn now(spans: &[TraceSpan], time: Micros) -> Option<(String, String)> {
    let (index, piece) = trace::place(spans, time)?;
    let returns = spans[index].done_us.is_some_and(|done| piece.from >= done);
    let key = match piece.doing {
        Doing::Pool => "now-pool",
        Doing::Queue => "now-queue",
        Doing::Core => "now-core",
        Doing::Held => "now-held",
        Doing::Work | Doing::Below => "now-work",
        Doing::Travel if returns => "now-back",
        Doing::Travel => "now-travel",
    };
    let so_far = say("so-far-there", &[("time", duration(time - piece.from))]);
    Some((part(spans, index, key, 0.0), so_far))
}

/// What of a call's time was what.
pub(super) fn told(spans: &[TraceSpan], index: usize, pieces: &[Piece]) -> String {
    let span = &spans[index];
    let sums = trace::sums(pieces);
    let whole: Micros = sums.iter().sum();
    let mut told = Vec::new();
    for (doing, time) in Doing::ALL.into_iter().zip(sums) {
        if time <= whole * WORTH_TELLING {
            continue;
        }
        let key = match doing {
            Doing::Pool => "part-pool",
            Doing::Queue => "part-queue",
            Doing::Core => "part-core",
            Doing::Held => "part-held",
            Doing::Work if span.cores == 0 => "part-inside",
            Doing::Work => "part-work",
            Doing::Travel => "part-travel",
            Doing::Below => {
                let time = ("time", duration(time));
                told.push(say("part-below", &[time, ("node", below(spans, index))]));
                continue;
            }
        };
        told.push(part(spans, index, key, time));
    }
    let late: Micros = pieces.iter().filter(|piece| piece.late).map(|piece| piece.to - piece.from).sum();
    if late > 0.0 {
        told.push(say("part-late", &[("time", duration(late))]));
    }
    told.join(" · ")
}

/// Those a call waited for, each named once.
fn below(spans: &[TraceSpan], index: usize) -> String {
    let mut names: Vec<&str> = Vec::new();
    for child in trace::children(spans, index) {
        if !names.contains(&&*child.label) {
            names.push(&child.label);
        }
    }
    names.join(", ")
}

/// One link of the chain of a failure.
pub(super) fn cause(spans: &[TraceSpan], cause: &Cause) -> String {
    let span = &spans[cause.index];
    let ended = spans.first().and_then(|first| first.ended_us).unwrap_or(span.started_us);
    let lasted = span.ended_us.map_or(ended, |own| own.min(ended)) - span.started_us;
    let key = match &*span.outcome {
        "timed-out" => "cause-timed-out",
        "error" => "cause-error",
        "refused" => "cause-refused",
        "cancelled" => "cause-cancelled",
        _ => "cause-ok",
    };
    let told = part(spans, cause.index, key, lasted);
    let Some(piece) = cause.stuck.filter(|piece| piece.to > piece.from) else { return told };
    let key = match piece.doing {
        Doing::Pool => "stuck-pool",
        Doing::Queue => "stuck-queue",
        Doing::Core => "stuck-core",
        Doing::Held => "stuck-held",
        Doing::Work | Doing::Below => "stuck-work",
        Doing::Travel => "stuck-travel",
    };
    format!("{told} {}", part(spans, cause.index, key, piece.to.min(ended) - piece.from))
}

/// A sentence about one call: who, whose, how many, how long.
fn part(spans: &[TraceSpan], index: usize, key: &str, time: Micros) -> String {
    let span = &spans[index];
    let caller =
        trace::parent(spans, index).map_or_else(|| word("client"), |above| spans[above].label.clone());
    // The places that are taken: of the pool before it left, of the callee after.
    let count = if key.ends_with("pool") { span.pool } else { span.places };
    let figures = [
        ("time", duration(time)),
        ("node", span.label.clone()),
        ("caller", caller),
        ("count", count.to_string()),
    ];
    say(key, &figures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::trace::samples::miss;

    #[test]
    fn a_waiting_request_says_what_it_waits_for_and_how_long() {
        let spans = miss();
        let cases = [
            (3.0, "Now: waits to be let in at App. 8 of 8 places are taken.", "2 ms so far."),
            (5.5, "Now: in App, waits for a core. All are busy.", "0.5 ms so far."),
            (30.0, "Now: App waits for one of 15 connections to Database. All are taken.", "21.1 ms so far."),
            (8.5, "Now: Cache is at work on it.", "0.3 ms so far."),
            (40.5, "Now: on its way to Database.", "0.5 ms so far."),
            (59.5, "Now: on its way back from Database.", "0.5 ms so far."),
        ];
        for (time, place, so_far) in cases {
            assert_eq!(now(&spans, time * 1e3), Some((place.to_owned(), so_far.to_owned())), "{time}");
        }
        assert_eq!(now(&spans, 99e3), None);
    }

    #[test]
    fn a_row_tells_all_its_time_and_the_whole_tells_the_longest_parts() {
        let spans = miss();
        let row = |index| told(&spans, index, &trace::pieces(&spans, index, f64::INFINITY));
        assert_eq!(
            row(0),
            "waited 4 ms to be let in · waited 1 ms for a core · worked 2 ms · waited 52 ms for Cache, Database · 2 ms on its way"
        );
        assert_eq!(row(1), "took 0.5 ms inside · 0.4 ms on its way");
        assert_eq!(
            summary(&spans, f64::INFINITY),
            "Read: answered after 61 ms. Most of that: 31.1 ms waiting for one of 15 connections to Database, \
             15 ms at work in Database."
        );
        assert_eq!(summary(&spans, 30e3), "Read: on its way for 30 ms");
    }

    #[test]
    fn a_failure_is_told_from_the_client_down() {
        let mut spans = miss();
        (spans[0].outcome, spans[0].ended_us) = ("timed-out".to_owned(), Some(30e3));
        (spans[2].outcome, spans[2].sent_us, spans[2].ended_us) = ("cancelled".to_owned(), 31e3, Some(31e3));
        (spans[2].arrived_us, spans[2].let_in_us, spans[2].done_us) = (None, None, None);
        let chain: Vec<String> = trace::causes(&spans).iter().map(|each| cause(&spans, each)).collect();
        assert_eq!(
            chain,
            [
                "The client stopped waiting for App after 30 ms.",
                "App had asked Database and was still waiting, after 21.1 ms. It had waited 21.1 ms for one of 15 \
             connections; all were taken.",
            ]
        );
    }
}
