//! A sum over the last while, in slots: what is added counts until its slot has left the window.
//!
//! Slots begin at whole multiples of their width. The window is the slot of now and those before it, so that what is
//! added counts for between `slots - 1` and `slots` widths. The sum is kept, not added up. Costs: O(1) and, after a
//! silence, one step for each slot passed, at most all. No allocation after the first.

use crate::engine::{Nanos, Time};
use std::ops::{AddAssign, SubAssign};

#[derive(Clone, Debug)]
pub(super) struct Slots<T> {
    slots: Box<[T]>,
    width: Nanos,
    /// Number of the latest slot since time 0; its place is that modulo the number of slots.
    latest: u64,
    sum: T,
}

impl<T: Copy + Default + PartialEq + AddAssign + SubAssign> Slots<T> {
    /// At least one slot, at least a nanosecond wide.
    pub(super) fn new(slots: usize, width: Nanos) -> Self {
        let slots = vec![T::default(); slots.max(1)].into_boxed_slice();
        Slots { slots, width: width.max(1), latest: 0, sum: T::default() }
    }

    /// Lets go what has left the window, and gives the sum of the rest.
    pub(super) fn sum(&mut self, now: Time) -> T {
        let (slot, count) = (now / self.width, self.slots.len() as u64);
        if slot > self.latest {
            for passed in 0..(slot - self.latest).min(count) {
                let place = ((slot - passed) % count) as usize;
                self.sum -= std::mem::take(&mut self.slots[place]);
            }
            self.latest = slot;
        }
        self.sum
    }

    /// Adds to the slot of now. Time does not run backwards; what comes with an earlier time counts as of the latest.
    pub(super) fn add(&mut self, now: Time, amount: T) {
        self.sum(now);
        let place = (self.latest % self.slots.len() as u64) as usize;
        self.slots[place] += amount;
        self.sum += amount;
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.slots.fill(T::default());
        self.sum = T::default();
    }

    pub(super) fn memory(&self) -> u64 {
        size_of_val(&*self.slots) as u64
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        let mut sum = T::default();
        for slot in &self.slots {
            sum += *slot;
        }
        if sum == self.sum { Ok(()) } else { Err("a window's sum is not that of its slots".into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Beside a list of all that was ever added.
        #[test]
        fn is_the_sum_of_what_is_in_the_window(
            slots in 1..12usize,
            width in prop::sample::select(vec![0, 1, 7, 1_000]),
            steps in prop::collection::vec((0..3_000u64, -5..9i64), 1..80),
        ) {
            let mut window = Slots::new(slots, width);
            let (mut all, mut now) = (Vec::new(), 0);
            for (after, amount) in steps {
                now += after;
                window.add(now, amount);
                all.push((now / width.max(1), amount));
                let current = now / width.max(1);
                let inside = all.iter().filter(|(slot, _)| slot + slots as u64 > current);
                prop_assert_eq!(window.sum(now), inside.map(|(_, amount)| amount).sum::<i64>());
                prop_assert_eq!(window.validate(), Ok(()));
            }
            window.clear();
            prop_assert_eq!(window.sum(now), 0);
            prop_assert_eq!(window.validate(), Ok(()));
        }
    }
}
