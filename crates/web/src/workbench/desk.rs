//! What the worker has on its desk: a trace that is read or made, a race over it, a curve. Decides what is done next;
//! knows no browser and no clock, so it is tested natively.
//!
//! First comes what one waits for: the trace, then the race's way to where it is wanted, then the curve.

use super::explain;
use super::protocol::{About, Answer, Command, Lane, MOST_CELLS, Reading, Stand};
use super::settings::TRACES;
use headroom_core::engine::cache::{Capacity, Future};
use headroom_core::race::{Contender, Curve, Generator, Pattern, Race, Recipe, Row};
use headroom_core::trace::{Column, Columns, Format, OnFault, Reader, zstd};
use std::io::{BufReader, Read};

/// Accesses that are kept of a trace: 8 bytes each, or 17 with sizes.
pub const MOST_ACCESSES: usize = 32_000_000;

/// Bytes read at a time.
const CHUNK: usize = 1 << 18;

/// Accesses made at a time.
const MADE: u64 = 8_192;

/// Least time between two answers about one thing, in milliseconds.
const BEAT: f64 = 33.0;

/// A file: what it holds, and its size.
pub struct File {
    /// Its bytes.
    pub input: Box<dyn Read>,
    /// How many there are.
    pub size: f64,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("File").field("size", &self.size).finish_non_exhaustive()
    }
}

/// Where a trace comes from.
enum Source {
    Made {
        generator: Generator,
        requests: u64,
    },
    Read {
        input: Box<dyn Read>,
        reader: Reader,
        format: Format,
        read: std::rc::Rc<std::cell::Cell<f64>>,
        size: f64,
    },
}

/// Counts the bytes that pass.
struct Counted<R> {
    input: R,
    read: std::rc::Rc<std::cell::Cell<f64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.read.set(self.read.get() + count as f64);
        Ok(count)
    }
}

/// A pace at which the race goes on, once it has come to where it begins.
#[derive(Clone, Copy)]
struct Pace {
    since: f64,
    from: u64,
    per_second: f64,
    begun: bool,
}

/// All the worker has to do.
#[derive(Default)]
pub struct Desk {
    trace: u64,
    opening: Option<(Source, Future)>,
    future: Option<Future>,
    about: About,
    /// What was asked for before the trace was there.
    wanted: Option<(Vec<Contender>, Capacity, u64)>,
    race: Option<Race>,
    to: u64,
    pace: Option<Pace>,
    curve: Option<Curve>,
    told: f64,
    told_curve: f64,
    chunk: Vec<u8>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("trace", &self.trace).field("to", &self.to).finish_non_exhaustive()
    }
}

impl Desk {
    /// Takes a command, at a time in milliseconds.
    pub fn hear(&mut self, command: Command, file: Option<File>, now: f64, out: &mut Vec<Answer>) {
        match command {
            Command::Make { trace, pattern, numbers, popularity } => {
                let source = made(&pattern, &numbers, popularity);
                self.open(trace, source, out);
            }
            Command::Read { trace, name, reading } => {
                let source = match file {
                    Some(file) => read(&name, &reading, file),
                    None if name.starts_with(TRACES) => {
                        Err(format!("{name} could not be fetched; the connection may be down"))
                    }
                    None => Err("the file did not come; choose it again".to_owned()),
                };
                self.open(trace, source, out);
            }
            Command::Race { contenders, capacity, in_bytes, to } => {
                let contenders = contenders.iter().filter_map(|name| Contender::named(name)).collect();
                let capacity = if in_bytes { Capacity::Bytes(capacity) } else { Capacity::Entries(capacity) };
                self.wanted = Some((contenders, capacity, to));
                self.begin(now);
            }
            Command::Go(to) => {
                self.pace = None;
                self.to = to.min(self.about.accesses);
                if let Some((.., goal)) = &mut self.wanted {
                    *goal = to;
                }
                // On the way there is told only if that takes long.
                self.told = now;
            }
            Command::Play { per_second } => {
                let per_second = per_second.clamp(0.01, 1e12);
                // Who is under way goes on from where it is; who was sent somewhere from there.
                let from = match (&self.pace, &self.race) {
                    (Some(pace), Some(race)) if pace.begun => race.at() as u64,
                    _ => self.to,
                };
                self.pace = Some(Pace { since: now, from, per_second, begun: false });
                self.told = f64::NEG_INFINITY;
            }
            Command::Pause => {
                self.pace = None;
                self.to = self.race.as_ref().map_or(0, |race| race.at() as u64);
                self.told = f64::NEG_INFINITY;
                if self.is_there() {
                    self.tell(now, true, out);
                }
            }
        }
    }

