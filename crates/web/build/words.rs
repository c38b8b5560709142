//! Turns the words of the page (`locales/`) into one table, and refuses files that are not whole: Fluent is read here,
//! once, so that its reader is not in the page.
//!
//! The table has a line for each message, sorted by key: the key, `=`, and the text with `{name}` where a figure goes.
//! Of Fluent that is all the words use so far; terms, attributes, selectors and functions are refused by name, to be
//! added here and in `src/page/words.rs` when words need them.

use std::collections::BTreeMap;
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement};
use fluent_syntax::parser;

/// What each table is made of.
const TABLES: [(&str, &[&str]); 2] = [
    ("words.txt", &["en/page.ftl", "en/scene.ftl", "en/watch.ftl"]),
    ("workbench-words.txt", &["workbench/en.ftl"]),
];

/// Writes a table for each program.
pub(crate) fn build(out: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed=locales");
    TABLES.iter().try_for_each(|(table, files)| write(&out.join(table), files))
}

fn write(out: &Path, files: &[&str]) -> Result<(), String> {
    // A build script runs in its package's folder.
    let folder = Path::new("locales");
    let mut table = BTreeMap::new();
    for file in files {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        read(&text, &mut table).map_err(|problem| format!("{}: {problem}", path.display()))?;
    }
    let lines: String = table.iter().map(|(key, text)| format!("{key}={text}\n")).collect();
    std::fs::write(out, lines).map_err(|error| format!("{}: {error}", out.display()))
}

fn read(text: &str, table: &mut BTreeMap<String, String>) -> Result<(), String> {
    let resource = parser::parse(text).map_err(|(_, errors)| format!("{errors:?}"))?;
    for entry in resource.body {
        let message = match entry {
            Entry::Message(message) => message,
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            Entry::Term(term) => return Err(format!("-{}: terms are not read yet", term.id.name)),
            Entry::Junk { content } => return Err(format!("`{content}` is no message")),
        };
        let key = message.id.name;
        let line = line(&message).map_err(|problem| format!("{key}: {problem}"))?;
        if table.insert(key.to_owned(), line).is_some() {
            return Err(format!("{key} is there twice"));
        }
    }
    Ok(())
}

fn line(message: &Message<&str>) -> Result<String, String> {
    let Message { value: Some(Pattern { elements }), attributes, .. } = message else {
        return Err("a message without a text".to_owned());
    };
    if !attributes.is_empty() {
        return Err("attributes are not read yet".to_owned());
    }
    let mut line = String::new();
    for element in elements {
        match element {
            PatternElement::TextElement { value } if !value.contains('\n') => line.push_str(value),
            PatternElement::TextElement { .. } => {
                return Err("texts of several lines are not read yet".to_owned());
            }
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => line.extend(["{", id.name, "}"]),
            PatternElement::Placeable { .. } => {
                return Err("of placeables only `{ $figure }` is read yet".to_owned());
            }
        }
    }
    Ok(line)
}
