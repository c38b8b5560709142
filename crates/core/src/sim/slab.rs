//! A slab with generations: constant-time insert and remove, and an id that outlives its entry without ever
//! naming another one. Freed places are reused last in, first out. Entries stay put, so walking the slab is a
//! fixed order.

use std::fmt;
use std::marker::PhantomData;

/// Names an entry of a [`Slab`]. After the entry is removed the id names nothing.
pub struct Id<T> {
    index: u32,
    generation: u32,
    kind: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// Names nothing.
    pub const NONE: Id<T> = Id { index: u32::MAX, generation: 0, kind: PhantomData };

    /// The place and generation as one word, for engines that hold tokens.
    pub fn to_word(self) -> u64 {
        u64::from(self.generation) << 32 | u64::from(self.index)
    }

    /// Back from [`Id::to_word`].
    pub fn from_word(word: u64) -> Id<T> {
        Id { index: word as u32, generation: (word >> 32) as u32, kind: PhantomData }
    }
}

impl<T> Default for Id<T> {
    fn default() -> Self {
        Id::NONE
    }
}

// Written out: deriving would ask the same of `T`.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.index, self.generation) == (other.index, other.generation)
    }
}
impl<T> Eq for Id<T> {}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.index, self.generation)
    }
}

#[derive(Clone, Debug)]
struct Slot<T> {
    /// Odd while occupied.
    generation: u32,
    /// Next free slot while free.
    next_free: u32,
    value: T,
}

/// See the module's description.
#[derive(Clone, Debug)]
pub struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: u32,
    len: u32,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Slab { slots: Vec::new(), free: u32::MAX, len: 0 }
    }
}

impl<T> Slab<T> {
    /// How many entries there are.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entry, if it is still there.
    #[inline]
    pub fn get(&self, id: Id<T>) -> Option<&T> {
        self.slots
            .get(id.index as usize)
            .filter(|slot| slot.generation == id.generation)
            .map(|slot| &slot.value)
    }

    /// The entry, if it is still there.
    #[inline]
    pub fn get_mut(&mut self, id: Id<T>) -> Option<&mut T> {
        self.slots
            .get_mut(id.index as usize)
            .filter(|slot| slot.generation == id.generation)
            .map(|slot| &mut slot.value)
    }

    /// Whether the id still names an entry.
    #[inline]
    pub fn contains(&self, id: Id<T>) -> bool {
        self.get(id).is_some()
    }

    /// The entry that is at a place now.
    pub fn id_at(&self, place: u32) -> Option<Id<T>> {
        let slot = self.slots.get(place as usize)?;
        let id = Id { index: place, generation: slot.generation, kind: PhantomData };
        (slot.generation & 1 == 1).then_some(id)
    }

    /// The place of an entry, free again when it has gone.
    pub fn place_of(&self, id: Id<T>) -> u32 {
        id.index
    }

    /// Entries in order of place.
    pub fn iter(&self) -> impl Iterator<Item = (Id<T>, &T)> {
        self.slots.iter().enumerate().filter(|(_, slot)| slot.generation & 1 == 1).map(|(index, slot)| {
            (Id { index: index as u32, generation: slot.generation, kind: PhantomData }, &slot.value)
        })
    }

    /// Entries in order of place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.slots.iter_mut().filter(|slot| slot.generation & 1 == 1).map(|slot| &mut slot.value)
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.slots.len() * size_of::<Slot<T>>()
    }
}

impl<T: Copy + Default> Slab<T> {
    /// Adds an entry.
    #[inline]
    pub fn insert(&mut self, value: T) -> Id<T> {
        let id = self.next_id();
        self.insert_as(id, value);
        id
    }

    /// Adds an entry under the name that [`Slab::next_id`] gave just before.
    #[inline]
    pub fn insert_as(&mut self, id: Id<T>, value: T) {
        debug_assert_eq!(id.index, self.free, "not the next name");
        let slot = &mut self.slots[id.index as usize];
        self.free = slot.next_free;
        self.len += 1;
        slot.generation = id.generation;
        // The only place where a value is written, so that it is made where it will stand.
        slot.value = value;
    }

    /// The name that the next entry will have, so that two entries can be made that name each other.
    #[inline]
    pub fn next_id(&mut self) -> Id<T> {
        if self.free == u32::MAX {
            self.grow();
        }
        let index = self.free;
        let generation = self.slots[index as usize].generation.wrapping_add(1);
        Id { index, generation, kind: PhantomData }
    }

    /// Adds a free place.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.free = self.slots.len() as u32;
        self.slots.push(Slot { generation: 0, next_free: u32::MAX, value: T::default() });
    }

    /// Frees the entry, if it is still there, and lends what it was.
    #[inline]
    pub fn remove(&mut self, id: Id<T>) -> Option<&T> {
        let slot = self.slots.get_mut(id.index as usize)?;
        if slot.generation != id.generation {
            return None;
        }
        slot.generation = slot.generation.wrapping_add(1);
        slot.next_free = self.free;
        self.free = id.index;
        self.len -= 1;
        Some(&slot.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn agrees_with_a_map(operations in prop::collection::vec((any::<bool>(), 0usize..40), 0..400)) {
            let mut slab = Slab::default();
            let mut map = BTreeMap::new();
            let mut ids: Vec<Id<u64>> = Vec::new();
            for (n, (insert, which)) in operations.into_iter().enumerate() {
                if insert || ids.is_empty() {
                    let named = slab.next_id();
                    let id = slab.insert(n as u64);
                    prop_assert_eq!(id, named);
                    prop_assert!(map.insert(id.to_word(), n as u64).is_none());
                    ids.push(id);
                } else {
                    let id = ids[which % ids.len()];
                    prop_assert_eq!(slab.remove(id).copied(), map.remove(&id.to_word()));
                }
                prop_assert_eq!(slab.len() as usize, map.len());
                for id in &ids {
                    prop_assert_eq!(slab.get(*id), map.get(&id.to_word()));
                }
            }
            let mut left: Vec<u64> = slab.iter().map(|(id, _)| id.to_word()).collect();
            left.sort_unstable();
            prop_assert_eq!(left, map.keys().copied().collect::<Vec<_>>());
        }
    }
}
