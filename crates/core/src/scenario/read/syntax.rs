//! First pass: TOML to a [`Tree`].

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::super::Problem;
use super::{Content, Entry, Path, Problems, Step, Tree};
use crate::{decimal, sort};

/// Turns a text into a tree, as well as it can: what cannot be read is noted and left [`Content::Broken`].
pub(in crate::scenario) fn parse(text: &str, problems: &Problems) -> Tree {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut doubled = 0..0;
    for error in &errors {
        let twice = error.message() == "duplicate key";
        if twice && error.span().is_some_and(|span| doubled.contains(&span.start)) {
            continue;
        }
        if let Some(span) = error.span().filter(|_| twice) {
            doubled = doubled_table(text, span.start);
        }
        problems.push(Problem {
            path: String::new(),
            span: error.span(),
            message: format!("not valid TOML: {}", error.message()),
            help: twice.then(|| "each name may stand once; a second one needs another name".to_owned()),
        });
    }
    let converter = Converter { problems, sound: errors.is_empty() };
    // What is missing from the whole is missing at its start; all of it would be no place to look at.
    Tree { content: converter.table(table.get_ref(), &Path::ROOT), span: Some(0..0) }
}

/// The rest of the table whose header stands a second time, if it is a header that stands at `place`: that its keys
/// stand twice as well goes without saying.
fn doubled_table(text: &str, place: usize) -> Range<usize> {
    let before = text.get(..place).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    if !before[line..].trim_start().starts_with('[') {
        return 0..0;
    }
    let after = text.get(place..).unwrap_or_default();
    place..after.find("\n[").map_or(text.len(), |end| place + end)
}

struct Converter<'a> {
    problems: &'a Problems,
    /// No error so far. Otherwise odd values are what the parser put where it gave up, and not worth a word.
    sound: bool,
}

impl Converter<'_> {
    /// Entries in the order of the text; the parser gives them in the order of the alphabet.
    fn table(&self, table: &DeTable<'_>, path: &Path<'_>) -> Content {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().to_string(),
                key_span: Some(key.span()),
                value: self.value(value, &path.key(key.get_ref())),
            })
            .collect();
        sort::by_key(&mut entries, |entry| entry.key_span.as_ref().map_or(0, |span| span.start));
        Content::Table(entries)
    }

    fn value(&self, value: &Spanned<DeValue<'_>>, path: &Path<'_>) -> Tree {
        let span = value.span();
        let content = match value.get_ref() {
            DeValue::String(text) => Content::Text(text.to_string()),
            DeValue::Boolean(flag) => Content::Flag(*flag),
            DeValue::Integer(integer) => self.whole(integer, path, &span),
            // An exponent too large becomes infinity, which every number's range refuses.
            DeValue::Float(float) => decimal::read(float.as_str()).map_or(Content::Broken, Content::Number),
            DeValue::Array(items) => {
                let item = |(index, item)| self.value(item, &path.then(Step::Index(index)));
                Content::List(items.iter().enumerate().map(item).collect())
            }
            DeValue::Table(table) => self.table(table, path),
            DeValue::Datetime(_) => self.broken(
                path,
                &span,
                "a date means nothing here; times are durations in quotes, such as \"10s\"",
            ),
        };
        Tree { content, span: Some(span) }
    }

    fn whole(&self, integer: &DeInteger<'_>, path: &Path<'_>, span: &Range<usize>) -> Content {
        match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(whole) => Content::Whole(whole),
            Err(_) => self.broken(path, span, "a number this long does not fit; give at most 2^63 - 1"),
        }
    }

    fn broken(&self, path: &Path<'_>, span: &Range<usize>, message: &str) -> Content {
        if self.sound {
            self.problems.add(path, Some(span.clone()), message.to_owned());
        }
        Content::Broken
    }
}
