//! What a card shows of the instance behind it: its workers, its pool, its slots, its connections.
//!
//! Many of a kind are folded into a few drawn places with the number beside them; what is full is hatched and says
//! so, besides its colour. Everything here is the true state at the time on the screen, unlike the marks, whose
//! travel is stretched. Leaves out: which key or which request is where (that is the inspector's).

mod balanced;

use super::behind::Behind;
use super::geometry::{Point, Rect};
use super::ink::{Align, Ink, Item};
use super::layout::{Block, Flow};
use super::words::{Words, number};
use crate::protocol::NodeKind;
use crate::protocol::frame::{Gauges, Life, Standing};

/// Most workers drawn one by one.
pub const MOST_WORKERS: f64 = 8.0;

/// Space inside a card at scale 1.
const PADDING: f64 = 13.0;

/// Width of a bold letter beside its size, in the wider of the usual fonts.
const BOLD: f64 = 0.68;
/// The same of figures, in which spaces and commas are narrow.
const FIGURES: f64 = 0.5;

/// A card that is narrower at scale 1 has no room for more than one figure in its second line.
const WIDE: f64 = 150.0;

/// Size of the one figure beside a compact card's name.
const FIGURE_SIZE: f64 = 13.0;

fn letters(text: &str) -> f64 {
    text.chars().count().max(1) as f64
}

/// The two parts of a name of several words, as alike in length as they can be.
pub(super) fn halves(text: &str) -> Option<(&str, &str)> {
    let spaces = text.match_indices(' ').map(|(at, _)| (&text[..at], &text[at + 1..]));
    spaces.min_by_key(|(first, second)| first.len().max(second.len()))
}

/// What a card shows besides the gauges.
#[derive(Clone, Copy, Debug)]
pub struct Face<'a> {
    /// Its name.
    pub title: &'a str,
    /// What the node is.
    pub kind: NodeKind,
    /// What only settings decide, such as "least conn.".
    pub detail: &'a str,
    /// Whether its calls wait for pooled connections.
    pub pooled: bool,
    /// Whether the line in front of it is drawn on the edge, so that it need not be told again.
    pub line_drawn: bool,
    /// The longest work left that was seen lately, in microseconds: a full turn of the clock.
    pub longest: f64,
    /// How many of the instances behind it are dead.
    pub dead: u32,
    /// Those behind a balancer.
    pub behind: Option<&'a Behind>,
    /// Its colour in the map of a balancer.
    pub own: Option<Ink>,
}

/// How large a node's cards are; a balancer's is larger with a map of keys, a service's with a pool or a clock.
pub fn block(kind: NodeKind, extra: bool, single: bool, instances: u32) -> Block {
    let (size, compact) = match kind {
        NodeKind::Clients => ((104.0, 64.0), (150.0, 38.0)),
        NodeKind::Balancer if extra => ((112.0, 132.0), (120.0, 40.0)),
        NodeKind::Balancer => ((98.0, 84.0), (120.0, 40.0)),
        NodeKind::Service if single => ((146.0, 106.0), (150.0, 56.0)),
        NodeKind::Service if extra => ((149.0, 109.0), (140.0, 50.0)),
        NodeKind::Service => ((149.0, 84.0), (140.0, 50.0)),
        NodeKind::Cache | NodeKind::Database => ((181.0, 128.0), (162.0, 66.0)),
    };
    Block { size, compact, instances, unfolded: false }
}

/// Whether a service works on one request at a time, which is drawn as a clock.
pub fn is_single(gauges: &Gauges) -> bool {
    gauges.cores == 1.0 && gauges.workers <= 1.0
}

/// Whether something of the instance is used up, which its border shows.
pub fn is_full(gauges: &Gauges) -> bool {
    let all = |used: f64, most: f64| most > 0.0 && used >= most;
    all(gauges.pool_in_use, gauges.pool_limit) || all(gauges.connections, gauges.max_connections)
}

