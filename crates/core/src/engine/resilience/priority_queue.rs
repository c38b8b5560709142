//! A line in which a higher priority stands before a lower one, and first come, first served holds within each. Nobody
//! is interrupted (head-of-line priorities: Cobham, 1954; `http-request set-priority-class` in HAProxy).
//!
//! Where there is no more room, whoever would be served last gives way to one of higher priority, so that what matters
//! least is refused first (criticality in Google's "Site Reliability Engineering", 2016, chapter 21; prioritized load
//! shedding at Netflix, 2020).
//!
//! Priorities may make no difference: then it is a plain line. Costs: O(1); to take out one in the middle, or to begin
//! or cease to tell priorities apart, O(waiting). Left out: more priorities than three, and help for those who wait
//! long behind others (ageing, a share for each priority): they wait.

use std::array;
use std::collections::VecDeque;

/// How many priorities there are; 0 is the highest.
pub const PRIORITIES: usize = 3;

/// The priority of those that have no other.
pub const NORMAL: u8 = 1;

/// See the module's description.
#[derive(Clone, Debug)]
pub struct PriorityQueue<T> {
    /// All, where priorities make no difference.
    plain: VecDeque<T>,
    /// By priority, where they do; nobody is in `plain` then.
    lines: Option<Box<[VecDeque<T>; PRIORITIES]>>,
}

impl<T: Copy + PartialEq> PriorityQueue<T> {
    /// An empty line.
    pub fn new(tells_apart: bool) -> PriorityQueue<T> {
        PriorityQueue { plain: VecDeque::new(), lines: tells_apart.then(empty) }
    }

    /// Begins to tell priorities apart, or ceases to: then those in line keep their places.
    pub fn reconfigure(&mut self, tells_apart: bool, priority: impl Fn(T) -> u8) {
        match self.lines.take() {
            None if tells_apart => {
                let mut lines = empty();
                for item in self.plain.drain(..) {
                    lines[place(priority(item))].push_back(item);
                }
                self.lines = Some(lines);
            }
            Some(lines) if !tells_apart => self.plain.extend(lines.iter().flatten()),
            same => self.lines = same,
        }
    }

    /// How many wait.
    #[inline]
    pub fn len(&self) -> usize {
        self.plain.len() + self.lines.as_ref().map_or(0, |lines| lines.iter().map(VecDeque::len).sum())
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One comes.
    #[inline]
    pub fn push(&mut self, item: T, priority: u8) {
        match &mut self.lines {
            None => self.plain.push_back(item),
            Some(lines) => lines[place(priority)].push_back(item),
        }
    }

    /// One comes, if priorities make no difference. Whether it did.
    #[inline]
    pub fn push_plainly(&mut self, item: T) -> bool {
        let is_plain = self.lines.is_none();
        if is_plain {
            self.plain.push_back(item);
        }
        is_plain
    }

    /// The next one, who came first among those of the highest priority.
    #[inline]
    pub fn pop_first(&mut self) -> Option<T> {
        match &mut self.lines {
            None => self.plain.pop_front(),
            Some(lines) => lines.iter_mut().find_map(VecDeque::pop_front),
        }
    }

    /// The next one where the last to come is the first to be served.
    #[inline]
    pub fn pop_last(&mut self) -> Option<T> {
        match &mut self.lines {
            None => self.plain.pop_back(),
            Some(lines) => lines.iter_mut().find_map(VecDeque::pop_back),
        }
    }

    /// Takes out the one who would be served last, if it gives way to one of this priority.
    #[inline]
    pub fn give_way(&mut self, to: u8, newest_first: bool) -> Option<T> {
        let lower = self.lines.as_mut()?.iter_mut().skip(place(to) + 1).rev();
        let last = |line: &mut VecDeque<T>| if newest_first { line.pop_front() } else { line.pop_back() };
        lower.map(last).find(Option::is_some).flatten()
    }

    /// Takes one out.
    pub fn remove(&mut self, item: T) {
        let lines = self.lines.iter_mut().flat_map(|lines| lines.iter_mut());
        [&mut self.plain].into_iter().chain(lines).for_each(|line| line.retain(|waiting| *waiting != item));
    }

    /// All go.
    pub fn clear(&mut self) {
        self.plain.clear();
        self.lines.iter_mut().flat_map(|lines| lines.iter_mut()).for_each(VecDeque::clear);
    }

    /// Those who wait: the highest priority first, and in each by when they came.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        let lines = self.lines.iter().flat_map(|lines| lines.iter().flatten());
        self.plain.iter().chain(lines).copied()
    }

