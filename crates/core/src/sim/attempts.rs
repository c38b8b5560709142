//! Calls that may take several attempts or none: retries with a backoff and a budget, a circuit breaker, a second copy,
//! a bulkhead, a throttle.
//!
//! What a caller asks for over a link with such a policy is *one* call for it: it is told once, when the last attempt
//! has ended or the first one well. Each attempt is a call of its own, made by that one, with its own time-out, luck and
//! place in the waterfall. So a request counts once, and what it costs the callee counts each time.
//!
//! An attempt passes the breaker, then the throttle, then the bulkhead; whoever refuses it, its caller is told that it
//! was refused. Budget, breaker, counts and latencies belong to the caller's instance and the link, as a client library keeps them. O(1) for
//! each attempt, but for finding that state: O(log instances of the caller). Left out: attempts that go elsewhere than
//! the link or the balancer behind it chooses.

use super::call::{CallId, EndedCall, NewCall, UNTOLD, VisitId};
use super::event::Event;
use super::kernel::Kernel;
use super::random::{Salt, child_path};
use super::record::{CallSpan, InstanceIndex, Lookup, NO_INSTANCE, NO_NODE, NoteKind, Outcome, Record};
use super::slab::Id;
use super::time::{Nanos, Time};
use crate::engine::resilience::backoff::Backoff;
use crate::engine::resilience::breaker::{
    Breaker, BreakerChange, BreakerSettings, BreakerState, CallOutcome, Permit,
};
use crate::engine::resilience::bulkhead::Bulkhead;
use crate::engine::resilience::hedge::{Hedge, HedgeSettings};
use crate::engine::resilience::retry_budget::{RetryBudget, RetryBudgetSettings};
use crate::engine::resilience::throttle::{Throttle, ThrottleSettings};

/// The step that attempts carry; no plan is so long.
pub(super) const ATTEMPT: u16 = u16::MAX;

/// Names a call that may take several attempts.
pub(super) type WholeId = Id<Whole>;

/// What a caller does about calls over a link that fail or take long.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CallPolicy {
    /// Whether and how failed attempts are made again.
    pub retry: Option<RetryPolicy>,
    /// When calls are refused without being made.
    pub breaker: Option<BreakerSettings>,
    /// When a second copy is sent.
    pub hedge: Option<HedgeSettings>,
    /// So many calls an instance of the caller may have under way; none: any number.
    pub most_calls: Option<u32>,
    /// When the caller refuses its own calls, because most are.
    pub throttle: Option<ThrottleSettings>,
}

/// How failed attempts are made again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Attempts after the first, at most.
    pub most: u8,
    /// How long to wait before each.
    pub backoff: Backoff,
    /// How many there may be beside first attempts; none: any number.
    pub budget: Option<RetryBudgetSettings>,
}

/// The policy of a link, with what its callers know.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    policy: CallPolicy,
    luck: Salt,
    /// By instance, in their order.
    callers: Vec<(InstanceIndex, Caller)>,
}

/// What one instance of the caller keeps.
#[derive(Clone, Debug)]
struct Caller {
    budget: Option<RetryBudget>,
    breaker: Option<Breaker>,
    hedge: Option<Hedge>,
    throttle: Option<Throttle>,
    /// Counts attempts under way, whether or not there is a limit.
    bulkhead: Bulkhead,
}

/// A call that may take several attempts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Whole {
    /// As it was asked for.
    new: NewCall,
    started: Time,
    /// So many were made.
    attempts: u8,
    /// The last backoff.
    backoff: Nanos,
    /// Those under way, the second only with a second copy.
    live: [Live; 2],
}

#[derive(Clone, Copy, Debug, Default)]
struct Live {
    call: CallId,
    permit: Option<Permit>,
    is_retry: bool,
    /// It has left: it has a place in the bulkhead.
    is_made: bool,
    /// The breaker has refused it.
    is_barred: bool,
}

impl Guard {
    pub(super) fn new(policy: CallPolicy, luck: Salt) -> Guard {
        Guard { policy, luck, callers: Vec::new() }
    }

    /// Changes the policy. What callers know stays, as far as the new policy has a use for it.
    fn reconfigure(&mut self, now: Time, policy: CallPolicy) {
        self.policy = policy;
        for (_, caller) in &mut self.callers {
            caller.reconfigure(now, &policy);
        }
    }

