//! What can be wrong with a trace, and where.

use std::fmt;

/// Where in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line of text, from 1.
    Line(u64),
    /// A byte of a binary file, from 0, once it is unpacked.
    Byte(u64),
}

/// What is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file ends within a record.
    Cut {
        /// Bytes that are left.
        has: usize,
        /// Bytes of a record.
        of: usize,
    },
    /// A time of the next read that cannot be.
    NextRead(i64),
    /// A line is longer than any record.
    TooLong,
    /// The file ends within quotes.
    OpenQuotes,
    /// The header has no such column.
    NoColumn {
        /// What was looked for.
        wanted: String,
        /// The header as it is, at most a hundred characters of it.
        header: String,
    },
    /// Fewer fields than the columns asked for.
    FewFields {
        /// Fields there are.
        has: usize,
        /// The column that is missing, from 1.
        wanted: usize,
    },
    /// Nothing where the key should be.
    NoKey,
    /// Something else where a number should be.
    NoNumber {
        /// Which column.
        what: &'static str,
        /// What stands there, at most a hundred characters of it.
        text: String,
    },
    /// An operation that no cache has.
    NoOperation(String),
}

impl Fault {
    /// Whether nothing after it can be read either.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Fault::NoColumn { .. })
    }
}

/// What is wrong with a trace, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceError {
    /// Where.
    pub place: Place,
    /// What.
    pub fault: Fault,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(f, "line {line}"),
            Place::Byte(byte) => write!(f, "byte {byte}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Cut { has, of } => {
                write!(f, "the file ends {has} bytes into a record of {of}; is it whole, and of this format?")
            }
            Fault::NextRead(next) => {
                write!(f, "{next} as the number of the next read; is this oracle-general?")
            }
            Fault::TooLong => {
                write!(f, "no end within {} bytes; are quotes left open?", super::LONGEST_RECORD)
            }
            Fault::OpenQuotes => f.write_str("quotes are left open"),
            Fault::NoColumn { wanted, header } => {
                write!(f, "no column is called {wanted}; the header is \"{header}\"")
            }
            Fault::FewFields { has, wanted } => write!(f, "{has} fields, and column {wanted} is needed"),
            Fault::NoKey => f.write_str("the key is empty"),
            Fault::NoNumber { what, text } => {
                write!(f, "\"{text}\" as {what}; give a decimal number from 0 that 64 bits hold")
            }
            Fault::NoOperation(text) => {
                write!(f, "\"{text}\" as operation; give one such as get, set or delete")
            }
        }
    }
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.fault)
    }
}

impl std::error::Error for TraceError {}

/// At most a hundred characters of what a file holds.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).chars().take(100).collect()
}
