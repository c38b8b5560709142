//! A tree of values that knows where in a text each of them stands.

use std::ops::Range;

use super::super::Value;
use super::path::Step;

/// A value and its place; a value that was set later has no place.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::scenario) struct Tree {
    pub(in crate::scenario) content: Content,
    pub(in crate::scenario) span: Option<Range<usize>>,
}

/// What TOML and JSON have in common.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::scenario) enum Content {
    Flag(bool),
    Whole(i64),
    Number(f64),
    Text(String),
    List(Vec<Tree>),
    Table(Vec<Entry>),
    /// Something unreadable that was reported already.
    Broken,
}

/// A named value.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::scenario) struct Entry {
    pub(in crate::scenario) key: String,
    pub(in crate::scenario) key_span: Option<Range<usize>>,
    pub(in crate::scenario) value: Tree,
}

impl Tree {
    /// The entries of a table; none if it is something else.
    pub(in crate::scenario) fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key.
    pub(in crate::scenario) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The text, if it is text.
    pub(in crate::scenario) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value one step down.
    pub(in crate::scenario) fn step(&self, step: Step<'_>) -> Option<&Self> {
        match (step, &self.content) {
            (Step::Key(key), _) => self.get(key),
            (Step::Index(index), Content::List(items)) => items.get(index),
            (Step::Index(_), _) => None,
        }
    }
}

impl From<&Value> for Tree {
    fn from(value: &Value) -> Self {
        let content = match value {
            Value::Flag(flag) => Content::Flag(*flag),
            Value::Whole(whole) => Content::Whole(*whole),
            Value::Number(number) => Content::Number(*number),
            Value::Text(text) => Content::Text(text.clone()),
            Value::List(items) => Content::List(items.iter().map(Self::from).collect()),
            Value::Table(entries) => Content::Table(
                entries
                    .iter()
                    .map(|(key, value)| Entry { key: key.clone(), key_span: None, value: Self::from(value) })
                    .collect(),
            ),
        };
        Self { content, span: None }
    }
}

impl Tree {
    /// The value without its places; `None` where something is broken.
    pub(in crate::scenario) fn to_value(&self) -> Option<Value> {
        Some(match &self.content {
            Content::Flag(flag) => Value::Flag(*flag),
            Content::Whole(whole) => Value::Whole(*whole),
            Content::Number(number) => Value::Number(*number),
            Content::Text(text) => Value::Text(text.clone()),
            Content::List(items) => Value::List(items.iter().map(Self::to_value).collect::<Option<_>>()?),
            Content::Table(entries) => Value::Table(
                entries
                    .iter()
                    .map(|entry| Some((entry.key.clone(), entry.value.to_value()?)))
                    .collect::<Option<_>>()?,
            ),
            Content::Broken => return None,
        })
    }
}
