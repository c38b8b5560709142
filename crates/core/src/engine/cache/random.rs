//! Random: any entry leaves, each as likely as another.
//!
//! Needs to know nothing of the past, which is why small processors' caches do it, and comes close to LRU where keys are
//! asked for independently. Costs: every operation O(1); a hit touches nothing. The order in which entries are shown is
//! that of the row they are drawn from, and says nothing about who leaves next.

use super::lists::List;
use super::luck::{Luck, Row};
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

#[derive(Clone, Debug)]
pub(super) struct Random {
    row: Row,
    luck: Luck,
}

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Random { row: Row::default(), luck: Luck::new(seed) }
    }
}

impl Eviction for Random {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        let victim = self.row.draw(&mut self.luck)?;
        self.row.remove(store, victim);
        Some(victim)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, _from: List) {
        self.row.insert(store, entry);
    }

    fn hit(&mut self, _store: &mut Store, _entry: Handle) {}

    fn remove(&mut self, store: &mut Store, entry: Handle) {
        self.row.remove(store, entry);
    }

    fn in_order(&self, _store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        self.row.entries.iter().take(limit).for_each(|&entry| visit(entry));
    }

    fn in_reverse(&self, _store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        self.row.entries.iter().rev().take(limit).for_each(|&entry| visit(entry));
    }

    fn memory(&self) -> u64 {
        self.row.memory()
    }

    fn validate(&self, store: &Store) -> Result<(), String> {
        self.row.validate(store)
    }
}