    /// Whether there is something to do without being asked.
    pub fn is_busy(&self) -> bool {
        let has_work = !self.is_there() || self.pace.is_some() || self.curve.is_some();
        self.opening.is_some() || (self.race.is_some() && has_work)
    }

    fn is_there(&self) -> bool {
        self.race.as_ref().is_some_and(|race| race.is_at(self.to as usize))
    }

    /// Whether all that is left to do is to wait for the next access to be due.
    pub fn is_waiting(&self) -> bool {
        self.opening.is_none() && self.curve.is_none() && self.is_there()
    }

    /// Works until `enough` says so.
    pub fn work(&mut self, now: f64, enough: &mut dyn FnMut() -> bool, out: &mut Vec<Answer>) {
        if self.opening.is_some() {
            if let Err(message) = self.open_further(now, enough, out) {
                (self.opening, self.pace) = (None, None);
                out.push(Answer::Failed { trace: self.trace, message });
            }
            return;
        }
        let Some(future) = &self.future else { return };
        if let Some(race) = &mut self.race {
            let end = future.len() as u64;
            if let Some(pace) = &mut self.pace {
                self.to = pace.goal(now, race.at() as u64).min(end);
            }
            let is_there = race.go(future, self.to as usize, enough);
            if let Some(pace) = self.pace.as_mut().filter(|pace| is_there && !pace.begun) {
                *pace = Pace { since: now, begun: true, ..*pace };
            }
            let at_the_end = self.pace.is_some() && race.at() as u64 == end;
            if at_the_end {
                self.pace = None;
            }
            let ended = is_there && self.pace.is_none();
            self.tell(now, ended, out);
            if !is_there || enough() {
                return;
            }
        }
        self.draw_curve(now, enough, out);
    }

    fn open(&mut self, trace: u64, source: Result<Source, String>, out: &mut Vec<Answer>) {
        let chunk = std::mem::take(&mut self.chunk);
        *self = Desk { trace, chunk, wanted: self.wanted.take(), ..Desk::default() };
        match source {
            Ok(source) => self.opening = Some((source, Future::new())),
            Err(message) => out.push(Answer::Failed { trace, message }),
        }
    }

    fn open_further(
        &mut self,
        now: f64,
        enough: &mut dyn FnMut() -> bool,
        out: &mut Vec<Answer>,
    ) -> Result<(), String> {
        let Some((source, future)) = &mut self.opening else { return Ok(()) };
        let mut accesses = Vec::new();
        let mut goes_on = true;
        while goes_on && future.len() < MOST_ACCESSES {
            accesses.clear();
            goes_on = source.fill(&mut self.chunk, &mut accesses)?;
            for access in accesses.iter().take(MOST_ACCESSES - future.len()) {
                future.push(access).map_err(|error| error.to_string())?;
            }
            if goes_on && enough() {
                break;
            }
        }
        let is_cut = goes_on && future.len() >= MOST_ACCESSES;
        if goes_on && !is_cut {
            if now >= self.told + BEAT {
                self.told = now;
                let accesses = future.len() as u64;
                out.push(Answer::Reading { trace: self.trace, done: source.done(future), accesses });
            }
            return Ok(());
        }
        if future.is_empty() {
            return Err("there are no accesses in it".to_owned());
        }
        let Some((source, mut future)) = self.opening.take() else { return Ok(()) };
        future.close();
        self.about = about(&source, &future, is_cut);
        out.push(Answer::Opened { trace: self.trace, about: self.about.clone() });
        self.future = Some(future);
        self.begin(now);
        Ok(())
    }

