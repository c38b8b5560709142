//! Traces made to order, so that one can see what a kind of load does to a policy: the same recipe is the same trace,
//! everywhere.
//!
//! | pattern | a request reads |
//! | --- | --- |
//! | uniform | any key, all alike |
//! | zipf | the k-th most wanted key with a chance in proportion to 1 / k^popularity |
//! | scans | as zipf, and at every `every`-th request `length` keys that nobody asks for again: a backup, a report |
//! | loop | in turns a key as zipf, and the next of `length` others that are read round and round |
//! | drift | as zipf, but at every `every`-th request what is wanted moves on by `length` keys: news |
//!
//! Costs: one or two words of a stream per request, no table. Left out: sizes, writes, times between requests.

use crate::engine::cache::Access;
use crate::sim::keys::Zipf;
use crate::sim::random::{Purpose, Stream, below};
use std::fmt;

/// Most requests of a recipe.
pub const MOST_REQUESTS: u64 = 5_000_000;

/// Most keys that are asked for by popularity.
const MOST_KEYS: u64 = 10_000_000;

/// Keys beyond those: scans and loops read from here on.
const ELSEWHERE: u64 = 1 << 32;

/// A kind of load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pattern {
    /// All keys alike.
    Uniform,
    /// Few keys are asked for often.
    Zipf,
    /// That, and scans of keys that are asked for once.
    #[default]
    Scans,
    /// That, and a loop.
    Loop,
    /// What is wanted changes.
    Drift,
}

impl Pattern {
    /// Every pattern.
    pub const ALL: [Pattern; 5] =
        [Pattern::Zipf, Pattern::Scans, Pattern::Loop, Pattern::Drift, Pattern::Uniform];

    /// What addresses call it.
    pub fn name(self) -> &'static str {
        match self {
            Pattern::Uniform => "uniform",
            Pattern::Zipf => "zipf",
            Pattern::Scans => "scans",
            Pattern::Loop => "loop",
            Pattern::Drift => "drift",
        }
    }

    /// Whether `every` matters.
    pub fn has_every(self) -> bool {
        matches!(self, Pattern::Scans | Pattern::Drift)
    }

    /// Whether `length` matters.
    pub fn has_length(self) -> bool {
        matches!(self, Pattern::Scans | Pattern::Drift | Pattern::Loop)
    }
}

/// All that makes a trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recipe {
    /// The kind of load.
    pub pattern: Pattern,
    /// Requests, 1 to [`MOST_REQUESTS`].
    pub requests: u64,
    /// Keys that are asked for by popularity, 1 to 10 million.
    pub keys: u64,
    /// Exponent of Zipf's law, 0 (all alike) to 3.
    pub popularity: f64,
    /// Requests from one scan or move to the next, at least 1.
    pub every: u64,
    /// Keys of a scan, of a loop, or of a move.
    pub length: u64,
    /// What chance begins with.
    pub seed: u64,
}

impl Default for Recipe {
    fn default() -> Self {
        Recipe {
            pattern: Pattern::Scans,
            requests: 400_000,
            keys: 50_000,
            popularity: 0.75,
            every: 20_000,
            length: 2_000,
            seed: 1,
        }
    }
}

/// What is wrong with a recipe. Nothing was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipeError {
    /// `requests` is 0 or too large.
    Requests,
    /// `keys` is 0 or too large.
    Keys,
    /// `popularity` is no number from 0 to 3.
    Popularity,
    /// `every` is 0.
    Every,
    /// `length` is 0, or a scan is as long as the time to the next.
    Length,
}

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecipeError::Requests => write!(f, "requests: give 1 to {MOST_REQUESTS}"),
            RecipeError::Keys => write!(f, "keys: give 1 to {MOST_KEYS}"),
            RecipeError::Popularity => f.write_str("popularity: give a number from 0 to 3"),
            RecipeError::Every => f.write_str("every: give at least 1 request"),
            RecipeError::Length => {
                f.write_str("length: give at least 1 key, and a scan fewer than it has room for")
            }
        }
    }
}

impl std::error::Error for RecipeError {}

/// Makes a trace, piece by piece.
#[derive(Clone, Debug)]
pub struct Generator {
    recipe: Recipe,
    zipf: Zipf,
    stream: Stream,
    at: u64,
    /// Keys read elsewhere so far.
    elsewhere: u64,
}

impl Generator {
    /// At the start of the trace.
    ///
    /// # Errors
    /// The first number that is out of its range.
    pub fn new(recipe: Recipe) -> Result<Generator, RecipeError> {
        let Recipe { pattern, requests, keys, popularity, every, length, seed } = recipe;
        if !(1..=MOST_REQUESTS).contains(&requests) {
            return Err(RecipeError::Requests);
        }
        if !(1..=MOST_KEYS).contains(&keys) {
            return Err(RecipeError::Keys);
        }
        if !(0.0..=3.0).contains(&popularity) {
            return Err(RecipeError::Popularity);
        }
        if pattern.has_every() && every == 0 {
            return Err(RecipeError::Every);
        }
        let is_too_long = pattern == Pattern::Scans && length >= every;
        if pattern.has_length() && (length == 0 || is_too_long) {
            return Err(RecipeError::Length);
        }
        Ok(Generator {
            recipe,
            zipf: Zipf::new(keys, popularity),
            stream: Stream::new(seed, "workbench", Purpose::Keys, 0),
            at: 0,
            elsewhere: 0,
        })
    }

    /// Requests made so far.
    pub fn made(&self) -> u64 {
        self.at
    }

    /// Appends at most `most` more requests; whether there are any left.
    pub fn fill(&mut self, most: u64, accesses: &mut Vec<Access>) -> bool {
        let end = self.recipe.requests.min(self.at.saturating_add(most));
        while self.at < end {
            let key = self.key();
            accesses.push(Access::read(self.at, key));
            self.at += 1;
        }
        self.at < self.recipe.requests
    }

    fn key(&mut self) -> u64 {
        let Recipe { pattern, keys, every, length, .. } = self.recipe;
        match pattern {
            Pattern::Uniform => below(self.stream.word(), keys),
            Pattern::Zipf => self.wanted(),
            // The first scan comes after as many requests as lie between later ones.
            Pattern::Scans if self.at >= every && self.at % every < length => {
                self.elsewhere += 1;
                ELSEWHERE + self.elsewhere - 1
            }
            Pattern::Scans => self.wanted(),
            Pattern::Loop if self.at % 2 == 1 => ELSEWHERE + self.at / 2 % length,
            Pattern::Loop => self.wanted(),
            // Wanted keys come from a ring; what was wanted least comes up next.
            Pattern::Drift => (self.wanted() + keys - self.at / every * length % keys) % keys,
        }
    }

    fn wanted(&mut self) -> u64 {
        let stream = &mut self.stream;
        self.zipf.draw(|| stream.word())
    }
}
