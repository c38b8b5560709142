//! Active health checks of one instance: it is probed again and again, falls after `fall` failures in a row and rises
//! after `rise` successes in a row (HAProxy's `inter`, `fall`, `rise`; Envoy's `unhealthy_threshold` and
//! `healthy_threshold`; Kubernetes' `failureThreshold` and `successThreshold`).
//!
//! The caller sends a probe when [`HealthCheck::due`] says so, and tells its result, or that its deadline has passed.
//! Probes begin an interval apart; one that is still under way then is waited for. A result of a probe that is given up
//! is ignored. Costs: O(1).
//!
//! Left out: other intervals while down or in transition (`fastinter`, `downinter`), Envoy's at once unhealthy after
//! the first probe of a new host, jitter.

use crate::engine::{Nanos, Time};

/// What can be set on a check; the defaults are HAProxy's, and its probe may take as long as the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthCheckSettings {
    /// From the beginning of a probe to that of the next, in ns.
    pub interval: Nanos,
    /// A probe that has no answer after so long has failed, in ns.
    pub timeout: Nanos,
    /// So many successes in a row make it healthy; 0 counts as 1.
    pub rise: u32,
    /// So many failures in a row make it unhealthy; 0 counts as 1.
    pub fall: u32,
}

impl Default for HealthCheckSettings {
    fn default() -> Self {
        HealthCheckSettings { interval: 2_000_000_000, timeout: 2_000_000_000, rise: 2, fall: 3 }
    }
}

/// A probe that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Which of this check's, from 1.
    pub number: u64,
    /// When it has failed if there is no answer.
    pub deadline: Time,
}

/// An instance has become healthy or unhealthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthChange {
    /// It has risen.
    Healthy,
    /// It has fallen.
    Unhealthy,
}

/// What is known of one instance.
#[derive(Clone, Debug)]
pub struct HealthCheck {
    settings: HealthCheckSettings,
    healthy: bool,
    /// Results in a row that speak against the state.
    against: u32,
    /// It has had no result, and one success is enough.
    untried: bool,
    next: Time,
    probes: u64,
    under_way: Option<Probe>,
}

impl HealthCheck {
    /// Healthy or not to begin with; the first probe is due at `first`.
    pub fn new(settings: HealthCheckSettings, healthy: bool, first: Time) -> Self {
        HealthCheck { settings, healthy, against: 0, untried: false, next: first, probes: 0, under_way: None }
    }

    /// Of an instance that has just come: unhealthy until its first probe succeeds (Envoy; HAProxy's `init-state down`).
    /// If that fails, it rises as any other.
    pub fn of_newcomer(settings: HealthCheckSettings, first: Time) -> Self {
        HealthCheck { untried: true, ..HealthCheck::new(settings, false, first) }
    }

    /// The settings in force.
    pub fn settings(&self) -> HealthCheckSettings {
        self.settings
    }

    /// Whether the instance counts as healthy.
    pub fn is_healthy(&self) -> bool {
        self.healthy
    }

    /// When the next probe is due; none while one is under way.
    pub fn due(&self) -> Option<Time> {
        self.under_way.is_none().then_some(self.next)
    }

    /// Sends a probe now. One that was under way is given up.
    pub fn begin(&mut self, now: Time) -> Probe {
        self.probes += 1;
        self.next = now.saturating_add(self.settings.interval);
        let probe = Probe { number: self.probes, deadline: now.saturating_add(self.settings.timeout) };
        self.under_way = Some(probe);
        probe
    }

    /// A probe was answered well or badly, or its deadline has passed. An answer after the deadline comes too late.
    pub fn ended(&mut self, now: Time, number: u64, well: bool) -> Option<HealthChange> {
        let probe = self.under_way.take_if(|probe| probe.number == number)?;
        self.next = self.next.max(now);
        let well = well && now <= probe.deadline;
        let untried = std::mem::take(&mut self.untried);
        if well == self.healthy {
            self.against = 0;
            return None;
        }
        self.against += 1;
        let enough = match well {
            true if untried => 1,
            true => self.settings.rise,
            false => self.settings.fall,
        };
        if self.against < enough {
            return None;
        }
        (self.healthy, self.against) = (well, 0);
        Some(if well { HealthChange::Healthy } else { HealthChange::Unhealthy })
    }

    /// Changes the settings: for the next probe and the next result.
    pub fn reconfigure(&mut self, settings: HealthCheckSettings) {
        self.settings = settings;
    }

