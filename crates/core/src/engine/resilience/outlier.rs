//! Passive health checks: hosts that answer worse than others are ejected for a while (Envoy's outlier detection,
//! `outlier_detection_impl.cc`, `outlier_detection.proto`).
//!
//! - At once: after `consecutive_failures` in a row.
//! - At every sweep: of the hosts with enough requests since the last one, those whose success rate is below the mean
//!   less `success_rate_stdev_factor` standard deviations, if there are enough such hosts. 50, 100, 100, 100, 100 % have
//!   a mean of 90 and a deviation of 20: with 1.9 the threshold is 52.
//!
//! A host stays out for `base_ejection_time` times its ejections of late, at most `max_ejection_time`, and comes back at
//! the first sweep after that. Each sweep that finds it in for an interval takes one off the count. No more than
//! `max_ejection_percent` are out at a time, but one in any case if `always_eject_one_host` (as Envoy once did always; it
//! is off there now).
//!
//! Costs: a result O(log hosts), a sweep O(hosts). Nothing is allocated while the hosts stay.
//!
//! Left out: gateway failures and failure percentage (on but not enforced in Envoy), errors of local origin apart,
//! jitter, and a successful active check that brings a host back.

use super::Share;
use crate::engine::{Nanos, Time};

/// What can be set; names and defaults are Envoy's, but for the one host that is always ejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutlierSettings {
    /// So many failures in a row eject a host; 0: they never do.
    pub consecutive_failures: u32,
    /// From sweep to sweep, in ns.
    pub interval: Nanos,
    /// How long a host is out for the first time, in ns.
    pub base_ejection_time: Nanos,
    /// How long at most, in ns.
    pub max_ejection_time: Nanos,
    /// So many hosts may be out.
    pub max_ejection_percent: Share,
    /// Whether one may be out in any case.
    pub always_eject_one_host: bool,
    /// Success rates are compared only among so many hosts or more; 0 counts as 1.
    pub success_rate_minimum_hosts: u32,
    /// Only hosts with so many requests between two sweeps are compared.
    pub success_rate_request_volume: u32,
    /// So many standard deviations below the mean are too many; none: success rates eject nobody.
    pub success_rate_stdev_factor: Option<Share>,
}

impl Default for OutlierSettings {
    fn default() -> Self {
        OutlierSettings {
            consecutive_failures: 5,
            interval: 10_000_000_000,
            base_ejection_time: 30_000_000_000,
            max_ejection_time: 300_000_000_000,
            max_ejection_percent: Share::percent(10),
            always_eject_one_host: true,
            success_rate_minimum_hosts: 5,
            success_rate_request_volume: 100,
            success_rate_stdev_factor: Some(Share::percent(190)),
        }
    }
}

/// What has become of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutlierChange {
    /// Out, for failures in a row.
    EjectedForFailures(u32),
    /// Out, for its success rate.
    EjectedForSuccessRate(u32),
    /// Back in.
    Returned(u32),
}

#[derive(Clone, Copy, Debug, Default)]
struct Host {
    number: u32,
    /// Since when it is out.
    ejected_at: Option<Time>,
    /// When it came back last.
    returned_at: Option<Time>,
    /// How many base times it is out.
    backoff: u32,
    failures_in_a_row: u32,
    /// Since the last sweep.
    requests: u32,
    successes: u32,
}

impl Host {
    /// In per cent, between two sweeps; none if it had too few requests or is out.
    fn success_rate(&self, least: u32) -> Option<f64> {
        let enough = self.requests >= least.max(1) && self.ejected_at.is_none();
        enough.then(|| f64::from(self.successes) * 100.0 / f64::from(self.requests))
    }
}

/// Who of several hosts is out.
#[derive(Clone, Debug)]
pub struct OutlierDetector {
    settings: OutlierSettings,
    /// In order of their numbers.
    hosts: Vec<Host>,
    spare: Vec<Host>,
    ejected: u32,
    next_sweep: Time,
}

impl OutlierDetector {
    /// One that knows no hosts.
    pub fn new(now: Time, settings: OutlierSettings) -> Self {
        let next_sweep = now.saturating_add(settings.interval);
        OutlierDetector { settings, hosts: Vec::new(), spare: Vec::new(), ejected: 0, next_sweep }
    }

    /// The settings in force.
    pub fn settings(&self) -> OutlierSettings {
        self.settings
    }

    /// Which hosts there are, by their numbers, each once. What is known of those that stay is kept.
    pub fn follow(&mut self, hosts: impl IntoIterator<Item = u32>) {
        std::mem::swap(&mut self.hosts, &mut self.spare);
        self.hosts.clear();
        let known = &self.spare;
        self.hosts.extend(hosts.into_iter().map(|number| {
            let found = known.binary_search_by_key(&number, |host| host.number);
            found.map_or(Host { number, ..Host::default() }, |at| known[at])
        }));
        crate::sort::by_key(&mut self.hosts, |host| host.number);
        self.hosts.dedup_by_key(|host| host.number);
        self.ejected = self.hosts.iter().filter(|host| host.ejected_at.is_some()).count() as u32;
    }

    fn find(&self, number: u32) -> Option<usize> {
        self.hosts.binary_search_by_key(&number, |host| host.number).ok()
    }

