//! The entries of a cache and the way to find them: a slab with an [`Index`] over its keys, and what the policies
//! keep of each entry beside it (see [`lists`](super::lists)).
//!
//! A **ghost** is an entry whose value has left: a policy that wants to know a key again leaves it on one of its
//! lists, and the store keeps the key's place. A lookup finds value and ghost alike, so that a policy with a memory
//! costs no second search.
//!
//! Costs: every operation O(1); 64 bytes per entry or ghost, one line of a processor's cache, and 16 to 32 in the
//! index. Handles are reused last-freed first.

use super::MOST_ENTRIES;
use super::index::{self, Index};
use super::lists::{LISTS, Link, List, ListState, NONE, NOWHERE};
use super::policy::Handle;
use super::steps::Steps;
use crate::engine::Time;

/// One stored value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is stored under.
    pub key: u64,
    /// Which version of the value it is.
    pub version: u64,
    /// Size in bytes.
    pub size: u64,
    /// When it was stored, in ns.
    pub stored_at: Time,
    /// From when on it is no longer served, in ns; `Time::MAX` for never.
    pub expires_at: Time,
}

/// An entry and what belongs to it, in one line of a processor's cache.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Slot {
    pub(super) entry: Entry,
    pub(super) links: [Link; 2],
    /// Which list of each kind it is on.
    pub(super) list: [u8; 2],
    /// Which list it was taken off last.
    pub(super) was_on: u8,
    /// Whether the value is there; else it is a ghost.
    resident: bool,
    /// The policy's own: whether it was used, how often, where it stands.
    pub(super) mark: u32,
}

const _: () = assert!(size_of::<Slot>() == 64);

/// Entries by handle and by key.
#[derive(Clone, Debug)]
pub(super) struct Store {
    pub(super) slots: Vec<Slot>,
    pub(super) lists: [ListState; LISTS],
    /// The slot freed last; each free one's link says which was freed before it.
    free: Handle,
    free_slots: u32,
    index: Index,
    residents: u32,
    bytes: u64,
    by_size: bool,
    room: u64,
    pub(super) steps: Option<Box<Steps>>,
    /// The time of the operation in progress, in ns.
    pub(super) now: Time,
}

impl Store {
    /// An empty store in which an entry weighs its size in bytes, or one.
    pub(super) fn new(by_size: bool, room: u64) -> Self {
        Store {
            slots: Vec::new(),
            lists: Default::default(),
            free: NONE,
            free_slots: 0,
            index: Index::default(),
            residents: 0,
            bytes: 0,
            by_size,
            room,
            steps: None,
            now: 0,
        }
    }

    /// Handles there are, free ones and ghosts included.
    pub(super) fn places(&self) -> u32 {
        self.slots.len() as u32
    }

    /// How many values are stored.
    pub(super) fn len(&self) -> u32 {
        self.residents
    }

    /// Sum of the values' sizes.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The value or ghost of `key`.
    #[inline]
    pub(super) fn find(&self, key: u64) -> Option<Handle> {
        let slots = &self.slots;
        self.index.find(index::hash(key), |handle| slots[handle as usize].entry.key == key)
    }

    #[inline]
    pub(super) fn get(&self, handle: Handle) -> &Entry {
        &self.slots[handle as usize].entry
    }

    #[inline]
    pub(super) fn is_resident(&self, handle: Handle) -> bool {
        self.slots[handle as usize].resident
    }

    /// Stores `entry`, whose key has neither value nor ghost.
    #[inline]
    pub(super) fn insert(&mut self, entry: Entry) -> Handle {
        let nowhere = NOWHERE as u8;
        let links = [Link::default(); 2];
        let slot = Slot { entry, links, list: [nowhere; 2], was_on: nowhere, resident: true, mark: 0 };
        let handle = match self.free {
            NONE => {
                self.slots.push(slot);
                self.slots.len() as Handle - 1
            }
            handle => {
                self.free = self.slots[handle as usize].links[0].after;
                self.free_slots -= 1;
                self.slots[handle as usize] = slot;
                handle
            }
        };
        self.index.insert(index::hash(entry.key), handle);
        self.bytes += entry.size;
        self.residents += 1;
        handle
    }

    /// Gives the ghost under `handle`, which is on no list, its value back.
    pub(super) fn revive(&mut self, handle: Handle, entry: Entry) -> Handle {
        let slot = &mut self.slots[handle as usize];
        slot.entry = entry;
        slot.resident = true;
        self.bytes += entry.size;
        self.residents += 1;
        handle
    }

