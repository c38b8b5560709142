//! CoDel, controlled delay: drops from a queue when the wait in it has been too long for too long (RFC 8289; Nichols
//! and Jacobson, ACM Queue 2012).
//!
//! A queue that empties now and then is good: it takes up a burst. One whose waits never fall below `target` during a
//! whole `interval` only adds delay. Then one is dropped at dequeue, and the next after `interval / sqrt(n)`, n
//! counting the drops: after 100, 70.7, 57.7, 50 ms, until a wait is below the target. If it begins again soon (within
//! 16 intervals), the drops go on about as often as they last did.
//!
//! For each item taken from the queue [`Codel::on_dequeue`] says whether it is passed on or dropped; after a drop the
//! caller takes the next at once. An item that leaves at most one behind is always passed, as RFC 8289 passes what
//! leaves at most one packet's bytes.
//!
//! Costs: O(1), one square root per drop. Left out: marking instead of dropping (ECN), flow queues (RFC 8290).

use crate::engine::{Nanos, Time};

/// Below so many intervals since the last drop was due, the rate of drops is taken up again.
const SOON: u64 = 16;

/// What can be set on CoDel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodelSettings {
    /// A wait that is good enough, in ns.
    pub target: Nanos,
    /// How long waits may be above it, in ns.
    pub interval: Nanos,
}

impl Default for CodelSettings {
    fn default() -> Self {
        CodelSettings { target: 5_000_000, interval: 100_000_000 }
    }
}

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is served.
    Pass,
    /// It is dropped, and the next one is taken from the queue.
    Drop,
}

/// What is remembered between two items. Names are RFC 8289's.
#[derive(Clone, Debug)]
pub struct Codel {
    settings: CodelSettings,
    /// When waits will have been above the target for an interval; none: the last was below.
    first_above_time: Option<Time>,
    drop_next: Time,
    count: u64,
    last_count: u64,
    dropping: bool,
    /// Whether the last item was dropped when a drop was due: this one decides when the next is.
    dropped: bool,
}

impl Codel {
    /// An empty queue.
    pub fn new(settings: CodelSettings) -> Self {
        let (drop_next, count, last_count) = (0, 0, 0);
        let (first_above_time, dropping, dropped) = (None, false, false);
        Codel { settings, first_above_time, drop_next, count, last_count, dropping, dropped }
    }

    /// The settings in force.
    pub fn settings(&self) -> CodelSettings {
        self.settings
    }

    /// Whether it is in a series of drops.
    pub fn dropping(&self) -> bool {
        self.dropping
    }

    /// What becomes of an item that has waited for `sojourn` and leaves `backlog` items behind.
    pub fn on_dequeue(&mut self, now: Time, sojourn: Nanos, backlog: u64) -> Verdict {
        let too_long = self.too_long(now, sojourn, backlog);
        let dropped = std::mem::take(&mut self.dropped);
        if !self.dropping {
            return if too_long { self.begin(now) } else { Verdict::Pass };
        }
        if !too_long {
            self.dropping = false;
            return Verdict::Pass;
        }
        if dropped {
            self.drop_next = self.control_law(self.drop_next);
        }
        if now < self.drop_next {
            return Verdict::Pass;
        }
        self.count = self.count.saturating_add(1);
        self.dropped = true;
        Verdict::Drop
    }

    /// The first drop of a series.
    fn begin(&mut self, now: Time) -> Verdict {
        self.dropping = true;
        let last = self.count - self.last_count;
        let soon = now.saturating_sub(self.drop_next) < self.settings.interval.saturating_mul(SOON);
        self.count = if last > 1 && soon { last } else { 1 };
        self.drop_next = self.control_law(now);
        self.last_count = self.count;
        Verdict::Drop
    }

    /// Whether waits have been above the target for an interval.
    fn too_long(&mut self, now: Time, sojourn: Nanos, backlog: u64) -> bool {
        if sojourn < self.settings.target || backlog <= 1 {
            self.first_above_time = None;
            return false;
        }
        let time = *self.first_above_time.get_or_insert(now.saturating_add(self.settings.interval));
        now >= time
    }

    fn control_law(&self, time: Time) -> Time {
        let spacing = self.settings.interval as f64 / libm::sqrt(self.count as f64);
        time.saturating_add(spacing as Nanos)
    }

    /// Changes the settings. A series of drops goes on.
    pub fn reconfigure(&mut self, settings: CodelSettings) {
        self.settings = settings;
    }

    /// Bytes it occupies here.
    pub fn memory(&self) -> u64 {
        size_of::<Codel>() as u64
    }

