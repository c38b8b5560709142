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
mod bound;
mod choices;
mod geographic;
#[cfg(test)]
mod hash_tests;
mod homes;
mod ip_hash;
mod join_idle_queue;
mod jump;
mod least_connections;
mod least_response_time;
mod maglev;
mod owners;
mod peak_ewma;
mod random;
mod rendezvous;
mod ring;
mod round_robin;
mod sticky;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod twins;

pub use homes::{Homes, SAMPLE};
pub use jump::jump;
pub use rendezvous::highest;
pub use sticky::User;

use crate::engine::{Nanos, Time};
use bound::Bound;
use choices::Several;
use geographic::Geographic;
use join_idle_queue::JoinIdleQueue;
use least_connections::LeastConnections;
use least_response_time::LeastResponseTime;
use maglev::Maglev;
use peak_ewma::{Memory, PeakEwma};
use rand_core::RngCore;
use random::Shares;
use ring::Ring;
use round_robin::RoundRobin;
use serde::{Deserialize, Serialize};
use sticky::Sticky;

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
    /// The one idle longest, without asking around; if none is idle, any.
    JoinIdleQueue,
    /// By the first three numbers of the caller's address, as nginx does: one network, one server.
    IpHash,
    /// By the key, modulo the number of instances. When that changes, most keys move.
    Hash,
    /// By the key, on a ring with many points for each instance (ketama). When one leaves, only its keys move.
    Ring,
    /// By the key, without a table, evenly. Only the last instance can leave without moving others' keys.
    Jump,
    /// By the key: the instance whose hash together with it is highest. When one leaves, only its keys move.
    Rendezvous,
    /// By the key, in a table filled evenly in turn. When one leaves, its keys move and a few others.
    Maglev,
    /// A user's first request goes round robin by weight, and all others to the same instance, by a cookie.
    Sticky,
    /// The nearest place that has room, by the latency of the links; in it, the instance with the fewest calls in flight.
    Geographic,
}

impl Algorithm {
    /// Every algorithm, in the order of the list above.
    pub const ALL: [Algorithm; 19] = [
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
        Algorithm::JoinIdleQueue,
        Algorithm::IpHash,
        Algorithm::Hash,
        Algorithm::Ring,
        Algorithm::Jump,
        Algorithm::Rendezvous,
        Algorithm::Maglev,
        Algorithm::Sticky,
        Algorithm::Geographic,
    ];

    /// Whether weights that change often are no trouble to it and make a difference.
    pub fn goes_by_weight(self) -> bool {
        matches!(
            self,
            Algorithm::WeightedRoundRobin
                | Algorithm::WeightedRandom
                | Algorithm::WeightedLeastConnections
                | Algorithm::LeastResponseTime
                | Algorithm::Sticky
        )
    }

    /// Whether it chooses without looking at the call, who asks, or what is in flight.
    pub fn sees_nothing(self) -> bool {
        matches!(
            self,
            Algorithm::RoundRobin
                | Algorithm::WeightedRoundRobin
                | Algorithm::Random
                | Algorithm::WeightedRandom
        )
    }

    /// Whether it looks at who asks, at [`Request::address`] or [`Request::user`].
    pub fn asks_who(self) -> bool {
        matches!(self, Algorithm::IpHash | Algorithm::Sticky)
    }
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
    /// Ring: points of an instance of weight 1.
    pub virtual_nodes: u32,
    /// Ring, jump, rendezvous, Maglev: nobody gets more than so many per cent of the mean; none: no bound.
    pub hash_balance_factor: Option<u32>,
    /// Geographic: from so many calls in flight on a server is full; none: never.
    pub spill_over: Option<u32>,
}

impl Settings {
    /// Power of d without more words: two choices already take most of what there is to gain, three are seldom worth it.
    pub const D: u32 = 3;
    /// Finagle's and Linkerd's.
    pub const DECAY: Nanos = 10_000_000_000;
    /// Ketama's and nginx's.
    pub const VIRTUAL_NODES: u32 = 160;

    /// An algorithm with the usual settings.
    pub fn of(algorithm: Algorithm) -> Settings {
        Settings {
            algorithm,
            d: Self::D,
            decay: Self::DECAY,
            default_rtt: None,
            virtual_nodes: Self::VIRTUAL_NODES,
            hash_balance_factor: None,
            spill_over: None,
        }
    }

    fn bound<'a>(&self, candidates: &'a [Candidate]) -> Option<Bound<'a>> {
        self.hash_balance_factor.map(|percent| Bound::new(candidates, percent))
    }

    fn memory(&self) -> Memory {
        Memory { decay: self.decay, default_rtt: self.default_rtt }
    }
}

/// What a call says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The key asked for: what hashing algorithms choose by.
    pub key: u64,
    /// The IPv4 address it comes from.
    pub address: u32,
    /// Whose it is; none: nobody's who keeps cookies.
    pub user: Option<User>,
}

