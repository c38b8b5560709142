//! Every word of the shell, from Fluent files; lessons bring their own.
//!
//! The build script has read the files and left a table of texts, sorted by key, in which `{name}` is where a figure
//! goes: Fluent's own reader weighs more than everything it would read here, and a test holds this one to it. Looking
//! a word up costs a binary search and a copy. A key that is missing shows itself; a test reads the sources and finds
//! every key in the files. Another language's words take the place of those it has ([`adopt`]).

use std::cell::RefCell;

/// A program's words, sorted by key.
#[derive(Clone, Copy, Debug)]
pub struct Table(&'static str);

/// Those of the page with the labs.
pub const PAGE: Table = Table(include_str!(concat!(env!("OUT_DIR"), "/words.txt")));

/// Those of the cache workbench.
pub const WORKBENCH: Table = Table(include_str!(concat!(env!("OUT_DIR"), "/workbench-words.txt")));

thread_local! {
    /// Keys and texts, sorted by key.
    static WORDS: RefCell<Vec<(&'static str, &'static str)>> = RefCell::new(at_first());
}

/// A program begins with no words, so that it carries none but its own; tests know all.
fn at_first() -> Vec<(&'static str, &'static str)> {
    let mut words = Vec::new();
    if cfg!(test) {
        words.extend([PAGE, WORKBENCH].iter().flat_map(Table::lines));
        words.sort_unstable();
    }
    words
}

/// Speaks the words of `table` from now on.
pub fn begin(table: Table) {
    WORDS.set(table.lines().collect());
}

impl Table {
    fn lines(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        self.0.lines().filter_map(|line| line.split_once('='))
    }
}

/// Takes the words of a Fluent file in place of those there are; English stays where the file has none. Reads what the
/// build script reads: one line a message, figures as `{ $name }`. The words stay for as long as the page.
pub fn adopt(file: &str) {
    WORDS.with_borrow_mut(|words| {
        for (key, text) in file.lines().filter_map(|line| line.split_once(" = ")) {
            if let Ok(found) = words.binary_search_by_key(&key, |(known, _)| known) {
                words[found].1 = Box::leak(text.replace("{ $", "{").replace(" }", "}").into_boxed_str());
            }
        }
    });
}

fn text(key: &str) -> Option<&'static str> {
    WORDS.with_borrow(|words| {
        let found = words.binary_search_by_key(&key, |(known, _)| known).ok()?;
        Some(words[found].1)
    })
}

/// The words of `key` with `figures` put in by name; the key itself if there are none.
pub fn say(key: &str, figures: &[(&str, String)]) -> String {
    let Some(text) = text(key) else { return key.to_owned() };
    let mut said = String::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, open)| Some((before, open.split_once('}')?)))
    {
        said.push_str(before);
        match figures.iter().find(|(known, _)| *known == name) {
            Some((_, figure)) => said.push_str(figure),
            // As Fluent shows what it was not given.
            None => said.extend(["{$", name, "}"]),
        }
        rest = after;
    }
    said + rest
}

/// The words of `key`, which need no figures.
pub fn word(key: &str) -> String {
    say(key, &[])
}

