//! Bytes to what values are made of.

use crate::{BELOW, END, FALSE, FLOAT, LIST, MAP, NOTHING, TEXT, TRUE, VARIANT, WHOLE};

/// The bytes still to be read.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    damaged: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, damaged: false }
    }

    /// Whether all was read and nothing was wrong with it.
    pub(crate) fn ended(&self) -> bool {
        self.rest.is_empty() && !self.damaged
    }

    /// Reads a unit.
    pub fn nothing(&mut self) {
        self.expect(NOTHING);
    }

    /// Goes into a list, a tuple or a struct.
    pub fn open_list(&mut self) {
        self.expect(LIST);
    }

    /// Comes out of it.
    pub fn close(&mut self) {
        self.expect(END);
    }

    /// Which of so many variants follows; the first if bytes are damaged.
    pub fn variant(&mut self, count: u32) -> u32 {
        self.expect(VARIANT);
        self.up_to(u64::from(count) - 1) as u32
    }

    pub(crate) fn open_map(&mut self) {
        self.expect(MAP);
    }

    /// Whether another item follows; if not, the list or map is behind.
    pub(crate) fn more(&mut self) -> bool {
        if self.damaged || self.next_is(END) {
            return false;
        }
        if self.rest.is_empty() {
            self.damage();
        }
        !self.damaged
    }

    /// Whether `None` stands here; if so, it is behind.
    pub(crate) fn none(&mut self) -> bool {
        self.damaged || self.next_is(NOTHING)
    }

    pub(crate) fn flag(&mut self) -> bool {
        let flag = self.next_is(TRUE);
        if !flag {
            self.expect(FALSE);
        }
        flag
    }

    pub(crate) fn whole(&mut self, most: u64) -> u64 {
        self.expect(WHOLE);
        self.up_to(most)
    }

    pub(crate) fn signed(&mut self) -> i64 {
        if self.next_is(BELOW) {
            !(self.up_to(i64::MAX as u64) as i64)
        } else {
            self.whole(i64::MAX as u64) as i64
        }
    }

    pub(crate) fn float(&mut self) -> f64 {
        // As other languages write a float that happens to be whole.
        if self.next_is(WHOLE) {
            return self.up_to(u64::MAX) as f64;
        }
        self.expect(FLOAT);
        self.bytes(8).try_into().map_or(0.0, f64::from_le_bytes)
    }

    pub(crate) fn text(&mut self) -> &'a str {
        self.expect(TEXT);
        let length = self.up_to(u64::from(u32::MAX)) as usize;
        let bytes = self.bytes(length);
        std::str::from_utf8(bytes).unwrap_or_else(|_| {
            self.damage();
            ""
        })
    }

    /// What kind of value follows.
    pub(crate) fn kind(&self) -> u8 {
        self.rest.first().copied().unwrap_or(NOTHING)
    }

    pub(crate) fn damage(&mut self) {
        self.damaged = true;
        self.rest = &[];
    }

    fn next_is(&mut self, wanted: u8) -> bool {
        let found = self.rest.first() == Some(&wanted);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    fn expect(&mut self, wanted: u8) {
        if !self.next_is(wanted) {
            self.damage();
        }
    }

    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.rest.split_at_checked(count).unwrap_or_else(|| {
            self.damaged = true;
            (&[], &[])
        });
        self.rest = rest;
        bytes
    }

    fn up_to(&mut self, most: u64) -> u64 {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.bytes(1) else { return 0 };
            number |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 && number <= most {
                return number;
            }
            if *byte < 0x80 {
                break;
            }
        }
        self.damage();
        0
    }
}
