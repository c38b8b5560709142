//! A processor: everything that takes time and can be shared, such as cores or a disk.
//!
//! A job carries work: the time it would take alone at full speed. Disciplines: first come first served or last
//! come first served on `cores` units, and processor sharing by virtual time (each job's finish is a fixed moment
//! of a clock that slows down as jobs join; Parekh and Gallager, 1993), O(log n) a job. Speed comes from one
//! place, [`Processor::set_speed`], which re-plans what is running. The caller schedules the wake-ups this module
//! asks for; a wake-up carries a number, and one that was superseded is recognised by it.
//!
//! Left out: preemption, time slices, cost of switching.

use super::slab::Id;
use super::time::{Nanos, Time};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Speed in parts per million of full speed.
pub type Speed = u32;

/// Full speed.
pub const FULL_SPEED: Speed = 1_000_000;

/// The order in which jobs are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// First come, first served.
    Fifo,
    /// Last come, first served, without preemption.
    Lifo,
    /// Everyone at once, each at a share of the cores, at most one core each.
    Sharing,
}

/// A wake-up that the processor wants: call [`Processor::finished`] at `at` with `number`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WakeUp {
    /// When.
    pub at: Time,
    /// Which running place.
    pub place: u32,
    /// Tells this wake-up from superseded ones of the same place.
    pub number: u32,
}

#[derive(Debug)]
struct Running<T> {
    job: Id<T>,
    /// Work left at `since`: whole nanoseconds, and millionths of one.
    left: Nanos,
    millionths: u32,
    since: Time,
    number: u32,
    busy: bool,
}

// Written out: deriving would ask the same of `T`.
impl<T> Clone for Running<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Running<T> {}

impl<T> Running<T> {
    /// Work left at `now` after `speed` since then, in millionths of a nanosecond.
    fn left(&self, now: Time, speed: Speed) -> u128 {
        let left = u128::from(self.left) * u128::from(FULL_SPEED) + u128::from(self.millionths);
        left.saturating_sub(u128::from(now - self.since) * u128::from(speed))
    }
}

/// See the module's description. `T` is what its jobs belong to.
#[derive(Clone, Debug)]
pub struct Processor<T> {
    order: Order,
    cores: u32,
    speed: Speed,
    running: Vec<Running<T>>,
    /// Places in `running` that are not busy.
    idle: Vec<u32>,
    busy: u32,
    queue: VecDeque<(Id<T>, Nanos)>,
    shared: Shared,
    shared_jobs: Vec<(Id<T>, u64)>,
    busy_time: u64,
    counted_to: Time,
}

/// State of processor sharing: virtual time in 2^-32 nanoseconds of work per job.
#[derive(Clone, Debug, Default)]
struct Shared {
    virtual_time: u128,
    updated: Time,
    next: u64,
    /// (virtual finish, arrival number, place in `shared_jobs`).
    finishes: BinaryHeap<Reverse<(u128, u64, u32)>>,
    free: Vec<u32>,
    number: u32,
}

impl<T> Processor<T> {
    /// A processor of `cores` units.
    pub fn new(order: Order, cores: u32) -> Processor<T> {
        Processor {
            order,
            cores,
            speed: FULL_SPEED,
            running: Vec::new(),
            idle: Vec::new(),
            busy: 0,
            queue: VecDeque::new(),
            shared: Shared::default(),
            shared_jobs: Vec::new(),
            busy_time: 0,
            counted_to: 0,
        }
    }

    /// Cores in use.
    pub fn busy(&self) -> u32 {
        self.busy
    }

    /// Jobs that wait for a core.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Cores.
    pub fn cores(&self) -> u32 {
        self.cores
    }

    /// Speed in parts per million.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Core time used up to `now`, in nanoseconds.
    pub fn busy_time(&self, now: Time) -> u64 {
        self.busy_time + u64::from(self.busy) * (now - self.counted_to)
    }

    /// Takes a job in. Returns the wake-up to schedule, if any.
    #[inline]
    pub fn submit(&mut self, now: Time, job: Id<T>, work: Nanos) -> Option<WakeUp> {
        if self.order == Order::Sharing {
            return self.share(now, job, work);
        }
        if self.busy < self.cores {
            return Some(self.start(now, job, work));
        }
        self.queue.push_back((job, work));
        None
    }

