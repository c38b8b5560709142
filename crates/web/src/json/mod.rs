//! JSON as text: what is kept, shared and shown.
//!
//! Text to and from types goes by serde_json's tree and the code here. serde_json's own way would bring the words for
//! all that can be wrong, and tables for reading and writing floats, 12 KB that cannot be compressed, to a page that
//! shows neither. The standard library's digits are as exact: the shortest that read back as the same float.

mod parse;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::{Serialize, forward_to_deserialize_any};
use serde_json::Value;
use std::fmt;

/// Reads a value; `None` if the text is no JSON or no such value.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let value: Value = parse::parse(text)?;
    T::deserialize(Tree(&value)).ok()
}

/// Any value as JSON; `null` for what has no such form.
pub fn text<T: Serialize>(value: &T) -> String {
    written(&serde_json::to_value(value).unwrap_or_default())
}

/// A JSON value as text.
pub fn written(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => {
            let whole = number.as_u64().map(|whole| whole.to_string());
            let whole = whole.or_else(|| number.as_i64().map(|whole| whole.to_string()));
            // `{:?}` keeps the point of a float that happens to be whole.
            out.push_str(&whole.unwrap_or_else(|| format!("{:?}", number.as_f64().unwrap_or_default())));
        }
        Value::String(text) => quote(text, out),
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            out.push('{');
            for (place, (key, item)) in entries.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                quote(key, out);
                out.push(':');
                write(item, out);
            }
            out.push('}');
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter < ' ' => out.push_str(&format!("\\u{:04x}", letter as u32)),
            letter => out.push(letter),
        }
    }
    out.push('"');
}

/// A tree that is no such value; why is not told.
#[derive(Debug)]
struct Unfit;

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such value")
    }
}

impl std::error::Error for Unfit {}

impl serde::de::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

#[derive(Clone, Copy)]
struct Tree<'a>(&'a Value);

impl<'de> Deserializer<'de> for Tree<'_> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(whole), _) => visitor.visit_u64(whole),
                (None, Some(whole)) => visitor.visit_i64(whole),
                (None, None) => visitor.visit_f64(number.as_f64().ok_or(Unfit)?),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(items) => {
                let mut items = SeqDeserializer::new(items.iter().map(Tree));
                let value = visitor.visit_seq(&mut items)?;
                items.end().map(|()| value)
            }
            Value::Object(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.as_str(), Tree(value)));
                let mut entries = MapDeserializer::new(entries);
                let value = visitor.visit_map(&mut entries)?;
                entries.end().map(|()| value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &str, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    // Enums are not kept or shared as JSON.
    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

impl IntoDeserializer<'_, Unfit> for Tree<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn json_is_written_as_serde_json_writes_it() {
        for value in [
            json!(null),
            json!([true, false, [], {}]),
            json!([0, -1, u64::MAX, i64::MIN, 0.5, 1.0, -2.5]),
            json!({ "a": "x", "links.\"app -> db\".latency": "0.5ms", "b": { "c": [1, "\\ \" \n ä\u{1f600}"] } }),
        ] {
            assert_eq!(written(&value), value.to_string());
        }
    }

    #[test]
    fn what_is_read_is_what_serde_json_reads() {
        for text in
            ["[1, 2]", "[1]", "[1, 2, 3]", "[1, -2]", "[1, 2.5]", "[1, null]", "[1, \"2\"]", "{}", "", "[1,"]
        {
            assert_eq!(read::<[u32; 2]>(text), serde_json::from_str(text).ok(), "{text}");
            assert_eq!(read::<(f64, Option<f64>)>(text), serde_json::from_str(text).ok(), "{text}");
            assert_eq!(read::<Value>(text), serde_json::from_str(text).ok(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(texts in prop::collection::vec(any::<String>(), 0..4), number: i64, float: f64) {
            let value = json!({ "texts": texts, "number": number, "float": float });
            prop_assert_eq!(serde_json::from_str::<Value>(&written(&value)).unwrap()["texts"].clone(), value["texts"].clone());
            prop_assert_eq!(read::<Value>(&written(&value)), Some(value));
        }
    }
}
