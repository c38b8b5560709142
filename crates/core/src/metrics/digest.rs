//! One 64-bit number that two runs share exactly if they did the same.
//!
//! It covers the integers of every span as it closes and of every note, in event order. Hops are for drawing and notes
//! that only [measure](crate::sim::record::NoteKind::is_measured) say nothing new; neither counts. Nor does a call's
//! `endpoint`, which follows from its root. No float, `usize` or text enters, so the number is the same on every platform.
//!
//! The mixer is written out so that nobody's new version can change it. The words of a record are multiplied by odd
//! constants, one for each position, and added up: the multilinear hash of Carter and Wegman (1979), which a processor
//! does side by side ("Strongly universal string hashing is fast", Lemire and Kaser, 2014). The folded sum enters the
//! state by a rotate, an xor, a multiply and a fold. All of these are bijections, of each word and of the state, so one
//! changed word of one record always changes the digest; other differences go unseen about once in 2^64. It is no
//! defence against someone who wants a collision. About 5 ns a record.

use crate::sim::record::{CallSpan, Note, Record, VisitSpan};

/// The digest of what was observed so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    state: u64,
}

/// Odd, and otherwise without pattern: fractional parts of square roots of the first primes, as in SHA-512.
const CHAIN: u64 = 0xbb67_ae85_84ca_a73b;
const START: u64 = 0x6a09_e667_f3bc_c909;

/// One odd number for each position within a record: fractional parts of cube roots of the first primes, as in
/// SHA-512, with the last bit set.
const POSITIONS: [u64; 9] = [
    0x428a_2f98_d728_ae23,
    0x7137_4491_23ef_65cd,
    0xb5c0_fbcf_ec4d_3b2f,
    0xe9b5_dba5_8189_dbbd,
    0x3956_c25b_f348_b539,
    0x59f1_11f1_b605_d019,
    0x923f_82a4_af19_4f9b,
    0xab1c_5ed5_da6d_8119,
    0xd807_aa98_a303_0243,
];

impl Default for Digest {
    fn default() -> Self {
        Digest::new()
    }
}

impl Digest {
    /// The digest of nothing.
    pub fn new() -> Digest {
        Digest { state: START }
    }

    /// Adds `records` in their order; hops are skipped.
    pub fn observe(&mut self, records: &[Record]) {
        records.iter().for_each(|record| self.add(record));
    }

    /// Adds one record; a hop is skipped.
    pub fn add(&mut self, record: &Record) {
        match record {
            Record::Call(span) => self.call(span),
            Record::Visit(span) => self.visit(span),
            Record::Note(note) => self.note(note),
            Record::Hop(_) => {}
        }
    }

    /// Adds a call that ended.
    #[inline]
    pub fn call(&mut self, span: &CallSpan) {
        self.mix(call_sum(span));
    }

    /// Adds a visit that ended.
    #[inline]
    pub fn visit(&mut self, span: &VisitSpan) {
        self.mix(visit_sum(span));
    }

    /// Adds a note.
    pub fn note(&mut self, note: &Note) {
        if !note.kind.is_measured() {
            self.mix(note_sum(note));
        }
    }

    /// The number.
    pub fn value(&self) -> u64 {
        self.state
    }

    #[inline]
    fn mix(&mut self, Sum(sum): Sum) {
        self.state = fold((self.state.rotate_left(23) ^ fold(sum)).wrapping_mul(CHAIN));
    }
}

#[inline]
fn fold(word: u64) -> u64 {
    word ^ (word >> 32)
}

/// The words of a record, each times the number of its position. Word by word, since a compiler that counts bytes would
/// make of a loop what it says: a loop, through memory.
struct Sum(u64);

impl Sum {
    /// Of so many words, which tells the kinds of record apart.
    #[inline(always)]
    fn of(words: u64) -> Sum {
        Sum(words << 56)
    }

    #[inline(always)]
    fn word(self, position: usize, word: u64) -> Sum {
        Sum(self.0.wrapping_add(word.wrapping_mul(POSITIONS[position])))
    }
}

#[inline]
fn call_sum(span: &CallSpan) -> Sum {
    let small = u64::from(span.node)
        | (span.outcome as u64) << 16
        | (span.operation as u64) << 24
        | (span.lookup as u64) << 32
        | u64::from(span.attempt) << 40;
    Sum::of(9)
        .word(0, span.path)
        .word(1, span.root)
        .word(2, span.parent)
        .word(3, u64::from(span.from) | u64::from(span.to) << 32)
        .word(4, span.started)
        .word(5, span.sent)
        .word(6, span.ended)
        .word(7, span.key)
        .word(8, small)
}

#[inline]
fn visit_sum(span: &VisitSpan) -> Sum {
    let small = u64::from(span.instance)
        | (span.outcome as u64) << 32
        | (span.operation as u64) << 40
        | (span.lookup as u64) << 48
        | u64::from(span.wasted) << 56;
    Sum::of(7)
        .word(0, span.path)
        .word(1, span.root)
        .word(2, span.arrived)
        .word(3, span.started)
        .word(4, span.ended)
        .word(5, span.worked)
        .word(6, small)
}

