//! Who a request comes from, as a balancer sees it: a user with a cookie at an internet address, or another server.
//!
//! Which user of an open population sends a request is a keyed draw from its path; in a closed one the users are those
//! that wait. A network of users has an address of its own, its first three numbers drawn by the seed. Requests that come
//! through another server have its address, as in a real system without `X-Forwarded-For`, and no cookie.
//!
//! Headers and cookies that routes go by are drawn when a balancer looks, from what the request or its user is: no request
//! carries anything for them. A balancer passes them on, another server does not. O(headers and cookies of its clients).

use crate::engine::balance::User;
use crate::engine::mixing::{below, combine, scramble};
use crate::scenario::{Addresses, Arrivals, NodeSpec, Scenario};
use crate::sim::call::Visit;
use crate::sim::kernel::Kernel;
use crate::sim::random::{Purpose, Salt, hash_name, unit};
use std::sync::Arc;

/// What there is to know of the callers of each node, by node.
#[derive(Clone, Debug)]
pub(super) struct Callers(Arc<[Caller]>);

#[derive(Clone, Debug)]
enum Caller {
    /// Users: the luck that says which of them and where they live.
    Users { luck: Salt, addresses: Addresses, closed: bool, marks: Vec<Mark> },
    /// A server: its node's name as a number, and whether it passes on what its callers say of themselves.
    Server(u64, bool),
}

/// A header or a cookie.
#[derive(Clone, Copy, Debug)]
struct Mark {
    /// Its text as a number.
    text: u64,
    share: f64,
    /// A cookie: a user has it, or not.
    of_user: bool,
}

impl Mark {
    fn of(text: &str, share: f64, of_user: bool) -> Mark {
        Mark { text: hash_name(text), share, of_user }
    }
}

impl Callers {
    pub(super) fn of(scenario: &Scenario) -> Callers {
        let caller = |(name, spec): (&str, &NodeSpec)| match spec {
            NodeSpec::Clients(clients) => Caller::Users {
                luck: Salt::new(scenario.seed, name, Purpose::Users),
                addresses: clients.addresses,
                closed: matches!(clients.arrivals, Arrivals::Closed { .. }),
                marks: {
                    let headers = clients.headers.iter().map(|of| Mark::of(&of.header, of.share, false));
                    let cookies = clients.cookies.iter().map(|of| Mark::of(&of.cookie, of.share, true));
                    headers.chain(cookies).collect()
                },
            },
            other => Caller::Server(hash_name(name), matches!(other, NodeSpec::Balancer(_))),
        };
        Callers(scenario.nodes.iter().map(|node| caller((&node.name, &node.spec))).collect())
    }

    /// What a visit's caller asks DNS through: a network of users has a resolver of its own, and a server has.
    pub(super) fn resolver(&self, kernel: &Kernel, visit: &Visit) -> User {
        let from = kernel.instance(visit.from);
        match self.0.get(usize::from(from.node)) {
            Some(Caller::Users { addresses, .. }) => {
                let user = self.of_visit(kernel, visit).1.map_or(0, |(_, number)| number);
                (from.node, user / addresses.per_network)
            }
            _ => (from.node, from.slot),
        }
    }

    /// Whether a request carries a header or a cookie, given by its text as a number.
    #[inline(never)]
    pub(super) fn carries(&self, kernel: &Kernel, visit: &Visit, text: u64) -> bool {
        let mut visit = visit;
        loop {
            match self.0.get(usize::from(kernel.instance(visit.from).node)) {
                Some(Caller::Users { luck, marks, .. }) => {
                    return marks.iter().filter(|mark| mark.text == text).any(|mark| {
                        let user = || self.of_visit(kernel, visit).1.map_or(0, |(_, number)| number.into());
                        let of_whom = if mark.of_user { user() } else { visit.root };
                        unit(luck.draw(combine(of_whom, text))) <= mark.share
                    });
                }
                Some(Caller::Server(_, true)) => {
                    let Some(before) = kernel.caller_of(visit.call).and_then(|id| kernel.visit(id)) else {
                        return false;
                    };
                    visit = before;
                }
                _ => return false,
            }
        }
    }

    /// The address and, if it is one, the user that a visit comes from.
    pub(super) fn of_visit(&self, kernel: &Kernel, visit: &Visit) -> (u32, Option<User>) {
        let from = kernel.instance(visit.from);
        match self.0.get(usize::from(from.node)) {
            Some(Caller::Users { luck, addresses, closed, .. }) => {
                let drawn = || below(luck.draw(visit.root), addresses.count.into()) as u32;
                // If it has been given up meanwhile, nobody waits and any will do.
                let waiting = if *closed { kernel.token_of(visit.call) } else { None };
                let number = waiting.unwrap_or_else(drawn);
                let (network, place) = (number / addresses.per_network, number % addresses.per_network);
                let network = scramble(luck.draw(network.into())) >> 40;
                ((network << 8) as u32 | (place + 1), Some((from.node, number)))
            }
            Some(Caller::Server(name, _)) => ((combine(*name, from.slot.into()) >> 32) as u32, None),
            None => (0, None),
        }
    }
}
