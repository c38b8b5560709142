//! LIRS (Jiang and Zhang, SIGMETRICS 2002): low inter-reference recency set. An entry ranks by how many other keys were
//! asked for between its last two uses; those with few keep nearly all of the room, the others share a small queue.
//!
//! Stack S holds keys by their last use: LIR entries, HIR entries, and ghosts of HIR entries that left; its bottom is always
//! LIR (what lies below is pruned). Queue Q holds the HIR entries, its front leaves next. A key of S that is asked for
//! again has fewer keys between its uses than the LIR entry at the bottom has, so the two change places. A hundredth of the
//! room is for HIR entries, at least one entry. The paper leaves the number of ghosts open: here they weigh at most as
//! much as the room, and who became one first goes first.
//!
//! Costs: every operation O(1) over time, pruning paid by what was put on the stack; ghosts take 64 bytes each.

use super::lists::{List, NOWHERE};
use super::policy::{Arrival, Eviction, Handle};
use super::store::Store;

pub(super) const S: List = 0;
/// Every entry with a value is on Q (HIR) or on this one (LIR), every ghost on the last; the order here matters in Q and
/// among ghosts.
pub(super) const Q: List = 4;
pub(super) const LIR: List = 5;
pub(super) const GHOSTS: List = 6;

#[derive(Clone, Debug)]
pub(super) struct Lirs;

fn lir_share(store: &Store) -> u64 {
    store.room().saturating_sub((store.room() / 100).max(1))
}

/// Takes what is not LIR from the bottom of the stack.
fn prune(store: &mut Store) {
    while let Some(bottom) = store.front(S)
        && !store.is_on(LIR, bottom)
    {
        store.unlink(S, bottom);
        if store.is_on(GHOSTS, bottom) {
            store.unlink(GHOSTS, bottom);
            store.forget(bottom);
        }
    }
}

/// While LIR entries are over their share, the bottom one becomes HIR.
fn demote(store: &mut Store) {
    while store.weight_of(LIR) > lir_share(store) {
        demote_bottom(store);
    }
}

fn demote_bottom(store: &mut Store) {
    if let Some(bottom) = store.front(S) {
        store.unlink(S, bottom);
        store.transfer(LIR, Q, bottom);
        prune(store);
    }
}

fn to_top(store: &mut Store, entry: Handle) {
    if store.is_on(S, entry) {
        store.move_to_back(S, entry);
    } else {
        store.push_back(S, entry);
    }
}

impl Eviction for Lirs {
    fn evict(&mut self, store: &mut Store, _arrival: Option<&Arrival>) -> Option<Handle> {
        if store.count(Q) == 0 {
            demote_bottom(store);
        }
        let victim = store.front(Q)?;
        store.unlink(Q, victim);
        if store.is_on(S, victim) {
            store.haunt(GHOSTS, victim, store.room());
            if !store.is_on(GHOSTS, victim) {
                store.unlink(S, victim);
            }
        }
        Some(victim)
    }

    fn insert(&mut self, store: &mut Store, entry: Handle, from: List) {
        store.push_back(S, entry);
        let has_room = store.weight_of(LIR) + store.weight(entry) <= lir_share(store);
        if from != NOWHERE || has_room {
            store.push_back(LIR, entry);
            demote(store);
        } else {
            store.push_back(Q, entry);
            prune(store);
        }
    }

    fn hit(&mut self, store: &mut Store, entry: Handle) {
        let was_in_stack = store.is_on(S, entry);
        to_top(store, entry);
        if store.is_on(Q, entry) {
            if was_in_stack {
                store.transfer(Q, LIR, entry);
            } else {
                store.move_to_back(Q, entry);
            }
        }
        prune(store);
        demote(store);
    }

    fn remove(&mut self, store: &mut Store, entry: Handle) {
        store.unlink_all(entry);
        prune(store);
    }

    fn resize(&mut self, store: &mut Store) {
        store.drop_ghosts(GHOSTS, store.room());
        demote(store);
    }

    /// The HIR entries, then the LIR ones from the bottom of the stack.
    fn in_order(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        store.visit(Q, limit, visit);
        let mut left = limit.saturating_sub(store.count(Q) as usize);
        store.visit(S, usize::MAX, &mut |entry| {
            if left > 0 && store.is_on(LIR, entry) {
                left -= 1;
                visit(entry);
            }
        });
    }

    fn in_reverse(&self, store: &Store, limit: usize, visit: &mut dyn FnMut(Handle)) {
        let mut left = limit;
        store.visit_back(S, usize::MAX, &mut |entry| {
            if left > 0 && store.is_on(LIR, entry) {
                left -= 1;
                visit(entry);
            }
        });
        store.visit_back(Q, left, visit);
    }

    fn validate(&self, store: &Store) -> Result<(), String> {
        if let Some(bottom) = store.front(S)
            && !store.is_on(LIR, bottom)
        {
            return Err(format!("entry {bottom} at the bottom of the stack is not LIR"));
        }
        Ok(())
    }
}
