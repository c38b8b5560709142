//! Bytes to values.

use serde::Deserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use crate::{BELOW, Damaged, END, FALSE, FLOAT, LEFT_OUT, LIST, MAP, NOTHING, TEXT, TRUE, VARIANT, WHOLE};

/// The bytes still to be read.
pub(crate) struct Reader<'a> {
    pub(crate) rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, Damaged> {
        let (first, rest) = self.rest.split_first().ok_or(Damaged)?;
        self.rest = rest;
        Ok(*first)
    }

    /// Whether this byte comes next; if so, it is read.
    fn next_is(&mut self, wanted: u8) -> bool {
        let found = self.rest.first() == Some(&wanted);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Damaged> {
        if self.next_is(wanted) { Ok(()) } else { Err(Damaged) }
    }

    fn bytes(&mut self, count: u64) -> Result<&'a [u8], Damaged> {
        let count = usize::try_from(count).map_err(|_| Damaged)?;
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or(Damaged)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u64, Damaged> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    fn whole(&mut self) -> Result<u64, Damaged> {
        self.expect(WHOLE)?;
        self.number()
    }

    fn float(&mut self) -> Result<f64, Damaged> {
        let bytes = self.bytes(8)?.try_into().map_err(|_| Damaged)?;
        Ok(f64::from_le_bytes(bytes))
    }

    fn text(&mut self) -> Result<&'a str, Damaged> {
        let length = self.number()?;
        std::str::from_utf8(self.bytes(length)?).map_err(|_| Damaged)
    }

    fn list<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, Damaged> {
        let mut items = Items { reader: self, ended: false };
        let value = visitor.visit_seq(&mut items)?;
        // A struct asks for as many fields as it has, and not for the end.
        if items.ended { Ok(value) } else { self.expect(END).map(|()| value) }
    }

    fn map<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, Damaged> {
        // Whoever reads a map reads it to its end.
        visitor.visit_map(Entries { reader: self })
    }
}

struct Items<'r, 'a> {
    reader: &'r mut Reader<'a>,
    ended: bool,
}

impl<'a> SeqAccess<'a> for &mut Items<'_, 'a> {
    type Error = Damaged;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Damaged> {
        if self.ended || self.reader.next_is(LEFT_OUT) {
            return Ok(None);
        }
        if self.reader.next_is(END) {
            self.ended = true;
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

struct Entries<'r, 'a> {
    reader: &'r mut Reader<'a>,
}

impl<'a> MapAccess<'a> for Entries<'_, 'a> {
    type Error = Damaged;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Damaged> {
        if self.reader.next_is(END) {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Damaged> {
        seed.deserialize(&mut *self.reader)
    }
}

impl<'a> EnumAccess<'a> for &mut Reader<'a> {
    type Error = Damaged;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Self), Damaged> {
        let index = u32::try_from(self.number()?).map_err(|_| Damaged)?;
        let index: serde::de::value::U32Deserializer<Damaged> = index.into_deserializer();
        Ok((seed.deserialize(index)?, self))
    }
}

impl<'a> VariantAccess<'a> for &mut Reader<'a> {
    type Error = Damaged;

    fn unit_variant(self) -> Result<(), Damaged> {
        self.expect(NOTHING)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Damaged> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Damaged> {
        self.expect(LIST)?;
        self.list(visitor)
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Damaged> {
        self.expect(LIST)?;
        self.list(visitor)
    }
}

/// Methods that do one and the same thing.
macro_rules! alike {
    ($($method:ident)+ => |$reader:ident, $visitor:ident| $body:expr) => {$(
        fn $method<V: Visitor<'a>>(self, $visitor: V) -> Result<V::Value, Damaged> {
            let $reader = self;
            $body
        }
    )+};
}

impl<'a> Deserializer<'a> for &mut Reader<'a> {
    type Error = Damaged;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Damaged> {
        match self.byte()? {
            NOTHING => visitor.visit_unit(),
            FALSE => visitor.visit_bool(false),
            TRUE => visitor.visit_bool(true),
            WHOLE => visitor.visit_u64(self.number()?),
            BELOW => visitor.visit_i64(!self.number()? as i64),
            FLOAT => visitor.visit_f64(self.float()?),
            TEXT => visitor.visit_str(self.text()?),
            LIST => self.list(visitor),
            MAP => self.map(visitor),
            _ => Err(Damaged),
        }
    }

    alike! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 =>
        |reader, visitor| visitor.visit_u64(reader.whole()?)
    }

    alike! { deserialize_f32 deserialize_f64 => |reader, visitor| match reader.byte()? {
        FLOAT => visitor.visit_f64(reader.float()?),
        // As other languages write a float that happens to be whole.
        WHOLE => visitor.visit_f64(reader.number()? as f64),
        _ => Err(Damaged),
    }}

    alike! { deserialize_str deserialize_string => |reader, visitor| {
        reader.expect(TEXT)?;
        visitor.visit_str(reader.text()?)
    }}

    alike! { deserialize_seq => |reader, visitor| {
        reader.expect(LIST)?;
        reader.list(visitor)
    }}

    alike! { deserialize_map => |reader, visitor| {
        reader.expect(MAP)?;
        reader.map(visitor)
    }}

    alike! { deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_char
        deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_identifier deserialize_ignored_any =>
        |reader, visitor| reader.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Damaged> {
        if self.next_is(NOTHING) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(self, _: &str, visitor: V) -> Result<V::Value, Damaged> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, _: &str, visitor: V) -> Result<V::Value, Damaged> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Damaged> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Damaged> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &str,
        _: &[&str],
        visitor: V,
    ) -> Result<V::Value, Damaged> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_enum<V: Visitor<'a>>(self, _: &str, _: &[&str], visitor: V) -> Result<V::Value, Damaged> {
        self.expect(VARIANT)?;
        visitor.visit_enum(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}