    fn caller(&mut self, now: Time, instance: InstanceIndex) -> &mut Caller {
        let place = self.callers.binary_search_by_key(&instance, |(of, _)| *of).unwrap_or_else(|place| {
            self.callers.insert(place, (instance, Caller::new(now, &self.policy)));
            place
        });
        &mut self.callers[place].1
    }
}

impl Caller {
    fn new(now: Time, policy: &CallPolicy) -> Caller {
        let (budget, breaker, hedge, throttle) = (None, None, None, None);
        let mut caller = Caller { budget, breaker, hedge, throttle, bulkhead: Bulkhead::new(0) };
        caller.reconfigure(now, policy);
        caller
    }

    fn reconfigure(&mut self, now: Time, policy: &CallPolicy) {
        self.budget = policy.retry.and_then(|retry| retry.budget).map(|settings| {
            let mut budget = self.budget.take().unwrap_or_else(|| RetryBudget::new(settings));
            budget.reconfigure(settings);
            budget
        });
        self.breaker = policy.breaker.map(|settings| {
            let mut breaker = self.breaker.take().unwrap_or_else(|| Breaker::new(settings));
            breaker.reconfigure(settings);
            breaker
        });
        self.hedge = policy.hedge.map(|settings| {
            let mut hedge = self.hedge.take().unwrap_or_else(|| Hedge::new(settings));
            hedge.reconfigure(now, settings);
            hedge
        });
        self.throttle = policy.throttle.map(|settings| {
            let mut throttle = self.throttle.take().unwrap_or_else(|| Throttle::new(settings));
            throttle.reconfigure(settings);
            throttle
        });
        self.bulkhead.reconfigure(policy.most_calls.unwrap_or(u32::MAX));
    }
}

impl Kernel {
    /// Sets what callers over a link do about calls that fail or take long.
    pub fn set_call_policy(&mut self, link: u16, policy: CallPolicy) {
        let now = self.now;
        let entry = &mut self.links[usize::from(link)];
        match &mut entry.guard {
            _ if policy == CallPolicy::default() => entry.guard = None,
            Some(guard) => guard.reconfigure(now, policy),
            None => {
                let mut guard = Box::new(Guard::new(policy, entry.backoff));
                let of_link = self.wholes.iter().filter(|(_, whole)| whole.new.link == link);
                // Attempts that an earlier policy has made are under way.
                for (_, whole) in of_link {
                    for _ in whole.live.iter().filter(|live| live.is_made) {
                        guard.caller(now, whole.new.from).bulkhead.take_over();
                    }
                }
                entry.guard = Some(guard);
            }
        }
    }

    /// The caller's own number for the call whose attempts carry this token.
    pub(super) fn token_of_whole(&self, token: u32) -> Option<u32> {
        let whole = self.wholes.id_at(token).and_then(|id| self.wholes.get(id))?;
        Some(whole.new.token)
    }

    /// How the breaker of a caller's instance towards a link stands; none where the link has none.
    pub fn breaker(&self, from: InstanceIndex, link: u16) -> Option<BreakerState> {
        let guard = self.links.get(usize::from(link))?.guard.as_ref()?;
        guard.policy.breaker?;
        // One that has never called has a breaker that has never seen a failure.
        let place = guard.callers.binary_search_by_key(&from, |(of, _)| *of).ok();
        let breaker = place.and_then(|place| guard.callers[place].1.breaker.as_ref());
        Some(breaker.map_or(BreakerState::Closed, Breaker::state))
    }

    /// Starts a call that may take several attempts, with the first of them.
    #[inline(never)]
    pub(super) fn call_guarded(&mut self, new: &NewCall) -> CallId {
        let now = self.now;
        if self.wholes.len() >= self.limit {
            self.overload(false);
        }
        let whole = Whole { new: *new, started: now, ..Whole::default() };
        let id = self.wholes.insert(whole);
        let copy_after = self.caller(new).and_then(|caller| {
            if let Some(budget) = &mut caller.budget {
                budget.deposit(now);
            }
            caller.hedge.as_mut()?.sent(now)
        });
        if let Some(after) = copy_after {
            self.schedule(now.saturating_add(after), Event::Copy(id));
        }
        self.attempt(id, false)
    }

