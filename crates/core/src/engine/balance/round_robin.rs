//! Smooth weighted round robin, as in nginx (`ngx_http_upstream_round_robin.c`).
//!
//! Before each choice every candidate's credit rises by its weight; the richest is chosen (the first of equals) and
//! pays the sum of what was given out. Weights 5, 1, 1 give a a b a c a a, not a a a a a b c. With equal weights it is
//! plain round robin.
//!
//! Costs: O(candidates) per choice. A candidate that is absent for a choice loses its credit and starts at 0 when
//! it is back; nginx, which knows its absent peers, keeps theirs. In both, the others' credits stay as they are, so
//! one may be chosen twice in a row just after another has left.

use super::Candidate;

#[derive(Clone, Debug, Default)]
pub(super) struct RoundRobin {
    accounts: Vec<Account>,
    // Reused when the candidates change.
    spare: Vec<Account>,
}

#[derive(Clone, Copy, Debug)]
struct Account {
    instance: u32,
    credit: i64,
}

impl RoundRobin {
    pub(super) fn pick(&mut self, candidates: &[Candidate]) -> Option<usize> {
        self.pick_among(candidates, |_| true)
    }

    /// Round robin among the candidates that `may` be chosen; the credit of the others stays as it is.
    pub(super) fn pick_among(
        &mut self,
        candidates: &[Candidate],
        may: impl Fn(&Candidate) -> bool,
    ) -> Option<usize> {
        self.follow(candidates);
        let (mut given, mut best, mut richest) = (0, i64::MIN, None);
        for (index, (account, candidate)) in self.accounts.iter_mut().zip(candidates).enumerate() {
            if !may(candidate) {
                continue;
            }
            let weight = candidate.weight() as i64;
            account.credit += weight;
            given += weight;
            if account.credit > best {
                (best, richest) = (account.credit, Some(index));
            }
        }
        self.accounts[richest?].credit -= given;
        richest
    }

    /// Makes the accounts match the candidates one to one.
    fn follow(&mut self, candidates: &[Candidate]) {
        let same = self.accounts.len() == candidates.len()
            && self
                .accounts
                .iter()
                .zip(candidates)
                .all(|(account, candidate)| account.instance == candidate.instance);
        if same {
            return;
        }
        std::mem::swap(&mut self.accounts, &mut self.spare);
        self.accounts.clear();
        // Both lists are mostly in the same order, so the search goes on where it last succeeded.
        let mut next = 0;
        for &Candidate { instance, .. } in candidates {
            let found =
                (next..self.spare.len()).chain(0..next).find(|&at| self.spare[at].instance == instance);
            let credit = found.map_or(0, |at| self.spare[at].credit);
            next = found.map_or(next, |at| at + 1);
            self.accounts.push(Account { instance, credit });
        }
    }

    pub(super) fn memory(&self) -> u64 {
        ((self.accounts.capacity() + self.spare.capacity()) * size_of::<Account>()) as u64
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        let mut instances: Vec<u32> = self.accounts.iter().map(|account| account.instance).collect();
        instances.sort_unstable();
        match instances.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("instance {} has two accounts", pair[0])),
            None => Ok(()),
        }
    }
}
