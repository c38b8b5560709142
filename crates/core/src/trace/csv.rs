//! Lines of fields (RFC 4180): fields may stand in quotes, with `""` for a quote within, and then hold anything. Outside
//! quotes, blanks around a field do not count; empty lines do not either.
//!
//! A key of digits alone that 64 bits hold, without leading zeros, is that number. Any other is hashed to 64 bits by
//! FNV-1a (Fowler, Noll and Vo), so two of ten million different keys are taken for one with a chance of some millionths.
//!
//! Operations are the words of memcached, Redis and HTTP, in capitals or not.

use super::Access;
use super::fault::{Fault, Place, TraceError, excerpt};
use crate::engine::Nanos;
use crate::engine::cache::Operation;
use std::borrow::Cow;

/// Most bytes of a line, quoted line breaks included.
pub const LONGEST_RECORD: usize = 1 << 16;

/// Which column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// By its place, from 1.
    Number(usize),
    /// By its name in the first line.
    Name(String),
}

/// What stands where. Columns that are not given are looked for by their usual names, if there is a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// What is between fields.
    pub delimiter: u8,
    /// Whether the first line names the columns.
    pub has_header: bool,
    /// Keys. Not given: `key`, `id`, `obj_id`, `object_id`, `object`, `url`, `path`, `block`; without a header the first
    /// column.
    pub key: Option<Column>,
    /// Sizes in bytes. Not given: `size`, `bytes`, `obj_size`, `object_size`, `value_size`, `length`.
    pub size: Option<Column>,
    /// Times. Not given: `time`, `timestamp`, `ts`, `clock_time`.
    pub time: Option<Column>,
    /// Lifetimes; 0 and nothing for none. Not given: `ttl`.
    pub ttl: Option<Column>,
    /// Operations. Not given: `op`, `operation`, `method`, `command`.
    pub operation: Option<Column>,
    /// What times and lifetimes are counted in, in ns.
    pub time_unit: Nanos,
}

impl Default for Columns {
    /// Commas, a header, and times in seconds.
    fn default() -> Self {
        Columns {
            delimiter: b',',
            has_header: true,
            key: None,
            size: None,
            time: None,
            ttl: None,
            operation: None,
            time_unit: 1_000_000_000,
        }
    }
}

const KEY: usize = 0;
const SIZE: usize = 1;
const TIME: usize = 2;
const TTL: usize = 3;
const OPERATION: usize = 4;

/// What columns are called if nobody says.
const USUAL_NAMES: [&[&str]; 5] = [
    &["key", "id", "obj_id", "object_id", "object", "url", "path", "block"],
    &["size", "bytes", "obj_size", "object_size", "value_size", "length"],
    &["time", "timestamp", "ts", "clock_time"],
    &["ttl"],
    &["op", "operation", "method", "command"],
];

const READS: [&str; 6] = ["get", "gets", "read", "r", "head", "mget"];
const WRITES: [&str; 14] = [
    "set", "add", "replace", "cas", "append", "prepend", "incr", "decr", "write", "w", "put", "post",
    "patch", "setex",
];
const DELETES: [&str; 6] = ["delete", "del", "remove", "d", "unlink", "purge"];

/// Where within a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quote within quotes: they end here, unless another follows.
    QuoteInQuoted,
    /// Of a line that is too long, up to its end.
    Lost,
}

#[derive(Clone, Debug)]
pub(super) struct Csv {
    columns: Columns,
    /// Places of the columns, from 0; known after the header.
    places: Option<[Option<usize>; 5]>,
    state: State,
    /// The start of a line whose end has not come yet.
    begun: Vec<u8>,
    /// The line that is read, and the one where the record began.
    line: u64,
    first_line: u64,
    records: u64,
}

impl Csv {
    pub(super) fn new(columns: Columns) -> Self {
        Csv {
            columns,
            places: None,
            state: State::FieldStart,
            begun: Vec::new(),
            line: 1,
            first_line: 1,
            records: 0,
        }
    }

