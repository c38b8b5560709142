//! JSON text to a tree, by the grammar of RFC 8259. Of a name that stands twice in an object, the later counts. Numbers
//! are whole where they are written so and fit, else the nearest float. Costs: one pass, and what [`decimal`] takes for
//! each fraction.

use headroom_core::decimal;
use serde_json::{Map, Number, Value};

/// As deep as lists and objects may stand in each other, so that no text can use up the stack.
const DEEPEST: usize = 100;

/// The value that `text` is, if it is one.
pub(super) fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text, depth: 0 };
    let value = reader.value()?;
    reader.rest.is_empty().then_some(value)
}

/// What is still to be read.
struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    /// A value and the space around it.
    fn value(&mut self) -> Option<Value> {
        self.skip_space();
        let value = match self.rest.bytes().next()? {
            b'{' => self.nested(Self::object)?,
            b'[' => self.nested(Self::array)?,
            b'"' => Value::String(self.string()?),
            _ => self.word()?,
        };
        self.skip_space();
        Some(value)
    }

    fn nested(&mut self, read: impl Fn(&mut Self) -> Option<Value>) -> Option<Value> {
        self.rest = &self.rest[1..];
        self.skip_space();
        self.depth += 1;
        let value = if self.depth > DEEPEST { None } else { read(self) };
        self.depth -= 1;
        value
    }

    fn array(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        if self.next_is(']') {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value()?);
            if !self.next_is(',') {
                return self.next_is(']').then_some(Value::Array(items));
            }
        }
    }

    fn object(&mut self) -> Option<Value> {
        let mut entries = Map::new();
        if self.next_is('}') {
            return Some(Value::Object(entries));
        }
        loop {
            self.skip_space();
            let key = self.string()?;
            self.skip_space();
            if !self.next_is(':') {
                return None;
            }
            entries.insert(key, self.value()?);
            if !self.next_is(',') {
                return self.next_is('}').then_some(Value::Object(entries));
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        if !self.next_is('"') {
            return None;
        }
        let mut text = String::new();
        loop {
            let end = self.rest.find(|letter| matches!(letter, '"' | '\\' | ..' '))?;
            text.push_str(&self.rest[..end]);
            self.rest = &self.rest[end..];
            if self.next_is('"') {
                return Some(text);
            }
            text.push(self.escaped()?);
        }
    }

    /// `\n`, `\u00e4`, `\ud83d\ude00`.
    fn escaped(&mut self) -> Option<char> {
        let letter = self.rest.strip_prefix('\\')?.chars().next()?;
        self.rest = &self.rest[1 + letter.len_utf8()..];
        Some(match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => match self.hexadecimal()? {
                high @ 0xd800..0xdc00 => {
                    self.rest = self.rest.strip_prefix("\\u")?;
                    let low = self.hexadecimal()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                    char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)?
                }
                code => char::from_u32(code)?,
            },
            _ => return None,
        })
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        digits.chars().try_fold(0, |code, digit| Some(code << 4 | digit.to_digit(16)?))
    }

    /// A number, or one of three names.
    fn word(&mut self) -> Option<Value> {
        let ends = |letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '+' | '-' | '.');
        let (word, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        match word {
            "null" => Some(Value::Null),
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => number(word).map(Value::Number),
        }
    }

    fn next_is(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }
}

