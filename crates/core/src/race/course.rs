//! The race itself: all contenders at one access of the trace, the way they came, and the way back.
//!
//! Going back is going forward from an earlier copy of all contenders: such keyframes are taken on the way, at most
//! [`MOST_FRAMES`] of them and 64 MiB in all; then every second one is dropped, and they lie twice as far apart.
//!
//! Costs: each access once per contender, and the hit ratio of [`MOST_WINDOWS`] stretches is kept of each, which is why
//! a curve that was drawn once stays when one goes back.

use super::Contender;
use super::runner::{Row, Runner, Told};
use crate::engine::cache::{Capacity, Counts, Future};

/// Stretches of the trace whose hit ratio is kept.
pub const MOST_WINDOWS: usize = 200;

/// Most copies kept to go back to.
const MOST_FRAMES: usize = 32;

/// Most bytes they occupy.
const MOST_FRAME_BYTES: u64 = 64 << 20;

/// Accesses that one contender goes through before the next follows.
const STRIDE: usize = 1_024;

/// Several contenders over one trace.
#[derive(Clone, Debug)]
pub struct Race {
    runners: Vec<Runner>,
    capacity: Capacity,
    /// Accesses behind them.
    at: usize,
    /// Accesses behind the one that got farthest.
    reached: usize,
    /// Accesses in a window.
    width: usize,
    /// By contender and window: reads, and of these misses.
    windows: Vec<Vec<(u64, u64)>>,
    frames: Vec<(usize, Vec<Runner>)>,
    /// Accesses between two frames.
    spacing: usize,
    told: Vec<Told>,
}

impl Race {
    /// At the start of a trace, which is closed.
    pub fn new(contenders: &[Contender], capacity: Capacity, future: &Future) -> Race {
        let runners = contenders.iter().map(|it| Runner::new(*it, capacity, future)).collect::<Vec<_>>();
        let width = future.len().div_ceil(MOST_WINDOWS).max(1);
        Race {
            windows: vec![Vec::new(); runners.len()],
            runners,
            capacity,
            at: 0,
            reached: 0,
            width,
            frames: Vec::new(),
            spacing: future.len().div_ceil(MOST_FRAMES).next_multiple_of(width),
            told: Vec::new(),
        }
    }

    /// Who competes.
    pub fn contenders(&self) -> impl Iterator<Item = Contender> + '_ {
        self.runners.iter().map(|runner| runner.contender)
    }

    /// How large each cache is.
    pub fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// Accesses that have been carried out.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Whether it stands at `goal` and can tell what was done with the access before it.
    pub fn is_at(&self, goal: usize) -> bool {
        goal == self.at && (goal == 0 || !self.told.is_empty())
    }

    /// What each contender counted up to here.
    pub fn counts(&self) -> impl Iterator<Item = Counts> + '_ {
        self.runners.iter().map(Runner::counts)
    }

    /// Entries that each contender has stored.
    pub fn entries(&self) -> impl Iterator<Item = u64> + '_ {
        self.runners.iter().map(Runner::entries)
    }

    /// Accesses in each window of [`Race::hit_ratios`].
    pub fn width(&self) -> usize {
        self.width
    }

    /// The hit ratio of a contender in each window that was reached; none where nothing was read.
    pub fn hit_ratios(&self, contender: usize) -> impl Iterator<Item = Option<f64>> + '_ {
        let windows = self.windows.get(contender).map_or(&[][..], Vec::as_slice);
        windows.iter().map(|(reads, misses)| (*reads > 0).then(|| (reads - misses) as f64 / *reads as f64))
    }

    /// What each contender did with the last access; empty at the start, and on the way.
    pub fn told(&self) -> &[Told] {
        &self.told
    }

    /// What each contender's cache holds, in parts of which at most `most` fill it.
    pub fn rows<'a>(&'a self, future: &'a Future, most: usize) -> impl Iterator<Item = Row> + 'a {
        let last = self.at.checked_sub(1);
        self.runners.iter().map(move |runner| runner.row(future, self.capacity, last, most))
    }

    /// Goes towards `goal`, forward or back, until it is there or `enough` says so; whether it is there. Then it can be told
    /// what was done with the access before it.
    pub fn go(&mut self, future: &Future, goal: usize, enough: &mut dyn FnMut() -> bool) -> bool {
        let goal = goal.min(future.len());
        if self.is_at(goal) {
            return true;
        }
        // The last access is carried out under observation, so one has to stand before it.
        let before = goal.saturating_sub(1);
        if before < self.at {
            self.go_back(future, before);
        }
        self.told.clear();
        while self.at < before {
            self.keep_frame();
            let in_window = self.width - self.at % self.width;
            let mut end = before.min(self.at + in_window.min(STRIDE));
            // What is news begins where one got farthest.
            if self.at < self.reached {
                end = end.min(self.reached);
            }
            self.advance(future, end);
            if self.at < before && enough() {
                return false;
            }
        }
        if goal > 0 {
            self.keep_frame();
            let (at, future) = (self.at, future);
            self.told = self.watched(|runner| runner.tell(future, at));
            self.at += 1;
            self.reached = self.reached.max(self.at);
        }
        true
    }

    fn advance(&mut self, future: &Future, end: usize) {
        let from = self.at;
        self.watched(|runner| runner.run(future, from, end));
        self.at = end;
        self.reached = self.reached.max(end);
    }

    /// Has each contender do something within the present window, and counts what came of it there, if that is news.
    fn watched<T>(&mut self, mut run: impl FnMut(&mut Runner) -> T) -> Vec<T> {
        let (window, is_news) = (self.at / self.width, self.at >= self.reached);
        let each = self.runners.iter_mut().zip(&mut self.windows).map(|(runner, windows)| {
            let before = runner.counts();
            let done = run(runner);
            if is_news {
                let after = runner.counts();
                windows.resize(window + 1, (0, 0));
                windows[window].0 += after.requests - before.requests;
                windows[window].1 += after.misses - before.misses;
            }
            done
        });
        each.collect()
    }

    fn go_back(&mut self, future: &Future, to: usize) {
        // Frames beyond are kept: what follows there is still what will follow.
        let frame = self.frames.iter().rev().find(|(at, _)| *at <= to);
        let (at, runners) = match frame {
            Some((at, runners)) => (*at, runners.clone()),
            None => {
                let anew = |runner: &Runner| Runner::new(runner.contender, self.capacity, future);
                (0, self.runners.iter().map(anew).collect())
            }
        };
        self.at = at;
        self.runners = runners;
    }

    /// Takes a copy, if one is due here.
    fn keep_frame(&mut self) {
        let is_new = self.frames.last().is_none_or(|(at, _)| *at < self.at);
        if self.at == 0 || !is_new || !self.at.is_multiple_of(self.spacing) {
            return;
        }
        let bytes = |frames: &[(usize, Vec<Runner>)]| -> u64 {
            frames.iter().flat_map(|(_, runners)| runners).map(Runner::memory).sum()
        };
        // What is too large to be kept once is not copied.
        if self.runners.iter().map(Runner::memory).sum::<u64>() > MOST_FRAME_BYTES {
            return;
        }
        self.frames.push((self.at, self.runners.clone()));
        while self.frames.len() > MOST_FRAMES || bytes(&self.frames) > MOST_FRAME_BYTES {
            self.spacing *= 2;
            let spacing = self.spacing;
            let kept = self.frames.len();
            self.frames.retain(|(at, _)| at.is_multiple_of(spacing));
            if self.frames.len() == kept {
                self.frames.clear();
            }
        }
    }
}
