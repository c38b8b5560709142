//! Doubly linked lists of entries, their links in the entries themselves: what most policies are made of.
//!
//! A list is a ring: behind its last entry comes its first, so that moving the first one to the back is only saying
//! that the ring begins one later. Lists 0 to 3 are of one kind and 4 to 6 of another: an entry is on at most one list
//! of each kind. Each list keeps count of its entries and of their weight.
//!
//! Costs: every operation O(1), no allocation.

use super::MOST_ENTRIES;
use super::policy::Handle;
use super::steps::Step;
use super::store::Store;

/// Which list.
pub(super) type List = usize;

/// How many lists there are.
pub(super) const LISTS: usize = 7;

/// On no list of a kind.
pub(super) const NOWHERE: List = u8::MAX as List;

/// No entry.
pub(super) const NONE: Handle = Handle::MAX;

/// The neighbours on a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) before: Handle,
    pub(super) after: Handle,
}

impl Default for Link {
    fn default() -> Self {
        Link { before: NONE, after: NONE }
    }
}

/// Where a list begins, and what is counted of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ListState {
    front: Handle,
    len: u32,
    pub(super) weight: u64,
}

impl Default for ListState {
    fn default() -> Self {
        ListState { front: NONE, len: 0, weight: 0 }
    }
}

const fn kind(list: List) -> usize {
    list / 4
}

impl Store {
    #[inline]
    pub(super) fn front(&self, list: List) -> Option<Handle> {
        let front = self.lists[list].front;
        (front != NONE).then_some(front)
    }

    #[inline]
    pub(super) fn back(&self, list: List) -> Option<Handle> {
        self.front(list).map(|front| self.before(list, front))
    }

    /// Who stands nearer the back than `entry`; of the last one, the first.
    #[inline]
    pub(super) fn after(&self, list: List, entry: Handle) -> Handle {
        self.slots[entry as usize].links[kind(list)].after
    }

    #[inline]
    pub(super) fn before(&self, list: List, entry: Handle) -> Handle {
        self.slots[entry as usize].links[kind(list)].before
    }

    /// Which of the lists 0 to 3 `entry` is on.
    #[inline]
    pub(super) fn list(&self, entry: Handle) -> List {
        List::from(self.slots[entry as usize].list[0])
    }

    /// Whether `entry` is on `list`.
    #[inline]
    pub(super) fn is_on(&self, list: List, entry: Handle) -> bool {
        List::from(self.slots[entry as usize].list[kind(list)]) == list
    }

    /// How many entries are on a list.
    #[inline]
    pub(super) fn count(&self, list: List) -> u32 {
        self.lists[list].len
    }

    /// What they weigh together.
    #[inline]
    pub(super) fn weight_of(&self, list: List) -> u64 {
        self.lists[list].weight
    }

    /// Adds `entry` at the back of a list; it is on no list of that kind.
    #[inline]
    pub(super) fn push_back(&mut self, list: List, entry: Handle) {
        let front = self.lists[list].front;
        if front == NONE {
            self.lists[list].front = entry;
            self.slots[entry as usize].links[kind(list)] = Link { before: entry, after: entry };
        } else {
            self.link(list, entry, front);
        }
        self.counted(list, entry);
    }

    /// Adds `entry` right before `at`, at the front if that is the first.
    pub(super) fn insert_before(&mut self, list: List, at: Handle, entry: Handle) {
        self.link(list, entry, at);
        self.counted(list, entry);
        if self.lists[list].front == at {
            self.lists[list].front = entry;
        }
    }

    /// Takes `entry` off a list that it is on.
    #[inline]
    pub(super) fn unlink(&mut self, list: List, entry: Handle) {
        let after = self.detach(list, entry);
        let weight = self.weight(entry);
        let state = &mut self.lists[list];
        if after == entry {
            state.front = NONE;
        } else if state.front == entry {
            state.front = after;
        }
        state.len -= 1;
        state.weight -= weight;
        let slot = &mut self.slots[entry as usize];
        slot.list[kind(list)] = NOWHERE as u8;
        slot.was_on = list as u8;
    }

    /// Takes `entry` off whatever lists it is on.
    pub(super) fn unlink_all(&mut self, entry: Handle) {
        for list in self.slots[entry as usize].list.map(List::from) {
            if list != NOWHERE {
                self.unlink(list, entry);
            }
        }
    }

    /// Moves `entry` to the back of a list that it is on.
    #[inline]
    pub(super) fn move_to_back(&mut self, list: List, entry: Handle) {
        self.tell_moved(list, list, entry);
        let front = self.lists[list].front;
        if entry == front {
            self.lists[list].front = self.after(list, entry);
        } else if self.after(list, entry) != front {
            self.detach(list, entry);
            self.link(list, entry, front);
        }
    }

    /// Moves `entry` from one list to the back of another of the same kind.
    #[inline]
    pub(super) fn transfer(&mut self, from: List, to: List, entry: Handle) {
        self.tell_moved(from, to, entry);
        self.unlink(from, entry);
        self.push_back(to, entry);
    }

    /// The front of a list goes to its back, without a word.
    #[inline]
    pub(super) fn rotate(&mut self, list: List) {
        if let Some(front) = self.front(list) {
            self.lists[list].front = self.after(list, front);
        }
    }

    #[inline]
    fn tell_moved(&mut self, from: List, to: List, entry: Handle) {
        self.tell(|store| Step::Moved {
            key: store.get(entry).key,
            from: store.place(from),
            to: store.place(to),
        });
    }

