//! Removals that a service sends some time after a write, while nobody waits for them: a second delete, or the news
//! that a key has changed, which goes to every instance of the cache and may be lost. They belong to the instance that
//! wrote: one that is gone sends nothing. O(1) a removal.

use crate::engine::resilience::priority_queue::NORMAL;
use crate::sim::call::{NEVER, NewCall, UNTOLD, Visit, VisitId};
use crate::sim::kernel::Kernel;
use crate::sim::random::{Purpose, Salt, child_path, happens};
use crate::sim::record::{InstanceIndex, Operation};
use crate::sim::time::Nanos;
use std::collections::VecDeque;

/// How removals are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sending {
    /// The link to the cache.
    pub(super) link: u16,
    /// How long after the write.
    pub(super) after: Nanos,
    /// Share that is lost, as a [threshold](crate::sim::random::threshold).
    pub(super) loss: u64,
    /// Whether all instances of the cache are told, or only the one that is asked for the key.
    pub(super) to_all: bool,
}

/// Removals on their way to be sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Later {
    waiting: VecDeque<Option<Removal>>,
    /// Number of the first of those waiting.
    first: u32,
}

#[derive(Clone, Copy, Debug)]
struct Removal {
    sending: Sending,
    from: InstanceIndex,
    key: u64,
    version: u32,
    root: u64,
    parent: u64,
    step: u16,
}

impl Later {
    /// Has the key of a write removed later.
    pub(super) fn plan(&mut self, kernel: &mut Kernel, visit: &Visit, step: u16, sending: Sending) {
        let number = self.first.wrapping_add(self.waiting.len() as u32);
        self.waiting.push_back(Some(Removal {
            sending,
            from: visit.instance,
            key: visit.key,
            version: visit.version,
            root: visit.root,
            parent: visit.path,
            step,
        }));
        let at = kernel.now().saturating_add(sending.after);
        kernel.set_timer(at, visit.instance, number, 0);
    }

    /// Sends the removal of this number. `luck` is the service's own.
    pub(super) fn send(&mut self, kernel: &mut Kernel, number: u32, luck: Salt) {
        let place = number.wrapping_sub(self.first) as usize;
        let removal = self.waiting.get_mut(place).and_then(Option::take);
        while let Some(None) = self.waiting.front() {
            self.waiting.pop_front();
            self.first = self.first.wrapping_add(1);
        }
        let Some(removal) = removal.filter(|removal| kernel.instance(removal.from).life.is_working()) else {
            return;
        };
        let lost = happens(luck.draw(removal.parent), removal.sending.loss);
        if !removal.sending.to_all {
            removal.call(kernel, None, 0);
        } else if !lost {
            let node = kernel.links()[usize::from(removal.sending.link)].to;
            for (nth, to) in kernel.members(node).ready.clone().into_iter().enumerate() {
                removal.call(kernel, Some(to), nth as u8);
            }
        }
    }
}

impl Removal {
    fn call(&self, kernel: &mut Kernel, to: Option<InstanceIndex>, nth: u8) {
        kernel.call_apart(&NewCall {
            from: self.from,
            caller: VisitId::NONE,
            link: self.sending.link,
            to,
            path: child_path(self.parent, self.step, nth),
            root: self.root,
            parent: self.parent,
            key: self.key,
            size: 0,
            version: self.version,
            operation: Operation::Delete,
            endpoint: 0,
            priority: NORMAL,
            attempt: 0,
            step: self.step,
            token: UNTOLD,
            timeout: None,
            deadline: NEVER,
            depth: 0,
        });
    }
}

/// Where the luck of a service's news comes from.
pub(super) fn luck(kernel: &Kernel, name: &str) -> Salt {
    Salt::new(kernel.seed(), name, Purpose::Loss)
}
