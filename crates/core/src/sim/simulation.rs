//! The loop: takes the next event and lets it happen.

use super::attempts::ATTEMPT;
use super::call::{CallId, EndedCall, Stage, Visit};
use super::event::{self, Event, Packed};
use super::kernel::{Handler, Kernel, Overload};
use super::record::Outcome;
use super::time::Time;
use crate::engine::resilience::priority_queue::NORMAL;

/// Why [`Simulation::run_until`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The time asked for is reached.
    Reached,
    /// So many events were asked for.
    Budget,
    /// A limit was reached; nothing more will happen.
    Overloaded(Overload),
}

/// A kernel and what decides in it: a system that runs.
#[derive(Clone, Debug)]
pub struct Simulation<H> {
    /// What happens.
    pub kernel: Kernel,
    /// What is decided.
    pub handler: H,
}

impl<H: Handler> Simulation<H> {
    /// Runs to a time (events at it included), or for so many events, whichever comes first.
    pub fn run_until(&mut self, until: Time, max_events: u64) -> Stop {
        for _ in 0..max_events {
            if let Some(overload) = self.kernel.overload {
                return Stop::Overloaded(overload);
            }
            if !self.take_next(until) {
                self.kernel.now = self.kernel.now.max(until);
                return Stop::Reached;
            }
        }
        Stop::Budget
    }

    /// Lets one event happen if it comes by `until`. Whether one did.
    #[inline(never)]
    pub fn step_until(&mut self, until: Time) -> bool {
        self.take_next(until)
    }

    #[inline(always)]
    fn take_next(&mut self, until: Time) -> bool {
        let (calls, visits) = (&self.kernel.calls, &self.kernel.visits);
        // Time-outs of calls that have ended, above all.
        let dead = |event: &Packed| match event.unpack() {
            Event::Timeout(call) | Event::PoolTimeout(call) => !calls.contains(call),
            Event::Cancel(visit) => !visits.contains(visit),
            _ => false,
        };
        let Some((time, event)) = self.kernel.queue.pop(until, dead) else { return false };
        debug_assert!(time >= self.kernel.now, "time went back");
        self.kernel.tick(time);
        self.happen(event);
        true
    }

    #[inline(always)]
    fn happen(&mut self, event: Packed) {
        let (kernel, handler) = (&mut self.kernel, &mut self.handler);
        match event.kind() {
            event::REQUEST => {
                let visit = event.id();
                if let Some(instance) = kernel.arrive(visit) {
                    handler.arrived(kernel, visit, instance);
                }
            }
            event::REPLY => {
                let call = event.id();
                if let Some(ended) = kernel.end_answered(call) {
                    if ended.step == ATTEMPT {
                        return self.attempt_ended(call, &ended);
                    }
                    handler.answered(kernel, &ended);
                }
            }
            event::DONE => {
                let [instance, place, number] = event.numbers();
                let processor = &mut kernel.instances[instance as usize].processor;
                if let Some((visit, next)) = processor.finished(kernel.now, place, number) {
                    kernel.wake(instance, next);
                    handler.worked(kernel, visit, instance);
                }
            }
            event::TIMER => {
                let [instance, token, number] = event.numbers();
                handler.timer(kernel, instance, token, number);
            }
            _ => self.happen_rarely(event.unpack()),
        }
    }

    #[inline(never)]
    fn attempt_ended(&mut self, call: CallId, ended: &EndedCall) {
        if let Some(whole) = self.kernel.attempt_ended(call, ended) {
            self.handler.answered(&mut self.kernel, &whole);
        }
    }

    /// The other events, apart so that those of every request stay short.
    #[inline(never)]
    fn happen_rarely(&mut self, event: Event) {
        let (kernel, handler) = (&mut self.kernel, &mut self.handler);
        match event {
            Event::Delay(visit) => {
                if kernel.visits.contains(visit) {
                    handler.delayed(kernel, visit);
                }
            }
            Event::Timeout(call) => {
                if let Some(ended) = kernel.give_up(call, Outcome::TimedOut) {
                    if ended.step == ATTEMPT {
                        return self.attempt_ended(call, &ended);
                    }
                    handler.answered(kernel, &ended);
                }
            }
            Event::Cancel(visit) => {
                if kernel.visits.contains(visit) {
                    handler.cancelled(kernel, visit);
                }
            }
            Event::Life { instance, number } => {
                if let Some(life) = kernel.go_on_living(instance, number) {
                    handler.lived(kernel, instance, life);
                }
            }
            Event::ActionEnd(action) => handler.act(kernel, action, false),
            Event::PoolTimeout(call) => kernel.pool_timed_out(call),
            Event::Opened { pool, connection } => kernel.connection_opened(pool, connection),
            Event::Returned { pool, connection } => kernel.connection_returned(pool, connection),
            Event::Pinged(call) => kernel.pinged(call),
            Event::Again(whole) => kernel.try_again(whole),
            Event::Copy(whole) => kernel.send_copy(whole),
            Event::Nothing
            | Event::Request(_)
            | Event::Reply(_)
            | Event::Done { .. }
            | Event::Timer { .. } => {}
        }
    }
}

impl<H: Handler> Simulation<H> {
    /// Asserts what must always hold, recounting from scratch. O(everything alive).
    pub fn validate(&self) {
        let kernel = &self.kernel;
        let mut here = vec![0u32; kernel.instances.len()];
        let mut waiting = vec![0usize; kernel.instances.len()];
        for (_, visit) in kernel.visits.iter() {
            if visit.stage != Stage::Travelling {
                here[visit.instance as usize] += 1;
            }
            waiting[visit.instance as usize] += usize::from(visit.stage == Stage::Waiting);
        }
        for (index, instance) in kernel.instances.iter().enumerate() {
            assert_eq!(instance.visits, here[index], "visits at instance {index}");
            let in_line = instance.waiting.iter().filter(|visit| kernel.visits.contains(*visit)).count();
            assert_eq!(in_line, waiting[index], "waiting at instance {index}");
            let rank = |id| kernel.visits.get(id).map_or(NORMAL, Visit::rank);
            assert_eq!(instance.waiting.validate(rank), Ok(()), "the line of instance {index}");
            instance.processor.validate();
            let busy_time = instance.processor.busy_time(kernel.now);
            let most = u128::from(kernel.now) * u128::from(u32::MAX);
            assert!(u128::from(busy_time) <= most, "core time of instance {index}");
        }
        kernel.validate_pools();
        kernel.validate_attempts();
    }
}