    /// The key of `entry` has been looked at as a victim and stays.
    #[inline]
    pub(super) fn tell_spared(&mut self, entry: Handle) {
        self.tell(|store| Step::Spared {
            key: store.get(entry).key,
            uses: store.slots[entry as usize].mark.into(),
        });
    }

    /// A hit has been counted in the mark of `entry`.
    #[inline]
    pub(super) fn tell_counted(&mut self, entry: Handle) {
        self.tell(|store| Step::Counted {
            key: store.get(entry).key,
            uses: store.slots[entry as usize].mark.into(),
        });
    }

    /// Puts `entry`, which is leaving, on a list of ghosts that weigh at most `most`; the oldest make room.
    pub(super) fn haunt(&mut self, list: List, entry: Handle, most: u64) {
        if let Some(left) = most.checked_sub(self.weight(entry)) {
            self.drop_ghosts(list, left);
            self.push_back(list, entry);
        }
    }

    /// Forgets the oldest ghosts of a list until they weigh at most `most`, and are fewer than a cache may hold.
    pub(super) fn drop_ghosts(&mut self, list: List, most: u64) {
        while let Some(oldest) = self.front(list)
            && (self.weight_of(list) > most || u64::from(self.count(list)) >= MOST_ENTRIES)
        {
            self.tell(|store| Step::Forgotten { key: store.get(oldest).key, from: store.place(list) });
            self.unlink_all(oldest);
            self.forget(oldest);
        }
    }

    /// Calls `visit` for at most `limit` entries from the front.
    pub(super) fn visit(&self, list: List, limit: usize, visit: &mut dyn FnMut(Handle)) {
        let mut at = self.lists[list].front;
        for _ in 0..limit.min(self.count(list) as usize) {
            visit(at);
            at = self.after(list, at);
        }
    }

    /// Calls `visit` for at most `limit` entries from the back.
    pub(super) fn visit_back(&self, list: List, limit: usize, visit: &mut dyn FnMut(Handle)) {
        let mut at = self.back(list).unwrap_or(NONE);
        for _ in 0..limit.min(self.count(list) as usize) {
            visit(at);
            at = self.before(list, at);
        }
    }

    /// Calls `visit` for at most `limit` entries from `start` on, round the ring: those whose mark is 0, then the others.
    pub(super) fn visit_rounds(
        &self,
        list: List,
        start: Option<Handle>,
        limit: usize,
        visit: &mut dyn FnMut(Handle),
    ) {
        self.rounds(list, start, limit, visit, [false, true], |store, at| store.after(list, at));
    }

    /// The same from the other end.
    pub(super) fn visit_rounds_back(
        &self,
        list: List,
        start: Option<Handle>,
        limit: usize,
        visit: &mut dyn FnMut(Handle),
    ) {
        let last = start.map(|start| self.before(list, start));
        self.rounds(list, last, limit, visit, [true, false], |store, at| store.before(list, at));
    }

    fn rounds(
        &self,
        list: List,
        start: Option<Handle>,
        limit: usize,
        visit: &mut dyn FnMut(Handle),
        marked: [bool; 2],
        next: impl Fn(&Store, Handle) -> Handle,
    ) {
        let mut left = limit;
        for marked in marked {
            let mut at = start.unwrap_or(NONE);
            for _ in 0..self.count(list) {
                if left == 0 {
                    return;
                }
                if (self.slots[at as usize].mark != 0) == marked {
                    visit(at);
                    left -= 1;
                }
                at = next(self, at);
            }
        }
    }

    /// Joins the neighbours of `entry`; the one behind it.
    #[inline]
    fn detach(&mut self, list: List, entry: Handle) -> Handle {
        let Link { before, after } = self.slots[entry as usize].links[kind(list)];
        self.slots[before as usize].links[kind(list)].after = after;
        self.slots[after as usize].links[kind(list)].before = before;
        after
    }

    /// Puts `entry` between `after` and who stands before it.
    #[inline]
    fn link(&mut self, list: List, entry: Handle, after: Handle) {
        let before = self.before(list, after);
        self.slots[entry as usize].links[kind(list)] = Link { before, after };
        self.slots[before as usize].links[kind(list)].after = entry;
        self.slots[after as usize].links[kind(list)].before = entry;
    }

    #[inline]
    fn counted(&mut self, list: List, entry: Handle) {
        let weight = self.weight(entry);
        self.lists[list].len += 1;
        self.lists[list].weight += weight;
        self.slots[entry as usize].list[kind(list)] = list as u8;
    }

    /// Walks every list, counts and weighs; how many ghosts are on them.
    pub(super) fn validate_lists(&self) -> Result<u32, String> {
        let mut ghosts = 0;
        for list in 0..LISTS {
            let state = self.lists[list];
            let (mut count, mut weight, mut at) = (0, 0, state.front);
            while at != NONE && count <= state.len {
                if !self.is_on(list, at) || self.before(list, self.after(list, at)) != at {
                    return Err(format!("list {list}: entry {at} is not where it should be"));
                }
                count += 1;
                weight += self.weight(at);
                // A ghost on two lists is counted where its kind of ghosts is listed first.
                let elsewhere = self.slots[at as usize].list[1 - kind(list)] != NOWHERE as u8;
                ghosts += u32::from(!self.is_resident(at) && (kind(list) == 0 || !elsewhere));
                at = self.after(list, at);
                if at == state.front {
                    break;
                }
            }
            if (count, weight) != (state.len, state.weight) {
                return Err(format!(
                    "list {list}: {count} entries of {weight}, counted {} of {}",
                    state.len, state.weight
                ));
            }
        }
        Ok(ghosts)
    }
}
