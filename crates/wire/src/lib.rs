//! Plain data as bytes, for what the product says to itself: page and worker to each other, the build script of the
//! course to the page.
//!
//! A form for serde like JSON, with one difference that counts where every kilobyte is downloaded: structs carry no
//! names. Their fields follow in order, so that the code which compares names, complains about missing ones and
//! explains itself is never made; reading and writing the same types through JSON takes four times the WebAssembly.
//! The price is that both sides must be built from the same types, which one program always is.
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
//! | [`LEFT_OUT`] | | a field that was not written and gets its default |
//!
//! Numbers are LEB128. Left out: characters, byte strings, numbers of 128 bits; words for what is wrong with damaged
//! bytes. Costs: one pass, no memory but that of the result.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod read;
mod write;

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

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
const LEFT_OUT: u8 = 10;
const END: u8 = 11;

/// Writes a value.
///
/// # Errors
/// [`Damaged`] if it holds something that the form leaves out.
pub fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, Damaged> {
    let mut writer = write::Writer::default();
    value.serialize(&mut writer)?;
    Ok(writer.bytes)
}

/// Reads a value.
///
/// # Errors
/// [`Damaged`] if the bytes are not such a value, or more than that.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Damaged> {
    let mut reader = read::Reader { rest: bytes };
    let value = T::deserialize(&mut reader)?;
    if reader.rest.is_empty() { Ok(value) } else { Err(Damaged) }
}

/// Bytes that are not what was asked for, or a value that has no such form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("damaged, or of another build")
    }
}

impl std::error::Error for Damaged {}

impl serde::de::Error for Damaged {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl serde::ser::Error for Damaged {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests;
