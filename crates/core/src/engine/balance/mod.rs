//! A balancer's choice: which of several instances gets the next call.
//!
//! One file per algorithm behind [`Algorithm`]. A picker sees the candidates that may be chosen now (ready, not
//! ejected) with the calls each has in flight, and keeps only what its algorithm needs between calls. Counting what
//! is in flight is the caller's matter, so it survives a change of algorithm.
//!
//! Costs: O(candidates) per choice, no allocation while they stay the same.

mod least_connections;
mod random;
mod round_robin;
#[cfg(test)]
mod tests;

use least_connections::LeastConnections;
use rand_core::RngCore;
use round_robin::RoundRobin;
use serde::{Deserialize, Serialize};

/// How a balancer chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Algorithm {
    /// One after the other, each as often as its weight says.
    #[default]
    RoundRobin,
    /// Any, with a chance in proportion to its weight.
    Random,
    /// The one with the fewest calls in flight for its weight; among equals, round robin.
    LeastConnections,
}

impl Algorithm {
    /// Every algorithm, in the order of the list above.
    pub const ALL: [Algorithm; 3] = [Algorithm::RoundRobin, Algorithm::Random, Algorithm::LeastConnections];
}

/// An instance that may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its number, the same from choice to choice.
    pub instance: u32,
    /// Calls it has from this balancer that have not ended.
    pub in_flight: u32,
    /// Its share compared with the others'; 0 counts as 1.
    pub weight: u32,
}

impl Candidate {
    fn weight(&self) -> u64 {
        u64::from(self.weight.max(1))
    }
}

/// Chooses by one algorithm.
#[derive(Clone, Debug)]
pub struct Picker {
    algorithm: Algorithm,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    RoundRobin(RoundRobin),
    Random,
    LeastConnections(LeastConnections),
}

impl Picker {
    /// A picker that has not chosen yet.
    pub fn new(algorithm: Algorithm) -> Self {
        let state = match algorithm {
            Algorithm::RoundRobin => State::RoundRobin(RoundRobin::default()),
            Algorithm::Random => State::Random,
            Algorithm::LeastConnections => State::LeastConnections(LeastConnections::default()),
        };
        Picker { algorithm, state }
    }

    /// The algorithm in force.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Index of the chosen candidate; none only if there is none.
    ///
    /// `key` is what hashing algorithms choose by; the others ignore it. Only random ones draw from `rng`.
    pub fn pick(&mut self, candidates: &[Candidate], key: u64, rng: &mut impl RngCore) -> Option<usize> {
        // No algorithm hashes yet; the argument is part of the seam so that nodes pass it from the start.
        let _ = key;
        match &mut self.state {
            State::RoundRobin(state) => state.pick(candidates),
            State::Random => random::pick(candidates, rng),
            State::LeastConnections(state) => state.pick(candidates),
        }
    }

    /// Changes the algorithm: its tables start afresh, calls in flight are counted by the caller and stay.
    pub fn reconfigure(&mut self, algorithm: Algorithm) {
        if algorithm != self.algorithm {
            *self = Picker::new(algorithm);
        }
    }

    /// Bytes the picker occupies here.
    pub fn memory(&self) -> u64 {
        let tables = match &self.state {
            State::RoundRobin(state) => state.memory(),
            State::Random => 0,
            State::LeastConnections(state) => state.memory(),
        };
        size_of::<Picker>() as u64 + tables
    }

    /// Recounts the tables from scratch.
    ///
    /// # Errors
    /// What does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        match &self.state {
            State::RoundRobin(state) => state.validate(),
            State::Random => Ok(()),
            State::LeastConnections(state) => state.validate(),
        }
    }
}
