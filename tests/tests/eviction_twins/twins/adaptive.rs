//! Policies that learn how much room each part deserves, or who deserves to come in: ARC, LIRS, W-TinyLFU.

use super::*;

#[derive(Default)]
pub(super) struct Arc {
    pub(super) once: Vec<u64>,
    pub(super) again: Vec<u64>,
    pub(super) once_ghosts: Vec<u64>,
    pub(super) again_ghosts: Vec<u64>,
    pub(super) target: f64,
    pub(super) was_once: bool,
    pub(super) was_again: bool,
}

impl Arc {
    pub(super) fn limit(&mut self, world: &World, weight: u64) {
        let once = world.weight_of(&self.once) + weight;
        world.limit(&mut self.once_ghosts, world.room.saturating_sub(once));
        let others = once + world.weight_of(&self.again) + world.weight_of(&self.once_ghosts);
        world.limit(&mut self.again_ghosts, (2 * world.room).saturating_sub(others));
    }
}

impl Twin for Arc {
    fn arrive(&mut self, world: &World, key: u64, weight: u64) {
        let once = world.weight_of(&self.once_ghosts) as f64;
        let again = world.weight_of(&self.again_ghosts) as f64;
        self.was_once = take(&mut self.once_ghosts, key);
        self.was_again = take(&mut self.again_ghosts, key);
        if self.was_once {
            self.target = (self.target + weight as f64 * (again / once).max(1.0)).min(world.room as f64);
        }
        if self.was_again {
            self.target = (self.target - weight as f64 * (once / again).max(1.0)).max(0.0);
        }
    }

    fn evict(&mut self, world: &World, arrival: Option<(u64, u64)>) -> Option<u64> {
        let is_new = arrival.is_some() && !self.was_once && !self.was_again;
        if is_new || arrival.is_none() {
            self.limit(world, arrival.map_or(0, |(_, weight)| weight));
        }
        if let (true, Some((_, weight))) = (is_new, arrival)
            && world.weight_of(&self.once) + weight > world.room
        {
            return first(&mut self.once);
        }
        let once = world.weight_of(&self.once) as f64;
        let is_over = once > self.target || (once == self.target && arrival.is_some() && self.was_again);
        if (is_over && !self.once.is_empty()) || self.again.is_empty() {
            let victim = first(&mut self.once)?;
            self.once_ghosts.push(victim);
            return Some(victim);
        }
        let victim = first(&mut self.again)?;
        self.again_ghosts.push(victim);
        Some(victim)
    }

    fn insert(&mut self, world: &World, key: u64) {
        if self.was_once || self.was_again {
            self.again.push(key);
            self.limit(world, 0);
        } else {
            self.once.push(key);
        }
    }

    fn hit(&mut self, world: &World, key: u64) {
        self.remove(world, key);
        self.again.push(key);
    }

    fn remove(&mut self, _world: &World, key: u64) {
        take(&mut self.once, key);
        take(&mut self.again, key);
    }
}

/// The stack has its bottom first; what is on it and neither in `lir` nor in `queue` is a ghost.
#[derive(Default)]
pub(super) struct Lirs {
    pub(super) stack: Vec<u64>,
    pub(super) queue: Vec<u64>,
    pub(super) lir: Vec<u64>,
    pub(super) ghosts: Vec<u64>,
    pub(super) arrival_is_known: bool,
}

impl Lirs {
    pub(super) fn share(world: &World) -> u64 {
        world.room.saturating_sub((world.room / 100).max(1))
    }

    pub(super) fn prune(&mut self) {
        while self.stack.first().is_some_and(|bottom| !self.lir.contains(bottom)) {
            let bottom = self.stack.remove(0);
            take(&mut self.ghosts, bottom);
        }
    }

    pub(super) fn demote(&mut self) {
        if let Some(bottom) = first(&mut self.stack) {
            take(&mut self.lir, bottom);
            self.queue.push(bottom);
            self.prune();
        }
    }

    pub(super) fn balance(&mut self, world: &World) {
        self.prune();
        while world.weight_of(&self.lir) > Lirs::share(world) {
            self.demote();
        }
    }
}

impl Twin for Lirs {
    fn arrive(&mut self, _world: &World, key: u64, _weight: u64) {
        self.arrival_is_known = take(&mut self.ghosts, key);
        if self.arrival_is_known {
            take(&mut self.stack, key);
        }
    }

    fn evict(&mut self, world: &World, _arrival: Option<(u64, u64)>) -> Option<u64> {
        if self.queue.is_empty() {
            self.demote();
        }
        let victim = first(&mut self.queue)?;
        if self.stack.contains(&victim) {
            world.haunt(&mut self.ghosts, victim, world.room);
            let known =
                |key: &u64| self.lir.contains(key) || self.queue.contains(key) || self.ghosts.contains(key);
            self.stack.retain(known);
        }
        Some(victim)
    }

    fn insert(&mut self, world: &World, key: u64) {
        self.stack.push(key);
        let has_room = world.weight_of(&self.lir) + world.weight(key) <= Lirs::share(world);
        if self.arrival_is_known || has_room {
            self.lir.push(key)
        } else {
            self.queue.push(key)
        }
        self.balance(world);
    }

