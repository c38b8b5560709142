//! The life of instances: they start, become ready, drain, leave or die, and what becomes of those inside.

use super::call::{CallId, EndedCall, Stage, VisitId};
use super::event::Event;
use super::instance::{Instance, InstanceSettings, Life, Members};
use super::kernel::Kernel;
use super::link::{Link, LinkSettings};
use super::random::Salt;
use super::record::{InstanceIndex, Lookup, NodeIndex, NoteKind, Outcome};
use super::time::{Nanos, Time};

impl Kernel {
    /// Adds a link. Its index is what calls name.
    pub fn add_link(&mut self, from: NodeIndex, to: NodeIndex, name: &str, settings: LinkSettings) -> u16 {
        let link = Link::new(from, to, settings, |purpose| Salt::new(self.seed, name, purpose));
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
        self.links[usize::from(link)].cut(until);
    }

    /// So large a share of a link's messages is lost until a time.
    pub fn lose_on_link(&mut self, link: u16, share: u64, until: Time) {
        self.links[usize::from(link)].lose(self.now, share, until);
    }

    /// Links, by index.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// Adds an instance that is ready after `start_up`, in a slot that is free; without one, in the first of them. At the
    /// start of a run it is ready at once, without an event.
    pub fn add_instance(
        &mut self,
        node: NodeIndex,
        settings: InstanceSettings,
        start_up: Nanos,
        slot: Option<u32>,
    ) -> InstanceIndex {
        let slot = slot.unwrap_or_else(|| self.free_slot(node));
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
            self.schedule(self.now.saturating_add(start_up), Event::Life { instance: index, number });
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
        self.schedule(at, Event::Life { instance: index, number });
    }

    /// Asks whether a draining instance is empty now, and lets it go if so. Called when a visit has left it.
    pub fn let_go_if_empty(&mut self, index: InstanceIndex) {
        let instance = &mut self.instances[index as usize];
        if instance.life == Life::Draining && instance.visits == 0 {
            instance.life_number = instance.life_number.wrapping_add(1);
            let number = instance.life_number;
            self.queue.push_at_once(self.now, Event::Life { instance: index, number }.pack());
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
        let Members { ready, present, version, known, known_version } = &mut self.nodes[node];
        *version += 1;
        *known_version += 1;
        ready.retain(|other| *other != index);
        if life == Life::Ready {
            let place = ready.partition_point(|other| self.instances[*other as usize].slot < slot);
            ready.insert(place, index);
        }
        if matches!(life, Life::Ready | Life::Draining) {
            known.retain(|other| self.instances[*other as usize].slot != slot);
        }
        if life == Life::Ready {
            let place = known.partition_point(|other| self.instances[*other as usize].slot < slot);
            known.insert(place, index);
        }
        if matches!(life, Life::Gone | Life::Dead) {
            present.retain(|other| *other != index);
        }
    }

    /// Tells those who are not told of deaths that of a node only so many are wanted: dead ones beyond that are known
    /// no more.
    pub fn forget_dead(&mut self, node: NodeIndex, wanted: usize) {
        let Members { known, known_version, .. } = &mut self.nodes[usize::from(node)];
        let is_dead = |index: &InstanceIndex| self.instances[*index as usize].life == Life::Dead;
        while known.len() > wanted
            && let Some(place) = known.iter().rposition(is_dead)
        {
            known.remove(place);
            *known_version += 1;
        }
    }

    /// Ends a visit that was given up: out of the line, the processor and the workers.
    pub fn abandon(&mut self, id: VisitId) {
        let Some(visit) = self.visits.get(id) else { return };
        let (index, stage) = (visit.instance, visit.stage);
        let instance = &mut self.instances[index as usize];
        match stage {
            Stage::Waiting => instance.waiting.remove(id),
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
        let mut ended = self.cut_wholes(index);
        let others =
            self.calls_from(index).into_iter().filter_map(|call| self.give_up(call, Outcome::Cancelled));
        ended.extend(others.collect::<Vec<_>>());
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
