//! The forms of the language's own types, and of JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use crate::{BELOW, FALSE, FLOAT, LIST, MAP, NOTHING, Reader, TEXT, TRUE, WHOLE, Wire, Writer};

macro_rules! whole {
    ($($type:ident)+) => {$(
        impl Wire for $type {
            fn write(&self, to: &mut Writer) {
                to.whole(u64::from(*self));
            }

            fn read(from: &mut Reader<'_>) -> Self {
                from.whole(u64::from($type::MAX)) as $type
            }
        }
    )+};
}

whole! { u8 u16 u32 u64 }

impl Wire for i64 {
    fn write(&self, to: &mut Writer) {
        to.signed(*self);
    }

    fn read(from: &mut Reader<'_>) -> Self {
        from.signed()
    }
}

impl Wire for bool {
    fn write(&self, to: &mut Writer) {
        to.flag(*self);
    }

    fn read(from: &mut Reader<'_>) -> Self {
        from.flag()
    }
}

impl Wire for f64 {
    fn write(&self, to: &mut Writer) {
        to.float(*self);
    }

    fn read(from: &mut Reader<'_>) -> Self {
        from.float()
    }
}

impl Wire for String {
    fn write(&self, to: &mut Writer) {
        to.text(self);
    }

    fn read(from: &mut Reader<'_>) -> Self {
        from.text().to_owned()
    }
}

impl<T: Wire> Wire for Box<T> {
    fn write(&self, to: &mut Writer) {
        T::write(self, to);
    }

    fn read(from: &mut Reader<'_>) -> Self {
        Self::new(T::read(from))
    }
}

impl<T: Wire> Wire for Option<T> {
    fn write(&self, to: &mut Writer) {
        match self {
            Some(value) => value.write(to),
            None => to.nothing(),
        }
    }

    fn read(from: &mut Reader<'_>) -> Self {
        if from.none() { None } else { Some(T::read(from)) }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn write(&self, to: &mut Writer) {
        to.open_list();
        for item in self {
            item.write(to);
        }
        to.close();
    }

    fn read(from: &mut Reader<'_>) -> Self {
        from.open_list();
        let mut items = Self::new();
        while from.more() {
            items.push(T::read(from));
        }
        items
    }
}

impl<T: Wire> Wire for BTreeMap<String, T> {
    fn write(&self, to: &mut Writer) {
        to.open_map();
        for (key, value) in self {
            key.write(to);
            value.write(to);
        }
        to.close();
    }

    fn read(from: &mut Reader<'_>) -> Self {
        from.open_map();
        let mut entries = Self::new();
        while from.more() {
            let key = String::read(from);
            entries.insert(key, T::read(from));
        }
        entries
    }
}

macro_rules! tuple {
    ($($type:ident $name:ident),+) => {
        impl<$($type: Wire),+> Wire for ($($type,)+) {
            fn write(&self, to: &mut Writer) {
                let ($($name,)+) = self;
                to.open_list();
                $($name.write(to);)+
                to.close();
            }

            fn read(from: &mut Reader<'_>) -> Self {
                from.open_list();
                let tuple = ($($type::read(from),)+);
                from.close();
                tuple
            }
        }
    };
}

tuple! { A a, B b }
tuple! { A a, B b, C c }

impl<T: Wire, const N: usize> Wire for [T; N] {
    fn write(&self, to: &mut Writer) {
        to.open_list();
        for item in self {
            item.write(to);
        }
        to.close();
    }

    fn read(from: &mut Reader<'_>) -> Self {
        from.open_list();
        let items = std::array::from_fn(|_| T::read(from));
        from.close();
        items
    }
}

impl Wire for Value {
    fn write(&self, to: &mut Writer) {
        match self {
            Self::Null => to.nothing(),
            Self::Bool(flag) => to.flag(*flag),
            Self::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(whole), _) => to.whole(whole),
                (None, Some(below)) => to.signed(below),
                (None, None) => to.float(number.as_f64().unwrap_or_default()),
            },
            Self::String(text) => to.text(text),
            Self::Array(items) => items.write(to),
            Self::Object(entries) => {
                to.open_map();
                for (key, value) in entries {
                    key.write(to);
                    value.write(to);
                }
                to.close();
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Self {
        match from.kind() {
            NOTHING => {
                from.nothing();
                Self::Null
            }
            FALSE | TRUE => Self::Bool(from.flag()),
            WHOLE => Self::from(from.whole(u64::MAX)),
            BELOW => Self::from(from.signed()),
            FLOAT => Number::from_f64(from.float()).map_or(Self::Null, Self::Number),
            TEXT => Self::String(String::read(from)),
            LIST => Self::Array(Vec::read(from)),
            MAP => {
                from.open_map();
                let mut entries = Map::new();
                while from.more() {
                    let key = String::read(from);
                    entries.insert(key, Self::read(from));
                }
                Self::Object(entries)
            }
            _ => {
                from.damage();
                Self::Null
            }
        }
    }
}
