//! Least frequently used: the entry with the fewest uses since it was stored leaves; among equals, the one that came to
//! that count first. What leaves forgets its count, and counts never age (for that: LFUDA, Redis' LFU, W-TinyLFU).
//!
//! One list in the order of leaving, in which entries of equal count stand together, and a chain of those groups (Shah,
//! Mitra, Matani 2010). Costs: every operation O(1), and a group per count that occurs.

use super::lists::{List, NONE};
use super::policy::{Arrival, Eviction, Handle};
use super::steps::Step;
use super::store::Store;

const QUEUE: List = 0;

/// The entries of one count; an entry's mark says which group it is in.
#[derive(Clone, Copy, Debug)]
struct Group {
    uses: u64,
    /// The first of them.
    front: Handle,
    len: u32,
    fewer: u32,
    more: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Lfu {
    groups: Vec<Group>,
    free: Vec<u32>,
    fewest: u32,
}

impl Default for Lfu {
    fn default() -> Self {
        Lfu { groups: Vec::new(), free: Vec::new(), fewest: NONE }
    }
}

impl Lfu {
    /// A new group of no entries between two neighbours.
    fn add(&mut self, uses: u64, fewer: u32, more: u32) -> u32 {
        let group = Group { uses, front: NONE, len: 0, fewer, more };
        let place = match self.free.pop() {
            Some(place) => {
                self.groups[place as usize] = group;
                place
            }
            None => {
                self.groups.push(group);
                self.groups.len() as u32 - 1
            }
        };
        match fewer {
            NONE => self.fewest = place,
            fewer => self.groups[fewer as usize].more = place,
        }
        if more != NONE {
            self.groups[more as usize].fewer = place;
        }
        place
    }

    /// Puts `entry` behind the last of its group.
    fn join(&mut self, store: &mut Store, place: u32, entry: Handle) {
        let group = &mut self.groups[place as usize];
        let more = group.more;
        group.len += 1;
        if group.front == NONE {
            group.front = entry;
        }
        store.slots[entry as usize].mark = place;
        match more {
            NONE => store.push_back(QUEUE, entry),
            more => store.insert_before(QUEUE, self.groups[more as usize].front, entry),
        }
    }

    /// Takes `entry` out of its group and of the list.
    fn leave(&mut self, store: &mut Store, entry: Handle) {
        let place = store.slots[entry as usize].mark;
        let group = &mut self.groups[place as usize];
        group.len -= 1;
        if group.front == entry {
            group.front = store.after(QUEUE, entry);
        }
        store.unlink(QUEUE, entry);
        let Group { len, fewer, more, .. } = *group;
        if len > 0 {
            return;
        }
        match fewer {
            NONE => self.fewest = more,
            fewer => self.groups[fewer as usize].more = more,
        }
        if more != NONE {
            self.groups[more as usize].fewer = fewer;
        }
        self.free.push(place);
    }
}

impl Eviction for Lfu {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        let victim = store.front(QUEUE)?;
        self.leave(store, victim);
        Some(victim)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, _from: List) {
        let fewest = self.fewest;
        let place = match self.groups.get(fewest as usize) {
            Some(group) if group.uses == 1 => fewest,
            _ => self.add(1, NONE, fewest),
        };
        self.join(store, place, entry);
    }

    fn hit(&mut self, store: &mut Store, entry: Handle) {
        let place = store.slots[entry as usize].mark;
        let Group { uses, len, more, .. } = self.groups[place as usize];
        store.tell(|store| Step::Counted { key: store.get(entry).key, uses: uses + 1 });
        let next = self.groups.get(more as usize).filter(|next| next.uses == uses + 1);
        if next.is_none() && len == 1 {
            self.groups[place as usize].uses += 1;
            return;
        }
        let target = if next.is_some() { more } else { self.add(uses + 1, place, more) };
        self.leave(store, entry);
        self.join(store, target, entry);
    }

    fn remove(&mut self, store: &mut Store, entry: Handle) {
        self.leave(store, entry);
    }

    fn memory(&self) -> u64 {
        (self.groups.capacity() * size_of::<Group>() + self.free.capacity() * size_of::<u32>()) as u64
    }

    fn validate(&self, store: &Store) -> Result<(), String> {
        let mut entries = Vec::new();
        store.visit(QUEUE, usize::MAX, &mut |entry| entries.push(entry));
        let (mut at, mut place, mut uses, mut fewer) = (0, self.fewest, 0, NONE);
        while place != NONE {
            let group = self.groups[place as usize];
            let members =
                entries[at..].iter().take_while(|&&entry| store.slots[entry as usize].mark == place);
            let len = members.count();
            if group.uses <= uses || len == 0 || len != group.len as usize || group.fewer != fewer {
                return Err(format!("group {group:?} of {len} entries follows {uses} uses"));
            }
            if entries[at] != group.front {
                return Err(format!("group {group:?} begins with {}", entries[at]));
            }
            (at, uses, fewer, place) = (at + len, group.uses, place, group.more);
        }
        if at != entries.len() {
            return Err(format!("{} entries in groups, {} in the list", at, entries.len()));
        }
        Ok(())
    }
}
