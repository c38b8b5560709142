//! Policies of a part for what is new and a part for what is wanted again: SLRU, 2Q, S3-FIFO.

use super::*;

#[derive(Default)]
pub(super) struct Slru {
    pub(super) segments: [Vec<u64>; 4],
}

impl Slru {
    pub(super) fn share(world: &World, segment: usize) -> u64 {
        if segment < 3 { world.room / 4 } else { world.room - world.room / 4 * 3 }
    }
}

impl Twin for Slru {
    fn evict(&mut self, _world: &World, _arrival: Option<(u64, u64)>) -> Option<u64> {
        self.segments.iter_mut().find_map(first)
    }

    fn insert(&mut self, world: &World, key: u64) {
        let fits = |segment: &usize| {
            world.weight_of(&self.segments[*segment]) + world.weight(key) <= Slru::share(world, *segment)
        };
        let segment = (0..4).find(fits).unwrap_or(0);
        self.segments[segment].push(key);
    }

    fn hit(&mut self, world: &World, key: u64) {
        let segment = (0..4).find(|&segment| take(&mut self.segments[segment], key)).unwrap();
        self.segments[(segment + 1).min(3)].push(key);
        for segment in [3, 2, 1] {
            while world.weight_of(&self.segments[segment]) > Slru::share(world, segment) {
                let oldest = self.segments[segment].remove(0);
                self.segments[segment - 1].push(oldest);
            }
        }
    }

    fn remove(&mut self, _world: &World, key: u64) {
        for segment in &mut self.segments {
            take(segment, key);
        }
    }
}

#[derive(Default)]
pub(super) struct TwoQ {
    pub(super) newcomers: Vec<u64>,
    pub(super) ghosts: Vec<u64>,
    pub(super) main: Vec<u64>,
    pub(super) arrival_is_known: bool,
}

impl Twin for TwoQ {
    fn arrive(&mut self, _world: &World, key: u64, _weight: u64) {
        self.arrival_is_known = take(&mut self.ghosts, key);
    }

    fn evict(&mut self, world: &World, _arrival: Option<(u64, u64)>) -> Option<u64> {
        if world.weight_of(&self.newcomers) > world.room / 4 || self.main.is_empty() {
            let oldest = first(&mut self.newcomers)?;
            world.haunt(&mut self.ghosts, oldest, world.room / 2);
            return Some(oldest);
        }
        first(&mut self.main)
    }

    fn insert(&mut self, _world: &World, key: u64) {
        if self.arrival_is_known { self.main.push(key) } else { self.newcomers.push(key) }
    }

    fn hit(&mut self, _world: &World, key: u64) {
        if take(&mut self.main, key) {
            self.main.push(key);
        }
    }

    fn remove(&mut self, _world: &World, key: u64) {
        take(&mut self.newcomers, key);
        take(&mut self.main, key);
    }
}

#[derive(Default)]
pub(super) struct S3Fifo {
    pub(super) small: Vec<u64>,
    pub(super) main: Vec<u64>,
    pub(super) ghosts: Vec<u64>,
    pub(super) uses: BTreeMap<u64, u32>,
    pub(super) has_evicted: bool,
    pub(super) arrival_is_known: bool,
}

impl Twin for S3Fifo {
    fn arrive(&mut self, _world: &World, key: u64, _weight: u64) {
        self.arrival_is_known = take(&mut self.ghosts, key);
    }

    fn evict(&mut self, world: &World, _arrival: Option<(u64, u64)>) -> Option<u64> {
        self.has_evicted = true;
        let small_share = (world.room / 10).max(1);
        let main_is_over = world.weight_of(&self.main) > world.room - small_share;
        while !main_is_over && !self.small.is_empty() {
            let oldest = self.small.remove(0);
            if self.uses[&oldest] < 2 {
                world.haunt(&mut self.ghosts, oldest, (world.room as f64 * 0.9) as u64);
                return Some(oldest);
            }
            self.uses.insert(oldest, 0);
            self.main.push(oldest);
        }
        loop {
            let oldest = first(&mut self.main)?;
            let uses = self.uses.get_mut(&oldest).unwrap();
            if *uses == 0 {
                return Some(oldest);
            }
            *uses -= 1;
            self.main.push(oldest);
        }
    }

    fn insert(&mut self, world: &World, key: u64) {
        self.uses.insert(key, 0);
        let is_full = world.weight_of(&self.small) >= (world.room / 10).max(1);
        let to_main = self.arrival_is_known || (is_full && !self.has_evicted);
        if to_main { self.main.push(key) } else { self.small.push(key) }
    }

    fn hit(&mut self, _world: &World, key: u64) {
        let uses = self.uses.get_mut(&key).unwrap();
        *uses = (*uses + 1).min(3);
    }

    fn remove(&mut self, _world: &World, key: u64) {
        take(&mut self.small, key);
        take(&mut self.main, key);
    }
}
