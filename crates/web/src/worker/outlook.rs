//! What those who call see of those they call, for a frame: who gets calls, whose the keys are, how breakers stand.
//!
//! Balancers with many instances see much the same, so only the first few of each are asked: O(balancers x servers), times the logarithm of
//! that for rates.

use crate::protocol::frame::{Balanced, Breaker, Breakers, Map, PLACES, Standing};
use headroom_core::engine::resilience::breaker::BreakerState;
use headroom_core::node::{self, Outlook};
use headroom_core::session::{InstanceView, Session};
use headroom_core::sort;

/// So many instances of a balancer are asked.
const ASKED: u32 = 4;

/// Who gave whom, and how many calls.
pub(super) type Given = ((u32, u32), u64);

/// See the module's description.
#[derive(Default)]
pub(super) struct Outlooks {
    standings: Vec<Standing>,
    /// Calls given so far, by balancer and server; [`Outlooks::balancers`] has them in this order.
    given: Vec<u64>,
    /// Rates are not known yet.
    balancers: Vec<Balanced>,
}

impl Outlooks {
    pub(super) fn of(session: &Session, instances: &[InstanceView]) -> Outlooks {
        let mut outlooks = Outlooks { standings: vec![Standing::In; instances.len()], ..Outlooks::default() };
        for each in instances.iter().filter(|each| each.slot < ASKED) {
            if let Some(outlook) = session.outlook(each.instance, PLACES) {
                outlooks.add(each.instance, outlook);
            }
        }
        outlooks
    }

    fn add(&mut self, balancer: u32, outlook: Outlook) {
        let all = outlook.known.iter().map(|known| (known.instance, standing(known.standing)));
        for (instance, seen) in all.chain(outlook.panics.then_some((balancer, Standing::Panics))) {
            if let Some(standing) = self.standings.get_mut(instance as usize) {
                *standing = seen.max(*standing);
            }
        }
        let owners = outlook.owners;
        let map = (!owners.places.is_empty()).then_some(Map { ring: owners.ring, owners: owners.places });
        let servers = outlook.known.iter().map(|known| (known.instance, 0.0)).collect();
        self.given.extend(outlook.known.iter().map(|known| known.given));
        self.balancers.push(Balanced { balancer, map, servers });
    }

    /// What each of them has given whom so far, by balancer and server.
    pub(super) fn given(&self) -> Vec<Given> {
        let all = self
            .balancers
            .iter()
            .flat_map(|each| each.servers.iter().map(|(server, _)| (each.balancer, *server)));
        let mut given: Vec<Given> = all.zip(self.given.iter().copied()).collect();
        sort::by_key(&mut given, |(who, _)| *who);
        given
    }

    /// The balancers with what they have given a second since what they had given `before`, so many seconds ago.
    pub(super) fn balancers(self, before: &[Given], seconds: f64) -> Vec<Balanced> {
        let mut given = self.given.into_iter();
        let mut balancers = self.balancers;
        for balanced in &mut balancers {
            for (server, rate) in &mut balanced.servers {
                let who = (balanced.balancer, *server);
                let place = before.binary_search_by_key(&who, |(each, _)| *each);
                let former = place.map_or(0, |place| before[place].1);
                let calls = given.next().unwrap_or_default().saturating_sub(former);
                *rate = if seconds > 0.0 { calls as f64 / seconds } else { 0.0 };
            }
        }
        balancers
    }

    pub(super) fn standing(&self, instance: u32) -> Standing {
        self.standings.get(instance as usize).copied().unwrap_or_default()
    }
}

pub(super) fn breakers(session: &Session, of: u32) -> Breakers {
    let mut breakers = Breakers::default();
    for (place, state) in session.breakers(of).enumerate() {
        match state {
            Some(BreakerState::Closed) => breakers.set(place, Breaker::Closed),
            Some(BreakerState::HalfOpen) => breakers.set(place, Breaker::HalfOpen),
            Some(BreakerState::Open) => breakers.set(place, Breaker::Open),
            None => {}
        }
    }
    breakers
}

fn standing(of: node::Standing) -> Standing {
    match of {
        node::Standing::In => Standing::In,
        node::Standing::StartingSlowly => Standing::StartingSlowly,
        node::Standing::Unhealthy => Standing::Unhealthy,
        node::Standing::Ejected => Standing::Ejected,
    }
}
