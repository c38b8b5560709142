//! A policy's queues as they stand, for who wants to look at them: newcomers of each queue first, as its paper draws it.
//!
//! Costs: O(entries), and a list of them; what leaves next by chance or by a count has no queue and is one list, the last
//! victim first.

use super::Cache;
use super::policy::{Eviction, Policy};
use super::steps::{Place, place};

/// One queue of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// What its paper calls it.
    pub place: Place,
    /// Keys in it, newcomers first.
    pub keys: Vec<u64>,
}

impl Cache {
    /// The queues, the one that victims come from last. Those of keys that have left (ghosts) are not among them.
    pub fn queues(&self) -> Vec<Queue> {
        let policy = self.settings.policy;
        let is_in_lists = match policy {
            Policy::Fifo | Policy::Lru | Policy::Clock | Policy::Sieve | Policy::Slru => true,
            Policy::TwoQ | Policy::Arc | Policy::S3Fifo | Policy::WTinylfu => true,
            Policy::Mru | Policy::Random | Policy::Lfu | Policy::Lfuda | Policy::LruK => false,
            Policy::Lirs | Policy::RedisLru | Policy::RedisLfu | Policy::Gdsf => false,
        };
        if !is_in_lists {
            let keys = self.in_keeping_order(usize::MAX).collect();
            return vec![Queue { place: Place::Queue, keys }];
        }
        let queue = |list: &usize| {
            let mut keys = Vec::with_capacity(self.store.count(*list) as usize);
            let mut visit = |handle| keys.push(self.store.get(handle).key);
            self.store.visit_back(*list, usize::MAX, &mut visit);
            Queue { place: place(policy, *list), keys }
        };
        self.state.lists().iter().rev().map(queue).collect()
    }

    /// The key that is looked at first when room is needed, where a queue is not looked at from its end (SIEVE's hand).
    pub fn hand(&self) -> Option<u64> {
        self.state.hand(&self.store).map(|handle| self.store.get(handle).key)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Capacity, Lookup, Settings};
    use super::*;
    use std::collections::BTreeSet;

    fn served(policy: Policy, capacity: u64, keys: &[u64]) -> Cache {
        let mut cache = Cache::new(Settings { policy, capacity: Capacity::Entries(capacity), ttl: None });
        for &key in keys {
            if cache.get(0, key) == Lookup::Miss {
                cache.put(0, key, 1, 0, &mut Vec::new());
            }
        }
        cache
    }

    #[test]
    fn queues_stand_as_the_papers_draw_them() {
        let cases: [(Policy, &[u64], &str, Option<u64>); 4] = [
            (Policy::Lru, &[1, 2, 3, 1], "Queue [1, 3, 2]", None),
            // 1 was spared, 2 left, and the hand rests on who came after it.
            (Policy::Sieve, &[1, 2, 3, 1, 4], "Queue [4, 3, 1]", Some(3)),
            (Policy::Arc, &[1, 2, 3, 1], "T2 [1], T1 [3, 2]", None),
            (Policy::TwoQ, &[1, 2, 3], "Am [], A1In [3, 2, 1]", None),
        ];
        for (policy, keys, expected, hand) in cases {
            let cache = served(policy, 3, keys);
            let queues = cache.queues();
            let found: Vec<String> =
                queues.iter().map(|queue| format!("{:?} {:?}", queue.place, queue.keys)).collect();
            assert_eq!(found.join(", "), expected, "{policy:?}");
            assert_eq!(cache.hand(), hand, "{policy:?}");
        }
    }

    #[test]
    fn every_entry_stands_in_one_queue() {
        for policy in Policy::ALL {
            let keys: Vec<u64> = (0..400).map(|at| at * at % 97).collect();
            let cache = served(policy, 20, &keys);
            let queued: Vec<u64> = cache.queues().into_iter().flat_map(|queue| queue.keys).collect();
            let stored: BTreeSet<u64> = cache.in_eviction_order(usize::MAX).collect();
            assert_eq!(queued.len() as u64, cache.len(), "{policy:?}");
            assert_eq!(queued.iter().copied().collect::<BTreeSet<u64>>(), stored, "{policy:?}");
        }
    }
}