    /// Whether a host is out. One that is not known is not.
    pub fn is_ejected(&self, host: u32) -> bool {
        self.find(host).is_some_and(|at| self.hosts[at].ejected_at.is_some())
    }

    /// How many are out.
    pub fn ejected(&self) -> u32 {
        self.ejected
    }

    /// When [`OutlierDetector::sweep`] is due.
    pub fn next_sweep(&self) -> Time {
        self.next_sweep
    }

    /// A host has answered a request well or badly.
    pub fn on_result(&mut self, now: Time, host: u32, well: bool) -> Option<OutlierChange> {
        let at = self.find(host)?;
        let host = &mut self.hosts[at];
        host.requests = host.requests.saturating_add(1);
        if well {
            host.successes = host.successes.saturating_add(1);
            host.failures_in_a_row = 0;
            return None;
        }
        host.failures_in_a_row = host.failures_in_a_row.saturating_add(1);
        if host.failures_in_a_row != self.settings.consecutive_failures || host.ejected_at.is_some() {
            return None;
        }
        host.failures_in_a_row = 0;
        let number = host.number;
        self.eject(now, at).then_some(OutlierChange::EjectedForFailures(number))
    }

    /// The regular look at all hosts, with what changed appended to `out`.
    pub fn sweep(&mut self, now: Time, out: &mut Vec<OutlierChange>) {
        self.next_sweep = now.saturating_add(self.settings.interval);
        for host in &mut self.hosts {
            let Some(since) = host.ejected_at else { continue };
            let base = self.settings.base_ejection_time;
            let time = base.saturating_mul(host.backoff.into()).min(self.settings.max_ejection_time);
            if now.saturating_sub(since) >= time {
                (host.ejected_at, host.returned_at, host.failures_in_a_row) = (None, Some(now), 0);
                self.ejected -= 1;
                out.push(OutlierChange::Returned(host.number));
            }
        }
        let threshold = self.success_rate_threshold();
        for at in 0..self.hosts.len() {
            let rate = self.hosts[at].success_rate(self.settings.success_rate_request_volume);
            let outlier = rate.zip(threshold).is_some_and(|(rate, threshold)| rate < threshold);
            if outlier && self.eject(now, at) {
                out.push(OutlierChange::EjectedForSuccessRate(self.hosts[at].number));
            }
        }
        for host in &mut self.hosts {
            let inside = |at| now.saturating_sub(at) >= self.settings.interval;
            if host.ejected_at.is_none() && host.returned_at.is_some_and(inside) {
                host.backoff = host.backoff.saturating_sub(1);
            }
            (host.requests, host.successes) = (0, 0);
        }
    }

    /// The success rate below which a host is an outlier, in per cent; none if too few can be compared.
    fn success_rate_threshold(&self) -> Option<f64> {
        let factor = self.settings.success_rate_stdev_factor?;
        let rates = || {
            self.hosts.iter().filter_map(|host| host.success_rate(self.settings.success_rate_request_volume))
        };
        let count = rates().count();
        if count < self.settings.success_rate_minimum_hosts.max(1) as usize {
            return None;
        }
        let mean = rates().sum::<f64>() / count as f64;
        let variance = rates().map(|rate| (rate - mean) * (rate - mean)).sum::<f64>() / count as f64;
        let factor = f64::from(factor.in_millionths()) / f64::from(Share::WHOLE);
        Some(mean - factor * libm::sqrt(variance))
    }

    /// Ejects a host that is in, if one more may be out.
    fn eject(&mut self, now: Time, at: usize) -> bool {
        let OutlierSettings { base_ejection_time, max_ejection_time, max_ejection_percent, .. } =
            self.settings;
        let out = u64::from(self.ejected) + 1;
        let most = max_ejection_percent.of(self.hosts.len() as u64);
        if out > most && !(self.settings.always_eject_one_host && self.ejected == 0) {
            return false;
        }
        let host = &mut self.hosts[at];
        host.ejected_at = Some(now);
        let time = base_ejection_time.saturating_mul(host.backoff.into());
        if time < max_ejection_time.saturating_add(base_ejection_time) {
            host.backoff += 1;
        }
        self.ejected += 1;
        true
    }

    /// Changes the settings. Who is out stays out as long as the new settings say; the next sweep is due as it was, or
    /// earlier with a shorter interval.
    pub fn reconfigure(&mut self, now: Time, settings: OutlierSettings) {
        self.settings = settings;
        self.next_sweep = self.next_sweep.min(now.saturating_add(settings.interval));
    }

    /// Bytes the detector occupies here.
    pub fn memory(&self) -> u64 {
        let hosts = self.hosts.capacity() + self.spare.capacity();
        (size_of::<OutlierDetector>() + hosts * size_of::<Host>()) as u64
    }

    /// Recounts who is out, and looks at the order.
    ///
    /// # Errors
    /// What does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        let ejected = self.hosts.iter().filter(|host| host.ejected_at.is_some()).count();
        if ejected as u32 != self.ejected {
            return Err(format!("{ejected} hosts are out, counted {}", self.ejected));
        }
        match self.hosts.windows(2).find(|pair| pair[0].number >= pair[1].number) {
            Some(pair) => Err(format!("host {} stands before {}", pair[0].number, pair[1].number)),
            None => Ok(()),
        }
    }
}