    pub(super) fn has_times(&self) -> bool {
        self.places.is_some_and(|places| places[TIME].is_some())
    }

    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        accesses: &mut Vec<Access>,
        fault: &mut dyn FnMut(TraceError) -> bool,
    ) {
        let mut start = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' {
                self.line += 1;
                let goes_on = match self.state {
                    State::Quoted => continue,
                    State::Lost => true,
                    _ => self.end_line(&bytes[start..at], accesses, fault),
                };
                self.state = State::FieldStart;
                self.first_line = self.line;
                start = at + 1;
                if !goes_on {
                    return;
                }
                continue;
            }
            self.state = self.state.after(byte, self.columns.delimiter);
            if self.begun.len() + (at - start) >= LONGEST_RECORD && self.state != State::Lost {
                self.state = State::Lost;
                self.begun.clear();
                if !fault(self.error(Fault::TooLong)) {
                    return;
                }
            }
        }
        if self.state != State::Lost {
            self.begun.extend_from_slice(&bytes[start..]);
        }
    }

    pub(super) fn finish(&mut self, accesses: &mut Vec<Access>, fault: &mut dyn FnMut(TraceError) -> bool) {
        if self.state == State::Quoted {
            self.begun.clear();
            fault(self.error(Fault::OpenQuotes));
        } else if self.state != State::Lost {
            self.end_line(&[], accesses, fault);
        }
    }

    /// A line has ended with `bytes`; whether to go on.
    fn end_line(
        &mut self,
        bytes: &[u8],
        accesses: &mut Vec<Access>,
        fault: &mut dyn FnMut(TraceError) -> bool,
    ) -> bool {
        if self.begun.is_empty() {
            return self.record(bytes, accesses, fault);
        }
        let mut whole = std::mem::take(&mut self.begun);
        whole.extend_from_slice(bytes);
        let goes_on = self.record(&whole, accesses, fault);
        whole.clear();
        self.begun = whole;
        goes_on
    }

    fn record(
        &mut self,
        line: &[u8],
        accesses: &mut Vec<Access>,
        fault: &mut dyn FnMut(TraceError) -> bool,
    ) -> bool {
        let line =
            if self.first_line == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        if line.trim_ascii().is_empty() {
            return true;
        }
        let read = match self.places {
            Some(places) => self.access(line, places).map(Some),
            None => self.first(line),
        };
        match read {
            Ok(access) => {
                accesses.extend(access);
                true
            }
            Err(wrong) => fault(self.error(wrong)),
        }
    }

    /// The first line: a header, or a record from which on places are counted.
    fn first(&mut self, line: &[u8]) -> Result<Option<Access>, Fault> {
        if !self.columns.has_header {
            let places = self.numbered()?;
            self.places = Some(places);
            return self.access(line, places).map(Some);
        }
        let names: Vec<String> = Fields::new(line, self.columns.delimiter)
            .map(|field| String::from_utf8_lossy(&field).into_owned())
            .collect();
        let mut places = [None; 5];
        for (role, (place, given)) in places.iter_mut().zip(self.given()).enumerate() {
            *place = match given {
                Some(Column::Number(number)) => Some(number.saturating_sub(1)),
                Some(Column::Name(name)) => {
                    Some(names.iter().position(|found| found == name).ok_or_else(|| no_column(name, line))?)
                }
                None => USUAL_NAMES[role]
                    .iter()
                    .find_map(|usual| names.iter().position(|name| name.eq_ignore_ascii_case(usual))),
            };
        }
        if places[KEY].is_none() {
            return Err(no_column(&USUAL_NAMES[KEY].join(" or "), line));
        }
        self.places = Some(places);
        Ok(None)
    }

    /// Places without a header.
    fn numbered(&self) -> Result<[Option<usize>; 5], Fault> {
        let mut places = [None; 5];
        for (place, given) in places.iter_mut().zip(self.given()) {
            *place = match given {
                Some(Column::Number(number)) => Some(number.saturating_sub(1)),
                Some(Column::Name(name)) => return Err(no_column(name, b"")),
                None => None,
            };
        }
        places[KEY] = places[KEY].or(Some(0));
        Ok(places)
    }

    fn given(&self) -> [Option<&Column>; 5] {
        let columns = &self.columns;
        [&columns.key, &columns.size, &columns.time, &columns.ttl, &columns.operation].map(Option::as_ref)
    }

    fn access(&mut self, line: &[u8], places: [Option<usize>; 5]) -> Result<Access, Fault> {
        let number = self.records;
        self.records += 1;
        let mut found: [Option<Cow<'_, [u8]>>; 5] = Default::default();
        let last = places.iter().flatten().max().copied().unwrap_or(0);
        let mut has = 0;
        for (at, field) in Fields::new(line, self.columns.delimiter).take(last.saturating_add(1)).enumerate()
        {
            has += 1;
            for (role, _) in places.iter().enumerate().filter(|(_, place)| **place == Some(at)) {
                found[role] = Some(field.clone());
            }
        }
        if has <= last {
            return Err(Fault::FewFields { has, wanted: last + 1 });
        }
        let unit = self.columns.time_unit;
        let text = |role: usize| found[role].as_deref();
        let ttl = text(TTL).filter(|text| !text.is_empty()).map(|text| decimal(text, unit, "lifetime"));
        Ok(Access {
            time: text(TIME).map_or(Ok(number), |text| decimal(text, unit, "time"))?,
            key: key(text(KEY).unwrap_or_default())?,
            size: text(SIZE).map_or(Ok(1), |text| decimal(text, 1, "size"))?,
            ttl: ttl.transpose()?.filter(|ttl| *ttl > 0),
            operation: text(OPERATION).map_or(Ok(Operation::Read), operation)?,
        })
    }

    fn error(&self, fault: Fault) -> TraceError {
        TraceError { place: Place::Line(self.first_line), fault }
    }
}

