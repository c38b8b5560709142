//! A recorded stream of accesses over one cache, and what comes of it: the cache stands beside its origin, and what is
//! read and not there is fetched and stored, unless the policy refuses it.
//!
//! Costs: those of the cache, and a few sums per access; at most [`MOST_WINDOWS`] windows are kept, however long the
//! stream. A clone goes on where the original was.
//!
//! Left out: the time that fetching takes. A value is there at once, so requests for it never overlap.

use super::{Cache, Lookup, Put, Settings, Step};
use crate::engine::{Nanos, Time};

/// More windows than this are joined two by two, each then twice as wide.
pub const MOST_WINDOWS: usize = 1_024;

/// What is asked of a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Operation {
    /// Read the value; store it if it is not there. The only one that counts as a request.
    #[default]
    Read,
    /// Store a new value.
    Write,
    /// Remove the value.
    Delete,
}

/// One record of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// When, in ns; where a trace has no times, its number in the trace. One before the latest counts as that.
    pub time: Time,
    /// What it is about.
    pub key: u64,
    /// Size of the value in bytes; 1 where a trace has no sizes.
    pub size: u64,
    /// Lifetime of the value in ns, in place of the cache's.
    pub ttl: Option<Nanos>,
    /// What is done.
    pub operation: Operation,
}

impl Access {
    /// A read of one byte.
    pub fn read(time: Time, key: u64) -> Self {
        Access { time, key, size: 1, ttl: None, operation: Operation::Read }
    }
}

/// What was counted. Sums of bytes end at `u64::MAX`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Reads.
    pub requests: u64,
    /// Reads of what was not stored or had expired.
    pub misses: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Bytes of the reads that missed.
    pub missed_bytes: u64,
    /// Writes.
    pub writes: u64,
    /// Deletes, also of what was not there.
    pub deletes: u64,
}

impl Counts {
    /// Reads that were served.
    pub fn hits(&self) -> u64 {
        self.requests - self.misses
    }

    /// Misses per request; none without requests.
    pub fn miss_ratio(&self) -> Option<f64> {
        (self.requests > 0).then(|| self.misses as f64 / self.requests as f64)
    }

    /// Missed bytes per byte read; none if no bytes were read.
    pub fn byte_miss_ratio(&self) -> Option<f64> {
        (self.bytes > 0).then(|| self.missed_bytes as f64 / self.bytes as f64)
    }

    /// Adds what one access came to.
    pub(super) fn count(&mut self, access: &Access, miss: bool) {
        match access.operation {
            Operation::Read => {
                self.requests += 1;
                self.bytes = self.bytes.saturating_add(access.size);
                if miss {
                    self.misses += 1;
                    self.missed_bytes = self.missed_bytes.saturating_add(access.size);
                }
            }
            Operation::Write => self.writes += 1,
            Operation::Delete => self.deletes += 1,
        }
    }

    fn add(&mut self, other: &Counts) {
        self.requests += other.requests;
        self.misses += other.misses;
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.missed_bytes = self.missed_bytes.saturating_add(other.missed_bytes);
        self.writes += other.writes;
        self.deletes += other.deletes;
    }
}

/// What happened within a length of time. Windows without accesses are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it begins, a multiple of the width.
    pub start: Time,
    /// What happened in it.
    pub counts: Counts,
}

/// A cache under a stream of accesses.
#[derive(Clone, Debug)]
pub struct Replay {
    cache: Cache,
    now: Time,
    total: Counts,
    width: Nanos,
    windows: Vec<Window>,
    evicted: Vec<u64>,
    evictions: u64,
    too_large: u64,
}

impl Replay {
    /// An empty cache, watched in windows of `width`, in ns, at least 1.
    pub fn new(settings: Settings, width: Nanos) -> Self {
        Replay {
            cache: Cache::new(settings),
            now: 0,
            total: Counts::default(),
            width: width.max(1),
            windows: Vec::new(),
            evicted: Vec::new(),
            evictions: 0,
            too_large: 0,
        }
    }

