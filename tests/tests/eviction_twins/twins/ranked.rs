//! Policies by a rank: how often, how long ago, or a sample of both.

use super::*;

/// The least rank leaves; a rank is made at each use.
pub(super) struct Ranked {
    pub(super) uses: BTreeMap<u64, u64>,
    pub(super) ranks: BTreeMap<u64, (f64, u64)>,
    pub(super) age: f64,
    pub(super) steps: u64,
    pub(super) rank: fn(&Ranked, &World, u64) -> (f64, u64),
}

impl Ranked {
    pub(super) fn new(rank: fn(&Ranked, &World, u64) -> (f64, u64)) -> Self {
        Ranked { uses: BTreeMap::new(), ranks: BTreeMap::new(), age: 0.0, steps: 0, rank }
    }
}

impl Twin for Ranked {
    fn evict(&mut self, _world: &World, _arrival: Option<(u64, u64)>) -> Option<u64> {
        let least = self.ranks.iter().min_by(|one, other| one.1.partial_cmp(other.1).unwrap());
        let (&victim, &(priority, _)) = least?;
        self.age = priority;
        self.ranks.remove(&victim);
        Some(victim)
    }

    fn insert(&mut self, world: &World, key: u64) {
        self.uses.insert(key, 0);
        self.hit(world, key);
    }

    fn hit(&mut self, world: &World, key: u64) {
        self.steps += 1;
        *self.uses.get_mut(&key).unwrap() += 1;
        self.ranks.insert(key, (self.rank)(self, world, key));
    }

    fn remove(&mut self, _world: &World, key: u64) {
        self.ranks.remove(&key);
    }
}

#[derive(Default)]
pub(super) struct LruK {
    /// Second-last and last use, of stored keys and of ghosts.
    pub(super) uses: BTreeMap<u64, (u64, u64)>,
    pub(super) stored: Vec<u64>,
    pub(super) ghosts: Vec<u64>,
    pub(super) time: u64,
}

impl Twin for LruK {
    fn arrive(&mut self, _world: &World, key: u64, _weight: u64) {
        if !take(&mut self.ghosts, key) {
            self.uses.insert(key, (0, 0));
        }
    }

    fn evict(&mut self, world: &World, _arrival: Option<(u64, u64)>) -> Option<u64> {
        let victim = *self.stored.iter().min_by_key(|key| self.uses[key])?;
        take(&mut self.stored, victim);
        world.haunt(&mut self.ghosts, victim, world.room);
        Some(victim)
    }

    fn insert(&mut self, world: &World, key: u64) {
        self.stored.push(key);
        self.hit(world, key);
    }

    fn hit(&mut self, _world: &World, key: u64) {
        self.time += 1;
        let last = self.uses[&key].1;
        self.uses.insert(key, (last, self.time));
    }

    fn remove(&mut self, _world: &World, key: u64) {
        take(&mut self.stored, key);
    }
}

pub(super) struct Redis {
    pub(super) by_frequency: bool,
    pub(super) row: Vec<u64>,
    /// When each key was used last, and its counter then.
    pub(super) used: BTreeMap<u64, (u64, u64)>,
    /// Idleness and key, the best victim last.
    pub(super) pool: Vec<(u64, u64)>,
    pub(super) luck: u64,
}

const SECOND: u64 = 1_000_000_000;

impl Redis {
    pub(super) fn new(seed: u64) -> Self {
        Redis { by_frequency: false, row: Vec::new(), used: BTreeMap::new(), pool: Vec::new(), luck: seed }
    }

    pub(super) fn counter(&self, world: &World, key: u64) -> u64 {
        let (when, counter) = self.used[&key];
        counter.saturating_sub(world.now / (60 * SECOND) - when / (60 * SECOND))
    }

    pub(super) fn idle(&self, world: &World, key: u64) -> u64 {
        if self.by_frequency {
            255 - self.counter(world, key)
        } else {
            world.now / SECOND - self.used[&key].0 / SECOND
        }
    }
}

impl Twin for Redis {
    fn evict(&mut self, world: &World, _arrival: Option<(u64, u64)>) -> Option<u64> {
        for _ in 0..5 {
            let key = self.row[draw(&mut self.luck, self.row.len())];
            if self.pool.iter().any(|&(_, other)| other == key) {
                continue;
            }
            // Before those that are as idle; if that makes seventeen, the least idle goes.
            let idle = self.idle(world, key);
            let place = self.pool.iter().filter(|(other, _)| *other < idle).count();
            self.pool.insert(place, (idle, key));
            if self.pool.len() > 16 {
                self.pool.remove(0);
            }
        }
        let (_, victim) = self.pool.pop()?;
        swap_out(&mut self.row, victim);
        Some(victim)
    }

    fn insert(&mut self, world: &World, key: u64) {
        self.row.push(key);
        self.used.insert(key, (world.now, 5));
    }

    fn hit(&mut self, world: &World, key: u64) {
        let mut counter = self.counter(world, key);
        if self.by_frequency && counter < 255 {
            let chances = counter.saturating_sub(5) * 10 + 1;
            counter += u64::from(draw(&mut self.luck, chances as usize) == 0);
        }
        self.used.insert(key, (world.now, counter));
    }

    fn remove(&mut self, _world: &World, key: u64) {
        swap_out(&mut self.row, key);
        self.pool.retain(|&(_, other)| other != key);
    }
}
