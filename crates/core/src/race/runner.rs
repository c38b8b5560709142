//! One contender of a race: its cache, and how often what is stored was read since it came in.

use super::Contender;
use crate::engine::cache::{Belady, Capacity, Counts, Future, Operation, Place, Replay, Settings, Step};

/// A part of a row: some entries that stand side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// Entries in it.
    pub entries: u32,
    /// Of these, how many were read at least once since they came in.
    pub read: u32,
    /// Reads since they came in, of all of them.
    pub reads: u64,
}

/// What a contender's cache holds: newcomers of each queue first, the queue that victims come from last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Entries that are stored.
    pub entries: u64,
    /// The entries, in parts of `per_cell` but for the last.
    pub cells: Vec<Cell>,
    /// Entries in a part.
    pub per_cell: u64,
    /// Where a queue ends and the next begins, in entries from the left, and what the next is called; the first begins at 0.
    pub queues: Vec<(Place, u64)>,
    /// The entry that is looked at first when room is needed, from the left, where that is not the last one.
    pub hand: Option<u64>,
    /// The entry of the last access, from the left, if it is stored.
    pub last: Option<u64>,
}

/// What a contender did with an access.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Which access, from 0.
    pub at: u64,
    /// The key.
    pub key: u64,
    /// What was done.
    pub operation: Operation,
    /// Whether it was a read that found the key.
    pub hit: bool,
    /// Entries before, and after.
    pub entries: (u64, u64),
    /// The policy's steps, in order.
    pub steps: Vec<Step>,
    /// Of the optimum: who left to make room, and when that would have been read again.
    pub victim: Option<(u64, Option<u64>)>,
    /// Of the optimum: when the key is read again.
    pub next: Option<u64>,
}

#[derive(Clone, Debug)]
enum Engine {
    Replay(Box<Replay>),
    Belady(Box<Belady>),
}

/// A contender at some access of the trace.
#[derive(Clone, Debug)]
pub(super) struct Runner {
    pub(super) contender: Contender,
    engine: Engine,
    /// By number of a key: reads since it was stored.
    reads: Vec<u32>,
}

impl Runner {
    /// At the start, with an empty cache.
    pub(super) fn new(contender: Contender, capacity: Capacity, future: &Future) -> Runner {
        let engine = match contender {
            Contender::Policy(policy) => {
                // Windows are the race's own: one is enough here.
                Engine::Replay(Box::new(Replay::new(Settings { policy, capacity, ttl: None }, u64::MAX)))
            }
            Contender::Belady => Engine::Belady(Box::new(Belady::new(capacity, future))),
        };
        Runner { contender, engine, reads: vec![0; future.keys()] }
    }

    pub(super) fn counts(&self) -> Counts {
        match &self.engine {
            Engine::Replay(replay) => replay.counts(),
            Engine::Belady(belady) => belady.counts(),
        }
    }

    /// Bytes it occupies.
    pub(super) fn memory(&self) -> u64 {
        let engine = match &self.engine {
            Engine::Replay(replay) => replay.cache().memory(),
            Engine::Belady(belady) => belady.memory(),
        };
        engine + (self.reads.capacity() * size_of::<u32>()) as u64
    }

    /// Goes through the accesses from `from` to before `to`; it has been through those before.
    pub(super) fn run(&mut self, future: &Future, from: usize, to: usize) {
        for at in from..to {
            self.access(future, at);
        }
    }

    /// Carries out one access; whether it was a read that found the key.
    fn access(&mut self, future: &Future, at: usize) -> bool {
        let access = future.access(at);
        let missed = match &mut self.engine {
            Engine::Replay(replay) => replay.access(&access),
            Engine::Belady(belady) => {
                let misses = belady.counts().misses;
                belady.advance(future, 1);
                belady.counts().misses > misses
            }
        };
        let hit = access.operation == Operation::Read && !missed;
        let reads = &mut self.reads[future.key_number(at) as usize];
        *reads = if hit { reads.saturating_add(1) } else { 0 };
        hit
    }

    pub(super) fn entries(&self) -> u64 {
        match &self.engine {
            Engine::Replay(replay) => replay.cache().len(),
            Engine::Belady(belady) => belady.entries(),
        }
    }

    /// Carries out one access and tells what was done with it.
    pub(super) fn tell(&mut self, future: &Future, at: usize) -> Told {
        let access = future.access(at);
        let before = self.entries();
        match &mut self.engine {
            Engine::Replay(replay) => replay.record_steps(true),
            // Who left earlier is no news.
            Engine::Belady(belady) => _ = belady.take_victim(future),
        }
        let hit = self.access(future, at);
        let mut told = Told {
            at: at as u64,
            key: access.key,
            operation: access.operation,
            hit,
            entries: (before, self.entries()),
            ..Told::default()
        };
        match &mut self.engine {
            Engine::Replay(replay) => {
                replay.take_steps(&mut told.steps);
                replay.record_steps(false);
            }
            Engine::Belady(belady) => {
                told.victim = belady.take_victim(future);
                told.next = future.next_read(at);
            }
        }
        told
    }

    /// What is stored, in parts of which at most `most` fill the cache. `last` is the access before this moment.
    pub(super) fn row(&self, future: &Future, capacity: Capacity, last: Option<usize>, most: usize) -> Row {
        let (queues, hand) = match &self.engine {
            Engine::Replay(replay) => {
                let queues = replay.cache().queues();
                (queues.into_iter().map(|queue| (queue.place, queue.keys)).collect(), replay.cache().hand())
            }
            Engine::Belady(belady) => (vec![(Place::Queue, belady.in_keeping_order(future))], None),
        };
        let entries: u64 = queues.iter().map(|(_, keys)| keys.len() as u64).sum();
        let room = if let Capacity::Entries(room) = capacity { room } else { entries };
        let per_cell = room.max(entries).div_ceil(most.max(1) as u64).max(1);
        let last = last.map(|at| future.access(at).key);
        let mut row = Row { entries, per_cell, ..Row::default() };
        let mut at = 0;
        for (place, keys) in queues {
            row.queues.push((place, at));
            for key in keys {
                row.hand = row.hand.or((hand == Some(key)).then_some(at));
                row.last = row.last.or((last == Some(key)).then_some(at));
                if at % per_cell == 0 {
                    row.cells.push(Cell::default());
                }
                let reads = future.number_of(key).map_or(0, |number| self.reads[number as usize]);
                if let Some(cell) = row.cells.last_mut() {
                    cell.entries += 1;
                    cell.read += u32::from(reads > 0);
                    cell.reads += u64::from(reads);
                }
                at += 1;
            }
        }
        row
    }
}
