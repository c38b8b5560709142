//! What happens next: a priority queue of events by (time, sequence number), so that there are no ties.
//!
//! Most events of a run come after a fixed delay (a link's latency, a time-out), or at once. Those wait in
//! **lanes**: rings whose times never fall, of which only the head stands in the heap. So a run with 20,000
//! pending time-outs has a heap of a few entries. Pushing and popping cost O(log of lanes and loose events), O(1)
//! for what happens at once.

use super::heap::{Heap, Keyed};
use super::time::Time;
use std::collections::VecDeque;

/// Names a lane of an [`EventQueue`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane(u32);

/// Low bits of an [`Entry`]'s rank. A million lanes, and events for weeks.
const LANE_BITS: u32 = 20;

/// An event and its place in the order.
#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    time: Time,
    /// The sequence number, and below it the number of the lane that this entry heads, from 1 on; 0 for none.
    /// Sequence numbers differ, so the lane has no part in the order, and all entries are of one kind.
    rank: u64,
    event: E,
}

impl<E> Entry<E> {
    #[inline]
    fn lane(&self) -> Option<usize> {
        ((self.rank & ((1 << LANE_BITS) - 1)) as usize).checked_sub(1)
    }
}

impl<E: Copy> Keyed for Entry<E> {
    /// One word to compare: the time, then the sequence number.
    #[inline]
    fn key(&self) -> u128 {
        u128::from(self.time) << 64 | u128::from(self.rank)
    }
}

/// Events after one delay.
#[derive(Clone, Debug)]
struct Ring<E> {
    /// Whether its first event stands among the others.
    has_head: bool,
    /// Those behind it.
    rest: VecDeque<Entry<E>>,
}

/// See the module's description. The default event is one that never happens.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    /// The next of what happens at the present moment: there is hardly ever more. Nothing if there is none.
    soon: Entry<E>,
    /// The others of this moment, in the order they were asked for.
    at_once: Vec<Entry<E>>,
    /// How many of `at_once` have happened or stand in `soon`.
    happened: usize,
    /// The two earliest of what waits, in no order, apart from the others: which of two comes first is as good as chance,
    /// and a number found by comparing them costs a processor nothing, where a branch that it cannot foresee does.
    front: [Entry<E>; 2],
    /// Which of the two is the earlier one.
    first: usize,
    /// That one has happened. What is asked for next finds out what takes its place.
    taken: bool,
    /// What is later than both; nothing if one of the two is.
    others: Heap<Entry<E>>,
    rings: Vec<Ring<E>>,
    sequence: u64,
}

impl<E: Copy + Default> Default for EventQueue<E> {
    fn default() -> Self {
        EventQueue {
            soon: nothing(E::default()),
            at_once: Vec::new(),
            happened: 0,
            front: [nothing(E::default()); 2],
            first: 0,
            taken: false,
            others: Heap::default(),
            rings: Vec::new(),
            sequence: 0,
        }
    }
}

/// What comes after all that waits.
#[inline]
fn nothing<E>(event: E) -> Entry<E> {
    Entry { time: Time::MAX, rank: u64::MAX, event }
}

#[inline]
fn is_nothing<E>(entry: &Entry<E>) -> bool {
    entry.rank == u64::MAX
}

impl<E: Copy> EventQueue<E> {
    /// A new lane. Times pushed to it must never fall.
    pub fn add_lane(&mut self) -> Lane {
        self.rings.push(Ring { has_head: false, rest: VecDeque::new() });
        Lane(self.rings.len() as u32 - 1)
    }

    /// Adds an event at any time not before the last one popped.
    #[inline(always)]
    pub fn push(&mut self, time: Time, event: E) {
        let entry = self.entry(time, event);
        self.enter(entry);
    }

    /// Adds an event at `now`, the time of the last one popped, after all that was asked for at that time.
    #[inline]
    pub fn push_at_once(&mut self, now: Time, event: E) {
        let entry = self.entry(now, event);
        debug_assert!(self.at_once.last().is_none_or(|last| last.time <= now));
        if is_nothing(&self.soon) {
            self.soon = entry;
        } else {
            self.at_once.push(entry);
        }
    }

    /// Adds an event to a lane; `time` must not be before the lane's last.
    #[inline]
    pub fn push_to_lane(&mut self, lane: Lane, time: Time, event: E) {
        let mut entry = self.entry(time, event);
        entry.rank |= u64::from(lane.0) + 1;
        let ring = &mut self.rings[lane.0 as usize];
        debug_assert!(ring.rest.back().is_none_or(|last| last.time <= time), "times in a lane never fall");
        if std::mem::replace(&mut ring.has_head, true) {
            ring.rest.push_back(entry);
        } else {
            self.enter(entry);
        }
    }

    /// The time of the earliest event.
    #[inline]
    pub fn next_time(&self) -> Option<Time> {
        let soon = Some(&self.soon).filter(|entry| !is_nothing(entry));
        soon.into_iter().chain(self.first()).map(|entry| entry.time).min()
    }