    /// Gives up a call, or all attempts of one that may take several.
    pub fn cancel(&mut self, call: CallId) {
        match self.calls.get(call).map(|call| (call.step, call.token)) {
            Some((ATTEMPT, token)) => {
                let Some(id) = self.wholes.id_at(token) else { return };
                self.cancel_whole(id);
            }
            Some(_) => {
                self.give_up(call, Outcome::Cancelled);
            }
            None => {}
        }
    }

    /// An attempt has ended. What the caller is told, if that was the last and it wants to be.
    #[inline(never)]
    pub(super) fn attempt_ended(&mut self, call: CallId, ended: &EndedCall) -> Option<EndedCall> {
        let id = self.wholes.id_at(ended.token)?;
        let live = self.take_live(id, call)?;
        let whole = *self.wholes.get(id)?;
        self.learn(&whole, live, ended);
        if ended.outcome == Outcome::Ok {
            self.cancel_attempts(id);
        } else if let Some(other) =
            self.wholes.get(id).and_then(|whole| whole.live.iter().find(|live| live.is_some()))
        {
            let other = other.call;
            self.waits_for(whole.new.caller, other);
            return None;
        } else if let Some(delay) = self.next_backoff(&whole, live, ended.outcome) {
            if let Some(whole) = self.wholes.get_mut(id) {
                whole.backoff = delay;
            }
            self.schedule(self.now.saturating_add(delay), Event::Again(id));
            return None;
        }
        self.end_whole(id, ended.outcome, ended.lookup, ended.version)
    }

    /// The wait before a retry is over.
    #[inline(never)]
    pub(super) fn try_again(&mut self, id: WholeId) {
        let Some(whole) = self.wholes.get(id) else { return };
        if self.is_abandoned(whole) {
            self.cancel_whole(id);
        } else {
            self.attempt(id, true);
        }
    }

    /// It is time for a second copy, if the first attempt is still under way.
    #[inline(never)]
    pub(super) fn send_copy(&mut self, id: WholeId) {
        let now = self.now;
        let Some(whole) = self.wholes.get(id).copied() else { return };
        let waits = whole.attempts == 1 && whole.live[0].is_some();
        if waits
            && self
                .caller(&whole.new)
                .is_some_and(|caller| caller.hedge.as_mut().is_some_and(|hedge| hedge.may_send_copy(now)))
        {
            self.attempt(id, false);
        }
    }

    /// Emits calls of several attempts as they stand, in slab order.
    pub(super) fn close_wholes(&mut self) {
        let now = self.now;
        let open = self.wholes.iter().map(|(_, whole)| whole.ended(now, Outcome::Cancelled, Lookup::None));
        self.records.extend(open);
    }

    /// Ends all calls of several attempts that an instance makes. O(those alive).
    pub(super) fn cut_wholes(&mut self, from: InstanceIndex) -> Vec<EndedCall> {
        let of = |(id, whole): (WholeId, &Whole)| (whole.new.from == from).then_some(id);
        let ids: Vec<WholeId> = self.wholes.iter().filter_map(of).collect();
        ids.into_iter().filter_map(|id| self.cancel_whole(id)).collect()
    }

    /// Asserts that attempts under way and the calls they are of know each other. O(calls alive).
    pub(super) fn validate_attempts(&self) {
        let mut live = 0;
        for (id, whole) in self.wholes.iter() {
            for each in whole.live.iter().filter(|live| live.is_some()) {
                let call = self.calls.get(each.call).expect("an attempt under way is a call");
                assert_eq!((call.step, call.token), (ATTEMPT, self.wholes.place_of(id)), "an attempt's call");
                live += 1;
            }
        }
        let attempts = self.calls.iter().filter(|(_, call)| call.step == ATTEMPT).count();
        assert_eq!(attempts, live, "attempts under way");
        for (index, link) in self.links.iter().enumerate() {
            for (instance, caller) in link.guard.iter().flat_map(|guard| &guard.callers) {
                let of_caller = self
                    .wholes
                    .iter()
                    .map(|(_, whole)| whole)
                    .filter(|whole| usize::from(whole.new.link) == index && whole.new.from == *instance);
                let made = of_caller.flat_map(|whole| whole.live).filter(|live| live.is_made).count();
                assert_eq!(caller.bulkhead.in_flight() as usize, made, "places taken in the bulkhead");
                if let Some(throttle) = &caller.throttle {
                    assert_eq!(throttle.validate(), Ok(()), "a throttle");
                }
            }
        }
    }

