//! Places inside a scenario as people write them: `nodes.cache.capacity`, `links."app -> db".pool.pool_size`,
//! `actions[0].at`.

use std::fmt;

/// A place, as a chain from the leaf to the root. It lives on the stack while a file is read and costs nothing until
/// a problem prints it.
#[derive(Clone, Copy, Debug)]
pub(in crate::scenario) struct Path<'a> {
    parent: Option<(&'a Path<'a>, Step<'a>)>,
}

/// One step down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario) enum Step<'a> {
    /// To the value of a key.
    Key(&'a str),
    /// To an item of a list.
    Index(usize),
}

impl<'a> Path<'a> {
    /// The whole file.
    pub(in crate::scenario) const ROOT: Path<'static> = Path { parent: None };

    /// One step further down.
    pub(in crate::scenario) fn then(&'a self, step: Step<'a>) -> Path<'a> {
        Path { parent: Some((self, step)) }
    }

    /// The value of a key.
    pub(in crate::scenario) fn key(&'a self, key: &'a str) -> Path<'a> {
        self.then(Step::Key(key))
    }

    /// The steps from the root down.
    pub(in crate::scenario) fn steps(&self) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        let mut place = *self;
        while let Some((parent, step)) = place.parent {
            steps.push(step);
            place = *parent;
        }
        steps.reverse();
        steps
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, step) in self.steps().into_iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => {
                    f.write_str(if depth > 0 { "." } else { "" })?;
                    if is_bare(key) { f.write_str(key)? } else { write!(f, "{key:?}")? }
                }
            }
        }
        Ok(())
    }
}

fn is_bare(key: &str) -> bool {
    !key.is_empty() && key.chars().all(is_bare_char)
}

fn is_bare_char(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

/// The most steps of a path; settings lie far less deep.
const DEEPEST: usize = 32;

/// The steps of a written path.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(in crate::scenario) fn parse_path(text: &str) -> Result<Vec<Step<'_>>, String> {
    let mut steps = Vec::new();
    let mut rest = text;
    loop {
        let (step, after) = first_step(rest).ok_or_else(|| not_a_path(text))?;
        if steps.len() == DEEPEST {
            return Err(not_a_path(text));
        }
        steps.push(step);
        rest = after;
        if rest.is_empty() {
            return Ok(steps);
        }
        if !rest.starts_with('[') {
            rest = rest.strip_prefix('.').ok_or_else(|| not_a_path(text))?;
        }
    }
}

fn not_a_path(text: &str) -> String {
    format!(
        "{} is not a path; write keys with dots between them, such as `nodes.cache.capacity`",
        super::quoted(text)
    )
}

/// The first step of a written path and what follows it.
fn first_step(text: &str) -> Option<(Step<'_>, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (key, rest) = quoted.split_once('"')?;
        return Some((Step::Key(key), rest));
    }
    if let Some(bracketed) = text.strip_prefix('[') {
        let (index, rest) = bracketed.split_once(']')?;
        return Some((Step::Index(index.parse().ok()?), rest));
    }
    let end = text.find(|c| !is_bare_char(c)).unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    (!key.is_empty()).then_some((Step::Key(key), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_paths_have_steps_and_print_back() {
        let cases: [(&str, &[Step<'_>]); 5] = [
            ("seed", &[Step::Key("seed")]),
            ("nodes.cache.capacity", &[Step::Key("nodes"), Step::Key("cache"), Step::Key("capacity")]),
            (r#"links."app -> db".loss"#, &[Step::Key("links"), Step::Key("app -> db"), Step::Key("loss")]),
            ("actions[12].at", &[Step::Key("actions"), Step::Index(12), Step::Key("at")]),
            ("nodes.app-2.to", &[Step::Key("nodes"), Step::Key("app-2"), Step::Key("to")]),
        ];
        for (text, steps) in cases {
            assert_eq!(parse_path(text).unwrap(), steps, "{text}");
            assert_eq!(print(steps, &Path::ROOT), text);
        }
    }

    fn print(steps: &[Step<'_>], place: &Path<'_>) -> String {
        match steps {
            [] => place.to_string(),
            [first, rest @ ..] => print(rest, &place.then(*first)),
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in
            ["", ".", "a.", ".a", "a..b", "a b", "a[", "a[x]", "a[1", "a\"b\"", "\"a", "a[-1]", "a[1]b"]
        {
            assert!(parse_path(text).is_err(), "{text:?}");
        }
    }
}