/// The two states of an instance that are drawn: what moves shows `now`, what is read shows `told`, which is held for
/// a moment because nobody can read a number that changes 60 times a second.
#[derive(Clone, Copy, Debug)]
pub struct States<'a> {
    /// This frame's.
    pub now: &'a Gauges,
    /// A recent frame's.
    pub told: &'a Gauges,
}

/// Where a card stands and how it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The card.
    pub rect: Rect,
    /// Compact when top to bottom.
    pub flow: Flow,
    /// Factor on sizes and text.
    pub scale: f64,
}

/// Draws the inside of a card.
pub fn draw(face: &Face, states: States, place: Place, words: &Words, out: &mut Vec<Item>) {
    let States { now: gauges, told } = states;
    let Place { rect, flow, scale } = place;
    let mut card = Card { rect, scale, out, flow };
    // A folded card shows one that lives, and says how many do not.
    let some_dead = (face.dead > 0 && gauges.life != Life::Dead).then(|| words.some_dead(face.dead));
    match (&some_dead, flow) {
        (Some(dead), Flow::Down) => card.title_and_alarm(face.title, dead),
        (None, Flow::Down) => {
            card.title(face.title, 0.0);
            card.figure(face, &figure(face, told, words));
        }
        (_, Flow::Across) => card.title(face.title, 0.0),
    }
    if matches!(gauges.life, Life::Starting | Life::Dead | Life::Gone | Life::Draining) {
        card.subtitle(
            &words.life(gauges.life),
            if gauges.life == Life::Dead { Ink::Error } else { Ink::Dim },
        );
        if gauges.life == Life::Dead {
            card.struck_out();
        }
        if gauges.life != Life::Draining {
            return;
        }
    } else if let (Some(dead), Flow::Across) = (&some_dead, flow) {
        card.subtitle(dead, Ink::Error);
    } else if gauges.standing > Standing::StartingSlowly {
        card.subtitle(&words.standing(gauges.standing), Ink::Error);
    } else {
        let detailed = card.width() >= WIDE;
        let text = subtitle(face, told, detailed, words);
        match halves(&text).filter(|_| card.is_wrapped(face)) {
            Some((first, second)) => card.two_lines(first, second),
            None => card.subtitle(&text, Ink::Dim),
        }
    }
    if let Some(ink) = face.own {
        card.place_of_its_own(ink);
    }
    match face.kind {
        NodeKind::Clients => {}
        NodeKind::Balancer => {
            let wrapped = card.is_wrapped(face);
            face.behind.into_iter().for_each(|behind| card.balanced(behind, wrapped));
        }
        NodeKind::Service if is_single(gauges) => card.clock(gauges, told, face.longest, words),
        NodeKind::Service => {
            card.workers(gauges);
            if face.pooled && gauges.pool_limit > 0.0 {
                card.pool(gauges, words);
            }
        }
        NodeKind::Cache => card.slots(gauges),
        NodeKind::Database => card.connections(gauges),
    }
}

/// The one figure that a compact card has room for, beside its title.
fn figure(face: &Face, gauges: &Gauges, words: &Words) -> String {
    match face.kind {
        NodeKind::Database if gauges.max_connections > 0.0 => {
            format!("{} / {}", number(connected(gauges)), number(gauges.max_connections))
        }
        NodeKind::Clients => words.rate(gauges.rate),
        _ => String::new(),
    }
}

fn subtitle(face: &Face, gauges: &Gauges, detailed: bool, words: &Words) -> String {
    let waits = gauges.queue > 0.0 && !face.line_drawn;
    let text = match face.kind {
        _ if gauges.standing == Standing::StartingSlowly => words.standing(gauges.standing),
        NodeKind::Clients => words.rate(gauges.rate),
        NodeKind::Balancer => face.detail.to_owned(),
        NodeKind::Service if waits => return words.busy_waiting(gauges.utilisation, gauges.queue),
        NodeKind::Service => words.busy(gauges.utilisation),
        NodeKind::Cache => {
            let keys = words.keys(gauges.keys, gauges.capacity);
            if face.detail.is_empty() || !detailed { keys } else { format!("{keys} · {}", face.detail) }
        }
        NodeKind::Database => {
            words.connections(connected(gauges), gauges.workers_in_use, gauges.max_connections)
        }
    };
    if waits { format!("{text} · {}", words.waiting_short(gauges.queue)) } else { text }
}

