//! What those who asked DNS remember: for each resolver an answer, until its time to live is over (RFC 1034, section 3.6).
//!
//! An answer that came at time t with a time to live of d is used for calls before t + d, and not at it. It names an
//! address: whoever is there gets the calls, and if nobody is, they fail. Costs: O(1); 32 bytes a resolver.
//!
//! Left out: answers with several addresses, that there is no address (which real resolvers remember as well), resolvers
//! that keep answers longer than they may, and clients that ask once and never again.

use super::connections::Passed;
use crate::engine::balance::User;
use crate::sim::time::Time;

/// An answer as a resolver remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The key of the address.
    pub(super) address: u32,
    /// Who was there.
    pub(super) to: Passed,
    /// From then on it is not used.
    pub(super) until: Time,
}

/// See the module's description. Resolvers go by the node of those who ask, and a number there.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers(Vec<Vec<Option<Answer>>>);

impl Answers {
    /// What a resolver need not ask for at this time.
    pub(super) fn fresh(&self, now: Time, (node, number): User) -> Option<Answer> {
        let answer = *self.0.get(usize::from(node))?.get(number as usize)?;
        answer.filter(|answer| now < answer.until)
    }

    /// A resolver has asked.
    pub(super) fn remember(&mut self, (node, number): User, answer: Answer) {
        let (node, number) = (usize::from(node), number as usize);
        if self.0.len() <= node {
            self.0.resize(node + 1, Vec::new());
        }
        let numbers = &mut self.0[node];
        if numbers.len() <= number {
            numbers.resize(number + 1, None);
        }
        numbers[number] = Some(answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The naive twin keeps every answer ever given, and looks for the last one.
        #[test]
        fn twin(steps in prop::collection::vec((0..3u16, 0..5u32, 0..4u64, 0..8u64, 0..4u32), 1..200)) {
            let (mut answers, mut given) = (Answers::default(), Vec::new());
            let mut now = 0;
            for (node, number, pause, ttl, address) in steps {
                now += pause;
                for who in (0..4).flat_map(|node| (0..6).map(move |number| (node, number))) {
                    let last = given.iter().rev().find(|(of, _)| *of == who).map(|(_, answer)| *answer);
                    let expected = last.filter(|answer: &Answer| answer.until > now);
                    prop_assert_eq!(answers.fresh(now, who), expected);
                }
                let answer = Answer { address, to: Passed { instance: address, link: node }, until: now + ttl };
                answers.remember((node, number), answer);
                given.push(((node, number), answer));
            }
        }
    }
}
