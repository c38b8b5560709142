//! What one instance of a balancer finds out by itself about the instances behind it, where it is not told who has died.
//!
//! Health checks (HAProxy's `check`, Envoy's `health_checks`): each address is asked again and again how it is, by a
//! call of its own over the same link, which meets the line, the workers and the cores there, and costs no work. An
//! address is a node and a slot: what takes a dead instance's place is checked on as the one before it. Those found at
//! the beginning are healthy, their first checks spread over the interval (HAProxy); one that comes later is unhealthy
//! until its first check succeeds (Envoy). Which have come and which are taken away in order it is told at once.
//!
//! Outlier detection (Envoy): how its calls end says who is ejected for a while. What it gives up counts as a failure,
//! what its caller gives up counts as it ends, for it hears of no other end.
//!
//! Panic (Envoy's panic threshold): where too few may get calls, all do, for it is better to lose some calls than to bury
//! those that are left.
//!
//! O(log addresses) a check or a call; O(addresses) when they change and at each sweep. Left out: connections of its own
//! for checks: where the link has a pool, a check takes one of it.

use crate::engine::resilience::Share;
use crate::engine::resilience::health::{HealthChange, HealthCheck, HealthCheckSettings, Probe};
use crate::engine::resilience::outlier::{OutlierChange, OutlierDetector, OutlierSettings};
use crate::engine::resilience::panic::{Priority, in_panic};
use crate::scenario::{Balancer as Spec, OutlierDetection};
use crate::sim::call::{EndedCall, NEVER, NewCall, VisitId};
use crate::sim::kernel::Kernel;
use crate::sim::random::combine;
use crate::sim::record::{BACKGROUND, InstanceIndex, NoteKind, Operation, Outcome};
use crate::sim::time::{Nanos, Time};

/// By what a balancer judges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rules {
    health: Option<HealthCheckSettings>,
    outliers: Option<OutlierSettings>,
    panic: Share,
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
        let outliers = spec.outlier_detection.as_ref().map(outliers);
        (health.is_some() || outliers.is_some()).then_some(Rules {
            health,
            outliers,
            panic: Share::percent(spec.panic_threshold),
        })
    }
}

fn outliers(spec: &OutlierDetection) -> OutlierSettings {
    OutlierSettings {
        consecutive_failures: spec.consecutive_failures,
        interval: spec.interval,
        base_ejection_time: spec.base_ejection_time,
        max_ejection_time: spec.max_ejection_time,
        max_ejection_percent: Share::percent(spec.max_ejection_percent),
        always_eject_one_host: spec.always_eject_one_host,
        success_rate_minimum_hosts: spec.success_rate_minimum_hosts,
        success_rate_request_volume: spec.success_rate_request_volume,
        success_rate_stdev_factor: (spec.success_rate_stdev_factor > 0.0)
            .then(|| Share::of_one(spec.success_rate_stdev_factor)),
    }
}

/// The token of the timer of sweeps, less the number of the group; no address has such a key.
const SWEEP: u32 = u32::MAX;

/// Where an instance stands, and which it is at present.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address {
    /// The number of its group, the place of its node there, and its slot.
    pub(super) key: u32,
    link: u16,
    instance: InstanceIndex,
}

impl Address {
    pub(super) fn new((group, at): (u16, usize), slot: u32, link: u16, instance: InstanceIndex) -> Address {
        // There are at most 250 groups of 200 nodes, and 2,000 instances at a time.
        Address { key: u32::from(group) << 24 | (at as u32) << 16 | slot & 0xffff, link, instance }
    }
}

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Care {
    rules: Rules,
    /// The token of the timer of its sweeps.
    sweeps: u32,
    /// Who is there, in the order of their keys.
    addresses: Vec<Address>,
    /// One for each address; none without health checks.
    checks: Vec<Check>,
    /// Whether it has begun to check.
    begun: bool,
    detector: Option<OutlierDetector>,
    /// When the next sweep has a timer, and its number.
    sweep: (Time, u32),
    changes: Vec<OutlierChange>,
    /// Too few may get calls, so all do.
    panics: bool,
    /// Tells timers of one check or sweep from those of an earlier one.
    timers: u32,
}

