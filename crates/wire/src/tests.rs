//! What is written is read back; what was cut, changed or is no value is refused without a panic.

#![allow(clippy::unwrap_used, reason = "tests, where a panic is the verdict")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

#[derive(Clone, Debug, PartialEq, Wire)]
struct Everything {
    flag: bool,
    small: u16,
    large: u64,
    below: i64,
    float: f64,
    text: String,
    maybe: Option<f64>,
    nested: Option<Box<Everything>>,
    triple: (u8, bool, Numbers),
    pair: (String, Value),
    list: Vec<Kind>,
    map: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Wire)]
enum Kind {
    Bare,
    Wrapped(Box<Kind>),
    Pair(u8, u8),
    Fields { first: String, second: Option<[u32; 2]> },
    Empty {},
}

#[derive(Clone, Debug, PartialEq, Wire)]
struct Numbers(Vec<f64>);

fn everything() -> Everything {
    Everything {
        flag: true,
        small: u16::MAX,
        large: u64::MAX,
        below: i64::MIN,
        float: -0.1,
        text: "ä → b".to_owned(),
        maybe: None,
        nested: None,
        triple: (1, false, Numbers(vec![1.0, -1.5])),
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
        nested: Some(Box::new(everything())),
        list: Vec::new(),
        ..everything()
    };
    for value in [everything(), other] {
        assert_eq!(from_bytes(&to_bytes(&value)), Ok(value));
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
        assert_eq!(to_bytes(&value), bytes, "{value}");
    }
    let kind = Kind::Fields { first: "a".to_owned(), second: None };
    assert_eq!(to_bytes(&kind), [VARIANT, 3, LIST, TEXT, 1, b'a', NOTHING, END]);
}

#[test]
fn what_is_cut_or_too_long_is_refused() {
    let bytes = to_bytes(&everything());
    for length in 0..bytes.len() {
        assert_eq!(from_bytes::<Everything>(&bytes[..length]), Err(Damaged), "{length}");
    }
    assert_eq!(from_bytes::<Everything>(&[&bytes[..], &[NOTHING]].concat()), Err(Damaged));
    // A text longer than all memory, a number without an end, a variant that does not exist.
    let text = [TEXT, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    for bytes in [&text[..], &[WHOLE, 255], &[VARIANT, 5], &[VARIANT, 5, NOTHING], &[LIST], &[MAP], &[END]] {
        assert_eq!(from_bytes::<Value>(bytes), Err(Damaged), "{bytes:?}");
        assert_eq!(from_bytes::<Kind>(bytes), Err(Damaged), "{bytes:?}");
        assert_eq!(from_bytes::<Vec<Kind>>(bytes), Err(Damaged), "{bytes:?}");
    }
    // Numbers that do not fit, whatever follows.
    for bytes in [&[WHOLE, 0x80, 2][..], &[WHOLE, 0x80, 2, 1], &[BELOW, 1], &[FLOAT, 1]] {
        assert_eq!(from_bytes::<u8>(bytes), Err(Damaged), "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(mut bytes in Just(to_bytes(&everything())), at in any::<prop::sample::Index>(), to: u8) {
        let at = at.index(bytes.len());
        bytes[at] = to;
        let _ = from_bytes::<Everything>(&bytes);
    }

    #[test]
    fn numbers_survive(whole: u64, below: i64, float: f64) {
        prop_assert_eq!(from_bytes::<(u64, i64)>(&to_bytes(&(whole, below))), Ok((whole, below)));
        let read: f64 = from_bytes(&to_bytes(&float)).unwrap();
        prop_assert_eq!(read.to_bits(), float.to_bits());
    }
}