    /// Lets those race who were asked for, if the trace is there.
    fn begin(&mut self, now: f64) {
        let Some(future) = &self.future else { return };
        let Some((contenders, capacity, to)) = self.wanted.take() else { return };
        let same = |race: &Race| {
            let in_bytes = |capacity: Capacity| matches!(capacity, Capacity::Bytes(_));
            race.contenders().eq(contenders.iter().copied())
                && in_bytes(race.capacity()) == in_bytes(capacity)
        };
        if !self.race.as_ref().is_some_and(same) {
            let in_bytes = matches!(capacity, Capacity::Bytes(_));
            let largest =
                if in_bytes { self.about.bytes.unwrap_or(self.about.keys) } else { self.about.keys };
            self.curve = Some(Curve::new(&contenders, largest, in_bytes));
        }
        self.race = Some(Race::new(&contenders, capacity, future));
        self.to = to.min(self.about.accesses);
        if let Some(pace) = &mut self.pace {
            *pace = Pace { since: now, from: self.to, begun: false, ..*pace };
        }
        self.told = now;
    }

    fn draw_curve(&mut self, now: f64, enough: &mut dyn FnMut() -> bool, out: &mut Vec<Answer>) {
        let (Some(future), Some(curve)) = (&self.future, &mut self.curve) else { return };
        let is_done = curve.work(future, enough);
        if is_done || now >= self.told_curve + 4.0 * BEAT {
            self.told_curve = now;
            let points = curve.points().iter();
            let points = points.map(|point| (point.contender as u64, point.size, point.miss_ratio)).collect();
            let names = curve.contenders().map(|contender| contender.name().to_owned()).collect();
            out.push(Answer::Curve { trace: self.trace, names, points, done: curve.done(future) });
        }
        if is_done {
            self.curve = None;
        }
    }

    /// Says how the race stands: at most once in a beat, but always at its end.
    fn tell(&mut self, now: f64, ended: bool, out: &mut Vec<Answer>) {
        let (Some(race), Some(future)) = (&self.race, &self.future) else { return };
        let stands = ended && self.told == f64::INFINITY;
        // Rows are as much work as there are entries: of many they are drawn more rarely.
        let entries: u64 = race.entries().sum();
        if stands || (!ended && now < self.told + BEAT.max(entries as f64 / 10_000.0)) {
            return;
        }
        self.told = if ended { f64::INFINITY } else { now };
        let lanes = race.rows(future, MOST_CELLS).zip(race.counts()).zip(race.contenders());
        let lane = |(index, ((row, counts), contender)): (usize, ((Row, _), Contender))| {
            let told = race.told().get(index).map(|done| explain::told(contender, done));
            Lane { ratios: race.hit_ratios(index).collect(), told, ..lane_of(contender, row, counts) }
        };
        out.push(Answer::Stand(Stand {
            trace: self.trace,
            at: race.at() as u64,
            to: self.to,
            playing: self.pace.is_some(),
            width: race.width() as u64,
            lanes: lanes.enumerate().map(lane).collect(),
        }));
    }
}

fn lane_of(contender: Contender, row: Row, counts: headroom_core::engine::cache::Counts) -> Lane {
    let named = |(place, at)| (explain::place_name(place), at);
    Lane {
        name: contender.name().to_owned(),
        requests: counts.requests,
        misses: counts.misses,
        bytes: counts.bytes,
        missed_bytes: counts.missed_bytes,
        entries: row.entries,
        per_cell: row.per_cell,
        cells: row.cells.iter().map(|cell| (cell.entries, cell.read, cell.reads)).collect(),
        queues: row.queues.into_iter().map(named).collect(),
        hand: row.hand,
        last: row.last,
        ..Lane::default()
    }
}

impl Pace {
    /// Where the race shall be by now, which has come to `at`.
    fn goal(&mut self, now: f64, at: u64) -> u64 {
        if !self.begun {
            return self.from;
        }
        let goal = self.from + ((now - self.since).max(0.0) / 1e3 * self.per_second) as u64;
        // Who cannot keep up does not run after what was missed.
        if goal > at + (self.per_second / 2.0) as u64 {
            *self = Pace { since: now, from: at, ..*self };
        }
        goal
    }
}

