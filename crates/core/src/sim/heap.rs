//! A binary heap that can exchange: in a simulation most events that happen ask for one that comes later, so one
//! pass through the heap serves both the next removal and the addition. O(log n) a push, removal or exchange.

/// What a heap orders by. Keys are never equal.
pub(super) trait Keyed: Copy {
    fn key(&self) -> u128;
}

/// See the module's description. The least key is first.
#[derive(Clone, Debug)]
pub(super) struct Heap<T> {
    entries: Vec<T>,
}

impl<T> Default for Heap<T> {
    fn default() -> Self {
        Heap { entries: Vec::new() }
    }
}

impl<T: Keyed> Heap<T> {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Removes the element with the least key.
    pub(super) fn take_first(&mut self) -> Option<T> {
        let last = self.entries.pop()?;
        Some(self.exchange(last))
    }

    /// Adds an entry and removes the element with the least key, which may be the entry itself.
    #[inline(always)]
    pub(super) fn exchange(&mut self, entry: T) -> T {
        match self.entries.as_mut_slice() {
            [] => entry,
            [first, ..] if entry.key() < first.key() => entry,
            [only] => std::mem::replace(only, entry),
            [first, ..] => {
                let first = *first;
                self.sink(entry);
                first
            }
        }
    }

    #[inline]
    pub(super) fn push(&mut self, entry: T) {
        self.entries.push(entry);
        self.rise(entry);
    }

    /// Finds the place of an entry that stands first.
    #[inline(never)]
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