#[inline]
fn note_sum(note: &Note) -> Sum {
    Sum::of(4)
        .word(0, note.time)
        .word(1, u64::from(note.instance) | (note.kind as u64) << 32)
        .word(2, note.a)
        .word(3, note.b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::record::{Direction, Hop, Lookup, NoteKind, Operation, Outcome};

    fn call() -> CallSpan {
        CallSpan {
            path: 1,
            root: 2,
            parent: 3,
            from: 4,
            to: 5,
            node: 6,
            started: 7,
            sent: 8,
            ended: 9,
            outcome: Outcome::Ok,
            operation: Operation::Read,
            endpoint: 0,
            lookup: Lookup::None,
            attempt: 0,
            key: 10,
        }
    }

    fn visit() -> VisitSpan {
        VisitSpan {
            path: 1,
            root: 2,
            instance: 3,
            arrived: 4,
            started: 5,
            ended: 6,
            worked: 7,
            outcome: Outcome::Ok,
            operation: Operation::Read,
            lookup: Lookup::None,
            wasted: false,
        }
    }

    fn note() -> Note {
        Note { time: 1, instance: 2, kind: NoteKind::Evicted, a: 3, b: 4 }
    }

    fn digest(records: &[Record]) -> u64 {
        let mut digest = Digest::new();
        digest.observe(records);
        digest.value()
    }

    /// Every field of every record that counts, each changed alone.
    #[test]
    fn each_field_counts() {
        let calls: Vec<fn(&mut CallSpan)> = vec![
            |_| {},
            |s| s.path = 99,
            |s| s.root = 99,
            |s| s.parent = 99,
            |s| s.from = 99,
            |s| s.to = 99,
            |s| s.node = 99,
            |s| s.started = 99,
            |s| s.sent = 99,
            |s| s.ended = 99,
            |s| s.outcome = Outcome::Error,
            |s| s.operation = Operation::Write,
            |s| s.lookup = Lookup::Hit,
            |s| s.attempt = 1,
            |s| s.key = 99,
        ];
        let visits: Vec<fn(&mut VisitSpan)> = vec![
            |_| {},
            |s| s.path = 99,
            |s| s.root = 99,
            |s| s.instance = 99,
            |s| s.arrived = 99,
            |s| s.started = 99,
            |s| s.ended = 99,
            |s| s.worked = 99,
            |s| s.outcome = Outcome::Error,
            |s| s.operation = Operation::Write,
            |s| s.lookup = Lookup::Hit,
            |s| s.wasted = true,
        ];
        let notes: Vec<fn(&mut Note)> = vec![
            |_| {},
            |n| n.time = 99,
            |n| n.instance = 99,
            |n| n.kind = NoteKind::Expired,
            |n| n.a = 99,
            |n| n.b = 99,
        ];
        let mut seen = Vec::new();
        for change in calls {
            let mut span = call();
            change(&mut span);
            seen.push(digest(&[Record::Call(span)]));
        }
        for change in visits {
            let mut span = visit();
            change(&mut span);
            seen.push(digest(&[Record::Visit(span)]));
        }
        for change in notes {
            let mut changed = note();
            change(&mut changed);
            seen.push(digest(&[Record::Note(changed)]));
        }
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn order_counts_and_hops_do_not() {
        let hop = Record::Hop(Hop {
            departed: 1,
            arrives: 2,
            from: 0,
            to: 1,
            path: 1,
            root: 1,
            direction: Direction::Request,
            operation: Operation::Read,
            lookup: Lookup::None,
            outcome: Outcome::Ok,
            attempt: 0,
            endpoint: 0,
        });
        let (a, b) = (Record::Call(call()), Record::Visit(visit()));
        assert_ne!(digest(&[a, b]), digest(&[b, a]));
        assert_eq!(digest(&[a, hop, b]), digest(&[a, b]));
        let measured = Record::Note(Note { kind: NoteKind::StaleRead, ..note() });
        assert_eq!(digest(&[a, measured, b]), digest(&[a, b]));
        assert_ne!(digest(&[a]), digest(&[a, a]));
    }

    #[test]
    fn pieces_make_the_same_whole() {
        let records = [Record::Call(call()), Record::Visit(visit()), Record::Note(note())];
        let mut in_pieces = Digest::new();
        for record in &records {
            in_pieces.observe(std::slice::from_ref(record));
        }
        assert_eq!(in_pieces.value(), digest(&records));
    }

    /// Holds the mixer itself: a change here changes every golden digest and needs a new engine number.
    #[test]
    fn value_is_fixed() {
        assert_eq!(digest(&[Record::Call(call()), Record::Visit(visit()), Record::Note(note())]), GOLDEN);
    }

    const GOLDEN: u64 = 0x80a9_0a7e_3a9c_249c;
}