    /// Whether it tells priorities apart.
    pub fn tells_apart(&self) -> bool {
        self.lines.is_some()
    }

    /// Whether everyone stands where those of its priority do.
    pub fn validate(&self, priority: impl Fn(T) -> u8) -> Result<(), String> {
        let Some(lines) = &self.lines else { return Ok(()) };
        if !self.plain.is_empty() {
            return Err(format!("{} wait apart from all priorities", self.plain.len()));
        }
        for (of, line) in lines.iter().enumerate() {
            if let Some(item) = line.iter().find(|item| place(priority(**item)) != of) {
                return Err(format!("one of priority {} waits among those of {of}", priority(*item)));
            }
        }
        Ok(())
    }
}

fn empty<T>() -> Box<[VecDeque<T>; PRIORITIES]> {
    Box::new(array::from_fn(|_| VecDeque::new()))
}

fn place(priority: u8) -> usize {
    usize::from(priority).min(PRIORITIES - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same, said plainly: a list in the order of arrival that is sorted when somebody asks.
    #[derive(Default)]
    struct Twin {
        tells_apart: bool,
        /// Who, and of which priority: that counted when it came or when priorities began to count.
        list: Vec<(u32, u8)>,
    }

    impl Twin {
        fn sorted(&self) -> Vec<(u32, u8)> {
            let mut list = self.list.clone();
            if self.tells_apart {
                list.sort_by_key(|(_, priority)| *priority);
            }
            list
        }

        fn take(&mut self, found: Option<(u32, u8)>) -> Option<u32> {
            let (who, _) = found?;
            self.list.retain(|(other, _)| *other != who);
            Some(who)
        }

        fn next(&mut self, newest_first: bool) -> Option<u32> {
            let sorted = self.sorted();
            let highest = sorted.first()?.1;
            let alike = |of: &&(u32, u8)| !self.tells_apart || of.1 == highest;
            let next = if newest_first { sorted.iter().rfind(alike) } else { sorted.iter().find(alike) };
            self.take(next.copied())
        }

        fn give_way(&mut self, to: u8, newest_first: bool) -> Option<u32> {
            let sorted = self.sorted();
            let lowest = sorted.last()?.1;
            let alike = |of: &&(u32, u8)| of.1 == lowest;
            let last = if newest_first { sorted.iter().find(alike) } else { sorted.iter().rfind(alike) };
            if self.tells_apart && lowest > to { self.take(last.copied()) } else { None }
        }
    }

    proptest! {
        #[test]
        fn it_is_a_list_that_is_sorted_when_somebody_asks(
            begins in any::<bool>(),
            steps in prop::collection::vec((0u8..9, 0u8..3, any::<bool>()), 0..300),
        ) {
            let mut queue = PriorityQueue::new(begins);
            let mut twin = Twin { tells_apart: begins, ..Twin::default() };
            // Everyone's number says its priority.
            let of = |who: u32| (who % 3) as u8;
            for (number, (step, priority, flag)) in (0u32..).zip(steps) {
                match step {
                    0..=3 => {
                        let who = 3 * number + u32::from(priority);
                        if step == 3 || !queue.push_plainly(who) {
                            queue.push(who, priority);
                        }
                        twin.list.push((who, priority));
                    }
                    4 => prop_assert_eq!(queue.pop_first(), twin.next(false)),
                    5 => prop_assert_eq!(queue.pop_last(), twin.next(true)),
                    6 => prop_assert_eq!(queue.give_way(priority, flag), twin.give_way(priority, flag)),
                    7 => {
                        let who = twin.list.get(usize::from(priority)).map_or(0, |(who, _)| *who);
                        queue.remove(who);
                        twin.take(Some((who, 0)));
                    }
                    _ if number % 4 == 0 => {
                        // Those in line keep their places when priorities count no more.
                        twin.list = twin.sorted();
                        queue.reconfigure(flag, of);
                        twin.tells_apart = flag;
                    }
                    _ => {}
                }
                prop_assert_eq!(queue.validate(of), Ok(()));
                prop_assert_eq!((queue.len(), queue.is_empty()), (twin.list.len(), twin.list.is_empty()));
                let all: Vec<u32> = twin.sorted().into_iter().map(|(who, _)| who).collect();
                prop_assert_eq!(queue.iter().collect::<Vec<_>>(), all);
            }
            queue.clear();
            prop_assert!(queue.is_empty());
        }
    }
}
