//! Takes lesson text apart into blocks and inlines. The subset is described at [`crate::model::Block`]'s module;
//! anything else of Markdown (links, pictures, HTML, tables) is an error, so that no text is lost in silence.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd, TextMergeStream};

use crate::model::{Block, Inline, Mark, Prose};

/// The sections of a lesson, each `## id` with the blocks below it.
pub(crate) fn sections(markdown: &str) -> Result<Vec<(String, Vec<Block>)>, String> {
    let mut events = TextMergeStream::new(Parser::new(markdown));
    let mut sections: Vec<(String, Vec<Block>)> = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => {
                let heading = inlines(&mut events, TagEnd::Heading(HeadingLevel::H2))?;
                sections.push((heading.plain(), Vec::new()));
            }
            // The lesson's own title, for readers of the file.
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => {
                inlines(&mut events, TagEnd::Heading(HeadingLevel::H1))?;
            }
            event => {
                let block = block(event, &mut events)?;
                match sections.last_mut() {
                    Some((_, blocks)) => blocks.push(block),
                    None => return Err("text before the first `## step`".to_owned()),
                }
            }
        }
    }
    Ok(sections)
}

/// Takes a plain string from a TOML file apart, in place. What is apart already stays.
pub(crate) fn take_apart(prose: &mut Prose) -> Result<(), String> {
    let [Inline::Text(text)] = prose.0.as_slice() else { return Ok(()) };
    let text = text.clone();
    let mut events = TextMergeStream::new(Parser::new(&text));
    match events.next() {
        Some(Event::Start(Tag::Paragraph)) => *prose = inlines(&mut events, TagEnd::Paragraph)?,
        _ => return Err(format!("`{text}`: not a line of text")),
    }
    match events.next() {
        None => Ok(()),
        Some(_) => Err(format!("`{text}`: more than one paragraph")),
    }
}

fn block<'a>(event: Event<'a>, events: &mut impl Iterator<Item = Event<'a>>) -> Result<Block, String> {
    match event {
        Event::Start(Tag::Paragraph) => {
            let prose = inlines(events, TagEnd::Paragraph)?;
            Ok(knob(&prose).unwrap_or(Block::Paragraph(prose)))
        }
        Event::Start(Tag::List(None)) => points(events).map(Block::List),
        Event::Start(Tag::CodeBlock(_)) => code(events).map(Block::Code),
        other => Err(format!("{other:?} is not part of lesson text")),
    }
}

fn points<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Result<Vec<Prose>, String> {
    let mut points = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Item) => points.push(inlines(events, TagEnd::Item)?),
            Event::End(TagEnd::List(false)) => return Ok(points),
            other => return Err(format!("{other:?} inside a list")),
        }
    }
    Err("a list without end".to_owned())
}

fn code<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Result<String, String> {
    let mut code = String::new();
    for event in events.by_ref() {
        match event {
            Event::Text(text) => code.push_str(&text),
            Event::End(TagEnd::CodeBlock) => return Ok(code),
            other => return Err(format!("{other:?} inside code")),
        }
    }
    Err("code without end".to_owned())
}

fn inlines<'a>(events: &mut impl Iterator<Item = Event<'a>>, end: TagEnd) -> Result<Prose, String> {
    let mut found = Vec::new();
    while let Some(event) = events.next() {
        match event {
            Event::End(tag) if tag == end => return Ok(Prose(found)),
            Event::Text(text) => marked(&text, &mut found)?,
            Event::Code(text) => found.push(Inline::Code(text.to_string())),
            Event::SoftBreak => found.push(Inline::Text(" ".to_owned())),
            Event::Start(Tag::Strong) => found.push(Inline::Strong(inlines(events, TagEnd::Strong)?)),
            Event::Start(Tag::Emphasis) => found.push(Inline::Emphasis(inlines(events, TagEnd::Emphasis)?)),
            other => return Err(format!("{other:?} is not part of lesson text")),
        }
    }
    Err("text without end".to_owned())
}

/// Splits words at `[[term]]` and `{mark}`.
fn marked(text: &str, found: &mut Vec<Inline>) -> Result<(), String> {
    let mut rest = text;
    while let Some(start) = rest.find(['[', '{']) {
        let (open, close) = if rest[start..].starts_with("[[") { ("[[", "]]") } else { ("{", "}") };
        if !rest[start..].starts_with(open) {
            return Err(format!("`{text}`: a bracket that opens no term or mark"));
        }
        let inner = &rest[start + open.len()..];
        let end = inner.find(close).ok_or_else(|| format!("`{text}`: `{open}` without `{close}`"))?;
        if start > 0 {
            found.push(Inline::Text(rest[..start].to_owned()));
        }
        found.push(if open == "[[" { term(&inner[..end]) } else { mark(&inner[..end])? });
        rest = &inner[end + close.len()..];
    }
    if !rest.is_empty() {
        found.push(Inline::Text(rest.to_owned()));
    }
    Ok(())
}

fn term(inner: &str) -> Inline {
    match inner.split_once('|') {
        Some((id, text)) => Inline::Term { id: id.to_owned(), text: text.to_owned() },
        None => Inline::Term { id: inner.replace(' ', "-"), text: inner.to_owned() },
    }
}

fn mark(inner: &str) -> Result<Inline, String> {
    if inner.starts_with(KNOB) {
        return Ok(Inline::Text(format!("{{{inner}}}")));
    }
    let mark = Mark::ALL.into_iter().find(|mark| mark.name() == inner);
    mark.map(Inline::Mark)
        .ok_or_else(|| format!("`{{{inner}}}` is no mark; there are read, write, hit, miss, error"))
}

const KNOB: &str = "knob:";

/// A paragraph that is nothing but `{knob:path}`.
fn knob(prose: &Prose) -> Option<Block> {
    let [Inline::Text(text)] = prose.0.as_slice() else { return None };
    let path = text.strip_prefix('{')?.strip_suffix('}')?.strip_prefix(KNOB)?;
    Some(Block::Knob(path.to_owned()))
}
