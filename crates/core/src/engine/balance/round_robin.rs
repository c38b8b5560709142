//! Round robin, plain or by weight; the latter smooth, as in nginx (`ngx_http_upstream_round_robin.c`).
//!
//! Before each choice every candidate's credit rises by its weight; the richest is chosen (the first of equals) and
//! pays the sum of what was given out. Weights 5, 1, 1 give a a b a c a a, not a a a a a b c. With equal weights it is
//! plain round robin.
//!
//! Costs: O(candidates) per choice. A candidate that is absent for a choice loses its credit and starts at 0 when
//! it is back; nginx, which knows its absent peers, keeps theirs. In both, the others' credits stay as they are, so
//! one may be chosen twice in a row just after another has left. Left out: nginx's effective weights, which fall with
//! failures.

use super::Candidate;
use super::accounts::Accounts;

#[derive(Clone, Debug)]
pub(super) struct RoundRobin {
    /// Whether weights count.
    weighted: bool,
    credits: Accounts<i64>,
}

impl RoundRobin {
    pub(super) fn new(weighted: bool) -> Self {
        RoundRobin { weighted, credits: Accounts::default() }
    }

    pub(super) fn follow(&mut self, candidates: &[Candidate]) {
        self.credits.follow(candidates, 0);
    }

    pub(super) fn pick(&mut self, candidates: &[Candidate]) -> Option<usize> {
        self.pick_among(candidates, |_, _| true)
    }

    /// Round robin among the candidates that `may` be chosen; the credit of the others stays as it is.
    pub(super) fn pick_among(
        &mut self,
        candidates: &[Candidate],
        may: impl Fn(usize, &Candidate) -> bool,
    ) -> Option<usize> {
        let (mut given, mut best, mut richest) = (0, i64::MIN, None);
        for (index, (credit, candidate)) in self.credits.iter_mut().zip(candidates).enumerate() {
            if !may(index, candidate) {
                continue;
            }
            let weight = if self.weighted { candidate.weight() as i64 } else { 1 };
            *credit += weight;
            given += weight;
            if *credit > best {
                (best, richest) = (*credit, Some(index));
            }
        }
        if let Some(credit) = self.credits.get_mut(richest?) {
            *credit -= given;
        }
        richest
    }

    pub(super) fn memory(&self) -> u64 {
        self.credits.memory()
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        self.credits.validate()
    }
}