#[derive(Clone, Debug)]
struct Check {
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
    pub(super) fn new(now: Time, rules: Rules, group: u16) -> Care {
        Care {
            rules,
            sweeps: SWEEP - u32::from(group),
            addresses: Vec::new(),
            checks: Vec::new(),
            begun: false,
            detector: rules.outliers.map(|settings| OutlierDetector::new(now, settings)),
            sweep: (0, 0),
            changes: Vec::new(),
            panics: false,
            timers: 0,
        }
    }

    pub(super) fn reconfigure(&mut self, now: Time, rules: Rules) {
        self.rules = rules;
        if let Some(settings) = rules.health {
            self.checks.iter_mut().for_each(|check| check.check.reconfigure(settings));
        }
        self.detector = rules.outliers.map(|settings| {
            let mut detector = self.detector.take().unwrap_or_else(|| OutlierDetector::new(now, settings));
            detector.reconfigure(now, settings);
            detector
        });
    }

    /// Who is there now. What is known of addresses that stay is kept.
    pub(super) fn follow(&mut self, kernel: &mut Kernel, me: InstanceIndex, addresses: Vec<Address>) {
        let before = std::mem::replace(&mut self.addresses, addresses);
        self.follow_checks(kernel, me, &before);
        if let Some(detector) = &mut self.detector {
            detector.follow(self.addresses.iter().map(|address| address.key));
        }
        self.plan_sweep(kernel, me);
    }

    fn follow_checks(&mut self, kernel: &mut Kernel, me: InstanceIndex, before: &[Address]) {
        let checks = std::mem::take(&mut self.checks);
        let Some(settings) = self.rules.health else {
            self.begun = false;
            return;
        };
        let now = kernel.now();
        let mut known = before.iter().zip(checks).peekable();
        for (at, address) in self.addresses.iter().enumerate() {
            while known.next_if(|(before, _)| before.key < address.key).is_some() {}
            if let Some((_, check)) = known.next_if(|(before, _)| before.key == address.key) {
                self.checks.push(check);
                continue;
            }
            let (check, first) = if self.begun {
                (HealthCheck::of_newcomer(settings, now), now)
            } else {
                let share = u128::from(settings.interval) * at as u128 / self.addresses.len() as u128;
                let first = now.saturating_add(share as Nanos);
                (HealthCheck::new(settings, true, first), first)
            };
            self.timers = self.timers.wrapping_add(1);
            let timer = self.timers;
            self.checks.push(Check { check, probe: None, timer, healthy_since: 0 });
            kernel.set_timer(first, me, address.key, timer);
        }
        self.begun = true;
    }

    /// Whether the one at a place in the list of addresses may get calls.
    pub(super) fn may_be_chosen(&self, at: usize) -> bool {
        self.is_healthy(at) && !self.is_ejected(self.addresses[at].key)
    }

    /// So many of all may get calls. Whether that is too few.
    pub(super) fn panics(&mut self, kernel: &mut Kernel, me: InstanceIndex, chosen: usize) -> bool {
        let (healthy, hosts) = (chosen as u32, self.addresses.len() as u32);
        let panics = in_panic(&[Priority { healthy, hosts }], 0, self.rules.panic);
        if panics != std::mem::replace(&mut self.panics, panics) {
            let kind = if panics { NoteKind::PanicBegan } else { NoteKind::PanicEnded };
            kernel.note(me, kind, healthy.into(), hosts.into());
        }
        panics
    }

    fn is_healthy(&self, at: usize) -> bool {
        self.checks.get(at).is_none_or(|check| check.check.is_healthy())
    }

    /// Whether the one with this key is healthy.
    pub(super) fn is_healthy_at(&self, key: u32) -> bool {
        self.find(key).is_none_or(|at| self.is_healthy(at))
    }

    /// Whether all get calls because too few may.
    pub(super) fn is_in_panic(&self) -> bool {
        self.panics
    }

    pub(super) fn is_ejected(&self, key: u32) -> bool {
        self.detector.as_ref().is_some_and(|detector| detector.is_ejected(key))
    }

    /// When the one at a place became healthy in the run; 0 if it was from the beginning.
    pub(super) fn healthy_since(&self, at: usize) -> Time {
        self.checks.get(at).map_or(0, |check| check.healthy_since)
    }

