//! Second pass, tables: which keys there are, which are missing, which nobody knows.

use super::super::Problem;
use super::field::name_list;
use super::{Content, Entry, Field, Path, Problems, Tree, did_you_mean};

/// A table that is being read. It remembers which keys were asked for; the others are unknown.
pub(in crate::scenario) struct Fields<'a> {
    entries: &'a [Entry],
    place: Field<'a>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Reads a table: `read` asks for the keys it knows, then the rest are reported.
    ///
    /// `read` must ask for all of its keys before it gives up with `?`; a key that was not asked for counts as
    /// unknown.
    pub(super) fn read<T>(
        entries: &'a [Entry],
        place: Field<'a>,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let mut fields = Self { entries, place, known: Vec::new() };
        let result = read(&mut fields);
        fields.report_unknown();
        result
    }

    /// The table's own place.
    pub(in crate::scenario) fn path(&self) -> &Path<'a> {
        self.place.path()
    }

    /// Where problems go.
    pub(in crate::scenario) fn problems(&self) -> &'a Problems {
        self.place.problems()
    }

    /// The value of a key, if it stands there.
    fn entry(&mut self, key: &'static str) -> Option<&'a Entry> {
        self.known.push(key);
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Whether a key stands there, whatever its value; `"none"` counts as not there.
    pub(in crate::scenario) fn has(&self, key: &str) -> bool {
        let entry = self.entries.iter().find(|entry| entry.key == key);
        entry.is_some_and(|entry| !is_none(&entry.value))
    }

    /// A key that may be missing, or say `"none"`.
    pub(in crate::scenario) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(Field<'_>) -> Option<T>,
    ) -> Option<T> {
        let entry = self.entry(key)?;
        if is_none(&entry.value) {
            return None;
        }
        read(self.place.child(entry, self.path().key(key)))
    }

    /// A key that has a default.
    pub(in crate::scenario) fn or<T>(
        &mut self,
        key: &'static str,
        default: T,
        read: impl FnOnce(Field<'_>) -> Option<T>,
    ) -> T {
        let Some(entry) = self.entry(key) else { return default };
        // A wrong value is reported; the default stands in for it so that reading goes on.
        read(self.place.child(entry, self.path().key(key))).unwrap_or(default)
    }

    /// A key that must be there; `what` says what to give if it is not.
    pub(in crate::scenario) fn required<T>(
        &mut self,
        key: &'static str,
        what: &str,
        read: impl FnOnce(Field<'_>) -> Option<T>,
    ) -> Option<T> {
        let Some(entry) = self.entry(key) else {
            self.missing(key, what);
            return None;
        };
        read(self.place.child(entry, self.path().key(key)))
    }

    fn missing(&self, key: &str, what: &str) {
        if self.problems().in_fragments {
            return;
        }
        self.problems().push(Problem {
            path: self.path().key(key).to_string(),
            span: self.place.span(),
            message: format!("missing; give {what}"),
            help: None,
        });
    }

    /// The key that says which of several shapes the table has. If that is not known, no other key can be judged.
    pub(in crate::scenario) fn tag(
        &mut self,
        key: &'static str,
        what: &str,
        names: &[&'static str],
    ) -> Option<&'static str> {
        let what = format!("{what}: {}", name_list(names));
        let tag = self.required(key, &what, |field| field.one_of(names));
        if tag.is_none() {
            self.entries = &[];
        }
        tag
    }

    /// Notes what is wrong with a key in view of the others.
    pub(in crate::scenario) fn reject(&self, key: &str, message: String) {
        let span = match self.entries.iter().find(|entry| entry.key == key) {
            Some(entry) => entry.value.span.clone(),
            None => self.place.span(),
        };
        self.problems().add(&self.path().key(key), span, message);
    }

    fn report_unknown(&self) {
        for entry in self.entries.iter().filter(|entry| !self.known.contains(&entry.key.as_str())) {
            if self.problems().is_full() {
                return;
            }
            let known = self.known.iter().copied();
            let help = did_you_mean(&entry.key, known)
                .unwrap_or_else(|| format!("known here: {}", self.known.join(", ")));
            self.problems().push(Problem {
                path: self.path().key(&entry.key).to_string(),
                span: entry.key_span.clone(),
                message: "unknown key".to_owned(),
                help: Some(help),
            });
        }
    }
}

fn is_none(value: &Tree) -> bool {
    matches!(&value.content, Content::Text(text) if text == "none")
}
