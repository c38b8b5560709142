//! What a balancer's card shows: each server's share as a bar, and whose the keys are, as a ring or as a table.
//!
//! Bars are as high as the largest is; a server that gets no calls has a hatched place, and what goes to
//! a dead one is red. Leaves out: shares in figures,
//! which the inspector and the text twin tell.

use super::{Card, PADDING};
use crate::scene::behind::{Behind, Map};
use crate::scene::geometry::Rect;
use crate::scene::ink::{Ink, Item};
use crate::scene::layout::Flow;

/// Rows of a table.
const ROWS: usize = 4;

/// More arcs than these are confetti.
const MOST_ARCS: usize = 24;

/// Room of a bar at most.
const WIDEST: f64 = 14.0;

fn some(places: &[Ink]) -> Vec<Option<Ink>> {
    places.iter().copied().map(Some).collect()
}

impl Card<'_> {
    pub(super) fn balanced(&mut self, behind: &Behind, wrapped: bool) {
        let compact = self.flow == Flow::Down;
        let (x, bars) = match (compact, &behind.map) {
            (true, Some(map)) => {
                self.table(map, 1, 10.0, (27.0, 7.0));
                return;
            }
            (true, None) => (10.0, (25.0, 10.0)),
            (false, Some(map)) => {
                if map.ring {
                    self.ring(behind, map);
                } else {
                    self.table(map, ROWS, PADDING, (52.0, 44.0));
                }
                (PADDING, (104.0, 18.0))
            }
            (false, None) if wrapped => (PADDING, (57.0, 17.0)),
            (false, None) => (PADDING, (53.0, 20.0)),
        };
        self.shares(behind, x, bars);
    }

    /// One bar for each server.
    fn shares(&mut self, behind: &Behind, x: f64, (y, height): (f64, f64)) {
        let count = behind.servers.len();
        if count < 2 {
            return;
        }
        let most = behind.servers.iter().map(|server| server.share).fold(0.0, f64::max);
        let pitch = ((self.width() - 2.0 * x) / count as f64).min(WIDEST);
        let gap = if pitch >= 4.0 { 2.0 } else { 0.0 };
        for (place, server) in behind.servers.iter().enumerate() {
            let ink = match () {
                () if server.dead => Ink::Error,
                () if behind.map.is_some() => server.ink,
                () => Ink::Dim,
            };
            let left = x + pitch * place as f64;
            let high = if most > 0.0 { (server.share / most * height).max(1.5) } else { 1.5 };
            if server.out {
                self.place(left, y, pitch - gap, height, Ink::Dim, true);
            } else {
                self.place(left, y + height - high, pitch - gap, high, ink, false);
            }
        }
    }

    /// Arcs of one owner after another, clockwise from the top. Where they are too many to tell apart, a second ring within
    /// says how much of it each has in all.
    fn ring(&mut self, behind: &Behind, map: &Map) {
        let runs = map.places.windows(2).filter(|pair| pair[0] != pair[1]).count();
        if runs <= MOST_ARCS {
            self.arcs(&some(&map.places), (21.0, 7.0));
        } else {
            self.two_rings(behind, map);
        }
        // What moved has an edge.
        let moved: Vec<Option<Ink>> = map.moved.iter().map(|moved| moved.then_some(Ink::Text)).collect();
        self.arcs(&moved, (26.5, 1.6));
    }

    fn two_rings(&mut self, behind: &Behind, map: &Map) {
        self.arcs(&some(&map.places), (22.5, 4.0));
        let of = |ink: Ink| map.places.iter().filter(move |owner| **owner == ink).copied();
        let mut inks: Vec<Ink> = Vec::new();
        for server in &behind.servers {
            if !inks.contains(&server.ink) {
                inks.push(server.ink);
            }
        }
        let together: Vec<Ink> = inks.into_iter().flat_map(of).collect();
        self.arcs(&some(&together), (15.0, 7.0));
    }

    fn arcs(&mut self, places: &[Option<Ink>], (radius, width): (f64, f64)) {
        let centre = self.at(self.width() / 2.0, 73.0);
        let (radius, width) = (radius * self.scale, width * self.scale);
        let share = |place: usize| place as f64 / places.len() as f64;
        let mut start = 0;
        for place in 1..=places.len() {
            if places.get(place) != Some(&places[start]) {
                let between = (share(start), share(place));
                if let Some(ink) = places[start] {
                    self.out.push(Item::Arc { centre, radius, ink, width, between });
                }
                start = place;
            }
        }
    }

    /// Slots of a table in rows, or of one row.
    fn table(&mut self, map: &Map, rows: usize, x: f64, (y, height): (f64, f64)) {
        let columns = map.places.len().div_ceil(rows).max(1);
        let (wide, high) = ((self.width() - 2.0 * x) / columns as f64, height / rows as f64);
        let gap = if rows > 1 { 1.2 } else { 0.0 };
        for (place, ink) in map.places.iter().enumerate() {
            let (left, top) = (x + wide * (place % columns) as f64, y + high * (place / columns) as f64);
            self.place(left, top, wide - gap, high - gap, *ink, false);
            if map.moved.get(place) == Some(&true) {
                let (inner, height) = ((wide - gap) * 0.4, (high - gap) * 0.4);
                self.place(left + inner * 0.75, top + height * 0.75, inner, height, Ink::Background, false);
            }
        }
    }

    fn place(&mut self, x: f64, y: f64, width: f64, height: f64, ink: Ink, hatched: bool) {
        let at = self.at(x, y);
        let rect = Rect { x: at.x, y: at.y, width: width * self.scale, height: height * self.scale };
        self.out.push(Item::Bar { rect, radius: 1.0, ink, alpha: 1.0, hatched });
    }
}
