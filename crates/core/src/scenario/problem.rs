//! What is wrong with a scenario, where, and what to do about it.

use std::fmt;
use std::ops::Range;

/// Something wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// The place as a path of keys, such as `nodes.cache.capacity`; empty for the whole file.
    pub path: String,
    /// The place as bytes of the text; `None` if the problem is not in a text (a changed setting).
    pub span: Option<Range<usize>>,
    /// What is wrong and what would be right: `0 keys; give at least 1`.
    pub message: String,
    /// A suggestion, such as the key that was probably meant.
    pub help: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}
