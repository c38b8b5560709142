//! The entries in the order of a number, least first: a binary heap whose entries know their place in it (their mark),
//! so that the number of any may change.
//!
//! Costs: the least O(1), a change O(log entries); 24 bytes per entry.

use super::policy::Handle;
use super::store::Store;

/// What the least is asked of; of equals in the first part, the second decides.
pub(super) type Rank = (u64, u64);

#[derive(Clone, Debug, Default)]
pub(super) struct Heap {
    items: Vec<(Rank, Handle)>,
}

impl Heap {
    /// The least, which stays.
    pub(super) fn least(&self) -> Option<(Rank, Handle)> {
        self.items.first().copied()
    }

    /// The rank of `entry`, which is in the heap.
    pub(super) fn rank(&self, store: &Store, entry: Handle) -> Rank {
        self.items[store.slots[entry as usize].mark as usize].0
    }

    /// Adds `entry`, which is not in the heap.
    pub(super) fn insert(&mut self, store: &mut Store, entry: Handle, rank: Rank) {
        self.items.push((rank, entry));
        self.rise(store, self.items.len() - 1);
    }

    /// Changes the rank of `entry`, which is in the heap.
    pub(super) fn change(&mut self, store: &mut Store, entry: Handle, rank: Rank) {
        let place = store.slots[entry as usize].mark as usize;
        self.items[place].0 = rank;
        let place = self.rise(store, place);
        self.sink(store, place);
    }

    /// Takes `entry`, which is in the heap, out of it.
    pub(super) fn remove(&mut self, store: &mut Store, entry: Handle) {
        let place = store.slots[entry as usize].mark as usize;
        self.items.swap_remove(place);
        if place < self.items.len() {
            let place = self.rise(store, place);
            self.sink(store, place);
        }
    }

    /// The entries, the least first and every other somewhere behind one that is less.
    pub(super) fn entries(&self) -> impl DoubleEndedIterator<Item = Handle> {
        self.items.iter().map(|&(_, entry)| entry)
    }

    fn rise(&mut self, store: &mut Store, mut place: usize) -> usize {
        let item = self.items[place];
        while place > 0 && item.0 < self.items[(place - 1) / 2].0 {
            self.put(store, place, self.items[(place - 1) / 2]);
            place = (place - 1) / 2;
        }
        self.put(store, place, item);
        place
    }

    fn sink(&mut self, store: &mut Store, mut place: usize) {
        let item = self.items[place];
        loop {
            let mut child = 2 * place + 1;
            if child + 1 < self.items.len() && self.items[child + 1].0 < self.items[child].0 {
                child += 1;
            }
            if child >= self.items.len() || item.0 <= self.items[child].0 {
                break;
            }
            self.put(store, place, self.items[child]);
            place = child;
        }
        self.put(store, place, item);
    }

    fn put(&mut self, store: &mut Store, place: usize, item: (Rank, Handle)) {
        self.items[place] = item;
        store.slots[item.1 as usize].mark = place as u32;
    }

    pub(super) fn memory(&self) -> u64 {
        (self.items.capacity() * size_of::<(Rank, Handle)>()) as u64
    }

    pub(super) fn validate(&self, store: &Store) -> Result<(), String> {
        for (place, &(rank, entry)) in self.items.iter().enumerate() {
            if store.slots[entry as usize].mark as usize != place {
                return Err(format!("entry {entry} does not know its place {place}"));
            }
            if place > 0 && rank < self.items[(place - 1) / 2].0 {
                return Err(format!("entry {entry} is less than who stands before it"));
            }
        }
        Ok(())
    }
}