    /// Bytes it occupies here.
    pub fn memory(&self) -> u64 {
        size_of::<HealthCheck>() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Results in order, and the state after each: `+` and `-`, `H` and `U`. HAProxy's rise 2 and fall 3, and others.
    #[test]
    fn rise_and_fall() {
        for (rise, fall, results, states) in [
            (2, 3, "---", "HHU"),
            (2, 3, "--+--+---", "HHHHHHHHU"),
            (2, 3, "---+-++", "HHUUUUH"),
            (1, 1, "-+-+", "UHUH"),
            (0, 0, "-+", "UH"),
            (3, 2, "--++-+++", "HUUUUUUH"),
        ] {
            let settings = HealthCheckSettings { rise, fall, ..HealthCheckSettings::default() };
            let mut check = HealthCheck::new(settings, true, 0);
            let mut found = String::new();
            for result in results.chars() {
                let was = check.is_healthy();
                let now = check.due().unwrap();
                let probe = check.begin(now);
                let change = check.ended(now, probe.number, result == '+');
                let changed = change.map(|change| change == HealthChange::Healthy);
                assert_eq!(changed, (was != check.is_healthy()).then_some(check.is_healthy()));
                found.push(if check.is_healthy() { 'H' } else { 'U' });
            }
            assert_eq!(found, states, "rise {rise}, fall {fall}, {results}");
        }
    }

    /// A newcomer: one success is enough, but only of the first probe.
    #[test]
    fn the_first_probe_of_a_newcomer_decides() {
        for (results, states) in [("+--", "HHH"), ("-++", "UUH"), ("-+-++", "UUUUH"), ("+---", "HHHU")] {
            let mut check = HealthCheck::of_newcomer(HealthCheckSettings::default(), 7);
            let mut found = String::new();
            for result in results.chars() {
                let now = check.due().unwrap();
                let probe = check.begin(now);
                check.ended(now, probe.number, result == '+');
                found.push(if check.is_healthy() { 'H' } else { 'U' });
            }
            assert_eq!(found, states, "{results}");
        }
    }

    /// An interval of 2 s: when a probe that begins at 10 s ends, and when the next is due.
    #[test]
    fn probes_begin_an_interval_apart() {
        let second = 1_000_000_000;
        for (timeout, ends, next) in [(1, 10, 12), (1, 11, 12), (5, 14, 14)] {
            let settings = HealthCheckSettings { timeout: timeout * second, fall: 1, ..Default::default() };
            let mut check = HealthCheck::new(settings, true, 10 * second);
            assert_eq!(check.due(), Some(10 * second));
            let probe = check.begin(10 * second);
            assert_eq!((probe.deadline, check.due()), ((10 + timeout) * second, None));
            assert_eq!(check.ended(ends * second, probe.number, true), None);
            assert_eq!(check.due(), Some(next * second));
        }
    }

    #[test]
    fn late_answers_do_not_count() {
        let settings = HealthCheckSettings { fall: 1, ..HealthCheckSettings::default() };
        let mut check = HealthCheck::new(settings, true, 0);
        let first = check.begin(0);
        let second = check.begin(5);
        assert_eq!(check.ended(6, first.number, false), None, "given up");
        assert_eq!(check.due(), None, "the second is still under way");
        let late = check.ended(second.deadline + 1, second.number, true);
        assert_eq!(late, Some(HealthChange::Unhealthy));
        assert_eq!(check.ended(9, second.number, true), None, "has ended");
    }

    proptest! {
        /// Beside the list of all results: what turned it last, and the longest row since.
        #[test]
        fn twin(results in prop::collection::vec(any::<bool>(), 1..60), rise in 1..5u32, fall in 1..5u32, healthy: bool) {
            let settings = HealthCheckSettings { rise, fall, ..HealthCheckSettings::default() };
            let mut check = HealthCheck::new(settings, healthy, 0);
            let (mut state, mut since) = (healthy, 0);
            for (at, well) in results.iter().enumerate() {
                let probe = check.begin(at as Time);
                let change = check.ended(at as Time, probe.number, *well);
                let row = results[since..=at].iter().rev().take_while(|result| **result != state).count();
                let turns = row >= if state { fall } else { rise } as usize;
                prop_assert_eq!(change.is_some(), turns);
                if turns {
                    (state, since) = (!state, at + 1);
                }
                prop_assert_eq!(check.is_healthy(), state);
            }
        }
    }
}