    /// Replaces the entry under `handle` by one of the same key.
    #[inline]
    pub(super) fn replace(&mut self, handle: Handle, entry: Entry) {
        let old = self.weight(handle);
        let slot = &mut self.slots[handle as usize];
        self.bytes = self.bytes - slot.entry.size + entry.size;
        slot.entry = entry;
        let lists = slot.list;
        let new = self.weight(handle);
        for list in lists.map(List::from).into_iter().filter(|&list| list != NOWHERE) {
            self.lists[list].weight = self.lists[list].weight - old + new;
        }
    }

    /// The policy has let the value go: its ghost stays if it is on a list, else nothing.
    #[inline]
    pub(super) fn leave(&mut self, handle: Handle) {
        let slot = &mut self.slots[handle as usize];
        slot.resident = false;
        self.residents -= 1;
        self.bytes -= slot.entry.size;
        if slot.list == [NOWHERE as u8; 2] {
            self.forget(handle);
        }
    }

    /// Forgets a key that has no value and is on no list.
    pub(super) fn forget(&mut self, handle: Handle) {
        self.index.remove(index::hash(self.get(handle).key), handle);
        self.slots[handle as usize].links[0].after = self.free;
        self.free = handle;
        self.free_slots += 1;
    }

    /// Forgets every key that has no value.
    pub(super) fn drop_all_ghosts(&mut self) {
        for handle in 0..self.slots.len() as Handle {
            if !self.is_resident(handle) && self.slots[handle as usize].list != [NOWHERE as u8; 2] {
                self.unlink_all(handle);
                self.forget(handle);
            }
        }
    }

    /// What the policy keeps of an entry in the place of its links of the second kind.
    pub(super) fn note(&self, handle: Handle) -> u64 {
        let Link { before, after } = self.slots[handle as usize].links[1];
        u64::from(before) << 32 | u64::from(after)
    }

    /// Keeps something of an entry that is on no list of the second kind.
    pub(super) fn set_note(&mut self, handle: Handle, note: u64) {
        self.slots[handle as usize].links[1] = Link { before: (note >> 32) as u32, after: note as u32 };
    }

    /// Room for all entries, in the unit of their weight.
    pub(super) fn room(&self) -> u64 {
        self.room
    }

    /// Changes room and unit, and weighs all lists anew.
    pub(super) fn resize(&mut self, by_size: bool, room: u64) {
        self.room = room;
        if self.by_size != by_size {
            self.by_size = by_size;
            for list in 0..LISTS {
                let mut weight = 0;
                self.visit(list, usize::MAX, &mut |handle| weight += self.weight(handle));
                self.lists[list].weight = weight;
            }
        }
    }

    /// How much of the room an entry takes: its size, and of an empty one still 1, or 1 where entries count.
    #[inline]
    pub(super) fn weight(&self, handle: Handle) -> u64 {
        self.weigh(self.slots[handle as usize].entry.size)
    }

    /// The same of a value of `size` bytes.
    #[inline]
    pub(super) fn weigh(&self, size: u64) -> u64 {
        if self.by_size { size.max(1) } else { 1 }
    }

    /// Whether entries weigh their size.
    pub(super) fn by_size(&self) -> bool {
        self.by_size
    }

    pub(super) fn memory(&self) -> u64 {
        (self.slots.capacity() * size_of::<Slot>()) as u64 + self.index.memory()
    }

    /// Checks the index and the lists, then sums what `handles`, all of the policy's, hold.
    pub(super) fn validate(&self, handles: &[Handle]) -> Result<(), String> {
        self.index.validate()?;
        let ghosts = self.validate_lists()?;
        if u64::from(ghosts) > MOST_ENTRIES {
            return Err(format!("{ghosts} ghosts"));
        }
        let residents = handles.iter().filter(|&&handle| self.is_resident(handle)).count();
        if handles.len() != residents || residents as u64 != u64::from(self.residents) {
            return Err(format!(
                "the policy knows {} entries, {residents} of them with a value; counted {}",
                handles.len(),
                self.residents
            ));
        }
        if self.residents + ghosts != self.index.len() {
            return Err(format!("{residents} values and {ghosts} ghosts, {} in the index", self.index.len()));
        }
        if (self.index.len() + self.free_slots) as usize != self.slots.len() {
            return Err(format!(
                "{} used and {} free of {}",
                self.index.len(),
                self.free_slots,
                self.slots.len()
            ));
        }
        let bytes = handles.iter().map(|&handle| self.get(handle).size).sum::<u64>();
        if bytes != self.bytes {
            return Err(format!("entries hold {bytes} bytes, counted {}", self.bytes));
        }
        Ok(())
    }
}