impl Source {
    /// Appends the next accesses; whether there may be more.
    fn fill(
        &mut self,
        chunk: &mut Vec<u8>,
        accesses: &mut Vec<headroom_core::trace::Access>,
    ) -> Result<bool, String> {
        match self {
            Source::Made { generator, .. } => Ok(generator.fill(MADE, accesses)),
            Source::Read { input, reader, .. } => {
                chunk.resize(CHUNK, 0);
                let count = input.read(chunk).map_err(|error| error.to_string())?;
                let parsed =
                    if count == 0 { reader.finish(accesses) } else { reader.feed(&chunk[..count], accesses) };
                parsed.map_err(|error| error.to_string())?;
                Ok(count > 0)
            }
        }
    }

    fn done(&self, future: &Future) -> f64 {
        match self {
            Source::Made { requests, .. } => future.len() as f64 / *requests as f64,
            Source::Read { read, size, .. } => (read.get() / size.max(1.0)).min(1.0),
        }
    }
}

fn made(pattern: &str, numbers: &[u64], popularity: f64) -> Result<Source, String> {
    let pattern = Pattern::ALL.into_iter().find(|it| it.name() == pattern);
    let (Some(pattern), [requests, keys, every, length, seed]) = (pattern, numbers) else {
        return Err("there is no such trace".to_owned());
    };
    let recipe = Recipe {
        pattern,
        requests: *requests,
        keys: *keys,
        popularity,
        every: *every,
        length: *length,
        seed: *seed,
    };
    let generator = Generator::new(recipe).map_err(|error| error.to_string())?;
    Ok(Source::Made { generator, requests: *requests })
}

fn read(name: &str, reading: &Reading, file: File) -> Result<Source, String> {
    let given = Format::named(&reading.format);
    let Some(format) = given.or_else(|| Format::of_file(name)) else {
        return Err(format!("{name}: its name does not tell its format; choose one"));
    };
    let column = |text: &str| match text.trim() {
        "" => Ok(None),
        text => match text.parse::<usize>() {
            Ok(0) => Err("columns are counted from 1".to_owned()),
            Ok(number) => Ok(Some(Column::Number(number))),
            Err(_) if reading.no_header => {
                Err(format!("without a header no column is called \"{text}\"; give its number, from 1"))
            }
            Err(_) => Ok(Some(Column::Name(text.to_owned()))),
        },
    };
    let usual = Columns::default();
    let columns = Columns {
        delimiter: match reading.delimiter.as_bytes() {
            [] => usual.delimiter,
            [one] => *one,
            b"\\t" => b'\t',
            _ => return Err("between fields stands one character, such as ; or \\t for a tab".to_owned()),
        },
        has_header: !reading.no_header,
        key: column(&reading.key_column)?,
        size: column(&reading.size_column)?,
        ..usual
    };
    let on_fault = if reading.skip_bad { OnFault::Skip } else { OnFault::Stop };
    let count = std::rc::Rc::new(std::cell::Cell::new(0.0));
    let input = Counted { input: file.input, read: count.clone() };
    let is_packed = name.ends_with(".zst");
    let input: Box<dyn Read> = if is_packed {
        Box::new(zstd::Unpacked::new(BufReader::with_capacity(CHUNK, input)))
    } else {
        Box::new(input)
    };
    let reader = Reader::new(format, columns, on_fault);
    Ok(Source::Read { input, reader, format, read: count, size: file.size })
}

fn about(source: &Source, future: &Future, cut: bool) -> About {
    let mut about = About {
        accesses: future.len() as u64,
        keys: future.keys() as u64,
        cut,
        bytes: future.has_sizes().then(|| bytes(future)),
        ..About::default()
    };
    if let Source::Read { reader, format, .. } = source {
        about.format = format.name().to_owned();
        about.skipped = reader.skipped();
        about.first_fault = reader.first_fault().map(ToString::to_string).unwrap_or_default();
    }
    about
}

/// Bytes of all keys, each by its first size.
fn bytes(future: &Future) -> u64 {
    let mut seen = 0;
    let mut sum = 0u64;
    for at in 0..future.len() {
        // Numbers of keys are given in the order of first accesses.
        if future.key_number(at) == seen {
            seen += 1;
            sum = sum.saturating_add(future.access(at).size);
        }
    }
    sum
}
