//! Values to bytes.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use crate::{BELOW, Damaged, END, FALSE, FLOAT, LEFT_OUT, LIST, MAP, NOTHING, TEXT, TRUE, VARIANT, WHOLE};

/// Bytes written so far.
#[derive(Default)]
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
}

impl Writer {
    fn number(&mut self, kind: u8, mut number: u64) {
        self.bytes.push(kind);
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    fn open(&mut self, kind: u8) -> Result<&mut Self, Damaged> {
        self.bytes.push(kind);
        Ok(self)
    }
}

type Done = Result<(), Damaged>;

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Damaged;
    type SerializeSeq = &'a mut Writer;
    type SerializeTuple = &'a mut Writer;
    type SerializeTupleStruct = &'a mut Writer;
    type SerializeTupleVariant = &'a mut Writer;
    type SerializeMap = &'a mut Writer;
    type SerializeStruct = &'a mut Writer;
    type SerializeStructVariant = &'a mut Writer;

    fn serialize_bool(self, flag: bool) -> Done {
        self.bytes.push(if flag { TRUE } else { FALSE });
        Ok(())
    }

    fn serialize_i8(self, number: i8) -> Done {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Done {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Done {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Done {
        match u64::try_from(number) {
            Ok(whole) => self.number(WHOLE, whole),
            Err(_) => self.number(BELOW, !number as u64),
        }
        Ok(())
    }

    fn serialize_u8(self, number: u8) -> Done {
        self.serialize_u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Done {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Done {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Done {
        self.number(WHOLE, number);
        Ok(())
    }

    fn serialize_f32(self, number: f32) -> Done {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Done {
        self.bytes.push(FLOAT);
        self.bytes.extend(number.to_le_bytes());
        Ok(())
    }

    fn serialize_char(self, _: char) -> Done {
        Err(Damaged)
    }

    fn serialize_str(self, text: &str) -> Done {
        self.number(TEXT, text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Done {
        Err(Damaged)
    }

    fn serialize_none(self) -> Done {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        self.bytes.push(NOTHING);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Done {
        self.number(VARIANT, index.into());
        self.serialize_unit()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Done {
        self.number(VARIANT, index.into());
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<&'a mut Writer, Damaged> {
        self.open(LIST)
    }

    fn serialize_tuple(self, _: usize) -> Result<&'a mut Writer, Damaged> {
        self.open(LIST)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<&'a mut Writer, Damaged> {
        self.open(LIST)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<&'a mut Writer, Damaged> {
        self.number(VARIANT, index.into());
        self.open(LIST)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<&'a mut Writer, Damaged> {
        self.open(MAP)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<&'a mut Writer, Damaged> {
        self.open(LIST)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<&'a mut Writer, Damaged> {
        self.number(VARIANT, index.into());
        self.open(LIST)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// Items in their order, then the end: the same for lists, tuples and everything with fields.
macro_rules! in_order {
    ($($what:ident $item:ident $(($name:ty))? $(skip $skip:ident)?),+ $(,)?) => {$(
        impl $what for &mut Writer {
            type Ok = ();
            type Error = Damaged;

            fn $item<T: Serialize + ?Sized>(&mut self, $(_: $name,)? value: &T) -> Done {
                value.serialize(&mut **self)
            }

            $(fn $skip(&mut self, _: &'static str) -> Done {
                self.bytes.push(LEFT_OUT);
                Ok(())
            })?

            fn end(self) -> Done {
                self.bytes.push(END);
                Ok(())
            }
        }
    )+};
}

in_order! {
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
    SerializeStruct serialize_field (&'static str) skip skip_field,
    SerializeStructVariant serialize_field (&'static str) skip skip_field,
}

impl SerializeMap for &mut Writer {
    type Ok = ();
    type Error = Damaged;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut **self)
    }

    fn end(self) -> Done {
        self.bytes.push(END);
        Ok(())
    }
}
