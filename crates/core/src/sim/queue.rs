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

/// An event and its place in the order.
#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    time: Time,
    sequence: u64,
    event: E,
}

impl<E> Entry<E> {
    /// One word to compare: the time, then the sequence number.
    #[inline]
    fn key(&self) -> u128 {
        u128::from(self.time) << 64 | u128::from(self.sequence)
    }
}

/// What stands in the heap: a loose event, or the head of a lane.
#[derive(Clone, Copy, Debug)]
enum Waiting<E> {
    Loose(E),
    Head(u32),
}

/// See the module's description.
#[derive(Clone, Debug)]
pub struct EventQueue<E> {
    heap: Heap<Entry<Waiting<E>>>,
    /// What happens at the present moment, in the order it was asked for.
    at_once: Vec<Entry<E>>,
    /// How many of `at_once` have happened.
    happened: usize,
    lanes: Vec<VecDeque<Entry<E>>>,
    sequence: u64,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        EventQueue { heap: Heap::default(), at_once: Vec::new(), happened: 0, lanes: Vec::new(), sequence: 0 }
    }
}

impl<E: Copy> Keyed for Entry<E> {
    #[inline]
    fn key(&self) -> u128 {
        Entry::key(self)
    }
}

impl<E: Copy> EventQueue<E> {
    /// A new lane. Times pushed to it must never fall.
    pub fn add_lane(&mut self) -> Lane {
        self.lanes.push(VecDeque::new());
        Lane(self.lanes.len() as u32 - 1)
    }

    /// Adds an event at any time not before the last one popped.
    #[inline]
    pub fn push(&mut self, time: Time, event: E) {
        let entry = self.entry(time, Waiting::Loose(event));
        self.heap.push(entry);
    }

    /// Adds an event at `now`, the time of the last one popped, after all that was asked for at that time.
    #[inline]
    pub fn push_at_once(&mut self, now: Time, event: E) {
        let entry = self.entry(now, event);
        debug_assert!(self.at_once.last().is_none_or(|last| last.time <= now));
        self.at_once.push(entry);
    }

    /// Adds an event to a lane; `time` must not be before the lane's last.
    #[inline]
    pub fn push_to_lane(&mut self, lane: Lane, time: Time, event: E) {
        let entry = self.entry(time, event);
        let ring = &mut self.lanes[lane.0 as usize];
        debug_assert!(ring.back().is_none_or(|last| last.time <= time), "times in a lane never fall");
        if ring.is_empty() {
            self.heap.push(Entry { time, sequence: entry.sequence, event: Waiting::Head(lane.0) });
        }
        ring.push_back(entry);
    }

    /// The time of the earliest event.
    #[inline]
    pub fn next_time(&self) -> Option<Time> {
        let at_once = self.at_once.get(self.happened).map(|entry| entry.time);
        at_once.into_iter().chain(self.heap.peek().map(|entry| entry.time)).min()
    }

    /// Takes the earliest event if its time is at most `until`. `dead` tells events that no longer matter, so that
    /// a lane's head can pass them by.
    #[inline(always)]
    pub fn pop(&mut self, until: Time, dead: impl Fn(&E) -> bool) -> Option<(Time, E)> {
        if let Some(first) = self.at_once.get(self.happened).copied()
            && self.heap.peek().is_none_or(|waiting| {
                // What happens at once is never later than what waits.
                first.time < waiting.time || first.sequence < waiting.sequence
            })
        {
            if first.time > until {
                return None;
            }
            self.happened += 1;
            if self.happened == self.at_once.len() {
                self.at_once.clear();
                self.happened = 0;
            }
            return Some((first.time, first.event));
        }
        let first = self.heap.peek()?;
        let time = first.time;
        if time > until {
            return None;
        }
        match first.event {
            Waiting::Loose(event) => {
                self.heap.remove_first();
                Some((time, event))
            }
            Waiting::Head(lane) => {
                let event = self.advance(lane, dead)?;
                Some((time, event))
            }
        }
    }

    /// Takes the head of a lane, which is the first of all, and puts the next one that matters in its place.
    #[inline(never)]
    fn advance(&mut self, lane: u32, dead: impl Fn(&E) -> bool) -> Option<E> {
        let ring = &mut self.lanes[lane as usize];
        let head = ring.pop_front()?;
        while ring.front().is_some_and(|next| dead(&next.event)) {
            ring.pop_front();
        }
        self.heap.remove_first();
        if let Some(next) = ring.front() {
            self.heap.push(Entry { time: next.time, sequence: next.sequence, event: Waiting::Head(lane) });
        }
        Some(head.event)
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        let heads = self.lanes.iter().filter(|ring| !ring.is_empty()).count();
        self.heap.len() - heads + self.at_once.len() - self.happened
            + self.lanes.iter().map(VecDeque::len).sum::<usize>()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty() && self.at_once.is_empty()
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.len() * size_of::<Entry<Waiting<E>>>()
    }

    #[inline]
    fn entry<T>(&mut self, time: Time, event: T) -> Entry<T> {
        self.sequence += 1;
        Entry { time, sequence: self.sequence, event }
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
