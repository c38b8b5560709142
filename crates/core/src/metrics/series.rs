//! The closed windows of a run: append-only segments behind `Arc`, so that a clone copies pointers and a branch
//! shares all that lies before its cut.
//!
//! Changing a window copies its segment of 64 once after each clone. When the series is full, neighbours are added
//! up and windows become twice as wide, so a long run stays flat in memory and every sum stays exact.

use super::window::Window;
use crate::sim::time::{Nanos, Time};
use std::sync::Arc;

/// Width of a window at the start of a run: 250 ms.
pub const WIDTH: Nanos = 250_000_000;

const SEGMENT: usize = 64;

/// Windows from the start of the run, all of one width.
#[derive(Clone, Debug)]
pub struct Series {
    width: Nanos,
    limit: usize,
    length: usize,
    segments: Vec<Arc<Vec<Window>>>,
}

impl Series {
    /// An empty series for so many nodes.
    pub fn new(nodes: usize) -> Series {
        Series::with_limit(limit_for(nodes))
    }

    fn with_limit(limit: usize) -> Series {
        Series { width: WIDTH, limit, length: 0, segments: Vec::new() }
    }

    /// Width of each window.
    pub fn width(&self) -> Nanos {
        self.width
    }

    /// Number of closed windows.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether no window is closed yet.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Start of window `index`.
    pub fn start(&self, index: usize) -> Time {
        self.width * index as u64
    }

    /// The window that holds `time`, closed or not.
    pub fn index(&self, time: Time) -> usize {
        (time / self.width) as usize
    }

    /// A closed window.
    pub fn get(&self, index: usize) -> Option<&Window> {
        self.segments.get(index / SEGMENT)?.get(index % SEGMENT)
    }

    /// A closed window to change; copies its segment if another series shares it.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut Window> {
        Arc::make_mut(self.segments.get_mut(index / SEGMENT)?).get_mut(index % SEGMENT)
    }

    /// Closed windows from `index` on.
    pub fn iter_from(&self, index: usize) -> impl Iterator<Item = &Window> {
        let index = index.min(self.length);
        let first = self.segments.get(index / SEGMENT).map_or(&[][..], |segment| &segment[index % SEGMENT..]);
        let rest = self.segments.iter().skip(index / SEGMENT + 1);
        first.iter().chain(rest.flat_map(|segment| segment.iter()))
    }

    /// Appends the next window. Returns whether the series was full, so that windows are now twice as wide.
    pub fn push(&mut self, window: Window) -> bool {
        if self.length.is_multiple_of(SEGMENT) {
            self.segments.push(Arc::new(Vec::with_capacity(SEGMENT)));
        }
        if let Some(last) = self.segments.last_mut() {
            Arc::make_mut(last).push(window);
            self.length += 1;
        }
        if self.length < self.limit {
            return false;
        }
        self.merge_pairs();
        true
    }

    fn merge_pairs(&mut self) {
        let mut wider = Series { width: self.width * 2, ..Series::with_limit(usize::MAX) };
        let mut windows = self.iter_from(0);
        while let Some(first) = windows.next() {
            let mut window = first.clone();
            if let Some(second) = windows.next() {
                window.merge(second);
            }
            wider.push(window);
        }
        drop(windows);
        *self = Series { limit: self.limit, ..wider };
    }

    /// Bytes of all windows, shared or not.
    pub fn bytes(&self) -> usize {
        self.iter_from(0).map(|window| size_of::<Window>() + window.bytes()).sum()
    }
}

/// How many windows a series of so many nodes keeps: 16,384, fewer from 16 nodes on. Always even.
fn limit_for(nodes: usize) -> usize {
    (262_144 / nodes.max(1)).clamp(1024, 16_384) & !1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::record::Outcome;

    fn window(latency: Nanos) -> Window {
        let mut window = Window::default();
        window.within.add_late(Outcome::Ok, latency);
        window
    }

    #[test]
    fn a_full_series_doubles_its_windows_and_keeps_every_sum() {
        let mut series = Series::with_limit(256);
        let mut doubled = 0;
        for i in 0..1000u64 {
            doubled += u64::from(series.push(window(i)));
        }
        // Full at 256, then after every 128 of the wider ones: 256, 512 and (each window now four) 1,024.
        // Pushed windows are taken as they come: each counts as one window of the present width.
        assert_eq!(doubled, 6);
        assert_eq!(series.width(), WIDTH << 6);
        assert!(series.len() < 256);
        let (count, sum) = series
            .iter_from(0)
            .fold((0, 0), |(count, sum), window| (count + window.within.ended(), sum + window.within.ok.sum));
        assert_eq!((count, sum), (1000, (0..1000).sum()));
    }

    #[test]
    fn a_clone_shares_what_neither_changes() {
        let mut series = Series::new(1);
        (0..200).for_each(|i| {
            series.push(window(i));
        });
        let branch = series.clone();
        series.get_mut(70).unwrap().outlasting.add_late(Outcome::Ok, 1);
        let shared: Vec<bool> =
            series.segments.iter().zip(&branch.segments).map(|(a, b)| Arc::ptr_eq(a, b)).collect();
        assert_eq!(shared, [true, false, true, true]);
        assert_eq!(branch.get(70).unwrap().outlasting.ended(), 0);
        assert_eq!(series.get(70).unwrap().outlasting.ended(), 1);
        assert_eq!(series.iter_from(60).count(), 140);
        assert_eq!(series.iter_from(500).count(), 0);
    }

    #[test]
    fn limits_are_even() {
        for (nodes, limit) in
            [(0, 16_384), (1, 16_384), (16, 16_384), (17, 15_420), (200, 1310), (1000, 1024)]
        {
            assert_eq!(limit_for(nodes), limit, "{nodes}");
        }
    }
}