impl State {
    #[inline]
    fn after(self, byte: u8, delimiter: u8) -> State {
        match self {
            State::FieldStart | State::Plain if byte == delimiter => State::FieldStart,
            State::FieldStart if byte == b'"' => State::Quoted,
            State::FieldStart if byte == b' ' => State::FieldStart,
            State::FieldStart | State::Plain => State::Plain,
            State::Quoted if byte == b'"' => State::QuoteInQuoted,
            State::Quoted => State::Quoted,
            State::QuoteInQuoted if byte == b'"' => State::Quoted,
            State::QuoteInQuoted if byte == delimiter => State::FieldStart,
            State::QuoteInQuoted => State::Plain,
            State::Lost => State::Lost,
        }
    }
}

/// The fields of a line, without their quotes.
struct Fields<'a> {
    rest: Option<&'a [u8]>,
    delimiter: u8,
}

impl<'a> Fields<'a> {
    fn new(line: &'a [u8], delimiter: u8) -> Self {
        Fields { rest: Some(line), delimiter }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Cow<'a, [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest?;
        let mut state = State::FieldStart;
        let mut end = rest.len();
        for (at, &byte) in rest.iter().enumerate() {
            if byte == self.delimiter
                && matches!(state, State::FieldStart | State::Plain | State::QuoteInQuoted)
            {
                end = at;
                break;
            }
            state = state.after(byte, self.delimiter);
        }
        self.rest = rest.get(end + 1..);
        let field = rest[..end].trim_ascii();
        let quoted = field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\""));
        Some(match quoted {
            Some(inside) if inside.contains(&b'"') => Cow::Owned(without_doubled_quotes(inside)),
            Some(inside) => Cow::Borrowed(inside),
            None => Cow::Borrowed(field),
        })
    }
}

fn without_doubled_quotes(inside: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(inside.len());
    let mut is_first = false;
    for &byte in inside {
        is_first = byte == b'"' && !is_first;
        if !is_first {
            plain.push(byte);
        }
    }
    plain
}

fn no_column(wanted: &str, header: &[u8]) -> Fault {
    Fault::NoColumn { wanted: wanted.to_owned(), header: excerpt(header) }
}

/// The number that a key is, or its hash.
fn key(text: &[u8]) -> Result<u64, Fault> {
    if text.is_empty() {
        return Err(Fault::NoKey);
    }
    let is_canonical = text.len() == 1 || text[0] != b'0';
    let number = if is_canonical { whole(text) } else { None };
    Ok(number.unwrap_or_else(|| {
        text.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }))
}

/// Digits alone.
fn whole(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// A decimal fraction times `unit`; what is finer than 1 is cut off.
fn decimal(text: &[u8], unit: u64, what: &'static str) -> Result<u64, Fault> {
    let read = || {
        let point = text.iter().position(|byte| *byte == b'.').unwrap_or(text.len());
        let fraction = text.get(point + 1..).unwrap_or_default();
        if point == 0 {
            return None;
        }
        let mut total = whole(&text[..point])?.checked_mul(unit)?;
        let mut place = unit;
        for byte in fraction {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            place /= 10;
            total = total.checked_add(u64::from(digit) * place)?;
        }
        Some(total)
    };
    read().ok_or_else(|| Fault::NoNumber { what, text: excerpt(text) })
}

fn operation(text: &[u8]) -> Result<Operation, Fault> {
    let is_among = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()));
    if text.is_empty() || is_among(&READS) {
        return Ok(Operation::Read);
    }
    if is_among(&WRITES) {
        return Ok(Operation::Write);
    }
    if is_among(&DELETES) {
        return Ok(Operation::Delete);
    }
    Err(Fault::NoOperation(excerpt(text)))
}
