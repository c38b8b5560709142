//! Who is let into a service: a rate limit, and a limit on requests inside that finds itself.
//!
//! The rate limit stands first, so that what it refuses does not count as load. The other limit counts who is in the
//! instance, in line or inside, and learns from each request that ends. Both belong to the instance, as where each
//! server runs its own. O(1), and with a limit for each client O(calls above the request).
//!
//! Left out: limits that several instances share through a store of counts.

use super::per_instance::PerInstance;
use crate::engine::resilience::adaptive_limit::{AdaptiveLimit, AdaptiveLimitSettings, LimitSample};
use crate::engine::resilience::rate_limit::{PerKey, RateLimitSettings, RateLimiter};
use crate::scenario::{LimitFor, Service as Spec};
use crate::sim::call::{Visit, VisitId};
use crate::sim::kernel::Kernel;
use crate::sim::random::Salt;
use crate::sim::record::{InstanceIndex, NodeIndex, NoteKind, Outcome};
use crate::sim::time::Time;

/// Clients nodes that a limit for each remembers: all there can be.
const MOST_CLIENTS: u32 = 200;

/// What is set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct AdmissionSettings {
    rate: Option<(RateLimitSettings, LimitFor)>,
    limit: Option<AdaptiveLimitSettings>,
}

/// The limits of each instance.
#[derive(Clone, Debug)]
pub(super) struct Admission {
    settings: AdmissionSettings,
    instances: PerInstance<Doorkeeper>,
    luck: Salt,
}

/// What one instance keeps.
#[derive(Clone, Debug, Default)]
struct Doorkeeper {
    rate: Option<Rate>,
    limit: Option<AdaptiveLimit>,
}

#[derive(Clone, Debug)]
enum Rate {
    All(RateLimiter),
    Client(PerKey),
}

impl AdmissionSettings {
    pub(super) fn of(spec: &Spec) -> AdmissionSettings {
        let rate = spec.rate_limit.as_ref().map(|rate| {
            let burst = rate.burst.unwrap_or(rate.limit);
            let settings = RateLimitSettings {
                algorithm: rate.algorithm,
                limit: rate.limit,
                period: rate.period,
                burst,
            };
            (settings, rate.per)
        });
        let limit = spec.adaptive_limit.as_ref().map(|limit| AdaptiveLimitSettings {
            algorithm: limit.algorithm,
            initial_limit: limit.initial,
            min_limit: limit.least,
            max_limit: limit.most.max(limit.least),
            timeout: limit.timeout,
            window: None,
        });
        AdmissionSettings { rate, limit }
    }
}

impl Admission {
    /// The doorkeepers of a service; none where all are let in.
    pub(super) fn new(settings: AdmissionSettings, luck: Salt) -> Option<Box<Admission>> {
        let instances = PerInstance::default();
        (settings != AdmissionSettings::default()).then(|| Box::new(Admission { settings, instances, luck }))
    }

    /// Takes over what `old` has counted.
    pub(super) fn reconfigure(&mut self, now: Time, old: Admission) {
        self.instances = old.instances;
        for (_, doorkeeper) in self.instances.iter_mut() {
            doorkeeper.reconfigure(now, &self.settings);
        }
    }

    /// Whether a visit that has just arrived may go on to the door.
    pub(super) fn admits(&mut self, kernel: &mut Kernel, visit: &Visit) -> bool {
        let now = kernel.now();
        let doorkeeper = self.instances.get_or_insert(visit.instance);
        if doorkeeper.is_new(&self.settings) {
            doorkeeper.reconfigure(now, &self.settings);
        }
        let in_rate = match &mut doorkeeper.rate {
            None => true,
            Some(Rate::All(limiter)) => limiter.allow(now).is_ok(),
            Some(Rate::Client(limiter)) => limiter.allow(now, client(kernel, visit).into()).is_ok(),
        };
        if !in_rate {
            kernel.note(visit.instance, NoteKind::RateLimited, visit.key, 0);
            return false;
        }
        let inside = kernel.instance(visit.instance).visits;
        let Some(limit) = doorkeeper.limit.as_ref().map(AdaptiveLimit::limit) else { return true };
        if inside > limit {
            kernel.note(visit.instance, NoteKind::Shed, u64::from(limit), 0);
        }
        inside <= limit
    }

    /// A visit is about to end so: the limit learns from it. Who was in the instance is counted as it ends, where
    /// Netflix's counts as it begins.
    pub(super) fn ends(&mut self, kernel: &Kernel, id: VisitId, outcome: Outcome) {
        let Some(visit) = kernel.visit(id) else { return };
        let doorkeeper = self.instances.get_mut(visit.instance);
        let Some(limit) = doorkeeper.and_then(|doorkeeper| doorkeeper.limit.as_mut()) else { return };
        let now = kernel.now();
        limit.on_sample(
            now,
            LimitSample {
                rtt: now - visit.arrived,
                in_flight: kernel.instance(visit.instance).visits,
                dropped: outcome != Outcome::Ok,
                draw: self.luck.draw(visit.path),
            },
        );
    }

    /// So many may be in an instance now; none: any number.
    pub(super) fn limit(&self, instance: InstanceIndex) -> Option<u32> {
        self.instances.get(instance)?.limit.as_ref().map(AdaptiveLimit::limit)
    }

    pub(super) fn remove(&mut self, instance: InstanceIndex) {
        self.instances.remove(instance);
    }

    /// Recounts.
    ///
    /// # Panics
    /// If something does not add up.
    pub(super) fn validate(&self) {
        for (instance, doorkeeper) in self.instances.iter() {
            let rate = match &doorkeeper.rate {
                None => Ok(()),
                Some(Rate::All(limiter)) => limiter.validate(),
                Some(Rate::Client(limiter)) => limiter.validate(),
            };
            let limit = doorkeeper.limit.as_ref().map_or(Ok(()), AdaptiveLimit::validate);
            assert_eq!((rate, limit), (Ok(()), Ok(())), "the limits of instance {instance}");
        }
    }
}

impl Doorkeeper {
    fn is_new(&self, settings: &AdmissionSettings) -> bool {
        self.rate.is_some() != settings.rate.is_some() || self.limit.is_some() != settings.limit.is_some()
    }

    fn reconfigure(&mut self, now: Time, settings: &AdmissionSettings) {
        self.rate = settings.rate.map(|(settings, per)| match (self.rate.take(), per) {
            (Some(Rate::All(mut limiter)), LimitFor::All) => {
                limiter.reconfigure(now, settings);
                Rate::All(limiter)
            }
            (Some(Rate::Client(mut limiter)), LimitFor::Client) => {
                limiter.reconfigure(now, settings);
                Rate::Client(limiter)
            }
            (_, LimitFor::All) => Rate::All(RateLimiter::new(settings)),
            (_, LimitFor::Client) => Rate::Client(PerKey::new(settings, MOST_CLIENTS)),
        });
        self.limit = settings.limit.map(|settings| match self.limit.take() {
            Some(mut limit) => {
                limit.reconfigure(settings);
                limit
            }
            None => AdaptiveLimit::new(settings),
        });
    }
}

/// The clients node that a request began at; the node that sent it here where that was given up meanwhile.
fn client(kernel: &Kernel, visit: &Visit) -> NodeIndex {
    let (mut from, mut above) = (visit.from, kernel.caller_of(visit.call));
    while let Some(visit) = above.and_then(|id| kernel.visit(id)) {
        (from, above) = (visit.from, kernel.caller_of(visit.call));
    }
    kernel.instance(from).node
}