/// An instance that may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its number, the same from choice to choice.
    pub instance: u32,
    /// Its name as a number: hashing algorithms put it where that says, so that a replacement takes its place.
    pub identity: u64,
    /// Calls it has from this balancer that have not ended.
    pub in_flight: u32,
    /// Its share compared with the others'; 0 counts as 1.
    pub weight: u32,
    /// How far a message to it goes, in ns.
    pub distance: Nanos,
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
    JoinIdleQueue(JoinIdleQueue),
    IpHash(Shares),
    Hash,
    Ring(Ring),
    Jump,
    Rendezvous,
    Maglev(Maglev),
    // Large, and rare.
    Sticky(Box<Sticky>),
    Geographic(Geographic),
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
            Algorithm::JoinIdleQueue => State::JoinIdleQueue(JoinIdleQueue::default()),
            Algorithm::IpHash => State::IpHash(Shares::default()),
            Algorithm::Hash => State::Hash,
            Algorithm::Ring => State::Ring(Ring::default()),
            Algorithm::Jump => State::Jump,
            Algorithm::Rendezvous => State::Rendezvous,
            Algorithm::Maglev => State::Maglev(Maglev::default()),
            Algorithm::Sticky => State::Sticky(Box::default()),
            Algorithm::Geographic => State::Geographic(Geographic::default()),
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
            State::WeightedRandom(state) | State::IpHash(state) => state.follow(candidates),
            State::LeastConnections(state) => state.follow(candidates),
            State::LeastResponseTime(state) => state.follow(candidates),
            State::PowerOfD(state) => state.follow(candidates),
            State::PeakEwma(state) => state.follow(now, candidates, self.settings.memory()),
            State::JoinIdleQueue(state) => state.follow(candidates),
            State::Ring(state) => state.follow(candidates, self.settings.virtual_nodes),
            State::Maglev(state) => state.follow(candidates),
            State::Sticky(state) => state.follow(candidates),
            State::Geographic(state) => state.follow(candidates),
            State::Random | State::PowerOfTwo | State::Hash | State::Jump | State::Rendezvous => {}
        }
    }

    /// Index of the chosen candidate; none only if there is none. Only random algorithms draw from `rng`.
    pub fn pick(
        &mut self,
        now: Time,
        candidates: &[Candidate],
        request: &Request,
        rng: &mut impl RngCore,
    ) -> Option<usize> {
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
            State::JoinIdleQueue(state) => state.pick(candidates, rng),
            State::Sticky(state) => state.pick(candidates, request.user),
            State::Geographic(state) => state.pick(candidates, self.settings.spill_over),
            _ => self.home(candidates, request, self.settings.bound(candidates).as_ref()),
        }
    }

    /// Another than the one picked last was taken. What is counted in flight says so already.
    pub fn passed_over(&mut self, candidates: &[Candidate]) {
        if let State::JoinIdleQueue(state) = &mut self.state {
            state.follow(candidates);
        }
    }

    /// The candidate at `index` has answered, so long after it was asked, well or badly; the call is off its count.
    #[inline]
    pub fn answered(&mut self, now: Time, index: usize, candidate: &Candidate, response_time: Nanos) {
        match &mut self.state {
            State::LeastResponseTime(state) => state.answered(index, response_time),
            State::PeakEwma(state) => state.answered(now, index, response_time, self.settings.memory()),
            State::JoinIdleQueue(state) => state.answered(index, candidate),
            _ => {}
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
            State::WeightedRandom(state) | State::IpHash(state) => state.memory(),
            State::LeastConnections(state) => state.memory(),
            State::LeastResponseTime(state) => state.memory(),
            State::PowerOfD(state) => state.memory(),
            State::PeakEwma(state) => state.memory(),
            State::JoinIdleQueue(state) => state.memory(),
            State::Ring(state) => state.memory(),
            State::Maglev(state) => state.memory(),
            State::Sticky(state) => state.memory(),
            State::Geographic(state) => state.memory(),
            State::Random | State::PowerOfTwo | State::Hash | State::Jump | State::Rendezvous => 0,
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
            State::WeightedRandom(state) | State::IpHash(state) => state.validate(),
            State::LeastConnections(state) => state.validate(),
            State::LeastResponseTime(state) => state.validate(),
            State::PowerOfD(state) => state.validate(),
            State::PeakEwma(state) => state.validate(),
            State::JoinIdleQueue(state) => state.validate(),
            State::Ring(state) => state.validate(),
            State::Maglev(state) => state.validate(),
            State::Sticky(state) => state.validate(),
            State::Geographic(state) => state.validate(),
            State::Random | State::PowerOfTwo | State::Hash | State::Jump | State::Rendezvous => Ok(()),
        }
    }
}
