//! What one instance of a balancer finds out by itself about the instances behind it, where it is not told who has died.
//!
//! Health checks (HAProxy's `check`, Envoy's `health_checks`): each address is asked again and again how it is, by a
//! call of its own over the same link, which meets the line, the workers and the cores there, and costs no work. An
//! address is a node and a slot: what takes a dead instance's place is checked on as the one before it. Those found at
//! the beginning are healthy, their first checks spread over the interval (HAProxy); one that comes later is unhealthy
//! until its first check succeeds (Envoy). Which have come and which are taken away in order it is told at once.
//!
//! O(log addresses) a check; O(addresses) when they change. Left out: connections of its own for checks: where the link
//! has a pool, a check takes one of it.

use crate::engine::resilience::health::{HealthChange, HealthCheck, HealthCheckSettings, Probe};
use crate::scenario::Balancer as Spec;
use crate::sim::call::{EndedCall, NEVER, NewCall, VisitId};
use crate::sim::kernel::Kernel;
use crate::sim::random::combine;
use crate::sim::record::{BACKGROUND, InstanceIndex, NoteKind, Operation, Outcome};
use crate::sim::time::{Nanos, Time};

/// By what a balancer judges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rules {
    health: Option<HealthCheckSettings>,
}

impl Rules {
    /// None: the balancer is told who is ready.
    pub(super) fn of(spec: &Spec) -> Option<Rules> {
        let health = spec.health_check.as_ref().map(|check| HealthCheckSettings {
            interval: check.interval,
            timeout: check.timeout,
            rise: check.rise,
            fall: check.fall,
        });
        health.is_some().then_some(Rules { health })
    }
}

/// Where an instance stands, and which it is at present.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address {
    /// The place of its node among those behind the balancer, and its slot.
    key: u32,
    link: u16,
    instance: InstanceIndex,
}

impl Address {
    pub(super) fn new(at: usize, slot: u32, link: u16, instance: InstanceIndex) -> Address {
        // There are at most 200 nodes, and 2,000 instances at a time.
        Address { key: (at as u32) << 16 | slot & 0xffff, link, instance }
    }
}

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Care {
    rules: Rules,
    /// By address, in their order; none without health checks.
    checks: Vec<Check>,
    /// Whether it has looked who is there.
    begun: bool,
    /// Tells timers of one check from those of an earlier one at the same address.
    timers: u32,
}

#[derive(Clone, Debug)]
struct Check {
    address: Address,
    check: HealthCheck,
    /// The probe under way, and when it was sent.
    probe: Option<(Probe, Time)>,
    timer: u32,
    /// When it became healthy in the run; 0 if it was from the beginning.
    healthy_since: Time,
}

/// A probe to be sent.
pub(super) struct Errand {
    address: Address,
    timeout: Nanos,
}

impl Care {
    pub(super) fn new(rules: Rules) -> Care {
        Care { rules, checks: Vec::new(), begun: false, timers: 0 }
    }

    pub(super) fn reconfigure(&mut self, rules: Rules) {
        self.rules = rules;
        if let Some(settings) = rules.health {
            self.checks.iter_mut().for_each(|check| check.check.reconfigure(settings));
        }
    }

    /// Who is there now. What is known of addresses that stay is kept.
    pub(super) fn follow(&mut self, kernel: &mut Kernel, me: InstanceIndex, addresses: &[Address]) {
        let Some(settings) = self.rules.health else {
            self.checks.clear();
            self.begun = false;
            return;
        };
        let now = kernel.now();
        let mut before = std::mem::take(&mut self.checks).into_iter().peekable();
        for (at, address) in addresses.iter().enumerate() {
            while before.next_if(|check| check.address.key < address.key).is_some() {}
            if let Some(check) = before.next_if(|check| check.address.key == address.key) {
                self.checks.push(Check { address: *address, ..check });
                continue;
            }
            let (check, first) = if self.begun {
                (HealthCheck::of_newcomer(settings, now), now)
            } else {
                let share = u128::from(settings.interval) * at as u128 / addresses.len() as u128;
                let first = now.saturating_add(share as Nanos);
                (HealthCheck::new(settings, true, first), first)
            };
            self.timers = self.timers.wrapping_add(1);
            let timer = self.timers;
            self.checks.push(Check { address: *address, check, probe: None, timer, healthy_since: 0 });
            kernel.set_timer(first, me, address.key, timer);
        }
        self.begun = true;
    }

    /// Whether the one at a place in the list of addresses may get calls.
    pub(super) fn may_be_chosen(&self, at: usize) -> bool {
        self.checks.get(at).is_none_or(|check| check.check.is_healthy())
    }

    /// When that one became healthy in the run; 0 if it was from the beginning.
    pub(super) fn healthy_since(&self, at: usize) -> Time {
        self.checks.get(at).map_or(0, |check| check.healthy_since)
    }

    /// A timer has come: the probe that is due, if it still is.
    pub(super) fn probe(&mut self, now: Time, key: u32, timer: u32) -> Option<Errand> {
        let check = self.find(key).filter(|check| check.timer == timer)?;
        check.check.due().filter(|due| *due <= now)?;
        let probe = check.check.begin(now);
        check.probe = Some((probe, now));
        Some(Errand { address: check.address, timeout: probe.deadline - now })
    }

    /// A probe has ended. Whether that changes who may be chosen.
    pub(super) fn probed(&mut self, kernel: &mut Kernel, ended: &EndedCall) -> bool {
        let now = kernel.now();
        let Some(check) = self.find(ended.token) else { return false };
        let Some((probe, _)) = check.probe.take_if(|(_, sent)| *sent == ended.started) else { return false };
        let change = check.check.ended(now, probe.number, ended.outcome == Outcome::Ok);
        if let Some(due) = check.check.due() {
            kernel.set_timer(due, ended.from, ended.token, check.timer);
        }
        let kind = match change {
            None => return false,
            Some(HealthChange::Unhealthy) => NoteKind::InstanceUnhealthy,
            Some(HealthChange::Healthy) => {
                check.healthy_since = now;
                NoteKind::InstanceHealthy
            }
        };
        kernel.note(check.address.instance, kind, u64::from(ended.from), 0);
        true
    }

    fn find(&mut self, key: u32) -> Option<&mut Check> {
        let place = self.checks.binary_search_by_key(&key, |check| check.address.key).ok()?;
        self.checks.get_mut(place)
    }

    /// Recounts; there are so many candidates.
    pub(super) fn validate(&self, candidates: usize) -> Result<(), String> {
        if self.rules.health.is_some() && self.begun && self.checks.len() != candidates {
            return Err(format!("{} checks of {candidates} instances", self.checks.len()));
        }
        let key = |check: &Check| check.address.key;
        match self.checks.windows(2).find(|pair| key(&pair[0]) >= key(&pair[1])) {
            Some(pair) => Err(format!("address {} stands before {}", key(&pair[0]), key(&pair[1]))),
            None => Ok(()),
        }
    }
}

impl Errand {
    /// The call that asks.
    pub(super) fn call(&self, kernel: &Kernel, from: InstanceIndex, name: u64, step: u16) -> NewCall {
        let Address { key, link, instance } = self.address;
        let asker = combine(name, kernel.instance(from).slot.into());
        let path = combine(combine(asker, key.into()), kernel.now()).max(1);
        NewCall {
            from,
            caller: VisitId::NONE,
            link,
            to: Some(instance),
            path,
            root: path,
            parent: BACKGROUND,
            operation: Operation::Probe,
            step,
            token: key,
            timeout: Some(self.timeout),
            deadline: NEVER,
            ..NewCall::default()
        }
    }
}
