//! Finds an entry by the hash of its key: open addressing with linear probing and backward-shift deletion (Knuth,
//! The Art of Computer Programming 3, 6.4, algorithm R).
//!
//! A slot holds 32 bits of the hash beside the entry's handle: a probe looks at an entry only when those agree, and
//! growing and deleting look at none. Order and cost depend on nothing but the keys, so runs repeat.
//!
//! Costs: O(1) while at most half of the slots are taken, which is kept; 16 to 32 bytes per entry; growing is
//! O(entries), spread over as many insertions.

use super::policy::Handle;

const EMPTY: u64 = u64::MAX;
const SMALLEST: u32 = 16;

/// Handles by hash.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Index {
    slots: Vec<u64>,
    mask: u32,
    taken: u32,
}

impl Default for Index {
    fn default() -> Self {
        Index { slots: vec![EMPTY; SMALLEST as usize], mask: SMALLEST - 1, taken: 0 }
    }
}

/// 32 well-mixed bits of `key` (the finalizer of SplitMix64, upper half).
#[inline]
pub(in crate::engine) fn hash(key: u64) -> u32 {
    let key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (key >> 32) as u32
}

impl Index {
    pub(in crate::engine) fn len(&self) -> u32 {
        self.taken
    }

    /// The handle stored under `hash` that `is_it` recognises.
    #[inline]
    pub(in crate::engine) fn find(&self, hash: u32, mut is_it: impl FnMut(Handle) -> bool) -> Option<Handle> {
        let mut slot = hash & self.mask;
        loop {
            let content = self.slots[slot as usize];
            if content == EMPTY {
                return None;
            }
            if (content >> 32) as u32 == hash && is_it(content as Handle) {
                return Some(content as Handle);
            }
            slot = (slot + 1) & self.mask;
        }
    }

    /// Adds `entry`, which is not in the index.
    #[inline]
    pub(in crate::engine) fn insert(&mut self, hash: u32, entry: Handle) {
        if self.taken as usize >= self.slots.len() / 2 {
            self.grow();
        }
        self.place(u64::from(hash) << 32 | u64::from(entry));
        self.taken += 1;
    }

    /// Removes `entry`, which is in the index under `hash`.
    #[inline]
    pub(in crate::engine) fn remove(&mut self, hash: u32, entry: Handle) {
        let content = u64::from(hash) << 32 | u64::from(entry);
        let mut hole = hash & self.mask;
        while self.slots[hole as usize] != content {
            debug_assert!(self.slots[hole as usize] != EMPTY, "what is removed was there");
            hole = (hole + 1) & self.mask;
        }
        let mut slot = hole;
        loop {
            slot = (slot + 1) & self.mask;
            let content = self.slots[slot as usize];
            if content == EMPTY {
                break;
            }
            // It may move into the hole if the hole lies between its home and its slot.
            let home = (content >> 32) as u32 & self.mask;
            if slot.wrapping_sub(home) & self.mask >= slot.wrapping_sub(hole) & self.mask {
                self.slots[hole as usize] = content;
                hole = slot;
            }
        }
        self.slots[hole as usize] = EMPTY;
        self.taken -= 1;
    }

    fn place(&mut self, content: u64) {
        let mut slot = (content >> 32) as u32 & self.mask;
        while self.slots[slot as usize] != EMPTY {
            slot = (slot + 1) & self.mask;
        }
        self.slots[slot as usize] = content;
    }

    fn grow(&mut self) {
        let larger = self.slots.len() * 2;
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; larger]);
        self.mask = larger as u32 - 1;
        for content in old {
            if content != EMPTY {
                self.place(content);
            }
        }
    }

    pub(in crate::engine) fn memory(&self) -> u64 {
        (self.slots.len() * size_of::<u64>()) as u64
    }

    /// Counts the taken slots and checks that a search from its home reaches each.
    pub(in crate::engine) fn validate(&self) -> Result<(), String> {
        let mut taken = 0;
        for slot in 0..=self.mask {
            let content = self.slots[slot as usize];
            if content == EMPTY {
                continue;
            }
            taken += 1;
            let mut on_the_way = (content >> 32) as u32 & self.mask;
            while on_the_way != slot {
                if self.slots[on_the_way as usize] == EMPTY {
                    return Err(format!("slot {slot} cannot be reached: slot {on_the_way} is empty"));
                }
                on_the_way = (on_the_way + 1) & self.mask;
            }
        }
        if taken != self.taken {
            return Err(format!("{taken} slots taken, counted {}", self.taken));
        }
        Ok(())
    }
}
