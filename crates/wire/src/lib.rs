//! Plain data as bytes, for what the product says to itself: page and worker to each other, the build script of the
//! course to the page.
//!
//! Structs carry no names: their fields follow in order. Reading never stops half-way: a [`Reader`] notes that its
//! bytes are damaged, gives nothing, none and empty from there on, and the value is thrown away at the end. So the code
//! for a type is one call for each of its fields, without a way out after each that drops those before it; a page
//! downloads that code, and through serde it is three times as long. The price is that both sides must be built from
//! the same types, which one program always is.
//!
//! | byte | then | stands for |
//! | --- | --- | --- |
//! | [`NOTHING`] | | `None`, unit |
//! | [`FALSE`], [`TRUE`] | | a flag |
//! | [`WHOLE`] | number | a whole number from 0 |
//! | [`BELOW`] | number | that many below -1 |
//! | [`FLOAT`] | 8 bytes, little endian | a float |
//! | [`TEXT`] | number, UTF-8 | text of so many bytes |
//! | [`LIST`] | values, [`END`] | a list, a tuple, the fields of a struct |
//! | [`MAP`] | keys and values in turn, [`END`] | a map |
//! | [`VARIANT`] | number, value | an enum: which variant, and what it holds |
//!
//! Numbers are LEB128. Left out: characters, byte strings, numbers of 128 bits; words for what is wrong with damaged
//! bytes. Costs: one pass, no memory but that of the result.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod read;
mod values;
mod write;

use std::fmt;

pub use headroom_wire_derive::Wire;
pub use read::Reader;
pub use write::Writer;

// So that the crate's own tests can derive as others do.
#[cfg(test)]
extern crate self as headroom_wire;

const NOTHING: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const WHOLE: u8 = 3;
const BELOW: u8 = 4;
const FLOAT: u8 = 5;
const TEXT: u8 = 6;
const LIST: u8 = 7;
const MAP: u8 = 8;
const VARIANT: u8 = 9;
const END: u8 = 10;

/// A type that has such a form; to be derived.
///
/// The first variant of an enum that holds itself must not: damaged bytes are read as the first variant.
pub trait Wire: Sized {
    /// Writes a value.
    fn write(&self, to: &mut Writer);

    /// Reads a value: any, if the bytes are damaged.
    fn read(from: &mut Reader<'_>) -> Self;
}

/// A value as bytes.
pub fn to_bytes<T: Wire>(value: &T) -> Vec<u8> {
    let mut writer = Writer::default();
    value.write(&mut writer);
    writer.bytes
}

/// Reads a value.
///
/// # Errors
/// [`Damaged`] if the bytes are not such a value, or more than that.
pub fn from_bytes<T: Wire>(bytes: &[u8]) -> Result<T, Damaged> {
    let mut reader = Reader::new(bytes);
    let value = T::read(&mut reader);
    if reader.ended() { Ok(value) } else { Err(Damaged) }
}

/// Bytes that are not what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("damaged, or of another build")
    }
}

impl std::error::Error for Damaged {}

#[cfg(test)]
mod tests;
