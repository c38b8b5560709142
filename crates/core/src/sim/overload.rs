//! When a run must stop before its end: too many calls and visits alive, or events without end at one moment.

use super::kernel::Kernel;
use super::record::{InstanceIndex, NoteKind};
use super::time::Time;

/// Why a run had to stop before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overload {
    /// Calls and visits alive when it stopped.
    pub alive: u32,
    /// The instance where most visits are.
    pub instance: InstanceIndex,
    /// How many visits are there.
    pub visits: u32,
    /// Whether it stopped because time stood still: events without end at one moment.
    pub stuck: bool,
}

/// More events than this at one moment are taken for a circle: an answer that takes no time makes the next request,
/// which is answered at once. Users that all begin together make less than 10 million.
const MOST_AT_ONCE: u32 = 1 << 24;

impl Kernel {
    /// Sets the time to that of the next event.
    #[inline]
    pub(super) fn tick(&mut self, time: Time) {
        if time > self.now {
            self.at_once = 0;
        } else {
            self.at_once += 1;
            if self.at_once >= MOST_AT_ONCE {
                self.overload(true);
            }
        }
        self.now = time;
    }

    #[inline]
    pub(super) fn check_limit(&mut self) {
        if self.calls.len() + self.visits.len() >= self.limit {
            self.overload(false);
        }
    }

    /// Nothing more will happen.
    #[cold]
    pub(super) fn overload(&mut self, stuck: bool) {
        if self.overload.is_none() {
            let alive = self.calls.len() + self.visits.len();
            let fullest = (0..self.instances.len())
                .max_by_key(|index| (self.instances[*index].visits, std::cmp::Reverse(*index)));
            let index = fullest.unwrap_or(0) as InstanceIndex;
            let visits = self.instances.get(index as usize).map_or(0, |instance| instance.visits);
            self.note(index, NoteKind::Overloaded, u64::from(alive), u64::from(visits));
            self.overload = Some(Overload { alive, instance: index, visits, stuck });
        }
    }
}
