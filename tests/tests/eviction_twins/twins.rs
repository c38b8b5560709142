//! The policies written for reading: lists of keys in vectors, searched from end to end.

use headroom_core::engine::cache::Policy;
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

struct Line {
    keys: Vec<u64>,
    moves: bool,
    newest_leaves: bool,
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

struct Random {
    keys: Vec<u64>,
    luck: u64,
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
struct Clock {
    keys: Vec<(u64, bool)>,
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
struct Sieve {
    keys: Vec<(u64, bool)>,
    hand: usize,
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

/// The least rank leaves; a rank is made at each use.
struct Ranked {
    uses: BTreeMap<u64, u64>,
    ranks: BTreeMap<u64, (f64, u64)>,
    age: f64,
    steps: u64,
    rank: fn(&Ranked, &World, u64) -> (f64, u64),
}

impl Ranked {
    fn new(rank: fn(&Ranked, &World, u64) -> (f64, u64)) -> Self {
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
struct Slru {
    segments: [Vec<u64>; 4],
}

impl Slru {
    fn share(world: &World, segment: usize) -> u64 {
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
struct TwoQ {
    newcomers: Vec<u64>,
    ghosts: Vec<u64>,
    main: Vec<u64>,
    arrival_is_known: bool,
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
struct LruK {
    /// Second-last and last use, of stored keys and of ghosts.
    uses: BTreeMap<u64, (u64, u64)>,
    stored: Vec<u64>,
    ghosts: Vec<u64>,
    time: u64,
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

#[derive(Default)]
struct Arc {
    once: Vec<u64>,
    again: Vec<u64>,
    once_ghosts: Vec<u64>,
    again_ghosts: Vec<u64>,
    target: f64,
    was_once: bool,
    was_again: bool,
}

impl Arc {
    fn limit(&mut self, world: &World, weight: u64) {
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
struct Lirs {
    stack: Vec<u64>,
    queue: Vec<u64>,
    lir: Vec<u64>,
    ghosts: Vec<u64>,
    arrival_is_known: bool,
}

impl Lirs {
    fn share(world: &World) -> u64 {
        world.room.saturating_sub((world.room / 100).max(1))
    }

    fn prune(&mut self) {
        while self.stack.first().is_some_and(|bottom| !self.lir.contains(bottom)) {
            let bottom = self.stack.remove(0);
            take(&mut self.ghosts, bottom);
        }
    }

    fn demote(&mut self) {
        if let Some(bottom) = first(&mut self.stack) {
            take(&mut self.lir, bottom);
            self.queue.push(bottom);
            self.prune();
        }
    }

    fn balance(&mut self, world: &World) {
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

#[derive(Default)]
struct S3Fifo {
    small: Vec<u64>,
    main: Vec<u64>,
    ghosts: Vec<u64>,
    uses: BTreeMap<u64, u32>,
    has_evicted: bool,
    arrival_is_known: bool,
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

struct WTinyLfu {
    window: Vec<u64>,
    probation: Vec<u64>,
    protected: Vec<u64>,
    /// Blocks of eight words of sixteen counters.
    counters: Vec<[[u8; 16]; 8]>,
    additions: u64,
}

impl WTinyLfu {
    fn new() -> Self {
        let counters = vec![[[0; 16]; 8]];
        WTinyLfu { window: Vec::new(), probation: Vec::new(), protected: Vec::new(), counters, additions: 0 }
    }

    fn places(&self, key: u64) -> [(usize, usize, usize); 4] {
        let hash = scramble(key);
        let block = (hash >> 32) as usize % self.counters.len();
        [0, 1, 2, 3].map(|row| {
            let bits = (hash >> (8 * row)) as usize;
            (block, 2 * row + bits % 2, bits / 2 % 16)
        })
    }

    fn estimate(&self, key: u64) -> u8 {
        self.places(key).map(|(block, word, at)| self.counters[block][word][at]).into_iter().min().unwrap()
    }

    fn count(&mut self, world: &World, key: u64) {
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

    fn window_share(world: &World) -> u64 {
        (world.room / 100).max(1)
    }

    fn main_share(world: &World) -> u64 {
        world.room - WTinyLfu::window_share(world).min(world.room)
    }

    fn balance(&mut self, world: &World) {
        while world.weight_of(&self.window) > WTinyLfu::window_share(world) {
            self.probation.push(self.window.remove(0));
        }
        let main = WTinyLfu::main_share(world);
        while world.weight_of(&self.protected) > main - main / 5 {
            self.probation.push(self.protected.remove(0));
        }
    }

    fn evict_main(&mut self) -> Option<u64> {
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

struct Redis {
    by_frequency: bool,
    row: Vec<u64>,
    /// When each key was used last, and its counter then.
    used: BTreeMap<u64, (u64, u64)>,
    /// Idleness and key, the best victim last.
    pool: Vec<(u64, u64)>,
    luck: u64,
}

const SECOND: u64 = 1_000_000_000;

impl Redis {
    fn new(seed: u64) -> Self {
        Redis { by_frequency: false, row: Vec::new(), used: BTreeMap::new(), pool: Vec::new(), luck: seed }
    }

    fn counter(&self, world: &World, key: u64) -> u64 {
        let (when, counter) = self.used[&key];
        counter.saturating_sub(world.now / (60 * SECOND) - when / (60 * SECOND))
    }

    fn idle(&self, world: &World, key: u64) -> u64 {
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