    /// A wake-up came: the job that is done, if it was not superseded, and the next wake-up to schedule.
    #[inline]
    pub fn finished(&mut self, now: Time, place: u32, number: u32) -> Option<(Id<T>, Option<WakeUp>)> {
        if self.order == Order::Sharing {
            return self.finished_sharing(now, number);
        }
        let running = self.running.get_mut(place as usize)?;
        if !running.busy || running.number != number {
            return None;
        }
        let job = running.job;
        running.busy = false;
        self.idle.push(place);
        self.count(now);
        self.busy -= 1;
        // Where workers are no more than cores nobody ever waits here.
        let next = if self.queue.is_empty() { None } else { self.start_next(now) };
        Some((job, next))
    }

    /// Takes a job out before it is done. Returns the wake-up to schedule, if any. O(jobs).
    pub fn withdraw(&mut self, now: Time, job: Id<T>) -> Option<WakeUp> {
        if let Some(position) = self.queue.iter().position(|(waiting, _)| *waiting == job) {
            self.queue.remove(position);
            return None;
        }
        if let Some(place) = self.running.iter().position(|running| running.busy && running.job == job) {
            let running = &mut self.running[place];
            running.busy = false;
            running.number = running.number.wrapping_add(1);
            self.idle.push(place as u32);
            self.count(now);
            self.busy -= 1;
            return self.start_next(now);
        }
        self.withdraw_sharing(now, job)
    }

    /// What is left of a running or waiting job's work at the present speed, in nanoseconds of simulated time;
    /// `None` if it is not here or waits for a core. O(jobs).
    pub fn remaining(&self, now: Time, job: Id<T>) -> Option<Nanos> {
        let running = self.running.iter().find(|running| running.busy && running.job == job)?;
        Some((running.left(now, self.speed) / u128::from(self.speed.max(1))) as Nanos)
    }

    /// Changes the number of cores. Fewer: those in use finish first. Appends wake-ups to schedule.
    pub fn set_cores(&mut self, now: Time, cores: u32, out: &mut Vec<WakeUp>) {
        if self.order == Order::Sharing {
            self.advance(now);
            self.cores = cores;
            self.count_sharing(now);
            out.extend(self.replan_sharing(now));
            return;
        }
        self.cores = cores;
        while let Some(wake_up) = self.start_next(now) {
            out.push(wake_up);
        }
    }

    /// Changes the speed of everything that runs. Appends wake-ups to schedule; those before are superseded.
    pub fn set_speed(&mut self, now: Time, speed: Speed, out: &mut Vec<WakeUp>) {
        let speed = speed.max(1);
        if self.order == Order::Sharing {
            self.advance(now);
            self.speed = speed;
            out.extend(self.replan_sharing(now));
            return;
        }
        let before = std::mem::replace(&mut self.speed, speed);
        for (place, running) in self.running.iter_mut().enumerate().filter(|(_, running)| running.busy) {
            let left = running.left(now, before);
            running.left = (left / u128::from(FULL_SPEED)) as Nanos;
            running.millionths = (left % u128::from(FULL_SPEED)) as u32;
            running.since = now;
            running.number = running.number.wrapping_add(1);
            out.push(WakeUp {
                at: now.saturating_add(duration(left, speed)),
                place: place as u32,
                number: running.number,
            });
        }
    }

    /// Empties it, as when its machine dies.
    pub fn clear(&mut self, now: Time) {
        self.count(now);
        self.busy = 0;
        self.queue.clear();
        self.idle.clear();
        for (place, running) in self.running.iter_mut().enumerate() {
            running.busy = false;
            running.number = running.number.wrapping_add(1);
            self.idle.push(place as u32);
        }
        self.shared.finishes.clear();
        self.shared.number = self.shared.number.wrapping_add(1);
        self.shared.free.clear();
        self.shared_jobs.clear();
    }

    /// Asserts what must always hold.
    pub fn validate(&self) {
        if self.order == Order::Sharing {
            let jobs = self.shared.finishes.len();
            assert_eq!(self.busy, self.cores.min(jobs as u32), "cores in use");
            assert_eq!(jobs + self.shared.free.len(), self.shared_jobs.len(), "places of shared jobs");
        } else {
            let busy = self.running.iter().filter(|running| running.busy).count();
            assert_eq!(self.busy as usize, busy, "cores in use");
            assert_eq!(self.idle.len() + busy, self.running.len(), "places of running jobs");
            assert!(self.queue.is_empty() || self.busy >= self.cores, "a job waits beside an idle core");
        }
    }

    #[inline]
    fn count(&mut self, now: Time) {
        self.busy_time += u64::from(self.busy) * (now - self.counted_to);
        self.counted_to = now;
    }

