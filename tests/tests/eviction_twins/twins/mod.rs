//! The policies written for reading: lists of keys in vectors, searched from end to end.

mod adaptive;
mod ranked;
mod row;
mod segments;

use adaptive::{Arc, Lirs, WTinyLfu};
use headroom_core::engine::cache::Policy;
use ranked::{LruK, Ranked, Redis};
use row::{Clock, Line, Random, Sieve};
use segments::{S3Fifo, Slru, TwoQ};
use std::collections::BTreeMap;

/// What a twin may know of the cache.
pub(crate) struct World {
    pub(crate) room: u64,
    pub(crate) by_size: bool,
    pub(crate) now: u64,
    /// The size of each key's value, stored last.
    pub(crate) sizes: BTreeMap<u64, u64>,
}

impl World {
    fn weight(&self, key: u64) -> u64 {
        if self.by_size { self.sizes[&key].max(1) } else { 1 }
    }

    fn weight_of(&self, keys: &[u64]) -> u64 {
        keys.iter().map(|&key| self.weight(key)).sum()
    }

    /// Adds a key that leaves to a list of ghosts of at most `most`, if it fits at all; the oldest go.
    fn haunt(&self, ghosts: &mut Vec<u64>, key: u64, most: u64) {
        if self.weight(key) <= most {
            self.limit(ghosts, most - self.weight(key));
            ghosts.push(key);
        }
    }

    fn limit(&self, ghosts: &mut Vec<u64>, most: u64) {
        while self.weight_of(ghosts) > most {
            ghosts.remove(0);
        }
    }
}

pub(crate) trait Twin {
    fn arrive(&mut self, _world: &World, _key: u64, _weight: u64) {}
    fn evict(&mut self, world: &World, arrival: Option<(u64, u64)>) -> Option<u64>;
    fn insert(&mut self, world: &World, key: u64);
    fn hit(&mut self, world: &World, key: u64);
    fn remove(&mut self, world: &World, key: u64);
}

pub(crate) fn twin(policy: Policy, seed: u64) -> Box<dyn Twin> {
    match policy {
        Policy::Fifo => Box::new(Line { keys: Vec::new(), moves: false, newest_leaves: false }),
        Policy::Lru => Box::new(Line { keys: Vec::new(), moves: true, newest_leaves: false }),
        Policy::Mru => Box::new(Line { keys: Vec::new(), moves: true, newest_leaves: true }),
        Policy::Random => Box::new(Random { keys: Vec::new(), luck: seed }),
        Policy::Clock => Box::<Clock>::default(),
        Policy::Lfu => Box::new(Ranked::new(|twin, _, key| (twin.uses[&key] as f64, twin.steps))),
        Policy::Lfuda => {
            Box::new(Ranked::new(|twin, _, key| (twin.age + twin.uses[&key] as f64, twin.steps)))
        }
        Policy::Gdsf => Box::new(Ranked::new(|twin, world, key| {
            (twin.age + twin.uses[&key] as f64 / world.weight(key) as f64, twin.steps)
        })),
        Policy::Slru => Box::<Slru>::default(),
        Policy::TwoQ => Box::<TwoQ>::default(),
        Policy::LruK => Box::<LruK>::default(),
        Policy::Arc => Box::<Arc>::default(),
        Policy::Lirs => Box::<Lirs>::default(),
        Policy::S3Fifo => Box::<S3Fifo>::default(),
        Policy::Sieve => Box::<Sieve>::default(),
        Policy::WTinylfu => Box::new(WTinyLfu::new()),
        Policy::RedisLru => Box::new(Redis { by_frequency: false, ..Redis::new(seed) }),
        Policy::RedisLfu => Box::new(Redis { by_frequency: true, ..Redis::new(seed) }),
    }
}

/// Takes `key` out of a list; whether it was there.
fn take(keys: &mut Vec<u64>, key: u64) -> bool {
    let place = keys.iter().position(|&other| other == key);
    place.map(|place| keys.remove(place)).is_some()
}

fn first(keys: &mut Vec<u64>) -> Option<u64> {
    if keys.is_empty() { None } else { Some(keys.remove(0)) }
}

/// A number below `count` from SplitMix64.
fn draw(luck: &mut u64, count: usize) -> usize {
    *luck = luck.wrapping_add(0x9e37_79b9_7f4a_7c15);
    ((u128::from(scramble(*luck) >> 32) * count as u128) >> 32) as usize
}

fn scramble(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Takes `key` out of a row, where the last one takes its place.
fn swap_out(row: &mut Vec<u64>, key: u64) {
    if let Some(place) = row.iter().position(|&other| other == key) {
        row.swap_remove(place);
    }
}
