//! The candidate with the fewest calls in flight, or the fewest for its weight, as nginx's `least_conn`
//! (`ngx_http_upstream_least_conn_module.c`): loads are compared by cross-multiplication, and ties go through smooth
//! weighted round robin among those that are equal.
//!
//! Counts calls, not their cost, and only this balancer's: several balancers do not see each other's. A candidate that
//! fails fast looks idle and draws traffic. Costs: O(candidates) per choice.

use super::Candidate;
use super::round_robin::RoundRobin;

#[derive(Clone, Debug)]
pub(super) struct LeastConnections {
    /// Whether weights count.
    weighted: bool,
    ties: RoundRobin,
}

impl LeastConnections {
    pub(super) fn new(weighted: bool) -> Self {
        LeastConnections { weighted, ties: RoundRobin::new(weighted) }
    }

    pub(super) fn follow(&mut self, candidates: &[Candidate]) {
        self.ties.follow(candidates);
    }

    pub(super) fn pick(&mut self, candidates: &[Candidate]) -> Option<usize> {
        // The load of one, scaled so that it compares with that of another scaled likewise.
        let weighted = self.weighted;
        let load = |one: &Candidate, other: &Candidate| {
            u64::from(one.in_flight) * if weighted { other.weight() } else { 1 }
        };
        let (mut least, rest) = candidates.split_first()?;
        let (mut index, mut equals) = (0, 1);
        for (at, candidate) in rest.iter().enumerate() {
            let (this, best) = (load(candidate, least), load(least, candidate));
            if this < best {
                (least, index, equals) = (candidate, at + 1, 1);
            } else if this == best {
                equals += 1;
            }
        }
        if equals == 1 {
            return Some(index);
        }
        self.ties.pick_among(candidates, |_, candidate| load(candidate, least) == load(least, candidate))
    }

    pub(super) fn memory(&self) -> u64 {
        self.ties.memory()
    }

    pub(super) fn validate(&self) -> Result<(), String> {
        self.ties.validate()
    }
}
