//! A doubly linked queue of entries, its links in an array by handle: what most policies are made of.
//!
//! Costs: every operation O(1), no allocation once the array has grown. Eight bytes per entry.

use super::policy::Handle;

const NONE: Handle = Handle::MAX;

/// Entries from the front, which leaves next, to the back.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    links: Vec<Link>,
    front: Handle,
    back: Handle,
    len: u32,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    // Towards the front.
    before: Handle,
    // Towards the back.
    after: Handle,
}

impl Default for Queue {
    fn default() -> Self {
        Queue { links: Vec::new(), front: NONE, back: NONE, len: 0 }
    }
}

impl Queue {
    pub(super) fn front(&self) -> Option<Handle> {
        (self.front != NONE).then_some(self.front)
    }

    /// Adds `entry`, which is not in the queue, at the back.
    #[inline]
    pub(super) fn push_back(&mut self, entry: Handle) {
        if self.links.len() <= entry as usize {
            self.links.resize(entry as usize + 1, Link { before: NONE, after: NONE });
        }
        self.links[entry as usize] = Link { before: self.back, after: NONE };
        match self.back {
            NONE => self.front = entry,
            back => self.links[back as usize].after = entry,
        }
        self.back = entry;
        self.len += 1;
    }

    /// Takes `entry`, which is in the queue, out of it.
    #[inline]
    pub(super) fn remove(&mut self, entry: Handle) {
        let Link { before, after } = self.links[entry as usize];
        match before {
            NONE => self.front = after,
            before => self.links[before as usize].after = after,
        }
        match after {
            NONE => self.back = before,
            after => self.links[after as usize].before = before,
        }
        self.len -= 1;
    }

    /// Moves `entry`, which is in the queue, to the back.
    #[inline]
    pub(super) fn move_to_back(&mut self, entry: Handle) {
        if entry != self.back {
            self.remove(entry);
            self.push_back(entry);
        }
    }

    /// Calls `visit` for at most `limit` entries from the front.
    pub(super) fn visit(&self, limit: usize, visit: &mut dyn FnMut(Handle)) {
        self.walk(self.front, |link| link.after).take(limit).for_each(visit);
    }

    /// Calls `visit` for at most `limit` entries from the back.
    pub(super) fn visit_back(&self, limit: usize, visit: &mut dyn FnMut(Handle)) {
        self.walk(self.back, |link| link.before).take(limit).for_each(visit);
    }

    fn walk(&self, start: Handle, next: fn(Link) -> Handle) -> impl Iterator<Item = Handle> {
        let entry = |entry: Handle| (entry != NONE).then_some(entry);
        std::iter::successors(entry(start), move |&at| entry(next(self.links[at as usize])))
    }

    pub(super) fn memory(&self) -> u64 {
        (self.links.capacity() * size_of::<Link>()) as u64
    }

    /// Walks the queue both ways and counts.
    pub(super) fn validate(&self) -> Result<(), String> {
        let (mut entry, mut before, mut count) = (self.front, NONE, 0);
        while entry != NONE {
            let link = self.links[entry as usize];
            if link.before != before {
                return Err(format!("entry {entry} should follow {before}, says {}", link.before));
            }
            count += 1;
            if count > self.len {
                return Err(format!("more than {} entries in the queue", self.len));
            }
            (before, entry) = (entry, link.after);
        }
        if before != self.back || count != self.len {
            return Err(format!("{count} entries up to {before}, counted {} up to {}", self.len, self.back));
        }
        Ok(())
    }
}
