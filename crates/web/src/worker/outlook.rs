//! What those who call see of those they call, for a frame: who gets calls, whose the keys are, how breakers stand.
//!
//! Balancers with many instances see much the same, so only the first few of each are asked: O(balancers x servers).

use crate::protocol::frame::{Breaker, Breakers, Map, PLACES, Standing};
use headroom_core::engine::resilience::breaker::BreakerState;
use headroom_core::node::{self, Outlook, Places};
use headroom_core::session::{InstanceView, Session};

/// So many instances of a balancer are asked.
const ASKED: u32 = 4;

/// See the module's description.
#[derive(Default)]
pub(super) struct Outlooks {
    standings: Vec<Standing>,
    pub(super) maps: Vec<Map>,
}

impl Outlooks {
    pub(super) fn of(session: &Session, instances: &[InstanceView]) -> Outlooks {
        let mut outlooks = Outlooks { standings: vec![Standing::In; instances.len()], maps: Vec::new() };
        for each in instances.iter().filter(|each| each.slot < ASKED) {
            let places = if each.slot == 0 { PLACES } else { 0 };
            if let Some(outlook) = session.outlook(each.instance, places) {
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
        if !owners.places.is_empty() {
            let ring = owners.lie == Places::OnARing;
            self.maps.push(Map { balancer, ring, owners: owners.places });
        }
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