/// Whether there are words for `key`.
pub fn has(key: &str) -> bool {
    text(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
    use std::path::Path;

    const FILES: [&str; 4] = [
        include_str!("../../locales/en/page.ftl"),
        include_str!("../../locales/en/scene.ftl"),
        include_str!("../../locales/en/watch.ftl"),
        include_str!("../../locales/workbench/en.ftl"),
    ];

    #[test]
    fn figures_are_put_in_without_marks() {
        assert_eq!(say("step-of", &[("step", "2".into()), ("steps", "4".into())]), "Step 2 of 4");
        assert_eq!(word("no-such-key"), "no-such-key");
    }

    /// Whatever is said is what Fluent says: with no figures, with one, with all of them.
    #[test]
    fn every_message_is_said_as_fluent_says_it() {
        let mut bundle = FluentBundle::new(vec![unic_langid::LanguageIdentifier::default()]);
        // Isolation marks would show as boxes on the canvas.
        bundle.set_use_isolating(false);
        for file in FILES {
            bundle.add_resource(FluentResource::try_new(file.to_owned()).unwrap()).unwrap();
        }
        let lines = FILES.iter().flat_map(|file| file.lines());
        let keys: Vec<&str> = lines.filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect();
        assert_eq!(keys.len(), PAGE.lines().chain(WORKBENCH.lines()).count());
        for key in keys {
            let pattern = bundle.get_message(key).unwrap().value().unwrap();
            let names: Vec<&str> =
                text(key).unwrap().split('{').skip(1).map(|rest| rest.split_once('}').unwrap().0).collect();
            for given in 0..=names.len() {
                let figures: Vec<(&str, String)> =
                    names[..given].iter().map(|name| (*name, format!("1,234 {name} {{x}}"))).collect();
                let mut args = FluentArgs::new();
                for (name, figure) in &figures {
                    args.set(*name, figure.as_str());
                }
                let expected = bundle.format_pattern(pattern, Some(&args), &mut Vec::new());
                assert_eq!(say(key, &figures), expected, "{key} with {given} figures");
            }
        }
    }

    /// Another language has every message, with the same figures; only the order may differ.
    #[test]
    fn every_language_says_everything() {
        let english = FILES.join("\n");
        let german = [include_str!("../../locales/de.ftl"), include_str!("../../locales/workbench/de.ftl")];
        let german = german.join("\n");
        let (wanted, found) = (messages(&english), messages(&german));
        let missing: Vec<_> = wanted.iter().filter(|message| !found.contains(message)).collect();
        let foreign: Vec<_> = found.iter().filter(|message| !wanted.contains(message)).collect();
        assert!(missing.is_empty() && foreign.is_empty(), "missing {missing:?}, not English {foreign:?}");
    }

    /// Keys with the names of their figures.
    fn messages(file: &str) -> Vec<(&str, Vec<&str>)> {
        file.lines()
            .filter_map(|line| line.split_once(" = "))
            .map(|(key, text)| {
                let mut names: Vec<&str> =
                    text.split("{ $").skip(1).filter_map(|rest| rest.split(" }").next()).collect();
                names.sort_unstable();
                (key, names)
            })
            .collect()
    }

    #[test]
    fn adopted_words_take_the_place_of_english() {
        adopt("step-of = Schritt { $step } von { $steps }\nno-such-key = nichts\n");
        assert_eq!(say("step-of", &[("step", "2".into()), ("steps", "4".into())]), "Schritt 2 von 4");
        assert_eq!((word("no-such-key"), word("theme")), ("no-such-key".into(), "Theme".into()));
    }

    /// Sentences of at most 20 words, as in lessons; a figure counts as one.
    #[test]
    fn sentences_are_short() {
        let counts = |word: &&str| word.chars().any(char::is_alphanumeric);
        for (key, text) in PAGE.lines().chain(WORKBENCH.lines()) {
            for sentence in text.split_inclusive(['.', '!', '?']) {
                let words = sentence.split_whitespace().filter(counts).count();
                assert!(words <= 20, "{key}: {words} words: {sentence}");
            }
        }
    }

    #[test]
    fn every_key_in_the_sources_has_words() {
        let mut missing = Vec::new();
        for folder in ["/src/page", "/src/workbench"] {
            check(Path::new(&(env!("CARGO_MANIFEST_DIR").to_owned() + folder)), &mut missing);
        }
        assert!(missing.is_empty(), "{missing:?}");
    }

    fn check(folder: &Path, missing: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                check(&path, missing);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for call in ["word(\"", "say(\""] {
                for rest in source.split(call).skip(1) {
                    let key = rest.split('"').next().unwrap();
                    if !has(key) && key != "no-such-key" {
                        missing.push(format!("{}: {key}", path.display()));
                    }
                }
            }
        }
    }
}
