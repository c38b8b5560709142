//! Second pass, values: the right type, unit and range, or a sentence that says what would be right.

use std::fmt::{self, Display};
use std::ops::{Range, RangeInclusive};

use serde::Deserialize;
use serde::de::IntoDeserializer;

use super::super::{MicroDollars, Problem, Value, units};
use super::{Content, Entry, Fields, Path, Problems, Step, Tree, did_you_mean};
use crate::sim::time::Nanos;

/// A value that is being read. Every reader gives `None` for a wrong value, after noting why.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct Field<'a> {
    tree: &'a Tree,
    path: Path<'a>,
    problems: &'a Problems,
}

impl<'a> Field<'a> {
    /// A whole tree.
    pub(in crate::scenario) fn root(tree: &'a Tree, problems: &'a Problems) -> Self {
        Self { tree, path: Path::ROOT, problems }
    }

    pub(super) fn child<'b>(&self, entry: &'b Entry, path: Path<'b>) -> Field<'b>
    where
        'a: 'b,
    {
        Field { tree: &entry.value, path, problems: self.problems }
    }

    pub(in crate::scenario) fn path(&self) -> &Path<'a> {
        &self.path
    }

    pub(in crate::scenario) fn problems(&self) -> &'a Problems {
        self.problems
    }

    pub(in crate::scenario) fn span(&self) -> Option<Range<usize>> {
        self.tree.span.clone()
    }

    /// Notes what is wrong with this value. Always `None`, for the reader to return.
    pub(in crate::scenario) fn reject<T>(&self, message: String) -> Option<T> {
        self.reject_with(message, None)
    }

    fn reject_with<T>(&self, message: String, help: Option<String>) -> Option<T> {
        if self.tree.content != Content::Broken {
            self.problems.push(Problem { path: self.path.to_string(), span: self.span(), message, help });
        }
        None
    }

    /// The text, if it is text.
    pub(in crate::scenario) fn as_text(&self) -> Option<&'a str> {
        match &self.tree.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    fn wrong_type<T>(&self, wanted: &str) -> Option<T> {
        let found = match &self.tree.content {
            Content::Flag(flag) => flag.to_string(),
            Content::Whole(whole) => whole.to_string(),
            Content::Number(number) => number_text(*number),
            Content::Text(text) => quoted(text),
            Content::List(_) => "a list".to_owned(),
            Content::Table(_) | Content::Broken => "a table".to_owned(),
        };
        self.reject(format!("{found} is not {wanted}"))
    }

    /// `true` or `false`.
    pub(in crate::scenario) fn flag(self) -> Option<bool> {
        match self.tree.content {
            Content::Flag(flag) => Some(flag),
            _ => self.wrong_type("true or false"),
        }
    }

    /// A whole number of something. A number such as `4.0` counts as whole, since sliders send those.
    pub(in crate::scenario) fn whole<T>(self, range: RangeInclusive<T>, unit: &str) -> Option<T>
    where
        T: Copy + Into<u64> + TryFrom<u64>,
    {
        let (min, max): (u64, u64) = ((*range.start()).into(), (*range.end()).into());
        let whole = match self.tree.content {
            Content::Whole(whole) => whole,
            Content::Number(number) if number == libm::trunc(number) && number.abs() < 9e15 => number as i64,
            Content::Number(number) => {
                return self.reject(format!("{}; give a whole number", counted(&number_text(number), unit)));
            }
            _ => {
                return self.wrong_type(&format!(
                    "a whole number; give {}",
                    counted(&format!("{min} to {max}"), unit)
                ));
            }
        };
        let text = counted(&whole.to_string(), unit);
        match u64::try_from(whole) {
            Ok(amount) if amount > max => self.reject(format!("{text}; give at most {max}")),
            Ok(amount) if amount >= min => T::try_from(amount).ok(),
            _ => self.reject(format!("{text}; give at least {min}")),
        }
    }

    /// A finite number of something.
    pub(in crate::scenario) fn number(self, range: RangeInclusive<f64>, unit: &str) -> Option<f64> {
        let (min, max) = (*range.start(), *range.end());
        let number = match self.tree.content {
            Content::Whole(whole) => whole as f64,
            Content::Number(number) => number,
            _ => {
                let limits = format!("{} to {}", number_text(min), number_text(max));
                return self.wrong_type(&format!("a number; give {}", counted(&limits, unit)));
            }
        };
        let text = counted(&number_text(number), unit);
        if number.is_nan() {
            self.reject(format!("{text}; give a number"))
        } else if number < min {
            self.reject(format!("{text}; give at least {}", number_text(min)))
        } else if number > max {
            self.reject(format!("{text}; give at most {}", number_text(max)))
        } else {
            Some(number)
        }
    }

    /// A share between 0 and 1.
    pub(in crate::scenario) fn share(self) -> Option<f64> {
        self.number(0.0..=1.0, "")
    }

    /// Dollars, rounded half up to a millionth.
    pub(in crate::scenario) fn dollars(self) -> Option<MicroDollars> {
        let dollars = self.number(0.0..=1e6, "dollars")?;
        Some(libm::floor(dollars * 1e6 + 0.5) as MicroDollars)
    }

    /// A duration such as `"250ms"`.
    pub(in crate::scenario) fn duration(self, range: RangeInclusive<Nanos>) -> Option<Nanos> {
        let limits = |nanos| format!("{:?}", units::format_duration(nanos));
        self.amount(units::parse_duration, range, "a duration", ("s", "250ms"), &units::DURATIONS, limits)
    }

    /// A number of bytes such as `"64 MiB"`, or a bare number.
    pub(in crate::scenario) fn size(self, range: RangeInclusive<u64>) -> Option<u64> {
        match self.tree.content {
            Content::Whole(_) => self.whole(range, "bytes"),
            _ => {
                let limits = |bytes| format!("{:?}", units::format_size(bytes));
                self.amount(units::parse_size, range, "a size", (" MiB", "64 MiB"), &units::SIZES, limits)
            }
        }
    }

    fn amount(
        self,
        parse: impl Fn(&str) -> Result<u64, units::Unreadable>,
        range: RangeInclusive<u64>,
        what: &str,
        (unit, example): (&str, &str),
        units: &[&str],
        print: impl Fn(u64) -> String,
    ) -> Option<u64> {
        let text = match &self.tree.content {
            Content::Text(text) => text,
            Content::Whole(_) | Content::Number(_) => {
                let number = match self.tree.content {
                    Content::Whole(whole) => whole.to_string(),
                    Content::Number(number) => number_text(number),
                    _ => String::new(),
                };
                return self.reject(format!("{number} has no unit; write {what} such as \"{number}{unit}\""));
            }
            _ => return self.wrong_type(&format!("{what}; write one such as {example:?}")),
        };
        let amount = match parse(text) {
            Ok(amount) => amount,
            Err(units::Unreadable::Negative) => {
                return self.reject(format!(
                    "{} is negative; give at least {}",
                    quoted(text),
                    print(*range.start())
                ));
            }
            Err(units::Unreadable::TooLarge) => u64::MAX,
            Err(units::Unreadable::Nonsense) => {
                let message = format!("{} is not {what}; write one such as {example:?}", quoted(text));
                return self.reject_with(message, Some(format!("units: {}", units.join(", "))));
            }
        };
        if amount < *range.start() {
            self.reject(format!("{}; give at least {}", quoted(text), print(*range.start())))
        } else if amount > *range.end() {
            self.reject(format!("{}; give at most {}", quoted(text), print(*range.end())))
        } else {
            Some(amount)
        }
    }

    /// Text of 1 to 200 characters.
    pub(in crate::scenario) fn text(self) -> Option<String> {
        match &self.tree.content {
            Content::Text(text) if text.trim().is_empty() => self.reject("empty; give some text".to_owned()),
            Content::Text(text) if text.chars().count() > 200 => {
                self.reject(format!("{} characters; give at most 200", text.chars().count()))
            }
            Content::Text(text) => Some(text.clone()),
            Content::List(_) | Content::Table(_) => self.wrong_type("text; give one text in quotes"),
            _ => self.wrong_type("text; put it in quotes"),
        }
    }

    /// One of some words.
    pub(in crate::scenario) fn one_of(self, names: &[&'static str]) -> Option<&'static str> {
        let Content::Text(text) = &self.tree.content else {
            return self.wrong_type(&format!("one of {}", name_list(names)));
        };
        match names.iter().find(|name| **name == text) {
            Some(name) => Some(name),
            None => {
                let help = did_you_mean(text, names.iter().copied());
                let message = format!("{} is not one of {}", quoted(text), name_list(names));
                if message.chars().count() <= LONGEST_MESSAGE {
                    return self.reject_with(message, help);
                }
                let message = format!("{} is not one of the {} words it may be", quoted(text), names.len());
                self.reject_with(message, help.or_else(|| Some(format!("there are: {}", names.join(", ")))))
            }
        }
    }

    /// A variant of a plain enum, by its name in serde. So an engine's setting is read without a list of names here.
    pub(in crate::scenario) fn choice<T: Deserialize<'a>>(self) -> Option<T> {
        let text = match &self.tree.content {
            Content::Text(text) => text.as_str(),
            _ => "",
        };
        match T::deserialize(IntoDeserializer::<UnknownVariant>::into_deserializer(text)) {
            Ok(choice) => Some(choice),
            // Not a name of the enum, so this only words the problem.
            Err(UnknownVariant(names)) => self.one_of(names).and(None),
        }
    }

    /// A table, read by a function that knows its keys.
    pub(in crate::scenario) fn table<T>(self, read: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Option<T> {
        match &self.tree.content {
            Content::Table(entries) => Fields::read(entries, self, read),
            _ => self.wrong_type(A_TABLE),
        }
    }

    /// A table whose keys are names; `None` if it is none. Items that cannot be read are left out.
    pub(in crate::scenario) fn named<T>(
        self,
        mut read: impl FnMut(&'a str, Field<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Content::Table(entries) = &self.tree.content else {
            return self.wrong_type(A_TABLE);
        };
        let item = |entry: &'a Entry| read(&entry.key, self.child(entry, self.path.key(&entry.key)));
        Some(entries.iter().filter_map(item).collect())
    }

    /// A list of at most `most` items. Items that cannot be read are left out.
    pub(in crate::scenario) fn list<T>(
        self,
        most: usize,
        mut read: impl FnMut(Field<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Content::List(items) = &self.tree.content else {
            return self.wrong_type("a list; put it in square brackets");
        };
        if items.len() > most {
            return self.reject(format!("{} items; give at most {most}", items.len()));
        }
        let item = |(index, tree): (usize, &Tree)| {
            read(Field { tree, path: self.path.then(Step::Index(index)), problems: self.problems })
        };
        Some(items.iter().enumerate().filter_map(item).collect())
    }

    /// As [`Field::list`], with at least one item.
    pub(in crate::scenario) fn some_list<T>(
        self,
        most: usize,
        what: &str,
        read: impl FnMut(Field<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        match &self.tree.content {
            Content::List(items) if items.is_empty() => self.reject(format!("0 {what}; give at least 1")),
            _ => self.list(most, read),
        }
    }

    /// Anything.
    pub(in crate::scenario) fn value(self) -> Option<Value> {
        self.tree.to_value()
    }
}

/// A sentence that is longer is not read.
const LONGEST_MESSAGE: usize = 200;

/// What a table is, for those who gave something else.
const A_TABLE: &str = "a table; write its keys in braces, { key = value }";

/// A number as people write it.
fn number_text(number: f64) -> String {
    if number != 0.0 && !(1e-6..1e15).contains(&number.abs()) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

/// A number and what it counts, if that has a name.
fn counted(number: &str, unit: &str) -> String {
    if unit.is_empty() { number.to_owned() } else { format!("{number} {unit}") }
}

/// Text in quotes, shortened, on one line.
pub(in crate::scenario) fn quoted(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{:?}", format!("{}…", &text[..end])),
        None => format!("{text:?}"),
    }
}

pub(super) fn name_list(names: &[&str]) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

/// The error of a plain enum: the names it would have taken.
#[derive(Debug)]
struct UnknownVariant(&'static [&'static str]);

impl Display for UnknownVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&name_list(self.0))
    }
}

impl std::error::Error for UnknownVariant {}

impl serde::de::Error for UnknownVariant {
    fn custom<T: Display>(_message: T) -> Self {
        Self(&[])
    }

    fn unknown_variant(_variant: &str, expected: &'static [&'static str]) -> Self {
        Self(expected)
    }
}
