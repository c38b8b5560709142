//! Whose the keys are, by an algorithm that goes by the key or the address: what a picture of a ring or a table shows, and
//! what tells how many keys move when a server comes or goes.
//!
//! Costs what so many choices do. Left out: bounded loads, as who has room changes from call to call.

use super::{Candidate, Picker, State, by_key, ip_hash, jump, rendezvous};

impl Picker {
    /// Index of the candidate that each of so many places belongs to, whoever has room: points as far apart on a ring,
    /// the first slots of Maglev's table, else the keys from 0 or as many networks of addresses. Empty where neither key
    /// nor address chooses.
    pub fn owners(&self, candidates: &[Candidate], places: usize) -> Vec<usize> {
        let apart = u64::MAX / places.max(1) as u64;
        let of = |place: usize| match &self.state {
            State::Ring(state) => state.at(apart * place as u64),
            State::Maglev(state) => state.at(place),
            State::IpHash(state) => ip_hash::pick(state, (place as u32) << 8),
            State::Hash => by_key(place as u64, candidates.len()),
            State::Jump => jump::pick(place as u64, candidates.len(), None),
            State::Rendezvous => rendezvous::pick(place as u64, candidates, None),
            _ => None,
        };
        (0..places).map_while(of).collect()
    }
}
