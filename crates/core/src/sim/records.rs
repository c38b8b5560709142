//! The room where records gather until somebody reads them.
//!
//! A list, but one that gives the place first and is then told what stands there. A list that is handed a record makes
//! room for it after the record was made: all its fields wait in memory meanwhile, where a call might come between, and
//! in WebAssembly are copied twice. O(1) a record; a clone copies what has not been read.

use super::record::{Note, NoteKind, Record};

/// See the module's description.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// Those not yet read, and behind them what was read before.
    entries: Vec<Record>,
    count: usize,
}

/// What stands where nothing was told yet.
const BLANK: Record = Record::Note(Note { time: 0, instance: 0, kind: NoteKind::Evicted, a: 0, b: 0 });

impl Records {
    /// The place of the next record, which must be told there.
    #[inline(always)]
    pub(super) fn place(&mut self) -> &mut Record {
        if self.count >= self.entries.len() {
            self.grow();
        }
        let place = self.count;
        self.count += 1;
        &mut self.entries[place]
    }

    /// Adds records in their order.
    pub(super) fn extend(&mut self, records: impl Iterator<Item = Record>) {
        records.for_each(|record| *self.place() = record);
    }

    /// Those not yet read.
    pub(super) fn as_slice(&self) -> &[Record] {
        &self.entries[..self.count]
    }

    /// All have been read.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.entries.resize((2 * self.entries.len()).max(64), BLANK);
    }
}

impl Clone for Records {
    fn clone(&self) -> Self {
        Records { entries: self.as_slice().to_vec(), count: self.count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn note(a: u64) -> Record {
        Record::Note(Note { time: a, instance: 1, kind: NoteKind::Expired, a, b: 2 })
    }

    proptest! {
        #[test]
        fn agrees_with_a_list(operations in prop::collection::vec((0u8..20, 0u64..90), 0..300)) {
            let (mut records, mut list) = (Records::default(), Vec::new());
            for (what, number) in operations {
                match what {
                    0 => {
                        records.clear();
                        list.clear();
                    }
                    1 => {
                        records.extend((0..number).map(note));
                        list.extend((0..number).map(note));
                    }
                    2 => records = records.clone(),
                    _ => {
                        *records.place() = note(number);
                        list.push(note(number));
                    }
                }
                prop_assert_eq!(records.as_slice(), &list[..]);
            }
        }
    }
}