    /// Makes the next attempt, or refuses it where the breaker is open.
    fn attempt(&mut self, id: WholeId, is_retry: bool) -> CallId {
        let Some(whole) = self.wholes.get_mut(id) else { return CallId::NONE };
        let nth = whole.attempts;
        whole.attempts = nth.saturating_add(1);
        let asked = whole.new;
        let new = NewCall {
            path: child_path(asked.path, ATTEMPT, nth),
            parent: asked.path,
            step: ATTEMPT,
            attempt: nth,
            token: self.wholes.place_of(id),
            ..asked
        };
        let mut live = Live { is_retry, ..self.admit(&new) };
        live.call = if live.is_made { self.call_plainly(&new) } else { self.call_that_is_refused(&new) };
        let call = live.call;
        if let Some(whole) = self.wholes.get_mut(id) {
            let place = usize::from(whole.live[0].is_some());
            whole.live[place] = live;
        }
        if nth > 0 {
            self.waits_for(asked.caller, call);
        }
        call
    }

    /// Whether an attempt may be made, by the breaker, the throttle and the bulkhead, in this order.
    fn admit(&mut self, new: &NewCall) -> Live {
        let (now, open) = (self.now, Live { is_made: true, ..Live::default() });
        let luck =
            self.links[usize::from(new.link)].guard.as_ref().map_or(0, |guard| guard.luck.draw(new.path));
        let Some(caller) = self.caller(new) else { return open };
        let admission = caller.breaker.as_mut().map(|breaker| breaker.try_acquire(now));
        let permit = admission.and_then(|admission| admission.permit);
        let is_barred = admission.is_some() && permit.is_none();
        let is_made = !is_barred
            && caller.throttle.as_mut().is_none_or(|throttle| throttle.admit(now, luck))
            && caller.bulkhead.try_acquire();
        self.tell_of_breaker(new, admission.and_then(|admission| admission.change));
        Live { permit, is_made, is_barred, ..open }
    }

    /// Who cancels what its visit waits for must find an attempt that is under way.
    fn waits_for(&mut self, caller: VisitId, call: CallId) {
        if let Some(visit) = self.visits.get_mut(caller) {
            visit.open_call = call;
        }
    }

    /// The caller's budget, breaker and hedge learn how an attempt ended.
    fn learn(&mut self, whole: &Whole, live: Live, ended: &EndedCall) {
        let now = self.now;
        let took = now - ended.started;
        let Some(caller) = self.caller(&whole.new) else { return };
        if let Some(budget) = caller.budget.as_mut().filter(|_| live.is_retry) {
            budget.retry_ended();
        }
        if live.is_made {
            caller.bulkhead.release();
        }
        if let Some(throttle) = caller.throttle.as_mut().filter(|_| ended.outcome == Outcome::Ok) {
            throttle.accepted(now);
        }
        // Losers and those that took too long are known to have taken so long; what failed fast says nothing.
        let tells = matches!(ended.outcome, Outcome::Ok | Outcome::TimedOut | Outcome::Cancelled);
        if let Some(hedge) = caller.hedge.as_mut().filter(|_| tells) {
            hedge.answered(now, took);
        }
        let change = match (&mut caller.breaker, live.permit) {
            (Some(breaker), Some(permit)) => {
                let outcome = match ended.outcome {
                    Outcome::Ok => CallOutcome::Success,
                    Outcome::Cancelled => CallOutcome::Ignored,
                    Outcome::Error | Outcome::Refused | Outcome::TimedOut => CallOutcome::Failure,
                };
                breaker.record(now, permit, outcome, took)
            }
            _ => None,
        };
        self.tell_of_breaker(&whole.new, change);
    }

