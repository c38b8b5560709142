//! What some requests have in common: a reader of the stream that tests each answer of a "find" task on the spans.
//!
//! It keeps, for every request that has ended, how long it took and which answers hold for it: 16 bytes and a byte of
//! flags. Left out: requests still open when the reading ends.

use std::collections::BTreeMap;

use headroom_core::scenario::Scenario;
use headroom_core::sim::record::{Operation, Record};
use headroom_core::sim::time::{Nanos, Time};

use crate::{Answer, Find, Trait};

/// Reads a run's records and tells how common each answer is among the slowest requests and among the others.
#[derive(Debug)]
pub struct Findings {
    answers: Vec<Test>,
    from: Time,
    node_of: Vec<u16>,
    open: BTreeMap<u64, Vec<bool>>,
    ended: Vec<(Nanos, Vec<bool>)>,
}

#[derive(Debug)]
enum Test {
    Visited(u16),
    Wrote,
    Worked(Nanos),
    KeyBelow(u64),
}

/// How common an answer is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Among the slowest, 0 to 1.
    pub of_slowest: f64,
    /// Among the others, 0 to 1.
    pub of_others: f64,
}

impl Findings {
    /// Reads for the answers of `find`, requests sent from `from` on. `node_of` names the node of each instance by its
    /// index, in the order of the run's table of instances; it must know all that are visited.
    pub fn new(find: &Find, scenario: &Scenario, from: Time, node_of: Vec<u16>) -> Self {
        let answers = find.answers.iter().map(|answer| Test::of(answer, scenario)).collect();
        Self { answers, from, node_of, open: BTreeMap::new(), ended: Vec::new() }
    }

    /// Reads on.
    pub fn observe(&mut self, records: &[Record]) {
        for record in records {
            match record {
                Record::Visit(visit) => {
                    let node = self.node_of.get(visit.instance as usize).copied();
                    self.mark(visit.root, |test| match test {
                        Test::Visited(of) => node == Some(*of),
                        Test::Worked(least) => visit.worked >= *least,
                        Test::Wrote | Test::KeyBelow(_) => false,
                    });
                }
                Record::Call(call) if call.parent == 0 => {
                    self.mark(call.root, |test| match test {
                        Test::Wrote => call.operation == Operation::Write,
                        Test::KeyBelow(key) => call.key < *key,
                        Test::Visited(_) | Test::Worked(_) => false,
                    });
                    if let Some(holds) = self.open.remove(&call.root)
                        && call.started >= self.from
                    {
                        self.ended.push((call.ended - call.started, holds));
                    }
                }
                Record::Call(_) | Record::Note(_) | Record::Hop(_) => {}
            }
        }
    }

    /// How common each answer is among the slowest `share` of the requests that ended, and among the others. Requests
    /// that took equally long as the slowest's quickest count as others.
    pub fn shares(&self, share: f64) -> Vec<Share> {
        let mut order: Vec<&(Nanos, Vec<bool>)> = self.ended.iter().collect();
        order.sort_by_key(|(took, _)| std::cmp::Reverse(*took));
        let slowest = (order.len() as f64 * share) as usize;
        let (slowest, others) = order.split_at(slowest);
        let of = |requests: &[&(Nanos, Vec<bool>)], answer: usize| {
            let holds = requests.iter().filter(|(_, holds)| holds.get(answer) == Some(&true)).count();
            holds as f64 / requests.len().max(1) as f64
        };
        (0..self.answers.len())
            .map(|answer| Share { of_slowest: of(slowest, answer), of_others: of(others, answer) })
            .collect()
    }

    fn mark(&mut self, root: u64, holds: impl Fn(&Test) -> bool) {
        let flags = self.open.entry(root).or_insert_with(|| vec![false; self.answers.len()]);
        for (flag, test) in flags.iter_mut().zip(&self.answers) {
            *flag |= holds(test);
        }
    }
}

impl Share {
    /// Whether this is what the slowest have in common: nearly all of them and few of the others.
    pub fn confirms(&self) -> bool {
        self.of_slowest >= 0.9 && self.of_others <= 0.5
    }
}

impl Test {
    fn of(answer: &Answer, scenario: &Scenario) -> Self {
        match &answer.holds {
            Trait::Visited { node } => {
                let index = scenario.nodes.iter().position(|of| of.name == *node);
                // A node that does not exist is visited by nobody; a test of the labs names existing ones.
                Self::Visited(index.and_then(|index| u16::try_from(index).ok()).unwrap_or(u16::MAX))
            }
            Trait::Wrote {} => Self::Wrote,
            Trait::Worked { at_least } => Self::Worked(at_least.0),
            Trait::KeyBelow { key } => Self::KeyBelow(*key),
        }
    }
}