    #[inline]
    fn start(&mut self, now: Time, job: Id<T>, work: Nanos) -> WakeUp {
        self.count(now);
        self.busy += 1;
        let place = self.idle.pop().unwrap_or_else(|| self.new_place(job));
        let running = &mut self.running[place as usize];
        let number = running.number.wrapping_add(1);
        *running = Running { job, left: work, millionths: 0, since: now, number, busy: true };
        let takes =
            if self.speed == FULL_SPEED { work } else { duration(running.left(now, self.speed), self.speed) };
        WakeUp { at: now.saturating_add(takes), place, number }
    }

    #[cold]
    fn new_place(&mut self, job: Id<T>) -> u32 {
        self.running.push(Running { job, left: 0, millionths: 0, since: 0, number: 0, busy: false });
        self.running.len() as u32 - 1
    }

    #[inline]
    fn start_next(&mut self, now: Time) -> Option<WakeUp> {
        if self.busy >= self.cores {
            return None;
        }
        let (job, work) = match self.order {
            Order::Lifo => self.queue.pop_back()?,
            _ => self.queue.pop_front()?,
        };
        Some(self.start(now, job, work))
    }
}

/// How long `left` millionths of a nanosecond of work take, rounded up.
fn duration(left: u128, speed: Speed) -> Nanos {
    left.div_ceil(u128::from(speed)).min(u128::from(Nanos::MAX)) as Nanos
}

/// Processor sharing.
impl<T> Processor<T> {
    fn share(&mut self, now: Time, job: Id<T>, work: Nanos) -> Option<WakeUp> {
        self.advance(now);
        let arrival = self.shared.next;
        self.shared.next += 1;
        let place = match self.shared.free.pop() {
            Some(place) => {
                self.shared_jobs[place as usize] = (job, arrival);
                place
            }
            None => {
                self.shared_jobs.push((job, arrival));
                self.shared_jobs.len() as u32 - 1
            }
        };
        let finish = self.shared.virtual_time + (u128::from(work) << 32);
        self.shared.finishes.push(Reverse((finish, arrival, place)));
        self.count_sharing(now);
        self.replan_sharing(now)
    }

    fn finished_sharing(&mut self, now: Time, number: u32) -> Option<(Id<T>, Option<WakeUp>)> {
        if number != self.shared.number {
            return None;
        }
        self.advance(now);
        let Reverse((finish, _, place)) = self.shared.finishes.pop()?;
        // Rounding up to whole nanoseconds may have passed the finish by a hair; never fall behind it.
        self.shared.virtual_time = self.shared.virtual_time.max(finish);
        self.shared.free.push(place);
        let (job, _) = self.shared_jobs[place as usize];
        self.count_sharing(now);
        Some((job, self.replan_sharing(now)))
    }

    fn withdraw_sharing(&mut self, now: Time, job: Id<T>) -> Option<WakeUp> {
        self.advance(now);
        let (jobs, before) = (&self.shared_jobs, self.shared.finishes.len());
        let mut freed = None;
        self.shared.finishes.retain(|Reverse((_, _, place))| {
            let stays = jobs[*place as usize].0 != job;
            if !stays {
                freed = Some(*place);
            }
            stays
        });
        if self.shared.finishes.len() == before {
            return None;
        }
        self.shared.free.extend(freed);
        self.count_sharing(now);
        self.replan_sharing(now)
    }

    /// Moves virtual time on to `now`: each of n jobs gets min(1, cores / n) of a core.
    fn advance(&mut self, now: Time) {
        let jobs = self.shared.finishes.len() as u128;
        let elapsed = u128::from(now - self.shared.updated);
        self.shared.updated = now;
        if jobs > 0 {
            let shared = u128::from(self.cores).min(jobs);
            self.shared.virtual_time +=
                (elapsed << 32) * shared * u128::from(self.speed) / (jobs * u128::from(FULL_SPEED));
        }
    }

    fn count_sharing(&mut self, now: Time) {
        self.count(now);
        self.busy = self.cores.min(self.shared.finishes.len() as u32);
    }

    fn replan_sharing(&mut self, now: Time) -> Option<WakeUp> {
        self.shared.number = self.shared.number.wrapping_add(1);
        let Reverse((finish, _, _)) = self.shared.finishes.peek()?;
        let jobs = self.shared.finishes.len() as u128;
        let shared = u128::from(self.cores).min(jobs);
        if shared == 0 {
            return None;
        }
        let left = finish.saturating_sub(self.shared.virtual_time);
        let takes = (left * jobs * u128::from(FULL_SPEED)).div_ceil((shared * u128::from(self.speed)) << 32);
        let at = now.saturating_add(takes.min(u128::from(Nanos::MAX)) as Nanos);
        Some(WakeUp { at, place: 0, number: self.shared.number })
    }
}

#[cfg(test)]
mod tests;
