//! When too few instances are healthy, it is better to use all: Envoy's panic threshold and its spill to the next
//! priority (`panic_threshold.rst`, `priority.rst`).
//!
//! Plain functions on counts. The health of a priority is its healthy share times 1.4, the overprovisioning factor, at
//! most 100 %: it carries its whole load until fewer than 72 % are healthy. What it cannot carry goes to the next one.
//! If all together carry less than the whole, each carries its part of what they do, and those whose healthy share is
//! below the threshold (50 %) are in panic: their load goes to all their instances, healthy or not.
//!
//! Costs: O(priorities). Left out: failing all traffic in panic instead, degraded instances.

use super::Share;

/// Envoy's default threshold.
pub const PANIC_THRESHOLD: Share = Share::percent(50);

/// Envoy's overprovisioning factor of 1.4, in per cent.
const OVERPROVISIONING: u64 = 140;

/// The instances of one priority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Priority {
    /// Those that are healthy.
    pub healthy: u32,
    /// All.
    pub hosts: u32,
}

impl Priority {
    /// How much of its load it can carry, in whole per cent, rounded down.
    pub fn health(self) -> u32 {
        let health = u64::from(self.healthy) * OVERPROVISIONING / u64::from(self.hosts.max(1));
        health.min(100) as u32
    }
}

fn total_health(priorities: &[Priority]) -> u64 {
    priorities.iter().map(|priority| u64::from(priority.health())).sum()
}

/// Whether the priority at `at` is in panic. A threshold of nothing never is; a priority without instances neither.
pub fn in_panic(priorities: &[Priority], at: usize, threshold: Share) -> bool {
    let Some(priority) = priorities.get(at) else { return false };
    total_health(priorities) < 100 && !threshold.is_reached(priority.healthy.into(), priority.hosts.into())
}

/// The share of all calls that the priority at `at` gets, rounded down.
pub fn load(priorities: &[Priority], at: usize) -> Share {
    let total = total_health(priorities).min(100);
    let Some(priority) = priorities.get(at) else { return Share::default() };
    if total == 0 {
        // Nobody is healthy: all goes to the first.
        return Share::percent(if at == 0 { 100 } else { 0 });
    }
    let before = total_health(&priorities[..at]).min(100);
    let carried = u64::from(priority.health()).min(100 - before);
    Share::millionths((carried * u64::from(Share::WHOLE) / total) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_100(healthy: &[u32]) -> Vec<Priority> {
        healthy.iter().map(|&healthy| Priority { healthy, hosts: 100 }).collect()
    }

    #[test]
    fn health_is_overprovisioned() {
        for (healthy, health) in [(100, 100), (72, 100), (71, 99), (50, 70), (25, 35), (0, 0)] {
            assert_eq!(Priority { healthy, hosts: 100 }.health(), health, "{healthy} %");
        }
        assert_eq!(Priority::default().health(), 0);
    }

    /// Healthy per cent of each priority, the load each gets in nearest per cent, and who is in panic (`priority.rst`,
    /// `panic_threshold.rst`).
    #[test]
    fn load_and_panic_of_the_documentation() {
        for (healthy, loads, panics) in [
            (vec![100, 100], vec![100, 0], vec![false, false]),
            (vec![72, 72], vec![100, 0], vec![false, false]),
            (vec![71, 71], vec![99, 1], vec![false, false]),
            (vec![50, 50], vec![70, 30], vec![false, false]),
            (vec![25, 100], vec![35, 65], vec![false, false]),
            (vec![25, 25], vec![50, 50], vec![true, true]),
            (vec![5, 65], vec![7, 93], vec![true, false]),
            (vec![0, 0], vec![100, 0], vec![true, true]),
            (vec![50], vec![100], vec![false]),
            (vec![49], vec![100], vec![true]),
        ] {
            let priorities = of_100(&healthy);
            let at = 0..healthy.len();
            let per_cent = |share: Share| (share.in_millionths() + 5_000) / 10_000;
            let found: Vec<u32> = at.clone().map(|at| per_cent(load(&priorities, at))).collect();
            assert_eq!(found, loads, "load of {healthy:?}");
            let found: Vec<bool> = at.map(|at| in_panic(&priorities, at, PANIC_THRESHOLD)).collect();
            assert_eq!(found, panics, "panic of {healthy:?}");
            assert!(!in_panic(&priorities, 0, Share::percent(0)), "0 % disables it");
        }
        assert!(!in_panic(&[], 0, PANIC_THRESHOLD));
        assert!(!in_panic(&[Priority::default()], 0, PANIC_THRESHOLD));
        assert_eq!(load(&of_100(&[50]), 3), Share::default());
    }
}
