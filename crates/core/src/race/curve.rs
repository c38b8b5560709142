//! Miss ratios over the size of the cache: each contender at each of [`SIZES`] sizes over the whole trace, the sizes in an
//! order that shows the shape early.
//!
//! LRU by entries takes one pass for all sizes (Mattson et al. 1970); everything else is replayed at each size.

use super::Contender;
use crate::engine::cache::{
    Belady, Capacity, Counts, Future, MOST_ENTRIES, Policy, Replay, Settings, StackDistances,
};

/// Sizes of a curve.
pub const SIZES: usize = 12;

/// Accesses between two looks at whether it is enough.
const STRIDE: usize = 2_048;

/// The miss ratio of a contender at one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Which contender, by its place among them.
    pub contender: usize,
    /// Entries, or bytes.
    pub size: u64,
    /// Misses per read.
    pub miss_ratio: f64,
}

#[derive(Clone, Debug)]
enum Job {
    Replay(Box<Replay>),
    Belady(Box<Belady>),
    Distances(Box<StackDistances>),
}

/// A curve that is being worked out.
#[derive(Clone, Debug)]
pub struct Curve {
    contenders: Vec<Contender>,
    in_bytes: bool,
    sizes: Vec<u64>,
    /// What is still to be done, the next one last: contender and size.
    left: Vec<(usize, u64)>,
    jobs: usize,
    job: Option<(usize, u64, Job)>,
    at: usize,
    points: Vec<CurvePoint>,
}

impl Curve {
    /// Of these contenders over sizes from 1 to `largest` entries, or bytes.
    pub fn new(contenders: &[Contender], largest: u64, in_bytes: bool) -> Curve {
        // Policies hold no more entries than this, so neither shall the others.
        let sizes = sizes(if in_bytes { largest } else { largest.min(MOST_ENTRIES) });
        let mut left = Vec::new();
        for size in in_coarse_order(&sizes) {
            for (index, contender) in contenders.iter().enumerate() {
                if !is_in_one_pass(*contender, in_bytes) {
                    left.push((index, size));
                }
            }
        }
        // What gives a whole curve comes first.
        let in_one_pass = (0..).zip(contenders).filter(|(_, it)| is_in_one_pass(**it, in_bytes));
        let whole: Vec<(usize, u64)> = in_one_pass.map(|(index, _)| (index, 0)).collect();
        left.splice(0..0, whole);
        left.reverse();
        let contenders = contenders.to_vec();
        Curve { contenders, in_bytes, sizes, jobs: left.len(), left, job: None, at: 0, points: Vec::new() }
    }

    /// Whose.
    pub fn contenders(&self) -> impl Iterator<Item = Contender> + '_ {
        self.contenders.iter().copied()
    }

    /// The points there are so far.
    pub fn points(&self) -> &[CurvePoint] {
        &self.points
    }

    /// How much of the work is done, 0 to 1.
    pub fn done(&self, future: &Future) -> f64 {
        if self.jobs == 0 {
            return 1.0;
        }
        let begun = if self.job.is_some() { 1.0 - self.at as f64 / future.len().max(1) as f64 } else { 0.0 };
        1.0 - (self.left.len() as f64 + begun) / self.jobs as f64
    }

    /// Works until all is done, or `enough` says so; whether all is done.
    pub fn work(&mut self, future: &Future, enough: &mut dyn FnMut() -> bool) -> bool {
        loop {
            let Some((contender, size, mut job)) = self.job.take().or_else(|| self.next(future)) else {
                return true;
            };
            let mut stopped = false;
            while self.at < future.len() && !stopped {
                let end = future.len().min(self.at + STRIDE);
                job.run(future, self.at, end);
                self.at = end;
                stopped = enough();
            }
            if self.at < future.len() {
                self.job = Some((contender, size, job));
                return false;
            }
            self.finish(contender, size, job);
            if stopped {
                return self.left.is_empty();
            }
        }
    }

    fn next(&mut self, future: &Future) -> Option<(usize, u64, Job)> {
        let (index, size) = self.left.pop()?;
        self.at = 0;
        let capacity = if self.in_bytes { Capacity::Bytes(size) } else { Capacity::Entries(size) };
        let contender = self.contenders[index];
        let job = match contender {
            _ if is_in_one_pass(contender, self.in_bytes) => Job::Distances(Box::default()),
            Contender::Policy(policy) => {
                Job::Replay(Box::new(Replay::new(Settings { policy, capacity, ttl: None }, u64::MAX)))
            }
            Contender::Belady => Job::Belady(Box::new(Belady::new(capacity, future))),
        };
        Some((index, size, job))
    }

    fn finish(&mut self, contender: usize, size: u64, job: Job) {
        let mut add = |size: u64, counts: Counts| {
            if let Some(miss_ratio) = counts.miss_ratio() {
                self.points.push(CurvePoint { contender, size, miss_ratio });
            }
        };
        match job {
            Job::Replay(replay) => add(size, replay.counts()),
            Job::Belady(belady) => add(size, belady.counts()),
            Job::Distances(distances) => {
                let curve = distances.curve(self.sizes.iter().copied());
                self.sizes.iter().zip(curve).for_each(|(size, counts)| add(*size, counts));
            }
        }
    }
}

impl Job {
    fn run(&mut self, future: &Future, from: usize, to: usize) {
        match self {
            Job::Replay(replay) => (from..to).for_each(|at| _ = replay.access(&future.access(at))),
            Job::Belady(belady) => _ = belady.advance(future, to - from),
            Job::Distances(distances) => (from..to).for_each(|at| _ = distances.access(&future.access(at))),
        }
    }
}

fn is_in_one_pass(contender: Contender, in_bytes: bool) -> bool {
    contender == Contender::Policy(Policy::Lru) && !in_bytes
}

/// At most [`SIZES`] sizes up to `largest`, each larger by the same factor, over three powers of ten.
fn sizes(largest: u64) -> Vec<u64> {
    let largest = largest.max(1);
    let smallest = (largest / 1_000).max(1) as f64;
    let factor = libm::pow(largest as f64 / smallest, 1.0 / (SIZES - 1) as f64);
    let at = |step: usize| libm::round(smallest * libm::pow(factor, step as f64)) as u64;
    let mut sizes: Vec<u64> = (0..SIZES - 1).map(at).collect();
    sizes.push(largest);
    sizes.dedup();
    sizes
}

/// The first, the last, the middle one, and so on between those.
fn in_coarse_order(sizes: &[u64]) -> Vec<u64> {
    let mut order = Vec::new();
    let mut step = sizes.len().next_power_of_two();
    let mut add = |index: usize| {
        if let Some(size) = sizes.get(index)
            && !order.contains(size)
        {
            order.push(*size);
        }
    };
    add(0);
    add(sizes.len().saturating_sub(1));
    while step > 0 {
        (0..sizes.len()).step_by(step).for_each(&mut add);
        step /= 2;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_rise_to_the_largest() {
        for largest in [0, 1, 2, 7, 1_000, 39_212, 123_456_789] {
            let sizes = sizes(largest);
            assert!(sizes.windows(2).all(|pair| pair[0] < pair[1]), "{largest}: {sizes:?}");
            assert_eq!(sizes.last(), Some(&largest.max(1)));
            let mut order = in_coarse_order(&sizes);
            order.sort_unstable();
            assert_eq!(order, sizes);
        }
    }
}
