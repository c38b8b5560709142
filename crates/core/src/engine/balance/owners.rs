//! Whose the keys are, by an algorithm that goes by the key or the address: what a picture of a ring or a table shows.
//!
//! Costs what so many choices do. Left out: bounded loads, as who has room changes from call to call.

use super::{Candidate, Picker, Request, State};

impl Picker {
    /// Index of the candidate that each of so many places belongs to, whoever has room: points as far apart on a ring,
    /// the first slots of Maglev's table, else the keys from 0 or as many networks of addresses. Empty where neither key
    /// nor address chooses.
    pub fn owners(&self, candidates: &[Candidate], places: usize) -> Vec<usize> {
        let apart = u64::MAX / places.max(1) as u64;
        let of = |place: usize| match &self.state {
            State::Ring(state) => state.at(apart * place as u64),
            State::Maglev(state) => state.at(place),
            _ => {
                let request = Request { key: place as u64, address: (place as u32) << 8, user: None };
                self.home(candidates, &request, None)
            }
        };
        (0..places).map_while(of).collect()
    }
}
