//! Maglev hashing (Eisenbud and others, NSDI 2016): a table of a prime number of slots that the candidates fill in turn,
//! each by its own order of the slots; a key's hash says the slot.
//!
//! Shares differ by one slot at most. When a candidate leaves, its slots are filled by others and a few more change
//! hands: there is no bound for that, measured 10.2 % instead of 10 with ten candidates and 1.5 instead of 1 with a
//! hundred, of 65,537 slots (Envoy's number). By weight some skip turns, as in Envoy.
//!
//! Costs: O(1) per choice; O(slots log slots) on average and two bytes a slot when candidates change, shared by clones.

use super::Candidate;
use super::bound::{Bound, has_room};
use crate::engine::mixing::{combine, scramble};
use std::sync::Arc;

/// Slots of a table: a prime, more than a hundred times the candidates for shares within 1 %.
const SLOTS: u32 = 65_537;

/// In which order a candidate wants the slots: from `offset` on in steps of `skip`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) offset: u32,
    pub(super) skip: u32,
    pub(super) weight: u64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Maglev {
    /// The place of the candidate that each slot belongs to.
    slots: Arc<[u16]>,
    candidates: usize,
}

impl Maglev {
    pub(super) fn follow(&mut self, candidates: &[Candidate]) {
        let order = |candidate: &Candidate| Order {
            offset: (combine(candidate.identity, 1) % u64::from(SLOTS)) as u32,
            skip: (combine(candidate.identity, 2) % u64::from(SLOTS - 1)) as u32 + 1,
            weight: candidate.weight(),
        };
        // A slot holds no larger place.
        let orders: Vec<Order> = candidates.iter().take(usize::from(FREE)).map(order).collect();
        self.slots = fill(SLOTS, &orders).into();
        self.candidates = orders.len();
    }

    pub(super) fn pick(&self, key: u64, bound: Option<&Bound<'_>>) -> Option<usize> {
        let start = scramble(key).checked_rem(self.slots.len() as u64)? as usize;
        let (before, after) = self.slots.split_at(start);
        after.iter().chain(before).map(|place| usize::from(*place)).find(|place| has_room(bound, *place))
    }

    /// Whose a slot of the table is.
    pub(super) fn at(&self, slot: usize) -> Option<usize> {
        self.slots.get(slot).map(|place| usize::from(*place))
    }

    #[cfg(test)]
    pub(super) fn slots(&self) -> &[u16] {
        &self.slots
    }

    pub(super) fn memory(&self) -> u64 {
        size_of_val(&*self.slots) as u64
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        match self.slots.iter().position(|place| usize::from(*place) >= self.candidates) {
            Some(slot) => Err(format!("slot {slot} belongs to nobody")),
            None => Ok(()),
        }
    }
}

const FREE: u16 = u16::MAX;

/// A table of a prime number of slots; none if nobody fills it.
pub(super) fn fill(count: u32, orders: &[Order]) -> Vec<u16> {
    let heaviest = orders.iter().map(|order| order.weight).max().unwrap_or(0);
    if heaviest == 0 {
        return Vec::new();
    }
    let mut slots = vec![FREE; count as usize];
    // The next slot that each wants, and the sum of weights from which it may take it.
    let mut wanted: Vec<(u32, u64)> = orders.iter().map(|order| (order.offset % count, 0)).collect();
    let (mut free, mut turn) = (count, 0);
    loop {
        turn += 1;
        for (place, (order, (next, due))) in orders.iter().zip(&mut wanted).enumerate() {
            if turn * order.weight < *due {
                continue;
            }
            *due += heaviest;
            while slots[*next as usize] != FREE {
                *next = (*next + order.skip) % count;
            }
            slots[*next as usize] = place as u16;
            free -= 1;
            if free == 0 {
                return slots;
            }
        }
    }
}
