//! A cache node: looks keys up, stores and forgets them in the [`engine`](crate::engine::cache), and answers after
//! its latency. What it does to its entries happens when the request arrives.

use super::guard::Guard;
use super::per_instance::PerInstance;
use crate::engine::cache::{Cache as Engine, Capacity, Lookup as Found, Settings};
use crate::scenario::{Cache as Spec, RaceGuard};
use crate::sim::call::{Visit, VisitId};
use crate::sim::kernel::Kernel;
use crate::sim::record::{InstanceIndex, Lookup, NoteKind, Operation, Outcome};
use crate::sim::time::{Nanos, Time};

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    settings: Settings,
    latency: Nanos,
    /// How many times longer it takes, in millionths: 1,000,000 at full speed.
    slow_down: u64,
    race_guard: RaceGuard,
    engines: PerInstance<Engine>,
    /// One for each engine, where there is a guard.
    guards: PerInstance<Guard>,
    evicted: Vec<u64>,
}

const FULL: u64 = 1_000_000;

impl Cache {
    pub(super) fn new(spec: &Spec) -> Cache {
        Cache {
            settings: settings(spec),
            latency: spec.latency,
            slow_down: FULL,
            race_guard: spec.race_guard,
            engines: PerInstance::default(),
            guards: PerInstance::default(),
            evicted: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, instance: InstanceIndex) {
        self.engines.insert(instance, Engine::new(self.settings));
        self.guards.insert(instance, Guard::new(self.race_guard));
    }

    pub(super) fn remove(&mut self, instance: InstanceIndex) {
        self.engines.remove(instance);
        self.guards.remove(instance);
    }

    pub(super) fn engine(&self, instance: InstanceIndex) -> Option<&Engine> {
        self.engines.get(instance)
    }

    /// Room in entries or bytes, as set.
    pub(super) fn room(&self) -> u64 {
        match self.settings.capacity {
            Capacity::Entries(most) | Capacity::Bytes(most) => most,
        }
    }

    /// The keys that stay longest first, at most `limit`.
    pub(super) fn keys_to_keep(&self, instance: InstanceIndex, limit: usize) -> Vec<u64> {
        self.engines.get(instance).map_or(Vec::new(), |engine| engine.in_keeping_order(limit).collect())
    }

    /// So many times slower from now on; 1 is full speed.
    pub(super) fn slow(&mut self, factor: f64) {
        self.slow_down = (factor * FULL as f64 + 0.5) as u64;
    }

    pub(super) fn reconfigure(&mut self, kernel: &mut Kernel, spec: &Spec) {
        self.latency = spec.latency;
        self.race_guard = spec.race_guard;
        for (_, guard) in self.guards.iter_mut() {
            guard.set_kind(spec.race_guard);
        }
        let settings = settings(spec);
        if settings == self.settings {
            return;
        }
        self.settings = settings;
        for (instance, engine) in self.engines.iter_mut() {
            engine.reconfigure(settings, &mut self.evicted);
            for key in self.evicted.drain(..) {
                kernel.note(instance, NoteKind::Evicted, key, 0);
            }
        }
    }

    pub(super) fn flush(&mut self, kernel: &mut Kernel, instance: InstanceIndex) {
        if let Some(engine) = self.engines.get_mut(instance) {
            let count = engine.flush();
            kernel.note(instance, NoteKind::Flushed, count, 0);
        }
    }

    pub(super) fn arrived(&mut self, kernel: &mut Kernel, id: VisitId) {
        let now = kernel.now();
        let Some(visit) = kernel.visit(id).copied() else { return };
        let Some(engine) = self.engines.get_mut(visit.instance) else { return };
        let (mut lookup, mut version) = (Lookup::None, visit.version);
        match visit.operation {
            Operation::Read => match engine.get(now, visit.key) {
                Found::Hit { version: found, .. } => {
                    (lookup, version) = (Lookup::Hit, found as u32);
                    judge(kernel, &visit, version);
                }
                Found::Miss => lookup = self.missed(now, &visit),
                Found::Expired { age } => {
                    kernel.note(visit.instance, NoteKind::Expired, visit.key, age);
                    lookup = self.missed(now, &visit);
                }
            },
            Operation::Fill | Operation::Write => self.store(kernel, &visit),
            Operation::Delete => {
                engine.delete(visit.key);
                if let Some(guard) = self.guard(visit.instance) {
                    guard.removed(now, visit.key, visit.version);
                }
            }
        }
        if let Some(visit) = kernel.visit_mut(id) {
            visit.lookup = lookup;
            visit.version = version;
        }
        match self.delay() {
            0 => self.delayed(kernel, id),
            delay => kernel.delay(id, delay),
        }
    }

    fn missed(&mut self, now: Time, visit: &Visit) -> Lookup {
        if let Some(guard) = self.guard(visit.instance) {
            guard.missed(now, visit.key, visit.root);
        }
        Lookup::Miss
    }

    /// Stores the value that a visit brings, unless the guard against races refuses it.
    fn store(&mut self, kernel: &mut Kernel, visit: &Visit) {
        let (now, key) = (kernel.now(), visit.key);
        let Some(engine) = self.engines.get_mut(visit.instance) else { return };
        if self.race_guard != RaceGuard::None
            && let Some(guard) = self.guards.get_mut(visit.instance)
            && !guard.takes(now, key, visit.root, visit.version, engine.peek(key).map(|entry| entry.version))
        {
            kernel.note(visit.instance, NoteKind::FillRefused, key, u64::from(visit.version));
            return;
        }
        engine.put(now, key, u64::from(visit.size), u64::from(visit.version), &mut self.evicted);
        for key in self.evicted.drain(..) {
            kernel.note(visit.instance, NoteKind::Evicted, key, 0);
        }
    }

    /// The guard of an instance, if it has anything to guard.
    fn guard(&mut self, instance: InstanceIndex) -> Option<&mut Guard> {
        if self.race_guard == RaceGuard::None {
            return None;
        }
        self.guards.get_mut(instance)
    }

    pub(super) fn delayed(&mut self, kernel: &mut Kernel, id: VisitId) {
        let Some(visit) = kernel.visit(id) else { return };
        let (instance, lookup) = (visit.instance, visit.lookup);
        kernel.finish(id, Outcome::Ok, lookup);
        kernel.let_go_if_empty(instance);
    }

    fn delay(&self) -> Nanos {
        if self.slow_down == FULL {
            return self.latency;
        }
        (u128::from(self.latency) * u128::from(self.slow_down) / u128::from(FULL)) as Nanos
    }
}

/// Tells of a read that is answered with a value older than the committed one.
#[inline]
fn judge(kernel: &mut Kernel, visit: &Visit, version: u32) {
    if let Some(age) = kernel.truth().stale_for(kernel.now(), visit.key, version) {
        kernel.note(visit.instance, NoteKind::StaleRead, visit.key, age);
    }
}

fn settings(spec: &Spec) -> Settings {
    Settings { policy: spec.policy, capacity: spec.room(), ttl: spec.ttl }
}