    /// A timer has come: the probe that is due, if it still is.
    pub(super) fn probe(&mut self, now: Time, key: u32, timer: u32) -> Option<Errand> {
        let at = self.find(key)?;
        let check = self.checks.get_mut(at).filter(|check| check.timer == timer)?;
        check.check.due().filter(|due| *due <= now)?;
        let probe = check.check.begin(now);
        check.probe = Some((probe, now));
        Some(Errand { address: self.addresses[at], timeout: probe.deadline - now })
    }

    /// A probe has ended. Whether that changes who may be chosen.
    pub(super) fn probed(&mut self, kernel: &mut Kernel, ended: &EndedCall) -> bool {
        let now = kernel.now();
        let Some(at) = self.find(ended.token) else { return false };
        let Some(check) = self.checks.get_mut(at) else { return false };
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
        kernel.note(self.addresses[at].instance, kind, u64::from(ended.from), 0);
        true
    }

    /// A call to an address has ended. Whether that changes who may be chosen.
    pub(super) fn learn(&mut self, kernel: &mut Kernel, key: u32, ended: &EndedCall) -> bool {
        let Some(detector) = &mut self.detector else { return false };
        let well = match ended.outcome {
            Outcome::Ok => true,
            Outcome::Error | Outcome::Refused | Outcome::TimedOut => false,
            Outcome::Cancelled => return false,
        };
        let change = detector.on_result(kernel.now(), key, well);
        change.inspect(|change| self.tell(kernel, ended.from, *change)).is_some()
    }

    /// If it is time for a sweep, looks who is ejected and who comes back. Whether anybody is or does.
    pub(super) fn sweep(
        &mut self,
        kernel: &mut Kernel,
        me: InstanceIndex,
        (token, number): (u32, u32),
    ) -> bool {
        let Some(detector) = &mut self.detector else { return false };
        if (token, number) != (self.sweeps, self.sweep.1) {
            return false;
        }
        let mut changes = std::mem::take(&mut self.changes);
        detector.sweep(kernel.now(), &mut changes);
        let any = !changes.is_empty();
        changes.drain(..).for_each(|change| self.tell(kernel, me, change));
        self.changes = changes;
        self.plan_sweep(kernel, me);
        any
    }

    /// Asks for a timer for the next sweep, unless there is one.
    fn plan_sweep(&mut self, kernel: &mut Kernel, me: InstanceIndex) {
        let Some(next) = self.detector.as_ref().map(OutlierDetector::next_sweep) else {
            self.sweep = (0, 0);
            return;
        };
        if self.sweep.0 != next {
            self.timers = self.timers.wrapping_add(1);
            self.sweep = (next, self.timers);
            kernel.set_timer(next, me, self.sweeps, self.timers);
        }
    }

    fn tell(&self, kernel: &mut Kernel, me: InstanceIndex, change: OutlierChange) {
        let (kind, key, why) = match change {
            OutlierChange::EjectedForFailures(key) => (NoteKind::InstanceEjected, key, 0),
            OutlierChange::EjectedForSuccessRate(key) => (NoteKind::InstanceEjected, key, 1),
            OutlierChange::Returned(key) => (NoteKind::InstanceReturned, key, 0),
        };
        if let Some(at) = self.find(key) {
            kernel.note(self.addresses[at].instance, kind, u64::from(me), why);
        }
    }

    fn find(&self, key: u32) -> Option<usize> {
        self.addresses.binary_search_by_key(&key, |address| address.key).ok()
    }

    /// Recounts; there are so many candidates.
    pub(super) fn validate(&self, candidates: usize) -> Result<(), String> {
        let checks = if self.begun { self.addresses.len() } else { 0 };
        if self.addresses.len() != candidates || self.checks.len() != checks {
            let (addresses, checks) = (self.addresses.len(), self.checks.len());
            return Err(format!("{addresses} addresses and {checks} checks of {candidates} instances"));
        }
        if let Some(pair) = self.addresses.windows(2).find(|pair| pair[0].key >= pair[1].key) {
            return Err(format!("address {} stands before {}", pair[0].key, pair[1].key));
        }
        self.detector.as_ref().map_or(Ok(()), OutlierDetector::validate)
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
