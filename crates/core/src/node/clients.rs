//! Clients: where requests come from. Open-loop arrivals do not wait for answers, so a stall of the system does not
//! hide itself by slowing them down (no coordinated omission); closed-loop users do wait, as some load tools do.
//!
//! A changing rate is drawn by thinning (Lewis and Shedler, 1979): candidates at the highest rate, each kept with
//! the probability that the present rate has of it. O(1) a request at a steady rate.

use super::demand;
use super::paths::Paths;
use crate::scenario::{Arrivals, Clients as Spec, Shape, Spacing};
use crate::sim::ahead::AheadStream;
use crate::sim::call::{EndedCall, NEVER, NewCall, UNTOLD, VisitId};
use crate::sim::distribution::Distribution;
use crate::sim::kernel::Kernel;
use crate::sim::keys::KeyDistribution;
use crate::sim::random::{Choices, Client, Purpose, Salt, Stream, root_path, threshold};
use crate::sim::record::{InstanceIndex, Operation};
use crate::sim::time::{Nanos, SECOND, Time, from_seconds};

/// From this on the next arrival is looked for again later: a year.
const FAR: Nanos = 31_536_000 * SECOND;

/// See the module's description.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    instance: InstanceIndex,
    link: u16,
    client: Client,
    process: Process,
    /// Times more requests than set, for a spike.
    factor: f64,
    /// Mean time between candidates at a steady or the highest rate, in seconds.
    mean: f64,
    keys: KeyDistribution,
    size: u32,
    timeout: Option<Nanos>,
    deadline: Option<Nanos>,
    arrivals: AheadStream,
    key_stream: Stream,
    /// Whether a request reads.
    reads: Choices,
    think: Stream,
    issued: u64,
    written: u64,
    paths: Paths,
    priority: u8,
    /// Tells timers of the present process from those of an earlier one.
    plan: u32,
}

#[derive(Clone, Debug)]
enum Process {
    Steady { spacing: Spacing, rate: f64 },
    Changing { spacing: Spacing, shape: Shape, peak: f64 },
    Closed { users: u32, started: u32, think_time: Distribution },
}

impl Process {
    fn of(arrivals: &Arrivals, started: u32) -> Process {
        match arrivals {
            Arrivals::Poisson { rate } => Process::Steady { spacing: Spacing::Poisson, rate: *rate },
            Arrivals::Constant { rate } => Process::Steady { spacing: Spacing::Constant, rate: *rate },
            Arrivals::Profile(profile) => Process::Changing {
                spacing: profile.spacing,
                shape: profile.shape.clone(),
                peak: profile.shape.peak(),
            },
            Arrivals::Closed { users, think_time } => {
                Process::Closed { users: *users, started, think_time: demand::distribution(think_time) }
            }
        }
    }
}

impl Clients {
    pub(super) fn new(
        kernel: &Kernel,
        instance: InstanceIndex,
        name: &str,
        spec: &Spec,
        link: u16,
        known: &[&str],
    ) -> Clients {
        let seed = kernel.seed();
        let stream = |purpose| Stream::new(seed, name, purpose, 0);
        Clients {
            instance,
            link,
            client: Client::new(name),
            process: Process::of(&spec.arrivals, 0),
            factor: 1.0,
            mean: 0.0,
            keys: demand::keys(&spec.keys),
            size: bytes(spec.size),
            timeout: spec.timeout,
            deadline: spec.deadline,
            arrivals: AheadStream::new(stream(Purpose::Arrivals)),
            key_stream: stream(Purpose::Keys),
            reads: Choices::new(stream(Purpose::Operations), threshold(spec.reads)),
            think: stream(Purpose::Think),
            issued: 0,
            written: 0,
            paths: Paths::new(Salt::new(seed, name, Purpose::Paths), spec, known),
            priority: spec.priority as u8,
            plan: 0,
        }
    }

    /// How many requests it has sent.
    pub(super) fn issued(&self) -> u64 {
        self.issued
    }

    /// Learns which instance it is.
    pub(super) fn settle(&mut self, instance: InstanceIndex) {
        self.instance = instance;
    }

    /// Plans the first arrival, or sets the users going.
    pub(super) fn start(&mut self, kernel: &mut Kernel) {
        self.plan = self.plan.wrapping_add(1);
        if let Process::Closed { users, started, think_time } = &mut self.process {
            for user in *started..*users {
                let pause = think_time.draw(self.think.word());
                kernel.set_timer(kernel.now().saturating_add(pause), self.instance, user, USER);
            }
            *started = (*started).max(*users);
        } else {
            self.set_mean();
            self.plan_first(kernel);
        }
    }

    #[inline(never)]
    fn plan_first(&mut self, kernel: &mut Kernel) {
        self.plan_next(kernel);
    }

