//! What a cache asks of the node behind it: loads that a visit waits for, loads in the background, writes that go
//! through, and writes that were answered before.
//!
//! All of them are calls, seen and counted as any other. Those in the background belong to the request that made them
//! necessary; nobody waits for them.

use super::behind::Waiting;
use super::reading::Value;
use super::{Answer, Cache, finish, position};
use crate::engine::resilience::priority_queue::NORMAL;
use crate::scenario::Writes;
use crate::sim::call::{EndedCall, NEVER, NewCall, Visit, VisitId};
use crate::sim::kernel::Kernel;
use crate::sim::random::child_path;
use crate::sim::record::{InstanceIndex, Lookup, NoteKind, Operation, Outcome};
use crate::sim::truth::UNWRITTEN;

/// Steps of the paths of calls.
const ASK: u16 = 0;
const REFRESH: u16 = 1;
const FLUSH: u16 = 2;

/// What is under way in the background, by the token of its call.
#[derive(Clone, Debug, Default)]
pub(super) struct Errands {
    list: Vec<Option<Errand>>,
    free: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
enum Errand {
    Refresh(Value),
    Flush(Waiting),
}

impl Errands {
    fn add(&mut self, errand: Errand) -> u32 {
        match self.free.pop() {
            Some(token) => {
                self.list[token as usize] = Some(errand);
                token
            }
            None => {
                self.list.push(Some(errand));
                self.list.len() as u32 - 1
            }
        }
    }

    fn take(&mut self, token: u32) -> Option<Errand> {
        let errand = self.list.get_mut(token as usize)?.take()?;
        self.free.push(token);
        Some(errand)
    }

    /// Writes on their way.
    pub(super) fn flushes(&self) -> impl Iterator<Item = Waiting> + '_ {
        self.list.iter().flatten().filter_map(|errand| match errand {
            Errand::Flush(waiting) => Some(*waiting),
            Errand::Refresh(_) => None,
        })
    }
}

impl Cache {
    /// Asks the node behind for what a visit wants, which waits for it.
    pub(super) fn ask(&mut self, kernel: &mut Kernel, id: VisitId) {
        let (Some(link), Some(visit)) = (self.link, kernel.visit_mut(id)) else { return };
        visit.position = position::ASKED;
        if visit.operation == Operation::Read {
            visit.lookup = Lookup::Miss;
        }
        let visit = *visit;
        let new = NewCall { caller: id, deadline: visit.deadline, ..self.call(&visit, link, ASK) };
        let call = kernel.call_apart(&new);
        if let Some(visit) = kernel.visit_mut(id) {
            visit.open_call = call;
        }
    }

    /// Loads a key in the background.
    pub(super) fn refresh(&mut self, kernel: &mut Kernel, visit: &Visit) {
        let (Some(link), Some(shelf)) = (self.link, self.shelves.get_mut(visit.instance)) else { return };
        shelf.loads.begin(kernel.now(), visit.key);
        shelf.guard.missed(kernel.now(), visit.key, visit.root);
        let token = shelf.errands.add(Errand::Refresh(Value::of(visit, visit.version)));
        kernel.note(visit.instance, NoteKind::Refreshed, visit.key, 0);
        let new = NewCall { token, operation: Operation::Read, ..self.call(visit, link, REFRESH) };
        kernel.call_apart(&new);
    }

    /// A call in the background, made for a visit.
    fn call(&self, visit: &Visit, link: u16, step: u16) -> NewCall {
        NewCall {
            from: visit.instance,
            caller: VisitId::NONE,
            link,
            to: None,
            path: child_path(visit.path, step, 0),
            root: visit.root,
            parent: visit.path,
            key: visit.key,
            size: visit.size,
            version: visit.version,
            operation: visit.operation,
            endpoint: visit.endpoint,
            priority: visit.priority,
            attempt: 0,
            step,
            token: 0,
            timeout: self.spec.timeout,
            deadline: NEVER,
            depth: visit.depth + 1,
        }
    }

    /// A call to the node behind has ended.
    pub(in crate::node) fn answered(&mut self, kernel: &mut Kernel, ended: &EndedCall) {
        if ended.caller == VisitId::NONE {
            return self.errand_done(kernel, ended);
        }
        let Some(visit) = kernel.visit(ended.caller).copied() else { return };
        let is_ok = ended.outcome == Outcome::Ok;
        if visit.operation == Operation::Read {
            let value = Value::of(&visit, ended.version);
            self.load_done(kernel, visit.instance, value, is_ok);
            if !is_ok {
                return self.finish_failed(kernel, ended.caller);
            }
        } else if is_ok {
            self.wrote(kernel, &visit, ended.version);
        }
        if let Some(visit) = kernel.visit_mut(ended.caller) {
            visit.version = ended.version;
        }
        finish(kernel, ended.caller, if is_ok { Outcome::Ok } else { Outcome::Error });
    }

