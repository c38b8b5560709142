//! Records of one length. `oracle-general` is libCacheSim's: a `u32` time in seconds, a `u64` key, a `u32` size in
//! bytes and an `i64` number of the request that reads the key next, below 0 for none; little-endian, without gaps. That
//! number is not needed, only looked at to tell a file of another format.

use super::fault::{Fault, Place, TraceError};
use super::{Access, Format};
use crate::engine::cache::Operation;

const LONGEST: usize = 24;
const SECOND: u64 = 1_000_000_000;

#[derive(Clone, Debug)]
pub(super) struct Binary {
    format: Format,
    /// The start of a record whose end has not come yet.
    begun: [u8; LONGEST],
    has: usize,
    /// Records read.
    records: u64,
}

impl Binary {
    pub(super) fn new(format: Format) -> Self {
        Binary { format, begun: [0; LONGEST], has: 0, records: 0 }
    }

    pub(super) fn has_times(&self) -> bool {
        self.format == Format::OracleGeneral
    }

    pub(super) fn feed(
        &mut self,
        mut bytes: &[u8],
        accesses: &mut Vec<Access>,
        fault: &mut dyn FnMut(TraceError) -> bool,
    ) {
        let length = self.length();
        if self.has > 0 {
            let taken = bytes.len().min(length - self.has);
            self.begun[self.has..self.has + taken].copy_from_slice(&bytes[..taken]);
            self.has += taken;
            bytes = &bytes[taken..];
            if self.has < length {
                return;
            }
            self.has = 0;
            let begun = self.begun;
            if !self.record(&begun[..length], accesses, fault) {
                return;
            }
        }
        let records = bytes.chunks_exact(length);
        let rest = records.remainder();
        accesses.reserve(records.len());
        for record in records {
            if !self.record(record, accesses, fault) {
                return;
            }
        }
        self.begun[..rest.len()].copy_from_slice(rest);
        self.has = rest.len();
    }

    pub(super) fn finish(&mut self, fault: &mut dyn FnMut(TraceError) -> bool) {
        let has = std::mem::take(&mut self.has);
        if has > 0 {
            fault(self.error(Fault::Cut { has, of: self.length() }));
        }
    }

    fn length(&self) -> usize {
        match self.format {
            Format::U32le => 4,
            Format::U64le => 8,
            Format::OracleGeneral | Format::Csv => LONGEST,
        }
    }

    /// Reads one record; whether to go on.
    #[inline]
    fn record(
        &mut self,
        record: &[u8],
        accesses: &mut Vec<Access>,
        fault: &mut dyn FnMut(TraceError) -> bool,
    ) -> bool {
        let goes_on = match self.format {
            Format::OracleGeneral | Format::Csv => match oracle_general(record) {
                Ok(access) => {
                    accesses.push(access);
                    true
                }
                Err(wrong) => fault(self.error(wrong)),
            },
            Format::U32le | Format::U64le => {
                accesses.push(Access::read(self.records, number(record)));
                true
            }
        };
        self.records += 1;
        goes_on
    }

    fn error(&self, fault: Fault) -> TraceError {
        TraceError { place: Place::Byte(self.records * self.length() as u64), fault }
    }
}

/// Up to eight bytes as a little-endian number.
#[inline]
fn number(bytes: &[u8]) -> u64 {
    let mut whole = [0; 8];
    whole[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(whole)
}

#[inline]
fn oracle_general(record: &[u8]) -> Result<Access, Fault> {
    let next_read = number(&record[16..24]) as i64;
    // Some writers put -2 where they have not looked ahead.
    if next_read < -2 {
        return Err(Fault::NextRead(next_read));
    }
    Ok(Access {
        time: number(&record[0..4]) * SECOND,
        key: number(&record[4..12]),
        size: number(&record[12..16]),
        ttl: None,
        operation: Operation::Read,
    })
}
