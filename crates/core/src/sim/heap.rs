//! A binary heap whose first element leaves a hole behind. In a simulation most events that happen ask for one that
//! comes later, so the next push usually fills the hole, and one pass through the heap serves both. O(log n) a push
//! or removal.

/// What a heap orders by. Keys are never equal.
pub(super) trait Keyed: Copy {
    fn key(&self) -> u128;
}

/// See the module's description. The least key is first.
#[derive(Clone, Debug)]
pub(super) struct Heap<T> {
    entries: Vec<T>,
    /// The first element has been removed and nothing has come in its place yet.
    hole: bool,
}

impl<T> Default for Heap<T> {
    fn default() -> Self {
        Heap { entries: Vec::new(), hole: false }
    }
}

impl<T: Keyed> Heap<T> {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.entries.len() - usize::from(self.hole)
    }

    /// Removes the element with the least key.
    #[inline]
    pub(super) fn take_first(&mut self) -> Option<T> {
        if self.hole {
            self.fill();
        }
        let first = self.entries.first().copied();
        self.hole = first.is_some();
        first
    }

    #[inline]
    pub(super) fn push(&mut self, entry: T) {
        if self.hole {
            self.hole = false;
            self.sink(entry);
        } else {
            self.entries.push(entry);
            self.rise(entry);
        }
    }

    /// Puts the last element into the hole.
    #[inline(never)]
    fn fill(&mut self) {
        self.hole = false;
        if let Some(last) = self.entries.pop()
            && !self.entries.is_empty()
        {
            self.sink(last);
        }
    }

    /// Finds the place of an entry that stands first.
    #[inline]
    fn sink(&mut self, entry: T) {
        let (key, len) = (entry.key(), self.entries.len());
        let mut place = 0;
        loop {
            let mut child = 2 * place + 1;
            if child >= len {
                break;
            }
            let mut least = self.entries[child].key();
            if child + 1 < len {
                let other = self.entries[child + 1].key();
                if other < least {
                    least = other;
                    child += 1;
                }
            }
            if key < least {
                break;
            }
            self.entries[place] = self.entries[child];
            place = child;
        }
        self.entries[place] = entry;
    }

    /// Finds the place of an entry that stands last.
    #[inline]
    fn rise(&mut self, entry: T) {
        let key = entry.key();
        let mut place = self.entries.len() - 1;
        while place > 0 {
            let parent = (place - 1) / 2;
            if self.entries[parent].key() < key {
                break;
            }
            self.entries[place] = self.entries[parent];
            place = parent;
        }
        self.entries[place] = entry;
    }
}
