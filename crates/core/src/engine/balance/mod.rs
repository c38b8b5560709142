//! A balancer's choice: which of several instances gets the next call.
//!
//! One file per algorithm behind [`Algorithm`]. A picker sees the candidates that may be chosen now (ready, not
//! ejected) with the calls each has in flight, and keeps only what its algorithm needs between calls. Counting what
//! is in flight is the caller's matter, so it survives a change of algorithm.
//!
//! It is told when the candidates change ([`Picker::follow`]) and when one answers ([`Picker::answered`]). Costs per
//! choice stand with each algorithm; the most are O(candidates), some draw or look up and do not depend on their
//! number. Nothing is allocated while the candidates stay the same.

mod accounts;
mod choices;
mod least_connections;
mod least_response_time;
mod peak_ewma;
mod random;
mod round_robin;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod twins;

use crate::engine::{Nanos, Time};
use choices::Several;
use least_connections::LeastConnections;
use least_response_time::LeastResponseTime;
use peak_ewma::{Memory, PeakEwma};
use rand_core::RngCore;
use random::Shares;
use round_robin::RoundRobin;
use serde::{Deserialize, Serialize};

/// How a balancer chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Algorithm {
    /// One after the other.
    #[default]
    RoundRobin,
    /// One after the other, each as often as its weight says, evenly spread.
    WeightedRoundRobin,
    /// Any, each alike.
    Random,
    /// Any, with a chance in proportion to its weight.
    WeightedRandom,
    /// The one with the fewest calls in flight; among equals, round robin.
    LeastConnections,
    /// The one with the fewest calls in flight for its weight; among equals, weighted round robin.
    WeightedLeastConnections,
    /// The one with the least product of mean response time and calls in flight, for its weight.
    LeastResponseTime,
    /// Of two drawn at random, the one with fewer calls in flight.
    PowerOfTwo,
    /// Of `d` drawn at random, the one with the fewest calls in flight.
    PowerOfD,
    /// Of two drawn at random, the one with the smaller product of recent response time, peaks first, and calls in flight.
    PeakEwma,
}

impl Algorithm {
    /// Every algorithm, in the order of the list above.
    pub const ALL: [Algorithm; 10] = [
        Algorithm::RoundRobin,
        Algorithm::WeightedRoundRobin,
        Algorithm::Random,
        Algorithm::WeightedRandom,
        Algorithm::LeastConnections,
        Algorithm::WeightedLeastConnections,
        Algorithm::LeastResponseTime,
        Algorithm::PowerOfTwo,
        Algorithm::PowerOfD,
        Algorithm::PeakEwma,
    ];
}

/// An algorithm and what it goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How it chooses.
    pub algorithm: Algorithm,
    /// Power of d: how many are drawn.
    pub d: u32,
    /// Peak EWMA: after so long without answers 1/e of a response time is left.
    pub decay: Nanos,
    /// Peak EWMA: the response time of one that has never answered; none: it is tried once.
    pub default_rtt: Option<Nanos>,
}

impl Settings {
    /// Power of d without more words: two choices already take most of what there is to gain, three are seldom worth it.
    pub const D: u32 = 3;
    /// Finagle's and Linkerd's.
    pub const DECAY: Nanos = 10_000_000_000;

    /// An algorithm with the usual settings.
    pub fn of(algorithm: Algorithm) -> Settings {
        Settings { algorithm, d: Self::D, decay: Self::DECAY, default_rtt: None }
    }

    fn memory(&self) -> Memory {
        Memory { decay: self.decay, default_rtt: self.default_rtt }
    }
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
    #[inline]
    fn weight(&self) -> u64 {
        u64::from(self.weight.max(1))
    }
}

/// Chooses by one algorithm.
#[derive(Clone, Debug)]
pub struct Picker {
    settings: Settings,
    state: State,
    /// How many candidates it knows of.
    count: usize,
}

#[derive(Clone, Debug)]
enum State {
    RoundRobin(RoundRobin),
    Random,
    WeightedRandom(Shares),
    LeastConnections(LeastConnections),
    LeastResponseTime(LeastResponseTime),
    PowerOfTwo,
    PowerOfD(Several),
    PeakEwma(PeakEwma),
}

