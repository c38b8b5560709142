//! Policies of one row, and who of it leaves: first in first out, the least and the most recently used, one at random, CLOCK, SIEVE.

use super::*;

pub(super) struct Line {
    pub(super) keys: Vec<u64>,
    pub(super) moves: bool,
    pub(super) newest_leaves: bool,
}

impl Twin for Line {
    fn evict(&mut self, _world: &World, _arrival: Option<(u64, u64)>) -> Option<u64> {
        if self.newest_leaves { self.keys.pop() } else { first(&mut self.keys) }
    }

    fn insert(&mut self, _world: &World, key: u64) {
        self.keys.push(key);
    }

    fn hit(&mut self, _world: &World, key: u64) {
        if self.moves {
            take(&mut self.keys, key);
            self.keys.push(key);
        }
    }

    fn remove(&mut self, _world: &World, key: u64) {
        take(&mut self.keys, key);
    }
}

pub(super) struct Random {
    pub(super) keys: Vec<u64>,
    pub(super) luck: u64,
}

impl Twin for Random {
    fn evict(&mut self, _world: &World, _arrival: Option<(u64, u64)>) -> Option<u64> {
        let place = draw(&mut self.luck, self.keys.len());
        Some(self.keys.swap_remove(place))
    }

    fn insert(&mut self, _world: &World, key: u64) {
        self.keys.push(key);
    }

    fn hit(&mut self, _world: &World, _key: u64) {}

    fn remove(&mut self, _world: &World, key: u64) {
        swap_out(&mut self.keys, key);
    }
}

/// Keys with a mark, from where the hand stands.
#[derive(Default)]
pub(super) struct Clock {
    pub(super) keys: Vec<(u64, bool)>,
}

impl Twin for Clock {
    fn evict(&mut self, _world: &World, _arrival: Option<(u64, u64)>) -> Option<u64> {
        while let (key, true) = self.keys[0] {
            self.keys.remove(0);
            self.keys.push((key, false));
        }
        Some(self.keys.remove(0).0)
    }

    fn insert(&mut self, _world: &World, key: u64) {
        self.keys.push((key, false));
    }

    fn hit(&mut self, _world: &World, key: u64) {
        self.keys.iter_mut().find(|(other, _)| *other == key).unwrap().1 = true;
    }

    fn remove(&mut self, _world: &World, key: u64) {
        self.keys.retain(|(other, _)| *other != key);
    }
}

/// Oldest first; the hand is a place.
#[derive(Default)]
pub(super) struct Sieve {
    pub(super) keys: Vec<(u64, bool)>,
    pub(super) hand: usize,
}

impl Twin for Sieve {
    fn evict(&mut self, _world: &World, _arrival: Option<(u64, u64)>) -> Option<u64> {
        loop {
            if self.hand == self.keys.len() {
                self.hand = 0;
            }
            if !self.keys[self.hand].1 {
                let victim = self.keys.remove(self.hand).0;
                if self.hand == self.keys.len() {
                    self.hand = 0;
                }
                return Some(victim);
            }
            self.keys[self.hand].1 = false;
            self.hand += 1;
        }
    }

    fn insert(&mut self, _world: &World, key: u64) {
        self.keys.push((key, false));
    }

    fn hit(&mut self, _world: &World, key: u64) {
        self.keys.iter_mut().find(|(other, _)| *other == key).unwrap().1 = true;
    }

    fn remove(&mut self, _world: &World, key: u64) {
        let place = self.keys.iter().position(|(other, _)| *other == key).unwrap();
        self.keys.remove(place);
        if place < self.hand {
            self.hand -= 1;
        }
        if self.hand == self.keys.len() {
            self.hand = 0;
        }
    }
}
