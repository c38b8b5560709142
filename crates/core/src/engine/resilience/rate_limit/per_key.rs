//! A limit for each client: the same settings, a state of its own for each key, in bounded memory.
//!
//! When there is no room for a new key, the one that asked longest ago is forgotten, as in nginx's `limit_req` zone; if
//! it comes back it starts afresh. So a crowd of keys larger than the room weakens the limit, never the other way.
//!
//! Keys are found by the cache's index, whose order depends on nothing but them. Costs: O(1) beyond the algorithm's;
//! about 100 bytes a key, and a log's calls. Nothing is allocated once there is no more room.

use super::{RateLimitSettings, RetryAfter, State};
use crate::engine::Time;
use crate::engine::cache::index::{Index, hash};

const NONE: u32 = u32::MAX;

/// A limit for each key.
#[derive(Clone, Debug)]
pub struct PerKey {
    settings: RateLimitSettings,
    index: Index,
    entries: Vec<Entry>,
    max_keys: u32,
    /// Who asked last, and who asked longest ago.
    newest: u32,
    oldest: u32,
}

#[derive(Clone, Debug)]
struct Entry {
    key: u64,
    state: State,
    /// Who asked after it, and who before.
    newer: u32,
    older: u32,
}

impl PerKey {
    /// Nobody has asked yet; `max_keys` are remembered, at least one.
    pub fn new(settings: RateLimitSettings, max_keys: u32) -> Self {
        let (index, entries) = (Index::default(), Vec::new());
        PerKey { settings, index, entries, max_keys: max_keys.clamp(1, NONE), newest: NONE, oldest: NONE }
    }

    /// The settings in force.
    pub fn settings(&self) -> RateLimitSettings {
        self.settings
    }

    /// Keys remembered.
    pub fn keys(&self) -> u32 {
        self.index.len()
    }

    /// Whether a call of this key may pass now, which it then does.
    ///
    /// # Errors
    /// It may not; how long it would have to wait.
    pub fn allow(&mut self, now: Time, key: u64) -> Result<(), RetryAfter> {
        let hash = hash(key);
        let known = self.index.find(hash, |entry| self.entries[entry as usize].key == key);
        let at = known.unwrap_or_else(|| self.remember(hash, key));
        if self.newest != at {
            if known.is_some() {
                self.unlink(at);
            }
            self.link(at);
        }
        self.entries[at as usize].state.allow(now, &self.settings)
    }

    /// A place for a new key, not linked.
    fn remember(&mut self, hash_of_key: u32, key: u64) -> u32 {
        let at = if (self.entries.len() as u32) < self.max_keys {
            let state = State::new(&self.settings);
            self.entries.push(Entry { key, state, newer: NONE, older: NONE });
            self.entries.len() as u32 - 1
        } else {
            let at = self.oldest;
            self.unlink(at);
            let entry = &mut self.entries[at as usize];
            self.index.remove(hash(entry.key), at);
            entry.key = key;
            entry.state.reset(&self.settings);
            at
        };
        self.index.insert(hash_of_key, at);
        at
    }

    fn link(&mut self, at: u32) {
        let older = std::mem::replace(&mut self.newest, at);
        let entry = &mut self.entries[at as usize];
        (entry.newer, entry.older) = (NONE, older);
        match self.entries.get_mut(older as usize) {
            Some(entry) => entry.newer = at,
            None => self.oldest = at,
        }
    }

    fn unlink(&mut self, at: u32) {
        let Entry { newer, older, .. } = self.entries[at as usize];
        match self.entries.get_mut(newer as usize) {
            Some(entry) => entry.older = older,
            None => self.newest = older,
        }
        match self.entries.get_mut(older as usize) {
            Some(entry) => entry.newer = newer,
            None => self.oldest = newer,
        }
    }

    /// Changes the settings for all keys, as [`super::RateLimiter::reconfigure`] does. Costs: O(keys).
    pub fn reconfigure(&mut self, now: Time, settings: RateLimitSettings) {
        for entry in &mut self.entries {
            entry.state.reconfigure(now, &self.settings, &settings);
        }
        self.settings = settings;
    }

    /// Bytes it occupies here.
    pub fn memory(&self) -> u64 {
        let states: u64 = self.entries.iter().map(|entry| entry.state.memory()).sum();
        let entries = (self.entries.capacity() * size_of::<Entry>()) as u64;
        size_of::<PerKey>() as u64 + self.index.memory() + entries + states
    }

    /// Follows the list and looks every key up.
    ///
    /// # Errors
    /// What does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        self.index.validate()?;
        let (mut at, mut newer, mut count) = (self.newest, NONE, 0);
        while let Some(entry) = self.entries.get(at as usize) {
            let found = self.index.find(hash(entry.key), |other| other == at);
            if found != Some(at) || entry.newer != newer {
                return Err(format!("key {} is lost", entry.key));
            }
            entry.state.validate(&self.settings)?;
            count += 1;
            (newer, at) = (at, entry.older);
        }
        let counts = (count, self.entries.len() as u32, self.index.len());
        if newer != self.oldest || counts.0 != counts.1 || counts.0 != counts.2 {
            return Err(format!("{counts:?} keys listed, kept and indexed"));
        }
        Ok(())
    }
}