    /// Carries out one access; whether it was a read that missed.
    #[inline]
    pub fn access(&mut self, access: &Access) -> bool {
        self.now = self.now.max(access.time);
        let miss = match access.operation {
            Operation::Read => !matches!(self.cache.get(self.now, access.key), Lookup::Hit { .. }),
            Operation::Write => false,
            Operation::Delete => {
                self.cache.delete(access.key);
                false
            }
        };
        if miss || access.operation == Operation::Write {
            self.store(access);
        }
        self.total.count(access, miss);
        self.window().count(access, miss);
        miss
    }

    /// Carries out accesses one after the other.
    pub fn feed(&mut self, accesses: &[Access]) {
        for access in accesses {
            self.access(access);
        }
    }

    /// Whether the policy's steps are recorded from now on ([`Cache::record_steps`]).
    pub fn record_steps(&mut self, on: bool) {
        self.cache.record_steps(on);
    }

    /// Takes the steps since they were taken last ([`Cache::take_steps`]).
    pub fn take_steps(&mut self, steps: &mut Vec<Step>) {
        self.cache.take_steps(steps);
    }

    /// The cache as it is now.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// What was counted from the start.
    pub fn counts(&self) -> Counts {
        self.total
    }

    /// Entries that had to leave to make room.
    pub fn evictions(&self) -> u64 {
        self.evictions
    }

    /// Values that were not stored because they are larger than the whole cache.
    pub fn too_large(&self) -> u64 {
        self.too_large
    }

    /// How wide a window is by now, in ns.
    pub fn width(&self) -> Nanos {
        self.width
    }

    /// What was counted in each window, in order.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Recounts everything from scratch.
    ///
    /// # Errors
    /// The first thing that does not add up, in words.
    pub fn validate(&self) -> Result<(), String> {
        self.cache.validate()?;
        let mut sum = Counts::default();
        self.windows.iter().for_each(|window| sum.add(&window.counts));
        if sum != self.total {
            return Err(format!("windows hold {sum:?}, in all {:?}", self.total));
        }
        let in_order = self.windows.windows(2).all(|pair| pair[0].start < pair[1].start);
        let aligned = self.windows.iter().all(|window| window.start.is_multiple_of(self.width));
        if !in_order || !aligned || self.windows.len() > MOST_WINDOWS {
            return Err(format!("{} windows of {} ns are not in order", self.windows.len(), self.width));
        }
        Ok(())
    }

    #[inline]
    fn store(&mut self, access: &Access) {
        let Access { key, size, .. } = *access;
        self.evicted.clear();
        let put = match access.ttl {
            None => self.cache.put(self.now, key, size, 0, &mut self.evicted),
            Some(ttl) => {
                let expires_at = self.now.saturating_add(ttl);
                self.cache.put_until(self.now, expires_at, key, size, 0, &mut self.evicted)
            }
        };
        self.evictions += self.evicted.len() as u64;
        self.too_large += u64::from(put == Put::TooLarge);
    }

    /// The counts of the window that it is now.
    #[inline]
    fn window(&mut self) -> &mut Counts {
        let is_over = self.windows.last().is_none_or(|window| self.now - window.start >= self.width);
        if is_over {
            self.open_window();
        }
        let last = self.windows.len() - 1;
        &mut self.windows[last].counts
    }

    #[cold]
    fn open_window(&mut self) {
        if self.windows.len() == MOST_WINDOWS {
            self.widen();
        }
        let start = self.now - self.now % self.width;
        if self.windows.last().is_none_or(|window| window.start < start) {
            self.windows.push(Window { start, counts: Counts::default() });
        }
    }

    /// Makes windows twice as wide until some have become one.
    fn widen(&mut self) {
        while self.windows.len() == MOST_WINDOWS {
            self.width = self.width.saturating_mul(2);
            let width = self.width;
            for window in &mut self.windows {
                window.start -= window.start % width;
            }
            self.windows.dedup_by(|later, kept| {
                let same = later.start == kept.start;
                if same {
                    kept.counts.add(&later.counts);
                }
                same
            });
        }
    }
}