/// Connections of a database that are open, or the calls inside where callers open none.
fn connected(gauges: &Gauges) -> f64 {
    gauges.connections.max(gauges.workers_in_use)
}

struct Card<'a> {
    rect: Rect,
    scale: f64,
    flow: Flow,
    out: &'a mut Vec<Item>,
}

impl Card<'_> {
    fn at(&self, x: f64, y: f64) -> Point {
        Point::new(self.rect.x + x * self.scale, self.rect.y + y * self.scale)
    }

    fn width(&self) -> f64 {
        self.rect.width / self.scale
    }

    fn text(&mut self, at: Point, text: &str, size: f64, strong: bool, ink: Ink, align: Align) {
        let room = match align {
            Align::Left => self.rect.right() - at.x - 4.0,
            _ => self.rect.width,
        };
        let size = size * self.scale;
        self.out.push(Item::Text { at, text: text.to_owned(), size, strong, ink, align, room });
    }

    /// The name; `kept` is left free behind it.
    fn title(&mut self, title: &str, kept: f64) {
        let at = match self.flow {
            Flow::Across => self.at(PADDING, 23.0),
            Flow::Down => self.at(10.0, 19.0),
        };
        // A narrow card writes a long name smaller rather than cut it.
        let room = self.rect.right() - at.x - 4.0 - kept * self.scale;
        let fits = room / (letters(title) * BOLD * self.scale);
        self.text(at, title, fits.clamp(10.0, 15.0), true, Ink::Text, Align::Left);
    }

    /// Beside the title; "3 of 10,000" is only the 3 where both do not fit. A rate may stand below the title instead.
    fn figure(&mut self, face: &Face, figure: &str) {
        let room = self.width() - 26.0 - letters(face.title) * BOLD * 15.0;
        let fits = |figure: &str| letters(figure) * FIGURES * FIGURE_SIZE <= room;
        let short = figure.split(" / ").next().unwrap_or_default();
        match () {
            () if fits(figure) => self.beside_title(figure, Ink::Dim),
            () if fits(short) => self.beside_title(short, Ink::Dim),
            () if face.kind == NodeKind::Clients => {
                self.text(self.at(10.0, 33.0), figure, 12.0, false, Ink::Dim, Align::Left);
            }
            () => {}
        }
    }

    /// The name and what is wrong, whatever else there would be to say.
    fn title_and_alarm(&mut self, title: &str, alarm: &str) {
        self.title(title, letters(alarm) * FIGURES * FIGURE_SIZE + 14.0);
        self.beside_title(alarm, Ink::Error);
    }

    fn beside_title(&mut self, text: &str, ink: Ink) {
        let at = self.at(self.width() - 10.0, 19.0);
        self.text(at, text, FIGURE_SIZE, false, ink, Align::Right);
    }

    /// A strip along the edge, in the colour that the instance has in a balancer's map.
    fn place_of_its_own(&mut self, ink: Ink) {
        let high = self.rect.height / self.scale - 24.0;
        self.bar(3.5, 12.0, 4.0, high, ink, false);
    }

    /// Compact cards have no room for a second line.
    fn subtitle(&mut self, text: &str, ink: Ink) {
        if self.flow == Flow::Across {
            self.text(self.at(PADDING, 41.0), text, 13.0, ink == Ink::Error, ink, Align::Left);
        } else if ink == Ink::Error {
            self.text(self.at(10.0, 38.0), text, 12.0, false, ink, Align::Left);
        }
    }

    /// Whether what a balancer does is too long for one line, where there is room for two.
    fn is_wrapped(&self, face: &Face) -> bool {
        let long = letters(face.detail) * FIGURES * 13.0 > self.width() - PADDING - 4.0;
        let mapped = face.behind.is_some_and(|behind| behind.map.is_some());
        long && !mapped && face.kind == NodeKind::Balancer && self.flow == Flow::Across
    }

    fn two_lines(&mut self, first: &str, second: &str) {
        for (line, y) in [(first, 37.0), (second, 49.0)] {
            self.text(self.at(PADDING, y), line, 12.0, false, Ink::Dim, Align::Left);
        }
    }

    /// Nothing works in here: hatched, with a cross, beside the word.
    fn struck_out(&mut self) {
        let (width, height) = (self.width(), self.rect.height / self.scale);
        let (x, y, reach): (f64, f64, f64) =
            if self.flow == Flow::Across { (PADDING, 52.0, 13.0) } else { (width - 46.0, 9.0, 9.0) };
        let (wide, high) = (width - PADDING - x, height - y - 11.0);
        self.bar(x, y, wide, high, Ink::Line, true);
        let reach = reach.min(high / 2.0 - 2.0);
        let centre = self.at(x + wide / 2.0, y + high / 2.0);
        self.out.push(Item::Cross {
            centre,
            reach: reach * self.scale,
            ink: Ink::Error,
            width: 4.0 * self.scale,
        });
    }

    /// One request at a time: the ring runs down, the dot is the request.
    fn clock(&mut self, gauges: &Gauges, told: &Gauges, longest: f64, words: &Words) {
        let (x, y, radius) = if self.flow == Flow::Across { (25.0, 71.0, 14.0) } else { (22.0, 38.0, 10.0) };
        let (centre, radius) = (self.at(x, y), radius * self.scale);
        let width = 2.5 * self.scale;
        self.out.push(Item::Ring { centre, radius, ink: Ink::Line, width, turn: 1.0 });
        if gauges.busy_cores <= 0.0 {
            self.text(self.at(x + 22.0, y + 5.0), &words.idle(), 14.0, false, Ink::Dim, Align::Left);
            return;
        }
        let turn = (gauges.next_done_us / longest.max(1.0)).clamp(0.02, 1.0);
        self.out.push(Item::Ring { centre, radius, ink: Ink::Accent, width, turn });
        self.out.push(Item::Dot { centre, radius: radius * 0.6, ink: Ink::Read, alpha: 1.0 });
        let left = words.to_go(told.next_done_us);
        self.text(self.at(x + 22.0, y + 5.0), &left, 14.0, false, Ink::Dim, Align::Left);
    }

    /// At most eight circles; folded ones fill up in proportion.
    fn workers(&mut self, gauges: &Gauges) {
        let places = gauges.workers.clamp(1.0, MOST_WORKERS).floor();
        let folded = gauges.workers > MOST_WORKERS;
        let used = gauges.workers_in_use.min(gauges.workers);
        let (x, y) = if self.flow == Flow::Across { (PADDING + 4.5, 60.0) } else { (14.5, 36.0) };
        let counted = (folded && self.flow == Flow::Across).then(|| number(gauges.workers_in_use));
        let count_room = counted.as_ref().map_or(0.0, |count| count.len() as f64 * 8.4);
        // In a narrow card fewer of them, rather than one on the other.
        let room = self.width() - 2.0 * x - count_room;
        let places = if folded { places.min((room / 9.5).floor()).max(1.0) } else { places };
        let filled = if folded { (used / gauges.workers * places).ceil() } else { used };
        let pitch = (11.4_f64).min(room / (places - 1.0).max(1.0));
        for place in 0..places as u32 {
            let centre = self.at(x + f64::from(place) * pitch, y);
            let radius = 4.5 * self.scale;
            if f64::from(place) < filled {
                self.out.push(Item::Dot { centre, radius, ink: Ink::Read, alpha: 1.0 });
            } else {
                let width = 1.0;
                self.out.push(Item::Ring { centre, radius: radius - 0.5, ink: Ink::Dim, width, turn: 1.0 });
            }
        }
        if let Some(count) = counted {
            let at = self.at(self.width() - PADDING, y + 4.5);
            self.text(at, &count, 13.0, false, Ink::Dim, Align::Right);
        }
    }

    fn pool(&mut self, gauges: &Gauges, words: &Words) {
        let full = gauges.pool_in_use >= gauges.pool_limit;
        let ink = if full { Ink::Saturated } else { Ink::Dim };
        let share = (gauges.pool_in_use / gauges.pool_limit).clamp(0.0, 1.0);
        let (x, y) = if self.flow == Flow::Across {
            self.text(self.at(PADDING, 83.5), &words.pool(gauges), 13.0, false, ink, Align::Left);
            (PADDING, 92.0)
        } else {
            (10.0, 44.0)
        };
        let whole = self.width() - 2.0 * x;
        let height = if self.flow == Flow::Across { 5.0 } else { 3.0 };
        self.bar(x, y, whole, height, Ink::Line, false);
        let ink = if full { Ink::Saturated } else { Ink::Text };
        self.bar(x, y, whole * share, height, ink, full);
    }

    fn bar(&mut self, x: f64, y: f64, width: f64, height: f64, ink: Ink, hatched: bool) {
        let at = self.at(x, y);
        let rect = Rect { x: at.x, y: at.y, width: width * self.scale, height: height * self.scale };
        self.out.push(Item::Bar { rect, radius: 2.0, ink, alpha: 1.0, hatched });
    }

    /// Slots in eviction order: the brightest row is the last to go, the faintest holds the next victims.
    fn slots(&mut self, gauges: &Gauges) {
        const COLUMNS: u32 = 19;
        let (rows, x, y) = if self.flow == Flow::Across { (4, PADDING, 58.0) } else { (2, 10.0, 30.0) };
        let pitch = (self.width() - 2.0 * x) / f64::from(COLUMNS);
        let places = f64::from(rows * COLUMNS);
        let filled = if gauges.capacity > 0.0 {
            (gauges.keys / gauges.capacity * places).ceil().min(places)
        } else {
            0.0
        };
        for place in 0..rows * COLUMNS {
            let (row, column) = (place / COLUMNS, place % COLUMNS);
            let at = self.at(x + f64::from(column) * pitch, y + f64::from(row) * 14.0);
            let rect =
                Rect { x: at.x, y: at.y, width: (pitch - 2.0) * self.scale, height: 10.0 * self.scale };
            let (ink, alpha) = if f64::from(place) < filled {
                (Ink::Hit, 1.0 - 0.72 * f64::from(place) / places)
            } else {
                (Ink::Line, 0.7)
            };
            self.out.push(Item::Bar { rect, radius: 1.5, ink, alpha, hatched: false });
        }
    }

    /// Connections that do something are bright, open ones at rest half so, the others empty.
    fn connections(&mut self, gauges: &Gauges) {
        const COLUMNS: f64 = 12.0;
        let (rows, x, y, step) =
            if self.flow == Flow::Across { (4.0, 17.0, 59.0, 15.0) } else { (2.0, 15.0, 36.0, 14.0) };
        let most = if gauges.max_connections > 0.0 { gauges.max_connections } else { gauges.workers };
        let places = most.min(rows * COLUMNS).max(1.0);
        let fold = |number: f64| if most > places { (number / most * places).ceil() } else { number };
        let (busy, open) = (fold(gauges.workers_in_use), fold(connected(gauges)));
        let full = is_full(gauges);
        let pitch = (self.width() - 2.0 * x) / (COLUMNS - 1.0);
        for place in 0..places as u32 {
            let (row, column) = ((f64::from(place) / COLUMNS).floor(), f64::from(place) % COLUMNS);
            let centre = self.at(x + column * pitch, y + row * step);
            let (ink, alpha) = match f64::from(place) {
                place if place < busy => (if full { Ink::Saturated } else { Ink::Text }, 1.0),
                place if place < open => (Ink::Text, 0.4),
                _ => (Ink::Line, 1.0),
            };
            self.out.push(Item::Dot { centre, radius: 3.6 * self.scale, ink, alpha });
        }
    }
}

#[cfg(test)]
mod tests;