    /// Takes the earliest event if its time is at most `until`. `dead` tells events that no longer matter, so that
    /// a lane's head can pass them by.
    #[inline(always)]
    pub fn pop(&mut self, until: Time, dead: impl Fn(&E) -> bool) -> Option<(Time, E)> {
        if self.taken {
            self.replace_first();
        }
        let first = &self.front[self.first & 1];
        // What happens at once is never later than what waits.
        if self.soon.time < first.time || self.soon.rank < first.rank {
            let Entry { time, event, .. } = self.soon;
            if time > until {
                return None;
            }
            self.soon = nothing(event);
            if !self.at_once.is_empty() {
                self.fetch_soon();
            }
            return Some((time, event));
        }
        let Entry { time, event, .. } = *first;
        if time > until || is_nothing(first) {
            return None;
        }
        self.taken = true;
        if let Some(lane) = first.lane() {
            self.advance(lane, dead);
        }
        Some((time, event))
    }

    /// The head of a lane has been taken: puts the next one that matters in its place.
    #[inline(never)]
    fn advance(&mut self, lane: usize, dead: impl Fn(&E) -> bool) {
        let ring = &mut self.rings[lane];
        while let Some(next) = ring.rest.pop_front() {
            if !dead(&next.event) {
                return self.enter(next);
            }
        }
        ring.has_head = false;
    }

    /// Makes the next of this moment's events the one that happens soon.
    #[inline(never)]
    fn fetch_soon(&mut self) {
        if let Some(next) = self.at_once.get(self.happened) {
            self.soon = *next;
        }
        self.happened += 1;
        if self.happened >= self.at_once.len() {
            self.at_once.clear();
            self.happened = 0;
        }
    }

    /// Nothing has been asked for since the first of all happened: the earliest of the others takes its place.
    #[inline(never)]
    fn replace_first(&mut self) {
        let event = self.soon.event;
        let next = self.others.take_first().unwrap_or(nothing(event));
        self.fill(next);
    }

    /// Puts an entry in its place among those that wait.
    #[inline(always)]
    fn enter(&mut self, entry: Entry<E>) {
        if self.taken {
            let next = self.others.exchange(entry);
            self.fill(next);
        } else {
            self.squeeze_in(entry);
        }
    }

    /// Puts the earliest of the others in the place of the one that has happened.
    #[inline(always)]
    fn fill(&mut self, next: Entry<E>) {
        let place = self.first & 1;
        self.taken = false;
        self.front[place] = next;
        self.first = place ^ usize::from(self.front[1 - place].key() < next.key());
    }

    /// Adds an entry where none has made room: the latest of three goes to the others.
    #[inline(always)]
    fn squeeze_in(&mut self, entry: Entry<E>) {
        let first = self.first & 1;
        let later = self.front[1 - first];
        if entry.key() > later.key() {
            self.others.push(entry);
            return;
        }
        if !is_nothing(&later) {
            self.others.push(later);
        }
        self.front[1 - first] = entry;
        self.first = first ^ usize::from(entry.key() < self.front[first].key());
    }

    /// The earliest of what waits.
    fn first(&self) -> Option<&Entry<E>> {
        // Where the earlier of the two has happened, the other is.
        let first = &self.front[(self.first ^ usize::from(self.taken)) & 1];
        Some(first).filter(|entry| !is_nothing(entry))
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        let behind = self.rings.iter().map(|ring| ring.rest.len()).sum::<usize>();
        let in_front = self.front.iter().chain([&self.soon]).filter(|entry| !is_nothing(entry)).count();
        let in_front = in_front - usize::from(self.taken);
        in_front + self.others.len() + behind + self.at_once.len() - self.happened
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        is_nothing(&self.soon) && self.first().is_none()
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.len() * size_of::<Entry<E>>()
    }

    #[inline]
    fn entry(&mut self, time: Time, event: E) -> Entry<E> {
        self.sequence += 1;
        Entry { time, rank: self.sequence << LANE_BITS, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The naive twin: a list, sorted by (time, order of asking).
        #[test]
        fn agrees_with_a_sorted_list(operations in prop::collection::vec((0u8..6, 0u64..50), 0..300)) {
            let mut queue = EventQueue::default();
            let lanes = [queue.add_lane(), queue.add_lane()];
            let delays = [7, 30];
            let mut list: Vec<(u64, u64)> = Vec::new();
            let mut now = 0;
            for (n, (what, delay)) in operations.into_iter().enumerate() {
                let n = n as u64;
                match what {
                    0 => { queue.push(now + delay, n); list.push((now + delay, n)); }
                    1 => { queue.push_at_once(now, n); list.push((now, n)); }
                    2 | 3 => {
                        let lane = usize::from(what) - 2;
                        queue.push_to_lane(lanes[lane], now + delays[lane], n);
                        list.push((now + delays[lane], n));
                    }
                    _ => {
                        let until = now + delay;
                        let first = list.iter().copied().min().filter(|(time, _)| *time <= until);
                        prop_assert_eq!(queue.next_time(), list.iter().map(|(time, _)| *time).min());
                        prop_assert_eq!(queue.pop(until, |_| false), first);
                        if let Some(first) = first {
                            list.retain(|entry| *entry != first);
                            now = first.0;
                        }
                    }
                }
                prop_assert_eq!(queue.len(), list.len());
            }
        }
    }

    #[test]
    fn a_lane_passes_dead_events_by() {
        let mut queue = EventQueue::default();
        let lane = queue.add_lane();
        for n in 0..5 {
            queue.push_to_lane(lane, n, n);
        }
        assert_eq!(queue.pop(10, |n| (1..4).contains(n)), Some((0, 0)));
        assert_eq!(queue.pop(10, |n| (1..4).contains(n)), Some((4, 4)));
        assert!(queue.is_empty());
    }
}
