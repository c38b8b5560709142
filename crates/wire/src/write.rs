//! What values are made of to bytes.

use crate::{BELOW, END, FALSE, FLOAT, LIST, MAP, NOTHING, TEXT, TRUE, VARIANT, WHOLE};

/// Bytes written so far.
#[derive(Debug, Default)]
pub struct Writer {
    pub(crate) bytes: Vec<u8>,
}

impl Writer {
    /// Writes a unit.
    pub fn nothing(&mut self) {
        self.bytes.push(NOTHING);
    }

    /// Begins a list, a tuple or a struct.
    pub fn open_list(&mut self) {
        self.bytes.push(LIST);
    }

    /// Ends it.
    pub fn close(&mut self) {
        self.bytes.push(END);
    }

    /// Says which variant follows.
    pub fn variant(&mut self, index: u32) {
        self.number(VARIANT, index.into());
    }

    pub(crate) fn open_map(&mut self) {
        self.bytes.push(MAP);
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.bytes.push(if flag { TRUE } else { FALSE });
    }

    pub(crate) fn whole(&mut self, whole: u64) {
        self.number(WHOLE, whole);
    }

    pub(crate) fn signed(&mut self, number: i64) {
        match u64::try_from(number) {
            Ok(whole) => self.number(WHOLE, whole),
            Err(_) => self.number(BELOW, !number as u64),
        }
    }

    pub(crate) fn float(&mut self, float: f64) {
        self.bytes.push(FLOAT);
        self.bytes.extend(float.to_le_bytes());
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.number(TEXT, text.len() as u64);
        self.bytes.extend(text.as_bytes());
    }

    fn number(&mut self, kind: u8, mut number: u64) {
        self.bytes.push(kind);
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}