    fn hit(&mut self, world: &World, key: u64) {
        let was_in_stack = take(&mut self.stack, key);
        self.stack.push(key);
        if take(&mut self.queue, key) {
            if was_in_stack { self.lir.push(key) } else { self.queue.push(key) }
        }
        self.balance(world);
    }

    fn remove(&mut self, _world: &World, key: u64) {
        for keys in [&mut self.stack, &mut self.queue, &mut self.lir] {
            take(keys, key);
        }
        self.prune();
    }
}

pub(super) struct WTinyLfu {
    pub(super) window: Vec<u64>,
    pub(super) probation: Vec<u64>,
    pub(super) protected: Vec<u64>,
    /// Blocks of eight words of sixteen counters.
    pub(super) counters: Vec<[[u8; 16]; 8]>,
    pub(super) additions: u64,
}

impl WTinyLfu {
    pub(super) fn new() -> Self {
        let counters = vec![[[0; 16]; 8]];
        WTinyLfu { window: Vec::new(), probation: Vec::new(), protected: Vec::new(), counters, additions: 0 }
    }

    pub(super) fn places(&self, key: u64) -> [(usize, usize, usize); 4] {
        let hash = scramble(key);
        let block = (hash >> 32) as usize % self.counters.len();
        [0, 1, 2, 3].map(|row| {
            let bits = (hash >> (8 * row)) as usize;
            (block, 2 * row + bits % 2, bits / 2 % 16)
        })
    }

    pub(super) fn estimate(&self, key: u64) -> u8 {
        self.places(key).map(|(block, word, at)| self.counters[block][word][at]).into_iter().min().unwrap()
    }

    pub(super) fn count(&mut self, world: &World, key: u64) {
        let stored = self.window.len() + self.probation.len() + self.protected.len();
        while self.counters.len() * 8 < stored {
            self.counters.extend(self.counters.clone());
        }
        let least = self.estimate(key);
        for (block, word, at) in self.places(key) {
            let counter = &mut self.counters[block][word][at];
            if *counter == least && least < 15 {
                *counter += 1;
            }
        }
        self.additions += 1;
        let entries = if world.by_size { stored as u64 } else { world.room };
        if self.additions >= 10 * entries.max(1) {
            self.counters.iter_mut().flatten().flatten().for_each(|counter| *counter /= 2);
            self.additions /= 2;
        }
    }

    pub(super) fn window_share(world: &World) -> u64 {
        (world.room / 100).max(1)
    }

    pub(super) fn main_share(world: &World) -> u64 {
        world.room - WTinyLfu::window_share(world).min(world.room)
    }

    pub(super) fn balance(&mut self, world: &World) {
        while world.weight_of(&self.window) > WTinyLfu::window_share(world) {
            self.probation.push(self.window.remove(0));
        }
        let main = WTinyLfu::main_share(world);
        while world.weight_of(&self.protected) > main - main / 5 {
            self.probation.push(self.protected.remove(0));
        }
    }

    pub(super) fn evict_main(&mut self) -> Option<u64> {
        first(&mut self.probation).or_else(|| first(&mut self.protected))
    }
}

impl Twin for WTinyLfu {
    fn arrive(&mut self, world: &World, key: u64, _weight: u64) {
        self.count(world, key);
    }

    fn evict(&mut self, world: &World, arrival: Option<(u64, u64)>) -> Option<u64> {
        loop {
            let Some(&victim) = self.probation.first().or(self.protected.first()) else {
                return first(&mut self.window);
            };
            let main = world.weight_of(&self.probation) + world.weight_of(&self.protected);
            if main > WTinyLfu::main_share(world) {
                return self.evict_main();
            }
            if let Some((key, weight)) = arrival
                && weight > WTinyLfu::window_share(world)
            {
                return if self.estimate(key) > self.estimate(victim) { self.evict_main() } else { None };
            }
            let Some(candidate) = first(&mut self.window) else { return self.evict_main() };
            if main + world.weight(candidate) <= WTinyLfu::main_share(world) {
                self.probation.push(candidate);
                continue;
            }
            if self.estimate(candidate) <= self.estimate(victim) {
                return Some(candidate);
            }
            // Before it comes in, so that it is not taken for the victim of an empty probation.
            let victim = self.evict_main();
            self.probation.push(candidate);
            return victim;
        }
    }

    fn insert(&mut self, world: &World, key: u64) {
        let is_large = world.weight(key) > WTinyLfu::window_share(world);
        if is_large {
            self.probation.push(key)
        } else {
            self.window.push(key)
        }
        self.balance(world);
    }

    fn hit(&mut self, world: &World, key: u64) {
        self.count(world, key);
        if take(&mut self.window, key) {
            self.window.push(key);
        }
        if take(&mut self.probation, key) || take(&mut self.protected, key) {
            self.protected.push(key);
        }
        self.balance(world);
    }

    fn remove(&mut self, _world: &World, key: u64) {
        for keys in [&mut self.window, &mut self.probation, &mut self.protected] {
            take(keys, key);
        }
    }
}
