//! Lesson text, already taken apart: the page draws it and never reads Markdown.
//!
//! The subset: paragraphs, lists of points, fenced code, `**strong**`, `*emphasis*`, `` `code` ``, `[[term]]` or
//! `[[term|as shown]]` for the glossary, `{read} {write} {hit} {miss} {error}` for a request's shape, and
//! `{knob:path}` alone in a paragraph for a knob that stands inside the text.

use std::fmt;

use headroom_wire::Wire;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A piece of lesson text that stands on its own.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// A paragraph.
    Paragraph(Prose),
    /// A list of points.
    List(Vec<Prose>),
    /// Preformatted text.
    Code(String),
    /// The knob with this path, to be turned within the text.
    Knob(String),
}

/// A piece of text inside a paragraph.
#[derive(Clone, Debug, PartialEq, Deserialize, Wire)]
#[serde(rename_all = "kebab-case")]
pub enum Inline {
    /// Words.
    Text(String),
    /// Words that matter most.
    Strong(Prose),
    /// Words said with stress.
    Emphasis(Prose),
    /// A name or a command, as it is typed.
    Code(String),
    /// A term of the glossary.
    Term {
        /// Its id there.
        id: String,
        /// The words shown.
        text: String,
    },
    /// The shape of a kind of request, as the scene draws it.
    Mark(Mark),
}

/// The shapes by which the scene tells requests apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Wire)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// A filled circle.
    Read,
    /// A square.
    Write,
    /// A triangle.
    Hit,
    /// A hollow ring.
    Miss,
    /// A cross.
    Error,
}

/// Running text. In lab files a plain string, which the build script takes apart.
#[derive(Clone, Debug, Default, PartialEq, Wire)]
pub struct Prose(pub Vec<Inline>);

impl Prose {
    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words alone, as a screen reader or a test reads them; marks become their names.
    pub fn plain(&self) -> String {
        self.0.iter().map(Inline::plain).collect()
    }

    /// Every glossary term used in it, in order.
    pub fn terms(&self) -> Vec<&str> {
        self.0.iter().flat_map(Inline::terms).collect()
    }
}

impl Inline {
    fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Code(text) | Self::Term { text, .. } => text.clone(),
            Self::Strong(prose) | Self::Emphasis(prose) => prose.plain(),
            Self::Mark(mark) => mark.name().to_owned(),
        }
    }

    fn terms(&self) -> Vec<&str> {
        match self {
            Self::Term { id, .. } => vec![id],
            Self::Strong(prose) | Self::Emphasis(prose) => prose.terms(),
            Self::Text(_) | Self::Code(_) | Self::Mark(_) => Vec::new(),
        }
    }
}

impl Block {
    /// The prose within, in reading order.
    pub fn prose(&self) -> &[Prose] {
        match self {
            Self::Paragraph(prose) => std::slice::from_ref(prose),
            Self::List(points) => points,
            Self::Code(_) | Self::Knob(_) => &[],
        }
    }
}

impl Mark {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Read, Self::Write, Self::Hit, Self::Miss, Self::Error];

    /// Its name, as lesson files write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Error => "error",
        }
    }
}

impl<'de> Deserialize<'de> for Prose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ProseVisitor)
    }
}

struct ProseVisitor;

impl<'de> Visitor<'de> for ProseVisitor {
    type Value = Prose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Prose, E> {
        Ok(Prose(vec![Inline::Text(text.to_owned())]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Prose, A::Error> {
        let mut inlines = Vec::new();
        while let Some(inline) = items.next_element()? {
            inlines.push(inline);
        }
        Ok(Prose(inlines))
    }
}
