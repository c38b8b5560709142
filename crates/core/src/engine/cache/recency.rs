//! Who was used when: owners in order of their last use, and how many were used after a given one.
//!
//! Every use takes the next place of a line. A bit says whether a place is still taken, and a Fenwick tree (Fenwick
//! 1994, "A new data structure for cumulative frequency tables") counts the bits of each word of 64. When the line is
//! used up, the places that are taken move together, so that it stays within four times of what is alive.
//!
//! Costs: every operation O(log n), amortised over the moves; the tree of a million owners fits in 256 KiB. 4 to 16
//! bytes per owner.

/// Whoever holds a place.
pub(super) type Owner = u32;

/// A place in the line; later uses have larger ones. Changes when the line moves together.
pub(super) type Place = u32;

const WORD: u32 = u64::BITS;
const SMALLEST: u32 = 1 << 10;

/// The line.
#[derive(Clone, Debug)]
pub(super) struct Recency {
    /// Who took each place.
    owners: Vec<Owner>,
    /// Which places are still taken, one bit each.
    taken: Vec<u64>,
    /// Fenwick tree over the number of bits in each word of `taken`; its first item stands for the first word.
    counts: Vec<u32>,
    next: Place,
    len: u32,
}

impl Default for Recency {
    fn default() -> Self {
        Recency::with_places(SMALLEST)
    }
}

impl Recency {
    fn with_places(places: u32) -> Self {
        let words = (places / WORD) as usize;
        Recency {
            owners: vec![0; places as usize],
            taken: vec![0; words],
            counts: vec![0; words],
            next: 0,
            len: 0,
        }
    }

    /// Whether the next [`Recency::push`] needs [`Recency::compact`] before it.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.next as usize == self.owners.len()
    }

    /// Takes the next place, which there must be.
    #[inline]
    pub(super) fn push(&mut self, owner: Owner) -> Place {
        let place = self.next;
        self.next += 1;
        self.len += 1;
        self.owners[place as usize] = owner;
        self.taken[(place / WORD) as usize] |= 1 << (place % WORD);
        let mut word = (place / WORD) as usize;
        while let Some(count) = self.counts.get_mut(word) {
            *count += 1;
            word |= word + 1;
        }
        place
    }

    /// Gives up a place that is taken.
    #[inline]
    pub(super) fn remove(&mut self, place: Place) {
        self.len -= 1;
        self.taken[(place / WORD) as usize] &= !(1 << (place % WORD));
        let mut word = (place / WORD) as usize;
        while let Some(count) = self.counts.get_mut(word) {
            *count -= 1;
            word |= word + 1;
        }
    }

    /// Gives a place to somebody else.
    pub(super) fn hand_over(&mut self, place: Place, owner: Owner) {
        self.owners[place as usize] = owner;
    }

    /// How many places are taken from `place` on, itself included.
    #[inline]
    pub(super) fn depth(&self, place: Place) -> u32 {
        let (word, bit) = ((place / WORD) as usize, place % WORD);
        let before = self.taken[word] & ((1 << bit) - 1);
        self.len - before.count_ones() - self.before(word)
    }

    /// How many places are taken in the words before `end`.
    #[inline]
    fn before(&self, end: usize) -> u32 {
        let mut count = 0;
        let mut end = end;
        while end > 0 {
            count += self.counts[end - 1];
            end &= end - 1;
        }
        count
    }

    /// Moves the taken places together, leaving as much room again, and tells each owner its new place, in order.
    pub(super) fn compact(&mut self, mut moved: impl FnMut(Owner, Place)) {
        let places = (2 * self.len).next_power_of_two().max(SMALLEST);
        let old = std::mem::replace(self, Recency::with_places(places));
        for (word, bits) in (0..).zip(&old.taken) {
            let mut bits = *bits;
            while bits != 0 {
                let owner = old.owners[(word * WORD + bits.trailing_zeros()) as usize];
                moved(owner, self.push(owner));
                bits &= bits - 1;
            }
        }
    }

    pub(super) fn memory(&self) -> u64 {
        (self.owners.capacity() * size_of::<Owner>()
            + self.taken.capacity() * size_of::<u64>()
            + self.counts.capacity() * size_of::<u32>()) as u64
    }

    /// Owners from the one used longest ago, with their places.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (Owner, Place)> + '_ {
        let is_taken = |place: &Place| self.taken[(place / WORD) as usize] >> (place % WORD) & 1 == 1;
        (0..self.next).filter(is_taken).map(|place| (self.owners[place as usize], place))
    }

    /// Recounts from scratch.
    pub(super) fn validate(&self) -> Result<(), String> {
        let mut before = 0;
        for (word, bits) in self.taken.iter().enumerate() {
            if self.before(word) != before {
                return Err(format!("{before} places before word {word}, counted {}", self.before(word)));
            }
            before += bits.count_ones();
        }
        if before != self.len {
            return Err(format!("{before} places taken, counted {}", self.len));
        }
        match self.in_order().last() {
            Some((_, place)) if place >= self.next => Err(format!("place {place} is not given out yet")),
            _ => Ok(()),
        }
    }
}
