//! How often keys were asked for of late, in half a byte each: the sketch of TinyLFU (Einziger, Friedman, Manes, ACM
//! Transactions on Storage 2017), a count-min sketch with minimal increment and ageing.
//!
//! A key has four counters of four bits, laid out as in Caffeine: within one block of eight words, so that a look touches
//! one line of memory. The smallest is the estimate, at least the true count of this period up to 15, and only the
//! smallest rise. When ten times as many additions were made as the cache has entries, all counters are halved.
//!
//! The table has at least one word per entry and doubles with the cache; a block is copied then, so that no count
//! is lost. Costs: O(1), the halving spread over the additions of a period; 8 to 16 bytes per entry.

const BLOCK: usize = 8;
const LOW_BITS: u64 = 0x7777_7777_7777_7777;
const MOST_COUNTED: u64 = 15;
const ADDITIONS_PER_ENTRY: u64 = 10;

#[derive(Clone, Debug)]
pub(super) struct Sketch {
    words: Vec<u64>,
    additions: u64,
    entries: u64,
}

impl Default for Sketch {
    fn default() -> Self {
        Sketch { words: vec![0; BLOCK], additions: 0, entries: 1 }
    }
}

impl Sketch {
    /// Grows with the number of entries it serves; from `entries` on a period is counted.
    pub(super) fn serve(&mut self, entries: u64, stored: u64) {
        self.entries = entries.max(1);
        while (self.words.len() as u64) < stored {
            self.words.extend_from_within(..);
        }
    }

    /// Counts one use of `key`: only its least counters rise, which is all that the estimate needs.
    pub(super) fn add(&mut self, key: u64) {
        let places = places(&self.words, key);
        let least = self.least(places);
        if least < MOST_COUNTED {
            for (word, shift) in places {
                let word = &mut self.words[word];
                *word += u64::from(*word >> shift & 15 == least) << shift;
            }
        }
        self.additions += 1;
        if self.additions >= self.entries.saturating_mul(ADDITIONS_PER_ENTRY) {
            self.words.iter_mut().for_each(|word| *word = *word >> 1 & LOW_BITS);
            self.additions /= 2;
        }
    }

    /// About how often `key` was used; at most 15.
    pub(super) fn estimate(&self, key: u64) -> u64 {
        self.least(places(&self.words, key))
    }

    fn least(&self, places: [(usize, u32); 4]) -> u64 {
        places
            .into_iter()
            .fold(MOST_COUNTED, |least, (word, shift)| least.min(self.words[word] >> shift & 15))
    }

    pub(super) fn memory(&self) -> u64 {
        (self.words.capacity() * size_of::<u64>()) as u64
    }
}

/// The key's four counters: which word, and how far to shift it.
fn places(words: &[u64], key: u64) -> [(usize, u32); 4] {
    let hash = crate::engine::mixing::scramble(key);
    let block = (hash >> 32) as usize & (words.len() / BLOCK - 1);
    [0, 1, 2, 3].map(|row| {
        let bits = (hash >> (8 * row)) as u32;
        (block * BLOCK + 2 * row + (bits & 1) as usize, (bits >> 1 & 15) * 4)
    })
}
