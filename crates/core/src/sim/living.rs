//! The life of instances: they start, become ready, drain, leave or die; and the doors they keep: who is let in,
//! who waits, who is turned away.

use super::call::{CallId, EndedCall, Stage, VisitId};
use super::instance::{Instance, InstanceSettings, Life, Members, UNLIMITED};
use super::kernel::{Event, Handler, Kernel, Simulation};
use super::link::{Link, LinkSettings};
use super::processor::Order;
use super::random::{Purpose, Salt};
use super::record::{InstanceIndex, Lookup, NodeIndex, NoteKind, Outcome};
use super::time::{Nanos, Time};

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
    /// Adds a link. Its index is what calls name.
    pub fn add_link(&mut self, from: NodeIndex, to: NodeIndex, name: &str, settings: LinkSettings) -> u16 {
        let salt = |purpose| Salt::new(self.seed, name, purpose);
        let link = Link::new(from, to, settings, salt(Purpose::Jitter), salt(Purpose::Loss));
        self.links.push(link);
        let index = self.links.len() - 1;
        self.set_link(index as u16, settings);
        index as u16
    }

    /// Changes a link; messages on their way keep their time of arrival.
    pub fn set_link(&mut self, link: u16, settings: LinkSettings) {
        let lane = if settings.latency == 0 { None } else { Some(self.lane(settings.latency)) };
        self.links[usize::from(link)].set(settings, lane);
    }

    /// Cuts a link until a time: its messages are lost.
    pub fn cut_link(&mut self, link: u16, until: Time) {
        self.links[usize::from(link)].cut_until = until;
    }

    /// Links, by index.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Adds an instance that is ready after `start_up`. At the start of a run it is ready at once, without an event.
    pub fn add_instance(
        &mut self,
        node: NodeIndex,
        settings: InstanceSettings,
        start_up: Nanos,
    ) -> InstanceIndex {
        let slot = self.free_slot(node);
        let index = self.instances.len() as InstanceIndex;
        self.instances.push(Instance::new(node, slot, settings, self.now));
        let present = &mut self.nodes[usize::from(node)].present;
        let place = present.partition_point(|other| self.instances[*other as usize].slot < slot);
        present.insert(place, index);
        if self.now == 0 && start_up == 0 {
            self.enter(index, Life::Ready);
        } else {
            self.note(index, NoteKind::Starting, u64::from(slot), start_up);
            let number = self.instances[index as usize].life_number;
            self.queue.push(self.now.saturating_add(start_up), Event::Life { instance: index, number });
        }
        index
    }

    fn free_slot(&self, node: NodeIndex) -> u32 {
        let present = &self.nodes[usize::from(node)].present;
        let taken = |slot: u32| present.iter().any(|index| self.instances[*index as usize].slot == slot);
        (0..).find(|slot| !taken(*slot)).unwrap_or(0)
    }

    /// The instance takes no new calls and leaves when it is empty, at the latest after `grace`.
    pub fn drain(&mut self, index: InstanceIndex, grace: Nanos) {
        let instance = &self.instances[index as usize];
        if !matches!(instance.life, Life::Ready | Life::Starting) {
            return;
        }
        let (slot, visits) = (instance.slot, instance.visits);
        self.enter(index, Life::Draining);
        self.note(index, NoteKind::Draining, u64::from(slot), u64::from(visits));
        let number = self.instances[index as usize].life_number;
        let at = if visits == 0 { self.now } else { self.now.saturating_add(grace) };
        self.queue.push(at, Event::Life { instance: index, number });
    }

    /// Asks whether a draining instance is empty now, and lets it go if so. Called when a visit has left it.
    pub fn let_go_if_empty(&mut self, index: InstanceIndex) {
        let instance = &mut self.instances[index as usize];
        if instance.life == Life::Draining && instance.visits == 0 {
            instance.life_number = instance.life_number.wrapping_add(1);
            let number = instance.life_number;
            self.queue.push_at_once(self.now, Event::Life { instance: index, number });
        }
    }

    /// An instance's time has come: it becomes ready, or goes. What it became, unless that was superseded. Those
    /// still inside at the end of a grace period stay to be cut by the caller, see [`Simulation::cut`].
    pub(super) fn go_on_living(&mut self, index: InstanceIndex, number: u32) -> Option<Life> {
        let instance = &self.instances[index as usize];
        if instance.life_number != number {
            return None;
        }
        let slot = u64::from(instance.slot);
        match instance.life {
            Life::Starting => {
                self.enter(index, Life::Ready);
                self.note(index, NoteKind::Ready, slot, 0);
                Some(Life::Ready)
            }
            Life::Draining => {
                self.enter(index, Life::Gone);
                self.note(index, NoteKind::Gone, slot, 0);
                Some(Life::Gone)
            }
            _ => None,
        }
    }

    /// The instance is dead from now on. See [`cut`] for what was inside.
    pub fn die(&mut self, index: InstanceIndex) {
        let instance = &self.instances[index as usize];
        if matches!(instance.life, Life::Gone | Life::Dead) {
            return;
        }
        let (slot, visits) = (u64::from(instance.slot), u64::from(instance.visits));
        self.enter(index, Life::Dead);
        self.note(index, NoteKind::Died, slot, visits);
    }

    fn enter(&mut self, index: InstanceIndex, life: Life) {
        let instance = &mut self.instances[index as usize];
        instance.enter(life, self.now);
        let (node, slot) = (usize::from(instance.node), instance.slot);
        let Members { ready, present, version } = &mut self.nodes[node];
        *version += 1;
        ready.retain(|other| *other != index);
        if life == Life::Ready {
            let place = ready.partition_point(|other| self.instances[*other as usize].slot < slot);
            ready.insert(place, index);
        }
        if matches!(life, Life::Gone | Life::Dead) {
            present.retain(|other| *other != index);
        }
    }

    /// A visit stands at the door of its instance.
    #[inline]
    pub fn knock(&mut self, id: VisitId) -> Door {
        let Some(visit) = self.visits.get_mut(id) else { return Door::TurnedAway };
        let instance = &mut self.instances[visit.instance as usize];
        if instance.inside < instance.settings.workers {
            instance.inside += 1;
            visit.has_worker = true;
            visit.stage = Stage::Inside;
            return Door::In;
        }
        let limit = instance.settings.queue;
        if limit != UNLIMITED && instance.waiting.len() >= limit as usize {
            self.finish(id, Outcome::Refused, Lookup::None);
            return Door::TurnedAway;
        }
        visit.stage = Stage::Waiting;
        instance.waiting.push_back(id);
        Door::Waiting
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
                Order::Lifo => instance.waiting.pop_back()?,
                Order::Fifo | Order::Sharing => instance.waiting.pop_front()?,
            };
            let drop_expired = instance.settings.drop_expired;
            let now = self.now;
            let Some(visit) = self.visits.get_mut(next) else { continue };
            if drop_expired && visit.deadline <= now {
                self.finish(next, Outcome::Refused, Lookup::None);
                continue;
            }
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

    /// A visit gives its worker back.
    #[inline]
    pub fn step_out(&mut self, id: VisitId) {
        let Some(visit) = self.visits.get_mut(id) else { return };
        if std::mem::take(&mut visit.has_worker) {
            self.instances[visit.instance as usize].inside -= 1;
        }
    }

    /// Ends a visit that was given up: out of the line, the processor and the workers.
    pub fn abandon(&mut self, id: VisitId) {
        let Some(visit) = self.visits.get(id) else { return };
        let (index, stage) = (visit.instance, visit.stage);
        let instance = &mut self.instances[index as usize];
        match stage {
            Stage::Waiting => instance.waiting.retain(|waiting| *waiting != id),
            Stage::Inside => {
                let wake_up = instance.processor.withdraw(self.now, id);
                self.wake(index, wake_up);
                self.step_out(id);
            }
            Stage::Travelling => return,
        }
        self.finish(id, Outcome::Cancelled, Lookup::None);
    }

    fn calls_from(&self, index: InstanceIndex) -> Vec<CallId> {
        self.calls.iter().filter(|(_, call)| call.from == index).map(|(id, _)| id).collect()
    }

    fn visits_at(&self, index: InstanceIndex) -> Vec<VisitId> {
        let here = |visit: &super::call::Visit| visit.instance == index && visit.stage != Stage::Travelling;
        self.visits.iter().filter(|(_, visit)| here(visit)).map(|(id, _)| id).collect()
    }

    /// Ends all that goes on at an instance, in slab order: callers inside get an error at the speed of their links,
    /// calls from here are cancelled, connections close. O(calls and visits alive).
    pub fn cut(&mut self, index: InstanceIndex) -> Vec<EndedCall> {
        let ended = self
            .calls_from(index)
            .into_iter()
            .filter_map(|call| self.give_up(call, Outcome::Cancelled))
            .collect();
        for visit in self.visits_at(index) {
            self.finish(visit, Outcome::Error, Lookup::None);
        }
        let now = self.now;
        let instance = &mut self.instances[index as usize];
        instance.processor.clear(now);
        instance.waiting.clear();
        instance.inside = 0;
        self.close_pools_of(index);
        ended
    }
}

impl<H: Handler> Simulation<H> {
    /// Asserts what must always hold, recounting from scratch. O(everything alive).
    pub fn validate(&self) {
        let kernel = &self.kernel;
        let mut here = vec![0u32; kernel.instances.len()];
        let mut waiting = vec![0usize; kernel.instances.len()];
        for (_, visit) in kernel.visits.iter() {
            if visit.stage != Stage::Travelling {
                here[visit.instance as usize] += 1;
            }
            waiting[visit.instance as usize] += usize::from(visit.stage == Stage::Waiting);
        }
        for (index, instance) in kernel.instances.iter().enumerate() {
            assert_eq!(instance.visits, here[index], "visits at instance {index}");
            let in_line = instance.waiting.iter().filter(|visit| kernel.visits.contains(**visit)).count();
            assert_eq!(in_line, waiting[index], "waiting at instance {index}");
            instance.processor.validate();
            let busy_time = instance.processor.busy_time(kernel.now);
            let most = u128::from(kernel.now) * u128::from(u32::MAX);
            assert!(u128::from(busy_time) <= most, "core time of instance {index}");
        }
        kernel.validate_pools();
    }
}
