//! Chance for the policies that need it: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), eight bytes of state that belong
//! to the cache, so that a clone goes on as the original would.

use super::policy::Handle;
use super::store::Store;
use crate::engine::mixing::{GOLDEN, scramble};

#[derive(Clone, Debug)]
pub(super) struct Luck(u64);

impl Luck {
    pub(super) fn new(seed: u64) -> Self {
        Luck(seed)
    }

    /// One of the numbers below `count`, which is not 0; with a bias below `count` in 2^32.
    pub(super) fn below(&mut self, count: u32) -> u32 {
        self.0 = self.0.wrapping_add(GOLDEN);
        (((scramble(self.0) >> 32) * u64::from(count)) >> 32) as u32
    }
}

/// All entries in a row, so that one of them can be drawn; an entry's mark says its place there.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) entries: Vec<Handle>,
}

impl Row {
    pub(super) fn insert(&mut self, store: &mut Store, entry: Handle) {
        store.slots[entry as usize].mark = self.entries.len() as u32;
        self.entries.push(entry);
    }

    /// Takes `entry` out; the last one takes its place.
    pub(super) fn remove(&mut self, store: &mut Store, entry: Handle) {
        let place = store.slots[entry as usize].mark;
        self.entries.swap_remove(place as usize);
        if let Some(&moved) = self.entries.get(place as usize) {
            store.slots[moved as usize].mark = place;
        }
    }

    /// Any of the entries.
    pub(super) fn draw(&self, luck: &mut Luck) -> Option<Handle> {
        let count = self.entries.len() as u32;
        if count == 0 { None } else { self.entries.get(luck.below(count) as usize).copied() }
    }

    pub(super) fn memory(&self) -> u64 {
        (self.entries.capacity() * size_of::<Handle>()) as u64
    }

    pub(super) fn validate(&self, store: &Store) -> Result<(), String> {
        let misplaced =
            |&(place, entry): &(usize, Handle)| store.slots[entry as usize].mark as usize != place;
        match self.entries.iter().copied().enumerate().find(misplaced) {
            Some((place, entry)) => Err(format!("entry {entry} does not know its place {place}")),
            None => Ok(()),
        }
    }
}
