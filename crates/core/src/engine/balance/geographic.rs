//! The nearest candidate that has room; when all there are full, the next nearest (Envoy's locality weights with their
//! priorities, Route 53's latency routing, Google's "waterfall by region").
//!
//! Candidates at one distance are one place. Of a place the one with the fewest calls in flight is taken, round robin
//! among equals, as long as it has fewer than `spill_over`. Where every place is full it is the nearest again: to send
//! far what will wait there too helps nobody. Who is not healthy is no candidate. Costs: O(candidates) per choice.
//!
//! Left out: shares by the capacity of a place, as Google's has them, and distances that are measured on the way.

use super::Candidate;
use super::round_robin::RoundRobin;

#[derive(Clone, Debug)]
pub(super) struct Geographic {
    ties: RoundRobin,
}

impl Default for Geographic {
    fn default() -> Self {
        Geographic { ties: RoundRobin::new(false) }
    }
}

impl Geographic {
    pub(super) fn follow(&mut self, candidates: &[Candidate]) {
        self.ties.follow(candidates);
    }

    pub(super) fn pick(&mut self, candidates: &[Candidate], spill_over: Option<u32>) -> Option<usize> {
        let room = spill_over.unwrap_or(u32::MAX);
        let with_room = candidates.iter().filter(|candidate| candidate.in_flight < room);
        let nearest = with_room.map(|candidate| candidate.distance).min();
        let nearest = nearest.or_else(|| candidates.iter().map(|candidate| candidate.distance).min())?;
        let here = |candidate: &&Candidate| candidate.distance == nearest;
        let least = candidates.iter().filter(here).map(|candidate| candidate.in_flight).min()?;
        let chosen = |candidate: &Candidate| candidate.distance == nearest && candidate.in_flight == least;
        let mut all = candidates.iter().enumerate().filter(|(_, candidate)| chosen(candidate));
        match (all.next(), all.next()) {
            (Some((only, _)), None) => Some(only),
            _ => self.ties.pick_among(candidates, |_, candidate| chosen(candidate)),
        }
    }

    pub(super) fn memory(&self) -> u64 {
        self.ties.memory()
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        self.ties.validate()
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::balance::tests::{ANY, candidate, rng};
    use crate::engine::balance::{Algorithm, Candidate, Picker, Settings};
    use proptest::prelude::*;

    fn at(distance: u64, in_flight: u32, instance: u32) -> Candidate {
        Candidate { distance, ..candidate(instance, in_flight, 1) }
    }

    /// Distances and calls in flight, the most a server may have, and who is chosen.
    #[test]
    fn the_nearest_with_room() {
        type Server = (u64, u32);
        let cases: [(&[Server], Option<u32>, usize); 7] = [
            (&[(80, 0), (20, 5), (20, 3)], None, 2),
            (&[(80, 0), (20, 5), (20, 5)], Some(5), 0),
            (&[(80, 0), (20, 5), (20, 4)], Some(5), 2),
            (&[(80, 9), (40, 9), (20, 9)], Some(9), 2),
            (&[(80, 9), (40, 8), (20, 9)], Some(9), 1),
            (&[(80, 0), (40, 8), (20, 100)], Some(9), 1),
            (&[(0, 7)], Some(1), 0),
        ];
        for (servers, spill_over, expected) in cases {
            let candidates: Vec<Candidate> = (0..)
                .zip(servers)
                .map(|(place, &(distance, in_flight))| at(distance, in_flight, place))
                .collect();
            let mut picker = Picker::new(Settings { spill_over, ..Settings::of(Algorithm::Geographic) });
            picker.follow(0, &candidates);
            let chosen = picker.pick(0, &candidates, &ANY, &mut rng());
            assert_eq!(chosen, Some(expected), "{servers:?} with {spill_over:?}");
        }
    }

    proptest! {
        /// Beside a sort by fullness, distance and calls: nobody before the chosen one, and equals in turn.
        #[test]
        fn nobody_better(servers in prop::collection::vec((0..4u64, 0..4u32), 1..12), spill_over in 1..5u32, picks in 1..30) {
            let mut candidates: Vec<Candidate> =
                (0..).zip(&servers).map(|(place, &(distance, in_flight))| at(distance, in_flight, place)).collect();
            let mut picker =
                Picker::new(Settings { spill_over: Some(spill_over), ..Settings::of(Algorithm::Geographic) });
            picker.follow(0, &candidates);
            for _ in 0..picks {
                let chosen = picker.pick(0, &candidates, &ANY, &mut rng()).unwrap();
                let place = |distance: u64| candidates.iter().filter(move |other| other.distance == distance);
                let key = |one: &Candidate| {
                    let is_full = place(one.distance).all(|other| other.in_flight >= spill_over);
                    (is_full, one.distance, one.in_flight)
                };
                let best = candidates.iter().map(key).min().unwrap();
                prop_assert_eq!(key(&candidates[chosen]), best);
                candidates[chosen].in_flight += 1;
                prop_assert_eq!(picker.validate(), Ok(()));
            }
        }

        /// Equals get as many, give or take one.
        #[test]
        fn equals_take_turns(count in 1..6u32, rounds in 1..5usize) {
            let candidates: Vec<Candidate> = (0..count).map(|place| at(3, 0, place)).collect();
            let mut picker = Picker::new(Settings::of(Algorithm::Geographic));
            picker.follow(0, &candidates);
            let mut counts = vec![0; count as usize];
            for _ in 0..rounds * count as usize {
                counts[picker.pick(0, &candidates, &ANY, &mut rng()).unwrap()] += 1;
            }
            prop_assert!(counts.iter().all(|picked| *picked == rounds), "{:?}", counts);
        }
    }
}
