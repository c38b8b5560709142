//! What competes: a policy by its name, or the optimum.

use crate::engine::cache::Policy;

/// A policy, or Belady's optimum, which knows the future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contender {
    /// A policy.
    Policy(Policy),
    /// The optimum.
    Belady,
}

impl Contender {
    /// Every contender: the policies in their order, then the optimum.
    pub fn all() -> impl Iterator<Item = Contender> {
        Policy::ALL.into_iter().map(Contender::Policy).chain([Contender::Belady])
    }

    /// What files and the command line call it.
    pub fn name(self) -> &'static str {
        match self {
            Contender::Policy(policy) => policy.name(),
            Contender::Belady => "belady",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Contender> {
        Contender::all().find(|contender| contender.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A policy's name is what scenarios call it.
    #[test]
    fn names_are_those_of_scenarios() {
        for contender in Contender::all() {
            assert_eq!(Contender::named(contender.name()), Some(contender));
            if let Contender::Policy(policy) = contender {
                assert_eq!(serde_json::json!(policy), contender.name());
            }
        }
        assert_eq!(Contender::named("best"), None);
    }
}
