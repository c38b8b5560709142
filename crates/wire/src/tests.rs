//! What is written is read back; what was cut, changed or is no value is refused without a panic.

#![allow(clippy::unwrap_used, reason = "tests, where a panic is the verdict")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    flag: bool,
    small: u16,
    large: u64,
    below: i64,
    float: f64,
    text: String,
    maybe: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left_out: Option<String>,
    #[serde(default = "seven", skip_serializing_if = "is_seven")]
    seven: u32,
    pair: (String, Value),
    list: Vec<Kind>,
    map: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Bare,
    Wrapped(Box<Kind>),
    Pair(u8, u8),
    Fields { first: String, second: Option<[u32; 2]> },
    Empty {},
}

fn seven() -> u32 {
    7
}

fn is_seven(number: &u32) -> bool {
    *number == 7
}

fn everything() -> Everything {
    Everything {
        flag: true,
        small: u16::MAX,
        large: u64::MAX,
        below: i64::MIN,
        float: -0.1,
        text: "ä → b".to_owned(),
        maybe: None,
        left_out: None,
        seven: 7,
        pair: ("a".to_owned(), json!(-1)),
        list: vec![
            Kind::Bare,
            Kind::Wrapped(Box::new(Kind::Pair(0, 255))),
            Kind::Fields { first: String::new(), second: Some([127, 128]) },
            Kind::Empty {},
        ],
        map: BTreeMap::from([("k".to_owned(), json!({ "a": [null, true, 1.5, "x", {}], "b": [] }))]),
    }
}

#[test]
fn what_is_written_is_read() {
    let other = Everything {
        maybe: Some(f64::INFINITY),
        left_out: Some("here".to_owned()),
        seven: 8,
        list: Vec::new(),
        ..everything()
    };
    for value in [everything(), other] {
        assert_eq!(from_bytes(&to_bytes(&value).unwrap()), Ok(value));
    }
}

#[test]
fn the_form_is_as_described() {
    let cases: [(Value, &[u8]); 6] = [
        (json!(null), &[NOTHING]),
        (json!(300), &[WHOLE, 0xac, 2]),
        (json!(-3), &[BELOW, 2]),
        (json!("ab"), &[TEXT, 2, b'a', b'b']),
        (json!([true, []]), &[LIST, TRUE, LIST, END, END]),
        (json!({ "a": 1 }), &[MAP, TEXT, 1, b'a', WHOLE, 1, END]),
    ];
    for (value, bytes) in cases {
        assert_eq!(to_bytes(&value).unwrap(), bytes, "{value}");
    }
    let kind = Kind::Fields { first: "a".to_owned(), second: None };
    assert_eq!(to_bytes(&kind).unwrap(), [VARIANT, 3, LIST, TEXT, 1, b'a', NOTHING, END]);
}

#[test]
fn what_is_cut_or_too_long_is_refused() {
    let bytes = to_bytes(&everything()).unwrap();
    for length in 0..bytes.len() {
        assert_eq!(from_bytes::<Everything>(&bytes[..length]), Err(Damaged), "{length}");
    }
    assert_eq!(from_bytes::<Everything>(&[&bytes[..], &[NOTHING]].concat()), Err(Damaged));
    // A text longer than all memory, a number without an end, a variant that does not exist.
    for bytes in [&[TEXT, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1][..], &[WHOLE, 255], &[VARIANT, 5]] {
        assert_eq!(from_bytes::<Value>(bytes), Err(Damaged), "{bytes:?}");
        assert_eq!(from_bytes::<Kind>(bytes), Err(Damaged), "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(mut bytes in Just(to_bytes(&everything()).unwrap()), at in any::<prop::sample::Index>(), to: u8) {
        let at = at.index(bytes.len());
        bytes[at] = to;
        let _ = from_bytes::<Everything>(&bytes);
    }

    #[test]
    fn numbers_survive(whole: u64, below: i64, float: f64) {
        prop_assert_eq!(from_bytes::<(u64, i64)>(&to_bytes(&(whole, below)).unwrap()), Ok((whole, below)));
        let read: f64 = from_bytes(&to_bytes(&float).unwrap()).unwrap();
        prop_assert_eq!(read.to_bits(), float.to_bits());
    }
}
