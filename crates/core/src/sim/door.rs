//! The door of an instance: who is let in, who waits, who is turned away. Everything O(1), but for visits that were
//! given up while they waited, which are passed by when their turn comes. Who is next is told by [`PriorityQueue`].
//!
//! [`PriorityQueue`]: crate::engine::resilience::priority_queue::PriorityQueue

use super::call::{Stage, Visit, VisitId};
use super::instance::UNLIMITED;
use super::kernel::Kernel;
use super::processor::Order;
use super::record::{InstanceIndex, Lookup, NoteKind, Outcome};
use crate::engine::resilience::codel::Verdict;

/// What became of a visit at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// It is inside and may work.
    In,
    /// It waits; [`Kernel::let_next_in`] will name it.
    Waiting,
    /// There was no room and it has been answered so.
    TurnedAway,
}

impl Kernel {
    /// A visit stands at the door of its instance.
    #[inline(always)]
    pub fn knock(&mut self, id: VisitId) -> Door {
        let Some(visit) = self.visits.get_mut(id) else { return Door::TurnedAway };
        let instance = &mut self.instances[visit.instance as usize];
        if instance.inside < instance.settings.workers {
            instance.inside += 1;
            visit.has_worker = true;
            visit.stage = Stage::Inside;
            return Door::In;
        }
        if instance.settings.queue != UNLIMITED {
            return self.ask_for_room(id);
        }
        visit.stage = Stage::Waiting;
        instance.waiting.push(id, visit.rank());
        Door::Waiting
    }

    /// The same from a place that is not worth a copy of it.
    #[inline(never)]
    pub fn knock_again(&mut self, id: VisitId) -> Door {
        self.knock(id)
    }

    /// A visit stands at the end of a line with a limit: there is room, or another gives way to it, or it is refused.
    #[inline(never)]
    fn ask_for_room(&mut self, id: VisitId) -> Door {
        let Some(visit) = self.visits.get_mut(id) else { return Door::TurnedAway };
        let instance = &mut self.instances[visit.instance as usize];
        let mut last = None;
        if instance.waiting.len() >= instance.settings.queue as usize {
            last = instance.waiting.give_way(visit.rank(), instance.settings.order == Order::Lifo);
            if last.is_none() {
                self.finish(id, Outcome::Refused, Lookup::None);
                return Door::TurnedAway;
            }
        }
        visit.stage = Stage::Waiting;
        instance.waiting.push(id, visit.rank());
        last.into_iter().for_each(|last| self.shed(last));
        Door::Waiting
    }

    /// One that was in line is refused: its place is another's.
    fn shed(&mut self, id: VisitId) {
        let Some(&Visit { instance, arrived, .. }) = self.visits.get(id) else { return };
        self.finish(id, Outcome::Refused, Lookup::None);
        self.note(instance, NoteKind::Shed, 0, self.now - arrived);
    }

    /// A visit has left its worker: who is next, if anyone, and a worker is free. Call it until it says none.
    #[inline]
    pub fn let_next_in(&mut self, index: InstanceIndex) -> Option<VisitId> {
        loop {
            let instance = &mut self.instances[index as usize];
            if instance.inside >= instance.settings.workers {
                return None;
            }
            let next = match instance.settings.order {
                Order::Lifo => instance.waiting.pop_last()?,
                Order::Fifo | Order::Sharing => instance.waiting.pop_first()?,
            };
            if (instance.settings.drop_expired || instance.codel.is_some())
                && self.comes_too_late(index, next)
            {
                continue;
            }
            let now = self.now;
            let Some(visit) = self.visits.get_mut(next) else { continue };
            if visit.stage == Stage::Waiting {
                visit.stage = Stage::Inside;
                visit.has_worker = true;
                // One that comes back for a worker after a call has been started before.
                if !visit.resumed {
                    visit.started = now;
                }
            }
            self.instances[index as usize].inside += 1;
            return Some(next);
        }
    }

    /// Whether a visit is refused when its turn comes: nobody wants it any more, or waits stay too long.
    #[inline(never)]
    fn comes_too_late(&mut self, index: InstanceIndex, id: VisitId) -> bool {
        let now = self.now;
        let instance = &mut self.instances[index as usize];
        let Some(visit) = self.visits.get(id) else { return true };
        if instance.settings.drop_expired && visit.deadline <= now {
            if visit.resumed {
                self.refused.push((id, index, visit.key));
            }
            self.finish(id, Outcome::Refused, Lookup::None);
            return true;
        }
        let Some(codel) = &mut instance.codel else { return false };
        let (waited, behind) = (now - visit.arrived, instance.waiting.len() as u64);
        if visit.resumed || codel.on_dequeue(now, waited, behind) != Verdict::Drop {
            return false;
        }
        self.shed(id);
        true
    }

    /// A visit that came back for a worker and was refused in line, where, and its key; each is told once.
    #[inline]
    pub fn next_refused(&mut self) -> Option<(VisitId, InstanceIndex, u64)> {
        self.refused.pop()
    }

    /// A visit gives its worker back.
    #[inline]
    pub fn step_out(&mut self, id: VisitId) {
        let Some(visit) = self.visits.get_mut(id) else { return };
        if std::mem::take(&mut visit.has_worker) {
            self.instances[visit.instance as usize].inside -= 1;
        }
    }
}
