//! A cache node: looks keys up, stores and forgets them in the [`engine`](crate::engine::cache), and answers after
//! its latency. What it does to its entries happens when the request arrives.

use super::per_instance::PerInstance;
use crate::engine::cache::{Cache as Engine, Capacity, Lookup as Found, Settings};
use crate::scenario::Cache as Spec;
use crate::sim::call::VisitId;
use crate::sim::kernel::Kernel;
use crate::sim::record::{InstanceIndex, Lookup, NoteKind, Operation, Outcome};
use crate::sim::time::Nanos;

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    settings: Settings,
    latency: Nanos,
    /// How many times longer it takes, in millionths: 1,000,000 at full speed.
    slow_down: u64,
    engines: PerInstance<Engine>,
    evicted: Vec<u64>,
}

const FULL: u64 = 1_000_000;

impl Cache {
    pub(super) fn new(spec: &Spec) -> Cache {
        Cache {
            settings: settings(spec),
            latency: spec.latency,
            slow_down: FULL,
            engines: PerInstance::default(),
            evicted: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, instance: InstanceIndex) {
        self.engines.insert(instance, Engine::new(self.settings));
    }

    pub(super) fn remove(&mut self, instance: InstanceIndex) {
        self.engines.remove(instance);
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
        let mut lookup = Lookup::None;
        match visit.operation {
            Operation::Read => {
                lookup = match engine.get(now, visit.key) {
                    Found::Hit { .. } => Lookup::Hit,
                    Found::Miss => Lookup::Miss,
                    Found::Expired { age } => {
                        kernel.note(visit.instance, NoteKind::Expired, visit.key, age);
                        Lookup::Miss
                    }
                };
            }
            Operation::Fill | Operation::Write => {
                engine.put(now, visit.key, u64::from(visit.size), 0, &mut self.evicted);
                for key in self.evicted.drain(..) {
                    kernel.note(visit.instance, NoteKind::Evicted, key, 0);
                }
            }
            Operation::Delete => {
                engine.delete(visit.key);
            }
        }
        if let Some(visit) = kernel.visit_mut(id) {
            visit.lookup = lookup;
        }
        match self.delay() {
            0 => self.delayed(kernel, id),
            delay => kernel.delay(id, delay),
        }
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

fn settings(spec: &Spec) -> Settings {
    Settings { policy: spec.policy, capacity: spec.room(), ttl: spec.ttl }
}
