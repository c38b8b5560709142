//! Every word of the shell, from Fluent files; lessons bring their own.
//!
//! Looking a word up costs a hash and a format. A key that is missing shows itself; a test reads the sources and
//! finds every key in the files.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};

const FILES: [&str; 2] =
    [include_str!("../../locales/en/page.ftl"), include_str!("../../locales/en/scene.ftl")];

thread_local! {
    static WORDS: FluentBundle<FluentResource> = bundle();
}

fn bundle() -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new(vec![unic_langid::LanguageIdentifier::default()]);
    // Isolation marks would show as boxes on the canvas.
    bundle.set_use_isolating(false);
    for file in FILES {
        let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The words of `key` with `figures` put in by name; the key itself if there are none.
pub fn say(key: &str, figures: &[(&str, String)]) -> String {
    WORDS.with(|words| {
        let Some(pattern) = words.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut args = FluentArgs::new();
        for (name, figure) in figures {
            args.set(*name, figure.as_str());
        }
        words.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    })
}

/// The words of `key`, which need no figures.
pub fn word(key: &str) -> String {
    say(key, &[])
}

/// Whether there are words for `key`.
pub fn has(key: &str) -> bool {
    WORDS.with(|words| words.has_message(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn figures_are_put_in_without_marks() {
        assert_eq!(say("step-of", &[("step", "2".into()), ("steps", "4".into())]), "Step 2 of 4");
        assert_eq!(word("no-such-key"), "no-such-key");
    }

    #[test]
    fn every_file_reads_without_errors() {
        for file in FILES {
            assert!(FluentResource::try_new(file.to_owned()).is_ok());
        }
    }

    #[test]
    fn every_key_in_the_sources_has_words() {
        let mut missing = Vec::new();
        check(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/page")), &mut missing);
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
