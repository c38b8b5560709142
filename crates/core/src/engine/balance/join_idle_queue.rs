//! Join-idle-queue (Lu and others, "Join-Idle-Queue: A Novel Load Balancing Algorithm for Dynamically Scalable Web
//! Services", 2011): candidates that have become idle stand in a queue, the one idle longest gets the next call; with
//! nobody in the queue, any gets it.
//!
//! A choice asks nobody: idle servers have said so before. Where several balancers share the servers, in the paper a
//! server joins the queue of one of them; here a balancer thinks idle whoever has none of its own calls. Costs: O(1) per
//! choice and answer; O(candidates) when those change, and then the idle stand in the candidates' order.

use super::{Candidate, random};
use rand_core::RngCore;
use std::collections::VecDeque;

#[derive(Clone, Debug, Default)]
pub(super) struct JoinIdleQueue {
    /// Places of candidates without a call.
    idle: VecDeque<u32>,
}

impl JoinIdleQueue {
    pub(super) fn follow(&mut self, candidates: &[Candidate]) {
        self.idle.clear();
        self.idle.reserve(candidates.len());
        let idle = (0..).zip(candidates).filter(|(_, candidate)| candidate.in_flight == 0);
        self.idle.extend(idle.map(|(place, _)| place));
    }

    pub(super) fn pick(&mut self, candidates: &[Candidate], rng: &mut impl RngCore) -> Option<usize> {
        match self.idle.pop_front() {
            Some(place) => Some(place as usize),
            None => random::pick(candidates, rng),
        }
    }

    pub(super) fn answered(&mut self, index: usize, candidate: &Candidate) {
        if candidate.in_flight == 0 {
            self.idle.push_back(index as u32);
        }
    }

    pub(super) fn memory(&self) -> u64 {
        (self.idle.capacity() * size_of::<u32>()) as u64
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        let mut idle: Vec<u32> = self.idle.iter().copied().collect();
        idle.sort_unstable();
        match idle.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("place {} stands in the queue twice", pair[0])),
            None => Ok(()),
        }
    }
}
