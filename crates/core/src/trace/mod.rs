//! Recorded accesses to a cache, read from files: bytes go in as they come, [`Access`]es come out.
//!
//! | format | a record | key | size | time |
//! | --- | --- | --- | --- | --- |
//! | `u32le` | 4 bytes | little-endian number | 1 | number of the record |
//! | `u64le` | 8 bytes | little-endian number | 1 | number of the record |
//! | `oracle-general` | 24 bytes, as libCacheSim writes them | bytes 4 to 11 | bytes 12 to 15 | seconds, bytes 0 to 3 |
//! | `csv` | a line of text | a column | a column, else 1 | a column, else number of the record |
//!
//! A [`Reader`] takes chunks of any length, so that the command line and a worker in a browser read alike; it does no
//! input itself and unpacks nothing ([`zstd`] does, for who turns that feature on). What is wrong with a record is a value that says where: by line in text, by byte
//! in binary files. The reader then stops, or skips the record and counts it.
//!
//! Costs: one pass, no allocation per record; at most one record (64 KiB) is held between chunks.

mod binary;
mod csv;
mod fault;
#[cfg(test)]
mod tests;
#[cfg(feature = "zstd")]
pub mod zstd;

pub use crate::engine::cache::{Access, Operation};
pub use csv::{Column, Columns, LONGEST_RECORD};
pub use fault::{Fault, Place, TraceError};

use binary::Binary;
use csv::Csv;

/// How accesses are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Keys alone, as little-endian numbers of 32 bits.
    U32le,
    /// Keys alone, as little-endian numbers of 64 bits.
    U64le,
    /// Lines of fields between commas.
    Csv,
    /// Binary records of libCacheSim: time, key, size and when the key is read next.
    OracleGeneral,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 4] = [Format::U32le, Format::U64le, Format::Csv, Format::OracleGeneral];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Format::U32le => "u32le",
            Format::U64le => "u64le",
            Format::Csv => "csv",
            Format::OracleGeneral => "oracle-general",
        }
    }

    /// The format of that name.
    pub fn named(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a file's name tells by its endings: `.u32le`, `.u64le`, `.csv`, `.oracleGeneral` (as its makers
    /// spell it) or `.oracle-general`, the last one also before `.bin`; `.zst` behind them tells nothing.
    pub fn of_file(name: &str) -> Option<Format> {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let mut endings = name.rsplit('.').filter(|ending| *ending != "zst" && *ending != "bin");
        let ending = endings.next()?;
        let is_oracle = ending.eq_ignore_ascii_case("oraclegeneral");
        let format = if is_oracle { Format::OracleGeneral } else { Format::named(ending)? };
        // A name without a dot has no ending.
        endings.next().is_some().then_some(format)
    }
}

/// What becomes of a record that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFault {
    /// The reader stops and tells it.
    #[default]
    Stop,
    /// It is left out and counted.
    Skip,
}

/// Turns bytes into accesses.
#[derive(Clone, Debug)]
pub struct Reader {
    parser: Parser,
    on_fault: OnFault,
    skipped: u64,
    first_fault: Option<TraceError>,
    stopped: bool,
}

#[derive(Clone, Debug)]
enum Parser {
    Binary(Binary),
    Csv(Box<Csv>),
}

impl Reader {
    /// A reader at the start of a trace. `columns` matter to CSV alone.
    pub fn new(format: Format, columns: Columns, on_fault: OnFault) -> Self {
        let parser = match format {
            Format::Csv => Parser::Csv(Box::new(Csv::new(columns))),
            _ => Parser::Binary(Binary::new(format)),
        };
        Reader { parser, on_fault, skipped: 0, first_fault: None, stopped: false }
    }

    /// Takes in the next bytes and appends the accesses they complete to `accesses`.
    ///
    /// # Errors
    /// The first record that cannot be read, unless such are skipped, or a CSV header without the columns asked for.
    /// Accesses before it have been appended. The reader then reads no more and says the same again.
    pub fn feed(&mut self, bytes: &[u8], accesses: &mut Vec<Access>) -> Result<(), TraceError> {
        self.parse(accesses, |parser, accesses, fault| match parser {
            Parser::Binary(binary) => binary.feed(bytes, accesses, fault),
            Parser::Csv(csv) => csv.feed(bytes, accesses, fault),
        })
    }

    /// Says that there are no more bytes.
    ///
    /// # Errors
    /// As [`Reader::feed`], for the last record.
    pub fn finish(&mut self, accesses: &mut Vec<Access>) -> Result<(), TraceError> {
        self.parse(accesses, |parser, accesses, fault| match parser {
            Parser::Binary(binary) => binary.finish(fault),
            Parser::Csv(csv) => csv.finish(accesses, fault),
        })
    }

    /// Records left out so far.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// What was wrong with the first record that could not be read.
    pub fn first_fault(&self) -> Option<&TraceError> {
        self.first_fault.as_ref()
    }

    /// Whether accesses have times; else they are numbered. Of CSV it is known when its first line has been read.
    pub fn has_times(&self) -> bool {
        match &self.parser {
            Parser::Binary(binary) => binary.has_times(),
            Parser::Csv(csv) => csv.has_times(),
        }
    }

    /// Runs a step of the parser, which hands its faults to a function that says whether to go on.
    fn parse(
        &mut self,
        accesses: &mut Vec<Access>,
        step: impl FnOnce(&mut Parser, &mut Vec<Access>, &mut dyn FnMut(TraceError) -> bool),
    ) -> Result<(), TraceError> {
        if !self.stopped {
            let (on_fault, first, skipped) = (self.on_fault, &mut self.first_fault, &mut self.skipped);
            let stopped = &mut self.stopped;
            step(&mut self.parser, accesses, &mut |error| {
                if on_fault == OnFault::Stop || error.fault.is_final() {
                    *first = Some(error);
                    *stopped = true;
                    return false;
                }
                *skipped += 1;
                first.get_or_insert(error);
                true
            });
        }
        match &self.first_fault {
            Some(error) if self.stopped => Err(error.clone()),
            _ => Ok(()),
        }
    }
}
