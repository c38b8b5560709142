//! What a policy did, as sentences: keys of words and what is put into them. What was done over and over (a hand that
//! passes twenty entries) is one sentence.

use super::protocol::{Sentence, Told};
use crate::page::format::number;
use headroom_core::engine::cache::{Operation, Place, Policy, Step};
use headroom_core::metrics::written::thousands;
use headroom_core::race::{Contender, Told as Done};

/// Entries of a kind that are told one by one; more are counted.
const FEW: usize = 3;

/// The sentences about an access.
pub fn told(contender: Contender, done: &Done) -> Told {
    let outcome = match (done.operation, done.hit) {
        (Operation::Read, true) => "hit",
        (Operation::Read, false) => "miss",
        (Operation::Write, _) => "write",
        (Operation::Delete, _) => "delete",
    };
    let mut sentences = Vec::new();
    let mut rest = done.steps.as_slice();
    while let Some(first) = rest.first() {
        let kind = std::mem::discriminant(first);
        let alike = rest.iter().take_while(|step| std::mem::discriminant(*step) == kind).count();
        let (run, after) = rest.split_at(alike);
        rest = after;
        if alike > FEW && matches!(first, Step::Spared { .. } | Step::Left { .. } | Step::Moved { .. }) {
            sentences.push(counted(run));
        } else {
            sentences.extend(run.iter().map(|step| sentence(contender, step)));
        }
    }
    if contender == Contender::Belady {
        sentences.extend(foreseen(done));
    }
    if sentences.is_empty() {
        let has_rank = matches!(
            contender,
            Contender::Policy(Policy::LruK | Policy::Gdsf | Policy::Lfuda | Policy::RedisLru)
        );
        sentences.push(say(match outcome {
            "hit" if has_rank => "told-noted",
            "hit" => "told-nothing-hit",
            "miss" => "told-nothing-miss",
            _ => "told-nothing",
        }));
    }
    Told { key: done.key, outcome: outcome.to_owned(), sentences }
}

fn say(key: &str) -> Sentence {
    Sentence { key: key.to_owned(), figures: Vec::new() }
}

impl Sentence {
    fn with(mut self, name: &str, figure: impl Into<String>) -> Self {
        self.figures.push((name.to_owned(), figure.into()));
        self
    }

    fn place(self, name: &str, place: Place) -> Self {
        self.with(&format!("-{name}"), place_name(place))
    }
}

/// Key of a queue's name, and behind a blank its number where queues are numbered.
pub fn place_name(place: Place) -> String {
    let key = match place {
        Place::Queue => "place-queue",
        Place::Ghosts => "place-ghosts",
        Place::Small => "place-small",
        Place::Main => "place-main",
        Place::Window => "place-window",
        Place::Probation => "place-probation",
        Place::Protected => "place-protected",
        Place::Segment(segment) => return format!("place-segment {}", segment + 1),
        Place::T1 => "place-t1",
        Place::T2 => "place-t2",
        Place::B1 => "place-b1",
        Place::B2 => "place-b2",
        Place::A1In => "place-a1in",
        Place::A1Out => "place-a1out",
        Place::Am => "place-am",
        Place::Stack => "place-stack",
        Place::Lir => "place-lir",
        Place::Hir => "place-hir",
        Place::Unordered => "place-queue",
    };
    key.to_owned()
}

/// Every digit counts: keys of words are hashes of 64 bits.
fn key(key: u64) -> String {
    thousands(&key.to_string())
}

fn sentence(contender: Contender, step: &Step) -> Sentence {
    // Policies with one bit per entry speak of a mark, others of a count.
    let has_mark = matches!(contender, Contender::Policy(Policy::Sieve | Policy::Clock));
    match *step {
        Step::Counted { key: whose, .. } if has_mark => say("told-marked").with("key", key(whose)),
        Step::Counted { key: whose, uses } => {
            say("told-counted").with("key", key(whose)).with("uses", key(uses))
        }
        Step::Spared { key: whose, .. } if has_mark => say("told-mark-cleared").with("key", key(whose)),
        Step::Spared { key: whose, uses } => {
            say("told-spared").with("key", key(whose)).with("uses", key(uses))
        }
        Step::Moved { key: whose, from, to } if from == to => {
            say("told-to-front").with("key", key(whose)).place("queue", to)
        }
        Step::Moved { key: whose, from, to } => {
            say("told-moved").with("key", key(whose)).place("from", from).place("to", to)
        }
        Step::Compared { key: whose, uses, victim, victim_uses } => say("told-compared")
            .with("key", key(whose))
            .with("uses", key(uses))
            .with("victim", key(victim))
            .with("victim-uses", key(victim_uses)),
        Step::Target { from, to } => say("told-target").with("from", number(from)).with("to", number(to)),
        Step::Left { key: whose, from, to: Some(to) } => {
            say("told-left-to").with("key", key(whose)).place("from", from).place("to", to)
        }
        Step::Left { key: whose, from: Place::Unordered, to: None } => {
            say("told-evicted").with("key", key(whose))
        }
        Step::Entered { key: whose, into: Place::Unordered } => say("told-stored").with("key", key(whose)),
        Step::Left { key: whose, from, to: None } => {
            say("told-left").with("key", key(whose)).place("from", from)
        }
        Step::Forgotten { key: whose, from } => {
            say("told-forgotten").with("key", key(whose)).place("from", from)
        }
        Step::Returned { key: whose, from } => {
            say("told-returned").with("key", key(whose)).place("from", from)
        }
        Step::Entered { key: whose, into } => say("told-entered").with("key", key(whose)).place("into", into),
        Step::Refused { key: whose } => say("told-refused").with("key", key(whose)),
    }
}

/// Many steps of a kind; the last one is named, as it is what decided.
fn counted(steps: &[Step]) -> Sentence {
    let (words, last) = match steps.last() {
        Some(Step::Left { key, .. }) => ("told-many-left", *key),
        Some(Step::Moved { key, .. }) => ("told-many-moved", *key),
        Some(Step::Spared { key, .. }) => ("told-many-spared", *key),
        _ => ("told-nothing", 0),
    };
    say(words).with("count", key(steps.len() as u64)).with("key", key(last))
}

/// What the optimum did: it has no steps, only the future.
fn foreseen(done: &Done) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    match done.victim {
        Some((victim, Some(next))) => {
            sentences.push(say("told-latest").with("key", key(victim)).with("at", key(next + 1)));
        }
        Some((victim, None)) => sentences.push(say("told-never").with("key", key(victim))),
        None => {}
    }
    match (done.operation, done.next) {
        (Operation::Delete, _) => {}
        (_, Some(next)) => {
            sentences.push(say("told-next").with("key", key(done.key)).with("at", key(next + 1)))
        }
        (_, None) => sentences.push(say("told-not-again").with("key", key(done.key))),
    }
    sentences
}