    /// Whether the counts make sense.
    ///
    /// # Errors
    /// What does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        match (self.count >= self.last_count, self.dropping && self.count == 0) {
            (false, _) => Err(format!("{} drops, {} before", self.count, self.last_count)),
            (_, true) => Err("in a series of no drops".into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    const MILLISECOND: Nanos = 1_000_000;

    /// Waits of 50 ms in a long queue, an item every tenth of a millisecond: drops after 100 ms, and then after 100,
    /// 70.7, 57.7, 50, 44.7 ms (RFC 8289, section 4: interval / sqrt(count)).
    #[test]
    fn published_spacing() {
        let mut codel = Codel::new(CodelSettings::default());
        let (mut drops, step) = (Vec::new(), MILLISECOND / 10);
        for item in 0..4_300 {
            if codel.on_dequeue(item * step, 50 * MILLISECOND, 100) == Verdict::Drop {
                drops.push((item * step) as f64 / MILLISECOND as f64);
            }
        }
        assert_eq!(drops[0], 100.0);
        let spacing: Vec<f64> = drops.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let expected = [100.0, 70.7, 57.7, 50.0, 44.7];
        assert_eq!(spacing.len(), expected.len(), "{spacing:?}");
        for (found, expected) in spacing.iter().zip(expected) {
            assert!((found - expected).abs() <= 0.1 + 1e-9, "{spacing:?}");
        }
        codel.validate().unwrap();
    }

    #[test]
    fn one_good_wait_or_a_short_queue_is_enough() {
        // Wait and backlog of the item at 100 ms, and whether it is dropped.
        let ms = MILLISECOND;
        for (sojourn, backlog, verdict) in [
            (5 * ms, 2, Verdict::Drop),
            (5 * ms - 1, 2, Verdict::Pass),
            (5 * ms, 1, Verdict::Pass),
            (500 * ms, 0, Verdict::Pass),
        ] {
            let mut codel = Codel::new(CodelSettings::default());
            assert_eq!(codel.on_dequeue(0, 50 * ms, 9), Verdict::Pass);
            assert_eq!(codel.on_dequeue(100 * ms - 1, 50 * ms, 9), Verdict::Pass);
            assert_eq!(codel.on_dequeue(100 * ms, sojourn, backlog), verdict, "{sojourn} ns, {backlog}");
        }
    }

    /// The pseudo-code of RFC 8289, section 5, beside a queue of its own; `bytes() <= maxpacket` is one item or none.
    #[derive(Default)]
    struct Twin {
        queue: VecDeque<(u64, Time)>,
        first_above_time: Time,
        drop_next: Time,
        count: u64,
        lastcount: u64,
        dropping: bool,
        dropped: Vec<u64>,
    }

    impl Twin {
        fn dodequeue(&mut self, now: Time) -> (Option<u64>, bool) {
            let Some((item, stamp)) = self.queue.pop_front() else {
                self.first_above_time = 0;
                return (None, false);
            };
            if now - stamp < 5 * MILLISECOND || self.queue.len() <= 1 {
                self.first_above_time = 0;
            } else if self.first_above_time == 0 {
                self.first_above_time = now + 100 * MILLISECOND;
            } else if now >= self.first_above_time {
                return (Some(item), true);
            }
            (Some(item), false)
        }

        fn control_law(&self, t: Time) -> Time {
            t + (100e6 / (self.count as f64).sqrt()) as Nanos
        }

        fn deque(&mut self, now: Time) -> Option<u64> {
            let (mut item, mut ok) = self.dodequeue(now);
            if self.dropping {
                if !ok {
                    self.dropping = false;
                }
                while now >= self.drop_next && self.dropping {
                    self.dropped.extend(item);
                    self.count += 1;
                    (item, ok) = self.dodequeue(now);
                    if ok {
                        self.drop_next = self.control_law(self.drop_next);
                    } else {
                        self.dropping = false;
                    }
                }
            } else if ok {
                self.dropped.extend(item);
                item = self.dodequeue(now).0;
                self.dropping = true;
                let delta = self.count - self.lastcount;
                self.count = 1;
                if delta > 1 && now.saturating_sub(self.drop_next) < 1_600 * MILLISECOND {
                    self.count = delta;
                }
                self.drop_next = self.control_law(now);
                self.lastcount = self.count;
            }
            item
        }
    }

    proptest! {
        #[test]
        fn rfc_8289_twin(
            steps in prop::collection::vec((1..40u64, 1..120u32), 1..40),
        ) {
            let (mut codel, mut twin) = (Codel::new(CodelSettings::default()), Twin::default());
            let (mut queue, mut now, mut items) = (VecDeque::new(), 1, 0..);
            // Spells of a time between arrivals, in ms; a server takes one every 10 ms.
            for (every, spell) in steps {
                for tick in 0..u64::from(spell) * 4 {
                    now += MILLISECOND;
                    if tick % every == 0 {
                        let item = items.next().unwrap();
                        queue.push_back((item, now));
                        twin.queue.push_back((item, now));
                    }
                    if tick % 10 != 0 {
                        continue;
                    }
                    let (mut served, mut dropped) = (None, Vec::new());
                    while let Some((item, since)) = queue.pop_front() {
                        if codel.on_dequeue(now, now - since, queue.len() as u64) == Verdict::Pass {
                            served = Some(item);
                            break;
                        }
                        dropped.push(item);
                    }
                    prop_assert_eq!(served, twin.deque(now));
                    prop_assert_eq!(dropped, std::mem::take(&mut twin.dropped), "at {}", now);
                    prop_assert_eq!(codel.validate(), Ok(()));
                }
            }
        }
    }
}