impl State {
    fn of(algorithm: Algorithm) -> State {
        match algorithm {
            Algorithm::RoundRobin => State::RoundRobin(RoundRobin::new(false)),
            Algorithm::WeightedRoundRobin => State::RoundRobin(RoundRobin::new(true)),
            Algorithm::Random => State::Random,
            Algorithm::WeightedRandom => State::WeightedRandom(Shares::default()),
            Algorithm::LeastConnections => State::LeastConnections(LeastConnections::new(false)),
            Algorithm::WeightedLeastConnections => State::LeastConnections(LeastConnections::new(true)),
            Algorithm::LeastResponseTime => State::LeastResponseTime(LeastResponseTime::default()),
            Algorithm::PowerOfTwo => State::PowerOfTwo,
            Algorithm::PowerOfD => State::PowerOfD(Several::default()),
            Algorithm::PeakEwma => State::PeakEwma(PeakEwma::default()),
        }
    }
}

impl Picker {
    /// A picker that has not chosen yet and knows no candidates.
    pub fn new(settings: Settings) -> Self {
        Picker { settings, state: State::of(settings.algorithm), count: 0 }
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The candidates of the choices to come: which they are, in which order, and their weights. Calls in flight may
    /// change without this.
    pub fn follow(&mut self, now: Time, candidates: &[Candidate]) {
        self.count = candidates.len();
        match &mut self.state {
            State::RoundRobin(state) => state.follow(candidates),
            State::WeightedRandom(state) => state.follow(candidates),
            State::LeastConnections(state) => state.follow(candidates),
            State::LeastResponseTime(state) => state.follow(candidates),
            State::PowerOfD(state) => state.follow(candidates),
            State::PeakEwma(state) => state.follow(now, candidates, self.settings.memory()),
            State::Random | State::PowerOfTwo => {}
        }
    }

    /// Index of the chosen candidate; none only if there is none.
    ///
    /// `key` is what hashing algorithms choose by; the others ignore it. Only random ones draw from `rng`.
    pub fn pick(
        &mut self,
        now: Time,
        candidates: &[Candidate],
        key: u64,
        rng: &mut impl RngCore,
    ) -> Option<usize> {
        // No algorithm hashes yet; the argument is part of the seam so that nodes pass it from the start.
        let _ = key;
        debug_assert_eq!(self.count, candidates.len(), "nobody told of new candidates");
        match &mut self.state {
            State::RoundRobin(state) => state.pick(candidates),
            State::Random => random::pick(candidates, rng),
            State::WeightedRandom(state) => state.pick(rng),
            State::LeastConnections(state) => state.pick(candidates),
            State::LeastResponseTime(state) => state.pick(candidates),
            State::PowerOfTwo => choices::pick_of_two(candidates, rng),
            State::PowerOfD(state) => state.pick(candidates, self.settings.d, rng),
            State::PeakEwma(state) => state.pick(now, candidates, self.settings.memory(), rng),
        }
    }

    /// The candidate at `index` has answered, so long after it was asked, well or badly.
    #[inline]
    pub fn answered(&mut self, now: Time, index: usize, response_time: Nanos) {
        match &mut self.state {
            State::LeastResponseTime(state) => state.answered(index, response_time),
            State::PeakEwma(state) => state.answered(now, index, response_time, self.settings.memory()),
            State::RoundRobin(_)
            | State::Random
            | State::WeightedRandom(_)
            | State::LeastConnections(_)
            | State::PowerOfTwo
            | State::PowerOfD(_) => {}
        }
    }

    /// Changes the settings. With another algorithm tables start afresh; calls in flight are counted by the caller and
    /// stay.
    pub fn reconfigure(&mut self, now: Time, settings: Settings, candidates: &[Candidate]) {
        if settings.algorithm != self.settings.algorithm {
            self.state = State::of(settings.algorithm);
        }
        self.settings = settings;
        self.follow(now, candidates);
    }

    /// Bytes the picker occupies here.
    pub fn memory(&self) -> u64 {
        let tables = match &self.state {
            State::RoundRobin(state) => state.memory(),
            State::WeightedRandom(state) => state.memory(),
            State::LeastConnections(state) => state.memory(),
            State::LeastResponseTime(state) => state.memory(),
            State::PowerOfD(state) => state.memory(),
            State::PeakEwma(state) => state.memory(),
            State::Random | State::PowerOfTwo => 0,
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
            State::WeightedRandom(state) => state.validate(),
            State::LeastConnections(state) => state.validate(),
            State::LeastResponseTime(state) => state.validate(),
            State::PowerOfD(state) => state.validate(),
            State::PeakEwma(state) => state.validate(),
            State::Random | State::PowerOfTwo => Ok(()),
        }
    }
}