fn number(word: &str) -> Option<Number> {
    let is_digit = |letter: char| letter.is_ascii_digit();
    let size = word.strip_prefix('-').unwrap_or(word);
    let after_whole = size.trim_start_matches(is_digit);
    let whole = &size[..size.len() - after_whole.len()];
    // What else may be wrong, no float may have either: but a point, if there is one, stands between digits.
    let fraction = after_whole.strip_prefix('.').unwrap_or("0");
    let is_number =
        !whole.is_empty() && (whole == "0" || !whole.starts_with('0')) && fraction.starts_with(is_digit);
    if !is_number {
        return None;
    }
    // There is no whole number below zero that is zero.
    if after_whole.is_empty() && word != "-0" {
        let exact = word.parse::<u64>().map(Number::from).or_else(|_| word.parse::<i64>().map(Number::from));
        if let Ok(exact) = exact {
            return Some(exact);
        }
    }
    Number::from_f64(decimal::read(word)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;
    use serde_json::json;

    use super::*;

    /// What serde_json makes of the same text, but for the last bits of floats, which it does not always find.
    fn check(text: &str) {
        let wanted: Option<Value> = serde_json::from_str(text).ok();
        assert_eq!(parse(text).map(blurred), wanted.map(blurred), "{text}");
    }

    fn blurred(value: Value) -> Value {
        match value {
            Value::Number(number) if number.is_f64() => json!(number.as_f64().unwrap_or_default() as f32),
            Value::Array(items) => items.into_iter().map(blurred).collect(),
            Value::Object(entries) => entries.into_iter().map(|(key, value)| (key, blurred(value))).collect(),
            value => value,
        }
    }

    #[test]
    fn reads_what_serde_json_reads() {
        for text in [
            "",
            " ",
            "null",
            " true\n",
            "false ",
            "nul",
            "nulll",
            "True",
            "null null",
            "[",
            "]",
            "[]",
            "[ ]",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1]]",
            "{}",
            "{ }",
            "{\"a\":1}",
            "{ \"a\" : [ 1 , { } ] , \"b\" : null }",
            "{\"a\":1,\"a\":2}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{1:1}",
            "{",
            "{\"a\"",
            "\u{a0}1",
            "// 1",
            "'a'",
            "0",
            "-0",
            "-1",
            "00",
            "01",
            "-01",
            "1.",
            ".5",
            "1.5",
            "-1.5e3",
            "1e5",
            "1E-5",
            "1e+5",
            "1e",
            "1e+",
            "+1",
            "--1",
            "1.5.5",
            "0x1",
            "1a",
            "inf",
            "nan",
            "-inf",
            "Infinity",
            "1e999",
            "-1e999",
            "1e-999",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "-9223372036854775809",
            "0.1",
            "1_0",
            r#""a""#,
            r#"""#,
            r#""a"#,
            r#""a\"#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\a""#,
            r#""\u00e4\u2192""#,
            r#""\ud83d\ude00""#,
            r#""\ud83d""#,
            r#""\ud83d\u0041""#,
            r#""\ude00""#,
            r#""\ud83dx""#,
            r#""\u12""#,
            r#""\u12g4""#,
            r#""\u+123""#,
            "\"a\nb\"",
            "\"\u{7f}ä\"",
            r#""\uD83D\uDE00""#,
            r#""\ä""#,
            r#""\u1ä""#,
        ] {
            check(text);
        }
    }

    #[test]
    fn what_is_too_deep_is_no_value() {
        let nested = |depth: usize| [vec!["["; depth], vec!["]"; depth]].concat().concat();
        assert!(parse(&nested(DEEPEST)).is_some());
        for depth in [DEEPEST + 1, 1_000_000] {
            assert_eq!(parse(&nested(depth)), None);
        }
    }

    proptest! {
        #[test]
        fn a_letter_changed_is_read_or_refused_like_serde_json(
            texts in prop::collection::vec(any::<String>(), 0..4), whole: i64, thousandths: i32, at: Index, letter in "[\\[\\]{}:,\"\\\\ un0-9eE.+-]",
        ) {
            let value = json!({ "texts": texts, "numbers": [whole, f64::from(thousandths) / 1e3, null, true] });
            let text = value.to_string();
            check(&text);
            let letters: Vec<char> = text.chars().collect();
            let at = at.index(letters.len());
            let changed: String = letters[..at].iter().chain(letter.chars().collect::<Vec<_>>().iter()).chain(&letters[at + 1..]).collect();
            check(&changed);
        }
    }
}
