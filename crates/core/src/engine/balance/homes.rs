//! Where keys are at home, and how many of them move when candidates or settings change.
//!
//! A hashing algorithm sends a key to the same candidate again and again, so that this one may keep what belongs to it. What
//! such an algorithm is good for shows when a candidate comes or goes: the share of the keys that are then at home elsewhere,
//! and find nothing kept there. It is counted over a fixed sample that stands for all keys alike, popular or not; with bounded
//! loads it is where they would go if all had room. A candidate that takes another's place under its name has its keys.
//!
//! Costs: nothing per choice; the choices of [`SAMPLE`] keys, twice, when candidates change. The share of a sample of a
//! thousand is off by 1.3 points (one standard error) at 20 %.

use super::{Algorithm, Candidate, Picker, Request, State};
use super::{ip_hash, jump, rendezvous};
use crate::engine::balance::bound::Bound;
use crate::engine::mixing::{combine, scramble};
use std::iter::zip;

/// How many keys are asked about.
pub const SAMPLE: u64 = 1_000;

/// The identity of the candidate that each key of the sample belongs to.
#[derive(Clone, Debug)]
pub struct Homes(Vec<u64>);

impl Homes {
    /// How many keys of the sample are at home elsewhere.
    pub fn moved_to(&self, others: &Homes) -> u64 {
        zip(&self.0, &others.0).filter(|(before, after)| before != after).count() as u64
    }
}

impl Algorithm {
    /// Whether it sends the same key, or the same address, to the same instance.
    pub fn hashes(self) -> bool {
        matches!(
            self,
            Algorithm::IpHash
                | Algorithm::Hash
                | Algorithm::Ring
                | Algorithm::Jump
                | Algorithm::Rendezvous
                | Algorithm::Maglev
        )
    }
}

impl Picker {
    /// Where the keys of the sample are at home; none if the algorithm does not go by keys, or nobody is there.
    pub fn homes(&self, candidates: &[Candidate]) -> Option<Homes> {
        let home = |number| {
            let key = combine(SAMPLE, number);
            self.home(candidates, &Request { key, address: key as u32, user: None }, None)
        };
        let homes = (0..SAMPLE).map(|number| home(number).map(|place| candidates[place].identity));
        homes.collect::<Option<Vec<u64>>>().map(Homes)
    }

    /// The place of the candidate that a request belongs to; none if the algorithm does not go by keys.
    #[inline]
    pub(super) fn home(
        &self,
        candidates: &[Candidate],
        request: &Request,
        bound: Option<&Bound<'_>>,
    ) -> Option<usize> {
        let key = request.key;
        match &self.state {
            State::IpHash(state) => ip_hash::pick(state, request.address),
            State::Hash => scramble(key).checked_rem(candidates.len() as u64).map(|place| place as usize),
            State::Ring(state) => state.pick(key, bound),
            State::Jump => jump::pick(key, candidates.len(), bound),
            State::Rendezvous => rendezvous::pick(key, candidates, bound),
            State::Maglev(state) => state.pick(key, bound),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::candidate;
    use super::super::{Algorithm, Candidate, Picker, Settings};
    use super::*;

    fn servers(count: u32) -> Vec<Candidate> {
        let server = |instance: u32| Candidate {
            identity: scramble(u64::from(instance) + 1_000),
            ..candidate(instance, 0, 1)
        };
        (0..count).map(server).collect()
    }

    fn homes(settings: Settings, candidates: &[Candidate]) -> Option<Homes> {
        let mut picker = Picker::new(settings);
        picker.follow(0, candidates);
        picker.homes(candidates)
    }

    /// Servers before and after, and the share that must move by arithmetic: a modulo keeps a key only if both remainders
    /// are the same, n of n (n + 1); whoever moves as little as can be moves what the new one gets or the old one had. Three
    /// standard errors of a thousand keys are allowed, and to rings what shares of 160 points scatter.
    #[test]
    fn so_many_keys_move() {
        use Algorithm::{Hash, IpHash, Jump, Maglev, Rendezvous, Ring};
        for (algorithm, before, after, share, scatter) in [
            (Hash, 4, 5, 0.8, 0.0),
            (Hash, 10, 11, 10.0 / 11.0, 0.0),
            (IpHash, 4, 5, 0.8, 0.0),
            (Ring, 4, 5, 0.2, 0.05),
            (Ring, 10, 9, 0.1, 0.03),
            (Jump, 4, 5, 0.2, 0.0),
            (Jump, 10, 11, 1.0 / 11.0, 0.0),
            (Rendezvous, 4, 5, 0.2, 0.0),
            (Rendezvous, 10, 9, 0.1, 0.0),
            // Of slots 10.2 % change hands when one of ten leaves, so of keys as well; 22 % or so when a fifth comes.
            (Maglev, 4, 5, 0.21, 0.015),
            (Maglev, 10, 9, 0.102, 0.0),
        ] {
            let settings = Settings::of(algorithm);
            let (before, after) = (servers(before), servers(after));
            let homes = [&before, &after].map(|candidates| homes(settings, candidates).unwrap());
            let moved = homes[0].moved_to(&homes[1]) as f64 / SAMPLE as f64;
            let error = 3.0 * (share * (1.0 - share) / SAMPLE as f64).sqrt();
            println!("{algorithm:?}, {} to {}: {:.1} %", before.len(), after.len(), 100.0 * moved);
            assert!((moved - share).abs() <= error + scatter, "{algorithm:?}: {moved}, not {share}");
        }
    }

    /// A bound sends keys elsewhere for the moment; that is no move. Nor is it one if another comes under the same name.
    #[test]
    fn what_is_no_move() {
        let all = servers(5);
        for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| algorithm.hashes()) {
            let settings = Settings::of(algorithm);
            let before = homes(settings, &all).unwrap();
            let mut busy = all.clone();
            busy[2].in_flight = 100;
            busy[3].instance = 77;
            let bounded = Settings { hash_balance_factor: Some(125), ..settings };
            assert_eq!(before.moved_to(&homes(bounded, &busy).unwrap()), 0, "{algorithm:?}");
        }
    }

    #[test]
    fn others_have_no_homes_and_without_servers_nobody_has() {
        for algorithm in Algorithm::ALL {
            let settings = Settings::of(algorithm);
            assert_eq!(homes(settings, &servers(3)).is_some(), algorithm.hashes(), "{algorithm:?}");
            assert!(homes(settings, &[]).is_none(), "{algorithm:?}");
        }
    }
}