    /// A load came to a value, or to nothing: then those who wait for it fail with it, or get the copy there is.
    pub(super) fn load_done(
        &mut self,
        kernel: &mut Kernel,
        instance: InstanceIndex,
        value: Value,
        is_ok: bool,
    ) {
        if is_ok {
            if let Some(shelf) = self.shelves.get_mut(instance) {
                shelf.count_load(kernel, instance, &value);
            }
            let stored = self.store(kernel, instance, value);
            return self.loaded(kernel, instance, value, stored);
        }
        if let Some(shelf) = self.shelves.get_mut(instance) {
            shelf.loads.end(value.key);
        }
        while let Some(waiting) = self.next_waiting(instance, value.key) {
            if kernel.visit(waiting).is_some_and(|visit| visit.position == position::WAITING) {
                self.finish_failed(kernel, waiting);
            }
        }
    }

    /// The node behind has taken a write.
    fn wrote(&mut self, kernel: &mut Kernel, visit: &Visit, version: u32) {
        // A value that a reader asked for earlier is not wanted any more.
        if self.spec.writes == Writes::Around {
            return self.delete(kernel, visit.instance, visit.key, version);
        }
        if let Some(shelf) = self.shelves.get_mut(visit.instance) {
            shelf.guard.written(kernel.now(), visit.key, visit.root);
        }
        self.store(kernel, visit.instance, Value::of(visit, version));
    }

    /// A write arrives.
    pub(super) fn write(&mut self, kernel: &mut Kernel, visit: &Visit) -> Answer {
        if self.writes_behind() {
            let (now, buffer) = (kernel.now(), self.spec.buffer);
            let Some(shelf) = self.shelves.get_mut(visit.instance) else { return Answer::Ask };
            if shelf.buffer.add(now, visit, buffer.capacity, buffer.coalesce) {
                kernel.note(visit.instance, NoteKind::Buffered, visit.key, shelf.buffer.writes());
                shelf.guard.written(now, visit.key, visit.root);
                self.store(kernel, visit.instance, Value::of(visit, UNWRITTEN));
                return Answer::Now(Lookup::None, UNWRITTEN);
            }
        }
        if self.link.is_some() {
            return Answer::Ask;
        }
        self.store(kernel, visit.instance, Value::of(visit, visit.version));
        Answer::Now(Lookup::None, visit.version)
    }

    /// Sends the next writes that wait.
    pub(super) fn flush_buffer(&mut self, kernel: &mut Kernel, instance: InstanceIndex) {
        let Some(link) = self.link else { return };
        for _ in 0..self.spec.buffer.batch {
            let Some(shelf) = self.shelves.get_mut(instance) else { return };
            let Some(waiting) = shelf.buffer.take() else { return };
            let token = shelf.errands.add(Errand::Flush(waiting));
            kernel.call_apart(&NewCall {
                from: instance,
                caller: VisitId::NONE,
                link,
                to: None,
                path: child_path(waiting.parent, FLUSH, waiting.attempt),
                root: waiting.root,
                parent: waiting.parent,
                key: waiting.key,
                size: waiting.size,
                version: UNWRITTEN,
                operation: Operation::Write,
                endpoint: 0,
                priority: NORMAL,
                attempt: waiting.attempt,
                step: FLUSH,
                token,
                timeout: self.spec.timeout,
                deadline: NEVER,
                depth: 1,
            });
        }
    }

    fn errand_done(&mut self, kernel: &mut Kernel, ended: &EndedCall) {
        let Some(shelf) = self.shelves.get_mut(ended.from) else { return };
        let is_ok = ended.outcome == Outcome::Ok;
        match shelf.errands.take(ended.token) {
            Some(Errand::Refresh(value)) => {
                let value = Value { version: ended.version, ..value };
                self.load_done(kernel, ended.from, value, is_ok);
            }
            Some(Errand::Flush(waiting)) if is_ok => {
                shelf.buffer.written(&waiting);
                kernel.note(
                    ended.from,
                    NoteKind::WritesFlushed,
                    waiting.writes,
                    kernel.now() - waiting.since,
                );
                let is_newest = !shelf.buffer.holds(waiting.key);
                let entry = shelf.engine.peek(waiting.key);
                if is_newest && entry.is_some_and(|entry| entry.version as u32 == UNWRITTEN) {
                    shelf.engine.set_version(waiting.key, u64::from(ended.version));
                }
            }
            Some(Errand::Flush(waiting)) => shelf.buffer.put_back(waiting),
            None => {}
        }
        kernel.let_go_if_empty(ended.from);
    }
}
