//! A bulkhead: at most so many calls at a time, so that one slow callee does not take every worker (resilience4j's
//! `SemaphoreBulkhead`, whose default is 25; Nygard, Release It!, 2007).
//!
//! It only counts. A call that finds no room is refused or made to wait by the caller, who keeps the queue and its
//! limit and asks again when a call ends. Costs: O(1).
//!
//! Left out: resilience4j's longest wait (a timer of the caller's) and its pool of threads.

/// How many calls are under way, of how many.
#[derive(Clone, Debug)]
pub struct Bulkhead {
    max_concurrent: u32,
    in_flight: u32,
}

impl Bulkhead {
    /// resilience4j's.
    pub const MAX_CONCURRENT: u32 = 25;

    /// Nothing under way.
    pub fn new(max_concurrent: u32) -> Self {
        Bulkhead { max_concurrent, in_flight: 0 }
    }

    /// Whether there is room for a call, which then takes it.
    #[inline]
    pub fn try_acquire(&mut self) -> bool {
        let room = self.in_flight < self.max_concurrent;
        self.in_flight += u32::from(room);
        room
    }

    /// A call that is under way already counts from now on, room or not.
    pub fn take_over(&mut self) {
        self.in_flight = self.in_flight.saturating_add(1);
    }

    /// A call has ended.
    #[inline]
    pub fn release(&mut self) {
        debug_assert!(self.in_flight > 0, "what ends has begun");
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Calls under way.
    pub fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// How many more there is room for.
    pub fn available(&self) -> u32 {
        self.max_concurrent.saturating_sub(self.in_flight)
    }

    /// Changes how many may be under way. What is under way goes on: there may be too many for a while.
    pub fn reconfigure(&mut self, max_concurrent: u32) {
        self.max_concurrent = max_concurrent;
    }

    /// Bytes the bulkhead occupies here.
    pub fn memory(&self) -> u64 {
        size_of::<Bulkhead>() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Beside a list of who is inside.
        #[test]
        fn as_many_as_there_are_places(
            steps in prop::collection::vec((0..8u8, 0..6u32), 1..200),
            places in 0..5u32,
        ) {
            let (mut bulkhead, mut inside, mut places) = (Bulkhead::new(places), Vec::new(), places);
            for (number, (what, new)) in steps.into_iter().enumerate() {
                match what {
                    0 => {
                        bulkhead.reconfigure(new);
                        places = new;
                    }
                    1..=3 => {
                        if inside.pop().is_some() {
                            bulkhead.release();
                        }
                    }
                    _ => {
                        let room = inside.len() < places as usize;
                        prop_assert_eq!(bulkhead.try_acquire(), room);
                        if room {
                            inside.push(number);
                        }
                    }
                }
                prop_assert_eq!(bulkhead.in_flight() as usize, inside.len());
                prop_assert_eq!(bulkhead.available() as usize, (places as usize).saturating_sub(inside.len()));
            }
        }
    }
}
