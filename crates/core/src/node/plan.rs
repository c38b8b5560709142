//! What a visit to a service does, as a flat list of steps that is made once when a scenario is loaded. A visit
//! holds its position in the list; walking it allocates nothing.
//!
//! The steps here are those that `to` and `cache` of a service stand for. Steps that run side by side, repeat or
//! choose are left out so far; they join the same list.

use super::later::Sending;
use crate::scenario::{CacheUse, OnWrite, Service};
use crate::sim::random::threshold;
use crate::sim::record::Operation;

/// One step of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Compute.
    Work,
    /// Ask a cache; if it has the key, go on at step `found`.
    Lookup { link: u16, found: u16 },
    /// Call another node with the same operation. If it fails, so does the visit.
    Call { link: u16 },
    /// Put the answer into a cache. A cache that fails does no harm.
    Fill { link: u16 },
    /// Remove the key from a cache. A cache that fails does no harm.
    Delete { link: u16 },
    /// Wait for a core as work does, but have none.
    Probe,
    /// Answer, and leave.
    Reply,
    /// Answer, leave, and have the key removed from a cache later.
    ReplyAndRemove,
}

/// The links of a service to those it calls.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ServiceLinks {
    /// To its cache.
    pub(super) cache: Option<u16>,
    /// To the node behind it.
    pub(super) to: Option<u16>,
    /// To the node that its writes go to, if that is another.
    pub(super) writes_to: Option<u16>,
}

impl ServiceLinks {
    /// From the links of a service, which stand in the order of its callees.
    pub(super) fn of(service: &Service, links: &[u16]) -> ServiceLinks {
        let mut links = links.iter().copied();
        let mut next = |there_is_one: bool| if there_is_one { links.next() } else { None };
        ServiceLinks {
            cache: next(service.cache.is_some()),
            to: next(service.to.is_some()),
            writes_to: next(service.writes_to.is_some()),
        }
    }
}

/// What a health check takes: a place in the line, a worker and a core, as a request does, but no work.
const PROBE: [Step; 2] = [Step::Probe, Step::Reply];

/// The steps of a service, for reads and for writes.
#[derive(Clone, Debug, Default)]
pub(super) struct Plans {
    pub(super) read: Vec<Step>,
    pub(super) write: Vec<Step>,
    /// How keys are removed later, where they are.
    pub(super) removal: Option<Sending>,
}

impl Plans {
    /// A step of the plan of an operation; behind the last one, and if it was made shorter, the answer.
    #[inline]
    pub(super) fn step(&self, operation: Operation, position: u16) -> Step {
        let steps = match operation {
            Operation::Write => &self.write[..],
            Operation::Probe => &PROBE,
            Operation::Read | Operation::Fill | Operation::Delete => &self.read,
        };
        steps.get(usize::from(position)).copied().unwrap_or(Step::Reply)
    }

    /// Writes out what `to` and `cache` stand for. `links` are those to them.
    pub(super) fn of(service: &Service, links: ServiceLinks) -> Plans {
        let ServiceLinks { cache, to, writes_to } = links;
        let call = to.map(|link| Step::Call { link });
        let write_call = writes_to.or(to).map(|link| Step::Call { link });
        let mut read = vec![Step::Work];
        if let Some(link) = cache {
            let after = read.len() + 1 + usize::from(call.is_some()) + 1;
            read.push(Step::Lookup { link, found: after as u16 });
            read.extend(call);
            read.push(Step::Fill { link });
        } else {
            read.extend(call);
        }
        read.push(Step::Reply);
        let Some((link, usage)) = cache.zip(service.cache.as_ref()) else {
            let write = [Step::Work].into_iter().chain(write_call).chain([Step::Reply]).collect();
            return Plans { read, write, removal: None };
        };
        let removal = removal(usage, link);
        let mut write = writes(usage, link, write_call);
        write.push(if removal.is_some() { Step::ReplyAndRemove } else { Step::Reply });
        Plans { read, write, removal }
    }
}

/// What a write does that goes to `call` and to the cache behind `link`, but for the answer.
fn writes(usage: &CacheUse, link: u16, call: Option<Step>) -> Vec<Step> {
    let mut steps = vec![Step::Work];
    if usage.on_write == OnWrite::DeleteBefore {
        steps.push(Step::Delete { link });
    }
    steps.extend(call);
    match usage.on_write {
        OnWrite::Delete => steps.push(Step::Delete { link }),
        OnWrite::Update => steps.push(Step::Fill { link }),
        OnWrite::DeleteBefore | OnWrite::Event | OnWrite::None => {}
    }
    steps
}

/// How the key of a write is removed once more, or by news of it.
fn removal(usage: &CacheUse, link: u16) -> Option<Sending> {
    match usage.on_write {
        OnWrite::Event => {
            let loss = threshold(usage.event_loss);
            Some(Sending { link, after: usage.event_delay, loss, to_all: true })
        }
        OnWrite::Delete | OnWrite::DeleteBefore => {
            usage.second_delete.map(|after| Sending { link, after, loss: 0, to_all: false })
        }
        OnWrite::Update | OnWrite::None => None,
    }
}