    /// How long to wait before the next attempt; none: there is none.
    fn next_backoff(&mut self, whole: &Whole, live: Live, outcome: Outcome) -> Option<Nanos> {
        let now = self.now;
        let guard = self.links[usize::from(whole.new.link)].guard.as_mut()?;
        let retry = guard.policy.retry?;
        let made = whole.attempts.saturating_sub(1);
        // What the breaker has refused is not tried again: it would refuse that too.
        if live.is_barred || made >= retry.most || outcome == Outcome::Cancelled || self.is_abandoned(whole) {
            return None;
        }
        let guard = self.links[usize::from(whole.new.link)].guard.as_mut()?;
        let luck = guard.luck.draw(child_path(whole.new.path, ATTEMPT, whole.attempts));
        let delay = retry.backoff.delay(u32::from(made) + 1, whole.backoff, luck);
        if now.saturating_add(delay) >= whole.new.deadline {
            return None;
        }
        if let Some(budget) = &mut guard.caller(now, whole.new.from).budget
            && !budget.withdraw(now, 0)
        {
            self.note(whole.new.from, NoteKind::RetryDenied, 0, 0);
            return None;
        }
        Some(delay)
    }

    fn end_whole(
        &mut self,
        id: WholeId,
        outcome: Outcome,
        lookup: Lookup,
        version: u32,
    ) -> Option<EndedCall> {
        let whole = *self.wholes.remove(id)?;
        self.record(whole.ended(self.now, outcome, lookup));
        let NewCall { caller, from, token, step, .. } = whole.new;
        let started = whole.started;
        (token != UNTOLD).then_some(EndedCall {
            caller,
            from,
            token,
            step,
            started,
            outcome,
            lookup,
            version,
        })
    }

    fn cancel_whole(&mut self, id: WholeId) -> Option<EndedCall> {
        self.cancel_attempts(id);
        self.end_whole(id, Outcome::Cancelled, Lookup::None, 0)
    }

    fn cancel_attempts(&mut self, id: WholeId) {
        let Some(whole) = self.wholes.get_mut(id) else { return };
        let live = std::mem::take(&mut whole.live);
        let whole = *whole;
        for live in live.into_iter().filter(Live::is_some) {
            if let Some(ended) = self.give_up(live.call, Outcome::Cancelled) {
                self.learn(&whole, live, &ended);
            }
        }
    }

    fn take_live(&mut self, id: WholeId, call: CallId) -> Option<Live> {
        let live = &mut self.wholes.get_mut(id)?.live;
        let place = live.iter().position(|live| live.call == call)?;
        let taken = std::mem::take(&mut live[place]);
        live.swap(0, usize::from(place == 0));
        Some(taken)
    }

    /// Whether nobody can be told any more.
    fn is_abandoned(&self, whole: &Whole) -> bool {
        whole.new.caller != VisitId::NONE && !self.visits.contains(whole.new.caller)
    }

    fn caller(&mut self, new: &NewCall) -> Option<&mut Caller> {
        let now = self.now;
        Some(self.links[usize::from(new.link)].guard.as_mut()?.caller(now, new.from))
    }

    fn tell_of_breaker(&mut self, new: &NewCall, change: Option<BreakerChange>) {
        let Some(change) = change else { return };
        let kind = match change.to {
            BreakerState::Open => NoteKind::BreakerOpened,
            BreakerState::HalfOpen => NoteKind::BreakerHalfOpened,
            BreakerState::Closed => NoteKind::BreakerClosed,
        };
        let callee = self.links[usize::from(new.link)].to;
        self.note(new.from, kind, u64::from(callee), 0);
    }
}

impl Live {
    fn is_some(&self) -> bool {
        self.call != CallId::NONE
    }
}

impl Whole {
    /// What is told of it when it ends: a call to no node, for its attempts are the calls.
    fn ended(&self, now: Time, outcome: Outcome, lookup: Lookup) -> Record {
        Record::Call(CallSpan {
            path: self.new.path,
            root: self.new.root,
            parent: self.new.parent,
            from: self.new.from,
            to: NO_INSTANCE,
            node: NO_NODE,
            started: self.started,
            sent: self.started,
            ended: now,
            outcome,
            operation: self.new.operation,
            endpoint: self.new.endpoint,
            lookup,
            attempt: 0,
            key: self.new.key,
        })
    }
}