    fn set_mean(&mut self) {
        let rate = match &self.process {
            Process::Steady { rate, .. } => *rate,
            Process::Changing { peak, .. } => *peak,
            Process::Closed { .. } => return,
        };
        self.mean = 1.0 / (rate * self.factor);
        self.arrivals.set_mean(self.mean);
    }

    /// The next arrival has come, or a user has thought enough.
    #[inline(never)]
    pub(super) fn timer(&mut self, kernel: &mut Kernel, token: u32, number: u32) {
        let of_user = number == USER;
        let of_plan = !of_user && number == self.plan;
        if of_user && self.still_wants(token) || of_plan && self.keeps(kernel.now()) {
            self.issue(kernel, if of_user { token } else { UNTOLD });
        }
        if of_plan {
            self.plan_next(kernel);
        }
    }

    /// Whether there still is this user.
    fn still_wants(&mut self, user: u32) -> bool {
        let Process::Closed { users, started, .. } = &mut self.process else { return false };
        if user >= *users {
            *started = (*started).min(user);
        }
        user < *users
    }

    /// Whether a candidate for an arrival becomes one.
    #[inline]
    fn keeps(&mut self, now: Time) -> bool {
        match &self.process {
            Process::Changing { shape, peak, spacing: Spacing::Poisson } => {
                self.arrivals.unit() * peak <= shape.rate_at(now)
            }
            Process::Changing { shape, .. } => shape.rate_at(now) > 0.0,
            _ => true,
        }
    }

    /// A user has the answer, or has waited long enough, and thinks.
    pub(super) fn answered(&mut self, kernel: &mut Kernel, ended: &EndedCall) {
        if let Process::Closed { users, started, think_time } = &mut self.process {
            let user = ended.token;
            if user < *users {
                let pause = think_time.draw(self.think.word());
                kernel.set_timer(kernel.now().saturating_add(pause), self.instance, user, USER);
            } else {
                *started = (*started).min(user);
            }
        }
    }

    /// New settings: distributions and rate from the next draw on.
    pub(super) fn reconfigure(&mut self, kernel: &mut Kernel, old: &Spec, new: &Spec) {
        self.reads.set_threshold(threshold(new.reads));
        self.size = bytes(new.size);
        self.paths.reconfigure(new);
        self.priority = new.priority as u8;
        self.timeout = new.timeout;
        self.deadline = new.deadline;
        if old.keys != new.keys {
            self.keys = demand::keys(&new.keys);
        }
        if old.arrivals != new.arrivals {
            let started = if let Process::Closed { started, .. } = self.process { started } else { 0 };
            self.process = Process::of(&new.arrivals, started);
            self.start(kernel);
        }
    }

    /// So many times more requests from now on; 1 ends a spike.
    pub(super) fn spike(&mut self, kernel: &mut Kernel, factor: f64) {
        self.factor = factor;
        if !matches!(self.process, Process::Closed { .. }) {
            self.start(kernel);
        }
    }

    #[inline(always)]
    fn plan_next(&mut self, kernel: &mut Kernel) {
        let now = kernel.now();
        let gap = match &self.process {
            Process::Steady { spacing: Spacing::Poisson, .. }
            | Process::Changing { spacing: Spacing::Poisson, .. } => self.arrivals.time(),
            Process::Steady { .. } => from_seconds(self.mean),
            Process::Changing { shape, .. } => from_seconds(1.0 / (shape.rate_at(now) * self.factor)),
            Process::Closed { .. } => return,
        };
        // A rate of 0 makes no arrival; a changing one is looked at again soon.
        let gap = if gap < FAR {
            gap
        } else if matches!(self.process, Process::Changing { .. }) {
            SECOND / 100
        } else {
            return;
        };
        let at: Time = now.saturating_add(gap.max(1));
        kernel.set_timer(at, self.instance, 0, self.plan);
    }

    #[inline(always)]
    fn issue(&mut self, kernel: &mut Kernel, token: u32) {
        let now = kernel.now();
        let path = root_path(self.client, self.issued);
        let read = self.reads.happens();
        let key_stream = &mut self.key_stream;
        let key = self.keys.draw(self.issued, self.written, || key_stream.word());
        self.issued += 1;
        self.written += u64::from(!read);
        kernel.call(&NewCall {
            from: self.instance,
            caller: VisitId::NONE,
            link: self.link,
            to: None,
            path,
            root: path,
            parent: 0,
            key,
            size: self.size,
            version: 0,
            operation: if read { Operation::Read } else { Operation::Write },
            endpoint: self.paths.of(path),
            priority: self.priority,
            attempt: 0,
            step: 0,
            token,
            timeout: self.timeout,
            deadline: self.deadline.map_or(NEVER, |age| now.saturating_add(age)),
            depth: 0,
        });
    }
}

/// Timers of users carry this number; those of arrivals carry the plan's.
const USER: u32 = u32::MAX;

fn bytes(size: u64) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
